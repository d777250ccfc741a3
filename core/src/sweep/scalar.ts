import { Float } from '../value.ts';

/** What a YAML scalar can be once read: the values that are neither lists nor maps. */
export type ScalarValue = null | boolean | string | number | bigint | Float;

/** Whether a number is a float to Python: written with a point or exponent, or not finite. */
export function isFloat(value: ScalarValue): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
}

export function isNumber(value: unknown): value is number | bigint | Float {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
}

/** The number for calculations; integers beyond 2^53 lose digits. */
export function numeric(value: number | bigint | Float): number {
  return value instanceof Float ? value.value : Number(value);
}
