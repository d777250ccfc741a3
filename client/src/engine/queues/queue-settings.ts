/** `sweepdeck.queues`: queues in front of batch systems, as a person writes them down. Pure. */
import { type System, systems } from '#core/batch/systems.ts';
import { nearest } from '#core/sweep/spelling.ts';
import type { JobReason } from '../events.ts';

/** One entry of `sweepdeck.queues`. */
export interface QueueSettings {
  readonly system: System;
  /** Directives for every submission, with or without the mark (`#SBATCH`). */
  readonly directives: readonly string[];
  /** Shell lines before every job, e.g. `module load cuda`; bash runs them as a login shell. */
  readonly prologue: readonly string[];
  /** Jobs of one sweep that wait and run there at once. */
  readonly maxJobs: number;
  /** Seconds between two status calls, at least; the connection may take longer. */
  readonly pollInterval: number;
  /** How often a job is run again by itself. */
  readonly maxRequeues: number;
  /** Reasons, beside preemption and broken machines, for which a job is run again. */
  readonly requeueOn: readonly JobReason[];
  /** Seconds after which a job that the system does not know any more counts as lost. */
  readonly lostAfter: number;
  /** The batch system is on another host, reached by the system's own ssh. */
  readonly ssh?: {
    readonly host: string;
    /** The workspace folder's path over there; the same path when absent. */
    readonly folder?: string;
  };
}

export const QUEUE_DEFAULTS: Omit<QueueSettings, 'system' | 'ssh'> = {
  directives: [],
  prologue: [],
  maxJobs: 1000,
  pollInterval: 5,
  maxRequeues: 3,
  requeueOn: [],
  lostAfter: 300,
};

const KEYS = [
  'system',
  'directives',
  'prologue',
  'maxJobs',
  'pollInterval',
  'maxRequeues',
  'requeueOn',
  'lostAfter',
  'ssh',
] as const;

const REQUEUE_ON: readonly JobReason[] = ['timeout', 'out-of-memory', 'signal', 'exit-code'];

export interface ReadQueues {
  readonly queues: Readonly<Record<string, QueueSettings>>;
  /** Why entries can't be used, by their names, as sentences. */
  readonly broken: Readonly<Record<string, string>>;
}

/** Reads the setting's JSON. An entry with a mistake is left out and told of; nothing is guessed. */
export function readQueues(value: unknown): ReadQueues {
  const broken: Record<string, string> = {};
  const queues: Record<string, QueueSettings> = {};
  if (value === undefined || value === null) return { queues, broken };
  if (!isRecord(value)) {
    return { queues, broken: { '*': 'sweepdeck.queues must be an object: names and their settings.' } };
  }
  for (const [name, entry] of Object.entries(value)) {
    const queue = readQueue(name, entry);
    if (typeof queue === 'string') broken[name] = queue;
    else queues[name] = queue;
  }
  return { queues, broken };
}

function readQueue(name: string, entry: unknown): QueueSettings | string {
  const wrong = (what: string): string => `The queue '${name}' in sweepdeck.queues can't be used: ${what}.`;
  if (name === 'local') return wrong(`'local' always means this machine`);
  if (!isRecord(entry)) return wrong('it must be an object');
  for (const key of Object.keys(entry)) {
    if (KEYS.some((known) => known === key)) continue;
    const meant = nearest(key, KEYS);
    return wrong(`it has no setting '${key}'${meant === undefined ? '' : `; did you mean '${meant}'?`}`);
  }
  const system = systems.find((known) => known === entry['system']);
  if (system === undefined) return wrong(`its 'system' must be one of ${systems.join(', ')}`);
  const requeueOn = texts(entry['requeueOn'])?.map((word) => REQUEUE_ON.find((reason) => reason === word));
  const ssh = readSsh(entry['ssh']);
  const numbers = {
    maxJobs: whole(entry['maxJobs'], QUEUE_DEFAULTS.maxJobs, 1),
    pollInterval: number(entry['pollInterval'], QUEUE_DEFAULTS.pollInterval, 1),
    maxRequeues: whole(entry['maxRequeues'], QUEUE_DEFAULTS.maxRequeues, 0),
    lostAfter: number(entry['lostAfter'], QUEUE_DEFAULTS.lostAfter, 1),
  };
  const { maxJobs, pollInterval, maxRequeues, lostAfter } = numbers;
  const directives = texts(entry['directives']);
  const prologue = texts(entry['prologue']);
  if (maxJobs === undefined) return wrong(`'maxJobs' must be a whole number from 1`);
  if (pollInterval === undefined) return wrong(`'pollInterval' must be a number of seconds from 1`);
  if (maxRequeues === undefined) return wrong(`'maxRequeues' must be a whole number from 0`);
  if (lostAfter === undefined) return wrong(`'lostAfter' must be a number of seconds from 1`);
  if (directives === undefined) return wrong(`'directives' must be a list of lines`);
  if (prologue === undefined) return wrong(`'prologue' must be a list of lines`);
  if (ssh === 'wrong') return wrong(`'ssh' must have a 'host', and may have a 'folder'`);
  if (requeueOn === undefined || requeueOn.includes(undefined)) {
    return wrong(`'requeueOn' must be a list of ${REQUEUE_ON.join(', ')}`);
  }
  return {
    system,
    directives,
    prologue,
    maxJobs,
    pollInterval,
    maxRequeues,
    requeueOn: requeueOn.filter((reason) => reason !== undefined),
    lostAfter,
    ...(ssh === undefined ? {} : { ssh }),
  };
}

function readSsh(value: unknown): QueueSettings['ssh'] | 'wrong' {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isHost(value)) return { host: value };
  if (!isRecord(value)) return 'wrong';
  const { host, folder, ...others } = value;
  if (typeof host !== 'string' || !isHost(host) || Object.keys(others).length > 0) return 'wrong';
  if (folder === undefined) return { host };
  return typeof folder === 'string' && folder.startsWith('/') ? { host, folder } : 'wrong';
}

/** What ssh could take for an option is no host. */
const isHost = (host: string): boolean => /^[^\s-]\S*$/.test(host);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  return value.every((line) => typeof line === 'string' && !/[\n\r\0]/.test(line)) ? value : undefined;
}

function number(value: unknown, fallback: number, least: number): number | undefined {
  if (value === undefined) return fallback;
  return typeof value === 'number' && Number.isFinite(value) && value >= least ? value : undefined;
}

function whole(value: unknown, fallback: number, least: number): number | undefined {
  const read = number(value, fallback, least);
  return read !== undefined && Number.isSafeInteger(read) ? read : undefined;
}
