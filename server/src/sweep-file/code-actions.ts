/** What can be done about the problems of a sweep file, the likeliest first. */
import type { Position, Problem, Range } from '#core/text.ts';
import type { CodeAction, TextEdit } from '../language.ts';
import { alternatives } from './alternatives.ts';
import type { SweepAnalysis } from './analysis.ts';
import { ignoring } from './ignoring.ts';

/** Problems whose first fix is one way out of several, so that it is never applied unasked. */
const uncertain: ReadonlySet<string> = new Set([
  'grid-continuous',
  'metric-required',
  'program-missing',
  'parameter-collision',
  'parameter-twice',
  'goal-unstated',
  'metric-name-unseen',
  'nothing-to-search',
  'mixed-types',
  'q-beyond-range',
]);

/**
 * Actions for the `problems` that touch the range: their fixes, preferred where they are certain, other ways
 * out, everything of one kind or of all kinds at once, and how to have a remark no more.
 */
export function codeActions(
  analysis: SweepAnalysis,
  range: Range,
  problems: readonly Problem[],
): readonly CodeAction[] {
  const here = problems.filter((problem) => touches(problem.range, range));
  return [
    ...here.flatMap((problem) => waysOut(analysis, problem)),
    ...here
      .filter((problem, index) => here.findIndex((other) => other.code === problem.code) === index)
      .flatMap((problem) => ofOneKind(problems, problem.code)),
    ...fixAll(problems),
    ...here.flatMap((problem) => ignoring(analysis, problem)),
  ];
}

function waysOut(analysis: SweepAnalysis, problem: Problem): readonly CodeAction[] {
  const first = problem.fix;
  const others = alternatives(analysis, problem).filter(({ title }) => title !== first?.title);
  return [
    ...(first === undefined
      ? []
      : [
          {
            ...toAction(first.title, first.edits, [problem]),
            ...(isCertain(problem) && { preferred: true as const }),
          },
        ]),
    ...others.map((fix) => toAction(fix.title, fix.edits, [problem])),
  ];
}

const isCertain = ({ code, fix }: Problem): boolean => fix !== undefined && !uncertain.has(code);

const toAction = (
  title: string,
  edits: readonly TextEdit[],
  solves: readonly Problem[],
  kind: CodeAction['kind'] = 'fix',
): CodeAction => ({ title, kind, solves, edits });

function ofOneKind(problems: readonly Problem[], code: string): readonly CodeAction[] {
  const [solved, edits] = together(problems.filter((problem) => problem.code === code && isCertain(problem)));
  return solved.length < 2 ? [] : [toAction(`Fix all ${solved.length} of '${code}'`, edits, solved)];
}

function fixAll(problems: readonly Problem[]): readonly CodeAction[] {
  const [solved, edits] = together(problems.filter(isCertain));
  if (solved.length === 0) return [];
  const codes = new Set(solved.map(({ code }) => code));
  const title = `Fix all ${solved.length} problems that have a certain fix`;
  return [
    ...(codes.size > 1 ? [toAction(title, edits, solved)] : []),
    toAction('Fix all in this sweep file', edits, solved, 'fix-all'),
  ];
}

/** The fixes that can be applied at once: one that would touch an earlier one's text is left for the next time. */
function together(problems: readonly Problem[]): readonly [readonly Problem[], readonly TextEdit[]] {
  const solved: Problem[] = [];
  const edits: TextEdit[] = [];
  for (const problem of problems) {
    const own = problem.fix?.edits ?? [];
    if (own.some((edit) => edits.some((other) => touches(edit.range, other.range)))) continue;
    solved.push(problem);
    edits.push(...own);
  }
  return [solved, edits];
}

const isBefore = (a: Position, b: Position): boolean =>
  a.line < b.line || (a.line === b.line && a.character < b.character);

const touches = (a: Range, b: Range): boolean => !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
