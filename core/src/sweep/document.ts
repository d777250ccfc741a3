import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type ParsedNode,
  type YAMLError,
} from 'yaml';
import type { Position, Range } from '../text.ts';
import type { Value } from '../value.ts';
import { Lines } from './lines.ts';
import {
  afterKey,
  emptyScalar,
  isEmptyScalar,
  isMergeKey,
  keyName,
  record,
  scalarValue,
  spanOf,
  type ListNode,
  type MapNode,
  type TreeNode,
} from './nodes.ts';
import { ProblemList, type Span } from './problem-list.ts';
import { Survey } from './survey.ts';
import { describeYamlError } from './yaml-errors.ts';

export { keyName, scalarValue, spanOf, startOf } from './nodes.ts';
export type { ListNode, MapNode, ScalarNode, TreeNode } from './nodes.ts';

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
    let ended: Step | undefined;
    for (const entry of this.entries(map)) {
      if (entry.inherited) continue;
      const [keyStart, keyEnd] = spanOf(entry.key);
      if (keyStart <= offset && offset <= keyEnd) return { kind: 'entry', map, entry, on: 'key' };
      if (offset < entry.written[0] || entry.written[1] < offset) continue;
      const step: Step = { kind: 'entry', map, entry, on: 'value' };
      // a nested map ends where the next key begins, which is then what stands at the offset
      if (offset < entry.written[1]) return step;
      ended ??= step;
    }
    return ended;
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
    const described = errors.map((error) => describeYamlError(error, this.text));
    for (const { code, message, at, fix } of described.filter((one) => one.code !== 'yaml-tag')) {
      if (code !== 'yaml-multiple-documents') broken = true;
      // one slip of the pen makes the parser stumble several times: its first report is the right one
      const line = this.lines.position(at[0]).line;
      if (lines.has(line)) continue;
      lines.add(line);
      problems.add(code, at, message, { fix });
    }
    for (const { code, message, at } of described.filter((one) => one.code === 'yaml-tag')) {
      if (!lines.has(this.lines.position(at[0]).line)) problems.add(code, at, message);
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
