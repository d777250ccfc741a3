/** What every rule allows and is probably not what was meant; and settings that have no effect. */
import { isMap, isScalar, isSeq } from 'yaml';
import { placedCommand } from './command-checks.ts';
import type { Entry } from './document.ts';
import { scalarValue, spanOf, type MapNode, type ScalarNode, type TreeNode } from './nodes.ts';
import { removal, together } from './edits.ts';
import type { Leaf } from './parameters.ts';
import { replacing, type SpanFix } from './problem-list.ts';
import { isNumber } from './scalar.ts';
import type { SweepParts } from './search-checks.ts';
import { editDistance } from './spelling.ts';
import type { Surroundings } from './surroundings.ts';

export function checkRemarks(parts: SweepParts, surroundings: Surroundings): void {
  for (const leaf of parts.leaves) {
    checkMixedTypes(parts, leaf);
    checkSteps(parts, leaf);
  }
  checkNamesAtTwoLevels(parts);
  checkMetric(parts, surroundings);
  checkUnused(parts);
  checkExecutable(parts, surroundings);
}

/** So many of one list are enough to see what happened. */
const shownPerList = 20;

/** `[0.1, "0.2"]`: a text that looks like the values beside it. */
function checkMixedTypes({ document, problems }: SweepParts, { definition, shape }: Leaf): void {
  if (shape !== 'categorical' && shape !== 'categorical_w_probabilities') return;
  const list = document.entry(definition, 'values')?.value;
  if (!list || !isSeq(list) || list.items.length < 2) return;
  let kinds: ReadonlySet<Kind> | undefined;
  let reported = 0;
  for (const node of document.items(list)) {
    const kind = node && isQuoted(node) ? kindInQuotes(node.source) : undefined;
    if (!node || !isScalar(node) || kind === undefined) continue;
    kinds ??= new Set(
      document.items(list).map((item) => (item && isScalar(item) ? kindOfPlain(item) : 'other')),
    );
    if (!kinds.has(kind)) continue;
    if (++reported > shownPerList) return;
    problems.add(
      'mixed-types',
      spanOf(node),
      `${document.text.slice(...spanOf(node))} is a text beside ${kindNames[kind]} in the same list.`,
      { fix: replacing('Take the quotes away', spanOf(node), node.source) },
    );
  }
}

type Kind = 'number' | 'truth' | 'other';

const kindNames: Readonly<Record<Kind, string>> = {
  number: 'numbers',
  truth: 'truth values',
  other: 'other values',
};

function isQuoted(node: TreeNode): node is ScalarNode {
  return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
}

/** What the text would be without its quotes, where that is no text in YAML 1.1 and 1.2 alike. */
function kindInQuotes(source: string): Kind | undefined {
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(source)) return 'number';
  return /^(?:true|false)$/.test(source) ? 'truth' : undefined;
}

function kindOfPlain(node: ScalarNode): Kind {
  const value = scalarValue(node);
  return isNumber(value) ? 'number' : typeof value === 'boolean' ? 'truth' : 'other';
}

/** A step that is longer than the range leaves one value of it. */
function checkSteps({ document, problems }: SweepParts, { definition, distribution }: Leaf): void {
  if (distribution?.distribution !== 'q_uniform' && distribution?.distribution !== 'q_log_uniform_values')
    return;
  const { min, max, q } = distribution;
  if (!(max > min && q > max - min)) return;
  const step = document.entry(definition, 'q');
  const stated = step ?? document.entry(definition, 'distribution');
  if (!stated) return;
  const which = step ? `A step of ${q} is` : `Without 'q', the step is ${q},`;
  problems.add(
    'q-beyond-range',
    stated.written,
    `${which} longer than the range from ${min} to ${max}, so hardly any values are left.`,
  );
}

/** `lr` and `optimizer.lr`: both reach the program, and it is easy to vary the wrong one. */
function checkNamesAtTwoLevels({ problems, leaves }: SweepParts): void {
  const alone = new Map<string, Leaf>();
  for (const leaf of leaves) if (leaf.path.length === 1) alone.set(leaf.path[0] ?? '', leaf);
  if (alone.size === leaves.length) return;
  for (const leaf of leaves) {
    const name = leaf.path.at(-1) ?? '';
    const other = leaf.path.length > 1 ? alone.get(name) : undefined;
    // two constants are a configuration, not a search
    if (!other || (other.shape === 'constant' && leaf.shape === 'constant')) continue;
    problems.add(
      'parameter-twice',
      leaf.key,
      `There is a parameter '${name}' at the top as well; the program gets both, as '${name}' and as '${leaf.path.join('.')}'.`,
      { related: [{ message: `'${name}' at the top.`, at: other.key }] },
    );
  }
}

function checkMetric({ document, problems, top, names }: SweepParts, surroundings: Surroundings): void {
  const program = textOf(document.entry(top, 'program'));
  for (const map of metricMaps(document.entry(top, 'metric'), document.entry(top, 'metrics'))) {
    const entry = document.entry(map, 'name');
    const name = textOf(entry);
    if (entry === undefined || name === undefined || name === '') continue;
    if (names.has(name)) {
      problems.add(
        'metric-is-parameter',
        entry.written,
        `'${name}' is a parameter of this sweep. The metric is what the program reports, such as a loss.`,
      );
      continue;
    }
    const seen = (program === undefined ? undefined : surroundings.metricNames?.(program)) ?? [];
    const near = seen.includes(name) ? undefined : seen.find((one) => isSlip(name, one));
    if (near === undefined || program === undefined) continue;
    problems.add(
      'metric-name-unseen',
      entry.written,
      `No earlier job of ${program} reported '${name}'. Did you mean '${near}'?`,
      { fix: replacing(`Change to '${near}'`, entry.written, near) },
    );
  }
}

function metricMaps(one: Entry | undefined, several: Entry | undefined): readonly MapNode[] {
  const list = several?.value && isSeq(several.value) ? several.value.items : [];
  return [one?.value, ...list].filter((node): node is MapNode => node !== undefined && isMap(node));
}

function textOf(entry: Entry | undefined): string | undefined {
  const value = entry?.value && isScalar(entry.value) ? entry.value.value : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Whether one name is a slip of the pen for the other; `val_loss_2` for `val_loss_1` is another name. */
function isSlip(name: string, seen: string): boolean {
  const [a, b] = [name.toLowerCase(), seen.toLowerCase()];
  if (a.replace(/\d+/g, '#') === b.replace(/\d+/g, '#') && a !== b) return false;
  const limit = Math.max(1, Math.floor(Math.min(a.length, b.length) / 4));
  return Math.min(a.length, b.length) > 2 && editDistance(a, b, limit) <= limit;
}

/** Settings that stand where nobody reads them, or beside one that wins. */
function checkUnused({ document, problems, top, method }: SweepParts): void {
  const inner = (map: MapNode | undefined, key: string): MapNode | undefined => {
    const value = map && document.entry(map, key)?.value;
    return value && isMap(value) ? value : undefined;
  };
  const without = (map: MapNode, entry: Entry): SpanFix | undefined => {
    const edits = together(removal(document, map, entry));
    return edits && { title: `Remove '${entry.name}'`, edits };
  };
  const scheduler = inner(top, 'scheduler');
  for (const map of [inner(scheduler, 'settings'), inner(top, 'settings')]) {
    const workers = map && document.entry(map, 'num_workers');
    if (!workers) continue;
    problems.add(
      'num-workers-ignored',
      spanOf(workers.key),
      "'num_workers' counts only as 'scheduler.num_workers'; as a setting it limits nothing.",
    );
  }
  const early = inner(top, 'early_terminate');
  const shortest = early && document.entry(early, 'min_iter');
  if (early && shortest && document.entry(early, 'max_iter') && document.entry(early, 's')) {
    problems.add(
      'min-iter-ignored',
      spanOf(shortest.key),
      "'max_iter' and 's' give the bands, so 'min_iter' has no effect.",
      {
        fix: without(early, shortest),
      },
    );
  }
  const metric = inner(top, 'metric');
  if (!metric || !method || (method.name !== 'grid' && method.name !== 'random')) return;
  for (const key of ['impute', 'impute_while_running']) {
    const entry = document.entry(metric, key);
    if (!entry) continue;
    problems.add(
      'impute-unused',
      spanOf(entry.key),
      `'${key}' matters to the method bayes; ${method.name} does not look at results.`,
      {
        fix: without(metric, entry),
      },
    );
  }
}

/** A program that the command starts itself, without an interpreter, has to be executable. */
function checkExecutable({ document, problems, top }: SweepParts, surroundings: Surroundings): void {
  const program = document.entry(top, 'program');
  const file = textOf(program);
  const command = document.entry(top, 'command')?.value;
  if (!program || file === undefined || !command || !isSeq(command)) return;
  const items = placedCommand(document, command).map(({ parts }) => parts);
  const first = items.find((parts) => !(parts.length === 1 && isMacro(parts[0], 'env')));
  if (first?.length !== 1 || !isMacro(first[0], 'program')) return;
  const found = surroundings.findProgram?.(file);
  if (found === undefined || found === 'missing' || found.executable !== false) return;
  problems.add(
    'program-not-executable',
    program.written,
    `The command starts '${file}' itself, and the file is not executable. Run chmod +x on it, or put an interpreter first.`,
  );
}

const isMacro = (
  part: { readonly kind: string; readonly name?: string } | undefined,
  name: string,
): boolean => part?.kind === 'macro' && part.name === name;
