/** Values of another type, or of another word, than what is wanted: what they are in words, and what was meant. */
import { isMap, isScalar, isSeq } from 'yaml';
import { scalarValue, spanOf, type TreeNode } from './nodes.ts';
import { replacing, type ProblemList, type Span, type SpanFix } from './problem-list.ts';
import { listed, nearest } from './spelling.ts';
import { floatText, isPlainText, quoted } from './yaml-versions.ts';

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

/** The types of JSON Schema, with commas between them, in words. */
export function typeInWords(types: string): string {
  return listed(
    types.split(',').map((type) => typeNames[type] ?? type),
    'or',
  );
}

/** What a node is, in words. */
export function kindOf(node: TreeNode): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  const value = scalarValue(node);
  if (value === null) return 'nothing';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return String(value);
  return `the number ${node.source}`;
}

/** British spellings are understood, but not offered. */
export const isOffered = (word: string): boolean => !word.endsWith('imise');

/**
 * Reports a word that is none of the allowed ones. Returns the one that was meant, if any is near:
 * `inContext` can put a better one in its place.
 */
export function reportUnknownValue(
  problems: ProblemList,
  what: string,
  node: TreeNode,
  at: Span,
  known: readonly string[],
  inContext: (near: string) => string = (near) => near,
): string | undefined {
  const allowed = known.filter(isOffered);
  const word = isScalar(node) ? node.source : '';
  const nearWord = word === '' ? undefined : nearest(word, known)?.replace(/imise$/, 'imize');
  const near = nearWord === undefined ? undefined : inContext(nearWord);
  const found =
    isScalar(node) && word !== ''
      ? `Unknown ${what} '${word}'.`
      : `'${what}' takes one word, not ${kindOf(node)}.`;
  if (near === undefined) {
    problems.add('unknown-value', at, `${found} Allowed: ${listed(allowed, 'or')}.`);
    return undefined;
  }
  const fix = replacing(`Change to '${near}'`, spanOf(node), near);
  problems.add('unknown-value', at, `${found} Did you mean '${near}'?`, { fix });
  return near;
}

/** What a single word in the place of a map stands for. */
const mainKeys: Partial<Readonly<Record<string, string>>> = { metric: 'name', launch: 'queue' };

/**
 * Writes a single word of the wrong type as the type that is wanted; undefined where what is meant isn't certain.
 * @param name of the key whose value it is
 * @param text the whole file
 */
export function retyped(wanted: string, name: string, node: TreeNode, text: string): SpanFix | undefined {
  if (!isScalar(node) || node.range[0] === node.range[1]) return undefined;
  const value = scalarValue(node);
  const at = spanOf(node);
  if ((wanted === 'number' || wanted === 'integer') && typeof value === 'string') {
    const digits = value.trim().replaceAll('_', '');
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) return undefined;
    const number = Number(digits);
    if (wanted === 'integer' && !Number.isSafeInteger(number)) return undefined;
    const newText = /^[-+]?\d+$/.test(digits) || wanted === 'integer' ? String(number) : floatText(number);
    return replacing(`Write ${newText}`, at, newText);
  }
  if (wanted === 'boolean' && typeof value === 'string') {
    const truth = /^(?:(y|yes|on|true)|n|no|off|false)$/i.exec(value);
    return truth
      ? replacing(`Write ${String(truth[1] !== undefined)}`, at, String(truth[1] !== undefined))
      : undefined;
  }
  const main = Object.hasOwn(mainKeys, name) ? mainKeys[name] : undefined;
  if (wanted === 'object' && main !== undefined && node.type === 'PLAIN' && isPlainText(node.source)) {
    return replacing(`Write {${main}: ${node.source}}`, at, `{${main}: ${node.source}}`);
  }
  if (wanted === 'string' && value !== null) return replacing('Put it in quotes', at, quoted(node.source));
  if (
    wanted === 'array' &&
    name === 'values' &&
    node.type !== 'BLOCK_FOLDED' &&
    node.type !== 'BLOCK_LITERAL'
  ) {
    const source = text.slice(...at);
    const isOne = !/[,[\]{}\n]/.test(source);
    const areSeveral = /^[\w.+-]+(?: *, *[\w.+-]+)+$/.test(source);
    return !isOne && !areSeveral ? undefined : replacing('Make it a list', at, `[${source}]`);
  }
  return undefined;
}
