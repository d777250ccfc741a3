/** What an outline is made of, and how far a piece of YAML on one line goes. */
import type { Span } from '#core/sweep/problem-list.ts';

/** How a value is written, as far as it stands on the line of its key or dash. */
export type ValueStyle = 'none' | 'plain' | 'quoted' | 'lines' | 'alias' | 'flow-map' | 'flow-list';

/** An entry of a map, or an item of a list. Items of lists in brackets only where they have brackets again. */
export interface OutlineNode {
  readonly kind: 'entry' | 'item';
  /** Empty for an item. */
  readonly name: string;
  /** The key as it stands in the text; the dash or bracket of an item. */
  readonly key: Span;
  /** In which column the key or dash stands; -1 inside of brackets. */
  readonly column: number;
  style: ValueStyle;
  /** What is written after the colon or dash: a text, from bracket to bracket; empty where nothing is. */
  value: Span;
  /** The text of a value that is a plain or quoted text on one line. */
  word: string | undefined;
  /** Whether brackets or quotes are closed. */
  closed: boolean;
  /** Where the node's last line with content ends, what is below included. */
  end: number;
  readonly children: OutlineNode[];
}

/** `key:` at the start of `text` from `start`: where the key ends and where the colon stands. */
export function keyAt(
  text: string,
  start: number,
  end: number,
): { readonly name: string; readonly key: Span; readonly colon: number } | undefined {
  const first = text[start];
  if (first === '"' || first === "'") {
    const close = closingQuote(text, start, end);
    if (close === undefined) return undefined;
    const colon = skipBlanks(text, close + 1, end);
    if (text[colon] !== ':') return undefined;
    return { name: text.slice(start + 1, close), key: [start, close + 1], colon };
  }
  if (first === undefined || '{}[]#,|>&*!%@`'.includes(first)) return undefined;
  const line = text.slice(start, end);
  for (let at = line.indexOf(':'); at >= 0; at = line.indexOf(':', at + 1)) {
    if (!(at + 1 >= line.length || isBlank(line[at + 1]))) continue;
    const name = line.slice(0, at).trimEnd();
    return /\s#/.test(name) ? undefined : { name, key: [start, start + name.length], colon: start + at };
  }
  return undefined;
}

export const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';
export const isBreak = (character: string | undefined): boolean => character === '\n' || character === '\r';

export function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(text[at])) at++;
  return at;
}

/** Where the quote that opens at `open` is closed before `end`. */
export function closingQuote(text: string, open: number, end: number): number | undefined {
  const quote = text[open];
  for (let at = open + 1; at < end; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at;
    }
  }
  return undefined;
}

/** Where the content of a line ends that begins a value at `start`: before a comment and blanks. */
export function plainEnd(text: string, start: number, lineEnd: number): number {
  const line = text.slice(start, lineEnd);
  const comment = line.includes('#') ? line.search(/(?:^|\s)#/) : -1;
  return start + (comment < 0 ? line : line.slice(0, comment)).trimEnd().length;
}

/** Where the line that goes on at `start` ends, before its line break. */
export function lineEndAt(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  if (end < 0) return text.length;
  return end > start && text[end - 1] === '\r' ? end - 1 : end;
}

export const newNode = (kind: OutlineNode['kind'], name: string, key: Span, column: number): OutlineNode => ({
  kind,
  name,
  key,
  column,
  style: 'none',
  value: [key[1], key[1]],
  word: undefined,
  closed: true,
  end: key[1],
  children: [],
});
