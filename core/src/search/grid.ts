import { gridAxis, type GridAxis } from '../sweep/distributions.ts';
import type { Parameter } from '../sweep/sweep.ts';
import { nesting } from './nesting.ts';
import type { Plan } from './plan.ts';

/**
 * Every combination of the parameters' values, each once; the first parameter is outermost, the last
 * changes fastest. Nothing is enumerated: a job's parameters are computed from its index.
 * @throws RangeError when a parameter has no finite set of values.
 */
export function gridPlan(parameters: readonly Parameter[]): Plan {
  const axes = parameters.map(axisOf);
  const size = axes.reduce((product, axis) => product * axis.size, 1n);
  // a size beyond 2^53 loses digits here, but no index reaches it
  const sizes = axes.map((axis) => Number(axis.size));
  const nest = nesting(parameters);

  return {
    size,
    at(index) {
      if (!Number.isSafeInteger(index) || index < 0 || BigInt(index) >= size) {
        throw new RangeError(`The grid has points 0 to ${String(size - 1n)}, but not ${index}.`);
      }
      const digits: number[] = [];
      let rest = index;
      for (const base of sizes.toReversed()) {
        digits.push(rest % base);
        rest = Math.floor(rest / base);
      }
      digits.reverse();
      return nest((place) => axes[place]?.at(digits[place] ?? 0) ?? null);
    },
  };
}

function axisOf({ path, distribution }: Parameter): GridAxis {
  const axis = gridAxis(distribution);
  if (axis !== undefined) return axis;
  throw new RangeError(
    `The parameter ${path.join('.')} is ${distribution.distribution}, which a grid can't enumerate: ` +
      'give it values, integer bounds, or a q_uniform distribution.',
  );
}
