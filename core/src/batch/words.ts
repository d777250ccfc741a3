/** The words of a directive, with quotes taken off, and where each stands. */
import type { Span } from './script.ts';

export interface Word {
  /** Without quotes and backslashes. */
  readonly text: string;
  /** With them. */
  readonly span: Span;
  /** Whether a quote or backslash stands in it, so that its characters don't stand where they seem to. */
  readonly quoted: boolean;
}

export interface Words {
  readonly words: readonly Word[];
  /** The quote that is opened and never closed. */
  readonly unclosed: Span | undefined;
  /** Where a comment begins, `#` included. */
  readonly comment: Span | undefined;
}

/** Where a `#` begins a comment. */
export type CommentRule = 'anywhere' | 'word-start';

/**
 * Splits as a shell does: blanks part words, `'..'` and `"..."` keep them together, a backslash keeps the
 * next character.
 */
export function splitWords(text: string, [from, to]: Span, comments: CommentRule): Words {
  const words: Word[] = [];
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9) {
      at++;
      continue;
    }
    if (code === 35) return { words, unclosed: undefined, comment: [at, to] };
    const start = at;
    let value = '';
    let plain = start;
    let quoted = false;
    while (at < to) {
      const plainEnd = afterPlain(text, at, to);
      if (plainEnd > at) {
        at = plainEnd;
        continue;
      }
      const char = text[at] ?? '';
      if (char === ' ' || char === '\t') break;
      if (char === '#' && comments === 'anywhere') break;
      if (char === '\\' && at + 1 < to) {
        value += text.slice(plain, at) + (text[at + 1] ?? '');
        at += 2;
        plain = at;
        quoted = true;
        continue;
      }
      if (char === "'" || char === '"') {
        const close = closing(text, at, to, char);
        if (close < 0) {
          words.push({
            text: value + text.slice(plain, at) + text.slice(at + 1, to),
            span: [start, to],
            quoted: true,
          });
          return { words, unclosed: [at, to], comment: undefined };
        }
        const inside = text.slice(at + 1, close);
        value += text.slice(plain, at) + (char === '"' ? inside.replace(/\\(["\\$`])/g, '$1') : inside);
        at = close + 1;
        plain = at;
        quoted = true;
        continue;
      }
      at++;
    }
    words.push({ text: value + text.slice(plain, at), span: [start, at], quoted });
  }
  return { words, unclosed: undefined, comment: undefined };
}

/** Where the first character from `from` on stands that may mean something to a shell; most don't. */
function afterPlain(text: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    // tab, blank, ", #, ', backslash
    if (code === 9 || code === 32 || code === 34 || code === 35 || code === 39 || code === 92) break;
    at++;
  }
  return at;
}

function closing(text: string, open: number, to: number, quote: string): number {
  for (let at = open + 1; at < to; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}
