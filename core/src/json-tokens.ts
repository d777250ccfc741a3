/** Where the tokens of a JSON text end, found by character codes because every journal line passes here. */

const BACKSLASH = 0x5c;

/** The position of the quote that ends the string starting at `opening`; -1 when there is none. */
export function closingQuote(text: string, opening: number): number {
  let quote = text.indexOf('"', opening + 1);
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(position - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Whether a number can start with this UTF-16 unit: a digit or a minus. */
export function isNumberStart(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit === 0x2d;
}

/** The end of the run of characters that numbers are made of (well formed or not) which starts at `from`. */
export function numberEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isNumeric(text.charCodeAt(at))) at++;
  return at;
}

/** A digit, or one of `-`, `+`, `.`, `e`, `E`. */
function isNumeric(unit: number): boolean {
  return isNumberStart(unit) || unit === 0x2e || unit === 0x65 || unit === 0x2b || unit === 0x45;
}
