import { isAlias, isMap, isScalar, type Alias, type ParsedNode } from 'yaml';
import {
  isMergeKey,
  keyName,
  scalarValue,
  spanOf,
  startOf,
  type ListNode,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from './nodes.ts';
import type { ProblemList } from './problem-list.ts';
import { nearest } from './spelling.ts';
import { misreading } from './yaml-versions.ts';

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

const scalarExtent: Extent = { height: 0, nodes: 1 };

/** One walk over the text's nodes in order: follows aliases, finds equal keys and ambiguous scalars. */
export class Survey {
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
