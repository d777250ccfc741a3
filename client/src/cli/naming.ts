import type { SweepView } from '#engine/sweeps.ts';
import { CommandFailure } from './failure.ts';
import { nearest } from '#core/sweep/spelling.ts';
import { printable } from './format/printable.ts';

/**
 * The sweep that a person means by its id, by the beginning of an id that no other sweep shares, or by `last`
 * for the newest. `sweeps`: newest first. Throws a CommandFailure of kind `not-found`.
 */
export function findSweep<Sweep extends Pick<SweepView, 'id'>>(
  sweeps: readonly Sweep[],
  name: string,
  root: string,
): Sweep {
  const newest = sweeps[0];
  if (newest === undefined) {
    throw new CommandFailure('not-found', `There are no sweeps in ${root}. Start one: sweepdeck launch FILE`);
  }
  const exact = sweeps.find((sweep) => sweep.id === name);
  if (exact !== undefined) return exact;
  if (name === 'last') return newest;
  const [match, ...others] = name === '' ? [] : sweeps.filter((sweep) => sweep.id.startsWith(name));
  if (match !== undefined && others.length === 0) return match;
  if (match !== undefined) {
    const ids = [match, ...others].map((sweep) => sweep.id);
    const shown = ids.slice(0, 5).join(', ') + (ids.length > 5 ? `, … (${ids.length})` : '');
    throw new CommandFailure('not-found', `"${printable(name)}" fits more than one sweep: ${shown}.`);
  }
  const guess = nearest(
    name,
    sweeps.map((sweep) => sweep.id),
  );
  const hint = guess === undefined ? 'See: sweepdeck list' : `Did you mean ${guess}?`;
  throw new CommandFailure('not-found', `There is no sweep "${printable(name)}" in ${root}. ${hint}`);
}

/**
 * Job numbers as typed: `3`, `5-8` (both ends included), or `quadratic-7/3` as the tables print them.
 * Ascending, each once. Throws a CommandFailure of kind `usage`, and of kind `not-found` for a job of another sweep.
 */
export function jobNumbers(words: readonly string[], sweep: string): readonly number[] {
  const jobs = new Set<number>();
  for (const word of words) {
    const slash = word.lastIndexOf('/');
    if (slash !== -1 && word.slice(0, slash) !== sweep) {
      throw new CommandFailure('not-found', `Job ${printable(word)} does not belong to ${sweep}.`);
    }
    const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(word.slice(slash + 1));
    const first = Number(match?.[1]);
    const last = match?.[2] === undefined ? first : Number(match[2]);
    if (match === null || last < first || last - first >= MOST_JOBS) {
      throw new CommandFailure(
        'usage',
        `"${printable(word)}" is no job number: write 3, or 5-8 for jobs 5 to 8 (at most ${MOST_JOBS} at once).`,
      );
    }
    for (let job = first; job <= last; job++) jobs.add(job);
  }
  return [...jobs].sort((a, b) => a - b);
}

const MOST_JOBS = 100_000;
