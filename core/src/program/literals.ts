/** Values that can be told without running anything: literals, and names that always stand for one. */
import { toFloat, type Value } from '../value.ts';
import type { PythonSource, Stretch } from './source.ts';
import { stringOf } from './strings.ts';

const words: Readonly<Record<string, null | boolean>> = { None: null, True: true, False: false };
/** Names that lead to names are followed this far; a name may lead to itself. */
const longestWay = 5;
const mutators: ReadonlySet<string> = new Set(
  'append extend insert remove pop clear update setdefault popitem add discard sort reverse'.split(' '),
);
/** Values inside values. */
const deepest = 50;

/** The value of an expression; undefined when only running it would tell. */
export function literalValue(source: PythonSource, stretch: Stretch, way = 0, depth = 0): Value | undefined {
  const [from, to] = stretch;
  const first = source.tokens[from];
  if (!first || from >= to || depth > deepest) return undefined;
  const inner = (piece: Stretch) => literalValue(source, piece, way, depth + 1);
  if (first.kind === 'string') return joinedStrings(source, stretch);
  if (source.is(from, '(') && source.partner(from) === to - 1 && !isTuple(source, from))
    return inner([from + 1, to - 1]);
  if (source.is(from, '(') || source.is(from, '['))
    return source.partner(from) === to - 1 ? listOf(source.pieces(from).map(inner)) : undefined;
  if (source.is(from, '{')) return source.partner(from) === to - 1 ? braced(source, from, inner) : undefined;
  if (source.is(from, '-') || source.is(from, '+')) {
    const value = source.tokens[from + 1]?.kind === 'number' ? inner([from + 1, to]) : undefined;
    if (value === undefined || source.is(from, '+')) return value;
    return typeof value === 'bigint' ? -value : negative(value);
  }
  if (to - from > 1) return undefined;
  if (first.kind === 'number') return numberValue(first.text);
  if (first.kind !== 'name') return undefined;
  if (Object.hasOwn(words, first.text)) return words[first.text];
  const meant = way < longestWay ? constant(source, first.text) : undefined;
  return meant && literalValue(source, meant, way + 1, depth);
}

/** The text of a string literal, or of several side by side. */
export function literalText(source: PythonSource, stretch: Stretch): string | undefined {
  const value = literalValue(source, stretch);
  return typeof value === 'string' ? value : undefined;
}

/** What a name stands for that is assigned once, at the top of the file, and never changed. */
export function constant(source: PythonSource, name: string): Stretch | undefined {
  const [at, ...more] = source
    .variables(name)
    .filter((index) => source.is(index + 1, '=') && isLineStart(source, index));
  if (at === undefined || more.length > 0) return undefined;
  const line = source.lines[source.lineOf(at)];
  if (!line || line.parent >= 0 || !source.isEnd(line.to)) return undefined;
  for (const index of source.variables(name)) {
    if (index !== at && mayChange(source, index)) return undefined;
  }
  return [at + 2, line.to];
}

function isLineStart(source: PythonSource, index: number): boolean {
  return source.lines[source.lineOf(index)]?.from === index;
}

/** Whether what happens to a name here may give it another value. */
function mayChange(source: PythonSource, index: number): boolean {
  const previous = source.tokens[index - 1]?.text ?? '';
  if (['for', 'import', 'as', 'global', 'nonlocal', 'del', 'def', 'class'].includes(previous)) return true;
  const next = source.tokens[index + 1]?.text ?? '';
  if (next === '=') return source.enclosing(index) < 0;
  if (next === '.') return mutators.has(source.nameAt(index + 2) ?? '');
  if (next === '[') return source.is(source.partner(index + 1) + 1, '=') || previous === 'del';
  return [':=', '+=', '-=', '*=', '|=', '&='].includes(next);
}

function isTuple(source: PythonSource, open: number): boolean {
  return open + 1 === source.partner(open) || source.find(',', open + 1, source.partner(open)) >= 0;
}

function joinedStrings(source: PythonSource, [from, to]: Stretch): string | undefined {
  let text = '';
  for (let at = from; at < to; at++) {
    const token = source.tokens[at];
    const part = token?.kind === 'string' ? stringOf(token.text) : undefined;
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

function listOf(values: readonly (Value | undefined)[]): readonly Value[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

function braced(
  source: PythonSource,
  open: number,
  inner: (piece: Stretch) => Value | undefined,
): Value | undefined {
  const pieces = source.pieces(open);
  // an empty pair is a dict, but as a list of choices it is the same
  if (!pieces.some(([from, to]) => source.find(':', from, to) >= 0 || source.is(from, '**')))
    return listOf(pieces.map(inner));
  const entries = dictEntries(source, open);
  if (!entries) return undefined;
  const values = entries.map(({ value }) => inner(value));
  if (values.includes(undefined)) return undefined;
  return Object.fromEntries(entries.map(({ name }, index) => [name, values[index] ?? null]));
}

export interface DictEntry {
  readonly name: string;
  /** Where the key stands. */
  readonly key: Stretch;
  readonly value: Stretch;
}

/** The entries of a dict `{…}` whose keys are all texts; undefined for another. */
export function dictEntries(source: PythonSource, open: number): readonly DictEntry[] | undefined {
  const entries: DictEntry[] = [];
  for (const [from, to] of source.pieces(open)) {
    const between = source.find(':', from, to);
    const name = between < 0 ? undefined : literalText(source, [from, between]);
    if (name === undefined) return undefined;
    entries.push({ name, key: [from, between], value: [between + 1, to] });
  }
  return entries;
}

/**
 * The entries of a dict, written as `{…}`, as `dict(…)`, or as a name that stands for one; undefined when
 * some of them can't be told.
 */
export function dictOf(source: PythonSource, stretch: Stretch, way = 0): readonly DictEntry[] | undefined {
  const [from, to] = stretch;
  if (source.is(from, '{') && source.partner(from) === to - 1) return dictEntries(source, from);
  if (source.is(from, 'dict') && source.is(from + 1, '(') && source.partner(from + 1) === to - 1) {
    const entries: DictEntry[] = [];
    for (const { name, value } of source.arguments(from + 1)) {
      if (name === undefined) return undefined;
      entries.push({ name, key: [value[0] - 2, value[0] - 1], value });
    }
    return entries;
  }
  const name = to - from === 1 ? source.nameAt(from) : undefined;
  const meant = name !== undefined && way < longestWay ? constant(source, name) : undefined;
  return meant && dictOf(source, meant, way + 1);
}

function negative(value: Value): Value | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? 0 - value : -value;
  const amount = value !== null && typeof value === 'object' && 'value' in value ? value.value : undefined;
  return typeof amount === 'number' ? toFloat(-amount) : undefined;
}

function numberValue(written: string): Value | undefined {
  const plain = written.replaceAll('_', '');
  if (/[jJ]$/.test(plain)) return undefined;
  if (/^0[xXbBoO]/.test(plain)) return small(BigInt(plain));
  if (/^\d+$/.test(plain)) return plain.length < 1000 ? small(BigInt(plain)) : undefined;
  return toFloat(Number(plain));
}

const small = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
