/** Which parts of a reported JSON object are metrics. */
import { Float } from '#core/value.ts';
import type { MetricValue } from '../events.ts';

const WORDS: ReadonlySet<unknown> = new Set<MetricValue>(['NaN', 'Infinity', '-Infinity']);

/** The number as it is kept: JSON has no word for those that aren't finite. */
export function metricValue(x: number): MetricValue {
  if (Number.isFinite(x)) return x;
  if (Number.isNaN(x)) return 'NaN';
  return x > 0 ? 'Infinity' : '-Infinity';
}

/**
 * Numbers and the three words, also as texts, by name; one level of nesting becomes dotted names. Other
 * values (texts, lists, booleans) are no metrics and are passed over. undefined when it is no object at all.
 */
export function metricsOf(report: unknown): readonly (readonly [string, MetricValue])[] | undefined {
  if (!isObject(report)) return undefined;
  return Object.entries(report).flatMap(([name, value]) => {
    if (!isObject(value)) return named(name, value);
    return Object.entries(value).flatMap(([inner, innerValue]) => named(`${name}.${inner}`, innerValue));
  });
}

function named(name: string, value: unknown): readonly (readonly [string, MetricValue])[] {
  const metric = toMetric(value);
  return metric === undefined ? [] : [[name, metric]];
}

function toMetric(value: unknown): MetricValue | undefined {
  if (typeof value === 'number') return metricValue(value);
  if (typeof value === 'bigint') return metricValue(Number(value));
  if (value instanceof Float) return metricValue(value.value);
  return WORDS.has(value) ? (value as MetricValue) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float);
}
