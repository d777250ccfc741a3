/**
 * A shell script as tokens: the token rules of POSIX XCU 2.3 with bash's additions. Reads any text, ends
 * what is never closed at the end of the text, and takes time linear in it.
 */
import type { Span } from '../script.ts';

export type TokenKind = 'word' | 'operator' | 'newline' | 'redirection' | 'comment' | 'arithmetic';

export interface Token {
  readonly kind: TokenKind;
  /** Offsets in the text. A newline's span takes in the bodies of the here-documents that begin behind it. */
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  /** The first quote, bracket or `$(` that is opened and never closed. */
  readonly unclosed: Span | undefined;
}

interface HereDocument {
  readonly end: string;
  readonly stripsTabs: boolean;
}

const operators = /;;&|;;|;&|&&|\|\||\|&|[;&|()]/y;
const redirections = /(?:\d+|\{[A-Za-z_]\w*\})?(?:&>>|&>|<<<|<<-|<<|>>|<&|>&|<>|>\||<|>)/y;
const hereDocument = /(?<!<)<<-?$/;
/** What stands before the `(` of an unquoted call in an override: `lr=range(3)`, `+a.b=1,choice(2)`. */
const callee = /^(?:\+\+?)?[\w$./@-]+=(?:[^]*[^\w])?[A-Za-z_]\w*$/;

/** Splits the text from `from` on. */
export function tokenize(text: string, from = 0): Tokens {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (let start = lexer.next(from); start < text.length;) {
    const end = lexer.read(start);
    tokens.push({ kind: lexer.kind, start, end });
    start = lexer.next(end);
  }
  return { tokens, unclosed: lexer.unclosed };
}

/** Reads tokens one by one, from offset to offset. */
export class Lexer {
  /** Of the token that was read last. */
  kind: TokenKind = 'word';
  /** The first quote, bracket or `$(` so far that is opened and never closed. */
  unclosed: Span | undefined;
  readonly #text: string;
  #waiting: HereDocument[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether here-documents begin behind the line that is being read. */
  get awaitsHereDocument(): boolean {
    return this.#waiting.length > 0;
  }

  /** To read the same line again from its beginning. */
  forgetHereDocuments(): void {
    this.#waiting = [];
  }

  /** Where the next token begins, at `from` or behind it; the text's length when none does. */
  next(from: number): number {
    const text = this.#text;
    let at = from;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (isBlank(code)) at++;
      else if (code === backslash && lineBreakAt(text, at + 1) > 0) at += 1 + lineBreakAt(text, at + 1);
      else return at;
    }
    return text.length;
  }

  /** Reads the token that begins at the offset, and says where it ends. */
  read(at: number): number {
    const code = this.#text.charCodeAt(at);
    if (code === newline) {
      this.kind = 'newline';
      return this.#waiting.length > 0 ? this.#afterHereDocuments(at + 1) : at + 1;
    }
    if (code === hash) {
      this.kind = 'comment';
      return lineEnd(this.#text, at);
    }
    return code < 128 && traits[code] === anywhere ? this.#word(at) : this.#visible(at, code);
  }

  #visible(at: number, code: number): number {
    if (isRedirectionStart(code)) {
      redirections.lastIndex = at;
      // `<(...)` and `>(...)` are words
      if (redirections.test(this.#text) && !(redirections.lastIndex === at + 1 && this.#text[at + 1] === '('))
        return this.#redirection(at, redirections.lastIndex);
    }
    if (isOperatorStart(code)) {
      const arithmetic = code === parenthesis ? this.#arithmeticEnd(at) : -1;
      if (arithmetic > 0) {
        this.kind = 'arithmetic';
        return arithmetic;
      }
      operators.lastIndex = at;
      if (operators.test(this.#text)) {
        this.kind = 'operator';
        return operators.lastIndex;
      }
    }
    return this.#word(at);
  }

  #word(at: number): number {
    const end = this.#wordEnd(at);
    this.kind = 'word';
    return end;
  }

  /** An operator with the word behind it. */
  #redirection(start: number, operatorEnd: number): number {
    const text = this.#text;
    let at = operatorEnd;
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    // `> >(tee log)` as well
    const isSubstitution = (code === less || code === greater) && text.charCodeAt(at + 1) === parenthesis;
    const hasWord = at < text.length && (isSubstitution || !isWordEnd(code));
    const end = hasWord ? this.#wordEnd(at) : operatorEnd;
    const isOutput = text.charCodeAt(operatorEnd - 1) === greater;
    const operator = isOutput ? null : hereDocument.exec(text.slice(start, operatorEnd));
    if (operator && end > operatorEnd) {
      const delimiter = text.slice(at, end).replace(/\\(.)/g, '$1').replace(/['"]/g, '');
      this.#waiting.push({ end: delimiter, stripsTabs: operator[0].endsWith('-') });
    }
    this.kind = 'redirection';
    return end;
  }

  #afterHereDocuments(from: number): number {
    const { length } = this.#text;
    let at = from;
    for (const { end, stripsTabs } of this.#waiting) {
      while (at < length) {
        const stop = lineEnd(this.#text, at);
        const line = this.#text.slice(at, stop);
        at = Math.min(length, stop + lineBreakAt(this.#text, stop));
        if ((stripsTabs ? line.replace(/^\t+/, '') : line) === end) break;
      }
    }
    this.#waiting = [];
    return at;
  }

  /** The end of `((...))`; -1 when it is none. */
  #arithmeticEnd(start: number): number {
    const text = this.#text;
    if (text.charCodeAt(start + 1) !== parenthesis) return -1;
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === parenthesis) depth++;
      else if (code === closingParenthesis && --depth === 0) {
        return text.charCodeAt(at - 1) === closingParenthesis ? at + 1 : -1;
      } else if (code === newline) return -1;
    }
    return -1;
  }

  #wordEnd(start: number): number {
    const text = this.#text;
    let at = start;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code > 127 || traits[code] !== meaningful) at++;
      else if (code === backslash) at += 1 + Math.max(1, lineBreakAt(text, at + 1));
      else if (code === singleQuote) at = this.#singleQuoted(at);
      else if (code === doubleQuote) at = this.#doubleQuoted(at);
      else if (code === backquote) at = this.#backquoted(at);
      else if (code === dollar) at = this.#dollar(at);
      else if ((code === less || code === greater) && at === start && text[at + 1] === '(')
        at = this.#substitution(at + 1, at);
      else if (code === parenthesis) {
        const end = callee.test(text.slice(start, at)) ? this.#callEnd(at) : -1;
        if (end < 0) return at;
        at = end;
      } else if (isWordEnd(code)) return Math.max(at, start + 1);
      else at++;
    }
    return text.length;
  }

  /** The end of an unquoted call on its line; -1 when it isn't closed there. A shell has no use for it. */
  #callEnd(open: number): number {
    const text = this.#text;
    let depth = 0;
    for (let at = open; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === newline || code === semicolon) return -1;
      if (code === parenthesis) depth++;
      else if (code === closingParenthesis && --depth === 0) return at + 1;
      if (code === backslash) at += 2;
      else if (code === singleQuote || code === doubleQuote) {
        const close = text.indexOf(text.charAt(at), at + 1);
        if (close < 0 || close > lineEnd(text, at)) return -1;
        at = close + 1;
      } else at++;
    }
    return -1;
  }

  #singleQuoted(start: number): number {
    const end = this.#text.indexOf("'", start + 1);
    return end < 0 ? this.#open(start) : end + 1;
  }

  #doubleQuoted(start: number): number {
    const text = this.#text;
    for (let at = start + 1; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === doubleQuote) return at + 1;
      if (code === backslash) at += 2;
      else if (code === dollar) at = this.#dollar(at, 'quoted');
      else if (code === backquote) at = this.#backquoted(at);
      else at++;
    }
    return this.#open(start);
  }

  #backquoted(start: number): number {
    const text = this.#text;
    for (let at = start + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === backquote) return at + 1;
      if (code === backslash) at++;
    }
    return this.#open(start);
  }

  /** `$name` ends after the `$`: the name is made of a word's characters. */
  #dollar(start: number, place: 'quoted' | 'bare' = 'bare'): number {
    const next = this.#text.charCodeAt(start + 1);
    if (next === parenthesis) return this.#substitution(start + 1, start);
    if (next === brace) return this.#braced(start);
    if (place === 'bare' && next === singleQuote) return this.#ansiQuoted(start);
    return start + 1;
  }

  #ansiQuoted(start: number): number {
    const text = this.#text;
    for (let at = start + 2; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === singleQuote) return at + 1;
      if (code === backslash) at++;
    }
    return this.#open(start);
  }

  #braced(start: number): number {
    const text = this.#text;
    for (let at = start + 2; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === closingBrace) return at + 1;
      if (code === backslash) at += 2;
      else if (code === singleQuote) at = this.#singleQuoted(at);
      else if (code === doubleQuote) at = this.#doubleQuoted(at);
      else if (code === backquote) at = this.#backquoted(at);
      else if (code === dollar) at = this.#dollar(at);
      else at++;
    }
    return this.#open(start);
  }

  #substitution(open: number, start: number): number {
    const text = this.#text;
    let depth = 0;
    for (let at = open; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === parenthesis) depth++;
      else if (code === closingParenthesis && --depth === 0) return at + 1;
      if (code === backslash) at += 2;
      else if (code === singleQuote) at = this.#singleQuoted(at);
      else if (code === doubleQuote) at = this.#doubleQuoted(at);
      else if (code === backquote) at = this.#backquoted(at);
      else if (code === hash && isBlank(text.charCodeAt(at - 1))) at = lineEnd(text, at);
      else at++;
    }
    return this.#open(start);
  }

  #open(start: number): number {
    this.unclosed ??= [start, this.#text.length];
    return this.#text.length;
  }
}

const space = 32;
const tab = 9;
const newline = 10;
const carriageReturn = 13;
const hash = 35;
const doubleQuote = 34;
const dollar = 36;
const ampersand = 38;
const singleQuote = 39;
const parenthesis = 40;
const closingParenthesis = 41;
const semicolon = 59;
const less = 60;
const greater = 62;
const backslash = 92;
const backquote = 96;
const brace = 123;
const pipe = 124;
const closingBrace = 125;

const isBlank = (code: number): boolean => code === space || code === tab || code === carriageReturn;

const isOperatorStart = (code: number): boolean =>
  code === semicolon ||
  code === ampersand ||
  code === pipe ||
  code === parenthesis ||
  code === closingParenthesis;

const isRedirectionStart = (code: number): boolean =>
  code === less || code === greater || code === ampersand || code === brace || (code >= 48 && code <= 57);

const isWordEnd = (code: number): boolean =>
  isBlank(code) || code === newline || isOperatorStart(code) || code === less || code === greater;

const meaningful = 0;
/** Means something at the beginning of a token only: digits, `#`, `{`. */
const within = 1;
const anywhere = 2;
/** Where ASCII characters are part of a word like any letter. */
const traits = Uint8Array.from({ length: 128 }, (_, code) => {
  if (isWordEnd(code) || /["'`$\\]/.test(String.fromCharCode(code))) return meaningful;
  return code === hash || isRedirectionStart(code) ? within : anywhere;
});

/** How many characters of a line break stand at the offset. */
const lineBreakAt = (text: string, at: number): number =>
  text.charCodeAt(at) === newline
    ? 1
    : text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === newline
      ? 2
      : 0;

/** Where the line at the offset ends, without its break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return end > at && text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
}
