/** What a distribution gives at a uniform number, and which values it has on a grid. */
import { toFloat, toInteger, valueKey, type Value } from '../value.ts';
import type { Distribution, DistributionName } from './sweep.ts';
import { inverseBetaCdf, inverseNormalCdf } from './special-functions.ts';

type MemberOf<Member, Name> = Member extends { readonly distribution: infer Names }
  ? Name extends Names
    ? Member
    : never
  : never;
type DistributionOf<Name extends DistributionName> = MemberOf<Distribution, Name>;

/** The value of a distribution at u, 2^-53 <= u <= 1 - 2^-53. */
type Quantile<Name extends DistributionName> = (distribution: DistributionOf<Name>, u: number) => Value;

/** The formulas are those of W&B's sweep engine, distribution by distribution. */
const QUANTILES: { readonly [Name in DistributionName]: Quantile<Name> } = {
  constant: ({ value }) => value,
  categorical: ({ values }, u) => values[Math.ceil(u * values.length) - 1] ?? null,
  categorical_w_probabilities: weighted,
  int_uniform: ({ min, max }, u) => toInteger(Math.min(min - 1 + Math.ceil(u * (max - min + 1)), max)),

  uniform: (d, u) => toFloat(between(d, u)),
  log_uniform: ({ min, max }, u) => toFloat(Math.exp(between({ min, max }, u))),
  inv_log_uniform: ({ min, max }, u) => toFloat(Math.exp(-between({ min, max }, 1 - u))),
  log_uniform_values: (d, u) => toFloat(logBetween(d, u)),
  inv_log_uniform_values: (d, u) => toFloat(logBetween(d, u)),
  normal: (d, u) => toFloat(gaussian(d, u)),
  log_normal: (d, u) => toFloat(Math.exp(gaussian(d, u))),
  beta: ({ a, b }, u) => toFloat(inverseBetaCdf(u, a, b)),

  q_uniform: (d, u) => quantised(between(d, u), d),
  q_log_uniform: (d, u) => quantised(Math.exp(between(d, u)), d),
  q_log_uniform_values: (d, u) => quantised(logBetween(d, u), d),
  q_normal: (d, u) => quantised(gaussian(d, u), d),
  q_log_normal: (d, u) => quantised(Math.exp(gaussian(d, u)), d),
  q_beta: (d, u) => quantised(inverseBetaCdf(u, d.a, d.b), d),
};

const SMALLEST_U = 2 ** -53;

/**
 * The value below which a share `u` of the distribution lies. `u` is clamped to [2^-53, 1 - 2^-53], so that
 * a normal distribution stays finite; a bounded one gives its bounds there. Ints are numbers or bigints,
 * whole floats are `Float`s. A quantised value is an int exactly when its `q` is written as one.
 * @throws RangeError unless 0 <= u <= 1.
 */
export function quantile(distribution: Distribution, u: number): Value {
  if (!(u >= 0 && u <= 1)) throw new RangeError(`A share lies between 0 and 1, unlike ${u}.`);
  // the compiler can't see that the row belongs to this member of the union
  const row = QUANTILES[distribution.distribution] as (distribution: Distribution, u: number) => Value;
  return row(distribution, Math.min(Math.max(u, SMALLEST_U), 1 - SMALLEST_U));
}

function weighted(
  { values, probabilities }: DistributionOf<'categorical_w_probabilities'>,
  u: number,
): Value {
  let cumulative = 0;
  let chosen = 0;
  for (const [index, probability] of probabilities.entries()) {
    if (probability > 0) chosen = index;
    cumulative += probability;
    if (cumulative > u) break;
  }
  return values[chosen] ?? null;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function between({ min, max }: Bounds, u: number): number {
  if (u <= SMALLEST_U) return min;
  return u >= 1 - SMALLEST_U ? max : Math.min(min + u * (max - min), max);
}

/** Uniform in the logarithm; kept within the bounds, which e^(ln x) misses by a rounding. */
function logBetween({ min, max }: Bounds, u: number): number {
  const value = Math.exp(between({ min: Math.log(min), max: Math.log(max) }, u));
  return Math.min(Math.max(value, min), max);
}

function gaussian({ mu, sigma }: { readonly mu: number; readonly sigma: number }, u: number): number {
  return mu + sigma * inverseNormalCdf(u);
}

function quantised(x: number, { q, integral }: { readonly q: number; readonly integral: boolean }): Value {
  const steps = x / q;
  // beyond a double's range of steps there is nothing left to round
  const value = Number.isFinite(steps) ? roundHalfEven(steps) * q : x;
  return integral && Number.isFinite(value) ? toInteger(Math.round(value)) : toFloat(value);
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}

/** The values of one parameter on a grid, without duplicates, computed when asked for. */
export interface GridAxis {
  readonly size: bigint;
  /** The value number `index`, 0 <= index < size. */
  at(index: number): Value;
}

type Axis<Name extends DistributionName> = (distribution: DistributionOf<Name>) => GridAxis;

/** The distributions that have a grid; W&B's rules for its values. */
const AXES: { readonly [Name in DistributionName]?: Axis<Name> } = {
  constant: ({ value }) => ({ size: 1n, at: () => value }),
  categorical: ({ values }) => {
    // of equal values the first gives the place and the last the spelling
    const distinct = [...new Map(values.map((value) => [valueKey(value), value])).values()];
    return { size: BigInt(distinct.length), at: (index) => distinct[index] ?? null };
  },
  int_uniform: ({ min, max }) => ({
    size: BigInt(max) - BigInt(min) + 1n,
    at: (index) => toInteger(min + index),
  }),
  q_uniform: ({ min, max, q, allIntegral }) => {
    const step = min + q - min;
    const steps = step === 0 ? 1 : Math.min(Math.ceil((max - min) / q), Number.MAX_VALUE);
    const kind = allIntegral ? toInteger : toFloat;
    return {
      size: BigInt(steps),
      at: (index) => kind(index === 0 ? min : min + index * step),
    };
  },
};

/**
 * The values of a distribution on a grid; undefined when it has none. A `q_uniform` leaves its `max` out
 * unless rounding brings it in: 0 to 1 by 0.25 is 0, 0.25, 0.5, 0.75. One whose `q` is too small to move
 * `min` at all has the one value `min`; one with more values than a double can count has as many as the
 * largest double.
 */
export function gridAxis(distribution: Distribution): GridAxis | undefined {
  const row = AXES[distribution.distribution] as ((distribution: Distribution) => GridAxis) | undefined;
  return row?.(distribution);
}

/** How many values a distribution has on a grid; undefined when it has none. See `gridAxis`. */
export function gridSize(distribution: Distribution): bigint | undefined {
  return gridAxis(distribution)?.size;
}
