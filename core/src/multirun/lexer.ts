/**
 * Splits the value of an override, what stands after its first `=`, into tokens: the longest one that
 * fits, and among equally long ones the first of float, int, bool, null, other character, identifier,
 * escapes. Blanks around punctuation belong to it, all others are tokens of their own.
 */
import { Refusal, type Span } from './problems.ts';
import type { Quote } from './values.ts';

export type TokenKind =
  | 'float'
  | 'int'
  | 'bool'
  | 'null'
  | 'identifier'
  | 'character'
  | 'escapes'
  | 'blanks'
  | 'quoted'
  | 'interpolation'
  | Punctuation;

export type Punctuation = '(' | ')' | '[' | ']' | '{' | '}' | ',' | ':' | '=';

export interface Token {
  readonly kind: TokenKind;
  /** As written, with the blanks that belong to it. */
  readonly text: string;
  readonly span: Span;
}

const integer = '(?:0|[1-9](?:_?[0-9])*)';
const digits = '[0-9](?:_?[0-9])*';
/** The kinds that aren't punctuation and start with a letter, a digit, a sign or a point. */
const floatPattern = new RegExp(
  `[+-]?(?:(?:${integer}(?:\\.(?:${digits})?)?|\\.${digits})e[+-]?${digits}|${integer}\\.(?:${digits})?|\\.${digits}|inf|nan)`,
  'iy',
);
const integerPattern = new RegExp(`[+-]?${integer}`, 'y');
const identifierPattern = /[A-Za-z_][A-Za-z0-9_-]*/y;
const characterPattern = /[-/\\+.$%*@?|]/y;
const escapesPattern = /(?:\\[\\()[\]{}:=, \t])+/y;
/** Punctuation with the blanks before and after it that belong to it. */
const punctuationPattern = /[ \t]*([(,:=])[ \t]*|[ \t]*([)\]}])|([[{])[ \t]*/y;
const mayBePunctuation = /[ \t()[\]{},:=]/;
const blanksPattern = /[ \t]+/y;

const reserved: ReadonlyMap<string, TokenKind> = new Map([
  ['true', 'bool'],
  ['false', 'bool'],
  ['null', 'null'],
]);

/**
 * The tokens of `word` from the offset `from` to its end.
 * @throws Refusal at a character that needs quotes, and at a quote that is never closed.
 */
export function tokenize(word: string, from: number): Token[] {
  const tokens: Token[] = [];
  let at = from;
  while (at < word.length) {
    const token = tokenAt(word, at);
    tokens.push(token);
    at = token.span[1];
  }
  return tokens;
}

function tokenAt(word: string, at: number): Token {
  const first = word.charAt(at);
  if (first === "'" || first === '"') return quotedAt(word, at, first);
  if (word.startsWith('${', at) && word.charAt(at + 2) !== '}') {
    const end = word.indexOf('}', at);
    if (end > at) return token('interpolation', word.slice(at, end + 1), at);
  }
  const punctuationEnd = mayBePunctuation.test(first) ? matchEnd(punctuationPattern, word, at) : at;
  if (punctuationEnd > at) {
    const punctuation = word.slice(at, punctuationEnd);
    return token(punctuation.trim() as Punctuation, punctuation, at);
  }
  let end = at;
  let longest: TokenKind = 'character';
  for (const [kind, pattern] of candidates(first)) {
    const candidateEnd = matchEnd(pattern, word, at);
    if (candidateEnd <= end) continue;
    end = candidateEnd;
    longest = kind;
  }
  if (end === at) {
    throw new Refusal('multirun-unquoted-character', refusedCharacter(word, at), [at, at + width(word, at)]);
  }
  const text = word.slice(at, end);
  if (longest === 'identifier') longest = reserved.get(text.toLowerCase()) ?? longest;
  return token(longest, text, at);
}

type Candidate = readonly [TokenKind, RegExp];
const numbers: readonly Candidate[] = [
  ['float', floatPattern],
  ['int', integerPattern],
];
const words: readonly Candidate[] = [
  ['float', floatPattern],
  ['identifier', identifierPattern],
];
const others: readonly Candidate[] = [
  ...numbers,
  ['character', characterPattern],
  ['escapes', escapesPattern],
  ['blanks', blanksPattern],
];

/** What can start with this character, in the order that decides between equal lengths. */
function candidates(first: string): readonly Candidate[] {
  if (first >= '0' && first <= '9') return numbers;
  return /[A-Za-z_]/.test(first) ? words : others;
}

/** In quotes everything is itself but backslashes in front of a quote: an odd number of them makes it content. */
function quotedAt(word: string, at: number, quote: Quote): Token {
  for (let end = word.indexOf(quote, at + 1); end >= 0; end = word.indexOf(quote, end + 1)) {
    let slashes = 0;
    while (end - slashes - 1 > at && word.charAt(end - slashes - 1) === '\\') slashes++;
    if (slashes % 2 === 0) return token('quoted', word.slice(at, end + 1), at);
  }
  throw new Refusal('multirun-syntax', `The quote ${quote} is never closed.`, [at, word.length]);
}

/** Where the match that starts at `at` ends; `at` when there is none. */
function matchEnd(pattern: RegExp, word: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(word) ? pattern.lastIndex : at;
}

function token(kind: TokenKind, text: string, start: number): Token {
  return { kind, text, span: [start, start + text.length] };
}

/** Length of the character at the offset: 2 for a surrogate pair. */
function width(word: string, at: number): number {
  return (word.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function refusedCharacter(word: string, at: number): string {
  const character = String.fromCodePoint(word.codePointAt(at) ?? 0);
  const shown = /[\p{C}\p{Z}]/u.test(character) ? JSON.stringify(character) : character;
  return `Hydra reads ${shown} only inside quotes. Put the whole value in quotes, and those in the shell's quotes: "key='...'".`;
}
