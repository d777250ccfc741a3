import type { Problem } from '#core/text.ts';
import type { Paint, Style } from './colour.ts';
import { printable, shorten } from './printable.ts';

const STYLES: Readonly<Record<Problem['severity'], Style>> = {
  error: 'red',
  warning: 'yellow',
  information: 'blue',
};

/**
 * A problem as compilers print it: `file:line:column: error: message [code]`, lines and columns counted from 1,
 * then the line of the text with the range underlined.
 */
export function formatProblem(file: string, text: string, problem: Problem, paint: Paint): readonly string[] {
  const { start } = problem.range;
  const place = `${printable(file)}:${start.line + 1}:${start.character + 1}`;
  const severity = paint(STYLES[problem.severity], problem.severity);
  const head = `${paint('bold', place)}: ${severity}: ${printable(problem.message)} ${paint('faint', `[${problem.code}]`)}`;
  return [head, ...excerpt(text, problem, paint)];
}

const WIDEST = 100;

function excerpt(text: string, { range, severity }: Problem, paint: Paint): readonly string[] {
  const source = text.split(/\r\n|\r|\n/, range.start.line + 1)[range.start.line];
  if (source === undefined || source.trim() === '') return [];
  const line = source.replaceAll('\t', ' ');
  // a long line is cut on the left so that the marked part is seen
  const from = range.start.character > WIDEST / 2 ? range.start.character - WIDEST / 2 : 0;
  const end = range.end.line === range.start.line ? range.end.character : line.length;
  const offset = printable(line.slice(from, range.start.character)).length;
  const length = printable(line.slice(range.start.character, end)).length;
  const marked = Math.max(1, Math.min(length, WIDEST - offset));
  return [
    `    ${shorten(printable(line.slice(from)), WIDEST)}`,
    `    ${' '.repeat(offset)}${paint(STYLES[severity], '^'.repeat(marked))}`,
  ];
}

/** `2 errors, 1 warning`; `no problems`. */
export function countProblems(problems: readonly Problem[]): string {
  const counts = (['error', 'warning', 'information'] as const)
    .map((severity) => ({
      severity,
      count: problems.filter((problem) => problem.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(
      ({ severity, count }) =>
        `${count} ${severity === 'information' ? 'note' : severity}${count === 1 ? '' : 's'}`,
    );
  return counts.length === 0 ? 'no problems' : counts.join(', ');
}
