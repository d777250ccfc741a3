/** What can be done about the problems of a batch script, and translating it for another system. */
import { lineText, positionIn } from '#core/batch/problem-list.ts';
import { dialects, systems, systemsOf } from '#core/batch/systems.ts';
import { translate } from '#core/batch/translate/translate.ts';
import type { Position, Problem, Range } from '#core/text.ts';
import type { CodeAction, TextEdit } from '../language.ts';
import type { BatchAnalysis } from './analysis.ts';

/** Problems whose fix is one way out of several, so that it is never applied unasked. */
const uncertain: ReadonlySet<string> = new Set([
  'exclusive-options',
  'mixed-systems',
  'ambiguous-option',
  'directory-not-given',
  'shell-not-given',
  'unexpected-value',
  'unknown-site-name',
]);

/**
 * Fixes for the `problems` that touch the range, all of them at once, how to have a remark no more, and, on a
 * directive, the script for each other system.
 */
export function codeActions(
  analysis: BatchAnalysis,
  range: Range,
  problems: readonly Problem[],
): readonly CodeAction[] {
  const here = problems.filter((problem) => touches(problem.range, range));
  return [
    ...here.flatMap(fixOf),
    ...here.flatMap((problem) => declaring(analysis, problem)),
    ...fixAll(problems),
    ...here.flatMap((problem) => ignoring(analysis, problem)),
    ...translations(analysis, range),
  ];
}

/** A line that is switched off on purpose is nothing to repair. */
const isCertain = ({ code, severity, fix }: Problem): boolean =>
  fix !== undefined && !uncertain.has(code) && !(code === 'not-a-directive' && severity === 'information');

function fixOf(problem: Problem): readonly CodeAction[] {
  const { fix } = problem;
  if (fix === undefined) return [];
  const action = { title: fix.title, kind: 'fix' as const, solves: [problem], edits: fix.edits };
  return [isCertain(problem) ? { ...action, preferred: true } : action];
}

/** Lines of another system may be meant for another machine: saying which system counts solves it where that one ignores them. */
function declaring({ script, system, options }: BatchAnalysis, problem: Problem): readonly CodeAction[] {
  const [first] = options;
  if (problem.code !== 'mixed-systems' || system === undefined || first === undefined) return [];
  const { mark, markSpan } = first.directive;
  const obeyed =
    system === 'slurm' && /^#(PBS|BSUB)/.test(lineText(script, problem.range.start.line).trimStart());
  if (obeyed || !systemsOf[mark].includes(system)) return [];
  const line = positionIn(script, markSpan[0]).line;
  const at = { line, character: 0 };
  return [
    {
      title: `Say that this script is for ${dialects[system].title}`,
      kind: 'fix',
      solves: [problem],
      edits: [{ range: { start: at, end: at }, newText: `# sweepdeck: system ${system}\n` }],
    },
  ];
}

function fixAll(problems: readonly Problem[]): readonly CodeAction[] {
  const solves: Problem[] = [];
  const edits: TextEdit[] = [];
  for (const problem of problems.filter(isCertain)) {
    const own = problem.fix?.edits ?? [];
    // one that would touch an earlier one's text is left for the next time
    if (own.some((edit) => edits.some((other) => touches(edit.range, other.range)))) continue;
    solves.push(problem);
    edits.push(...own);
  }
  return solves.length === 0
    ? []
    : [{ title: 'Fix all in this batch script', kind: 'fix-all', solves, edits }];
}

function ignoring({ script }: BatchAnalysis, problem: Problem): readonly CodeAction[] {
  const { code, severity, range } = problem;
  if (severity === 'error' || code === 'too-many-problems') return [];
  const at = { line: range.start.line, character: 0 };
  // nothing may stand above the line that names the interpreter
  const possible =
    range.start.line > 0 && !lineText(script, range.start.line - 1).includes('sweepdeck: ignore');
  return [
    ...(possible
      ? [
          {
            title: `Ignore '${code}' on this line`,
            kind: 'fix' as const,
            solves: [problem],
            edits: [{ range: { start: at, end: at }, newText: `# sweepdeck: ignore[${code}]\n` }],
          },
        ]
      : []),
    { title: `Don't check '${code}' (settings)`, kind: 'fix', solves: [problem], edits: [], disables: code },
  ];
}

function translations(analysis: BatchAnalysis, range: Range): readonly CodeAction[] {
  const { script, options, system } = analysis;
  if (system === undefined) return [];
  const onDirective = options.some(
    ({ directive }) => directive.line >= range.start.line && directive.line <= range.end.line,
  );
  if (!onDirective) return [];
  const last = script.starts.length - 1;
  const whole: Range = {
    start: { line: 0, character: 0 },
    end: { line: last, character: script.text.length - (script.starts[last] ?? 0) },
  };
  return systems.flatMap((target): readonly CodeAction[] => {
    const translation = translate(analysis, target);
    if (translation === undefined) return [];
    const count = translation.losses.length;
    const remarks = count === 0 ? '' : count === 1 ? ' (1 remark)' : ` (${count} remarks)`;
    return [
      {
        title: `Translate the directives for ${dialects[target].title}${remarks}`,
        kind: 'rewrite',
        solves: [],
        edits: [{ range: whole, newText: translation.text }],
      },
    ];
  });
}

const isBefore = (a: Position, b: Position): boolean =>
  a.line < b.line || (a.line === b.line && a.character < b.character);

const touches = (a: Range, b: Range): boolean => !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
