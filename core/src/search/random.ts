import { uniformAt } from '../random.ts';
import { quantile } from '../sweep/distributions.ts';
import type { Parameter } from '../sweep/sweep.ts';
import { nesting } from './nesting.ts';
import type { Plan } from './plan.ts';

/**
 * Draws each parameter of each job independently from its distribution, for ever. The draw depends on
 * the seed, the job's index and the parameter's place alone, so a restart goes on where it stopped.
 * @param seed any integer within +-2^53
 * @throws RangeError for another seed, when the first job is asked for.
 */
export function randomPlan(parameters: readonly Parameter[], seed: number): Plan {
  const distributions = parameters.map(({ distribution }) => distribution);
  const nest = nesting(parameters);
  return {
    size: undefined,
    at: (index) =>
      nest((place) => {
        const distribution = distributions[place];
        return distribution === undefined ? null : quantile(distribution, uniformAt(seed, index, place));
      }),
  };
}
