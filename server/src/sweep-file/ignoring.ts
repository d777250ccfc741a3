/** How to have a remark no more: by a comment on its line, or in the settings. */
import { isScalar } from 'yaml';
import type { Problem } from '#core/text.ts';
import type { CodeAction } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';

const comment = /#.*\bsweepdeck: *ignore\[([^\]]*)\]/d;

/** The two ways to silence a warning or information; none for an error, which stands in the way anyhow. */
export function ignoring(analysis: SweepAnalysis, problem: Problem): readonly CodeAction[] {
  const { code, severity } = problem;
  // that there are more problems is no rule
  if (severity === 'error' || code === 'too-many-problems') return [];
  const edit = onItsLine(analysis, problem);
  return [
    ...(edit === undefined
      ? []
      : [
          {
            title: `Ignore '${code}' on this line`,
            kind: 'fix' as const,
            solves: [problem],
            edits: [edit],
          },
        ]),
    { title: `Don't check '${code}' (settings)`, kind: 'fix', solves: [problem], edits: [], disables: code },
  ];
}

/** The comment as an edit; undefined where the end of the line is inside a text, which has no comments. */
function onItsLine({ document }: SweepAnalysis, { code, range }: Problem) {
  const { lines, text } = document;
  const start = lines.offset({ line: range.start.line, character: 0 });
  const end = lines.lineEnd(start);
  const line = text.slice(start, end);
  const listed = comment.exec(line)?.indices?.[1];
  if (listed !== undefined) {
    const at = document.range([start + listed[1], start + listed[1]]);
    return { range: at, newText: listed[0] === listed[1] ? code : `, ${code}` };
  }
  const last = document.stepsTo(end).at(-1);
  const node = last?.kind === 'entry' ? (last.on === 'key' ? last.entry.key : last.entry.value) : last?.node;
  if (node && isScalar(node) && node.range[0] < end && end < node.range[1]) return undefined;
  const content = start + line.trimEnd().length;
  return { range: document.range([content, end]), newText: `  # sweepdeck: ignore[${code}]` };
}
