/**
 * Golden files: batch scripts with what is expected of them written under the lines.
 *
 *     #=== a name {"missing": ["logs"]}
 *     #SBATCH --tme=10
 *     #       ^^^^^ error unknown-option: Slurm has no option '--tme'. Did you mean '--time'? => Change to '--time'
 *
 * A file holds several cases, each after a `#===` line with its name and, as JSON, its surroundings. A case
 * with `"crlf": true` is read with CR LF line ends, one with `"executable": false` from a file that is not
 * executable, and one with `"names": {"queue": ["fast"]}` where the batch system knows these names. A case
 * without any command gets one at its end, unless it says `"bare": true`. Where a range begins too far left for a caret, or covers
 * several lines, it is written as columns: `# 0-6 error ...`, `# 4-2:3 error ...`. After `=>` stands the title
 * of the fix.
 */
import type { BatchSurroundings } from '#core/batch/job-checks.ts';
import { readBatchScript } from '#core/batch/read.ts';
import type { Problem } from '#core/text.ts';

export interface Case {
  readonly name: string;
  readonly text: string;
  readonly surroundings: BatchSurroundings;
  /** The case with the expectations in it. */
  readonly annotated: string;
}

const expectation = /^#(?: *\^+| \d+-(?:\d+:)?\d+) (?:error|warning|information) [a-z-]+: .*\n?/gm;

const command = './run\n';

export function casesOf(file: string): readonly Case[] {
  return file
    .split(/^(?=#=== )/m)
    .filter((section) => section.startsWith('#=== '))
    .map((section) => {
      const end = section.indexOf('\n') + 1;
      const head = section.slice(0, end);
      const annotated = section.slice(end);
      const json = /\{.*\}/.exec(head)?.[0];
      const {
        missing = [],
        names = {},
        executable = true,
        crlf = false,
        bare = false,
      } = (json === undefined ? {} : JSON.parse(json)) as {
        missing?: readonly string[];
        names?: Readonly<Record<string, readonly string[]>>;
        executable?: boolean;
        crlf?: boolean;
        bare?: boolean;
      };
      const written = annotated.replace(expectation, '');
      const plain = bare || /^[^#\s]/m.test(written) ? written : `${written}${command}`;
      return {
        name: head
          .replace(/^#=== */, '')
          .replace(/\{.*/, '')
          .trim(),
        annotated: plain === written ? annotated : `${annotated}${command}`,
        text: crlf ? plain.replaceAll('\n', '\r\n') : plain,
        surroundings: {
          hasFolder: (folder) => !missing.includes(folder),
          isExecutable: () => executable,
          siteNames: (_, kind) => names[kind]?.map((name) => ({ name })),
        },
      };
    });
}

/** The text with its problems written under the lines. */
export function annotate(
  text: string,
  surroundings: BatchSurroundings,
  problems: readonly Problem[] = readBatchScript(text, surroundings).problems,
): string {
  const below = new Map<number, string[]>();
  for (const problem of problems) {
    const at = problem.range.start.line;
    below.set(at, [...(below.get(at) ?? []), describeProblem(problem)]);
  }
  return text
    .replaceAll('\r\n', '\n')
    .split(/(?<=\n)/)
    .map((line, index) => [line, ...(below.get(index) ?? [])].join(''))
    .join('');
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
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
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
