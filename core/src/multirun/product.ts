/** The jobs of a multirun, found by their index: every combination of every override's values, the last one fastest. */
import type { Value } from '../value.ts';
import { globFilter } from './glob.ts';
import type { Key } from './key.ts';
import { printKey } from './key.ts';
import { printElement } from './print.ts';
import { rangeCount, rangeElement } from './range.ts';
import { permutation } from './shuffle.ts';
import { text, toValue, type Element, type OverrideValue } from './values.ts';

/** One override's values. */
export interface Axis {
  readonly key: Key;
  /** How many values: a whole number from 0 to 2^53 - 1. */
  readonly count: number;
  /** The value at an index below `count`. */
  elementAt(index: number): Element;
}

export interface Jobs {
  /** How many jobs; exact to 2^53, beyond it the nearest float. */
  readonly count: number;
  readonly axes: readonly Axis[];
  /**
   * The job's overrides as Hydra prints them, in the order of the command.
   * @throws RangeError when the index isn't a whole number from 0 to `count` - 1.
   */
  overridesAt(index: number): readonly string[];
  /** The job's values by key without prefix; keys that are removed are left out. @throws RangeError as `overridesAt`. */
  parametersAt(index: number): Readonly<Record<string, Value>>;
  /** Every job's overrides, one after another. */
  [Symbol.iterator](): Iterator<readonly string[]>;
}

/** Printed values of an override with at most this many are kept, since jobs share them. */
const mostKept = 100_000;

/**
 * The values of an override as an axis.
 * @param seed of random orders
 * @param options the options of the key's configuration group, for `glob()`
 */
export function axisOf(key: Key, value: OverrideValue, seed: number, options: readonly string[]): Axis {
  switch (value.kind) {
    case 'choice':
      return shuffled(listAxis(key, value.items), seed, value.shuffle);
    case 'range': {
      const { range } = value;
      const axis = {
        key,
        count: Number(rangeCount(range)),
        elementAt: (index: number) => rangeElement(range, index),
      };
      return shuffled(axis, seed, value.shuffle);
    }
    case 'glob':
      return listAxis(key, options.filter(globFilter(value.include, value.exclude)).map(text));
    default:
      return listAxis(key, [value]);
  }
}

function listAxis(key: Key, items: readonly Element[]): Axis {
  return {
    key,
    count: items.length,
    elementAt: (index) => {
      const item = items[index];
      if (item === undefined) throw new RangeError(`There is no value ${index} of ${items.length}.`);
      return item;
    },
  };
}

function shuffled(axis: Axis, seed: number, stream: number | undefined): Axis {
  if (stream === undefined) return axis;
  let order: Uint32Array | undefined;
  return {
    ...axis,
    elementAt: (index) => {
      order ??= permutation(seed, stream, axis.count);
      return axis.elementAt(order[index] ?? index);
    },
  };
}

/** All combinations of the axes' values. Without axes it is one job without overrides. */
export function jobsOf(axes: readonly Axis[]): Jobs {
  const count = axes.reduce((product, axis) => product * axis.count, 1);
  const printers = axes.map((axis) => printer(axis, count));
  const combine = <Item>(index: number, pick: (axis: number, value: number) => Item): Item[] => {
    if (!Number.isSafeInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`There is no job ${index}: the jobs are numbered from 0 to ${count - 1}.`);
    }
    const items = new Array<Item>(axes.length);
    let rest = index;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const values = axes[axis]?.count ?? 1;
      items[axis] = pick(axis, rest % values);
      rest = Math.floor(rest / values);
    }
    return items;
  };
  const overridesAt = (index: number) => combine(index, (axis, value) => printers[axis]?.(value) ?? '');
  return {
    count,
    axes,
    overridesAt,
    parametersAt: (index) => {
      const entries = combine(index, (axis, value): [Key, Value] | undefined => {
        const found = axes[axis];
        return found && [found.key, toValue(found.elementAt(value))];
      });
      return Object.fromEntries(
        entries
          .filter((entry) => entry !== undefined)
          .filter(([key]) => key.prefix !== '~')
          .map(([key, value]) => [printKey({ ...key, prefix: '' }), value]),
      );
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index++) yield overridesAt(index);
    },
  };
}

/** Prints the values of one axis, each once when several jobs share it. */
function printer(axis: Axis, jobs: number): (index: number) => string {
  const key = printKey(axis.key);
  const print = (index: number) => `${key}=${printElement(axis.elementAt(index))}`;
  if (axis.count > mostKept || axis.count === jobs) return print;
  const kept: string[] = [];
  return (index) => (kept[index] ??= print(index));
}
