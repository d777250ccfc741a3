/** What can be wrong in the words of a multirun, and where: offsets in the word, mapped to a text on demand. */
import type { Position, Problem, Range, Severity } from '../text.ts';

/** Every problem of a multirun's words, and how much it matters. docs/multirun.md explains each. */
export const multirunProblemSeverities = {
  'multirun-syntax': 'error',
  'multirun-key': 'error',
  'multirun-value-missing': 'error',
  'multirun-unquoted-character': 'error',
  'multirun-unknown-function': 'error',
  'multirun-argument': 'error',
  'multirun-interval': 'error',
  'multirun-nested-sweep': 'error',
  'multirun-glob': 'error',
  'multirun-too-large': 'error',
  'multirun-text-unreadable': 'error',
  'multirun-flag': 'error',
  'multirun-text-changes-type': 'warning',
  'multirun-deprecated-function': 'warning',
  'multirun-duplicate-key': 'warning',
  'multirun-empty-sweep': 'warning',
} as const satisfies Record<string, Severity>;

export type MultirunProblemCode = keyof typeof multirunProblemSeverities;

/** Start and end in a word, in UTF-16 code units, the end not included. */
export type Span = readonly [start: number, end: number];

export interface MultirunProblem {
  readonly code: MultirunProblemCode;
  readonly severity: Severity;
  readonly message: string;
  /** Which of the words, from 0. */
  readonly word: number;
  /** Where in that word, after the shell has taken its quotes off. */
  readonly span: Span;
}

/** Where the code unit at an offset of a word stands in a text; also asked for the offset of the word's end. */
export type Places = (offset: number) => Position;

/** The places of a word that stands in one line of a text as it is, without quotes or escapes of a shell. */
export function placesFrom(start: Position): Places {
  return (offset) => ({ line: start.line, character: start.character + offset });
}

/**
 * The places of a word that a shell's quotes and escapes were taken off.
 * @param positions the position of each code unit of the word, and of its end as the last one
 * @throws RangeError when there are none.
 */
export function placesAt(positions: readonly Position[]): Places {
  const last = positions.at(-1);
  if (last === undefined) throw new RangeError('A word has at least the position of its end.');
  return (offset) => positions[Math.max(0, offset)] ?? last;
}

/** The range of a text that a span of one of its words covers. */
export function rangeOf([start, end]: Span, places: Places): Range {
  return { start: places(start), end: places(end) };
}

/** The problem as one of the text that the words come from; `placesOf` gives the places of each word. */
export function problemInText(
  { code, severity, message, word, span }: MultirunProblem,
  placesOf: (word: number) => Places,
): Problem<MultirunProblemCode> {
  return { code, severity, message, range: rangeOf(span, placesOf(word)) };
}

/** A problem of the word with this number, with the severity of its code. */
export function problemAt(
  code: MultirunProblemCode,
  message: string,
  word: number,
  span: Span,
): MultirunProblem {
  return { code, severity: multirunProblemSeverities[code], message, word, span };
}

/** Thrown while one word is read, and caught where its reading began: the first mistake ends it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: MultirunProblemCode;
  readonly span: Span;

  constructor(code: MultirunProblemCode, message: string, span: Span) {
    super(message);
    this.code = code;
    this.span = span;
  }
}
