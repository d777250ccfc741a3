/** How an attempt ended, in the engine's terms and in a sentence for the person who started it. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../atomic-file.ts';
import type { EndState, JobReason } from '../../events.ts';
import { type ExitRecord, signalName, UNUSABLE_WORKING_DIRECTORY } from '../../exit-record.ts';
import { readJobDescription } from '../../job-directory.ts';
import { JOB_LOGS } from '../../job-environment.ts';

export interface Outcome {
  readonly state: EndState;
  readonly reason?: JobReason;
  readonly detail?: string;
  readonly exitCode?: number;
  readonly signal?: string;
}

export const CANCELLED: Outcome = {
  state: 'cancelled',
  reason: 'requested',
  detail: 'Cancelled on request.',
};

export const CANCELLED_BEFORE_START: Outcome = { ...CANCELLED, detail: 'Cancelled before it started.' };

export function failed(reason: JobReason, detail: string): Outcome {
  return { state: 'failed', reason, detail };
}

export function lost(detail: string): Outcome {
  return { state: 'lost', reason: 'no-exit-record', detail };
}

const SPAWN_ERRORS: Readonly<Record<string, string>> = {
  EAGAIN: 'this user may run no more processes (see "ulimit -u"), or the machine is out of them',
  ENOMEM: 'the machine is out of memory',
  EMFILE: 'too many files are open. Raise the limit (see "ulimit -n")',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'the program that runs scripts (/bin/sh) was not found',
  EACCES: 'permission was denied',
  E2BIG: 'the environment of this program is too large',
};

/** For what starting a process throws. */
export function spawnFailed(error: unknown): Outcome {
  const cause =
    SPAWN_ERRORS[errorCode(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
  return failed('spawn-failed', `The job's process couldn't be started: ${cause}.`);
}

/** How a program ended: all that an exit record or the process itself tells. */
export type Ending = Pick<ExitRecord, 'code' | 'signal' | 'stopped'>;

const SIGTERM = 15;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/**
 * @param wasCancelled whether somebody asked for the end. A program that had ended by itself before the
 * request reached it keeps its own outcome.
 */
export function outcomeOf(ending: Ending, directory: string, wasCancelled: boolean): Outcome {
  const exit = {
    exitCode: ending.code,
    ...(ending.signal === null ? {} : { signal: signalName(ending.signal) }),
  };
  if (wasCancelled && (ending.stopped || ending.signal === SIGTERM)) return { ...CANCELLED, ...exit };
  if (ending.code === 0) return { state: 'done', exitCode: 0 };
  if (ending.signal !== null) {
    const detail = withLastWords(`Ended by signal ${signalName(ending.signal)}`, directory);
    return { state: 'failed', reason: 'signal', detail, ...exit };
  }
  return { state: 'failed', reason: 'exit-code', detail: exitCodeDetail(ending.code, directory), ...exit };
}

function exitCodeDetail(code: number, directory: string): string {
  if (code === NOT_FOUND) return withLastWords(`Command not found: ${commandOf(directory)}`, directory);
  if (code !== NOT_EXECUTABLE) return withLastWords(`Exit code ${code}`, directory);
  const lastWords = lastLine(path.join(directory, stderrFile(directory))) ?? '';
  if (lastWords === UNUSABLE_WORKING_DIRECTORY) {
    const folder = readJobDescription(directory)?.workingDirectory ?? '';
    return `The working directory ${folder} is missing or can't be entered. Was it moved or deleted?`;
  }
  if (/argument list too long/i.test(lastWords)) {
    return `The argument list is too long for this system: ${commandOf(directory)}. Pass long values by file: the job finds its parameters in the file that SWEEPDECK_PARAMS_FILE names.`;
  }
  return withLastWords(`Command can't be executed: ${commandOf(directory)}`, directory);
}

/** The first words of the command, for recognition only. */
function commandOf(directory: string): string {
  const argv = readJobDescription(directory)?.argv ?? [];
  return shortened(argv.slice(0, 3).join(' '), 120);
}

function withLastWords(what: string, directory: string): string {
  const file = stderrFile(directory);
  const lastWords = lastLine(path.join(directory, file));
  return lastWords === undefined ? `${what}.` : `${what}. Last line of ${file}: ${lastWords}`;
}

function stderrFile(directory: string): string {
  return (readJobDescription(directory)?.logs ?? JOB_LOGS).stderr;
}

const TAIL_BYTES = 4096;
const LONGEST_LINE = 200;
const TERMINAL_CODES = /\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]/g;

/** The last line of a log that says anything, at most 200 characters; undefined for none. The log may be huge. */
export function lastLine(file: string): string | undefined {
  const lines = tailOf(file)
    .split(/[\r\n]+/)
    .map((line) => line.replace(TERMINAL_CODES, '').trim());
  const last = lines.findLast((line) => line !== '');
  return last === undefined ? undefined : shortened(last, LONGEST_LINE);
}

/** A log that can't be read is told like an empty one: it only adds to what is known anyway. */
function tailOf(file: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, 'r');
    const { size } = fs.fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(TAIL_BYTES, size));
    const length = fs.readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, length);
  } catch {
    return '';
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function shortened(text: string, limit: number): string {
  const characters = Array.from(text.slice(0, 2 * limit + 2));
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}
