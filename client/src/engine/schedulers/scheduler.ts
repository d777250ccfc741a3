import type { Parameters } from '#core/value.ts';
import type { EndState, Metrics } from '../events.ts';

/** What to try next. Knows nothing of where jobs run. */
export interface Scheduler {
  /** Total number of jobs when it is known beforehand. */
  readonly total: number | undefined;
  /**
   * The parameters of job `index`, which is the number of suggestions taken so far;
   * `exhausted` when there will never be another one.
   */
  ask(index: number): Parameters | 'exhausted';
  /** A job ended. */
  tell(outcome: { readonly job: number; readonly state: EndState; readonly metrics: Metrics }): void;
  /** What `ask(index)` will return, for views; undefined when nobody can know yet. */
  peek(index: number): Parameters | undefined;
}
