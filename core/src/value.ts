/**
 * Parameter values: JSON with Python's number kinds kept apart.
 *
 * JavaScript has one number type, a training program written in Python has two, and `1` and `1.0`
 * reach it as different texts (`--lr=1` and `--lr=1.0`). So: an integral `number` is an int, any other
 * `number` is a float, and a float whose value is integral (or not finite) is a `Float`. Integers
 * beyond 2^53 are `bigint`.
 */
import { Float } from './float.ts';
import { parseJson, stringifyJson } from './json-text.ts';

export { Float, toFloat, toInteger } from './float.ts';
export { parseJson, stringifyJson } from './json-text.ts';

export type Value =
  null | boolean | string | number | bigint | Float | readonly Value[] | { readonly [key: string]: Value };

/** Parameter values by name; nested parameters are nested maps. */
export type Parameters = Readonly<Record<string, Value>>;

/** Whether the value is a list; unlike `Array.isArray` it narrows read-only lists. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether the value is a map from names to values. */
export function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !(value instanceof Float) && !isList(value);
}

/** The value as a JavaScript number (the nearest one for a big integer); undefined unless it is an int or a float. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Float ? value.value : undefined;
}

/**
 * A text that is the same for two values exactly when a sweep takes them for the same choice.
 *
 * That is W&B's rule, which compares canonical YAML: a whole float equals the integer when it is the
 * value itself but not inside a list or map, `true` differs from 1, the order of keys doesn't count,
 * NaN equals NaN. The text is a key for lookups, not a format.
 */
export function valueKey(value: Value): string {
  if (value instanceof Float && Number.isInteger(value.value)) return String(BigInt(value.value));
  return keyInside(value);
}

/** Whether a sweep takes the two values for the same choice; see `valueKey`. */
export function valuesEqual(a: Value, b: Value): boolean {
  return valueKey(a) === valueKey(b);
}

function keyInside(value: Value): string {
  if (isList(value)) return `[${value.map(keyInside).join()}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${keyInside(inner)}`).join()}}`;
  }
  return stringifyJson(value);
}

/**
 * The value as JSON text that `parseValue` reads back exactly: whole floats keep their point (`1.0`),
 * big integers their digits. Floats that aren't finite are written like Python's json module does
 * (`NaN`, `Infinity`, `-Infinity`), which strict JSON has no word for.
 */
export function stringifyValue(value: Value): string {
  return stringifyJson(value);
}

/**
 * The value of a JSON text, `1` and `1.0` kept apart, big integers exact, Python's `NaN` and
 * `Infinity` understood.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseValue(text: string): Value {
  return parseJson(text) as Value;
}
