/**
 * The two files by which a wrapper tells what became of an attempt: the claim, written before the
 * program starts, and the exit record, written after it ended. Text in, values out.
 */
import { constants } from 'node:os';
import type { MachineIdentity } from './process-identity.ts';

/** `exit.json`. Times in ms since 1970 by the clock of the host that ran the job. */
export interface ExitRecord {
  readonly attempt: number;
  /** Exit code as a shell gives it: 128 + signal for a program that died by one. */
  readonly code: number;
  /** Number of the signal the program died by. */
  readonly signal: number | null;
  /** Whether the wrapper was asked to stop (SIGTERM, SIGINT, SIGHUP) while the program ran. */
  readonly stopped: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly host: string;
}

/** How a wrapper itself ends when it ran nothing. */
export const WRAPPER_EXIT = {
  /** Somebody else claimed the attempt. */
  alreadyClaimed: 75,
  /** The job directory can't be entered or written. */
  directoryUnusable: 74,
} as const;

/** What stderr.log ends with when the command's folder is missing; the exit code is 126. */
export const UNUSABLE_WORKING_DIRECTORY =
  "The job's working directory is missing or can't be entered, so its command was not run.";

/** `claim-<attempt>`: the process that runs (or settled that nobody runs) an attempt. */
export interface Claim {
  readonly pid: number;
  /** Start time of the process, in the terms of process-identity.ts; undefined where the wrapper couldn't tell. */
  readonly startTime: string | undefined;
  readonly host: string;
  readonly slot: number | undefined;
  readonly gpus: readonly string[];
  /** One of the arguments of the process, which no other process has. */
  readonly token: string | undefined;
  /** Whose process table the pid is from, as the one who started the wrapper described it. */
  readonly machine: MachineIdentity | undefined;
  /** On a cluster: the native id of the job that claimed it, and the word for the submission that it came of. */
  readonly nativeId?: string;
  readonly submission?: string;
}

/** Codes beyond 128 + this are a program's own: no system numbers its signals higher. */
const HIGHEST_SIGNAL = 64;

/** The signal that an exit code of a shell stands for, or null. */
export function signalOf(code: number): number | null {
  return code > 128 && code <= 128 + HIGHEST_SIGNAL ? code - 128 : null;
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** `SIGKILL` for 9; `signal 64` where this machine has no name for the number. */
export function signalName(signal: number): string {
  return SIGNAL_NAMES.get(signal) ?? `signal ${signal}`;
}

/** The record, or undefined while the text is not whole: it ends in a newline once it is. */
export function parseExitRecord(text: string): ExitRecord | undefined {
  if (!text.endsWith('\n')) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isExitRecord(record) ? record : undefined;
}

export function exitRecordText(record: ExitRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function isExitRecord(value: unknown): value is ExitRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof ExitRecord, unknown>>;
  return (
    Number.isInteger(record.attempt) &&
    Number.isInteger(record.code) &&
    (record.signal === null || Number.isInteger(record.signal)) &&
    typeof record.stopped === 'boolean' &&
    Number.isFinite(record.startedAt) &&
    Number.isFinite(record.endedAt) &&
    typeof record.host === 'string'
  );
}

/**
 * The claim, or undefined while the text is not whole. First line: the process as /proc/<pid>/stat
 * tells it (proc_pid_stat(5): the start time is field 22, the 20th after the parenthesised name), or
 * `<pid> <start time>`, or a bare pid. Second line: host, slot, GPUs and token, the last three may be empty.
 * Third line: the machine as JSON, may be empty. Fourth line, on a cluster: which submission, and the native id.
 */
export function parseClaim(text: string): Claim | undefined {
  const [process, place, machine, submission] = text.split('\n');
  if (process === undefined || place === undefined || machine === undefined || submission === undefined) {
    return undefined;
  }
  const pid = Number.parseInt(process, 10);
  if (!Number.isInteger(pid)) return undefined;
  const [tag = '', nativeId = ''] = submission.split(' ');
  const [host = '', slot = '', gpus = '', token = ''] = place.split(' ');
  return {
    pid,
    startTime: startTimeIn(process),
    host,
    slot: slot === '' ? undefined : Number(slot),
    gpus: gpus === '' ? [] : gpus.split(','),
    token: token === '' ? undefined : token,
    machine: parseMachine(machine),
    ...(nativeId === '' ? {} : { nativeId, submission: tag }),
  };
}

/** The claim of the engine itself, which settles that nobody runs the attempt: pid 0 is no process. */
export function recoveryClaimText(host: string): string {
  return `0\n${host}   \n\n`;
}

function startTimeIn(process: string): string | undefined {
  const name = process.lastIndexOf(')');
  if (name >= 0) return process.slice(name + 2).split(' ')[19];
  const started = process.trim().split(/\s+/).slice(1).join(' ');
  return started === '' ? undefined : started;
}

function parseMachine(text: string): MachineIdentity | undefined {
  try {
    return JSON.parse(text) as MachineIdentity;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A host's name as claims and records hold it: no character that means something in JSON or to a shell. */
export function plainHostName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}

/** 9 for `SIGKILL`. */
export function signalNumber(name: NodeJS.Signals): number {
  return constants.signals[name];
}
