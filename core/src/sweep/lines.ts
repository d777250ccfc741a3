import type { Position, Range } from '../text.ts';

/** Offsets of a text as lines and UTF-16 characters, and back. The line table is made on first use. */
export class Lines {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offsets beyond the text are taken as its end. */
  position(offset: number): Position {
    const starts = this.#table();
    let inside = Math.max(0, Math.min(offset, this.#text.length));
    // between the two characters of a line break there is no place
    if (this.#text[inside] === '\n' && this.#text[inside - 1] === '\r') inside--;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= inside) low = middle;
      else high = middle;
    }
    return { line: low, character: inside - (starts[low] ?? 0) };
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  /** A character beyond its line's end is taken as that end. */
  offset(position: Position): number {
    const start = this.#table()[position.line];
    if (start === undefined) return position.line < 0 ? 0 : this.#text.length;
    return Math.min(start + Math.max(0, position.character), this.lineEnd(start));
  }

  /** Where the line that holds `offset` begins. */
  lineStart(offset: number): number {
    return this.#table()[this.position(offset).line] ?? 0;
  }

  /** Where the line that holds `offset` ends, before its line break. */
  lineEnd(offset: number): number {
    let end = offset;
    while (end < this.#text.length && this.#text[end] !== '\n' && this.#text[end] !== '\r') end++;
    return end;
  }

  #table(): readonly number[] {
    if (this.#starts) return this.#starts;
    const starts = [0];
    const text = this.#text;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
    }
    return (this.#starts = starts);
  }
}
