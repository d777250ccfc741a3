import { isMap, stringifyJson, type Parameters, type Value } from '#core/value.ts';
import type { Metrics, MetricValue } from '#engine/events.ts';
import { printable, shorten } from './printable.ts';

/** A metric with at most 6 significant digits. */
export function formatMetric(value: MetricValue): string {
  if (typeof value === 'string') return value;
  return String(Number(value.toPrecision(6)));
}

/** `loss 0.12, accuracy 0.97`. */
export function formatMetrics(metrics: Metrics): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${printable(name)} ${formatMetric(value)}`)
    .join(', ');
}

/** `lr=0.1 opt.beta=0.9`: nested names are dotted, simple texts are bare, everything else is JSON. */
export function formatParameters(parameters: Parameters): string {
  const words: string[] = [];
  const walk = (prefix: string, map: Readonly<Record<string, Value>>): void => {
    for (const [name, value] of Object.entries(map)) {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      if (isMap(value) && Object.keys(value).length > 0) walk(path, value);
      else words.push(`${printable(path)}=${formatValue(value)}`);
    }
  };
  walk('', parameters);
  return words.join(' ');
}

/** One value on one line, at most 40 characters; a number that is no integer with 6 significant digits. */
export function formatValue(value: Value): string {
  return shorten(printable(plainText(value)), 40);
}

function plainText(value: Value): string {
  if (typeof value === 'string' && /^[^\s"'\\]+$/u.test(value)) return value;
  if (typeof value === 'number' && !Number.isInteger(value)) return formatMetric(value);
  return stringifyJson(value);
}
