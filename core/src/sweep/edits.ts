/** Text edits that keep a map well formed, whether it is written in lines or in brackets. */
import type { Entry, SweepDocument } from './document.ts';
import { spanOf, type MapNode } from './nodes.ts';
import type { Span, SpanEdit } from './problem-list.ts';

/**
 * Puts new entries before the first one of a map. `lines` are the entries as they stand in a block map,
 * further indented lines included; `inBrackets` is the same in flow style. Undefined where an edit could
 * not be certain to be right.
 */
export function insertion(
  document: SweepDocument,
  map: MapNode,
  lines: readonly string[],
  inBrackets: string = lines.join(', '),
  before?: string,
): SpanEdit | undefined {
  const own = document.entries(map).filter((entry) => !entry.inherited);
  if (map.flow === true) {
    const start = map.range[0] + 1;
    return { at: [start, start], newText: own.length > 0 ? `${inBrackets}, ` : inBrackets };
  }
  const next = own.find((entry) => entry.name === before) ?? own[0];
  if (!next || !isPlainKey(next)) return undefined;
  const at = next.key.range[0];
  const lead = document.text.slice(document.lines.lineStart(at), at);
  if (!/^ *(?:- +)*$/.test(lead)) return undefined;
  const indent = ' '.repeat(lead.length);
  return { at: [at, at], newText: lines.map((line) => `${line}\n${indent}`).join('') };
}

/** Takes an entry out of its map, with its line if it has lines of its own. */
export function removal(document: SweepDocument, map: MapNode, entry: Entry): SpanEdit | undefined {
  const own = document.entries(map).filter((one) => !one.inherited);
  if (!isPlainKey(entry)) return undefined;
  const extents = own.map((one): Span => [one.key.range[0], one.written[1]]);
  return removalAt(document, extents, own.indexOf(entry), map.flow === true ? 'flow' : 'block');
}

/**
 * Takes one of the entries of a map, or items of a list, out of it; `extents` are all of them in order.
 * Undefined for the only one, since what is left would be no map or list any more.
 */
export function removalAt(
  document: SweepDocument,
  extents: readonly Span[],
  index: number,
  style: 'flow' | 'block',
): SpanEdit | undefined {
  const { text, lines } = document;
  const extent = extents[index];
  if (!extent || extents.length < 2) return undefined;
  const start = extent[0];
  const end = contentEnd(text, extent[1]);
  if (style === 'flow') {
    const next = extents[index + 1];
    const previous = extents[index - 1];
    if (next) return { at: [start, next[0]], newText: '' };
    return previous && { at: [contentEnd(text, previous[1]), end], newText: '' };
  }
  const lineStart = lines.lineStart(start);
  if (!/^ *(?:- *)?$/.test(text.slice(lineStart, start))) return undefined;
  // the first entry of a map that begins on its item's line: the dash has to stay
  if (text.slice(lineStart, start).includes('-') && index === 0 && !isItem(document, extents)) {
    const next = extents[1];
    return next && { at: [start, next[0]], newText: '' };
  }
  const lineEnd = lines.lineEnd(end);
  const lineBreak = /^(?:\r\n|\r|\n)?/.exec(text.slice(lineEnd, lineEnd + 2))?.[0].length ?? 0;
  return { at: [lineStart, lineEnd + lineBreak], newText: '' };
}

/** Whether the extents are those of items: each has a dash before it. */
function isItem({ text, lines }: SweepDocument, extents: readonly Span[]): boolean {
  return extents.every(([start]) => /- *$/.test(text.slice(lines.lineStart(start), start)));
}

/** Puts `newText` in the place of everything the map itself says. */
export function replacement(document: SweepDocument, map: MapNode, newText: string): SpanEdit | undefined {
  const entries = document.entries(map);
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last || !entries.every((entry) => !entry.inherited && isPlainKey(entry))) return undefined;
  return { at: [first.key.range[0], contentEnd(document.text, last.written[1])], newText };
}

/** All of the edits, or nothing if one of them could not be made. */
export function together(...edits: readonly (SpanEdit | undefined)[]): readonly SpanEdit[] | undefined {
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

/** The end of a value without the blanks that the parser counts to a block. */
function contentEnd(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at--;
  return at;
}

function isPlainKey(entry: Entry): boolean {
  const { key } = entry;
  return key.anchor === undefined && key.tag === undefined && spanOf(key)[1] <= entry.written[0];
}
