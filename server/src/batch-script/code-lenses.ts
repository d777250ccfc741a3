/** "Launch multirun · 8 jobs" and "Preview" above a batch script, and the number of jobs above each of its commands. */
import { positionIn } from '#core/batch/problem-list.ts';
import type { CodeLens } from '../language.ts';
import type { BatchAnalysis } from './analysis.ts';

/** None for a script whose commands can't become jobs of their own, unless it was surely meant to. */
export function codeLenses({
  script,
  commands: { script: read },
  commands,
}: BatchAnalysis): readonly CodeLens[] {
  if (read === undefined || read.commands.length === 0) return [];
  const problems = commands.problems().filter(({ severity }) => severity === 'error');
  const [first] = read.commands;
  const line = script.shebang || !first ? 0 : positionIn(script, first.source.statement[0]).line;
  if (problems.length > 0 || read.refusals.length > 0) {
    if (!read.isMultirun) return [];
    const [refusal] = read.refusals;
    const count = problems.length;
    return [
      count > 0
        ? { line, title: count === 1 ? '1 problem' : `${count} problems`, does: 'show-problems' }
        : {
            line,
            title: 'This script can’t be launched as a multirun',
            ...(refusal && { tooltip: refusal.message }),
          },
    ];
  }
  const total = jobs(read.count);
  return [
    { line, title: read.isMultirun ? `Launch multirun · ${total}` : `Submit · ${total}`, does: 'submit' },
    {
      line,
      title: 'Preview',
      does: 'preview',
      tooltip: 'Show the jobs and their scripts without submitting anything',
    },
    ...ofEachCommand(read.commands, (offset) => positionIn(script, offset).line),
  ];
}

function ofEachCommand(
  commands: NonNullable<BatchAnalysis['commands']['script']>['commands'],
  lineOf: (offset: number) => number,
): readonly CodeLens[] {
  const counts = new Map<number, bigint>();
  for (const { source, count } of commands) {
    const [start] = source.statement;
    counts.set(start, (counts.get(start) ?? 0n) + count);
  }
  if (counts.size < 2) return [];
  return [...counts].map(([start, count]) => ({ line: lineOf(start), title: jobs(count) }));
}

/** `1 job`, `12,000 jobs`. */
export const jobs = (count: bigint): string =>
  count === 1n ? '1 job' : `${count.toLocaleString('en-US')} jobs`;
