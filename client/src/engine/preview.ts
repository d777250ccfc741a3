/** What a launch would run, without writing or running anything. */
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { planOf } from '#core/search/plan-of.ts';
import { commandLine, jobDirectory } from './sources/sweep-file.ts';
import type { EngineSettings } from './settings.ts';
import { queueNames } from './queues/queues.ts';
import { readSweepFile } from './sweep-file.ts';
import { sweepName } from './sweep-folder.ts';
import type { Preview, PreviewJob } from './sweeps.ts';

export interface PreviewOptions {
  /** Absolute path of the workspace folder; the file's own folder by default. */
  readonly root?: string;
  readonly settings: EngineSettings;
  /** How many jobs to show. */
  readonly limit: number;
  readonly seed?: number;
}

export const SEED_LIMIT = 2 ** 31;

/** The first `limit` jobs of a sweep file's text. A file with errors has problems and no jobs. */
export function previewSweep(file: string, text: string, options: PreviewOptions): Preview {
  const root = options.root ?? path.dirname(file);
  const read = readSweepFile(file, text, root, { queues: queueNames(options.settings) });
  const seed = options.seed ?? randomInt(SEED_LIMIT);
  const plan = read.sweep === undefined ? undefined : planOf(read.sweep, seed);
  if (read.sweep === undefined || plan === undefined) {
    return { count: 0n, seed: undefined, jobs: [], problems: read.problems };
  }
  const cap = read.sweep.runCap === undefined ? undefined : BigInt(read.sweep.runCap);
  const count = plan.size === undefined ? cap : cap === undefined || plan.size < cap ? plan.size : cap;
  // the number that the launch adds is not known yet
  const id = `${sweepName(file, read.sweep.name)}-N`;
  const jobs: PreviewJob[] = [];
  for (let index = 0; index < options.limit && (count === undefined || BigInt(index) < count); index += 1) {
    const parameters = plan.at(index);
    const { argv } = commandLine(read.sweep, {
      id,
      job: index,
      directory: jobDirectory(path.join(root, '.sweeps', id), index),
      parameters,
      interpreter: options.settings.interpreter,
    });
    jobs.push({ index, parameters, argv });
  }
  return {
    count: count ?? null,
    seed: read.sweep.method === 'random' ? seed : undefined,
    jobs,
    problems: read.problems,
  };
}
