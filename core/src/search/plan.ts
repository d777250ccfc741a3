import type { Parameters } from '../value.ts';

/**
 * The jobs of a sweep whose points don't depend on results: grid and random.
 * A plan is a function of the index, never a list: a grid of 10^9 points costs nothing until asked.
 */
export interface Plan {
  /** Exact number of distinct points; undefined when the method never ends (random). */
  readonly size: bigint | undefined;
  /** Parameters of job `index` (0-based). The same index always gives the same parameters. Throws RangeError beyond `size`. */
  at(index: number): Parameters;
}
