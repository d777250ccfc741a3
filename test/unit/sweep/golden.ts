/**
 * Golden files: sweep files with what is expected of them written under the lines, as comments.
 *
 *     #=== a name {"queues": ["local"]}
 *     method: grids
 *     #       ^^^^^ error unknown-value: Unknown method 'grids'. Did you mean 'grid'? => Change to 'grid'
 *
 * A file holds several cases, each after a `#===` line with its name and, as JSON, its surroundings. Where a
 * range begins too far left for a caret, or covers several lines, it is written as columns: `# 0-6 error ...`,
 * `# 4-2:3 error ...`. After `=>` stands the title of the fix.
 */
import { readSweep } from '#core/sweep/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Problem } from '#core/text.ts';

export interface Case {
  readonly name: string;
  readonly head: string;
  readonly text: string;
  readonly surroundings: Surroundings;
  /** The text with the expectations in it. */
  readonly annotated: string;
}

const expectation = /^ *#(?: *\^+| \d+-(?:\d+:)?\d+) (?:error|warning|information) .*\n?/gm;

export function casesOf(file: string): readonly Case[] {
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
        annotated,
        text: annotated.replace(expectation, ''),
        surroundings: json === undefined ? {} : surroundingsOf(json),
      };
    });
}

function surroundingsOf(json: string): Surroundings {
  const { program, unset, queues, metrics } = JSON.parse(json) as {
    program?: 'missing' | 'not executable';
    metrics?: readonly string[];
    unset?: readonly string[];
    queues?: readonly string[];
  };
  return {
    findProgram: () =>
      program === 'missing' ? program : { folder: '/work', executable: program !== 'not executable' },
    metricNames: () => metrics,
    hasEnvironmentVariable: (name) => unset?.includes(name) !== true,
    ...(queues && { queues }),
  };
}

/** The text with its problems written under the lines. */
export const annotate = (text: string, surroundings: Surroundings): string =>
  annotateWith(text, readSweep(text, surroundings).problems);

/** The text with these problems written under the lines. */
export function annotateWith(text: string, problems: readonly Problem[]): string {
  const lines = text.split(/(?<=\n)/);
  const below = new Map<number, string[]>();
  for (const problem of problems) {
    const at = Math.min(problem.range.start.line, Math.max(0, lines.length - 1));
    below.set(at, [...(below.get(at) ?? []), describe(problem)]);
  }
  if (lines.length === 0) return (below.get(0) ?? []).join('');
  return lines.map((line, index) => [line, ...(below.get(index) ?? [])].join('')).join('');
}

function describe({ code, severity, message, range, fix }: Problem): string {
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
  const offset = (position: { line: number; character: number }) => {
    const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/);
    return lines.slice(0, position.line).join('').length + position.character;
  };
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
