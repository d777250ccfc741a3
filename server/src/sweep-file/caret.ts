/** What is being written at a place of the text: which key, or which value, of what. */
import type { Span } from '#core/sweep/problem-list.ts';
import {
  isBlank,
  keyAt,
  lineEndAt,
  newNode,
  plainEnd,
  skipBlanks,
  type OutlineNode,
} from './outline-nodes.ts';

interface Around {
  /** The nodes around what is written, outermost first, the text as a whole left out. */
  readonly path: readonly OutlineNode[];
  /** What is there already and would be replaced. */
  readonly token: Span;
  readonly style: 'block' | 'flow';
}

export interface KeyCaret extends Around {
  readonly kind: 'key';
  /** Names that stand in the map already, apart from the one that is written. */
  readonly taken: ReadonlySet<string>;
  /** Whether the colon is there already. */
  readonly hasColon: boolean;
  /** In lines: what stands before the key, and the column that it has to begin in. */
  readonly lead: Span;
  readonly column: number;
  /** Whether it begins in another column now. */
  readonly misplaced: boolean;
}

export interface ValueCaret extends Around {
  readonly kind: 'value';
  readonly quote: '"' | "'" | undefined;
  /** `key:|`: a blank has to come first. */
  readonly needsBlank: boolean;
  readonly column: number;
}

export type Caret = KeyCaret | ValueCaret;

/** What is written at `offset`; undefined in comments and where nothing can stand. */
export function caretAt(text: string, root: OutlineNode, offset: number): Caret | undefined {
  const path = nodesAt(text, root, offset);
  const depth = path.findLastIndex((node) => isWithinBrackets(text, node, offset));
  const brackets = depth < 0 ? undefined : path[depth];
  if (brackets === undefined) return inLines(text, root, offset);
  const around = path.slice(0, depth + 1).filter((node) => node !== root);
  return inBrackets(text, brackets, around, offset);
}

/** The nodes that reach over the offset, outermost first, the root included. */
function nodesAt(text: string, root: OutlineNode, offset: number): readonly OutlineNode[] {
  const path = [root];
  for (let node: OutlineNode | undefined = root; node !== undefined;) {
    const below: OutlineNode | undefined = node.children.findLast(({ key }) => key[0] <= offset);
    const reaches: boolean =
      below !== undefined && offset <= (below.closed ? below.end : lineEndAt(text, below.end));
    node = reaches ? below : undefined;
    if (node !== undefined) path.push(node);
  }
  return path;
}

function isWithinBrackets(text: string, node: OutlineNode, offset: number): boolean {
  if (node.style !== 'flow-map' && node.style !== 'flow-list') return false;
  const [start, end] = node.value;
  return start < offset && (node.closed ? offset < end : offset <= lineEndAt(text, end));
}

function inBrackets(
  text: string,
  brackets: OutlineNode,
  path: readonly OutlineNode[],
  offset: number,
): Caret | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  if (/(?:^|\s)#[^"']*$/.test(line)) return undefined;
  const base = { path, style: 'flow', lead: [offset, offset], column: -1, misplaced: false } as const;
  if (brackets.style === 'flow-list') {
    const token = elementAround(text, brackets.value, offset);
    const item = newNode('item', '', [token[0], token[0]], -1);
    return {
      ...base,
      kind: 'value',
      path: [...path, item],
      token,
      quote: quoteAt(text, token),
      needsBlank: false,
    };
  }
  const current = brackets.children.findLast(({ key }) => key[0] <= offset);
  const within =
    current !== undefined && !text.slice(Math.min(current.end, offset), offset).includes(',')
      ? current
      : undefined;
  const taken = new Set(brackets.children.flatMap((child) => (child === within ? [] : [child.name])));
  if (within === undefined)
    return { ...base, kind: 'key', token: wordAround(text, offset), taken, hasColon: false };
  if (offset <= within.key[1]) return { ...base, kind: 'key', token: within.key, taken, hasColon: true };
  const inside = [...path, within];
  const value = valueToken(within, offset);
  return (
    value && {
      ...base,
      kind: 'value',
      path: inside,
      token: value,
      quote: quoteAt(text, value),
      needsBlank: text[offset - 1] === ':' && value[0] === value[1],
    }
  );
}

/** The value of an entry when the offset is in it or where it would be. */
function valueToken(node: OutlineNode, offset: number): Span | undefined {
  const [start, end] = node.value;
  if (start >= end) return [offset, offset];
  return start <= offset && offset <= end ? node.value : undefined;
}

const quoteAt = (text: string, [start, end]: Span): ValueCaret['quote'] => {
  const first = text[start];
  return start < end && (first === '"' || first === "'") ? first : undefined;
};

/** The word in brackets around the offset. */
function wordAround(text: string, offset: number): Span {
  let start = offset;
  while (start > 0 && !/[\s{}[\],]/.test(text[start - 1] ?? ' ')) start--;
  let end = offset;
  while (end < text.length && /[\w.-]/.test(text[end] ?? '')) end++;
  return [start, end];
}

/** The element of a list in brackets around the offset, without blanks around it. */
function elementAround(text: string, [open, close]: Span, offset: number): Span {
  let start = open + 1;
  let quote: string | undefined;
  for (let at = start; at < offset; at++) {
    const character = text[at] ?? '';
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === ',' || character === ']' || character === '}') start = at + 1;
    else if ((character === '"' || character === "'") && text.slice(start, at).trim() === '')
      quote = character;
  }
  while (start < offset && /\s/.test(text[start] ?? '')) start++;
  let end = offset;
  const limit = Math.min(lineEndAt(text, offset), Math.max(close, offset));
  while (end < limit && (quote === undefined ? !'],}'.includes(text[end] ?? '') : text[end] !== quote)) end++;
  if (quote !== undefined && text[end] === quote && end < limit) end++;
  while (end > offset && isBlank(text[end - 1])) end--;
  return [start, end];
}

/** The line around the offset. */
interface Line {
  readonly start: number;
  readonly end: number;
  /** Where its content begins, dashes left out. */
  readonly content: number;
  readonly dashes: boolean;
}

function lineAround(text: string, offset: number): Line {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const start = lineStart === 0 && text.startsWith('\ufeff') ? 1 : lineStart;
  const end = Math.max(lineEndAt(text, start), offset);
  let content = skipBlanks(text, start, end);
  let dashes = false;
  while (text[content] === '-' && (content + 1 >= end || isBlank(text[content + 1]))) {
    dashes = true;
    content = skipBlanks(text, content + 1, end);
  }
  return { start, end, content, dashes };
}

function inLines(text: string, root: OutlineNode, offset: number): Caret | undefined {
  // the whole file is in brackets, and the caret is not
  if (root.style !== 'none') return undefined;
  const line = lineAround(text, offset);
  const before = nodesBefore(root, line.start);
  const last = before.at(-1);
  if (last !== undefined && goesOnWithText(text, last, line, offset)) return undefined;
  if (/(?:^|\s)#/.test(text.slice(line.start, offset).replace(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const blank = line.content >= line.end;
  if (offset < line.content && !blank) return undefined;
  if (blank && line.dashes && offset <= text.lastIndexOf('-', line.end)) return undefined;
  const found = keyAt(text, line.content, line.end);
  const here = nodesBefore(root, line.end + 1).filter(({ key }) => key[0] >= line.start);
  if (found !== undefined && offset > found.key[1]) {
    if (offset <= found.colon) return undefined;
    const node = here.find(({ key }) => key[0] === found.key[0]);
    return node && valueInLine(text, root, node, offset);
  }
  const item = here.findLast(({ kind }) => kind === 'item');
  if (line.dashes && item !== undefined && found === undefined) {
    const token: Span = blank ? [offset, offset] : [line.content, plainEnd(text, line.content, line.end)];
    if (offset > token[1]) return undefined;
    const path = pathTo(root, item);
    const column = (blank ? offset : line.content) - line.start;
    return {
      kind: 'value',
      path,
      token,
      style: 'block',
      quote: quoteAt(text, token),
      needsBlank: false,
      column,
    };
  }
  return keyInLine(text, root, { line, before, offset, found, item });
}

/** The innermost nodes that begin before `offset`, outermost first, as the lines before it leave them open. */
function nodesBefore(root: OutlineNode, offset: number): readonly OutlineNode[] {
  const path: OutlineNode[] = [];
  for (let node: OutlineNode | undefined = root; node !== undefined;) {
    node = lastBefore(node.children, offset);
    if (node !== undefined) path.push(node);
  }
  return path;
}

/** Halving, since a file can have many thousand parameters. */
function lastBefore(children: readonly OutlineNode[], offset: number): OutlineNode | undefined {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((children[middle]?.key[0] ?? Infinity) < offset) low = middle + 1;
    else high = middle;
  }
  return children[low - 1];
}

/** Whether the line belongs to a text over several lines. */
function goesOnWithText(text: string, node: OutlineNode, line: Line, offset: number): boolean {
  if (node.style === 'quoted') return node.value[0] < offset && offset < node.value[1];
  // further lines of it come after this one
  if ((node.style === 'lines' || node.style === 'plain') && node.children.length === 0 && node.end > line.end)
    return true;
  if (node.style !== 'lines') return false;
  const content = skipBlanks(text, line.start, line.end);
  return (content < line.end ? content : offset) - line.start > node.column;
}

/** From the outermost node to this one. */
function pathTo(root: OutlineNode, target: OutlineNode): readonly OutlineNode[] {
  return nodesBefore(root, target.key[0] + 1).slice(0, depthOf(root, target));
}

function depthOf(root: OutlineNode, target: OutlineNode): number {
  return nodesBefore(root, target.key[0] + 1).indexOf(target) + 1;
}

function valueInLine(text: string, root: OutlineNode, node: OutlineNode, offset: number): Caret | undefined {
  if (node.style === 'lines' || node.style === 'alias') return undefined;
  const token = valueToken(node, offset);
  if (token === undefined) return undefined;
  return {
    kind: 'value',
    path: pathTo(root, node),
    token,
    style: 'block',
    quote: quoteAt(text, token),
    needsBlank: text[offset - 1] === ':',
    column: node.column,
  };
}

interface KeyLine {
  readonly line: Line;
  readonly before: readonly OutlineNode[];
  readonly offset: number;
  readonly found: ReturnType<typeof keyAt>;
  /** The item whose dash stands on this line. */
  readonly item: OutlineNode | undefined;
}

function keyInLine(
  text: string,
  root: OutlineNode,
  { line, before, offset, found, item }: KeyLine,
): KeyCaret | undefined {
  const blank = line.content >= line.end;
  const start = blank ? offset : line.content;
  const token: Span = found?.key ?? [start, blank ? line.end : plainEnd(text, start, line.end)];
  if (offset > token[1]) return undefined;
  const written = start - line.start;
  const least = blank ? columnBelow(before, line) : 0;
  const path = item === undefined ? openAt(before, Math.max(written, least)) : pathTo(root, item);
  const parent = path.at(-1) ?? root;
  const beside = parent.children.filter(({ key }) => key[0] < line.start || key[0] > line.end);
  const fitting = beside.find(({ column }) => column >= 0)?.column;
  const column = item !== undefined ? written : (fitting ?? (parent === root ? 0 : parent.column + 2));
  const taken = new Set(
    parent.children.flatMap((child) => (child.key[0] === found?.key[0] ? [] : [child.name])),
  );
  return {
    kind: 'key',
    path,
    token,
    style: 'block',
    taken,
    hasColon: found !== undefined,
    lead: [line.start, start],
    column,
    misplaced: written !== column,
  };
}

/**
 * On a blank line amid what is below a key, a new key further left would tear that apart: it belongs to the
 * same map as the next line, wherever the caret is.
 */
function columnBelow(before: readonly OutlineNode[], line: Line): number {
  for (const parent of [...before].reverse()) {
    const next = parent.children.find(({ key }) => key[0] > line.end);
    if (next !== undefined && parent.style === 'none' && next.column >= 0)
      return next.kind === 'item' ? parent.column + 1 : next.column;
  }
  return 0;
}

/** The nodes that a line in this column can belong to: those further left that have no value of their own. */
function openAt(before: readonly OutlineNode[], column: number): readonly OutlineNode[] {
  const open = before.filter((node) => node.column >= 0 && node.column < column);
  let depth = open.length;
  while (depth > 0 && open[depth - 1]?.style !== 'none') depth--;
  return open.slice(0, depth);
}
