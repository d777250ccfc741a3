/**
 * The tokens of a script, read when they are asked for. Long scripts are mostly lines that nobody asks about: those
 * are stepped over without making anything of them.
 */
import type { Span } from '../script.ts';
import { Lexer, type Token } from './lexer.ts';

/** Where such words begin a command, it may go on beyond its line, or what comes next belongs to it. */
const reserved: ReadonlySet<string> = new Set(
  '! { } if then elif else fi while until for select do done case esac function'.split(' '),
);
const longestReserved = 8;

/** What may stand between two commands of an ordinary line: it goes on behind those of the second kind. */
const joints: Readonly<Record<string, 'end' | 'link'>> = {
  ';': 'end',
  '&': 'end',
  '|': 'link',
  '|&': 'link',
  '&&': 'link',
  '||': 'link',
};

export class TokenReader {
  /** Those read so far, without comments. */
  readonly tokens: Token[] = [];
  /** Where comments begin. */
  readonly comments: number[] = [];
  readonly #text: string;
  readonly #lexer: Lexer;
  /** Offsets of what lines are read for, in order. */
  readonly #wanted: readonly number[];
  #nextWanted = 0;
  #offset: number;

  constructor(text: string, from: number, wanted: readonly number[]) {
    this.#text = text;
    this.#lexer = new Lexer(text);
    this.#wanted = wanted;
    this.#offset = from;
  }

  get unclosed(): Span | undefined {
    return this.#lexer.unclosed;
  }

  /** The token with the number; undefined beyond the last one, and before the first. */
  at(index: number): Token | undefined {
    while (index >= this.tokens.length && this.#read());
    return this.tokens[index];
  }

  /**
   * Steps over the lines that come next, as long as they hold nothing that is wanted, every statement on them ends on
   * its line, and all tokens before number `from` have been read and no others. Only where a line begins that is
   * part of no statement.
   */
  skipOrdinaryLines(from: number): void {
    if (from !== this.tokens.length || this.#lexer.awaitsHereDocument) return;
    while (this.#offset < this.#text.length && this.#skipLine());
  }

  #read(): boolean {
    const lexer = this.#lexer;
    for (;;) {
      const start = lexer.next(this.#offset);
      if (start >= this.#text.length) return false;
      const end = lexer.read(start);
      this.#offset = end;
      const { kind } = lexer;
      if (kind === 'comment') this.comments.push(start);
      else {
        this.tokens.push({ kind, start, end });
        return true;
      }
    }
  }

  /** Whether the line is an ordinary one; then the next line comes next. */
  #skipLine(): boolean {
    const start = this.#offset;
    const wanted = this.#wantedFrom(start);
    const lexer = this.#lexer;
    const { length } = this.#text;
    let beginsCommand = true;
    let isLinked = false;
    let comment: number | undefined;
    let end = start;
    for (let at = lexer.next(start); ; at = lexer.next(end)) {
      if (at >= length) {
        end = length;
        break;
      }
      end = lexer.read(at);
      if (end > wanted) return this.#backOut();
      const { kind } = lexer;
      if (kind === 'newline') break;
      if (kind === 'comment') comment = at;
      else if (kind === 'operator') {
        const joint = joints[this.#text.slice(at, end)];
        // what is no mistake either
        if (joint === undefined || beginsCommand) return false;
        beginsCommand = true;
        isLinked = joint === 'link';
      } else {
        if (lexer.awaitsHereDocument) return this.#backOut();
        if (beginsCommand && this.#isReserved(at, end)) return false;
        beginsCommand = false;
        isLinked = false;
      }
    }
    if (isLinked) return false;
    if (comment !== undefined) this.comments.push(comment);
    this.#offset = end;
    return true;
  }

  /** The line is read again, token by token. */
  #backOut(): false {
    this.#lexer.forgetHereDocuments();
    return false;
  }

  #isReserved(start: number, end: number): boolean {
    return end - start <= longestReserved && reserved.has(this.#text.slice(start, end));
  }

  /** The offset of the first thing that is wanted from there on. */
  #wantedFrom(offset: number): number {
    while ((this.#wanted[this.#nextWanted] ?? Infinity) < offset) this.#nextWanted++;
    return this.#wanted[this.#nextWanted] ?? Infinity;
  }
}
