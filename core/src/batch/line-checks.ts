/** Problems of whole lines: what looks like a directive and is none, what comes too late, what another system reads. */
import { catalogueOf } from './catalogue.ts';
import type { Detection } from './detect.ts';
import type { BatchProblems, SpanEdit } from './problem-list.ts';
import { lineSpan, replacing } from './problem-list.ts';
import type { DirectiveLine, NearMiss, Script } from './script.ts';
import { dialects, systemsOf, type Dialect } from './systems.ts';

const reasons: Readonly<Record<NearMiss['reason'], string>> = {
  blank: 'a blank parts the # from the word',
  hashes: 'it begins with more than one #',
  case: 'the letters must be capitals',
  spelling: 'the word is misspelt',
  indented: 'blanks stand before it',
};

/** Lines that nearly are directives. */
export function checkNearMisses(script: Script, dialect: Dialect, problems: BatchProblems): void {
  const limit = dialect.stopsAtCommand ? (script.firstCommand?.line ?? Infinity) : Infinity;
  for (const { reason, mark, line, markSpan } of script.nearMisses) {
    if (line > limit) continue;
    const system = systemsOf[mark].includes(dialect.system) ? dialect : dialects[systemsOf[mark][0]];
    const outside = /^\s*/.exec(script.text.slice(...markSpan))?.[0].length ?? 0;
    problems.add(
      'not-a-directive',
      [markSpan[0] + outside, markSpan[1]],
      reason === 'hashes'
        ? `${system.title} does not read this line, since ${reasons[reason]}.`
        : `${system.title} does not read this line: ${reasons[reason]}.`,
      {
        // two signs are how people switch a line off
        ...(reason === 'hashes' && { severity: 'information' }),
        fix: replacing(`Change to '${mark}'`, markSpan, mark),
      },
    );
  }
}

/** The lines that the system reads; problems for the others. */
export function readableLines(
  script: Script,
  lines: readonly DirectiveLine[],
  dialect: Dialect,
  problems: BatchProblems,
): readonly DirectiveLine[] {
  return lines.filter((line) => {
    const { late, indented, mark } = line;
    if (late && dialect.stopsAtCommand && script.firstCommand) {
      problems.add(
        'late-directive',
        [line.markSpan[0], line.span[1]],
        `${dialect.title} stops reading directives at the first command, so this line is ignored.`,
        {
          related: [{ message: 'The first command stands here.', at: script.firstCommand.span }],
          fix: { title: 'Move before the first command', edits: moveUp(script, line) },
        },
      );
      return false;
    }
    if (indented && !dialect.indentable) {
      problems.add(
        'not-a-directive',
        line.markSpan,
        `${dialect.title} does not read this line: ${reasons.indented}.`,
        { fix: replacing('Remove the blanks', [line.span[0], line.markSpan[0]], '') },
      );
      return false;
    }
    // a bare #$ may be any comment
    if (mark !== '#$' && script.text.slice(...line.body).trim() === '') {
      problems.add(
        'not-a-directive',
        line.markSpan,
        `Nothing stands behind ${mark}, so this line asks for nothing.`,
      );
      return false;
    }
    const behind = line.bodyStart;
    if (dialect.needsBlank && behind < line.bodyEnd && !/\s/.test(script.text[behind] ?? '')) {
      problems.add('not-a-directive', line.markSpan, `${dialect.title} needs a blank behind ${mark}.`, {
        fix: replacing('Put a blank behind it', [behind, behind], ' '),
      });
      return false;
    }
    return true;
  });
}

function moveUp(script: Script, { line, span }: DirectiveLine): readonly SpanEdit[] {
  const command = script.firstCommand;
  const target = command === undefined ? 0 : (script.starts[command.line] ?? 0);
  const text = script.text.slice(...span).trimStart();
  const [start, end] = lineSpan(script, line);
  // the last line has no break of its own to take along
  const from = end === span[1] && start > 0 ? start - 1 : start;
  return [
    { at: [target, target], newText: `${text}\n` },
    { at: [Math.max(from, target), end], newText: '' },
  ];
}

/** What the script says about lines of other systems. */
export interface Consent {
  /** `--ignore-pbs` is given. */
  readonly ignoresPbs: boolean;
  /** A comment says which system the script is for. */
  readonly declared: boolean;
}

/**
 * Lines of other systems: one problem for each of those systems, with all lines of both. sbatch obeys #PBS and
 * #BSUB lines; other systems ignore each other's, which is fine where the script says that it knows.
 */
export function checkForeign(
  script: Script,
  { lines: own, foreign }: Pick<Detection, 'lines' | 'foreign'>,
  dialect: Dialect,
  { ignoresPbs, declared }: Consent,
  problems: BatchProblems,
): void {
  for (const [mark, lines] of Map.groupBy(foreign, (line) => line.mark)) {
    const obeyed = dialect.system === 'slurm' && (mark === '#PBS' || mark === '#BSUB');
    if (obeyed ? ignoresPbs : declared) continue;
    const read = lines.filter((line) => isRead(line) && isMeant(script, line));
    const [first, ...others] = read;
    if (!first) continue;
    const titles = systemsOf[mark].flatMap((system) => (system ? dialects[system].title : []));
    problems.add(
      'mixed-systems',
      first.markSpan,
      `Directives of two systems stand in this script: ${dialect.mark} on ${places(own)} and ${mark} on ${places(read)}. ` +
        (obeyed
          ? `sbatch obeys ${mark} lines too, and reads their values its own way: keep one system.`
          : `${dialect.title} ignores those of ${titles.join(' and ')}: keep one system, or say with '# sweepdeck: system ${dialect.system}' which one is meant.`),
      {
        related: others
          .slice(0, 20)
          .map(({ markSpan, line }) => ({ message: `Line ${line + 1} is one of them.`, at: markSpan })),
        fix: {
          title: lines.length === 1 ? `Remove the ${mark} line` : `Remove the ${lines.length} ${mark} lines`,
          edits: lines.map(({ line }) => ({ at: lineSpan(script, line), newText: '' })),
        },
      },
    );
  }
}

/** Whether the system of the line's mark would read it. */
const isRead = ({ mark, late }: DirectiveLine): boolean =>
  !late || !dialects[systemsOf[mark][0]].stopsAtCommand;

/** `#$` begins commented-out commands too: options of Grid Engine must follow. */
function isMeant({ text }: Script, { mark, body }: DirectiveLine): boolean {
  if (mark !== '#$') return true;
  const name = /^\s*-(\S+)/.exec(text.slice(...body))?.[1];
  return name !== undefined && catalogueOf('sge').options.has(name);
}

function places(lines: readonly DirectiveLine[]): string {
  const numbers = (lines.some(isRead) ? lines.filter(isRead) : lines).map(({ line }) => line + 1);
  const more = numbers.length > 12 ? ' and more' : '';
  return `${numbers.length === 1 ? 'line' : 'lines'} ${numbers.slice(0, 12).join(', ')}${more}`;
}
