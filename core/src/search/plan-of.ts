import type { Sweep } from '../sweep/sweep.ts';
import { gridPlan } from './grid.ts';
import type { Plan } from './plan.ts';
import { randomPlan } from './random.ts';

/**
 * The jobs of a sweep; undefined when what to try next depends on results (bayes, custom).
 * @param seed decides the draws of a random sweep; means nothing to a grid.
 * @throws RangeError when a grid has a parameter without a finite set of values.
 */
export function planOf(sweep: Sweep, seed: number): Plan | undefined {
  switch (sweep.method) {
    case 'grid':
      return gridPlan(sweep.parameters);
    case 'random':
      return randomPlan(sweep.parameters, seed);
    case 'bayes':
    case 'custom':
      return undefined;
  }
}
