import { Float, toFloat } from './float.ts';
import { closingQuote, isNumberStart, numberEnd } from './json-tokens.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const FLOAT = /[.eE]/;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', new Float(NaN)],
  ['Infinity', new Float(Infinity)],
  ['-Infinity', new Float(-Infinity)],
]);
const DEEPEST = 2000;

/** Recursive descent over one JSON text, with the kinds of numbers that json-text.ts describes. */
export class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The value that the whole text is.
   * @throws SyntaxError when the text is not JSON, or nested deeper than 2000 levels.
   */
  document(): unknown {
    const value = this.#value();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  /** A value and the white space around it. */
  #value(): unknown {
    this.#skipSpace();
    const value = this.#bare();
    this.#skipSpace();
    return value;
  }

  #bare(): unknown {
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string();
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#list());
      default:
        return isNumberStart(this.#text.charCodeAt(this.#at)) ? this.#number() : this.#word();
    }
  }

  #nested<Collection>(read: () => Collection): Collection {
    if (++this.#depth > DEEPEST) {
      throw new SyntaxError(`JSON text nested more than ${DEEPEST} levels deep at character ${this.#at}.`);
    }
    this.#at++;
    this.#skipSpace();
    const collection = read();
    this.#depth--;
    return collection;
  }

  #object(): object {
    const object: Record<string, unknown> = {};
    if (this.#skip('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#skipSpace();
      if (!this.#skip(':')) throw this.#unexpected();
      const value = this.#value();
      if (key === '__proto__') {
        // assignment would set the prototype
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else {
        object[key] = value;
      }
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#unexpected();
    return object;
  }

  #list(): unknown[] {
    const list: unknown[] = [];
    if (this.#skip(']')) return list;
    do list.push(this.#value());
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#unexpected();
    return list;
  }

  /** A string; one with escapes, or with something that may not stand in it, is left to `JSON.parse`. */
  #string(): string {
    const opening = this.#at;
    const closing = closingQuote(this.#text, opening);
    if (closing < 0) throw new SyntaxError(`Unterminated string at character ${opening} of the JSON text.`);
    this.#at = closing + 1;
    for (let at = opening + 1; at < closing; at++) {
      const unit = this.#text.charCodeAt(at);
      if (unit === 0x5c /* \ */ || unit < 0x20) {
        return JSON.parse(this.#text.slice(opening, closing + 1)) as string;
      }
    }
    return this.#text.slice(opening + 1, closing);
  }

  #number(): unknown {
    const end = numberEnd(this.#text, this.#at);
    const token = this.#text.slice(this.#at, end);
    if (!NUMBER.test(token)) return this.#word();
    this.#at = end;
    const number = Number(token);
    if (FLOAT.test(token)) return toFloat(number);
    // adding 0 turns -0 into 0
    return Number.isSafeInteger(number) ? number + 0 : BigInt(token);
  }

  #word(): unknown {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    throw this.#unexpected();
  }

  #skipSpace(): void {
    for (; ; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
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
