/** Lists of `name=value` and the like, with the place of every piece. */

/** A piece of a list; offsets count in the list's text. */
export interface Piece {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const opening: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Splits at a separator outside of quotes and brackets. Never empty. */
export function pieces(text: string, separator: string): readonly Piece[] {
  const found: Piece[] = [];
  const closers: string[] = [];
  let quote: string | undefined;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char in opening) closers.push(opening[char] ?? '');
    else if (char === closers.at(-1)) closers.pop();
    else if (char === separator && closers.length === 0) {
      found.push({ text: text.slice(from, at), from, to: at });
      from = at + 1;
    }
  }
  found.push({ text: text.slice(from), from, to: text.length });
  return found;
}

export interface Assignment {
  readonly name: string;
  /** Offsets of the name. */
  readonly at: readonly [from: number, to: number];
  /** undefined without `=`. */
  readonly value: Piece | undefined;
}

/** The `name=value` of a list, blanks around them left out. */
export function assignments(text: string, separator = ','): readonly Assignment[] {
  return pieces(text, separator).map(({ text: piece, from }) => {
    const equals = piece.indexOf('=');
    const raw = equals < 0 ? piece : piece.slice(0, equals);
    const name = raw.trim();
    const start = from + (raw.length - raw.trimStart().length);
    const value =
      equals < 0
        ? undefined
        : { text: piece.slice(equals + 1), from: from + equals + 1, to: from + piece.length };
    return { name, at: [start, start + name.length], value };
  });
}
