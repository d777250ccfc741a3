/**
 * A large sweep file without the parameters that a question is not about: reading it takes a moment, where
 * reading all of it would keep the person waiting.
 */
import type { Position, Range } from '#core/text.ts';
import { SweepAnalysis } from './analysis.ts';
import type { OutlineNode } from './outline-nodes.ts';

export interface Excerpt {
  readonly analysis: SweepAnalysis;
  readonly position: Position;
  /** A range of the excerpt as the range of the whole text. */
  readonly original: (range: Range) => Range;
}

/** Fewer parameters than this are read in no time. */
const few = 50;

/** Anchors, aliases and merge keys lead from one parameter to others. */
const references = /(?:^|[\s,:[{-])(?:[&*]\w|<<\s*:)/m;

/**
 * The text with one parameter only: the one at the position, or else the first. Undefined where that would not be
 * much less, or would not say the same.
 */
export function excerptAt(analysis: SweepAnalysis, position: Position): Excerpt | undefined {
  const { text, outline, lines } = analysis;
  const parameters = outline.children.find(({ name }) => name === 'parameters');
  const all = parameters?.children ?? [];
  if (parameters === undefined || all.length < few || all.some(({ column }) => column < 0)) return undefined;
  const offset = lines.offset(position);
  const asked = outline.children.findLast(({ key }) => key[0] <= offset);
  // a command may name any parameter
  if (asked?.name === 'command' || references.test(text)) return undefined;
  const index = Math.max(0, asked === parameters ? lastAt(all, offset) : 0);
  const kept = all[index];
  const first = all[0];
  if (kept === undefined || first === undefined) return undefined;
  const next = all[index + 1];
  const after = outline.children.find(({ key }) => key[0] > parameters.key[0]);
  const start = lines.lineStart(first.key[0]);
  const keptStart = lines.lineStart(kept.key[0]);
  const end = after === undefined ? text.length : lines.lineStart(after.key[0]);
  const keptEnd = next === undefined ? end : lines.lineStart(next.key[0]);
  if (offset >= start && offset < end && (offset < keptStart || offset > keptEnd)) return undefined;

  const lineOf = (at: number): number => lines.position(at).line;
  const removedBefore = lineOf(keptStart) - lineOf(start);
  const removedAfter = removedBefore + lineOf(end) - lineOf(keptEnd);
  const removed = offset < start ? 0 : offset < end ? removedBefore : removedAfter;
  const moved = ({ line, character }: Position): Position => ({ line: line + removed, character });
  return {
    analysis: new SweepAnalysis(
      text.slice(0, start) + text.slice(keptStart, keptEnd) + text.slice(end),
      analysis.surroundings,
    ),
    position: { line: position.line - removed, character: position.character },
    original: (range) => ({ start: moved(range.start), end: moved(range.end) }),
  };
}

/** The last of the nodes that begins at the offset or before it. */
function lastAt(nodes: readonly OutlineNode[], offset: number): number {
  return nodes.findLastIndex(({ key }) => key[0] <= offset);
}
