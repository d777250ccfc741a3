/** Values in brackets, for the outline: closed or not yet, on one line or many. */
import type { Span } from '#core/sweep/problem-list.ts';
import {
  closingQuote,
  isBlank,
  isBreak,
  lineEndAt,
  newNode,
  skipBlanks,
  type OutlineNode,
} from './outline-nodes.ts';

/** Reads one value in brackets, whatever is in it. */
export class FlowReader {
  readonly #text: string;
  readonly #column: number;
  readonly #open: OutlineNode[];

  constructor(text: string, column: number, owner: OutlineNode) {
    this.#text = text;
    this.#column = column;
    this.#open = [owner];
  }

  /** From the bracket at `start`; the end of the last line that was read. */
  read(start: number): number {
    const text = this.#text;
    /** The owner of brackets that were just closed or entered, as opposed to waiting for a value. */
    const brackets: OutlineNode[] = [];
    let at = start;
    let lastContent = start;
    while (at < text.length) {
      const character = text[at];
      const inside = brackets.at(-1);
      if (isBreak(character)) {
        const next = this.#beyondBlankLines(at);
        if (next === undefined) break;
        at = next;
        continue;
      }
      if (isBlank(character)) {
        at++;
        continue;
      }
      if (character === '#' && (isBlank(text[at - 1]) || isBreak(text[at - 1]))) {
        at = lineEndAt(this.#text, at);
        continue;
      }
      if (character === '{' || character === '[') {
        const waiting = this.#open.at(-1);
        const node =
          waiting !== undefined && waiting !== inside ? waiting : this.#push(inside, 'item', '', [at, at]);
        node.style = character === '{' ? 'flow-map' : 'flow-list';
        node.value = [at, at + 1];
        node.closed = false;
        brackets.push(node);
        at++;
      } else if (character === '}' || character === ']') {
        if (inside === undefined) break;
        this.#popTo(inside);
        this.#open.pop();
        brackets.pop();
        at++;
        inside.closed = true;
        inside.value = [inside.value[0], at];
        inside.end = at;
        if (brackets.length === 0) return lineEndAt(this.#text, at);
      } else if (character === ',') {
        if (inside !== undefined) this.#popTo(inside);
        at++;
      } else at = this.#readToken(at, inside);
      lastContent = at;
    }
    for (const node of brackets) {
      node.value = [node.value[0], lastContent];
      node.end = lastContent;
    }
    return lineEndAt(this.#text, lastContent);
  }

  /** A text: the key of an entry when a colon follows, else a value. Where it ends. */
  #readToken(start: number, inside: OutlineNode | undefined): number {
    const text = this.#text;
    const lineEnd = lineEndAt(this.#text, start);
    let end: number;
    let name: string;
    const quote = text[start];
    const quoted = quote === '"' || quote === "'";
    if (quoted) {
      const close = closingQuote(text, start, lineEnd);
      end = close === undefined ? lineEnd : close + 1;
      name = text.slice(start + 1, close ?? lineEnd);
    } else {
      end = start + 1;
      while (end < lineEnd && !'{}[],'.includes(text[end] ?? '')) {
        if (text[end] === ':' && this.#endsKey(end + 1, lineEnd)) break;
        if (text[end] === '#' && isBlank(text[end - 1])) break;
        end++;
      }
      while (end > start + 1 && isBlank(text[end - 1])) end--;
      name = text.slice(start, end);
    }
    const colon = skipBlanks(text, end, lineEnd);
    const isKey =
      inside?.style === 'flow-map' &&
      this.#open.at(-1) === inside &&
      text[colon] === ':' &&
      (quoted || this.#endsKey(colon + 1, lineEnd));
    if (isKey) {
      const node = this.#push(inside, 'entry', name, [start, end]);
      const value = skipBlanks(text, colon + 1, lineEnd);
      node.value = [value, value];
      node.end = colon + 1;
      return colon + 1;
    }
    const waiting = this.#open.at(-1);
    if (waiting !== undefined && waiting !== inside && waiting.style === 'none') {
      waiting.style = quoted ? 'quoted' : text[start] === '*' ? 'alias' : 'plain';
      waiting.value = [start, end];
      waiting.word = name;
      waiting.end = end;
    }
    return Math.max(end, start + 1);
  }

  #endsKey(after: number, lineEnd: number): boolean {
    return after >= lineEnd || isBlank(this.#text[after]) || '{}[],'.includes(this.#text[after] ?? '');
  }

  #push(inside: OutlineNode | undefined, kind: OutlineNode['kind'], name: string, key: Span): OutlineNode {
    const node = newNode(kind, name, key, -1);
    if (inside !== undefined) this.#popTo(inside);
    this.#open.at(-1)?.children.push(node);
    this.#open.push(node);
    return node;
  }

  /** Ends what is open inside of the node. */
  #popTo(node: OutlineNode): void {
    while (this.#open.length > 1 && this.#open.at(-1) !== node) this.#open.pop();
  }

  /** The first content after the line break, unless it is not indented far enough to belong to the brackets. */
  #beyondBlankLines(at: number): number | undefined {
    const text = this.#text;
    let start = at;
    let next = at;
    while (next < text.length && (isBreak(text[next]) || isBlank(text[next]))) {
      if (isBreak(text[next])) start = next + 1;
      next++;
    }
    if (next >= text.length) return undefined;
    const closes = text[next] === '}' || text[next] === ']';
    return next - start > this.#column || (closes && next - start === this.#column) ? next : undefined;
  }
}
