/** The order of values as Python's `sorted` has it: numbers with numbers, texts with texts, lists with lists. */
import { Refusal, type Span } from './problems.ts';
import { nouns, textOf, type Element } from './values.ts';

/**
 * The elements in order; equal ones stay as they were.
 * @throws Refusal with this span when two of them have no order.
 */
export function sortedElements(
  elements: readonly Element[],
  direction: 'ascending' | 'descending',
  span: Span,
): readonly Element[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return elements.toSorted((a, b) => sign * compare(a, b, span));
}

function compare(a: Element, b: Element, span: Span): number {
  const [first, second] = [numberOf(a), numberOf(b)];
  if (first !== undefined && second !== undefined) return first < second ? -1 : first > second ? 1 : 0;
  const [left, right] = [textOf(a), textOf(b)];
  if (left !== undefined && right !== undefined) return compareTexts(left, right);
  if (a.kind === 'list' && b.kind === 'list') {
    for (const [index, item] of a.items.entries()) {
      const other = b.items[index];
      const order = other === undefined ? 1 : compare(item, other, span);
      if (order !== 0) return order;
    }
    return a.items.length - b.items.length;
  }
  const both = a.kind === b.kind ? 'Two of these values' : `${capital(nouns[a.kind])} and ${nouns[b.kind]}`;
  throw new Refusal('multirun-argument', `${both} have no order, so they cannot be sorted.`, span);
}

function numberOf(element: Element): number | bigint | undefined {
  if (element.kind === 'bool') return Number(element.value);
  return element.kind === 'int' || element.kind === 'float' ? element.value : undefined;
}

/** By code points, as Python does, where JavaScript compares UTF-16 units. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
