import type { Fix, Problem, Severity } from '../text.ts';
import type { Lines } from './lines.ts';
import { problemSeverities, type ProblemCode } from './problem-codes.ts';

/** A stretch of the text, as UTF-16 offsets. */
export type Span = readonly [start: number, end: number];

export interface SpanEdit {
  readonly at: Span;
  readonly newText: string;
}

export interface SpanFix {
  readonly title: string;
  readonly edits: readonly SpanEdit[];
}

export interface ProblemExtras {
  readonly fix?: SpanFix | undefined;
  readonly related?: readonly { readonly message: string; readonly at: Span }[];
}

interface Found extends ProblemExtras {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly message: string;
  readonly at: Span;
}

/** Problems that say that something is not there. */
const ofAbsence: ReadonlySet<ProblemCode> = new Set([
  'missing-key',
  'too-few-entries',
  'parameter-shape',
  'metric-required',
  'program-missing',
  'empty-file',
]);

/** More than this many in one file help nobody; a closing one says how many there are. */
const shown = 300;
const ignored = /#.*\bsweepdeck: *ignore\b(?:\[([^\]]*)\])?/;

/**
 * Collects problems while a file is read. The same mistake found twice (a definition used through two
 * aliases) counts once. Offsets become lines and characters only for the problems that are shown.
 */
export class ProblemList {
  readonly #found = new Map<string, Found>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  add(code: ProblemCode, at: Span, message: string, extras: ProblemExtras = {}): void {
    const key = `${code}\0${at[0]}\0${at[1]}\0${message}`;
    if (this.#found.has(key)) return;
    this.#found.set(key, { code, severity: problemSeverities[code], message, at, ...extras });
  }

  get hasErrors(): boolean {
    for (const problem of this.#found.values()) if (problem.severity === 'error') return true;
    return false;
  }

  /** Whether an error was found that touches this stretch. */
  hasErrorAt(at: Span): boolean {
    for (const problem of this.#found.values()) {
      if (problem.severity === 'error' && problem.at[0] <= at[1] && problem.at[1] >= at[0]) return true;
    }
    return false;
  }

  /** Sorted by place; warnings on a line with the comment `# sweepdeck: ignore` or `ignore[code]` are left out. */
  problems(lines: Lines): readonly Problem<ProblemCode>[] {
    const errorStarts = new Set<number>();
    for (const problem of this.#found.values()) {
      if (problem.severity === 'error') errorStarts.add(problem.at[0]);
    }
    const kept = [...this.#believable(lines)].filter(
      // a scalar that is wrong anyway needs no second remark on its spelling
      (problem) => !(problem.code === 'yaml-1-1' && errorStarts.has(problem.at[0])),
    );
    kept.sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]);
    const visible = this.#text.includes('sweepdeck:')
      ? kept.filter((one) => !this.#isIgnored(one, lines))
      : kept;
    const problems = visible.slice(0, shown).map((problem) => toProblem(problem, lines));
    const last = problems.at(-1);
    if (last && visible.length > shown) {
      const rest = visible.slice(shown);
      const errors = rest.filter((problem) => problem.severity === 'error').length;
      problems.push({
        code: 'too-many-problems',
        severity: problemSeverities['too-many-problems'],
        message: `${rest.length} more problems (${errors} errors) are not listed; they show once those above are solved.`,
        range: last.range,
      });
    }
    return problems;
  }

  /**
   * In broken YAML, what is missing may only be misplaced, and what stands on a broken line, or under a key
   * unlike any other, is probably a consequence.
   */
  #believable(lines: Lines): Iterable<Found> {
    const all = [...this.#found.values()];
    const broken = all.filter(({ code }) => code === 'yaml-syntax' || code === 'yaml-tab');
    if (broken.length === 0) return all;
    const first = Math.min(...broken.map(({ at }) => at[0]));
    const brokenLines = new Set(broken.map(({ at }) => lines.position(at[0]).line));
    return all.filter((problem) => {
      if (problem.code.startsWith('yaml-')) return true;
      if (ofAbsence.has(problem.code)) return false;
      if (problem.code === 'unknown-key' && problem.at[0] > first && !problem.fix) return false;
      const to = lines.position(problem.at[1]).line;
      for (let line = lines.position(problem.at[0]).line; line <= to; line++)
        if (brokenLines.has(line)) return false;
      return true;
    });
  }

  #isIgnored(problem: Found, lines: Lines): boolean {
    if (problem.severity === 'error') return false;
    const line = this.#text.slice(lines.lineStart(problem.at[0]), lines.lineEnd(problem.at[0]));
    const comment = ignored.exec(line);
    if (!comment) return false;
    return comment[1] === undefined || comment[1].split(',').some((code) => code.trim() === problem.code);
  }
}

function toProblem(found: Found, lines: Lines): Problem<ProblemCode> {
  const { code, severity, message, at, fix, related } = found;
  return {
    code,
    severity,
    message,
    range: lines.range(...at),
    ...(fix && { fix: toFix(fix, lines) }),
    ...(related && {
      related: related.map((one) => ({ message: one.message, range: lines.range(...one.at) })),
    }),
  };
}

function toFix(fix: SpanFix, lines: Lines): Fix {
  return {
    title: fix.title,
    edits: fix.edits.map((edit) => ({ range: lines.range(...edit.at), newText: edit.newText })),
  };
}

/** A fix that puts one text in the place of another. */
export function replacing(title: string, at: Span, newText: string): SpanFix {
  return { title, edits: [{ at, newText }] };
}
