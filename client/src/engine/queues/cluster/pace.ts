/** How often a batch system is asked. Pure: times go in, times come out; all in milliseconds. */

export interface PaceSettings {
  /** The interval that somebody asked for. */
  readonly interval: number;
}

/** What the next interval depends on. */
export interface PaceFacts {
  /** How long the latest query took. */
  readonly lastDuration: number;
  /** Queries since the latest change or submission that told nothing new. */
  readonly unchanged: number;
  /** Queries in a row that failed. */
  readonly failures: number;
  /** Whether somebody looks, or jobs wait for news. */
  readonly watched: boolean;
}

const LONGEST_STEP = 10_000;
/** While somebody looks, nothing is older than this, unless the system itself is slow. */
const LONGEST_WATCHED = 30_000;
const LONGEST_UNWATCHED = 180_000;
const LONGEST_AFTER_FAILURES = 300_000;

/**
 * Time from the end of one status query to the next. At least what was asked for and five times what the
 * last query took; longer by twice that, at most ten seconds, for each query that brought no news, up to 30 s
 * (180 s while nobody looks); doubled for each failure, up to 300 s.
 */
export function nextInterval({ interval }: PaceSettings, facts: PaceFacts): number {
  const base = Math.max(interval, 5 * facts.lastDuration);
  if (facts.failures > 0) {
    return Math.max(base, Math.min(base * 2 ** Math.min(facts.failures, 20), LONGEST_AFTER_FAILURES));
  }
  const longest = Math.max(base, facts.watched ? LONGEST_WATCHED : LONGEST_UNWATCHED);
  const step = Math.min(LONGEST_STEP, 2 * base);
  return Math.min(base + step * Math.max(0, facts.unchanged - 1), longest);
}
