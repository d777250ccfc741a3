/**
 * The events of a sweep's journal. The journal holds facts and decisions; a sweep's state is a pure
 * fold over them (sweep-state.ts). Adding an event is adding a member here and a case there.
 */
import type { Goal, Method } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';

export type JobStateName =
  'queued' | 'submitted' | 'running' | 'done' | 'failed' | 'cancelled' | 'pruned' | 'lost';

export type EndState = Extract<JobStateName, 'done' | 'failed' | 'cancelled' | 'pruned' | 'lost'>;

/** Why a job is in its state; shown with `detail`, a sentence. */
export type JobReason =
  | 'exit-code'
  | 'signal'
  | 'timeout'
  | 'out-of-memory'
  | 'node-failure'
  | 'preempted'
  | 'submit-rejected'
  | 'spawn-failed'
  | 'storage'
  | 'requested'
  | 'early-stop'
  | 'no-exit-record'
  | 'retry'
  // why a job waits in a batch system's queue, or what it does there
  | 'pending'
  | 'held'
  | 'dependency'
  | 'dependency-never-satisfied'
  | 'begin-time'
  | 'limit'
  | 'error-state'
  | 'starting'
  | 'suspended'
  | 'finishing'
  | 'host-unreachable'
  | 'requeued-by-system'
  | 'launch-failure';

/** What a batch system does with a job, in our words. `unknown`: it said a word that we don't know. */
export type NativeStage = 'waiting' | 'running' | 'ended' | 'requeued' | 'unknown';

/** What a sweep is made from. */
export type SourceKind = 'sweep-file' | 'batch-script';

/** What a sweep as a whole does. The last four are final until a job is retried. */
export type Phase =
  'running' | 'paused' | 'stopping' | 'cancelling' | 'finished' | 'stopped' | 'cancelled' | 'failed';

export type PhaseReason =
  | 'launched'
  | 'requested'
  | 'all-jobs-ended'
  | 'run-cap'
  | 'target-reached'
  | 'brake-flapping'
  | 'brake-failing'
  | 'brake-consecutive'
  | 'submit-rejected'
  | 'storage'
  | 'scheduler-failed';

/** A final or latest metric value. JSON has no word for the last three. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';
export type Metrics = Readonly<Record<string, MetricValue>>;

/** What anybody who is not the owner may ask of a sweep, through its inbox. */
export type SweepRequest =
  | { readonly type: 'pause' | 'resume' | 'stop' }
  /** Without `jobs`: the whole sweep. */
  | { readonly type: 'cancel'; readonly jobs?: readonly number[] }
  | { readonly type: 'retry'; readonly jobs: readonly number[] | 'failed' }
  /** Jobs that wait in a batch system's queue: don't start them, or let them start again. Without `jobs`: all. */
  | { readonly type: 'hold' | 'release'; readonly jobs?: readonly number[] };

export interface Requester {
  readonly program: 'editor' | 'cli';
  readonly host: string;
  readonly pid: number;
}

export type EventBody =
  | {
      readonly type: 'launched';
      readonly id: string;
      readonly name: string;
      /** Absolute path of the file that was launched; the frozen copy is `sweep.yaml` or `script.sh`. */
      readonly file: string;
      /** What kind of file it is; a sweep file when absent. */
      readonly source?: SourceKind;
      /** Absolute path: where the jobs' commands run. */
      readonly workingDirectory: string;
      readonly method: Method;
      readonly seed: number;
      /** Number of points of the method, null when it never ends. */
      readonly points: number | null;
      /** The sweep's `run_cap`. */
      readonly runCap?: number;
      readonly metric?: { readonly name: string; readonly goal: Goal; readonly target?: number };
      readonly queue: string;
      /** Version of Sweepdeck. */
      readonly version: string;
    }
  | {
      readonly type: 'owned';
      readonly host: string;
      readonly pid: number;
      readonly program: 'editor' | 'cli';
    }
  /** The intent to run, written before anything is started. `parameters` only with a job's first attempt. */
  | {
      readonly type: 'submitted';
      readonly job: number;
      readonly attempt: number;
      readonly parameters?: Parameters;
    }
  | {
      readonly type: 'started';
      readonly job: number;
      readonly attempt: number;
      readonly startedAt: number;
      readonly pid?: number;
      readonly host?: string;
      readonly slot?: number;
      readonly gpus?: readonly string[];
    }
  | {
      readonly type: 'ended';
      readonly job: number;
      readonly attempt: number;
      readonly state: EndState;
      readonly reason?: JobReason;
      readonly detail?: string;
      readonly exitCode?: number;
      readonly signal?: string;
      readonly startedAt?: number;
      readonly endedAt: number;
      /** Latest value of every metric; `result.json` wins. */
      readonly metrics?: Metrics;
    }
  | {
      readonly type: 'requeued';
      readonly job: number;
      readonly attempt: number;
      readonly reason: JobReason;
      readonly detail?: string;
      /** The batch system itself runs the same native job again: it is not submitted by us. */
      readonly bySystem?: true;
    }
  /** Jobs that are about to be handed to a batch system in one submission; on the disk before that is done. */
  | {
      readonly type: 'batch';
      /** Native name, unique: by it the submission is found again should its answer get lost. */
      readonly name: string;
      readonly system: string;
      /** Index of the array's first task; absent when the submission is one plain job. */
      readonly firstTask?: number;
      /** Job and attempt, in the order of the array's tasks. */
      readonly jobs: readonly (readonly [job: number, attempt: number])[];
    }
  /** The batch system took the batch. */
  | {
      readonly type: 'accepted';
      readonly name: string;
      /** Of the array or the plain job. */
      readonly nativeId: string;
      /** Where every task has an id of its own, in order; empty for one that is not known. */
      readonly taskIds?: readonly string[];
    }
  /** The batch was certainly not taken: its jobs wait again, in the same attempt. */
  | { readonly type: 'withdrawn'; readonly name: string; readonly detail: string }
  /** What the batch system says of a job has changed for a person who looks. */
  | {
      readonly type: 'observed';
      readonly job: number;
      readonly attempt: number;
      /** The system's own word: `PENDING`, `Eqw`. */
      readonly word: string;
      readonly stage: NativeStage;
      readonly reason?: JobReason;
      /** The system's own reason or sentence. */
      readonly detail?: string;
      /** Whether it will not go on by itself. */
      readonly stuck?: boolean;
      /** Under which id it goes on, when the system gave it another one. */
      readonly nativeId?: string;
    }
  | {
      readonly type: 'requested';
      readonly id: string;
      readonly request: SweepRequest;
      readonly by: Requester;
      /** A sentence: why nothing was done. */
      readonly refused?: string;
    }
  | { readonly type: 'phase'; readonly phase: Phase; readonly reason: PhaseReason; readonly detail?: string }
  /** Something the person should know that changes no state: damage that was repaired, a request refused. */
  | { readonly type: 'noticed'; readonly detail: string };

/** One line of `journal.jsonl`. `at`: ms since 1970 by the writer's clock; `owner`: generation of the lock it wrote under. */
export type JournalEvent = EventBody & { readonly at: number; readonly owner: number };
