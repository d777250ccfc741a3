/** The tree of parameters: every definition at every depth, flattened to leaves. */
import { isMap, isScalar, isSeq } from 'yaml';
import { chooseShape, definitionKeys, withArticle, type DefinitionShape } from './definition.ts';
import { checkDistribution, DefinitionEntries, toDistribution } from './distribution-reading.ts';
import type { Entry, SweepDocument } from './document.ts';
import { scalarValue, spanOf, startOf, type MapNode, type TreeNode } from './nodes.ts';
import { replacing, type ProblemList, type Span, type SpanFix } from './problem-list.ts';
import { checkShape } from './shapes.ts';
import { listed } from './spelling.ts';
import type { Distribution } from './sweep.ts';
import { misreading } from './yaml-versions.ts';

/** One parameter that is no group. */
export interface Leaf {
  readonly path: readonly string[];
  /** Where its name stands. */
  readonly key: Span;
  /** Where its definition stands, the alias if it is one. */
  readonly at: Span;
  readonly definition: MapNode;
  readonly shape: DefinitionShape;
  /** Undefined when the definition has errors. */
  readonly distribution: Distribution | undefined;
}

/** Keys of definitions that hardly anybody gives a parameter as its name. */
const unlikelyNames: ReadonlySet<string> = new Set([...definitionKeys].filter((key) => key.length > 1));
const validName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/** Keys that parameters of a sweep with a scheduler job may have in addition. */
const schedulerJobKeys = ['log', 'step'];
/** Aliases can make more parameters of a text than anybody could mean. */
const most = 100_000;

interface Known {
  readonly shape: DefinitionShape | undefined;
  readonly distribution: Distribution | undefined;
}

/** Reads `parameters`; what is wrong goes to `problems`, what is right comes back in the order of the search. */
export function readParameters(
  document: SweepDocument,
  problems: ProblemList,
  top: MapNode,
  options: { readonly hasSchedulerJob: boolean },
): { readonly leaves: readonly Leaf[]; readonly names: ReadonlySet<string> } {
  const reader = new ParameterReader(document, problems, options.hasSchedulerJob ? schedulerJobKeys : []);
  reader.readGroup(top, []);
  reader.checkCollisions();
  return { leaves: reader.leaves, names: reader.names };
}

class ParameterReader {
  readonly leaves: Leaf[] = [];
  /** Dotted names of parameters and groups, whatever is wrong with them. */
  readonly names = new Set<string>();
  readonly #document: SweepDocument;
  readonly #problems: ProblemList;
  readonly #tolerated: readonly string[];
  /** A definition used through many aliases is read once. */
  readonly #known = new Map<MapNode, Known>();
  #tooMany = false;

  constructor(document: SweepDocument, problems: ProblemList, tolerated: readonly string[]) {
    this.#document = document;
    this.#problems = problems;
    this.#tolerated = tolerated;
  }

  readGroup(group: MapNode, path: readonly string[]): void {
    const outdented = this.#reportOutdented(this.#document.entries(group));
    for (const { name } of outdented) this.names.add([...path, name].join('.'));
    const entries = this.#document
      .entries(group)
      .filter((entry) => !outdented.has(entry))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      if (this.#tooMany) return;
      this.#checkName(entry);
      if (entry.value) this.#readDefinition(entry, entry.value, [...path, entry.name]);
    }
  }

  /** `opt.lr` beside a group `opt` with `lr` in it: both would be the same option to the program. */
  checkCollisions(): void {
    const seen = new Map<string, Leaf>();
    for (const leaf of [...this.leaves].sort((a, b) => a.key[0] - b.key[0])) {
      const name = leaf.path.join('.');
      const first = seen.get(name);
      if (!first) seen.set(name, leaf);
      else {
        this.#problems.add('parameter-collision', leaf.key, `There are two parameters named '${name}'.`, {
          related: [{ message: `'${name}' is first defined here.`, at: first.key }],
        });
      }
    }
  }

  /** `lr:` with `values:` in the column of its name: what should stand below stands beside. */
  #reportOutdented(entries: readonly Entry[]): ReadonlySet<Entry> {
    const found = new Set<Entry>();
    for (const [index, owner] of entries.entries()) {
      if (!isEmpty(owner) || unlikelyNames.has(owner.name)) continue;
      const behind = entries.slice(index + 1);
      const end = behind.findIndex(({ name, value }) => !unlikelyNames.has(name) || !value || isMap(value));
      const keys = end < 0 ? behind : behind.slice(0, end);
      const [first] = keys;
      if (!first || keys.some(({ inherited }) => inherited)) continue;
      const { lines, text } = this.#document;
      const starts = keys.map(({ key }) => key.range[0]);
      const own = starts.every((start) => text.slice(lines.lineStart(start), start).trim() === '');
      const oneLine = keys.every(({ written }) => !/\n./.test(text.slice(...written).trimEnd()));
      this.#problems.add(
        'parameter-shape',
        spanOf(first.key),
        `'${first.name}' stands beside '${owner.name}'. Indent it, to make it the definition of '${owner.name}'.`,
        {
          fix:
            own && oneLine
              ? {
                  title: `Indent it below '${owner.name}'`,
                  edits: starts.map((start) => ({ at: [start, start] as const, newText: '  ' })),
                }
              : undefined,
        },
      );
      for (const entry of [owner, ...keys]) found.add(entry);
    }
    return found;
  }

  #checkName(entry: Entry): void {
    const at = spanOf(entry.key);
    if (!validName.test(entry.name)) {
      if (!isScalar(entry.key)) return;
      const shown = entry.name.length > 60 ? `${entry.name.slice(0, 60)}…` : entry.name;
      this.#problems.add(
        'parameter-name',
        at[0] === at[1] ? entry.written : at,
        `'${shown}' can't be the name of a parameter: letters, digits, '_', '.' and '-', beginning with a letter or '_'.`,
      );
    } else if (entry.name.length <= 5 && isScalar(entry.key) && entry.key.type === 'PLAIN') {
      const found = misreading(entry.name, entry.name);
      if (!found) return;
      this.#problems.add(
        'yaml-1-1',
        at,
        `'${entry.name}' is a name here, but ${found.there} to YAML 1.1 readers such as Python's. Write ${found.unambiguous} to be read alike.`,
        { fix: replacing(`Write ${found.unambiguous}`, at, found.unambiguous) },
      );
    }
  }

  #readDefinition(entry: Entry, node: TreeNode, path: readonly string[]): void {
    const key = spanOf(entry.key);
    this.names.add(path.join('.'));
    if (!isMap(node)) {
      reportPlainDefinition(this.#document, this.#problems, entry, node);
      return;
    }
    const known = this.#known.get(node) ?? this.#readMap(node, entry.name, key);
    this.#known.set(node, known);
    const { shape, distribution } = known;
    if (shape === 'nested') {
      const inner = this.#document.entry(node, 'parameters')?.value;
      if (inner && isMap(inner)) this.readGroup(inner, path);
    } else if (shape) {
      this.leaves.push({ path, key, at: entry.written, definition: node, shape, distribution });
      if (this.leaves.length > most) {
        this.#tooMany = true;
        this.#problems.add('yaml-too-large', key, `There are more than ${most} parameters.`);
      }
    }
  }

  #readMap(map: MapNode, name: string, owner: Span): Known {
    const shape = chooseShape(this.#document, this.#problems, map, name, owner);
    if (!shape) return { shape, distribution: undefined };
    checkShape(this.#document, this.#problems, map, shape, {
      owner,
      what: `parameter '${name}'`,
      tolerated: this.#tolerated,
      mayLack: ['distribution'],
      elsewhere: nestedElsewhere,
      foreign: {
        has: (key) => definitionKeys.has(key),
        group: () => '',
        sentence: (keys) =>
          `${listed(
            keys.map((key) => `'${key}'`),
            'and',
          )} ${keys.length === 1 ? 'does' : 'do'} not belong to ${withArticle(shape)} parameter.`,
        listsAllowed: true,
      },
    });
    if (shape === 'nested') {
      this.#checkGroup(map, owner);
      return { shape, distribution: undefined };
    }
    const entries = new DefinitionEntries(this.#document, map, shape, owner);
    const distribution = toDistribution(entries);
    if (distribution) checkDistribution(this.#problems, entries, distribution);
    return { shape, distribution };
  }

  #checkGroup(map: MapNode, owner: Span): void {
    const inner = this.#document.entry(map, 'parameters');
    if (!inner?.value) return;
    if (!isMap(inner.value)) {
      this.#problems.add('wrong-type', spanOf(inner.key), "'parameters' takes a map of parameters.");
    } else if (this.#document.entries(inner.value).length === 0) {
      this.#problems.add('too-few-entries', owner, "'parameters' needs at least one parameter.");
    }
  }
}

const nestedElsewhere: ReadonlySet<string> = new Set(['parameters']);

const isEmpty = ({ value, written }: Entry): boolean =>
  value !== undefined && isScalar(value) && scalarValue(value) === null && written[0] === written[1];

/** `lr: 0.1` or `lr: [0.1, 0.2]` where a definition belongs. */
function reportPlainDefinition(
  document: SweepDocument,
  problems: ProblemList,
  entry: Entry,
  node: TreeNode,
): void {
  const empty = isEmpty(entry);
  const at = empty ? spanOf(entry.key) : isSeq(node) ? startOf(node) : entry.written;
  const meant = isSeq(node) ? 'values' : 'value';
  const message = empty
    ? `Parameter '${entry.name}' is empty. It needs one of: value, values, min and max, or parameters.`
    : `Parameter '${entry.name}' needs a definition, such as '${meant}:' with what stands here.`;
  problems.add('parameter-shape', at, message, { fix: empty ? undefined : wrapped(document, node, meant) });
}

function wrapped(document: SweepDocument, node: TreeNode, key: string): SpanFix | undefined {
  const [start, end] = spanOf(node);
  const source = document.text.slice(start, end);
  const oneLine = !/[\r\n]/.test(source) && (isSeq(node) ? node.flow === true : !/[,[\]{}]/.test(source));
  const wouldBeEmpty = isSeq(node) && node.items.length === 0;
  if (!oneLine || wouldBeEmpty || node.anchor !== undefined || node.tag !== undefined) return undefined;
  return replacing(`Write {${key}: …}`, [start, end], `{${key}: ${source}}`);
}
