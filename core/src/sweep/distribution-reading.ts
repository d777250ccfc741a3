/** From the keys of a definition to its `Distribution`, and what the numbers must satisfy. */
import { isScalar, isSeq } from 'yaml';
import { isList, type Value } from '../value.ts';
import type { Entry, SweepDocument } from './document.ts';
import { scalarValue, spanOf, startOf, type MapNode } from './nodes.ts';
import { replacement } from './edits.ts';
import { replacing, type ProblemList, type Span, type SpanFix } from './problem-list.ts';
import { isFloat, isNumber, numeric, type ScalarValue } from './scalar.ts';
import type { Distribution, DistributionName } from './sweep.ts';
import { floatText } from './yaml-versions.ts';

/** The entries of one definition, with its numbers at hand. */
export class DefinitionEntries {
  readonly document: SweepDocument;
  readonly map: MapNode;
  readonly shape: DistributionName;
  /** Where the parameter's name stands. */
  readonly owner: Span;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(document: SweepDocument, map: MapNode, shape: DistributionName, owner: Span) {
    this.document = document;
    this.map = map;
    this.shape = shape;
    this.owner = owner;
    this.#entries = new Map(document.entries(map).map((entry) => [entry.name, entry]));
  }

  entry(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  scalar(name: string): ScalarValue | undefined {
    const value = this.#entries.get(name)?.value;
    return value && isScalar(value) ? scalarValue(value) : undefined;
  }

  /** The number of a key; undefined when the key is missing or no finite number. */
  number(name: string): number | undefined {
    const value = this.scalar(name);
    if (!isNumber(value)) return undefined;
    const number = numeric(value);
    return Number.isFinite(number) ? number : undefined;
  }

  isInteger(name: string): boolean {
    const value = this.scalar(name);
    return isNumber(value) && !isFloat(value);
  }

  /** The number of a key, or the default where the key is missing; undefined when it is no number. */
  numberOr(name: string, byDefault: number): number | undefined {
    return this.#entries.has(name) ? this.number(name) : byDefault;
  }

  list(name: string): readonly Value[] | undefined {
    const value = this.#entries.get(name)?.value;
    if (!value || !isSeq(value)) return undefined;
    const list = this.document.value(value);
    return isList(list) ? list : undefined;
  }

  at(name: string): Span {
    const entry = this.#entries.get(name);
    if (!entry) return this.owner;
    return entry.value && !isScalar(entry.value) && entry.written[0] === entry.value.range[0]
      ? startOf(entry.value)
      : entry.written;
  }
}

type Numbers = Readonly<Record<string, number>>;

/** All numbers of the names, or undefined as soon as one is missing or no number. */
function numbers(
  from: DefinitionEntries,
  names: readonly string[],
  defaults: Numbers = {},
): Numbers | undefined {
  const found: Record<string, number> = {};
  for (const name of names) {
    const byDefault = defaults[name];
    const number = byDefault === undefined ? from.number(name) : from.numberOr(name, byDefault);
    if (number === undefined) return undefined;
    found[name] = number;
  }
  return found;
}

const bounds = ['min', 'max'];
const gaussian: Numbers = { mu: 0, sigma: 1 };
const shapes: Numbers = { a: 1, b: 1 };
const step: Numbers = { q: 1 };

/**
 * The distribution of a definition whose shape has been checked; undefined when a key is missing or
 * wrong, which has then been reported.
 */
export function toDistribution(from: DefinitionEntries): Distribution | undefined {
  const { shape } = from;
  switch (shape) {
    case 'constant': {
      const value = from.entry('value')?.value;
      return value && { distribution: shape, value: from.document.value(value) };
    }
    case 'categorical': {
      const values = from.list('values');
      return values && { distribution: shape, values };
    }
    case 'categorical_w_probabilities': {
      const values = from.list('values');
      const probabilities = from.list('probabilities');
      if (!values || !probabilities?.every(isNumber)) return undefined;
      return { distribution: shape, values, probabilities: probabilities.map(numeric) };
    }
    case 'int_uniform':
    case 'uniform':
    case 'log_uniform':
    case 'inv_log_uniform':
    case 'log_uniform_values':
    case 'inv_log_uniform_values': {
      const { min, max } = numbers(from, bounds) ?? {};
      return min === undefined || max === undefined ? undefined : { distribution: shape, min, max };
    }
    case 'q_uniform':
    case 'q_log_uniform':
    case 'q_log_uniform_values': {
      const { min, max, q } = numbers(from, [...bounds, 'q'], step) ?? {};
      if (min === undefined || max === undefined || q === undefined) return undefined;
      const integral = from.isInteger('q');
      const allIntegral = integral && from.isInteger('min') && from.isInteger('max');
      return { distribution: shape, min, max, q, integral, allIntegral };
    }
    case 'normal':
    case 'log_normal': {
      const { mu, sigma } = numbers(from, ['mu', 'sigma'], gaussian) ?? {};
      return mu === undefined || sigma === undefined ? undefined : { distribution: shape, mu, sigma };
    }
    case 'q_normal':
    case 'q_log_normal': {
      const { mu, sigma, q } = numbers(from, ['mu', 'sigma', 'q'], { ...gaussian, ...step }) ?? {};
      if (mu === undefined || sigma === undefined || q === undefined) return undefined;
      return { distribution: shape, mu, sigma, q, integral: from.isInteger('q') };
    }
    case 'beta': {
      const { a, b } = numbers(from, ['a', 'b'], shapes) ?? {};
      return a === undefined || b === undefined ? undefined : { distribution: shape, a, b };
    }
    case 'q_beta': {
      const { a, b, q } = numbers(from, ['a', 'b', 'q'], { ...shapes, ...step }) ?? {};
      if (a === undefined || b === undefined || q === undefined) return undefined;
      return { distribution: shape, a, b, q, integral: from.isInteger('q') };
    }
  }
}

/** Checks what the numbers of one definition say about each other. */
export function checkDistribution(
  problems: ProblemList,
  from: DefinitionEntries,
  distribution: Distribution,
): void {
  if ('min' in distribution) checkBounds(problems, from, distribution.min, distribution.max);
  if (distribution.distribution === 'categorical_w_probabilities')
    checkProbabilities(problems, from, distribution);
  const exponents = exponentForms[distribution.distribution];
  if (exponents && 'min' in distribution)
    checkExponents(problems, from, exponents, distribution.min, distribution.max);
}

function checkBounds(problems: ProblemList, from: DefinitionEntries, min: number, max: number): void {
  if (min < max) return;
  const low = from.entry('min');
  const high = from.entry('max');
  if (!low?.value || !high?.value || !isScalar(low.value) || !isScalar(high.value)) return;
  const inherited = low.inherited || high.inherited;
  const [own, other] = low.inherited ? (['max', 'min'] as const) : (['min', 'max'] as const);
  const message = `min ${low.value.source} is not less than max ${high.value.source}.`;
  problems.add('min-not-less-than-max', from.at(own), message, {
    related: [{ message: `${other} is here.`, at: from.at(other) }],
    fix: inherited
      ? undefined
      : min === max
        ? asConstant(from, low.value.source)
        : swapped(from, spanOf(low.value), spanOf(high.value)),
  });
}

function swapped(from: DefinitionEntries, low: Span, high: Span): SpanFix | undefined {
  const { text } = from.document;
  // one alias for both bounds: nothing to swap
  if (low[0] === high[0]) return undefined;
  return {
    title: 'Swap min and max',
    edits: [
      { at: low, newText: text.slice(...high) },
      { at: high, newText: text.slice(...low) },
    ],
  };
}

function asConstant(from: DefinitionEntries, source: string): SpanFix | undefined {
  const edit = replacement(from.document, from.map, `value: ${source}`);
  return edit && { title: `Make it constant: 'value: ${source}'`, edits: [edit] };
}

/** Sums may miss 1 by what `numpy.isclose` allows: 1e-5 relative + 1e-8 absolute. */
const sumTolerance = 1e-5 + 1e-8;

function checkProbabilities(
  problems: ProblemList,
  from: DefinitionEntries,
  { values, probabilities }: { readonly values: readonly Value[]; readonly probabilities: readonly number[] },
): void {
  const at = placeOfList(from, 'probabilities');
  if (values.length !== probabilities.length) {
    problems.add(
      'probabilities-length',
      at,
      `There are ${values.length} values, but ${probabilities.length} probabilities.`,
    );
    return;
  }
  const sum = probabilities.reduce((total, one) => total + one, 0);
  if (Math.abs(sum - 1) <= sumTolerance) return;
  problems.add('probabilities-sum', at, `The probabilities sum to ${Number(sum.toPrecision(6))}, not to 1.`);
}

/** A list in brackets as a whole; the key of one that takes several lines. */
function placeOfList(from: DefinitionEntries, name: string): Span {
  const entry = from.entry(name);
  if (!entry) return from.owner;
  const oneLine = !/[\r\n]/.test(from.document.text.slice(...entry.written));
  return oneLine ? entry.written : spanOf(entry.key);
}

/** Distributions over exponents of e, and the one over values that replaces each. */
const exponentForms: Partial<
  Record<DistributionName, { readonly values: DistributionName; readonly inverse: boolean }>
> = {
  log_uniform: { values: 'log_uniform_values', inverse: false },
  inv_log_uniform: { values: 'log_uniform_values', inverse: true },
  q_log_uniform: { values: 'q_log_uniform_values', inverse: false },
};

function checkExponents(
  problems: ProblemList,
  from: DefinitionEntries,
  form: { readonly values: DistributionName; readonly inverse: boolean },
  min: number,
  max: number,
): void {
  const stated = from.entry('distribution');
  if (!stated || min >= max) return;
  const name = from.shape;
  const direction = form.inverse ? -1 : 1;
  const converted = [Math.exp(direction * min), Math.exp(direction * max)].sort((a, b) => a - b);
  const [low = 0, high = 0] = converted;
  const inWords = `${Number(low.toPrecision(3))} to ${Number.isFinite(high) ? Number(high.toPrecision(3)) : 'infinity'}`;
  const looksLikeValues = (min > 0 && max <= 1) || Math.max(Math.abs(min), Math.abs(max)) > 50;
  if (looksLikeValues && min > 0) {
    problems.add(
      'log-bounds-look-like-values',
      stated.written,
      `The bounds of ${name} are exponents of e: this draws from ${inWords}. For values from ${min} to ${max}, use ${form.values}.`,
      { fix: replacing(`Change to '${form.values}'`, stated.written, form.values) },
    );
    return;
  }
  const convertible = low > 0 && Number.isFinite(high) && low < high;
  const fix = convertible ? convertedBounds(from, stated, form.values, low, high) : undefined;
  if (looksLikeValues) {
    problems.add(
      'log-bounds-look-like-values',
      stated.written,
      `The bounds of ${name} are exponents of e: this draws from ${inWords}. If they are meant as values, use ${form.values} with min > 0.`,
      { fix },
    );
    return;
  }
  problems.add(
    'deprecated-distribution',
    stated.written,
    `${name} is deprecated, because its bounds are exponents of e. ${form.values} from ${inWords} says the same.`,
    { fix },
  );
}

function convertedBounds(
  from: DefinitionEntries,
  stated: Entry,
  values: DistributionName,
  low: number,
  high: number,
): SpanFix | undefined {
  const min = from.entry('min')?.value;
  const max = from.entry('max')?.value;
  if (!min || !max || min === max) return undefined;
  return {
    title: `Convert to '${values}'`,
    edits: [
      { at: stated.written, newText: values },
      { at: spanOf(min), newText: floatText(low) },
      { at: spanOf(max), newText: floatText(high) },
    ],
  };
}
