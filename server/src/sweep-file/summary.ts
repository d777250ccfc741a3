/** What a parameter will be, in a few words. */
import type { Distribution, Parameter } from '#core/sweep/sweep.ts';
import { stringifyValue, type Value } from '#core/value.ts';

const mostValues = 8;
const longestValue = 40;

function short(value: Value): string {
  const text = stringifyValue(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

function list(values: readonly Value[]): string {
  const shown = values.slice(0, mostValues).map(short).join(', ');
  return values.length > mostValues ? `${shown}, … (${values.length} values)` : shown;
}

const number = (value: number): string => String(value);
const step = ({ q }: { readonly q: number }): string => ` in steps of ${number(q)}`;
const between = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  `between ${number(min)} and ${number(max)}`;
const exponents = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  `between ${Math.exp(min).toPrecision(3)} and ${Math.exp(max).toPrecision(3)}`;
const bell = ({ mu, sigma }: { readonly mu: number; readonly sigma: number }): string =>
  `mean ${number(mu)}, standard deviation ${number(sigma)}`;
const shape = ({ a, b }: { readonly a: number; readonly b: number }): string =>
  `between 0 and 1, shapes ${number(a)} and ${number(b)}`;

/** One phrase for a distribution: `between 0.0001 and 0.1`, `one of 16, 32, 64`. */
export function summary(distribution: Distribution): string {
  switch (distribution.distribution) {
    case 'constant':
      return `always ${short(distribution.value)}`;
    case 'categorical':
      return `one of ${list(distribution.values)}`;
    case 'categorical_w_probabilities': {
      const { values, probabilities } = distribution;
      const shown = values
        .slice(0, mostValues)
        .map(
          (value, index) =>
            `${short(value)} (${Number(((probabilities[index] ?? 0) * 100).toPrecision(3))} %)`,
        )
        .join(', ');
      return values.length > mostValues ? `${shown}, … (${values.length} values)` : shown;
    }
    case 'int_uniform':
      return `a whole number ${between(distribution)}`;
    case 'uniform':
    case 'log_uniform_values':
    case 'inv_log_uniform_values':
      return between(distribution);
    case 'log_uniform':
    case 'inv_log_uniform':
      return exponents(distribution);
    case 'q_uniform':
    case 'q_log_uniform_values':
      return between(distribution) + step(distribution);
    case 'q_log_uniform':
      return exponents(distribution) + step(distribution);
    case 'normal':
      return bell(distribution);
    case 'log_normal':
      return `its logarithm: ${bell(distribution)}`;
    case 'q_normal':
      return bell(distribution) + step(distribution);
    case 'q_log_normal':
      return `its logarithm: ${bell(distribution)}${step(distribution)}`;
    case 'beta':
      return shape(distribution);
    case 'q_beta':
      return shape(distribution) + step(distribution);
  }
}

/** The parameter at a path of names. */
export const parameterAt = (
  parameters: readonly Parameter[],
  path: readonly string[],
): Parameter | undefined =>
  parameters.find(
    (parameter) =>
      parameter.path.length === path.length && parameter.path.every((name, index) => name === path[index]),
  );
