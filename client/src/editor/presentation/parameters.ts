import { Float, isList, isMap, type Parameters, type Value } from '#core/value.ts';
import type { MetricValue } from '#engine/events.ts';

const longestText = 24;
const longestLabel = 80;

/** A metric with at most four significant digits: `0.031`, `1.234e-7`, `NaN`. */
export function formatMetric(value: MetricValue): string {
  return typeof value === 'number' ? shorten(value) : value;
}

/** A parameter value short enough for a label; what is cut ends in `…`. */
export function formatValue(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Float) {
    return Number.isInteger(value.value) && Math.abs(value.value) < 1e6
      ? value.value.toFixed(1)
      : shorten(value.value);
  }
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : shorten(value);
  if (typeof value === 'string') return cut(value === '' ? "''" : value.replace(/\s+/g, ' '), longestText);
  if (typeof value !== 'object') return String(value);
  const text = isList(value)
    ? `[${value.slice(0, longestText).map(formatValue).join(', ')}]`
    : `{${Object.entries(value)
        .slice(0, longestText)
        .map(([name, inner]) => `${name}: ${formatValue(inner)}`)
        .join(', ')}}`;
  return cut(text, longestText);
}

/** Every parameter with its dotted name, nested ones in place: `[['opt.lr', 0.1], ['batch', 32]]`. */
export function flatParameters(parameters: Parameters): readonly (readonly [string, Value])[] {
  const rows: (readonly [string, Value])[] = [];
  const visit = (map: Parameters, prefix: string): void => {
    for (const [name, value] of Object.entries(map)) {
      const path = prefix + name;
      if (isMap(value) && Object.keys(value).length > 0) visit(value, `${path}.`);
      else rows.push([path, value]);
    }
  };
  visit(parameters, '');
  return rows;
}

/** `lr=0.1 batch=32`, cut at 80 characters. */
export function parametersLabel(parameters: Parameters): string {
  let label = '';
  for (const [name, value] of flatParameters(parameters)) {
    const next = `${name}=${formatValue(value)}`;
    if (label.length + next.length > longestLabel)
      return label === '' ? cut(next, longestLabel) : `${label} …`;
    label = label === '' ? next : `${label} ${next}`;
  }
  return label;
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function cut(text: string, length: number): string {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
