/**
 * Golden files hold several texts, each with what is expected of it written under its lines as comments:
 *
 *     #=== a name {"surroundings": "as JSON"}
 *     method: grids
 *     #       ^^^^^ error unknown-value: Unknown method 'grids'. Did you mean 'grid'? => Change to 'grid'
 *
 * Where a range begins too far left for a caret, or covers several lines, it is written as columns:
 * `# 0-6 error ...`, `# 4-2:3 error ...`. After `=>` stands the title of the fix.
 */
import type { Problem } from '#core/text.ts';

export interface Section {
  readonly name: string;
  /** The line above it, with its break. */
  readonly head: string;
  /** The JSON of that line. */
  readonly settings: unknown;
  /** The text with the expectations in it. */
  readonly annotated: string;
  /** The text without them. */
  readonly text: string;
}

const expectation = /^ *#(?: *\^+| \d+-(?:\d+:)?\d+) (?:error|warning|information) [a-z0-9-]+: .*\n?/gm;

export function sectionsOf(file: string): readonly Section[] {
  return file
    .split(/^(?=#===)/m)
    .filter((section) => section.startsWith('#==='))
    .map((section) => {
      const end = section.indexOf('\n') + 1;
      const head = section.slice(0, end);
      const annotated = section.slice(end);
      const json = /\{.*\}/.exec(head)?.[0];
      return {
        name: head
          .replace(/^#=== */, '')
          .replace(/\{.*/, '')
          .trim(),
        head,
        settings: json === undefined ? {} : (JSON.parse(json) as unknown),
        annotated,
        text: annotated.replace(expectation, ''),
      };
    });
}

/** The text with these problems written under the lines, which end in LF. */
export function annotateWith(text: string, problems: readonly Problem[]): string {
  const lines = text.replaceAll('\r\n', '\n').split(/(?<=\n)/);
  const below = new Map<number, string[]>();
  for (const problem of problems) {
    const at = Math.min(problem.range.start.line, Math.max(0, lines.length - 1));
    below.set(at, [...(below.get(at) ?? []), describeProblem(problem)]);
  }
  return lines.map((line, index) => [line, ...(below.get(index) ?? [])].join('')).join('');
}

function describeProblem({ code, severity, message, range, fix }: Problem): string {
  const { start, end } = range;
  const width = end.character - start.character;
  const place =
    start.line !== end.line
      ? `# ${start.character}-${end.line - start.line}:${end.character}`
      : start.character < 1 || width < 1
        ? `# ${start.character}-${end.character}`
        : `#${' '.repeat(start.character - 1)}${'^'.repeat(width)}`;
  return `${place} ${severity} ${code}: ${message}${fix ? ` => ${fix.title}` : ''}\n`;
}

/** The text after a problem's fix. */
export function applyFix(text: string, problem: Problem): string {
  const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/);
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length);
  const offset = (position: { line: number; character: number }) =>
    (starts[position.line] ?? text.length) + position.character;
  return (problem.fix?.edits ?? [])
    .map((edit, order) => ({
      start: offset(edit.range.start),
      end: offset(edit.range.end),
      newText: edit.newText,
      order,
    }))
    .sort((a, b) => b.start - a.start || b.order - a.order)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.newText + result.slice(edit.end), text);
}
