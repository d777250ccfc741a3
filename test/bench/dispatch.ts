/**
 * (a) What it costs to run a job: 1,000 jobs of `true` on 2 workers. Peers take turns within a round,
 * and every round uses fresh directories, since these machines are noisy and deleting slows the disk.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, lastFigures, median, type Row, run } from './measure.ts';

const JOBS = 1_000;
const WORKERS = 2;

const here = path.dirname(fileURLToPath(import.meta.url));

type Peer = (folder: string) => Promise<number>;

const inNode =
  (script: string): Peer =>
  async (folder) => {
    const { stdout } = await run(
      process.execPath,
      [path.join(here, script), String(JOBS), String(WORKERS)],
      folder,
    );
    return lastFigures(stdout)['ms'] ?? NaN;
  };

const numbers = Array.from({ length: JOBS }, (_, index) => String(index)).join('\n') + '\n';

const PEERS: Readonly<Record<string, Peer>> = {
  'child_process.spawn': inNode('dispatch-bare.ts'),
  Sweepdeck: inNode('dispatch-engine.ts'),
  'xargs -P2': async (folder) =>
    (await run('xargs', ['-P', String(WORKERS), '-n', '1', 'true'], folder, numbers)).elapsed,
  'parallel --joblog': async (folder) =>
    (await run('parallel', ['-j', String(WORKERS), '--joblog', 'joblog', 'true'], folder, numbers)).elapsed,
  'make -j2': async (folder) => {
    const targets = numbers
      .trim()
      .split('\n')
      .map((name) => `job${name}`)
      .join(' ');
    writeFileSync(
      path.join(folder, 'Makefile'),
      `JOBS = ${targets}\nall: $(JOBS)\n$(JOBS):\n\t@/usr/bin/env true\n`,
    );
    return (await run('make', ['-s', '-j', String(WORKERS)], folder)).elapsed;
  },
};

/** Rows: peer, median ms, ratio to bare spawn (median of the rounds' ratios). */
export async function measureDispatch(rounds: number): Promise<readonly Row[]> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-dispatch-'));
  const times = new Map<string, number[]>(Object.keys(PEERS).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, peer] of Object.entries(PEERS)) {
      times.get(name)?.push(await peer(mkdtempSync(path.join(root, 'round-'))));
    }
  }
  rmSync(root, { recursive: true, force: true });
  const bare = times.get('child_process.spawn') ?? [];
  const parallel = times.get('parallel --joblog') ?? [];
  return [...times].map(([name, values]) => ({
    'dispatch of 1,000 jobs': name,
    'median ms': figure(median(values)),
    'x bare spawn': figure(median(values.map((value, round) => value / (bare[round] ?? NaN)))),
    'x parallel --joblog': figure(median(values.map((value, round) => value / (parallel[round] ?? NaN)))),
  }));
}
