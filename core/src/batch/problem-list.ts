import type { Fix, Position, Problem, Range, Severity } from '../text.ts';
import { commandProblemSeverities, type CommandProblemCode } from './commands/problem-codes.ts';
import { batchProblemSeverities, type BatchProblemCode } from './problem-codes.ts';
import type { Script, Span } from './script.ts';

export interface SpanEdit {
  readonly at: Span;
  readonly newText: string;
}

export interface SpanFix {
  readonly title: string;
  readonly edits: readonly SpanEdit[];
}

export interface Extras {
  readonly fix?: SpanFix | undefined;
  readonly related?: readonly { readonly message: string; readonly at: Span }[];
  /** Where the system makes more, or less, of it than usual. */
  readonly severity?: Severity;
}

/** Of the directives, and of the Python commands below them. */
export type ScriptProblemCode = BatchProblemCode | CommandProblemCode;

const severities: Readonly<Record<ScriptProblemCode, Severity>> = {
  ...batchProblemSeverities,
  ...commandProblemSeverities,
};

interface Found<Code> extends Extras {
  readonly code: Code;
  readonly message: string;
  readonly at: Span;
}

/** More than this many in one script help nobody; a closing one says how many there are. */
const shown = 300;
const ignored = /#.*\bsweepdeck: *ignore\b(?:\[([^\]]*)\])?/;

/** By place; of several at one place the first that was added comes first. */
const byPlace = (a: { readonly at: Span }, b: { readonly at: Span }): number => compareSpans(a.at, b.at);
const compareSpans = (a: Span, b: Span): number => a[0] - b[0] || a[1] - b[1];

/** Collects the problems of a script. Offsets become lines and characters only for those that are shown. */
export class BatchProblems<Code extends ScriptProblemCode = BatchProblemCode> {
  /** The first ones by place, and some others: of thousands only those that may be shown are kept. */
  #found: Found<Code>[] = [];
  /** The last one that can be shown, once there are more. */
  #last: Found<Code> | undefined;
  #count = 0;
  #errors = 0;
  readonly #codes = new Set<Code>();
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  add(code: Code, at: Span, message: string, extras?: Extras): void {
    this.#count++;
    if ((extras?.severity ?? severities[code]) === 'error') this.#errors++;
    this.#codes.add(code);
    if (this.#last && compareSpans(this.#last.at, at) <= 0) return;
    this.#found.push(extras === undefined ? { code, at, message } : { code, at, message, ...extras });
    if (this.#found.length >= 4 * shown && !this.#script.addressesUs) this.#cut();
  }

  has(...codes: readonly Code[]): boolean {
    return codes.some((code) => this.#codes.has(code));
  }

  /** More than can be shown: what helps with single ones is no longer worth its time. */
  get isFull(): boolean {
    return this.#count > shown;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get errors(): number {
    return this.#errors;
  }

  /**
   * Sorted by place. Warnings with the comment `# sweepdeck: ignore` or `ignore[code]` on their line, or on a
   * line of its own above, are left out.
   */
  problems(): readonly Problem<Code | 'too-many-problems'>[] {
    if (this.isEmpty) return [];
    const sorted = this.#found.toSorted(byPlace);
    const visible = this.#script.addressesUs ? sorted.filter((one) => !this.#isIgnored(one)) : sorted;
    const listed = visible.slice(0, shown);
    const problems: Problem<Code | 'too-many-problems'>[] = listed.map((one) => this.#toProblem(one));
    const last = problems.at(-1);
    const rest = this.#count - (sorted.length - visible.length) - listed.length;
    if (last && rest > 0) {
      // no error is ever ignored
      const errors = this.#errors - listed.filter((one) => severityOf(one) === 'error').length;
      problems.push({
        code: 'too-many-problems',
        severity: severities['too-many-problems'],
        message: `${rest} more problems (${errors} errors) are not listed; they show once those above are solved.`,
        range: last.range,
      });
    }
    return problems;
  }

  #cut(): void {
    this.#found = this.#found.toSorted(byPlace).slice(0, shown);
    this.#last = this.#found.at(-1);
  }

  #isIgnored(problem: Found<Code>): boolean {
    if (severityOf(problem) === 'error') return false;
    const { line } = positionIn(this.#script, problem.at[0]);
    return [line, line - 1].some((one) => {
      const text = lineText(this.#script, one);
      // a directive's own comment is about that directive alone
      if (one !== line && /^\s*#(SBATCH|OAR|PBS|MSUB|BSUB|\$)/.test(text)) return false;
      const comment = ignored.exec(text);
      if (!comment) return false;
      return comment[1] === undefined || comment[1].split(',').some((code) => code.trim() === problem.code);
    });
  }

  #toProblem(found: Found<Code>): Problem<Code> {
    const { code, message, at, fix, related } = found;
    return {
      code,
      severity: severityOf(found),
      message,
      range: rangeIn(this.#script, at),
      ...(fix && { fix: this.#toFix(fix) }),
      ...(related && {
        related: related.map((one) => ({ message: one.message, range: rangeIn(this.#script, one.at) })),
      }),
    };
  }

  #toFix({ title, edits }: SpanFix): Fix {
    return {
      title,
      edits: edits.map(({ at, newText }) => ({ range: rangeIn(this.#script, at), newText })),
    };
  }
}

const severityOf = ({ code, severity }: Found<ScriptProblemCode>): Severity => severity ?? severities[code];

/** The line and character of an offset. */
export function positionIn({ starts }: Script, offset: number): Position {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low, character: offset - (starts[low] ?? 0) };
}

export const rangeIn = (script: Script, [start, end]: Span): Range => ({
  start: positionIn(script, start),
  end: positionIn(script, end),
});

/** The offset of a position; a character beyond its line's end is taken as that end. */
export function offsetIn({ starts, text }: Script, { line, character }: Position): number {
  const start = starts[line];
  if (start === undefined) return line < 0 ? 0 : text.length;
  const end = (starts[line + 1] ?? text.length + 1) - 1;
  return Math.min(start + Math.max(0, character), Math.max(start, end));
}

/** A line without its break; empty beyond the text. */
export function lineText({ starts, text }: Script, line: number): string {
  const start = starts[line];
  return start === undefined ? '' : text.slice(start, starts[line + 1] ?? text.length).replace(/\r?\n$/, '');
}

/** The whole of a line with its break. */
export function lineSpan({ starts, text }: Script, line: number): Span {
  return [starts[line] ?? text.length, starts[line + 1] ?? text.length];
}

/** A fix that puts one text in the place of another. */
export const replacing = (title: string, at: Span, newText: string): SpanFix => ({
  title,
  edits: [{ at, newText }],
});
