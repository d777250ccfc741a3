/**
 * Values as Hydra prints them into a job's list of overrides: numbers as Python's `str()` gives them,
 * special characters of a text behind a backslash, quoted strings in their quotes, no blanks.
 * Printed text reads back as the same value; review.ts finds the texts for which it doesn't.
 */
import { Float } from '../value.ts';
import { pythonRepr } from '../python-text.ts';
import type { Element, Quote } from './values.ts';

/** The element as one value of an override, what stands after the `=`. */
export function printElement(element: Element): string {
  switch (element.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return element.value ? 'True' : 'False';
    case 'int':
    case 'float':
      return pythonNumber(element);
    case 'text':
      return escapeText(element.text);
    case 'quoted':
      return quoteText(element.text, element.quote);
    case 'list':
      return `[${element.items.map(printElement).join()}]`;
    case 'extension':
      return `extend_list(${element.items.map(printElement).join()})`;
    case 'dict':
      return `{${element.entries.map((entry) => entry.map(printElement).join(':')).join()}}`;
  }
}

/** The number as Python's `str()` gives it: `1000`, `1e-07`, `2.0`, `inf`. */
export function pythonNumber(number: Element & { readonly kind: 'int' | 'float' }): string {
  return number.kind === 'int' ? String(number.value) : pythonRepr(new Float(number.value));
}

/** The text without quotes: a backslash before each of `\ ( ) [ ] { } : = ,`, blank and tab. */
export function escapeText(content: string): string {
  return content.replace(/[\\()[\]{}:=, \t]/g, '\\$&');
}

/**
 * The text in quotes. Only the quote itself and backslashes directly before one, the closing one
 * included, are escaped: a backslash anywhere else stands for itself.
 */
export function quoteText(content: string, quote: Quote): string {
  const escaped = content.replace(
    quote === "'" ? /(?<!\\)(\\*)('|$)/g : /(?<!\\)(\\*)("|$)/g,
    (_, slashes: string, end: string) => slashes + slashes + (end === '' ? '' : `\\${end}`),
  );
  return quote + escaped + quote;
}
