/** Placeholder types of the reducer's result; the reducer itself is below. */
import type { Goal, Method } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';
import type { JobReason, JobStateName, Metrics, Phase, PhaseReason } from './events.ts';

export interface JobState {
  readonly index: number;
  readonly state: JobStateName;
  readonly reason?: JobReason;
  readonly detail?: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly parameters: Parameters;
  readonly metrics: Metrics;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly pid?: number;
  readonly host?: string;
  readonly slot?: number;
  readonly gpus?: readonly string[];
}

export type Counts = { readonly [State in JobStateName]: number };

export interface SweepState {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly workingDirectory: string;
  readonly method: Method;
  readonly seed: number;
  /** undefined: never ends by itself. */
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
  readonly launchedAt: number;
  readonly endedAt: number | undefined;
  readonly notices: readonly { readonly at: number; readonly detail: string }[];
}
