/**
 * The words of a Python source: https://docs.python.org/3/reference/lexical_analysis.html. Lines that are
 * joined, by a backslash or inside brackets, are one line here; comments and blank lines are gone.
 */
export type TokenKind = 'name' | 'number' | 'string' | 'operator' | 'newline';

/**
 * The expressions inside an f-string follow its token, each in a pair of round brackets, so that what
 * they use can be seen.
 */
export interface Token {
  readonly kind: TokenKind;
  /** As it is written, with prefix and quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  /** Whether the text is no Python as it stands: a string or bracket that isn't closed, a stray character. */
  readonly broken: boolean;
}

/** Splits a text into tokens. Never throws: what is no Python is skipped, and the result is `broken`. */
export function tokenize(text: string): Tokens {
  const tokenizer = new Tokenizer(text);
  tokenizer.run();
  return tokenizer;
}

const code = (character: string): number => character.charCodeAt(0);
const [lineFeed, carriageReturn, backslash, hash, quote, apostrophe] = [10, 13, 92, 35, 34, 39] as const;
const [openBrace, closeBrace, colon, exclamation, equals, dot] = [123, 125, 58, 33, 61, 46] as const;

const operators3: ReadonlySet<string> = new Set(['**=', '//=', '>>=', '<<=', '...']);
const operators2: ReadonlySet<string> = new Set(
  '-> := == != <= >= += -= *= /= %= &= |= ^= @= ** // << >>'.split(' '),
);
/** The second characters of longer operators. */
const continues: ReadonlySet<number> = new Set(Array.from('=*/<>.', code));
const singles = '()[]{}+-*/%@&|^~<>=.,:;';
const stringPrefix = /^(?:[rubft]|[bft]r|r[bft])$/i;
const number =
  /0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d[\d_]*)?[jJ]?/y;
const identifier = /[\p{L}\p{Nl}_\p{Mn}\p{Mc}\p{Nd}\p{Pc}]+/uy;
/** A line that begins so, at the margin and inside brackets, shows that a bracket was not closed. */
const statementStart = /(?:def|class|import|from|async def) /y;
const blankBeforeBreak = /[ \t\f]*(?:\r\n|\r|\n)/y;
/** F-strings inside f-strings. */
const deepest = 30;

const isIdentifierStart = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 95 || unit > 127;
const isAsciiIdentifier = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 48 && unit <= 57);

class Tokenizer implements Tokens {
  readonly tokens: Token[] = [];
  broken = false;
  readonly #text: string;
  #at: number;
  /** Open brackets around the present place. */
  #depth = 0;
  #nesting = 0;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  run(): void {
    while (this.#at < this.#text.length) this.#step();
    if (this.#depth > 0) this.broken = true;
    this.#endLine();
  }

  #push(kind: TokenKind, start: number, end: number): void {
    this.tokens.push({ kind, text: this.#text.slice(start, end), start, end });
    this.#at = end;
  }

  /** Takes one token, or what stands between tokens; always gets on. */
  #step(): void {
    const text = this.#text;
    const start = this.#at;
    const unit = text.charCodeAt(start);
    if (unit === 32 || unit === 9 || unit === 12) this.#at++;
    else if (unit === lineFeed || unit === carriageReturn) this.#breakLine();
    else if (isIdentifierStart(unit)) this.#name(start);
    else if (unit === quote || unit === apostrophe) this.#string(start, start);
    else if (unit === hash) {
      while (this.#at < text.length && !this.#isBreak(this.#at)) this.#at++;
    } else if (isDigit(unit) || (unit === dot && isDigit(text.charCodeAt(start + 1)))) {
      number.lastIndex = start;
      this.#push('number', start, start + Math.max(1, number.exec(text)?.[0].length ?? 1));
    } else if (unit === backslash) {
      blankBeforeBreak.lastIndex = start + 1;
      const joined = blankBeforeBreak.exec(text)?.[0];
      if (joined === undefined) this.broken = true;
      this.#at += 1 + (joined?.length ?? 0);
    } else this.#operator(start);
  }

  #isBreak(at: number): boolean {
    const unit = this.#text.charCodeAt(at);
    return unit === lineFeed || unit === carriageReturn;
  }

  #breakLine(): void {
    this.#at++;
    if (this.#depth > 0) {
      statementStart.lastIndex = this.#at;
      if (!statementStart.test(this.#text)) return;
      this.broken = true;
      this.#depth = 0;
    }
    this.#endLine();
  }

  #endLine(): void {
    const last = this.tokens.at(-1);
    if (last === undefined || last.kind === 'newline') return;
    this.tokens.push({ kind: 'newline', text: '', start: last.end, end: last.end });
  }

  #name(start: number): void {
    const text = this.#text;
    let end = start;
    while (isAsciiIdentifier(text.charCodeAt(end))) end++;
    if (text.charCodeAt(end) > 127) {
      identifier.lastIndex = start;
      end = start + (identifier.exec(text)?.[0].length ?? 0);
      if (end === start) {
        // a letter of no alphabet: quotation marks from a word processor, a no-break space
        this.broken = true;
        this.#at = start + 1;
        return;
      }
    }
    const next = text.charCodeAt(end);
    if (
      end - start <= 2 &&
      (next === quote || next === apostrophe) &&
      stringPrefix.test(text.slice(start, end))
    )
      this.#string(start, end);
    else this.#push('name', start, end);
  }

  #operator(start: number): void {
    const text = this.#text;
    // brackets, commas and most points: nothing longer begins or goes on with what follows
    if (continues.has(text.charCodeAt(start + 1))) {
      const three = text.slice(start, start + 3);
      const length = operators3.has(three) ? 3 : operators2.has(three.slice(0, 2)) ? 2 : 1;
      if (length > 1) {
        this.#push('operator', start, start + length);
        return;
      }
    }
    const one = text.charAt(start);
    if (!singles.includes(one)) {
      this.broken = true;
      this.#at++;
      return;
    }
    if (one === '(' || one === '[' || one === '{') this.#depth++;
    else if (one === ')' || one === ']' || one === '}') {
      if (this.#depth === 0) this.broken = true;
      else this.#depth--;
    }
    this.tokens.push({ kind: 'operator', text: one, start, end: start + 1 });
    this.#at++;
  }

  #string(start: number, open: number): void {
    const prefix = this.#text.slice(start, open).toLowerCase();
    const mark = this.#text.charCodeAt(open);
    const triple = this.#text.charCodeAt(open + 1) === mark && this.#text.charCodeAt(open + 2) === mark;
    this.#at = open + (triple ? 3 : 1);
    if ((prefix.includes('f') || prefix.includes('t')) && this.#nesting < deepest) {
      const index = this.tokens.length;
      this.tokens.push({ kind: 'string', text: '', start, end: start });
      this.#nesting++;
      this.#formatted(mark, triple, prefix.includes('r'));
      this.#nesting--;
      this.tokens[index] = {
        kind: 'string',
        text: this.#text.slice(start, this.#at),
        start,
        end: this.#at,
      };
    } else {
      this.#plain(mark, triple);
      this.#push('string', start, this.#at);
    }
  }

  /** Goes behind the closing quotes. */
  #plain(mark: number, triple: boolean): void {
    const text = this.#text;
    for (; this.#at < text.length; this.#at++) {
      const unit = text.charCodeAt(this.#at);
      if (unit === backslash) this.#at += text.startsWith('\r\n', this.#at + 1) ? 2 : 1;
      else if (unit === mark && this.#closes(mark, triple)) return;
      else if (!triple && (unit === lineFeed || unit === carriageReturn)) break;
    }
    this.#at = Math.min(this.#at, text.length);
    this.broken = true;
  }

  /** Whether the string ends at the quote here; goes behind it then. */
  #closes(mark: number, triple: boolean): boolean {
    const text = this.#text;
    if (triple && (text.charCodeAt(this.#at + 1) !== mark || text.charCodeAt(this.#at + 2) !== mark))
      return false;
    this.#at += triple ? 3 : 1;
    return true;
  }

  /** The same for an f-string, whose expressions are taken as tokens. */
  #formatted(mark: number, triple: boolean, raw: boolean): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const unit = text.charCodeAt(this.#at);
      const next = text.charCodeAt(this.#at + 1);
      if (unit === backslash) {
        if (!raw && next === code('N') && text.charCodeAt(this.#at + 2) === openBrace) {
          const end = text.indexOf('}', this.#at);
          this.#at = end < 0 ? text.length : end + 1;
        } else this.#at += next === openBrace || next === closeBrace ? 1 : 2;
      } else if (unit === mark && this.#closes(mark, triple)) return;
      else if (unit === openBrace && next === openBrace) this.#at += 2;
      else if (unit === openBrace) {
        if (!this.#expression(mark, triple)) return;
      } else if (!triple && (unit === lineFeed || unit === carriageReturn)) break;
      else this.#at++;
    }
    this.#at = Math.min(this.#at, text.length);
    this.broken = true;
  }

  /** One `{expression!r:format}`; false when it doesn't end, or the string ends in it. */
  #expression(mark: number, triple: boolean): boolean {
    const text = this.#text;
    const outside = this.#depth;
    this.tokens.push({ kind: 'operator', text: '(', start: this.#at, end: this.#at + 1 });
    this.#at++;
    this.#depth++;
    const ends = this.#expressionEnds(outside + 1);
    this.tokens.push({ kind: 'operator', text: ')', start: this.#at, end: this.#at });
    this.#depth = outside;
    if (!ends) {
      this.broken = true;
      return false;
    }
    for (; this.#at < text.length; this.#at++) {
      const unit = text.charCodeAt(this.#at);
      if (unit === closeBrace) {
        this.#at++;
        return true;
      }
      if (unit === openBrace) {
        if (this.#nesting >= deepest) break;
        this.#nesting++;
        const closed = this.#expression(mark, triple);
        this.#nesting--;
        if (!closed) return false;
        this.#at--;
      } else if (unit === mark && this.#closes(mark, triple)) break;
    }
    this.broken = true;
    return false;
  }

  /** Goes on to what ends the expression; false when nothing does. */
  #expressionEnds(inside: number): boolean {
    const text = this.#text;
    while (this.#at < text.length) {
      const unit = text.charCodeAt(this.#at);
      if (this.#depth === inside) {
        if (unit === closeBrace || unit === colon) return true;
        if (unit === exclamation && text.charCodeAt(this.#at + 1) !== equals) return true;
      }
      this.#step();
      // a bracket too many, or a line at the margin that begins something else
      if (this.#depth < inside) return false;
    }
    return false;
  }
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
