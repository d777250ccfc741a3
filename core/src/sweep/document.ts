import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  Scalar,
  type Alias,
  type ParsedNode,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Position, Range } from '../text.ts';
import { toFloat, type Value } from '../value.ts';
import { Lines } from './lines.ts';
import { ProblemList, type Span } from './problem-list.ts';
import type { ScalarValue } from './scalar.ts';
import { nearest } from './spelling.ts';
import { misreading } from './yaml-versions.ts';
import { describeYamlError } from './yaml-errors.ts';

export type MapNode = YAMLMap.Parsed;
export type ListNode = YAMLSeq.Parsed;
export type ScalarNode = Scalar.Parsed;
/** A node that is no alias. */
export type TreeNode = MapNode | ListNode | ScalarNode;

/** One `key: value` of a map; entries that come in by a merge key `<<` are `inherited`. */
export interface Entry {
  readonly name: string;
  readonly key: TreeNode;
  /** The value with aliases followed; undefined when its alias leads nowhere. */
  readonly value: TreeNode | undefined;
  /** Where the value stands in this map: the alias itself, if it is one. */
  readonly written: Span;
  readonly inherited: boolean;
}

/** One step on the way to a position: the entry of a map, or the item of a list. */
export type Step =
  | { readonly kind: 'entry'; readonly map: MapNode; readonly entry: Entry; readonly on: 'key' | 'value' }
  | { readonly kind: 'item'; readonly list: ListNode; readonly index: number; readonly node: TreeNode };

/** Deeper or larger than any file that a person or program writes on purpose. */
const deepest = 100;
const largest = 2_000_000;

/** Keys whose values are names or texts: there, `on` or `1e-5` is what was meant. */
const textKeys = new Set([
  'name',
  'description',
  'program',
  'project',
  'entity',
  'apiVersion',
  'kind',
  'command',
  'job',
  'image_uri',
]);

interface Extent {
  /** Levels below, 0 for a scalar. */
  readonly height: number;
  /** Nodes once every alias is written out. */
  readonly nodes: number;
}

/**
 * A sweep file as a tree: parsed once per text and shared by everything that reads it. Aliases are
 * followed once, while the tree is built, so that thousands of them cost no more than as many scalars.
 */
export class SweepDocument {
  readonly text: string;
  readonly lines: Lines;
  /** The top of the tree; undefined for a text without any content. */
  readonly root: TreeNode | undefined;
  /** Whether the text is broken YAML, so that what is missing may only be misplaced. */
  readonly broken: boolean;
  readonly #targets = new Map<Alias, TreeNode | undefined>();
  readonly #entries = new Map<MapNode, readonly Entry[]>();
  readonly #values = new Map<TreeNode, Value>();

  /** Parses `text`; what is wrong with it as YAML goes to `problems`. Never throws. */
  constructor(text: string, problems: ProblemList = new ProblemList(text)) {
    this.text = text;
    this.lines = new Lines(text);
    const parsed = parseDocument(text, {
      uniqueKeys: false,
      prettyErrors: false,
      intAsBigInt: true,
      logLevel: 'error',
    });
    this.broken = this.#reportSyntax([...parsed.errors, ...parsed.warnings], problems);
    const contents: ParsedNode | null = parsed.contents;
    if (contents && !isEmptyScalar(contents, text)) {
      new Survey(this.text, this.#targets, problems).walk(contents);
      this.root = this.resolve(contents);
    }
    if (this.root && isMap(this.root)) this.#reportBadMerges(problems);
  }

  /** The node itself, or what an alias stands for; undefined when that can't be said. */
  resolve(node: ParsedNode): TreeNode | undefined {
    return isAlias(node) ? this.#targets.get(node) : node;
  }

  /** The entries of a map in order, merged ones last; where a name comes twice, its first entry only. */
  entries(map: MapNode): readonly Entry[] {
    const known = this.#entries.get(map);
    if (known) return known;
    const own: Entry[] = [];
    const merged: MapNode[] = [];
    const seen = new Set<string>();
    for (const pair of map.items) {
      const key = this.resolve(pair.key);
      if (!key) continue;
      const name = keyName(key);
      if (isMergeKey(key)) {
        merged.push(...this.#mergeSources(pair.value));
        continue;
      }
      if (seen.has(name)) continue;
      seen.add(name);
      const written: Span = pair.value ? [pair.value.range[0], pair.value.range[1]] : afterKey(key);
      own.push({
        name,
        key,
        value: pair.value ? this.resolve(pair.value) : emptyScalar(written),
        written,
        inherited: false,
      });
    }
    for (const source of merged) {
      for (const entry of this.entries(source)) {
        if (seen.has(entry.name)) continue;
        seen.add(entry.name);
        own.push({ ...entry, inherited: true });
      }
    }
    this.#entries.set(map, own);
    return own;
  }

  /** The entry called `name`, if the map has one. */
  entry(map: MapNode, name: string): Entry | undefined {
    return this.entries(map).find((entry) => entry.name === name);
  }

  /** Follows names and indexes from the top; undefined where the way ends. */
  at(path: readonly (string | number)[]): TreeNode | undefined {
    let node = this.root;
    for (const step of path) {
      if (!node) return undefined;
      if (isMap(node)) node = this.entry(node, String(step))?.value;
      else if (isSeq(node) && typeof step === 'number') {
        const item = node.items[step];
        node = item && this.resolve(item);
      } else return undefined;
    }
    return node;
  }

  /** The steps from the top of the text to the key, value or item at `offset`, outermost first. */
  stepsTo(offset: number): readonly Step[] {
    const steps: Step[] = [];
    let node: TreeNode | undefined = this.root;
    while (node) {
      const step = isMap(node)
        ? this.#entryAt(node, offset)
        : isSeq(node)
          ? this.#itemAt(node, offset)
          : undefined;
      if (!step) return steps;
      steps.push(step);
      node = step.kind === 'item' ? step.node : step.on === 'value' ? step.entry.value : undefined;
      // the target of an alias stands elsewhere
      if (node && !(node.range[0] <= offset && offset <= node.range[2])) return steps;
    }
    return steps;
  }

  /** The node as a parameter value; shared parts are shared in the result too. */
  value(node: TreeNode): Value {
    if (isScalar(node)) return scalarValue(node);
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const value: Value = isMap(node)
      ? record(this.entries(node).map((entry) => [entry.name, entry.value ? this.value(entry.value) : null]))
      : this.items(node).map((item) => (item ? this.value(item) : null));
    this.#values.set(node, value);
    return value;
  }

  /** The items of a list with aliases followed. */
  items(list: ListNode): readonly (TreeNode | undefined)[] {
    return list.items.map((item) => this.resolve(item));
  }

  range(span: Span): Range {
    return this.lines.range(span[0], span[1]);
  }

  position(offset: number): Position {
    return this.lines.position(offset);
  }

  #entryAt(map: MapNode, offset: number): Step | undefined {
    const entries = this.entries(map);
    for (const entry of entries) {
      if (entry.inherited) continue;
      const [keyStart, keyEnd] = spanOf(entry.key);
      if (keyStart <= offset && offset <= keyEnd) return { kind: 'entry', map, entry, on: 'key' };
      if (entry.written[0] <= offset && offset <= entry.written[1])
        return { kind: 'entry', map, entry, on: 'value' };
    }
    return undefined;
  }

  #itemAt(list: ListNode, offset: number): Step | undefined {
    const index = list.items.findIndex((item) => item.range[0] <= offset && offset <= item.range[1]);
    const item = list.items[index];
    const node = item && this.resolve(item);
    return node && { kind: 'item', list, index, node };
  }

  #mergeSources(node: ParsedNode | null): readonly MapNode[] {
    const target = node && this.resolve(node);
    if (!target) return [];
    if (isMap(target)) return [target];
    return isSeq(target) ? this.items(target).filter((item) => isMap(item)) : [];
  }

  #reportSyntax(errors: readonly YAMLError[], problems: ProblemList): boolean {
    let broken = false;
    const lines = new Set<number>();
    for (const error of errors) {
      const { code, message, at } = describeYamlError(error, this.text);
      if (code !== 'yaml-tag' && code !== 'yaml-multiple-documents') broken = true;
      // one slip of the pen makes the parser stumble several times: its first report is the right one
      const line = this.lines.position(at[0]).line;
      if (lines.has(line)) continue;
      lines.add(line);
      problems.add(code, at, message);
    }
    return broken;
  }

  #reportBadMerges(problems: ProblemList): void {
    for (const [map] of this.#mapsWithMerges()) {
      for (const pair of map.items) {
        const key = this.resolve(pair.key);
        if (!key || !isMergeKey(key)) continue;
        const target = pair.value ? this.resolve(pair.value) : emptyScalar(afterKey(key));
        const fits =
          !target ||
          isMap(target) ||
          (isSeq(target) && this.items(target).every((item) => !item || isMap(item)));
        if (!fits) {
          const at = pair.value ? spanOf(pair.value) : spanOf(key);
          problems.add(
            'yaml-merge',
            at,
            'A merge key << takes a map, usually an alias of one, or a list of maps.',
          );
        }
      }
    }
  }

  *#mapsWithMerges(): Generator<[MapNode]> {
    if (!this.text.includes('<<')) return;
    const pending: ParsedNode[] = this.root ? [this.root] : [];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (isMap(node)) {
        yield [node];
        for (const pair of node.items) if (pair.value) pending.push(pair.value);
      } else if (isSeq(node)) pending.push(...node.items);
    }
  }
}

/** One walk over the text's nodes in order: follows aliases, finds equal keys and ambiguous scalars. */
class Survey {
  readonly #text: string;
  readonly #targets: Map<Alias, TreeNode | undefined>;
  readonly #problems: ProblemList;
  readonly #anchors = new Map<string, TreeNode>();
  readonly #extents = new Map<TreeNode, Extent>();
  /** Nodes that aliases have added so far. */
  #repeated = 0;

  constructor(text: string, targets: Map<Alias, TreeNode | undefined>, problems: ProblemList) {
    this.#text = text;
    this.#targets = targets;
    this.#problems = problems;
  }

  walk(root: ParsedNode): void {
    this.#visit(root, 0, false);
  }

  /** `open`: an anchored node is registered before its content, but has no extent until it is complete. */
  #visit(node: ParsedNode, depth: number, asText: boolean): Extent {
    if (isAlias(node)) return this.#follow(node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    let extent = scalarExtent;
    if (isScalar(node)) {
      if (!asText) this.#compareVersions(node);
    } else if (depth >= deepest) {
      this.#problems.add('yaml-too-large', startOf(node), `This is nested more than ${deepest} levels deep.`);
      (node as { items: unknown[] }).items = [];
    } else {
      extent = isMap(node) ? this.#visitMap(node, depth, asText) : this.#visitList(node, depth, asText);
    }
    if (node.anchor !== undefined) this.#extents.set(node, extent);
    return extent;
  }

  #visitMap(map: MapNode, depth: number, asText: boolean): Extent {
    let height = 0;
    let nodes = 1;
    const keys = map.items.length > 1 ? new Map<string, TreeNode>() : undefined;
    for (const pair of map.items) {
      const key = this.#visitKey(pair.key, depth);
      if (key && keys) this.#compareKeys(keys, key);
      if (!pair.value) continue;
      const text = asText || (depth === 0 && key !== undefined && textKeys.has(keyName(key)));
      const below = this.#visit(pair.value, depth + 1, text);
      height = Math.max(height, below.height + 1);
      nodes += below.nodes;
    }
    return { height, nodes };
  }

  #visitKey(node: ParsedNode, depth: number): TreeNode | undefined {
    this.#visit(node, depth + 1, true);
    const key = isAlias(node) ? this.#targets.get(node) : node;
    if (key && !isScalar(key)) {
      this.#problems.add('wrong-type', startOf(key), 'A key is a plain text, not a list or map.');
    }
    return key;
  }

  #compareKeys(keys: Map<string, TreeNode>, key: TreeNode): void {
    const name = keyName(key);
    const first = keys.get(name);
    if (!first) {
      keys.set(name, key);
      return;
    }
    if (isMergeKey(key)) return;
    this.#problems.add('duplicate-key', spanOf(key), `The key '${name}' is already used in this map.`, {
      related: [{ message: `'${name}' is first used here.`, at: spanOf(first) }],
    });
  }

  #visitList(list: ListNode, depth: number, asText: boolean): Extent {
    let height = 0;
    let nodes = 1;
    for (const item of list.items) {
      // a pair in brackets, [a: 1], is a map of its own to the parser
      const below = this.#visit(item, depth + 1, asText);
      if (below.height >= height) height = below.height + 1;
      nodes += below.nodes;
    }
    return { height, nodes };
  }

  #follow(alias: Alias.Parsed): Extent {
    const target = this.#anchors.get(alias.source);
    const extent = target && this.#extents.get(target);
    this.#targets.set(alias, undefined);
    if (!target) {
      const near = nearest(alias.source, [...this.#anchors.keys()]);
      this.#problems.add(
        'yaml-anchor',
        spanOf(alias),
        `No anchor '&${alias.source}' stands before this alias.${near === undefined ? '' : ` Did you mean '*${near}'?`}`,
        near === undefined
          ? {}
          : { fix: { title: `Change to '*${near}'`, edits: [{ at: spanOf(alias), newText: `*${near}` }] } },
      );
    } else if (!extent) {
      this.#problems.add(
        'yaml-anchor',
        spanOf(alias),
        `The alias '*${alias.source}' stands inside the value that it repeats.`,
      );
    } else if (extent.height > deepest || this.#repeated + extent.nodes > largest) {
      this.#problems.add(
        'yaml-too-large',
        spanOf(alias),
        `Written out, the aliases up to here are too large: more than ${largest} values or ${deepest} levels.`,
      );
    } else {
      this.#targets.set(alias, target);
      this.#repeated += extent.nodes;
      return extent;
    }
    return scalarExtent;
  }

  #compareVersions(node: ScalarNode): void {
    if (node.type !== 'PLAIN' || node.tag !== undefined) return;
    const source = node.source;
    const found = misreading(source, scalarValue(node));
    if (!found) return;
    const at = spanOf(node);
    // of a text over several lines only its first line would be marked
    if (this.#text.slice(at[0], at[1]) !== source) return;
    const here = typeof node.value === 'string' ? 'text' : 'a number';
    this.#problems.add(
      'yaml-1-1',
      at,
      `'${source}' is ${here} here, but ${found.there} to YAML 1.1 readers such as Python's. Write ${found.unambiguous} to be read alike.`,
      { fix: { title: `Write ${found.unambiguous}`, edits: [{ at, newText: found.unambiguous }] } },
    );
  }
}

const scalarExtent: Extent = { height: 0, nodes: 1 };

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

function isMergeKey(key: TreeNode): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function afterKey(key: TreeNode): Span {
  return [key.range[1], key.range[1]];
}

function isEmptyScalar(node: ParsedNode, text: string): boolean {
  return isScalar(node) && node.value === null && text.slice(node.range[0], node.range[1]).trim() === '';
}

function emptyScalar(at: Span): ScalarNode {
  const scalar = new Scalar(null);
  scalar.type = 'PLAIN';
  scalar.source = '';
  scalar.range = [at[0], at[1], at[1]];
  return scalar as ScalarNode;
}
