/**
 * Where jobs run. A queue knows nothing of sweeps, search or journals: it is given job directories and
 * says what became of them. The engine journals the intent before `submit` and every event after it.
 */
import type { EndState, JobReason } from '../events.ts';

/** A job as a queue sees it. */
export interface QueueJob {
  /** `quadratic-7/12`: unique, shown to people, used as native job name. */
  readonly id: string;
  readonly attempt: number;
  /** Absolute path of the job directory, already written (job-directory.ts). */
  readonly directory: string;
}

export interface StartedEvent {
  readonly type: 'started';
  readonly id: string;
  readonly attempt: number;
  readonly startedAt: number;
  readonly pid?: number;
  readonly host?: string;
  readonly slot?: number;
  readonly gpus?: readonly string[];
}

export interface EndedEvent {
  readonly type: 'ended';
  readonly id: string;
  readonly attempt: number;
  readonly state: EndState;
  readonly reason?: JobReason;
  readonly detail?: string;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly startedAt?: number;
  readonly endedAt: number;
}

export type QueueEvent = StartedEvent | EndedEvent;

/**
 * Each sweep owned by this process gets its own `Queue`; queues of one kind may share workers.
 * Exactly one `ended` follows every `submit` or `adopt`, whatever happens.
 */
export interface Queue {
  /** How many jobs may be submitted right now. */
  free(): number;
  /** Starts a job. Never throws: what goes wrong is an `ended` event with a reason. */
  submit(job: QueueJob): void;
  /**
   * Takes over a job that an earlier engine submitted and that has no `ended` in the journal.
   * Finds out from the job directory whether it ran, runs or never started. A job that provably never
   * started is started now, within the slots (it does not wait for `free()`).
   */
  adopt(job: QueueJob): void;
  /** Ends a job: SIGTERM to its process group, SIGKILL after the grace period. Its `ended` event says `cancelled`. */
  cancel(id: string): void;
  /** Stops watching. Jobs go on. */
  close(): void;
}

export interface QueueListener {
  /** A job started or ended. */
  onEvent(event: QueueEvent): void;
  /** `free()` may have grown: the engine should look for work. */
  onFree(): void;
}
