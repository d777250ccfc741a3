/**
 * What a shell makes of a word: quotes and backslashes gone, values of literal loops put in, everything that
 * only the job's shell can know left as it is written and marked.
 */
import type { Span } from '../script.ts';

/** What the shell that runs the job would put in another text for. */
export type ExpansionKind = 'variable' | 'substitution' | 'glob' | 'tilde' | 'brace';

export interface Expansion {
  readonly kind: ExpansionKind;
  /** In the field's text, where it stands as it is written. */
  readonly at: Span;
  readonly source: Span;
}

/** A stretch of a field's text for which something else stands in the script. */
export type Insertion = Pick<Expansion, 'at' | 'source'>;

/** A word as a program gets it. */
export interface Field {
  readonly text: string;
  /** The word in the script, quotes and all. */
  readonly source: Span;
  /** Offsets in the script of each code unit of the text and of its end; undefined when it stands there as it is. */
  readonly offsets: readonly number[] | undefined;
  readonly expansions: readonly Expansion[];
  /** Where values of loops were put in for their variables. */
  readonly insertions: readonly Insertion[];
}

/** Values of loop variables by name. */
export type Variables = ReadonlyMap<string, string>;

export const noVariables: Variables = new Map();

const special = /[\\'"`$*?{~(]/;
const variable = /\$(?:([A-Za-z_]\w*|[0-9*@#?!$-])|\{([A-Za-z_]\w*)\})?/y;
const braces = /\{(?:[^\s{}'"\\$]*,[^\s{}'"\\$]*|[A-Za-z0-9+-]+\.\.[A-Za-z0-9.+-]+)\}/y;

/** The offset in the script of an offset in a field's text; those beyond the text are taken as its end. */
export function offsetOf({ source, offsets, text }: Field, at: number): number {
  if (offsets === undefined) return source[0] + Math.min(at, text.length);
  return offsets[Math.max(0, at)] ?? offsets.at(-1) ?? source[1];
}

/** The place in the script of a stretch of a field's text: at least the characters themselves. */
export function sourceOf(field: Field, [start, end]: Span): Span {
  const from = offsetOf(field, start);
  if (end <= start) return [from, from];
  const { offsets } = field;
  if (offsets === undefined) return [from, offsetOf(field, end)];
  // a stretch ends behind its last character, not before a quote that comes next
  const last = offsetOf(field, end - 1);
  const next = offsetOf(field, end);
  const behind = [...field.insertions, ...field.expansions].find(
    ({ at }) => at[0] <= end - 1 && end - 1 < at[1],
  );
  return [from, Math.max(from, behind ? behind.source[1] : Math.min(next, last + 1))];
}

/**
 * The fields of the word at `source`, mostly one: an unquoted loop variable whose value has blanks gives
 * several, or none.
 */
export function fieldsOf(text: string, source: Span, variables: Variables): readonly Field[] {
  const written = text.slice(...source);
  if (!special.test(written))
    return [{ text: written, source, offsets: undefined, expansions: [], insertions: [] }];
  return new WordReader(text, source, variables).fields();
}

/** The word's text when no shell would put anything else in; undefined for another, and for several. */
export function literalField(text: string, source: Span, variables: Variables): Field | undefined {
  const fields = fieldsOf(text, source, variables);
  const [only] = fields;
  return fields.length === 1 && only?.expansions.length === 0 ? only : undefined;
}

class WordReader {
  readonly #text: string;
  readonly #source: Span;
  readonly #variables: Variables;
  readonly #fields: Field[] = [];
  #value = '';
  #offsets: number[] = [];
  #expansions: Expansion[] = [];
  /** Whether the field exists although it may be empty. */
  #present = false;
  #insertions: Insertion[] = [];
  #calls = 0;

  constructor(text: string, source: Span, variables: Variables) {
    this.#text = text;
    this.#source = source;
    this.#variables = variables;
  }

  fields(): readonly Field[] {
    const [start, end] = this.#source;
    let at = start;
    while (at < end) at = this.#next(at, end);
    this.#finish(end);
    return this.#fields;
  }

  #next(at: number, end: number): number {
    const char = this.#text.charAt(at);
    switch (char) {
      case '\\':
        return this.#escaped(at, end);
      case "'":
        return this.#singleQuoted(at, end);
      case '"':
        return this.#doubleQuoted(at, end);
      case '$':
        return this.#dollar(at, end, 'bare');
      case '`':
        return this.#backquoted(at, end);
      case '*':
      case '?':
        return this.#calls > 0 ? this.#plain(at) : this.#expansion('glob', at, at + 1);
      case '{': {
        braces.lastIndex = at;
        const found = this.#calls > 0 ? null : braces.exec(this.#text);
        return found && at + found[0].length <= end
          ? this.#expansion('brace', at, at + found[0].length)
          : this.#plain(at);
      }
      case '~':
        return this.#tilde(at, end);
      case '(':
        this.#calls++;
        return this.#plain(at);
      case ')':
        this.#calls = Math.max(0, this.#calls - 1);
        return this.#plain(at);
      default:
        return this.#plain(at);
    }
  }

  #plain(at: number): number {
    this.#present = true;
    this.#value += this.#text.charAt(at);
    this.#offsets.push(at);
    return at + 1;
  }

  #expansion(kind: ExpansionKind, from: number, to: number): number {
    const start = this.#value.length;
    for (let at = from; at < to; at++) this.#plain(at);
    this.#expansions.push({ kind, at: [start, this.#value.length], source: [from, to] });
    return to;
  }

  #escaped(at: number, end: number): number {
    const lineBreak = /^\r?\n/.exec(this.#text.slice(at + 1, at + 3));
    if (lineBreak) return at + 1 + lineBreak[0].length;
    return at + 1 < end ? this.#plain(at + 1) : this.#plain(at);
  }

  #singleQuoted(open: number, end: number): number {
    this.#present = true;
    const close = this.#text.indexOf("'", open + 1);
    const stop = close < 0 || close >= end ? end : close;
    for (let at = open + 1; at < stop; at++) this.#plain(at);
    return Math.min(end, stop + 1);
  }

  #doubleQuoted(open: number, end: number): number {
    this.#present = true;
    let at = open + 1;
    while (at < end) {
      const char = this.#text.charAt(at);
      if (char === '"') return at + 1;
      if (char === '\\' && /["\\$`\n]/.test(this.#text.charAt(at + 1)) && at + 1 < end) {
        if (this.#text.charAt(at + 1) !== '\n') this.#plain(at + 1);
        at += 2;
      } else if (char === '$') at = this.#dollar(at, end, 'quoted');
      else if (char === '`') at = this.#backquoted(at, end);
      else at = this.#plain(at);
    }
    return end;
  }

  #backquoted(open: number, end: number): number {
    let at = open + 1;
    while (at < end && this.#text.charAt(at) !== '`') at += this.#text.charAt(at) === '\\' ? 2 : 1;
    return this.#expansion('substitution', open, Math.min(end, at + 1));
  }

  #dollar(at: number, end: number, place: 'bare' | 'quoted'): number {
    const next = this.#text.charAt(at + 1);
    if (next === '(')
      return this.#expansion('substitution', at, Math.min(end, closing(this.#text, at + 1, end)));
    if (place === 'bare' && next === "'") return this.#ansiQuoted(at, ansiEnd(this.#text, at + 2, end));
    if (place === 'bare' && next === '"') return at + 1;
    variable.lastIndex = at;
    const [written = '', bare, braced] = variable.exec(this.#text) ?? [];
    const name = bare ?? braced;
    const value = name === undefined ? undefined : this.#variables.get(name);
    if (value !== undefined && at + written.length <= end) {
      this.#put(value, [at, at + written.length], place);
      return at + written.length;
    }
    if (name !== undefined) return this.#expansion('variable', at, Math.min(end, at + written.length));
    if (next === '{') return this.#expansion('variable', at, Math.min(end, closing(this.#text, at + 1, end)));
    return this.#plain(at);
  }

  /** `$'...'`, a text with escapes as in C; left to the shell where it has others than the usual ones. */
  #ansiQuoted(open: number, end: number): number {
    const written = this.#text.slice(open + 2, end - 1);
    if (/\\(?![\\'"?abefnrtv])/.test(written)) return this.#expansion('variable', open, end);
    this.#present = true;
    for (const { 0: one, index } of written.matchAll(/\\[^]|[^]/g)) {
      this.#value += one.length === 1 ? one : (ansiEscapes[one.charAt(1)] ?? one.charAt(1));
      this.#offsets.push(open + 2 + index);
    }
    return end;
  }

  /** A loop's value in the place of its variable: all of it stands where the variable does. */
  #put(value: string, source: Span, place: 'bare' | 'quoted'): void {
    const [at] = source;
    let from = this.#value.length;
    if (place === 'quoted') this.#present = true;
    for (let index = 0; index < value.length; index++) {
      const char = value.charAt(index);
      if (place === 'bare' && /[ \t\n]/.test(char)) {
        if (this.#value.length > from) this.#insertions.push({ at: [from, this.#value.length], source });
        if (this.#present) this.#finish(at);
        from = this.#value.length;
        continue;
      }
      this.#present = true;
      this.#value += char;
      this.#offsets.push(at);
      if (place === 'bare' && (char === '*' || char === '?')) {
        const end = this.#value.length;
        this.#expansions.push({ kind: 'glob', at: [end - 1, end], source });
      }
    }
    if (this.#value.length > from) this.#insertions.push({ at: [from, this.#value.length], source });
  }

  #tilde(at: number, end: number): number {
    // `~key` removes a key; a home directory is asked for by `~/` or by a `~` alone behind `=`
    const next = at + 1 < end ? this.#text.charAt(at + 1) : '';
    const begins = this.#value === '' && this.#offsets.length === 0;
    const behind = this.#value.endsWith('=') && !this.#value.slice(0, -1).includes('=');
    const home = (begins && next === '/') || (behind && (next === '/' || next === ''));
    return home ? this.#expansion('tilde', at, at + 1) : this.#plain(at);
  }

  #finish(end: number): void {
    if (this.#present) {
      this.#fields.push({
        text: this.#value,
        source: this.#source,
        offsets: [...this.#offsets, end],
        expansions: this.#expansions,
        insertions: this.#insertions,
      });
    }
    this.#value = '';
    this.#offsets = [];
    this.#expansions = [];
    this.#insertions = [];
    this.#present = false;
  }
}

/** Behind the bracket that closes the one at `open`; quotes are stepped over. */
function closing(text: string, open: number, end: number): number {
  const opener = text.charAt(open);
  const closer = opener === '(' ? ')' : '}';
  let depth = 0;
  for (let at = open; at < end; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === "'" || char === '"') {
      const close = text.indexOf(char, at + 1);
      if (close < 0 || close >= end) return end;
      at = close;
    } else if (char === opener) depth++;
    else if (char === closer && --depth === 0) return at + 1;
  }
  return end;
}

const ansiEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function ansiEnd(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === "'") return at + 1;
  }
  return end;
}
