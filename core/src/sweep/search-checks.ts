/** What method, metric, early termination and parameters must satisfy together. */
import { isMap, isScalar, isSeq } from 'yaml';
import { valueKey } from '../value.ts';
import { gridSize } from './distributions.ts';
import type { Entry, SweepDocument } from './document.ts';
import { scalarValue, spanOf, type MapNode } from './nodes.ts';
import { insertion, removal, together } from './edits.ts';
import { bandsFromMaxIter } from './hyperband.ts';
import type { Leaf } from './parameters.ts';
import { replacing, type ProblemList, type SpanFix } from './problem-list.ts';
import { isNumber, numeric } from './scalar.ts';
import type { DistributionName, Method } from './sweep.ts';

/** The top of the file and what has been read of it. */
export interface SweepParts {
  readonly document: SweepDocument;
  readonly problems: ProblemList;
  readonly top: MapNode;
  readonly method: { readonly name: Method; readonly entry: Entry } | undefined;
  readonly leaves: readonly Leaf[];
  /** Dotted names of all parameters and groups, those with errors included. */
  readonly names: ReadonlySet<string>;
}

export function checkSearch(parts: SweepParts): void {
  const { document, top, method } = parts;
  if (method?.name === 'grid') checkGrid(parts, method.entry);
  if (method?.name === 'bayes') checkBayes(parts, method.entry);
  const early = document.entry(top, 'early_terminate');
  if (early) checkEarlyTermination(parts, early);
  checkMetrics(parts);
}

const discrete: ReadonlySet<DistributionName> = new Set([
  'constant',
  'categorical',
  'categorical_w_probabilities',
  'int_uniform',
  'q_uniform',
]);

function checkGrid(parts: SweepParts, method: Entry): void {
  const { document, problems, top, leaves } = parts;
  for (const leaf of leaves) {
    const { definition, shape } = leaf;
    if (shape === 'nested') continue;
    const stated = document.entry(definition, 'distribution');
    if (!discrete.has(shape)) {
      const name = leaf.path.join('.');
      const remedy =
        shape === 'uniform'
          ? "List 'values', or make it steps: 'distribution: q_uniform' with 'q'."
          : "List 'values' instead.";
      problems.add(
        'grid-continuous',
        stated ? stated.written : leaf.key,
        `A grid needs parameters with countable values, but '${name}' is continuous (${shape}). ${remedy}`,
        { fix: (shape === 'uniform' ? inSteps(parts, leaf) : undefined) ?? toRandom(method) },
      );
    }
    const probabilities = document.entry(definition, 'probabilities');
    if (shape === 'categorical_w_probabilities' && probabilities) {
      problems.add(
        'grid-probabilities',
        spanOf(probabilities.key),
        'A grid tries every value once, so it has no use for probabilities.',
        {
          fix: withoutProbabilities(parts, leaf, probabilities),
        },
      );
    }
    if (shape === 'categorical') reportEqualValues(parts, leaf);
  }
  const cap = document.entry(top, 'run_cap');
  const size = cap && sizeOfGrid(leaves);
  const limit = cap?.value && isScalar(cap.value) ? scalarValue(cap.value) : undefined;
  if (cap && size !== undefined && isNumber(limit) && numeric(limit) > size) {
    problems.add(
      'run-cap-above-grid',
      cap.written,
      `The grid has ${size} ${size === 1n ? 'point' : 'points'}, so a run_cap of ${numeric(limit)} never takes effect.`,
    );
  }
}

/** Ten steps between the bounds, with the numbers that are there. */
function inSteps({ document }: SweepParts, leaf: Leaf): SpanFix | undefined {
  const { definition, distribution } = leaf;
  if (distribution?.distribution !== 'uniform' || leaf.at[0] !== definition.range[0]) return undefined;
  const step = Number(((distribution.max - distribution.min) / 10).toPrecision(6));
  if (!(step > 0) || !Number.isFinite(step) || String(step).includes('e')) return undefined;
  const stated = document.entry(definition, 'distribution');
  if (stated?.inherited === true) return undefined;
  const q = insertion(
    document,
    definition,
    stated ? [`q: ${step}`] : ['distribution: q_uniform', `q: ${step}`],
  );
  const edits = together(q, ...(stated ? [{ at: stated.written, newText: 'q_uniform' }] : []));
  return edits && { title: `Make it steps of ${step} (q_uniform)`, edits };
}

function toRandom(method: Entry): SpanFix {
  return replacing("Change the method to 'random'", method.written, 'random');
}

function withoutProbabilities(
  { document }: SweepParts,
  leaf: Leaf,
  probabilities: Entry,
): SpanFix | undefined {
  const stated = document.entry(leaf.definition, 'distribution');
  const edits = together(
    removal(document, leaf.definition, probabilities),
    ...(stated ? [{ at: stated.written, newText: 'categorical' }] : []),
  );
  return edits && { title: 'Remove the probabilities', edits };
}

/** So many of one list are enough to see what happened. */
const shownPerList = 20;

function reportEqualValues({ document, problems }: SweepParts, leaf: Leaf): void {
  const list = document.entry(leaf.definition, 'values')?.value;
  if (!list || !isSeq(list)) return;
  const seen = new Map<string, number>();
  let reported = 0;
  for (const [index, item] of document.items(list).entries()) {
    if (!item) continue;
    const key = valueKey(document.value(item));
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      continue;
    }
    if (++reported > shownPerList) return;
    const written = list.items[index];
    const original = list.items[first];
    if (!written || !original) continue;
    problems.add(
      'duplicate-value',
      spanOf(written),
      'This value is in the list already; a grid tries it once.',
      {
        related: [{ message: 'The first of the equal values.', at: spanOf(original) }],
      },
    );
  }
}

/** Number of points; undefined when there are errors or more points than anybody counts. */
function sizeOfGrid(leaves: readonly Leaf[]): bigint | undefined {
  let size = 1n;
  for (const { distribution } of leaves) {
    if (!distribution) return undefined;
    const uncountable =
      'q' in distribution &&
      'min' in distribution &&
      !Number.isSafeInteger(Math.ceil((distribution.max - distribution.min) / distribution.q));
    const points =
      uncountable ||
      !discrete.has(distribution.distribution) ||
      ('min' in distribution && distribution.min >= distribution.max)
        ? undefined
        : 'values' in distribution && distribution.distribution !== 'categorical'
          ? undefined
          : gridSize(distribution);
    if (points === undefined) return undefined;
    size *= points;
    if (size > 10n ** 18n) return undefined;
  }
  return size;
}

function checkBayes(parts: SweepParts, method: Entry): void {
  const { document, problems, top, leaves } = parts;
  requireMetric(parts, method, "The method 'bayes' learns from a metric, and there is none.");
  const readable =
    leaves.every((leaf) => leaf.shape !== 'nested') && document.entry(top, 'parameters') !== undefined;
  if (
    readable &&
    leaves.length > 0 &&
    leaves.every((leaf) => leaf.shape === 'constant') &&
    !document.broken
  ) {
    problems.add(
      'nothing-to-search',
      method.written,
      "The method 'bayes' needs at least one parameter that is not constant.",
    );
  }
}

/** Reports at `owner` when the file has no metric. */
function requireMetric({ document, problems, top }: SweepParts, owner: Entry, message: string): void {
  if (document.entry(top, 'metric') ?? document.entry(top, 'metrics')) return;
  // a misspelt key that is likely to be the metric has been reported as such
  if (document.broken || document.entries(top).some((entry) => /^metri/i.test(entry.name))) return;
  const at = owner.name === 'method' ? owner.written : spanOf(owner.key);
  const edits = together(
    insertion(
      document,
      top,
      ['metric:', '  name: loss', '  goal: minimize'],
      'metric: {name: loss, goal: minimize}',
      'parameters',
    ),
  );
  problems.add('metric-required', at, `${message} Add 'metric:' with the name that the program reports.`, {
    fix: edits && { title: 'Insert a metric', edits },
  });
}

function checkEarlyTermination(parts: SweepParts, early: Entry): void {
  const { document, problems } = parts;
  requireMetric(parts, early, 'Early termination compares jobs by a metric, and there is none.');
  const map = early.value;
  if (!map || !isMap(map)) return;
  const number = (name: string): number | undefined => {
    const value = document.entry(map, name)?.value;
    const scalar = value && isScalar(value) ? scalarValue(value) : undefined;
    return isNumber(scalar) ? numeric(scalar) : undefined;
  };
  const minIter = document.entry(map, 'min_iter');
  const maxIter = document.entry(map, 'max_iter');
  const s = document.entry(map, 's');
  const known = new Set(['type', 'min_iter', 'max_iter', 's', 'eta', 'strict']);
  const misspelt = document.entries(map).some((entry) => !known.has(entry.name));
  if (!minIter && !(maxIter && s) && !misspelt && !document.broken) {
    const [key, message] = maxIter
      ? [maxIter.key, "'max_iter' needs 's' beside it, the number of bands."]
      : s
        ? [s.key, "'s' needs 'max_iter' beside it."]
        : [early.key, "'early_terminate' needs 'min_iter', or 'max_iter' and 's'."];
    problems.add('missing-key', spanOf(key), message);
  }
  const [longest, count, eta] = [
    number('max_iter'),
    number('s'),
    document.entry(map, 'eta') ? number('eta') : 3,
  ];
  if (!maxIter || longest === undefined || count === undefined || eta === undefined) return;
  if (!(longest >= 1 && count >= 1 && eta > 1) || bandsFromMaxIter(longest, count, eta).length > 0) return;
  problems.add(
    'hyperband-bands',
    maxIter.written,
    `No band is left: ${longest} divided by eta ${eta} is less than 1.`,
  );
}

/** Metrics of which more is better; a missing goal means `minimize`. */
const betterWhenLarger =
  /(?:^|[^a-z])(?:acc|accuracy|auc|auroc|roc_auc|f1|f1_score|reward|return|score|precision|recall|bleu|rouge|iou|miou|map|r2|dice|psnr|ssim|success_rate)(?:$|[^a-z])/i;

function checkMetrics({ document, problems, top, method }: SweepParts): void {
  const metric = document.entry(top, 'metric');
  const metrics = document.entry(top, 'metrics');
  if (metrics && method && method.name !== 'custom') {
    problems.add(
      'metric-conflict',
      spanOf(metrics.key),
      "Several 'metrics' work only with 'method: custom'; other methods take one 'metric'.",
    );
  } else if (metrics && metric) {
    problems.add(
      'metric-conflict',
      spanOf(metrics.key),
      "A sweep has either 'metric' or 'metrics', not both.",
    );
  }
  if (!metric?.value || !isMap(metric.value)) return;
  const name = document.entry(metric.value, 'name');
  const known = new Set(['name', 'target', 'impute', 'impute_while_running']);
  const onlyKnown = document.entries(metric.value).every((entry) => known.has(entry.name));
  if (!onlyKnown || !name?.value || !isScalar(name.value) || typeof name.value.value !== 'string') return;
  if (!betterWhenLarger.test(name.value.value)) return;
  const edits = together(insertion(document, metric.value, ['goal: maximize']));
  problems.add(
    'goal-unstated',
    name.written,
    `Without a 'goal', the sweep minimizes '${name.value.value}'. Write 'goal: maximize' or 'goal: minimize'.`,
    { fix: edits && { title: "Insert 'goal: maximize'", edits } },
  );
}
