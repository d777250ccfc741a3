/**
 * Arithmetic progressions in whole numbers of one power of ten, so that `range(0, 1, 0.1)` holds the
 * numbers that one would write by hand. As Python's decimal module does it for Hydra, but exact.
 */
import type { Element } from './values.ts';

/** The numbers start + i * step before stop, each times 10^-scale. The step is not 0. */
export interface NumberRange {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  /** A whole number from 0. */
  readonly scale: number;
  /** Ints when all three of its numbers were, else floats. */
  readonly elements: 'int' | 'float';
}

export type NumberElement = Element & { readonly kind: 'int' | 'float' };

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** The range of three finite numbers; a float stands for the decimal number that Python prints for it. */
export function numberRange(start: NumberElement, stop: NumberElement, step: NumberElement): NumberRange {
  const decimals = [decimalOf(start), decimalOf(stop), decimalOf(step)] as const;
  const scale = Math.max(...decimals.map((decimal) => decimal.scale));
  const [first, end, by] = decimals.map(({ digits, scale: own }) => digits * 10n ** BigInt(scale - own));
  return {
    start: first ?? 0n,
    stop: end ?? 0n,
    step: by ?? 1n,
    scale,
    elements: [start, stop, step].every(({ kind }) => kind === 'int') ? 'int' : 'float',
  };
}

/** How many numbers the range has. */
export function rangeCount({ start, stop, step }: NumberRange): bigint {
  const [from, to, by] = step > 0n ? [start, stop, step] : [stop, start, -step];
  return from < to ? (to - from + by - 1n) / by : 0n;
}

/** The number at an index from 0. */
export function rangeElement(range: NumberRange, index: number): NumberElement {
  const scaled = range.start + range.step * BigInt(index);
  if (range.elements === 'int') return { kind: 'int', value: scaled / 10n ** BigInt(range.scale) };
  return { kind: 'float', value: Number(`${scaled}e-${range.scale}`) };
}

/** The same numbers in ascending or descending order. */
export function sortedRange(range: NumberRange, direction: 'ascending' | 'descending'): NumberRange {
  const count = rangeCount(range);
  if (range.step > 0n === (direction === 'ascending') || count < 2n) return range;
  const last = range.start + range.step * (count - 1n);
  return { ...range, start: last, stop: range.start - range.step, step: -range.step };
}

/**
 * The range from the three numbers cast, as `int(range(...))` and `float(range(...))` mean it;
 * undefined when the step becomes 0.
 */
export function castRange(range: NumberRange, elements: 'int' | 'float'): NumberRange | undefined {
  if (elements === 'float') return { ...range, elements };
  const one = 10n ** BigInt(range.scale);
  const step = range.step / one;
  if (step === 0n) return undefined;
  return { start: range.start / one, stop: range.stop / one, step, scale: 0, elements };
}

function decimalOf(number: NumberElement): Decimal {
  if (number.kind === 'int') return { digits: number.value, scale: 0 };
  const [mantissa = '0', power = '0'] = number.value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(power);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}
