/**
 * (e) A sweep of 1,000 jobs on a real Slurm: how long it takes until all are taken, beside 1,000 calls of sbatch in
 * the same round, and what it costs to watch them: status commands, counted by programs in front of Slurm's own, and
 * the engine's share of a core. As root, with the batch systems installed (`npm run test:clusters` does it).
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { whyNotHere } from '../clusters/systems/packages.ts';
import { type RunningSlurm, startSlurm } from '../clusters/systems/slurm.ts';
import type { EngineOrder } from './clusters-engine.ts';
import { figure, lastFigures, median, type Row, run } from './measure.ts';

const JOBS = 1_000;
const INTERVAL_SECONDS = 5;
/** How long an engine is watched that has nothing to do, while all jobs wait and while some run. */
const WATCHED_SECONDS = { waiting: 60, running: 600 };
const CALLS = `i=0; while [ $i -lt ${JOBS} ]; do sbatch --parsable --hold -o /dev/null --wrap=true >>ids || exit 1; i=$((i+1)); done`;

const here = path.dirname(fileURLToPath(import.meta.url));

/** Rows: what, figure, bound. Throws where the batch systems can't be started. */
export async function measureClusters(rounds: number): Promise<readonly Row[]> {
  const why = whyNotHere();
  if (why !== undefined) throw new Error(`This benchmark needs a real Slurm: ${why}.`);
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-clusters-'));
  const slurm = await startSlurm();
  try {
    return await measureOn(slurm, root, rounds);
  } finally {
    await slurm.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

async function measureOn(slurm: RunningSlurm, root: string, rounds: number): Promise<readonly Row[]> {
  const counting = countingPrograms(path.join(root, 'programs'));
  const environment = {
    ...slurm.environment,
    PATH: `${counting.folder}:${process.env['PATH'] ?? ''}`,
  };
  const fresh = (): string => mkdtempSync(path.join(root, 'round-'));
  const engine = async (order: Omit<EngineOrder, 'jobs'>) => {
    const words = [path.join(here, 'clusters-engine.ts'), JSON.stringify({ jobs: JOBS, ...order })];
    const figures = lastFigures((await run(process.execPath, words, fresh(), '', environment)).stdout);
    await emptied(slurm);
    return figures;
  };
  const held = { system: 'slurm', directives: ['--hold'], pollInterval: INTERVAL_SECONDS };
  const sweeps: number[] = [];
  const calls: number[] = [];
  for (let round = 0; round < rounds; round++) {
    sweeps.push((await engine({ command: ['true'], queue: held, watch: 0 }))['ms'] ?? NaN);
    calls.push((await run('sh', ['-c', CALLS], fresh(), '', environment)).elapsed);
    await emptied(slurm);
  }

  counting.reset();
  const waiting = await engine({ command: ['true'], queue: held, watch: WATCHED_SECONDS.waiting });
  const whileWaiting = counting.reset();
  const running = await engine({
    command: ['sleep', '3600'],
    queue: { ...held, directives: [] },
    watch: WATCHED_SECONDS.running,
  });
  const whileRunning = counting.reset();

  const row = (what: string, value: string, bound = ''): Row => ({
    '1,000 jobs on a real Slurm': what,
    figure: value,
    'at most': bound,
  });
  // the jobs are watched for five seconds more before the processor time is taken
  const perMinute = (count: number, watched: Readonly<Record<string, number>>): string =>
    figure((count * 60) / ((watched['seconds'] ?? NaN) + 5));
  return [
    row('launch until all are taken, median', `${figure(median(sweeps))} ms`, '2000 ms'),
    row('1,000 calls of sbatch, median', `${figure(median(calls))} ms`),
    row(
      'calls / launch, median',
      figure(median(calls.map((value, round) => value / (sweeps[round] ?? NaN)))),
    ),
    row('submissions', String(waiting['submissions'] ?? NaN)),
    row(
      'status commands per minute while all wait, 1 minute',
      perMinute(whileWaiting, waiting),
      `${60 / INTERVAL_SECONDS}`,
    ),
    row(
      'status commands per minute while 64 run and the others wait, 10 minutes',
      perMinute(whileRunning, running),
      `${60 / INTERVAL_SECONDS}`,
    ),
    row('of a core for the engine while all wait, 1 minute', `${figure(waiting['cpu'] ?? NaN)} %`, '1 %'),
    row('of a core for the engine while 64 run, 10 minutes', `${figure(running['cpu'] ?? NaN)} %`),
  ];
}

/** Programs named like Slurm's that ask for states; each call leaves a line before the real one takes its place. */
function countingPrograms(folder: string): { readonly folder: string; reset(): number } {
  const lines = path.join(folder, 'calls');
  mkdirSync(folder);
  for (const name of ['squeue', 'sacct', 'scontrol']) {
    writeFileSync(
      path.join(folder, name),
      `#!/bin/sh\necho ${name} >>'${lines}'\nexec /usr/bin/${name} "$@"\n`,
    );
    chmodSync(path.join(folder, name), 0o755);
  }
  return {
    folder,
    reset: () => {
      const count = existsSync(lines) ? readFileSync(lines, 'utf8').split('\n').length - 1 : 0;
      writeFileSync(lines, '');
      return count;
    },
  };
}

/** Ends all jobs; resolves when Slurm lists none. */
async function emptied(slurm: RunningSlurm): Promise<void> {
  await slurm.client(['scancel', '-u', slurm.user.name]);
  while ((await slurm.client(['squeue', '-h', '-a'])).stdout.trim() !== '') await sleep(500);
}
