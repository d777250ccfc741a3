/** Jobs of a sweep in the hands of a batch system: one by one, and gathered into submissions. */
import type { QueueJob } from '../queue.ts';
import type { NativeId, NativeJob } from './batch-system.ts';
import { shownKey } from './shown.ts';

/** One job of ours, from being handed to the queue until it has ended. */
export interface Tracked {
  readonly job: QueueJob;
  /** Grows when the batch system itself runs the job again. */
  attempt: number;
  requeues: number;
  /** undefined: not part of a submission yet. */
  batch: Batch | undefined;
  place: number;
  native: NativeId | undefined;
  /** When its native id became known, by `performance.now()`; an earlier listing says nothing of it. */
  knownSince: number;
  isRunning: boolean;
  /** What was last put on record of how it stands; undefined: nothing but that it waits or runs. */
  shown: string | undefined;
  /** As it was last listed, for those who look. */
  row: NativeJob | undefined;
  startedAt: number | undefined;
  /** How often the system itself had started it again when it was last listed. */
  restarts: number | undefined;
  /** Missing from the listing: since when, and at how many looks. */
  absent: { readonly since: number; looks: number } | undefined;
  /** Since when the system has called it over, by `performance.now()`. */
  overSince: number | undefined;
  cancelled: Cancellation | undefined;
  hasEnded: boolean;
  /** Whether a submission of it was looked for and not found. */
  wasSought: boolean;
}

/** A request to end a job. */
export interface Cancellation {
  /** How often it was sent, and when last, by `performance.now()`. */
  sent: number;
  sentAt: number;
}

export function tracked(job: QueueJob): Tracked {
  return {
    job,
    attempt: job.attempt,
    requeues: job.requeues ?? 0,
    batch: undefined,
    place: 0,
    native: undefined,
    knownSince: Infinity,
    isRunning: job.native?.wasRunning ?? false,
    shown: job.native?.observed === undefined ? undefined : shownKey(job.native.observed),
    row: undefined,
    startedAt: undefined,
    restarts: undefined,
    absent: undefined,
    overSince: undefined,
    cancelled: undefined,
    hasEnded: false,
    wasSought: false,
  };
}

/** Whether another submission of the job may turn up after all, since one that was not found was made once more. */
export function mayHaveTwin({ wasSought, batch }: Tracked): boolean {
  return wasSought || (batch?.submission ?? 1) > 1;
}

/** Stands for the native id of a job that was begun by nobody knows whom. No system is asked for it. */
export const UNKNOWN_ID = 'unknown';

/** One submission. */
export interface Batch {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Index of the array's first task; undefined: one plain job. */
  readonly firstTask: number | undefined;
  /** In the order of the tasks. After a restart of the engine those that have ended are missing. */
  readonly jobs: readonly Tracked[];
  /** 1 for the first. */
  submission: number;
}

/** The native id of a job of a batch that was taken. */
export function nativeIdIn(
  { firstTask }: Pick<Batch, 'firstTask'>,
  place: number,
  accepted: { readonly nativeId: string; readonly taskIds?: readonly string[] },
): NativeId {
  const own = accepted.taskIds?.[place];
  const id = own === '' ? undefined : own;
  return {
    base: accepted.nativeId,
    ...(firstTask === undefined ? {} : { task: firstTask + place }),
    ...(id === undefined ? {} : { id }),
  };
}
