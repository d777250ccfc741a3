import type { Counts, SweepState } from '#engine/sweep-state.ts';
import type { Metrics } from '#engine/events.ts';
import type { Paint } from './colour.ts';
import { formatDuration } from './duration.ts';
import { shorten, widthOf } from './printable.ts';
import { formatMetric } from './values.ts';

/** What a progress line shows of a sweep. */
export interface Progress {
  readonly id: string;
  readonly ended: number;
  /** undefined: never ends by itself. */
  readonly total: number | undefined;
  readonly running: number;
  /** Handed to a batch system, and not begun. */
  readonly waiting: number;
  readonly failed: number;
  readonly pruned: number;
  readonly best: { readonly metric: string; readonly value: number; readonly job: number } | undefined;
  /** `paused`, `stopping`...; undefined while it simply runs. */
  readonly phase: string | undefined;
  /** Estimated milliseconds to the end. */
  readonly remaining: number | undefined;
}

const ENDED = ['done', 'failed', 'cancelled', 'pruned', 'lost'] as const satisfies readonly (keyof Counts)[];

/** Number of jobs that reached an end. */
export function endedCount(counts: Counts): number {
  return ENDED.reduce((sum, state) => sum + counts[state], 0);
}

/** The progress of a sweep; `remaining` comes from `estimateRemaining`. */
export function progressOf(state: SweepState, remaining: number | undefined): Progress {
  const { counts, best, metric } = state;
  // on this machine a job waits for moments only
  const waiting = state.queue === 'local' ? 0 : counts.submitted;
  return {
    id: state.id,
    ended: endedCount(counts),
    total: state.total,
    running: counts.running + counts.submitted - waiting,
    waiting,
    failed: counts.failed + counts.lost,
    pruned: counts.pruned,
    best: best === undefined || metric === undefined ? undefined : { metric: metric.name, ...best },
    phase: state.phase === 'running' ? undefined : state.phase,
    remaining,
  };
}

/**
 * Milliseconds until `total` jobs ended, when `ended` of them, `endedNow` in the last `elapsed` ms, have.
 * Undefined while nothing is known: no total, or no job ended yet under our eyes.
 */
export function estimateRemaining(
  ended: number,
  total: number | undefined,
  endedNow: number,
  elapsed: number,
): number | undefined {
  if (total === undefined || endedNow <= 0 || elapsed <= 0) return undefined;
  return Math.max(0, total - ended) * (elapsed / endedNow);
}

/** One line of at most `width` characters: parts are left out from the end until it fits. */
export function progressLine(
  progress: Progress,
  options: { readonly width: number; readonly unicode: boolean; readonly paint: Paint },
): string {
  const { paint } = options;
  const parts = [paint('bold', progress.id), ...barAndCount(progress, options)];
  if (progress.phase !== undefined) parts.push(paint('yellow', progress.phase));
  parts.push(...facts(progress, paint));
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (widthOf(longer) > options.width) break;
    line = longer;
  }
  return line === '' ? shorten(progress.id, options.width) : line;
}

/** The same as a plain line for a log. */
export function progressSentence(progress: Progress): string {
  const count = progress.total === undefined ? `${progress.ended}` : `${progress.ended}/${progress.total}`;
  const phase = progress.phase === undefined ? [] : [progress.phase];
  return [`${progress.id}: ${count} ended`, ...phase, ...facts(progress, (_style, text) => text)].join(', ');
}

function facts(progress: Progress, paint: Paint): readonly string[] {
  const { running, waiting, failed, pruned, best, remaining } = progress;
  const parts: string[] = [];
  if (running > 0) parts.push(`${running} running`);
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (failed > 0) parts.push(paint('red', `${failed} failed`));
  if (pruned > 0) parts.push(`${pruned} pruned`);
  if (best !== undefined) parts.push(`best ${best.metric} ${formatMetric(best.value)} (job ${best.job})`);
  if (remaining !== undefined && remaining > 0)
    parts.push(paint('faint', `${formatDuration(remaining)} left`));
  return parts;
}

const BAR_WIDTH = 24;

function barAndCount(
  progress: Progress,
  { unicode, paint }: { readonly unicode: boolean; readonly paint: Paint },
): readonly string[] {
  const { ended, total } = progress;
  if (total === undefined) return [`${ended} ended`];
  const filled = total === 0 ? BAR_WIDTH : Math.floor((Math.min(ended, total) / total) * BAR_WIDTH);
  const [full, empty] = unicode ? ['━', '─'] : ['#', '-'];
  const bar = paint('green', full.repeat(filled)) + paint('faint', empty.repeat(BAR_WIDTH - filled));
  return [`${bar} ${ended}/${total}`];
}

/** Latest value of the sweep's own metric, if the job has reported one. */
export function metricValue(state: SweepState, metrics: Metrics): string {
  const value = state.metric === undefined ? undefined : metrics[state.metric.name];
  return value === undefined ? '' : formatMetric(value);
}
