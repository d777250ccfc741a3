/**
 * JSON text whose numbers keep their kind: `1.0` is read as a `Float` and written as `1.0`, integers
 * beyond 2^53 are bigints, and `NaN`, `Infinity` and `-Infinity` are read and written as Python's json
 * module does. Everything else is RFC 8259.
 *
 * Most texts have no number that JavaScript's own JSON functions would get wrong. A quick look finds
 * that out, because those functions are several times faster and a journal has many lines.
 */
import { Float } from './float.ts';
import { JsonReader } from './json-reader.ts';
import { closingQuote, isNumberStart, numberEnd } from './json-tokens.ts';

/**
 * The JSON text of plain objects, lists, strings, numbers, bigints, booleans, null and `Float`s, on one
 * line and without spaces. As with `JSON.stringify`, an undefined property is left out and an undefined
 * list item is null.
 * @throws TypeError for anything else (functions, symbols, undefined on its own).
 */
export function stringifyJson(value: unknown): string {
  return value !== undefined && isPlain(value) ? JSON.stringify(value) : carefulText(value);
}

/**
 * The JSON value of a text; objects are plain objects (with `__proto__` as an ordinary own property).
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  // V8 13 takes the key "\"" for "\\" when it has read {"\\": …} before, and likewise with other escapes
  // in keys (seen in Node 24.21; Node 20 reads them right)
  return text.includes('\\') || needsCare(text) ? new JsonReader(text).document() : JSON.parse(text);
}

/** From here on JavaScript writes a whole number with an exponent, which is a float's mark. */
const EXPONENT_FROM = 1e21;

/** Whether `JSON.stringify` writes the same. */
function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Math.abs(value) < EXPONENT_FROM;
    case 'object':
      if (value === null) return true;
      if (value instanceof Float) return false;
      for (const key in value) {
        if (!isPlain((value as Readonly<Record<string, unknown>>)[key])) return false;
      }
      return true;
    default:
      return false;
  }
}

function carefulText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return numberText(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (value instanceof Float) return floatText(value.value);
      return Array.isArray(value) ? listText(value) : objectText(value);
    default:
      throw new TypeError(`A ${typeof value} can't be written as JSON.`);
  }
}

function listText(list: readonly unknown[]): string {
  return `[${list.map((item) => (item === undefined ? 'null' : carefulText(item))).join()}]`;
}

function objectText(object: object): string {
  let text = '';
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${carefulText(value)}`;
  }
  return `{${text}}`;
}

function numberText(x: number): string {
  if (!Number.isInteger(x)) return floatText(x);
  return Math.abs(x) < EXPONENT_FROM ? String(x) : String(BigInt(x));
}

function floatText(x: number): string {
  const text = Object.is(x, -0) ? '-0' : String(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * Whether the text has a number that `JSON.parse` reads differently: a whole float, a big integer, minus
 * zero, a bare NaN or Infinity. May be true without need. In a text that isn't JSON it may be either,
 * since both readers refuse that.
 */
function needsCare(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22 /* " */) {
      at = closingQuote(text, at);
      if (at < 0) return true;
    } else if (isNumberStart(unit)) {
      const end = numberEnd(text, at);
      if (numberNeedsCare(text, at, end)) return true;
      at = end - 1;
    } else if (unit === 0x4e /* N */ || unit === 0x49 /* I */) {
      return true;
    }
  }
  return false;
}

/** Integers of up to 15 digits are exact as doubles, and no two decimals of up to 15 digits are the same double. */
const EXACT_DIGITS = 15;

function numberNeedsCare(text: string, from: number, end: number): boolean {
  let hasPoint = false;
  for (let at = from; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2e /* . */) hasPoint = true;
    if (unit === 0x65 /* e */ || unit === 0x45 /* E */) return true;
  }
  const isLong = end - from > EXACT_DIGITS;
  if (!hasPoint) return isLong || text.startsWith('-0', from);
  const endsInZero = text.charCodeAt(end - 1) === 0x30;
  return endsInZero || (isLong && Number.isInteger(Number(text.slice(from, end))));
}
