/** What is known of a sweep and its jobs: the outcome of folding its journal (sweep-fold.ts). */
import type { Goal, Method } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';
import type { EndState, JobReason, JobStateName, Metrics, Phase, PhaseReason, SourceKind } from './events.ts';
import type { NativeState } from './native-state.ts';

export interface JobState {
  readonly index: number;
  readonly state: JobStateName;
  readonly reason?: JobReason;
  /** A sentence that says more than `reason`. */
  readonly detail?: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly parameters: Parameters;
  readonly metrics: Metrics;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly pid?: number;
  readonly host?: string;
  readonly slot?: number;
  readonly gpus?: readonly string[];
  /** How it stands in its batch system; while it is in one, and as it was last seen there. */
  readonly native?: NativeState;
  /** How often it was run again because it was preempted, its node failed or the like. */
  readonly requeues?: number;
}

export type Counts = Readonly<Record<JobStateName, number>>;

export interface SweepState {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly source: SourceKind;
  readonly workingDirectory: string;
  readonly method: Method;
  readonly seed: number;
  /** Number of jobs there will be; undefined: never ends by itself. */
  readonly total: number | undefined;
  readonly metric: { readonly name: string; readonly goal: Goal; readonly target?: number } | undefined;
  readonly queue: string;
  readonly phase: Phase;
  readonly phaseReason: PhaseReason;
  readonly phaseDetail: string | undefined;
  /** Jobs that were asked for, by index. Jobs still to be asked for are only counted. */
  readonly jobs: readonly JobState[];
  /** `queued` includes the jobs not yet asked for, when the total is known. */
  readonly counts: Counts;
  readonly best: { readonly job: number; readonly value: number } | undefined;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  readonly endedAt: number | undefined;
  readonly notices: readonly { readonly at: number; readonly detail: string }[];
}

const FINAL_PHASES: ReadonlySet<Phase> = new Set(['finished', 'stopped', 'cancelled', 'failed']);
const END_STATES: ReadonlySet<JobStateName> = new Set<EndState>([
  'done',
  'failed',
  'cancelled',
  'pruned',
  'lost',
]);

/** Whether nothing more happens in this phase unless somebody asks for it. */
export function isFinal(phase: Phase): boolean {
  return FINAL_PHASES.has(phase);
}

/** Whether a job in this state is over (it may still be retried). */
export function hasEnded(state: JobStateName): state is EndState {
  return END_STATES.has(state);
}

/** Whether a queue has the job in its hands. */
export function isActive(state: JobStateName): boolean {
  return state === 'submitted' || state === 'running';
}
