/** Reads what stands after the `=` of an override, evaluating functions as it goes. */
import { callFunction, type Argument, type Calls } from './functions.ts';
import { tokenize, type Punctuation, type Token, type TokenKind } from './lexer.ts';
import { floatOf, integerOf } from './numerals.ts';
import { Refusal, type Span } from './problems.ts';
import { dictOf, isSweep, text, type DictEntry, type Element, type OverrideValue } from './values.ts';

/** Lists, dictionaries and calls within each other; far more than anybody writes, far less than the stack holds. */
const deepest = 100;

export interface ParsedValue {
  readonly value: OverrideValue;
  /** What the commas outside of brackets separate; one when there are none. */
  readonly parts: readonly Argument[];
}

/**
 * The value that stands in `word` from the offset `from` to the end. Nothing is the empty text.
 * @throws Refusal at the first mistake.
 */
export function parseValue(word: string, from: number, calls: Calls): ParsedValue {
  if (from === word.length) return { value: text(''), parts: [] };
  if (/^[ \t]+$/.test(word.slice(from))) {
    throw new Refusal('multirun-value-missing', 'Only blanks stand after the =.', [from, word.length]);
  }
  const leading = /^[ \t]*/.exec(word.slice(from))?.[0].length ?? 0;
  return new ValueReader(word, tokenize(word, from + leading), calls).value();
}

/** One value's tokens and how far they are read. */
class ValueReader {
  readonly #word: string;
  readonly #tokens: readonly Token[];
  readonly #calls: Calls;
  #at = 0;
  #depth = 0;

  constructor(word: string, tokens: readonly Token[], calls: Calls) {
    this.#word = word;
    this.#tokens = tokens;
    this.#calls = calls;
  }

  value(): ParsedValue {
    const first = this.#argument(undefined);
    if (this.#peek() === undefined) return { value: first.value, parts: [first] };
    const choices = [first];
    while (this.#take(',')) choices.push(this.#argument(undefined));
    const rest = this.#peek();
    if (rest !== undefined) throw this.#unexpected(rest);
    const items = choices.map((choice) => single(choice, 'a list of choices'));
    return { value: { kind: 'choice', items, simple: true, tags: [] }, parts: choices };
  }

  /** An element or a call, and where it stands; `name` is the one before its `=`. */
  #argument(name: string | undefined): Argument {
    const start = this.#start();
    const value = this.#element();
    return { name, value, span: trimmed(this.#word, [start, this.#end()]) };
  }

  #element(): OverrideValue {
    const token = this.#peek();
    if (token === undefined) throw this.#missing();
    if (++this.#depth > deepest) {
      throw new Refusal('multirun-syntax', `Values are nested at most ${deepest} deep.`, token.span);
    }
    const value = this.#nested(token);
    this.#depth--;
    return value;
  }

  #nested(token: Token): OverrideValue {
    switch (token.kind) {
      case '[':
        return { kind: 'list', items: this.#between('[', ']', () => this.#member('a list')) };
      case '{':
        return dictOf(this.#between('{', '}', () => this.#entry()));
      case 'quoted':
        this.#at++;
        return unquote(token.text);
      case 'identifier':
        return this.#tokens[this.#at + 1]?.kind === '(' ? this.#call(token) : this.#primitive(inValues);
      default:
        return this.#primitive(inValues);
    }
  }

  #member(of: string): Element {
    return single(this.#argument(undefined), of);
  }

  #entry(): DictEntry {
    const key = this.#primitive(inKeys);
    if (!this.#take(':')) throw this.#expected('a colon after the key of the dictionary');
    return [key, this.#member('a dictionary')];
  }

  #call(name: Token): OverrideValue {
    this.#at++;
    const named = new Set<string>();
    const args = this.#between('(', ')', () => {
      const argument = this.#argumentOfCall();
      if (argument.name === undefined && named.size > 0) {
        const message = 'An argument without a name cannot stand after one with a name.';
        throw new Refusal('multirun-argument', message, argument.span);
      }
      if (argument.name !== undefined) {
        if (named.has(argument.name)) {
          const message = `The argument ${argument.name} is given twice.`;
          throw new Refusal('multirun-argument', message, argument.span);
        }
        named.add(argument.name);
      }
      return argument;
    });
    const span: Span = [name.span[0], this.#end()];
    return callFunction({ name: name.text, nameSpan: name.span, span, args }, this.#calls);
  }

  #argumentOfCall(): Argument {
    const name = this.#peek();
    if (name?.kind !== 'identifier' || this.#tokens[this.#at + 1]?.kind !== '=') {
      return this.#argument(undefined);
    }
    this.#at += 2;
    return this.#argument(name.text);
  }

  /** What stands between two brackets, separated by commas. */
  #between<Item>(open: Punctuation, close: Punctuation, read: () => Item): Item[] {
    const opened = this.#start();
    this.#at++;
    const items: Item[] = [];
    if (this.#take(close)) return items;
    do {
      items.push(read());
    } while (this.#take(','));
    if (this.#take(close)) return items;
    const rest = this.#peek();
    if (rest !== undefined) throw this.#unexpected(rest);
    throw new Refusal('multirun-syntax', `${open} is never closed.`, [opened, this.#word.length]);
  }

  /** A run of tokens: one alone keeps its kind, several are a text. Blanks at its ends don't count. */
  #primitive(allowed: ReadonlySet<TokenKind>): Element {
    const start = this.#at;
    while (allowed.has(this.#peek()?.kind ?? ')')) this.#at++;
    const alone = this.#tokens[start];
    if (alone !== undefined && this.#at === start + 1 && alone.kind !== 'blanks') return literal(alone);
    const run = this.#tokens.slice(start, this.#at);
    if (run[0]?.kind === 'blanks') run.shift();
    if (run.at(-1)?.kind === 'blanks') run.pop();
    const [first] = run;
    if (first === undefined) throw this.#missing();
    return run.length === 1 ? literal(first) : text(run.map(content).join(''));
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(kind: Punctuation): boolean {
    if (this.#peek()?.kind !== kind) return false;
    this.#at++;
    return true;
  }

  #start(): number {
    return this.#peek()?.span[0] ?? this.#word.length;
  }

  #end(): number {
    return this.#tokens[this.#at - 1]?.span[1] ?? this.#word.length;
  }

  #missing(): Refusal {
    return this.#peek() === undefined || this.#peek()?.kind === ','
      ? new Refusal('multirun-value-missing', 'A value is missing here.', this.#gap())
      : this.#expected('a value');
  }

  /** Where something is missing: at the comma or bracket that waits for it when nothing follows. */
  #gap(): Span {
    return this.#peek()?.span ?? this.#tokens[this.#at - 1]?.span ?? [this.#word.length, this.#word.length];
  }

  #expected(what: string): Refusal {
    const found = this.#peek();
    const end: Span = [this.#word.length, this.#word.length];
    const instead = found === undefined ? 'the override ends' : `${found.text.trim()} stands`;
    return new Refusal(
      'multirun-syntax',
      `Expected ${what}, but ${instead} here.`,
      found === undefined ? end : trimmed(this.#word, found.span),
    );
  }

  #unexpected(token: Token): Refusal {
    return new Refusal('multirun-syntax', reason(token), trimmedOrWhole(this.#word, token.span));
  }
}

const inKeys: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'identifier',
  'null',
  'int',
  'float',
  'bool',
  'character',
  'escapes',
  'blanks',
]);
const inValues: ReadonlySet<TokenKind> = new Set<TokenKind>([...inKeys, 'interpolation', ':']);

/** The element of an argument, refused when it is a sweep. */
function single({ value, span }: Argument, place: string): Element {
  if (!isSweep(value)) {
    if (value.kind !== 'extension') return value;
    throw new Refusal('multirun-argument', 'extend_list() can only be a whole value.', span);
  }
  throw new Refusal(
    'multirun-nested-sweep',
    `A sweep cannot stand inside ${place}: only a whole value can have several values.`,
    span,
  );
}

function reason(token: Token): string {
  switch (token.kind) {
    case '=':
      return 'A second = needs a backslash or quotes.';
    case 'quoted':
      return 'Quotes have to be around the whole value.';
    case 'blanks':
      return 'A blank cannot stand at the end after a bracket or a quote.';
    case '(':
      return '( needs a backslash or quotes, unless it follows the name of a function.';
    default:
      return `${token.text.trim()} cannot stand here. In a text it needs a backslash or quotes.`;
  }
}

function literal(token: Token): Element {
  switch (token.kind) {
    case 'null':
      return { kind: 'null' };
    case 'bool':
      return { kind: 'bool', value: token.text.toLowerCase() === 'true' };
    case 'int':
      return { kind: 'int', value: integerOf(token.text) };
    case 'float':
      return { kind: 'float', value: floatOf(token.text) };
    default:
      return text(content(token));
  }
}

/** A token's part of a text: escapes without their backslashes. */
function content({ kind, text: written }: Token): string {
  return kind === 'escapes' ? written.replace(/\\([^])/g, '$1') : written;
}

/** A run of backslashes before a quote, the closing one included, is halved; an odd one makes the quote content. */
function unquote(written: string): Element {
  const quote = written.startsWith("'") ? "'" : '"';
  const inner = written
    .slice(1, -1)
    .replace(
      quote === "'" ? /(?<!\\)(\\+)('|$)/g : /(?<!\\)(\\+)("|$)/g,
      (_, slashes: string, end: string) => '\\'.repeat(slashes.length >> 1) + end,
    );
  return { kind: 'quoted', quote, text: inner };
}

/** The span without the blanks at its ends. */
function trimmed(word: string, span: Span): Span {
  let [start, end] = span;
  while (start < end && isBlank(word, start)) start++;
  while (start < end && isBlank(word, end - 1)) end--;
  return start === span[0] && end === span[1] ? span : [start, end];
}

function isBlank(word: string, at: number): boolean {
  const unit = word.charCodeAt(at);
  return unit === 0x20 || unit === 0x09;
}

function trimmedOrWhole(word: string, span: Span): Span {
  return word.slice(...span).trim() === '' ? span : trimmed(word, span);
}
