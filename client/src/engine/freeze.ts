/** From a sweep file to the folder of a sweep: checked, frozen, and written whole before anybody sees it. */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { planOf } from '#core/search/plan-of.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import { storageError } from './atomic-file.ts';
import type { EventBody } from './events.ts';
import { commandLine, jobDirectory } from './sources/sweep-file.ts';
import { encodeEvent } from './journal-lines.ts';
import { SEED_LIMIT } from './preview.ts';
import { queueNames, queueProblems } from './queues/queues.ts';
import type { EngineSettings } from './settings.ts';
import { isLaunchable, readSweepFile, type SweepFile } from './sweep-file.ts';
import { createSweepFolder, pathsIn, sweepName, sweepsFolder } from './sweep-folder.ts';
import { type LaunchOptions, LaunchRefused } from './sweeps.ts';

export interface Surroundings {
  /** Absolute path of the folder that holds `.sweeps`. */
  readonly root: string;
  /** Version of Sweepdeck. */
  readonly version: string;
  readonly interpreter: string;
  /** Queues in front of batch systems. */
  readonly queues?: EngineSettings['queues'];
  readonly brokenQueues?: EngineSettings['brokenQueues'];
}

/**
 * Writes the folder of a new sweep and returns the sweep's id. Nothing runs yet.
 * @throws LaunchRefused when the file has errors.
 * @throws Error with a sentence when the queue can't take its jobs.
 * @throws CommandError when the command can't be made, e.g. because an environment variable is not set.
 * @throws StorageError when the file can't be read or the folder not be written.
 */
export async function freezeSweep(
  file: string,
  options: LaunchOptions,
  { root, version, interpreter, queues = {}, brokenQueues = {} }: Surroundings,
): Promise<string> {
  const text = readText(file);
  const read = readSweepFile(file, text, root, {
    ...(options.queue === undefined ? {} : { queue: options.queue }),
    queues: queueNames({ queues, brokenQueues }),
  });
  if (!isLaunchable(read)) throw new LaunchRefused(file, read.problems);
  const event = launchedEvent(read, options.seed ?? randomInt(SEED_LIMIT));
  const { sweep } = read;
  const queue = options.queue ?? sweep.launch?.queue ?? 'local';
  const [trouble] = queueProblems(queue, { queues, brokenQueues }, sweep.launch?.resourceArgs, root);
  if (trouble !== undefined) throw new Error(trouble);
  tryCommand(sweep, event.seed, { root, interpreter });
  const name = sweepName(file, sweep.name);
  return createSweepFolder(root, name, (folder, id) => {
    const paths = pathsIn(folder);
    writeFileSync(paths.sweepFile, text);
    mkdirSync(paths.jobs);
    mkdirSync(paths.inbox);
    const launched: EventBody = { ...event, id, name, queue, version };
    writeFileSync(paths.journal, encodeEvent({ ...launched, at: Date.now(), owner: 0 }));
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw storageError('read', file, error);
  }
}

type Launched = Extract<EventBody, { type: 'launched' }>;

function launchedEvent(
  { sweep, file, workingDirectory }: SweepFile & { readonly sweep: Sweep },
  seed: number,
): Omit<Launched, 'id' | 'name' | 'queue' | 'version'> {
  const plan = planOf(sweep, seed);
  if (plan === undefined)
    throw new Error(`${file} uses method ${sweep.method}, which this version can't run.`);
  const { metric, runCap } = sweep;
  return {
    type: 'launched',
    file,
    workingDirectory,
    method: sweep.method,
    seed,
    points: plan.size === undefined ? null : Number(plan.size),
    ...(runCap === undefined ? {} : { runCap }),
    ...(metric === undefined
      ? {}
      : {
          metric: {
            name: metric.name,
            goal: metric.goal,
            ...(metric.target === undefined ? {} : { target: metric.target }),
          },
        }),
  };
}

/** Makes the first job's command, so that what is wrong with it is found before anything is created. */
function tryCommand(
  sweep: Sweep,
  seed: number,
  { root, interpreter }: Pick<Surroundings, 'root' | 'interpreter'>,
): void {
  const parameters = planOf(sweep, seed)?.at(0);
  if (parameters === undefined) return;
  commandLine(sweep, {
    id: 'sweep',
    job: 0,
    directory: jobDirectory(sweepsFolder(root), 0),
    parameters,
    interpreter,
  });
}
