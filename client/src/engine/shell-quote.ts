/** The word can't be written into a shell script so that it comes out the same. */
export class ShellQuoteError extends Error {
  readonly word: string;
  constructor(word: string, why: string) {
    super(`${JSON.stringify(word.slice(0, 60))} can't be passed to a program: ${why}.`);
    this.name = 'ShellQuoteError';
    this.word = word;
  }
}

/** Characters no POSIX shell does anything with; `=` only after a leading `-`, else it might be an assignment. */
const PLAIN = /^(?:-[\w@%+:,./=-]*|[\w@%+:,./-]+)$/;
/** POSIX XCU 2.4 "Reserved Words", and bash's. */
const RESERVED =
  /^(?:case|coproc|do|done|elif|else|esac|fi|for|function|if|in|select|then|time|until|while)$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * One word as a POSIX shell reads it back unchanged, wherever a word may stand. Plain words stay
 * bare, so that scripts are pleasant to read; anything else goes between single quotes, where a shell
 * interprets nothing (POSIX XCU 2.2.2), with `'\''` for a quote.
 * @throws ShellQuoteError for a NUL character (no argument can hold one) and for half a surrogate pair.
 */
export function shellQuote(word: string): string {
  if (PLAIN.test(word) && !RESERVED.test(word)) return word;
  if (word.includes('\0')) throw new ShellQuoteError(word, 'it contains a NUL character');
  if (LONE_SURROGATE.test(word)) {
    throw new ShellQuoteError(word, 'it contains half of a surrogate pair, which has no UTF-8 form');
  }
  return `'${word.replaceAll("'", "'\\''")}'`;
}
