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

export interface Refused {
  /** The system's words. */
  readonly message: string;
  /** The directive that they are about, with its mark. */
  readonly directive: string;
}

/** Takes the engine's sentence apart; undefined when it names no directive. */
export function refusedDirective(refusal: string): Refused | undefined {
  const at = refusal.lastIndexOf(mark);
  if (at < 0) return undefined;
  const directive = refusal.slice(at + mark.length).trim();
  return directive === '' ? undefined : { message: refusal.slice(0, at), directive };
}

/** The queue that the engine's sentence says can't be used; undefined when it says nothing of the kind. */
export function unusableQueue(sentence: string): string | undefined {
  return /^The queue '([^']+)' can't be used like this: /.exec(sentence)?.[1];
}

export interface ScriptLine {
  /** From 0. */
  readonly line: number;
  /** Columns of the directive, its blanks left out. */
  readonly start: number;
  readonly end: number;
}

/** The line of a script that is the directive; undefined when the text has no such line (any more). */
export function lineInScript(directive: string, text: string): ScriptLine | undefined {
  const lines = text.split(/\r?\n/);
  const line = lines.findIndex((one) => one.trim() === directive);
  const written = lines[line];
  if (written === undefined) return undefined;
  const start = written.indexOf(directive);
  return { line, start, end: start + directive.length };
}

/** What to do about a refused line. A sweep goes on with the file that it was made of, and with the settings as they are then. */
export function nextStep(
  origin: 'own-file' | 'settings',
  { id, source }: Pick<SweepState, 'id' | 'source'>,
): string {
  if (source === 'batch-script')
    return `${id} keeps the scripts that it was made of: cancel it, mend the line, and submit again.`;
  return origin === 'settings'
    ? `Mend the line, then resume ${id}.`
    : `${id} keeps the file that it was launched with: cancel it, mend the line, and launch again.`;
}
