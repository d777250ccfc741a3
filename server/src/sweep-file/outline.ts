/**
 * The outline of a sweep file by its indentation and brackets alone. It reads any text, the one that is
 * just being typed and no YAML yet included, in one pass and without a parser: what stands around the caret
 * is what counts. Where a bracket or quote isn't closed, the next line that is not further indented ends it.
 */
import type { Span } from '#core/sweep/problem-list.ts';
import { FlowReader } from './outline-flow.ts';
import {
  closingQuote,
  isBlank,
  keyAt,
  lineEndAt,
  newNode,
  plainEnd,
  skipBlanks,
  type OutlineNode,
} from './outline-nodes.ts';

/** The whole text as a node that holds its top level. */
export function outlineOf(text: string): OutlineNode {
  return new OutlineReader(text).read();
}

class OutlineReader {
  readonly #text: string;
  readonly #root = newNode('item', '', [0, 0], -1);
  /** Nodes in lines that the next line may go on with, outermost first. */
  readonly #open: OutlineNode[] = [this.#root];

  constructor(text: string) {
    this.#text = text;
  }

  read(): OutlineNode {
    const text = this.#text;
    const first = text.startsWith('\ufeff') ? 1 : 0;
    for (let start = first; start < text.length;) start = this.#readLine(start);
    this.#root.end = text.length;
    return this.#root;
  }

  /** Reads the line at `start`, and those that its brackets, quotes or text go on to; where the next one begins. */
  #readLine(start: number): number {
    const text = this.#text;
    const lineEnd = lineEndAt(this.#text, start);
    const content = skipBlanks(text, start, lineEnd);
    if (content >= lineEnd || text[content] === '#') return this.#nextLine(lineEnd);
    const column = content - start;
    const last = this.#open.at(-1);
    if (last?.style === 'lines' && column > last.column) {
      this.#extend(lineEnd);
      return this.#nextLine(lineEnd);
    }
    if (column === 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(start, start + 4)))
      return this.#nextLine(lineEnd);
    this.#closeTo(column, this.#isDash(content, lineEnd));
    return this.#nextLine(this.#readContent(start, content, lineEnd));
  }

  /** Dashes, a key, a value: whatever a line holds. Where the last line of it ends. */
  #readContent(start: number, content: number, lineEnd: number): number {
    const text = this.#text;
    let at = content;
    let dashed: OutlineNode | undefined;
    while (this.#isDash(at, lineEnd)) {
      dashed = this.#add('item', '', [at, at + 1], at - start);
      at = skipBlanks(text, at + 1, lineEnd);
      dashed.value = [at, at];
    }
    const found = keyAt(text, at, lineEnd);
    let end = lineEnd;
    if (found !== undefined) {
      const node = this.#add('entry', found.name, found.key, at - start);
      end = this.#readValue(node, skipBlanks(text, found.colon + 1, lineEnd), lineEnd);
    } else if (dashed !== undefined) end = this.#readValue(dashed, at, lineEnd);
    // the whole file in brackets
    else if (text[at] === '{' && this.#root.style === 'none' && this.#root.children.length === 0)
      end = this.#readValue(this.#root, at, lineEnd);
    this.#extend(end);
    return end;
  }

  #readValue(node: OutlineNode, start: number, lineEnd: number): number {
    const text = this.#text;
    let at = start;
    // anchors and tags come before the value
    while (at < lineEnd && (text[at] === '&' || text[at] === '!')) {
      while (at < lineEnd && !isBlank(text[at])) at++;
      at = skipBlanks(text, at, lineEnd);
    }
    const end = plainEnd(text, at, lineEnd);
    node.value = [at, end];
    if (end <= at) return lineEnd;
    switch (text[at]) {
      case '{':
      case '[':
        return new FlowReader(text, node.column, node).read(at);
      case '"':
      case "'":
        return this.#readQuoted(node, at, lineEnd);
      case '|':
      case '>':
        node.style = 'lines';
        break;
      case '*':
        node.style = 'alias';
        break;
      default:
        node.style = 'plain';
        node.word = text.slice(at, end);
    }
    return lineEnd;
  }

  #readQuoted(node: OutlineNode, at: number, lineEnd: number): number {
    node.style = 'quoted';
    for (let end = lineEnd; ;) {
      const close = closingQuote(this.#text, at, end);
      if (close !== undefined) {
        node.value = [at, close + 1];
        node.word = this.#text.slice(at + 1, close);
        return lineEndAt(this.#text, close);
      }
      const next = this.#nextLine(end);
      if (next >= this.#text.length || !this.#goesOn(next, node.column)) break;
      end = lineEndAt(this.#text, next);
    }
    node.closed = false;
    node.value = [at, lineEnd];
    return lineEnd;
  }

  /** Whether the line is blank, or indented further than the column. */
  #goesOn(lineStart: number, column: number): boolean {
    const end = lineEndAt(this.#text, lineStart);
    const content = skipBlanks(this.#text, lineStart, end);
    return content >= end || content - lineStart > column;
  }

  #add(kind: OutlineNode['kind'], name: string, key: Span, column: number): OutlineNode {
    const node = newNode(kind, name, key, column);
    (this.#open.at(-1) ?? this.#root).children.push(node);
    this.#open.push(node);
    return node;
  }

  /** Ends the nodes that a line at this column is not a part of. A dash may stand right under its key. */
  #closeTo(column: number, dash: boolean): void {
    for (let last = this.#open.at(-1); last !== undefined && last !== this.#root; last = this.#open.at(-1)) {
      if (last.column < column || (dash && last.kind === 'entry' && last.column === column)) return;
      this.#open.pop();
    }
  }

  #extend(end: number): void {
    for (const node of this.#open) node.end = Math.max(node.end, end);
  }

  #isDash(at: number, lineEnd: number): boolean {
    return this.#text[at] === '-' && (at + 1 >= lineEnd || isBlank(this.#text[at + 1]));
  }

  #nextLine(lineEnd: number): number {
    const text = this.#text;
    return lineEnd + (text[lineEnd] === '\r' && text[lineEnd + 1] === '\n' ? 2 : 1);
  }
}
