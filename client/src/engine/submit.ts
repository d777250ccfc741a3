/** From a batch script to the folder of a sweep, or to a look at what that would be. */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { storageError } from './atomic-file.ts';
import type { EventBody } from './events.ts';
import { encodeEvent } from './journal-lines.ts';
import { SEED_LIMIT } from './preview.ts';
import {
  type FrozenSubmission,
  openFrozen,
  readFrozen,
  stemOf,
  submissionText,
} from './sources/batch/frozen.ts';
import { renderJob, type SubmittedScript } from './sources/batch/job.ts';
import { isSubmittable, readSubmission, type Submission } from './sources/batch/submission.ts';
import type { Target, Targets } from './sources/batch/target.ts';
import { claimLogIds, logIdAt, nextLogId, releaseLogIds } from './sources/log-ids.ts';
import { createSweepFolder, idStem, pathsIn, sweepsFolder } from './sweep-folder.ts';
import type { SweepState } from './sweep-state.ts';
import { LaunchRefused, type SubmissionJob, type SubmissionPreview, type SubmitOptions } from './sweeps.ts';
import { renderScript } from './wrapper.ts';

export interface SubmitSurroundings {
  /** Absolute path of the folder that holds `.sweeps`. */
  readonly root: string;
  readonly targets: Targets;
}

/**
 * Checks a batch script, claims the directories of its jobs and writes the folder of a new sweep, whose id is
 * returned. Nothing runs yet.
 * @throws LaunchRefused when the script can't be submitted; nothing was created then.
 * @throws StorageError when the script can't be read, or folders not be written.
 */
export async function freezeSubmission(
  file: string,
  options: SubmitOptions,
  { root, targets, version }: SubmitSurroundings & { readonly version: string },
): Promise<string> {
  const read = readFor(file, readText(file), options, { root, targets });
  if (!isSubmittable(read)) throw new LaunchRefused(file, read.problems);
  const { logs, script, target } = read;
  const ids = await claimLogIds(logs, Number(script.count));
  try {
    const name = stemOf(file);
    return await createSweepFolder(root, name, (folder, id) => {
      const paths = pathsIn(folder);
      writeFileSync(paths.script, read.text);
      writeFileSync(paths.submission, submissionText(frozenOf(read, target, ids)));
      mkdirSync(paths.inbox);
      const launched = launchedEvent(read, { id, name, queue: target.queue, version });
      writeFileSync(paths.journal, encodeEvent({ ...launched, at: Date.now(), owner: 0 }));
    });
  } catch (error) {
    releaseLogIds(logs, ids);
    throw error;
  }
}

/** What `freezeSubmission` would make of a script's text; `limit` is the number of jobs to show. Nothing is written or run. */
export function previewSubmission(
  file: string,
  text: string,
  options: SubmitOptions & { readonly limit: number; readonly pythonPath: string },
  surroundings: SubmitSurroundings,
): SubmissionPreview {
  const read = readFor(file, text, options, surroundings);
  const { script, problems, target, logs } = read;
  const around = {
    system: systemOf(target),
    queue: target?.queue,
    queues: surroundings.targets.names(),
    count: script.count,
    logs,
    problems,
  };
  if (!isSubmittable(read)) {
    return { ...around, jobs: [] };
  }
  const first = nextLogId(logs);
  // the number that the launch adds is not known yet
  const id = `${idStem(stemOf(file))}-N`;
  const submitted = submittedScript(read, read.target, id, surroundings.root);
  const count = Math.min(options.limit, Number(script.count));
  const jobs = jobsOf(submitted, (index) => first + index, count, options.pythonPath);
  return { ...around, jobs };
}

/** The jobs of a sweep that was made from a batch script. @throws Error with a sentence when what is kept of it can't be read. */
export function submittedJobs(
  directory: string,
  state: SweepState,
  pythonPath: string,
): Pick<SubmissionPreview, 'system' | 'queue' | 'count' | 'jobs'> {
  const { ids } = readFrozen(directory);
  const submitted = openFrozen({ directory, state });
  const { script, target } = submitted;
  const jobs = jobsOf(submitted, (index) => logIdAt(ids, index), Number(script.count), pythonPath);
  return { system: systemOf(target), queue: target.queue, count: script.count, jobs };
}

function jobsOf(
  submitted: SubmittedScript,
  logIdOf: (index: number) => number,
  count: number,
  pythonPath: string,
): readonly SubmissionJob[] {
  return Array.from({ length: count }, (_, index) => {
    const logId = logIdOf(index);
    const job = renderJob(submitted, { index, logId, attempt: 1 }, pythonPath);
    const { directory, overrides, description } = job;
    return {
      index,
      logId,
      directory,
      argv: description.argv,
      overrides,
      parameters: description.parameters,
      script: renderScript(description, { ...job.options, directory }),
    };
  });
}

const systemOf = (target: Target | undefined): SubmissionPreview['system'] =>
  target?.kind === 'batch-system' ? target.adapter.system : target?.kind;

function readFor(
  file: string,
  text: string,
  { queue, seed = randomInt(SEED_LIMIT), from }: SubmitOptions,
  { root, targets }: SubmitSurroundings,
): Submission {
  const folders = [...(from === undefined ? [] : [from]), path.dirname(file), root];
  return readSubmission({ file, text, from: [...new Set(folders)], queue, seed, targets });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw storageError('read', file, error);
  }
}

function submittedScript(read: Submission, target: Target, id: string, root: string): SubmittedScript {
  const { file, script, programs, workingDirectory, logs } = read;
  const sweepDirectory = path.join(sweepsFolder(root), id);
  return { id, sweepDirectory, stem: stemOf(file), script, programs, workingDirectory, logs, target };
}

function frozenOf(
  { logs, programs }: Submission,
  target: Target,
  ids: FrozenSubmission['ids'],
): FrozenSubmission {
  return {
    system: target.kind === 'local' ? null : target.adapter.system,
    directives: target.kind === 'local' ? [] : target.directives,
    prologue: target.kind === 'local' ? [] : target.prologue,
    logs,
    ids,
    programs: programs.known(),
  };
}

function launchedEvent(
  { file, workingDirectory, seed, script, metric }: Submission,
  named: { readonly id: string; readonly name: string; readonly queue: string; readonly version: string },
): EventBody {
  return {
    type: 'launched',
    ...named,
    file,
    source: 'batch-script',
    workingDirectory,
    method: 'grid',
    seed,
    points: Number(script.count),
    ...(metric === undefined ? {} : { metric }),
  };
}
