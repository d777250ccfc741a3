/**
 * A sweep on a batch system, from launch until every job was taken: `clusters-engine.ts JSON`, an `EngineOrder`.
 * Prints {"ms", "submissions", "cpu", "seconds"}: the time it took, and what the engine used of a core, in percent, in the
 * `watch` seconds after that, in which it does nothing but look after its jobs.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSweeps } from '#engine/create-sweeps.ts';
import { readQueues } from '#engine/queues/queue-settings.ts';
import type { SweepState } from '#engine/sweep-state.ts';
import { engineSettings } from './engine-settings.ts';

export interface EngineOrder {
  readonly jobs: number;
  readonly command: readonly string[];
  /** An entry of `sweepdeck.queues`. */
  readonly queue: object;
  /** Seconds. */
  readonly watch: number;
}

const { jobs, command, queue, watch } = JSON.parse(process.argv[2] ?? '') as EngineOrder;
const root = process.cwd();
const file = path.join(root, 'sweep.yaml');
const { queues, broken } = readQueues({ cluster: queue });
if (Object.keys(broken).length > 0) throw new Error(Object.values(broken).join(' '));
writeFileSync(
  file,
  `method: grid\nparameters:\n  x: {min: 0, max: ${jobs - 1}}\ncommand: ${JSON.stringify(command)}\nlaunch: {queue: cluster}\n`,
);
const sweeps = createSweeps({
  root,
  program: 'cli',
  version: 'bench',
  settings: () => engineSettings({ queues }),
  run: true,
  log: (line) => console.error(line),
});
await sweeps.open();

const isTaken = (state: SweepState): boolean =>
  state.jobs.length === jobs && state.jobs.every(({ native }) => native?.batch.accepted !== undefined);
const began = performance.now();
const taken = new Promise<number>((resolve, reject) => {
  sweeps.onDidChange(({ sweep }) => {
    const state = sweeps.get(sweep)?.state;
    if (state?.phase === 'paused') reject(new Error(state.phaseDetail));
    if (state !== undefined && isTaken(state)) resolve(performance.now() - began);
  });
});
const sweep = await sweeps.launch(file);
const ms = await taken;
for (let job = 0; job < jobs; job++) {
  if (!existsSync(path.join(sweep.jobDirectory(job), 'script.sh')))
    throw new Error(`Job ${job} has no script.`);
}
const batches = new Set(sweep.state.jobs.map(({ native }) => native?.batch.name));

await sleep(watch > 0 ? 5_000 : 0);
const before = process.cpuUsage();
const from = performance.now();
await sleep(watch * 1000);
const seconds = (performance.now() - from) / 1000;
const { user, system } = process.cpuUsage(before);
const cpu = seconds === 0 ? 0 : ((user + system) / 1e6 / seconds) * 100;
const { failed, lost, cancelled } = sweep.state.counts;
if (failed + lost + cancelled > 0) throw new Error('Jobs were said to have ended that had not.');
await sweeps.close();
process.stdout.write(`${JSON.stringify({ ms, submissions: batches.size, cpu, seconds })}\n`);
