/** Texts made safe and short for a terminal: values come from files and may hold anything. */

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Control characters (C0, C1, line and paragraph separators, bidirectional overrides) become visible escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g,
    (character) => NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** At most `width` characters (code points); a longer text ends in `…`. */
export function shorten(text: string, width: number): string {
  // a code point is at most two units, so short texts need no splitting
  if (text.length <= width) return text;
  const characters = Array.from(text.slice(0, 2 * width + 2));
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Number of characters (code points) without ANSI styles. */
export function widthOf(text: string): number {
  return Array.from(text.replace(/\u001B\[[0-9;]*m/g, '')).length;
}
