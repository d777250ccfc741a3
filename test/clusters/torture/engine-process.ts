/**
 * An engine in a process of its own, so that it can run as the jobs' user and be killed at any moment.
 * Argument: `EngineOrder` as JSON. Prints the id of the sweep it launched; ends when the sweep has settled.
 */
import { readQueues } from '#engine/queues/queue-settings.ts';
import { Connections } from '#engine/queues/queues.ts';
import { createSweeps, createWorkers } from '#engine/create-sweeps.ts';
import type { EngineSettings } from '#engine/settings.ts';

export interface EngineOrder {
  readonly root: string;
  /** The sweep file to launch, or the id of the sweep to go on with. */
  readonly launch?: string;
  readonly resume?: string;
  /** `sweepdeck.queues`. */
  readonly queues: unknown;
  readonly pythonPath: string;
}

const order = JSON.parse(process.argv[2] ?? '') as EngineOrder;
const { queues, broken: brokenQueues } = readQueues(order.queues);
const settings = (): EngineSettings => ({
  workers: 2,
  gpus: [],
  gpusPerJob: 0,
  gracePeriod: 1,
  interpreter: 'python3',
  brakes: { enabled: false, consecutive: 0 },
  pythonPath: order.pythonPath,
  queues,
  brokenQueues,
});
const timing = { firstLook: 300, findAgain: 1_000, retries: [2_000], cancelAgain: 10_000 };
const sweeps = createSweeps(
  {
    root: order.root,
    program: 'cli',
    version: '0',
    settings,
    run: true,
    log: (line) => console.error(line),
  },
  createWorkers(settings),
  new Connections({ timing }),
);
await sweeps.open();
const id = order.launch === undefined ? (order.resume ?? '') : (await sweeps.launch(order.launch)).id;
console.log(id);
await sweeps.settled(id);
await sweeps.close();
