/**
 * Places in a text and what is wrong there. Positions are LSP's: zero-based lines and zero-based
 * UTF-16 code units, so that the language server and the command line print the same numbers.
 */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'information';

/** One mistake in a text: one problem, on the smallest range that has to change. */
export interface Problem<Code extends string = string> {
  /** Stable, kebab-case; documented in docs/problems.md under the same name. */
  readonly code: Code;
  readonly severity: Severity;
  /** A sentence that says what is wrong and what is allowed. */
  readonly message: string;
  readonly range: Range;
  /** What a quick fix needs to know, e.g. `{ replacement: 'grid' }`. JSON only. */
  readonly fix?: Fix;
  /** Other places that belong to the mistake, e.g. the first of two equal keys. */
  readonly related?: readonly { readonly message: string; readonly range: Range }[];
}

/** A text edit that would remove the problem. Ranges are those of the text the problem was found in. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly range: Range; readonly newText: string }[];
}
