/** Ways out of problems with the definition of a parameter: its name, range, values and probabilities. */
import { isMap, isSeq } from 'yaml';
import type { Entry, MapNode, Step, SweepDocument } from '#core/sweep/document.ts';
import type { Span } from '#core/sweep/problem-list.ts';
import { floatText } from '#core/sweep/yaml-versions.ts';
import { numberOf, type Value } from '#core/value.ts';
import { entryOf, way, type Place, type Way } from './ways.ts';

/** `lr:` without a definition, as a range. */
export function asRange({ document, steps, span }: Place): Way | undefined {
  const entry = entryOf({ steps })?.entry;
  if (entry === undefined || entry.written[0] !== entry.written[1]) return undefined;
  if (entry.key.range[0] !== span[0]) return undefined;
  const colon = document.text.indexOf(':', entry.key.range[1]);
  if (colon < 0 || colon >= document.lines.lineEnd(entry.key.range[1])) return undefined;
  return way('Write {min: 0.0, max: 1.0}', { at: [colon + 1, colon + 1], newText: ' {min: 0.0, max: 1.0}' });
}

export function validName({ span, steps }: Place): Way | undefined {
  const step = entryOf({ steps });
  if (step?.on !== 'key' || step.entry.key.range[0] !== span[0]) return undefined;
  const letters = step.entry.name.replace(/^-+/, '').replace(/[^A-Za-z0-9_.-]+/g, '_');
  const name = /^[A-Za-z_]/.test(letters) ? letters : `_${letters}`;
  if (!/[A-Za-z0-9]/.test(name)) return undefined;
  return way(`Rename to '${name}'`, { at: span, newText: name });
}

/** The definition around the problem, and its lists of values and probabilities. */
function weighted({ document, steps }: Place) {
  const map = entryOf({ steps })?.map;
  const list = map && document.entry(map, 'probabilities')?.value;
  const values = map && document.entry(map, 'values')?.value;
  if (!list || !isSeq(list) || list.flow !== true || !values || !isSeq(values)) return undefined;
  return {
    list,
    numbers: document.items(list).map((item) => item && numberOf(document.value(item))),
    values,
  };
}

export function scaleProbabilities(place: Place): Way | undefined {
  const found = weighted(place);
  if (found === undefined || found.numbers.some((one) => one === undefined || one < 0)) return undefined;
  const numbers = found.numbers.map((one) => one ?? 0);
  const sum = numbers.reduce((total, one) => total + one, 0);
  if (!(sum > 0)) return undefined;
  return probabilitiesAs(
    'Scale the probabilities to sum to 1',
    found.list.range,
    numbers.map((one) => one / sum),
  );
}

export function evenProbabilities(place: Place): Way | undefined {
  const found = weighted(place);
  const count = found?.values.items.length ?? 0;
  if (found === undefined || count === 0) return undefined;
  return probabilitiesAs(
    'Make all values equally likely',
    found.list.range,
    Array.from({ length: count }, () => 1 / count),
  );
}

/** Six digits each; the last one makes up for what rounding leaves. */
function probabilitiesAs(
  title: string,
  [start, end]: readonly [number, number, number],
  probabilities: readonly number[],
): Way | undefined {
  const rounded = probabilities.map((one) => Number(one.toFixed(6)));
  const rest = rounded.slice(0, -1).reduce((left, one) => left - one, 1);
  const all = [...rounded.slice(0, -1), Math.max(0, Number(rest.toFixed(6)))];
  return way(title, { at: [start, end], newText: `[${all.join(', ')}]` });
}

/** A continuous range as five values, spaced as the distribution has it. */
export function asList({ analysis, document, span, steps }: Place): Way | undefined {
  const definition = definitionAround(document, steps, span);
  if (definition === undefined) return undefined;
  const number = (name: string): number | undefined => {
    const node = document.entry(definition, name)?.value;
    return node && numberOf(document.value(node));
  };
  const [min, max] = [number('min'), number('max')];
  if (min === undefined || max === undefined || !(min < max) || analysis.document.broken) return undefined;
  const stated = document.entry(definition, 'distribution')?.value;
  const name: Value = stated ? document.value(stated) : 'uniform';
  if (name !== 'uniform' && !(name === 'log_uniform_values' && min > 0)) return undefined;
  const at = (share: number): number =>
    name === 'uniform' ? min + share * (max - min) : min * (max / min) ** share;
  const values = [0, 0.25, 0.5, 0.75, 1].map((share) => floatText(Number(at(share).toPrecision(3))));
  const line = `values: [${values.join(', ')}]`;
  const entries = document.entries(definition);
  if (entries.some(({ inherited, name: key }) => inherited || !['min', 'max', 'distribution'].includes(key)))
    return undefined;
  const ends = entries.map(({ written }) => written[1]);
  const start = Math.min(...entries.map(({ key }) => key.range[0]));
  return way(`List values: ${line}`, { at: [start, Math.max(...ends)], newText: line });
}

/** The map of a parameter whose name, or whose distribution, stands at the span. */
function definitionAround(document: SweepDocument, steps: readonly Step[], span: Span): MapNode | undefined {
  const step = entryOf({ steps });
  if (step === undefined) return undefined;
  if (step.entry.name === 'distribution' && step.on === 'value') return step.map;
  const { value, key, written }: Entry = step.entry;
  const own = value && isMap(value) && value.range[0] === written[0];
  return own && key.range[0] === span[0] && document.entries(value).length > 0 ? value : undefined;
}
