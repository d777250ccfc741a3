/** A sweep file on this machine: its text, what was read from it, and where its commands would run. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findProgram, programFolders } from '#core/sweep/program-folder.ts';
import { notYetRunnable } from '#core/sweep/not-yet-runnable.ts';
import { readSweep } from '#core/sweep/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import type { Problem } from '#core/text.ts';
import { queueNames } from './queues/queues.ts';

export interface SweepFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  /** Undefined while the file has errors. */
  readonly sweep: Sweep | undefined;
  readonly problems: readonly Problem[];
  /** Absolute path of the folder the jobs' commands run in. */
  readonly workingDirectory: string;
}

const PATHS = process.platform === 'win32' ? 'windows' : 'posix';

export interface QueueChoice {
  /** A queue that is used instead of the file's: the file's is not looked at then. */
  readonly queue?: string;
  /** The names of the queues that jobs can run on; without settings of a person's own by default. */
  readonly queues?: readonly string[];
}

/**
 * Reads a sweep file's text as it would be launched on this machine. `program` is looked for in the
 * file's folder and its parents up to `root`; the folder it is found from is the working directory.
 */
export function readSweepFile(
  file: string,
  text: string,
  root: string,
  { queue, queues = queueNames({}) }: QueueChoice = {},
): SweepFile {
  let workingDirectory = path.dirname(file);
  const folders = programFolders(workingDirectory, root, PATHS);
  const surroundings: Surroundings = {
    findProgram(program) {
      const found = findProgram(program, folders, existsSync, PATHS);
      if (found !== 'missing') workingDirectory = found.folder;
      return found;
    },
    hasEnvironmentVariable: (name) => process.env[name] !== undefined,
    ...(queue === undefined ? { queues } : {}),
  };
  const { sweep, problems, document } = readSweep(text, surroundings);
  const blockers = sweep === undefined ? [] : notYetRunnable(sweep, document);
  return { file, text, sweep, problems: [...problems, ...blockers], workingDirectory };
}

/** Whether anything keeps the file from being launched. */
export function isLaunchable(read: SweepFile): read is SweepFile & { readonly sweep: Sweep } {
  return read.sweep !== undefined && !read.problems.some((problem) => problem.severity === 'error');
}
