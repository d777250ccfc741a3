/** What a sweep is, once its file was read without errors. Keys are W&B's, in camel case. */
import type { Range } from '../text.ts';
import type { Value } from '../value.ts';

export type Method = 'grid' | 'random' | 'bayes' | 'custom';
export type Goal = 'minimize' | 'maximize';
export type Impute = 'worst' | 'best' | 'latest';

export interface Metric {
  readonly name: string;
  readonly goal: Goal;
  readonly target?: number;
  readonly impute: Impute;
  readonly imputeWhileRunning: Impute | 'false';
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}
interface Quantum {
  readonly q: number;
  /** `q` is written as an integer, so that quantised values are integers. */
  readonly integral: boolean;
}
interface Gaussian {
  readonly mu: number;
  readonly sigma: number;
}
interface BetaShape {
  readonly a: number;
  readonly b: number;
}

/** Discriminated by W&B's own distribution names. */
export type Distribution =
  | { readonly distribution: 'constant'; readonly value: Value }
  | { readonly distribution: 'categorical'; readonly values: readonly Value[] }
  | {
      readonly distribution: 'categorical_w_probabilities';
      readonly values: readonly Value[];
      readonly probabilities: readonly number[];
    }
  | ({ readonly distribution: 'int_uniform' } & Bounds)
  | ({
      readonly distribution:
        'uniform' | 'log_uniform' | 'inv_log_uniform' | 'log_uniform_values' | 'inv_log_uniform_values';
    } & Bounds)
  | ({ readonly distribution: 'q_uniform' | 'q_log_uniform' | 'q_log_uniform_values' } & Bounds &
      Quantum & {
        /** `min`, `max` and `q` are all written as integers: grid points are integers. */
        readonly allIntegral: boolean;
      })
  | ({ readonly distribution: 'normal' | 'log_normal' } & Gaussian)
  | ({ readonly distribution: 'q_normal' | 'q_log_normal' } & Gaussian & Quantum)
  | ({ readonly distribution: 'beta' } & BetaShape)
  | ({ readonly distribution: 'q_beta' } & BetaShape & Quantum);

export type DistributionName = Distribution['distribution'];

/** One leaf of the parameter tree, flattened depth first, names sorted by code point at each level. */
export interface Parameter {
  /** Path of names from the top, length >= 1; `['opt', 'lr']` for a nested one. */
  readonly path: readonly string[];
  readonly distribution: Distribution;
  /** The whole definition in the text. */
  readonly range: Range;
}

export interface Hyperband {
  readonly type: 'hyperband';
  readonly minIter?: number;
  readonly maxIter?: number;
  readonly s?: number;
  readonly eta: number;
  readonly strict: boolean;
  /** Iterations at which runs are judged, ascending. For `min_iter` without `max_iter`: the first 100 that are distinct. */
  readonly bands: readonly number[];
}

/** A command item, already parsed: literal text and macros in order. */
export type CommandPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'macro'; readonly name: string; readonly range: Range };

export interface CommandItem {
  readonly parts: readonly CommandPart[];
  readonly range: Range;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Launch {
  readonly queue?: string;
  readonly resource?: string;
  readonly resourceArgs?: Readonly<Record<string, Json>>;
  readonly templateVariables?: Readonly<Record<string, Json>>;
  readonly priority?: number;
  readonly overrides?: Readonly<Record<string, Json>>;
}

/** `scheduler:` in its Launch form (a job decides) or its engine form (a named engine decides). */
export type SchedulerBlock =
  | {
      readonly form: 'launch';
      readonly job?: string;
      readonly numWorkers?: number;
      readonly resource?: string;
      readonly resourceArgs?: Readonly<Record<string, Json>>;
      readonly dockerImage?: string;
      readonly templateVariables?: Readonly<Record<string, Json>>;
      readonly settings?: Readonly<Record<string, Json>>;
    }
  | {
      readonly form: 'engine';
      readonly engine: 'wandb';
      readonly source?: string;
      readonly optimizer?: Json;
      readonly searchSpace?: Json;
    };

export interface Sweep {
  readonly name?: string;
  readonly description?: string;
  readonly program?: string;
  readonly method: Method;
  readonly metric?: Metric;
  /** Several objectives, instead of `metric`; only with method custom. */
  readonly metrics?: readonly Metric[];
  readonly parameters: readonly Parameter[];
  readonly command: readonly CommandItem[];
  readonly runCap?: number;
  readonly earlyTerminate?: Hyperband;
  readonly launch?: Launch;
  readonly scheduler?: SchedulerBlock;
  readonly settings?: Readonly<Record<string, Json>>;
  /** Accepted for compatibility; they mean nothing without a server. */
  readonly project?: string;
  readonly entity?: string;
  readonly job?: string;
  readonly imageUri?: string;
}
