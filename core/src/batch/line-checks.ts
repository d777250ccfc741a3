/** Problems of whole lines: what looks like a directive and is none, what comes too late, what another system reads. */
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
    const { markSpan, span, body, late, indented, mark } = line;
    if (late && dialect.stopsAtCommand && script.firstCommand) {
      problems.add(
        'late-directive',
        [markSpan[0], span[1]],
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
        markSpan,
        `${dialect.title} does not read this line: ${reasons.indented}.`,
        { fix: replacing('Remove the blanks', [span[0], markSpan[0]], '') },
      );
      return false;
    }
    if (dialect.needsBlank && body[0] < body[1] && !/\s/.test(script.text[body[0]] ?? '')) {
      problems.add('not-a-directive', markSpan, `${dialect.title} needs a blank behind ${mark}.`, {
        fix: replacing('Put a blank behind it', [body[0], body[0]], ' '),
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

/** Lines of other systems: one problem for each of those systems. */
export function checkForeign(
  script: Script,
  foreign: readonly DirectiveLine[],
  dialect: Dialect,
  ignoresPbs: boolean,
  problems: BatchProblems,
): void {
  for (const [mark, lines] of Map.groupBy(foreign, (line) => line.mark)) {
    const [first, ...others] = lines.filter((line) => !line.late || dialect.system !== 'slurm');
    if (!first) continue;
    const obeyed = dialect.system === 'slurm' && (mark === '#PBS' || mark === '#BSUB');
    if (obeyed && ignoresPbs) continue;
    const where = lines.map(({ line }) => line + 1);
    const listedLines = `${where.length === 1 ? 'line' : 'lines'} ${where.slice(0, 12).join(', ')}${where.length > 12 ? ' ...' : ''}`;
    const title = systemsOf[mark].flatMap((system) => (system ? dialects[system].title : [])).join(' or ');
    problems.add(
      'mixed-systems',
      first.markSpan,
      obeyed
        ? `sbatch obeys ${mark} lines too, and reads their values its own way: keep one system (${mark} on ${listedLines}).`
        : `This script is for ${dialect.title}, which ignores ${mark} (${title}, ${listedLines}).`,
      {
        severity: obeyed ? 'error' : 'warning',
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
