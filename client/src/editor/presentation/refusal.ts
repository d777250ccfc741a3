/** Where in a file of a person's a batch system's refusal belongs. */
import type { SweepState } from '#engine/sweep-state.ts';

/** What a batch system said of the jobs of a sweep that it refused; undefined unless they wait because of that. */
export function refusalOf(
  state: Pick<SweepState, 'phase' | 'phaseReason' | 'phaseDetail'>,
): string | undefined {
  const isRefused = state.phase === 'paused' && state.phaseReason === 'submit-rejected';
  return isRefused ? state.phaseDetail : undefined;
}

/** Mark between the system's words and the directive that they are about, in the engine's sentence. */
const mark = ' The line is: ';

export interface RefusedLine {
  /** From 0. */
  readonly line: number;
  /** Columns of the directive, its blanks left out. */
  readonly start: number;
  readonly end: number;
  /** The system's words. */
  readonly message: string;
}

/** The line of `text` that the refusal is about; undefined when it names none, or the text has no such line (any more). */
export function refusedLine(refusal: string, text: string): RefusedLine | undefined {
  const at = refusal.lastIndexOf(mark);
  if (at < 0) return undefined;
  const directive = refusal.slice(at + mark.length).trim();
  const lines = text.split(/\r?\n/);
  const line = lines.findIndex((one) => one.trim() === directive);
  const written = lines[line];
  if (directive === '' || written === undefined) return undefined;
  const start = written.indexOf(directive);
  return { line, start, end: start + directive.length, message: refusal.slice(0, at) };
}
