/** Distributions by the keys that a definition has, whatever it says it is. */
import { isScalar } from 'yaml';
import { numberOf } from '../value.ts';
import type { SweepDocument } from './document.ts';
import { scalarValue, type MapNode } from './nodes.ts';
import { isFloat } from './scalar.ts';
import { keysOf } from './shape-schemas.ts';
import type { DistributionName } from './sweep.ts';

/** All distributions, in the order in which a list of them makes sense to a reader. */
export const distributionNames: readonly DistributionName[] = [
  'constant',
  'categorical',
  'categorical_w_probabilities',
  'int_uniform',
  'uniform',
  'q_uniform',
  'log_uniform_values',
  'q_log_uniform_values',
  'inv_log_uniform_values',
  'normal',
  'q_normal',
  'log_normal',
  'q_log_normal',
  'beta',
  'q_beta',
  'log_uniform',
  'q_log_uniform',
  'inv_log_uniform',
];

/** What stands for the distributions over exponents where the bounds are values. */
export const overValues: Readonly<Record<string, DistributionName>> = {
  log_uniform: 'log_uniform_values',
  q_log_uniform: 'q_log_uniform_values',
  inv_log_uniform: 'log_uniform_values',
};

export function hasPositiveBounds(document: SweepDocument, map: MapNode): boolean {
  return ['min', 'max'].every((name) => {
    const node = document.entry(map, name)?.value;
    const number = node && numberOf(document.value(node));
    return number !== undefined && number > 0;
  });
}

/**
 * Distributions whose keys and needs agree with what a definition holds, in the order of `distributionNames`;
 * deprecated ones are not among them.
 */
export function distributionsFor(document: SweepDocument, map: MapNode): readonly DistributionName[] {
  const names = document
    .entries(map)
    .map(({ name }) => name)
    .filter((name) => name !== 'distribution');
  const needs = ['value', 'values', 'probabilities', 'min', 'max'];
  const [isWhole, isPositive] = [!hasFloatBound(document, map), hasPositiveBounds(document, map)];
  return distributionNames.filter((one) => {
    const keys = keysOf(one);
    if (Object.hasOwn(overValues, one) || (one === 'int_uniform' && !isWhole)) return false;
    if (one.endsWith('_values') && !isPositive) return false;
    return (
      names.every((name) => keys.includes(name)) &&
      needs.every((key) => !keys.includes(key) || names.includes(key))
    );
  });
}

/** What takes the place of a distribution whose keys turn out to be others. */
const likely: Partial<Readonly<Record<DistributionName, readonly DistributionName[]>>> = {
  int_uniform: ['q_uniform'],
  normal: ['uniform', 'q_uniform'],
  q_normal: ['q_uniform', 'uniform'],
  beta: ['uniform', 'q_uniform'],
  q_beta: ['q_uniform', 'uniform'],
  log_normal: ['log_uniform_values'],
  q_log_normal: ['q_log_uniform_values', 'log_uniform_values'],
  log_uniform: ['log_normal', 'q_log_uniform'],
  log_uniform_values: ['log_normal', 'q_log_uniform_values'],
  inv_log_uniform: ['q_log_uniform'],
  inv_log_uniform_values: ['q_log_uniform_values'],
  q_log_uniform: ['q_log_normal'],
  q_log_uniform_values: ['q_log_normal'],
};

/** The distribution that a definition was most likely meant to name instead of `stated`; undefined where none has its keys. */
export function meantInstead(
  document: SweepDocument,
  map: MapNode,
  stated: DistributionName,
): DistributionName | undefined {
  const fitting = distributionsFor(document, map);
  return (
    likely[stated]?.find((one) => fitting.includes(one)) ??
    fitting.find((one) => one === `q_${stated}`) ??
    fitting[0]
  );
}

/** Whether a bound is written as a float, so that no whole numbers are meant. */
export const hasFloatBound = (document: SweepDocument, map: MapNode): boolean =>
  isFloatBound(document, map, 'min') || isFloatBound(document, map, 'max');

function isFloatBound(document: SweepDocument, map: MapNode, name: string): boolean {
  const value = document.entry(map, name)?.value;
  if (value === undefined || !isScalar(value)) return false;
  const scalar = scalarValue(value);
  // a number in quotes is a mistake of its own, but tells what was meant
  return typeof scalar === 'string' ? !/^[-+]?[\d_]+$/.test(scalar) : isFloat(scalar);
}
