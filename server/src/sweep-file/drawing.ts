/** A distribution as a small picture of text, with the values that mark it out. */
import { quantile } from '#core/sweep/distributions.ts';
import type { Distribution } from '#core/sweep/sweep.ts';
import { numberOf, stringifyValue, type Value } from '#core/value.ts';

const columns = 40;
const rows = 4;
const eighths = ' ▁▂▃▄▅▆▇█';
/** Draws at evenly spread shares, so that the same distribution always gives the same picture. */
const draws = 2000;

/** The picture as lines; undefined for a constant, which has no shape. */
export function drawing(distribution: Distribution): string | undefined {
  switch (distribution.distribution) {
    case 'constant':
      return undefined;
    case 'categorical': {
      const { values } = distribution;
      return bars(values, new Array<number>(values.length).fill(1 / Math.max(1, values.length)));
    }
    case 'categorical_w_probabilities':
      return bars(distribution.values, distribution.probabilities);
    default:
      return histogram(distribution);
  }
}

const mostBars = 10;
const longestBar = 20;
const longestName = 16;

function bars(values: readonly Value[], probabilities: readonly number[]): string | undefined {
  if (values.length === 0 || values.length > mostBars) return undefined;
  const names = values.map((value) => shortened(stringifyValue(value)));
  const width = Math.max(...names.map(({ length }) => length));
  const most = Math.max(...probabilities);
  return names
    .map((name, index) => {
      const share = probabilities[index] ?? 0;
      const bar = '█'.repeat(most > 0 ? Math.round((share / most) * longestBar) : 0);
      return `${name.padEnd(width)} ${bar} ${rounded(share * 100)} %`;
    })
    .join('\n');
}

const shortened = (text: string): string =>
  text.length > longestName ? `${text.slice(0, longestName - 1)}…` : text;

function histogram(distribution: Distribution): string | undefined {
  const numbers = Array.from({ length: draws }, (_, index) => at(distribution, (index + 0.5) / draws));
  const [low, high] = [at(distribution, 0.005), at(distribution, 0.995)];
  // shapes over several magnitudes show on a logarithmic axis only
  const log = distribution.distribution.includes('log') && low > 0;
  const axis = log ? Math.log : (x: number) => x;
  const [start, end] = [axis(low), axis(high)];
  if (!numbers.every(Number.isFinite) || !(end > start)) return undefined;
  const counts = new Array<number>(columns).fill(0);
  for (const number of numbers) {
    const place = Math.floor(((axis(number) - start) / (end - start)) * columns);
    const column = Math.min(columns - 1, Math.max(0, place));
    // a hair outside of the drawn range counts to its end only where it really lies there
    if (number >= low && number <= high) counts[column] = (counts[column] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const picture = Array.from({ length: rows }, (_, row) =>
    counts.map((count) => block((count / most) * rows - (rows - 1 - row))).join(''),
  );
  const [left, right] = [rounded(low), rounded(high)];
  const gap = Math.max(1, columns - left.length - right.length);
  const scale = log ? '  (log scale)' : '';
  return [
    ...picture.map((line) => line.trimEnd()).filter((line) => line !== ''),
    `${left}${' '.repeat(gap)}${right}${scale}`,
  ].join('\n');
}

/** How much of one row a column fills: 0 nothing, 1 all of it. */
const block = (share: number): string =>
  eighths[Math.round(Math.min(1, Math.max(0, share)) * (eighths.length - 1))] ?? ' ';

const at = (distribution: Distribution, share: number): number =>
  numberOf(quantile(distribution, share)) ?? NaN;

const marks = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** The values below which 5, 25, 50, 75 and 95 percent of the draws lie; undefined where values have no order. */
export function quantiles(distribution: Distribution): string | undefined {
  if ('value' in distribution || 'values' in distribution) return undefined;
  const values = marks.map((share) => at(distribution, share));
  if (!values.every(Number.isFinite)) return undefined;
  const heads = marks.map((share) => (share === 0.5 ? 'median' : `${share * 100} %`));
  return [
    `| ${heads.join(' | ')} |`,
    `|${marks.map(() => '---').join('|')}|`,
    `| ${values.map(rounded).join(' | ')} |`,
  ].join('\n');
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));
