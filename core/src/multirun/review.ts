/**
 * Finds the values whose printed text a job would read as something else. Hydra prints a text without
 * quotes unless it was quoted outside of every function, so `str(1)` reaches the job as a number.
 */
import type { Calls } from './functions.ts';
import { parseValue } from './parser.ts';
import { printElement } from './print.ts';
import { Refusal } from './problems.ts';
import { elementKey, isSweep, type Element, type OverrideValue } from './values.ts';

export interface Finding {
  readonly outcome: 'changes-type' | 'unreadable';
  /** What the job would be given. */
  readonly printed: string;
}

/** The worst that can happen to one of the value's elements; undefined when all read back as they are. */
export function reviewValue(value: OverrideValue): Finding | undefined {
  if (alwaysSame.has(value.kind)) return undefined;
  let first: Finding | undefined;
  for (const element of elementsOf(value)) {
    const finding = reviewElement(element);
    if (finding?.outcome === 'unreadable') return finding;
    first ??= finding;
  }
  return first;
}

function elementsOf(value: OverrideValue): readonly Element[] {
  if (value.kind === 'choice') return value.items;
  return isSweep(value) ? [] : [value];
}

const alwaysSame: ReadonlySet<OverrideValue['kind']> = new Set(['null', 'bool', 'int', 'float', 'quoted']);
/** Texts that no rule of the grammar reads in another way; a short cut. */
const plain = /^[A-Za-z_][A-Za-z0-9_]*$/;
const words = /^(?:true|false|null|inf|nan)$/i;

function reviewElement(element: Element): Finding | undefined {
  if (alwaysSame.has(element.kind)) return undefined;
  if (element.kind === 'text' && plain.test(element.text) && !words.test(element.text)) return undefined;
  const printed = printElement(element);
  try {
    const { value } = parseValue(printed, 0, rereading);
    if (!isSweep(value) && elementKey(value) === elementKey(element)) return undefined;
    return { outcome: 'changes-type', printed };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: 'unreadable', printed };
    throw error;
  }
}

/** Printed values hold no call but `extend_list`, whose deprecation was said when it was first read. */
const rereading: Calls = { seed: 0, nextStream: () => 0, warn: () => undefined };
