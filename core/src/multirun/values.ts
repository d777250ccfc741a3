/**
 * What an override can hold: elements, which one job gets as they are, and sweeps, which give one job
 * for each of their elements. The kinds are those of Hydra's override grammar (hydra.cc, "The extended
 * override syntax"), where a quoted string is another thing than the same text without quotes.
 */
import { toFloat, type Value } from '../value.ts';
import { printElement, pythonNumber } from './print.ts';
import type { NumberRange } from './range.ts';

export type Quote = "'" | '"';

export type Element =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'quoted'; readonly text: string; readonly quote: Quote }
  | { readonly kind: 'list'; readonly items: readonly Element[] }
  | { readonly kind: 'dict'; readonly entries: readonly DictEntry[] }
  /** What `extend_list(...)` adds to a list of the configuration. */
  | { readonly kind: 'extension'; readonly items: readonly Element[] };

export type DictEntry = readonly [key: Element, value: Element];

export interface ChoiceSweep {
  readonly kind: 'choice';
  readonly items: readonly Element[];
  /** Made of arguments or by commas, and so still allowed inside `choice()`. */
  readonly simple: boolean;
  /** Which sequence of random numbers puts the items in order; without it they stay as they are. */
  readonly shuffle?: number;
  readonly tags: readonly string[];
}

export interface RangeSweep {
  readonly kind: 'range';
  readonly range: NumberRange;
  readonly shuffle?: number;
  readonly tags: readonly string[];
}

/** The options of a configuration group that match a pattern. */
export interface GlobSweep {
  readonly kind: 'glob';
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export type Sweep = ChoiceSweep | RangeSweep | GlobSweep;
export type OverrideValue = Element | Sweep;

export function isSweep(value: OverrideValue): value is Sweep {
  return value.kind === 'choice' || value.kind === 'range' || value.kind === 'glob';
}

export const text = (content: string): Element => ({ kind: 'text', text: content });

/** The text of a string, quoted or not; undefined for everything else. */
export function textOf(value: OverrideValue): string | undefined {
  return value.kind === 'text' || value.kind === 'quoted' ? value.text : undefined;
}

/** What the value is called in a sentence. */
export const nouns: Readonly<Record<OverrideValue['kind'], string>> = {
  null: 'null',
  bool: 'a truth value',
  int: 'an integer',
  float: 'a float',
  text: 'a text',
  quoted: 'a text',
  list: 'a list',
  dict: 'a dictionary',
  extension: 'extend_list()',
  choice: 'a choice',
  range: 'a range',
  glob: 'glob()',
};

/** A text that is the same for two elements exactly when they have the same kinds and values. */
export function elementKey(element: Element): string {
  switch (element.kind) {
    case 'list':
    case 'extension':
      return `${element.kind}[${element.items.map(elementKey).join()}]`;
    case 'dict':
      return `{${element.entries.map((entry) => entry.map(elementKey).join(':')).join()}}`;
    default:
      return `${element.kind} ${printElement(element)}`;
  }
}

/** The entries as a Python dict keeps them: of equal keys the first place and the last value. `1`, `1.0` and `True` are equal. */
export function dictOf(entries: readonly DictEntry[]): Element {
  const kept = new Map<string, DictEntry>();
  for (const [key, value] of entries) {
    const same = dictKey(key);
    kept.set(same, [kept.get(same)?.[0] ?? key, value]);
  }
  return { kind: 'dict', entries: [...kept.values()] };
}

function dictKey(key: Element): string {
  if (key.kind === 'bool') return `number ${key.value ? 1 : 0}`;
  if (key.kind === 'int') return `number ${key.value}`;
  if (key.kind === 'float') {
    return `number ${Number.isInteger(key.value) ? BigInt(key.value) : key.value}`;
  }
  return elementKey(key);
}

/** The element as a value of a sweep's parameter: quotes gone, the keys of dictionaries as JSON writes them. */
export function toValue(element: Element): Value {
  switch (element.kind) {
    case 'null':
      return null;
    case 'bool':
      return element.value;
    case 'int':
      return Number.isSafeInteger(Number(element.value)) ? Number(element.value) : element.value;
    case 'float':
      return toFloat(element.value);
    case 'text':
    case 'quoted':
      return element.text;
    case 'list':
    case 'extension':
      return element.items.map(toValue);
    case 'dict':
      return Object.fromEntries(element.entries.map(([key, value]) => [keyText(key), toValue(value)]));
  }
}

/** A dictionary's key as Python's `json.dumps` writes it. */
function keyText(key: Element): string {
  switch (key.kind) {
    case 'text':
    case 'quoted':
      return key.text;
    case 'bool':
      return key.value ? 'true' : 'false';
    case 'float':
      return pythonNumber(key).replace('inf', 'Infinity').replace('nan', 'NaN');
    default:
      return printElement(key);
  }
}
