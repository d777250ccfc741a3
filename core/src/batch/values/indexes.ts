/** The indexes of job arrays. */

/** `from` to `to` in steps; a single index is a range of one. */
export interface IndexRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The indexes of a job array. */
export interface Indexes {
  readonly ranges: readonly IndexRange[];
  /** How many tasks run at once at most. */
  readonly limit?: number;
}

export interface IndexRules {
  /** Whether several ranges may stand there, separated by commas. */
  readonly lists: boolean;
  readonly steps: boolean;
  /** Whether a single index is enough. */
  readonly singles: boolean;
  readonly limit: boolean;
  readonly lowest: number;
}

/**
 * Reads `0-9`, `1,3,5`, `0-20:4%2` as far as the rules allow it; a sentence about what is wrong otherwise.
 * Slurm: lists, steps, `%limit`, from 0 (sbatch(1), --array). LSF: the same from 1. Grid Engine: one range
 * from 1. TORQUE: lists without steps. PBS Pro: one range with a step.
 */
export function parseIndexes(text: string, rules: IndexRules): Indexes | string {
  const [list = '', limitText, ...more] = text.split('%');
  if (more.length > 0) return 'There may be one % with the number of tasks that run at once.';
  if (limitText !== undefined && !rules.limit)
    return 'A % for how many tasks run at once is not understood here.';
  if (limitText !== undefined && !/^[1-9]\d*$/.test(limitText))
    return 'Behind the % stands how many tasks run at once, at least 1.';
  const parts = list.split(',');
  if (parts.length > 1 && !rules.lists) return 'Only one range is possible here.';
  const ranges: IndexRange[] = [];
  for (const part of parts) {
    const range = parseRange(part, rules);
    if (typeof range === 'string') return range;
    ranges.push(range);
  }
  return limitText === undefined ? { ranges } : { ranges, limit: Number(limitText) };
}

function parseRange(part: string, { steps, singles, lowest }: IndexRules): IndexRange | string {
  const match = /^(\d{1,15})(?:-(\d{1,15})(?::(\d{1,15}))?)?$/.exec(part);
  if (!match) return part === '' ? 'An index is missing.' : `'${part}' is neither an index nor a range.`;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  const step = match[3] === undefined ? 1 : Number(match[3]);
  if (match[2] === undefined && !singles) return 'A range from-to is needed; a single index is not enough.';
  if (match[3] !== undefined && !steps) return 'Steps are not understood here.';
  if (step === 0) return 'The step must be at least 1.';
  if (to < from) return `The range ${part} goes backward.`;
  if (from < lowest) return `Indexes begin at ${lowest}.`;
  return { from, to, step };
}

/** How many tasks there are; indexes that stand in two ranges count twice. */
export const countIndexes = ({ ranges }: Indexes): number =>
  ranges.reduce((sum, { from, to, step }) => sum + Math.floor((to - from) / step) + 1, 0);

/** The largest index. */
export const lastIndex = ({ ranges }: Indexes): number =>
  ranges.reduce(
    (last, { from, to, step }) => Math.max(last, from + Math.floor((to - from) / step) * step),
    0,
  );

/** `0-9:2,20%4`. */
export function formatIndexes({ ranges, limit }: Indexes): string {
  const list = ranges.map(({ from, to, step }) =>
    from === to ? String(from) : `${from}-${to}${step === 1 ? '' : `:${step}`}`,
  );
  return `${list.join(',')}${limit === undefined ? '' : `%${limit}`}`;
}
