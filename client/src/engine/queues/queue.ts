/**
 * Where jobs run. A queue knows nothing of sweeps, search or journals: it is given job directories and
 * says what became of them. The engine journals the intent before `submit` and every event after it.
 */
import type { EndState, JobReason, NativeStage } from '../events.ts';

/** A job as a queue sees it. */
export interface QueueJob {
  /** `quadratic-7/12`: unique, shown to people, used as native job name. */
  readonly id: string;
  readonly attempt: number;
  /** Absolute path of the job directory, already written (job-directory.ts). */
  readonly directory: string;
  /** How often it was run again by itself so far. */
  readonly requeues?: number;
  /** What the journal tells of its submission to a batch system, for `adopt`. */
  readonly native?: KnownSubmission;
  /** A script that is submitted as it is, with all its directives, instead of one that the queue makes. */
  readonly prepared?: PreparedScript;
}

export interface PreparedScript {
  /** Absolute path. */
  readonly script: string;
  /** The native name that its directives give it: unique, for this attempt alone. */
  readonly name: string;
  /** Absolute path of the directory that it is submitted from. */
  readonly directory: string;
}

/** A submission that an earlier engine journaled. */
export interface KnownSubmission {
  /** Native name. */
  readonly name: string;
  /** Index of the array's first task; undefined when the submission was one plain job. */
  readonly firstTask: number | undefined;
  /** Number of jobs in the submission, and this job's place among them, from 0. */
  readonly size: number;
  readonly place: number;
  /** undefined: not known to be taken. */
  readonly accepted: { readonly nativeId: string; readonly taskIds?: readonly string[] } | undefined;
  /** The job's own id, when the system gave it a new one. */
  readonly id?: string;
  /** Whether it was running when it was last seen. */
  readonly wasRunning: boolean;
  /** What was last put on record of how it stands; undefined: nothing. */
  readonly observed?: Pick<ObservedEvent, 'stage' | 'word' | 'reason' | 'detail' | 'stuck'>;
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

/** The attempt is over and the job is to be run again: it waits anew, in attempt `attempt + 1`. */
export interface RequeuedEvent {
  readonly type: 'requeued';
  readonly id: string;
  /** The attempt that is over. */
  readonly attempt: number;
  readonly reason: JobReason;
  readonly detail?: string;
  /** The batch system itself runs it again: the queue still has it, and it is not to be submitted. */
  readonly bySystem?: true;
}

/** What the batch system says of a job has changed for a person who looks. */
export interface ObservedEvent {
  readonly type: 'observed';
  readonly id: string;
  readonly attempt: number;
  readonly word: string;
  readonly stage: NativeStage;
  readonly reason?: JobReason;
  readonly detail?: string;
  readonly stuck?: boolean;
  readonly nativeId?: string;
}

export type QueueEvent = StartedEvent | EndedEvent | RequeuedEvent | ObservedEvent;

/** Facts about submissions to a batch system. */
export interface BatchIntent {
  readonly type: 'batch';
  readonly name: string;
  readonly system: string;
  readonly firstTask?: number;
  readonly jobs: readonly QueueJob[];
}

export type BatchOutcome =
  | {
      readonly type: 'accepted';
      readonly name: string;
      readonly nativeId: string;
      readonly taskIds?: readonly string[];
    }
  /** Certainly not taken, and trying again as it is would not help: its jobs go back to the engine, which pauses. */
  | { readonly type: 'withdrawn'; readonly name: string; readonly detail: string };

/**
 * Each sweep owned by this process gets its own `Queue`; queues of one kind may share workers.
 * Exactly one `ended` (or `requeued` that is not by the system, or `withdrawn`) follows every `submit` or
 * `adopt`, whatever happens; only a job that was `lost` may be told of once more.
 */
export interface Queue {
  /** The queue itself sees to it that no more than `num_workers` jobs run at once. */
  readonly throttles?: boolean;
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
  /** Keeps jobs that wait in a batch system from starting, or lets them start again. Only where there is one. */
  hold?(ids: readonly string[]): void;
  release?(ids: readonly string[]): void;
  /** Looks from time to time whether a job that counts as lost left an exit record after all. */
  watchLost?(job: QueueJob): void;
  /** Stops watching. Jobs go on. */
  close(): void;
}

export interface QueueListener {
  /** A job started or ended. */
  onEvent(event: QueueEvent): void;
  /** `free()` may have grown: the engine should look for work. */
  onFree(): void;
}

/** What a queue in front of a batch system needs of the engine beside. */
export interface BatchListener extends QueueListener {
  /** Journals a submission before it is made. False: it could not be put on record, so it must not be made. */
  intend(batch: BatchIntent): Promise<boolean>;
  /** Journals what became of a submission. */
  onBatch(outcome: BatchOutcome): void;
  /** Something the person should know that changes no state. */
  onNotice(sentence: string): void;
  /** A sentence while the queue can't do its work; undefined when it can again. */
  onTrouble(sentence: string | undefined): void;
  /** Whether the engine would submit more jobs if it could. */
  hasMore(): boolean;
  /** Whether the engine is in the middle of submitting jobs and goes on in a moment. */
  isSubmitting(): boolean;
}
