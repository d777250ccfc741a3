/** The nodes of a parsed file: their types, their places, their values. */
import { isScalar, Scalar, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { toFloat } from '../value.ts';
import type { Span } from './problem-list.ts';
import type { ScalarValue } from './scalar.ts';

export type MapNode = YAMLMap.Parsed;
export type ListNode = YAMLSeq.Parsed;
export type ScalarNode = Scalar.Parsed;
/** A node that is no alias. */
export type TreeNode = MapNode | ListNode | ScalarNode;

/** Where a node stands in the text, without trailing blanks and comments. */
export function spanOf(node: ParsedNode): Span {
  return [node.range[0], node.range[1]];
}

/** The first character of a node: enough to mark a large one. */
export function startOf(node: ParsedNode): Span {
  return [node.range[0], Math.min(node.range[0] + 1, node.range[1])];
}

/** A key as text: as it is written, whatever type it has. */
export function keyName(key: TreeNode): string {
  if (!isScalar(key)) return '';
  return typeof key.value === 'string' ? key.value : key.source;
}

const floatTag = 'tag:yaml.org,2002:float';

/** The scalar as a value that keeps ints and floats apart. */
export function scalarValue(node: ScalarNode): ScalarValue {
  const value: unknown = node.value;
  switch (typeof value) {
    case 'bigint':
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(value)
        : value;
    case 'number':
      return toFloat(value);
    case 'string':
      // `!!float 2`: the parser wants a point in it, other readers don't
      return node.tag === floatTag && /^[-+]?\d+$/.test(value) ? toFloat(Number(value)) : value;
    case 'boolean':
      return value;
    default:
      return null;
  }
}

/** A plain object, safe for a key named `__proto__`. */
export function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [name, value] of entries) {
    if (name === '__proto__')
      Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
    else result[name] = value;
  }
  return result;
}

/** A merge key: `<<` without quotes. */
export function isMergeKey(key: TreeNode): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** Where the value of a key would begin that has none. */
export function afterKey(key: TreeNode): Span {
  return [key.range[1], key.range[1]];
}

/** Whether a text has no content but comments. */
export function isEmptyScalar(node: ParsedNode, text: string): boolean {
  return isScalar(node) && node.value === null && text.slice(node.range[0], node.range[1]).trim() === '';
}

/** A null that nobody wrote. */
export function emptyScalar(at: Span): ScalarNode {
  const scalar = new Scalar(null);
  scalar.type = 'PLAIN';
  scalar.source = '';
  scalar.range = [at[0], at[1], at[1]];
  return scalar as ScalarNode;
}
