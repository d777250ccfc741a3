/**
 * JSON text whose numbers keep their kind: `1.0` is read as a `Float` and written as `1.0`, integers
 * beyond 2^53 are bigints, and `NaN`, `Infinity` and `-Infinity` are read and written as Python's json
 * module does. Everything else is RFC 8259.
 */
import { Float, toFloat } from './float.ts';

/**
 * The JSON text of plain objects, lists, strings, numbers, bigints, booleans, null and `Float`s, on one
 * line and without spaces. As with `JSON.stringify`, an undefined property is left out and an undefined
 * list item is null.
 * @throws TypeError for anything else (functions, symbols, undefined on its own).
 */
export function stringifyJson(value: unknown): string {
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
  return `[${list.map((item) => (item === undefined ? 'null' : stringifyJson(item))).join()}]`;
}

function objectText(object: object): string {
  let text = '';
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${stringifyJson(value)}`;
  }
  return `{${text}}`;
}

/** An int in digits whatever its size (JavaScript turns to exponents, a float's mark, at 1e21), or a float. */
function numberText(x: number): string {
  if (!Number.isInteger(x)) return floatText(x);
  return Math.abs(x) < 1e21 ? String(x) : String(BigInt(x));
}

function floatText(x: number): string {
  const text = Object.is(x, -0) ? '-0' : String(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * Number tokens that `JSON.parse` would read differently, found without reading the text twice. It may
 * match where nothing differs (inside a string, say), which costs time but never the answer; it must not
 * miss one that does. In order: an exponent; a fraction of zeros; an integer of 16 digits or more; a
 * fraction so near to 0 or 1 that the double is whole (a double tells numbers of up to 15 digits apart,
 * so up to 11 digits before the point need at least 4 zeros or nines after it); a minus zero; a bare
 * word of Python's.
 */
const NEEDS_CARE =
  /\d[eE][-+\d]|\.0+(?!\d)|(?<![\d.])\d{16}|[1-9]\d{0,10}\.(?:0000|9999)|\d{12}\.\d|0\.9{15}|\.0{300}|-0(?![\d.])|(?<!")(?:NaN|Infinity)/;

/**
 * The JSON value of a text; objects are plain objects (with `__proto__` as an ordinary own property).
 * Text without a token that needs care is read by `JSON.parse`, which is several times faster.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  return NEEDS_CARE.test(text) ? new Reader(text).document() : JSON.parse(text);
}

const WHITE_SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', new Float(NaN)],
  ['Infinity', new Float(Infinity)],
  ['-Infinity', new Float(-Infinity)],
];
const DEEPEST = 2000;

/** Recursive descent over one text. */
class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  /** A value and the white space around it. */
  #value(): unknown {
    this.#space();
    const value = this.#bare();
    this.#space();
    return value;
  }

  #bare(): unknown {
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === '{' || first === '[') {
      if (++this.#depth > DEEPEST) {
        throw new SyntaxError(`JSON text nested more than ${DEEPEST} levels deep at character ${this.#at}.`);
      }
      const collection = first === '{' ? this.#object() : this.#list();
      this.#depth--;
      return collection;
    }
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #object(): unknown {
    const object = {};
    this.#at++;
    this.#space();
    if (this.#skip('}')) return object;
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#space();
      if (!this.#skip(':')) throw this.#unexpected();
      const value = this.#value();
      // assignment would set the prototype when the key is `__proto__`
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#unexpected();
    return object;
  }

  #list(): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    this.#space();
    if (this.#skip(']')) return list;
    do list.push(this.#value());
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#unexpected();
    return list;
  }

  /** A string; its escapes and what may stand in it are left to `JSON.parse`. */
  #string(): string {
    let quote = this.#at;
    do {
      quote = this.#text.indexOf('"', quote + 1);
      if (quote < 0) throw new SyntaxError(`Unterminated string at character ${this.#at} of the JSON text.`);
    } while (this.#isEscaped(quote));
    const token = this.#text.slice(this.#at, quote + 1);
    this.#at = quote + 1;
    return JSON.parse(token) as string;
  }

  #isEscaped(position: number): boolean {
    let backslashes = 0;
    while (this.#text[position - 1 - backslashes] === '\\') backslashes++;
    return backslashes % 2 === 1;
  }

  #number(): unknown {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected();
    this.#at = NUMBER.lastIndex;
    const [digits, fraction, exponent] = match;
    const number = Number(digits);
    if (fraction !== undefined || exponent !== undefined) return toFloat(number);
    return Number.isSafeInteger(number) ? number + 0 : BigInt(digits);
  }

  #space(): void {
    WHITE_SPACE.lastIndex = this.#at;
    WHITE_SPACE.test(this.#text);
    this.#at = WHITE_SPACE.lastIndex;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #unexpected(): SyntaxError {
    const found = this.#text[this.#at];
    const what = found === undefined ? 'end' : `character ${JSON.stringify(found)}`;
    return new SyntaxError(`Unexpected ${what} at character ${this.#at} of the JSON text.`);
  }
}
