/**
 * A large sweep file without the parameters that a question is not about: reading it takes a moment, where
 * reading all of it would keep the person waiting.
 */
import { environmentVariableOf, macroNamed } from '#core/sweep/command.ts';
import type { Position, Range } from '#core/text.ts';
import { SweepAnalysis } from './analysis.ts';
import type { OutlineNode } from './outline-nodes.ts';
import { mostShown } from './sample.ts';

export interface Excerpt {
  readonly analysis: SweepAnalysis;
  readonly position: Position;
  /** A range of the excerpt as the range of the whole text. */
  readonly original: (range: Range) => Range;
}

/** Fewer parameters than this are read in no time. */
const few = 50;

/** The lines of one parameter, from its key to the next one's. */
interface Block {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The text with the parameters that the position needs: its own, or else the first, and those that they or the
 * command refer to. Undefined where all has been read anyway, or where that would not be much less or would
 * not say the same.
 */
export function excerptAt(analysis: SweepAnalysis, position: Position): Excerpt | undefined {
  if (analysis.isRead) return undefined;
  const { text, outline, lines } = analysis;
  const blocks = blocksOf(analysis);
  const first = blocks[0];
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const offset = lines.offset(position);
  const asked = outline.children.findLast(({ key }) => key[0] <= offset);
  const own = Math.max(0, offset < last.end ? blocks.findLastIndex(({ start }) => start <= offset) : 0);
  const outside = text.slice(0, first.start) + text.slice(last.end);
  const kept = keptBlocks(text, blocks, outside, own, asked?.name === 'command');
  if (kept === undefined) return undefined;

  const lineOf = (at: number): number => lines.position(at).line;
  // the lines left out before the offset
  let removed = 0;
  let end = first.start;
  for (const { start, end: next } of [...kept, { start: last.end, end: text.length }]) {
    if (start > offset) break;
    removed += lineOf(start) - lineOf(end);
    end = next;
  }
  const moved = ({ line, character }: Position): Position => ({ line: line + removed, character });
  return {
    analysis: new SweepAnalysis(
      text.slice(0, first.start) +
        kept.map(({ start, end: stop }) => text.slice(start, stop)).join('') +
        text.slice(last.end),
      analysis.surroundings,
    ),
    position: { line: position.line - removed, character: position.character },
    original: (range) => ({ start: moved(range.start), end: moved(range.end) }),
  };
}

/** The parameters' lines, without gaps; none where there are few, or where they don't have lines of their own. */
function blocksOf({ text, outline, lines }: SweepAnalysis): readonly Block[] {
  const parameters = outline.children.find(({ name }) => name === 'parameters');
  const all: readonly OutlineNode[] = parameters?.children ?? [];
  if (parameters === undefined || all.length < few || all.some(({ column }) => column < 0)) return [];
  const after = outline.children.find(({ key }) => key[0] > parameters.key[0]);
  const starts = all.map(({ key }) => lines.lineStart(key[0]));
  const end = after === undefined ? text.length : lines.lineStart(after.key[0]);
  return all.map(({ name }, index) => ({ name, start: starts[index] ?? end, end: starts[index + 1] ?? end }));
}

/** Commands that list parameters, the first ones of which are shown; those that may leave some out are not among them. */
const listing = /\$\{args(?:_(?:no_equals|no_hyphens|append_hydra|override_hydra))?\}/;
const listingAll = /\$\{args_(?:json|no_boolean_flags)\}/;

function keptBlocks(
  text: string,
  blocks: readonly Block[],
  outside: string,
  own: number,
  inCommand: boolean,
): readonly Block[] | undefined {
  if (inCommand && listingAll.test(outside)) return undefined;
  const named = macroBlocks(blocks, outside);
  if (named === undefined) return undefined;
  const kept = new Set([own, ...named]);
  if (inCommand && listing.test(outside)) for (let index = 0; index <= mostShown; index++) kept.add(index);
  for (const [index, { name }] of blocks.entries()) if (name === '<<') kept.add(index);
  addAnchors(text, blocks, outside, kept);
  if (kept.size > blocks.length / 2) return undefined;
  return [...kept].sort((a, b) => a - b).flatMap((index) => blocks[index] ?? []);
}

/** The parameters that macros name, in the command or elsewhere; undefined where one names none. */
function macroBlocks(blocks: readonly Block[], outside: string): readonly number[] | undefined {
  const found: number[] = [];
  for (const [, name = ''] of outside.matchAll(/\$\{([^{}]*)\}/g)) {
    if (macroNamed(name) !== undefined || environmentVariableOf(name) !== undefined) continue;
    const before = found.length;
    for (const [index, block] of blocks.entries())
      if (name === block.name || name.startsWith(`${block.name}.`)) found.push(index);
    if (found.length === before) return undefined;
  }
  return found;
}

const anchors = /(?<![^\s,:[{-])&([^\s,[\]{}]+)/g;
const aliases = /(?<![^\s,:[{-])\*([^\s,[\]{}]+)/g;

/** Adds the parameters that hold the anchors of the aliases outside and in the kept ones, and theirs. */
function addAnchors(text: string, blocks: readonly Block[], outside: string, kept: Set<number>): void {
  let holders: ReadonlyMap<string, readonly number[]> | undefined;
  const search = (part: string): void => {
    for (const [, name = ''] of part.matchAll(aliases))
      for (const index of (holders ??= anchorHolders(text, blocks)).get(name) ?? []) kept.add(index);
  };
  search(outside);
  // a set's iteration comes to what is added on the way
  for (const index of kept) search(text.slice(blocks[index]?.start, blocks[index]?.end));
}

/** The parameters in which each anchor stands, or what looks like one. */
function anchorHolders(text: string, blocks: readonly Block[]): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>();
  for (const [index, { start, end }] of blocks.entries()) {
    const block = text.slice(start, end);
    if (!block.includes('&')) continue;
    for (const [, name = ''] of block.matchAll(anchors)) {
      const all = holders.get(name);
      if (all) all.push(index);
      else holders.set(name, [index]);
    }
  }
  return holders;
}
