import type { Phase, PhaseReason } from '#engine/events.ts';
import type { SweepState } from '#engine/sweep-state.ts';
import type { SweepView } from '#engine/sweeps.ts';
import { formatDuration } from './duration.ts';
import { endedCount, isActive } from './groups.ts';
import type { Icon } from './job.ts';
import { escapeMarkdown, tableRow } from './markdown.ts';
import { formatMetric } from './parameters.ts';
import { isOnCluster, type Live, staleSentence } from './native.ts';
import { clock } from './clock.ts';
import { refusalOf } from './refusal.ts';

const brakes: ReadonlySet<PhaseReason> = new Set<PhaseReason>([
  'brake-flapping',
  'brake-failing',
  'brake-consecutive',
  'submit-rejected',
  'storage',
]);

const brakeSentences: Partial<Readonly<Record<PhaseReason, string>>> = {
  'brake-flapping': 'Paused: three jobs failed within the first minute.',
  'brake-failing': 'Paused: the first five jobs all failed.',
  'brake-consecutive': 'Paused: too many jobs in a row failed.',
  'submit-rejected': 'Paused: the batch system refused the jobs.',
  storage: 'Paused: the sweep could not be written to disk.',
};

const icons: Readonly<Record<Phase, Icon>> = {
  running: { name: 'sync~spin', color: 'charts.blue' },
  paused: { name: 'debug-pause', color: 'charts.yellow' },
  stopping: { name: 'debug-stop', color: 'charts.yellow' },
  cancelling: { name: 'close-all', color: 'charts.yellow' },
  finished: { name: 'pass-filled', color: 'testing.iconPassed' },
  stopped: { name: 'circle-slash', color: 'testing.iconSkipped' },
  cancelled: { name: 'circle-slash', color: 'testing.iconSkipped' },
  failed: { name: 'error', color: 'testing.iconFailed' },
};

/** Whether failures or the disk, not a person, paused the sweep. */
export function isBraked(state: SweepState): boolean {
  return state.phase === 'paused' && brakes.has(state.phaseReason);
}

/** Why the sweep stands still, as a sentence; undefined when no brake holds it. */
export function brakeSentence(state: SweepState): string | undefined {
  if (!isBraked(state)) return undefined;
  return state.phaseDetail ?? brakeSentences[state.phaseReason];
}

export function hasFailures(state: SweepState): boolean {
  return state.counts.failed + state.counts.lost > 0;
}

/** `12/24`, or `12/∞` for a sweep that never ends by itself. */
export function progressText(state: SweepState): string {
  return `${endedCount(state.counts)}/${state.total ?? '∞'}`;
}

/** `loss 0.031` of the best job. */
export function bestText(state: SweepState): string | undefined {
  if (state.best === undefined) return undefined;
  return `${state.metric?.name ?? 'metric'} ${formatMetric(state.best.value)}`;
}

/** `4 waiting` of jobs that a batch system has and has not started; undefined when none does. */
export function waitingText(state: Pick<SweepState, 'counts' | 'queue'>): string | undefined {
  return isOnCluster(state) && state.counts.submitted > 0 ? `${state.counts.submitted} waiting` : undefined;
}

/** Whether all that is left to do waits its turn in a batch system: then nothing turns in a picture. */
export function onlyWaits(state: Pick<SweepState, 'counts' | 'queue'>): boolean {
  return waitingText(state) !== undefined && state.counts.running === 0;
}

export function sweepIcon(view: SweepView): Icon {
  if (view.trouble !== undefined || isBraked(view.state)) return { name: 'warning', color: 'charts.yellow' };
  if (view.state.phase === 'running' && view.owner.kind === 'nobody')
    return { name: 'debug-pause', color: 'charts.yellow' };
  if (view.state.phase === 'running' && onlyWaits(view.state)) return { name: 'clock', color: 'charts.blue' };
  if (view.state.phase === 'finished' && hasFailures(view.state))
    return { name: 'pass-filled', color: 'charts.yellow' };
  return icons[view.state.phase];
}

/** The phase in words, with what a person has to know: `running`, `paused by failures`, `waiting: nobody runs it`. */
export function phaseText(view: SweepView): string {
  const { state } = view;
  if (view.trouble !== undefined) return 'in trouble';
  if (isBraked(state)) return brakedText(state.phaseReason);
  if (isActive(state.phase) && view.owner.kind === 'nobody') return `${state.phase}, nobody runs it`;
  return state.phase;
}

function brakedText(reason: PhaseReason): string {
  if (reason === 'storage') return 'paused: disk trouble';
  return reason === 'submit-rejected' ? 'paused: the batch system refused its jobs' : 'paused by failures';
}

/** `12/24 · loss 0.031 · paused`; `folder` is given when there are several. */
export function sweepDescription(view: SweepView, folder: string | undefined): string {
  const phase = phaseText(view);
  return [
    progressText(view.state),
    bestText(view.state),
    phase === 'running' || phase === 'finished' ? undefined : phase,
    folder,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** The set of words that menus match: `sweep running pausable stoppable cancellable`. */
export function sweepWords(view: SweepView): string {
  const { state } = view;
  const { phase } = state;
  const has: readonly (readonly [string, boolean])[] = [
    ['pausable', phase === 'running'],
    ['resumable', phase === 'paused'],
    ['stoppable', phase === 'running' || phase === 'paused'],
    ['cancellable', phase === 'running' || phase === 'paused' || phase === 'stopping'],
    ['retryable', hasFailures(state) && phase !== 'cancelling'],
    ['deletable', !isActive(phase)],
    ['rated', state.best !== undefined],
    ['refused', refusalOf(state) !== undefined],
  ];
  return ['sweep', phase, ...has.flatMap(([word, holds]) => (holds ? [word] : []))].join(' ');
}

export function sweepSpoken(view: SweepView): string {
  const { counts } = view.state;
  return [
    `Sweep ${view.state.id}`,
    phaseText(view),
    `${endedCount(counts)} of ${view.state.total ?? 'endlessly many'} jobs ended`,
    counts.running > 0 ? `${counts.running} running` : undefined,
    waitingText(view.state),
    hasFailures(view.state) ? `${counts.failed + counts.lost} failed` : undefined,
    view.state.best === undefined
      ? undefined
      : `best ${bestText(view.state) ?? ''} in job ${view.state.best.job}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** Markdown: what the sweep is, why it stands still, who runs it, and the latest notices. */
export function sweepTooltip(view: SweepView, now: number, { freshness }: Live = {}): string {
  const { state } = view;
  const isInQueue = isOnCluster(state) && isActive(state.phase);
  const stale = isInQueue ? staleSentence(freshness, now) : undefined;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['File', state.file],
    ['Method', state.method === 'random' ? `random, seed ${state.seed}` : state.method],
    ['Jobs', `${progressText(state)} ended, ${activeText(state)}`],
    ['Failed', hasFailures(state) ? String(state.counts.failed + state.counts.lost) : undefined],
    ['Best', state.best === undefined ? undefined : `${bestText(state) ?? ''} (job ${state.best.job})`],
    ['Launched', new Date(state.launchedAt).toLocaleString()],
    ['Took', state.endedAt === undefined ? undefined : formatDuration(state.endedAt - state.launchedAt)],
    ['For', state.endedAt === undefined ? formatDuration(now - state.launchedAt) : undefined],
    ['Queue', state.queue],
    ['As of', isInQueue && freshness?.asOf !== undefined ? clock(freshness.asOf, now) : undefined],
    ['Runs in', ownerText(view)],
  ];
  const problem =
    view.trouble ?? brakeSentence(state) ?? (state.phase === 'failed' ? state.phaseDetail : undefined);
  const notices = state.notices.slice(-3).map((notice) => `- ${escapeMarkdown(notice.detail)}`);
  return [
    `**${escapeMarkdown(state.id)}** — ${phaseText(view)}`,
    problem === undefined ? undefined : `$(warning) ${escapeMarkdown(problem)}`,
    stale === undefined ? undefined : `$(warning) ${escapeMarkdown(stale)}`,
    [
      '| | |',
      '| :-- | :-- |',
      ...rows.flatMap(([name, value]) => (value === undefined ? [] : [tableRow(name, value)])),
    ].join('\n'),
    notices.length === 0 ? undefined : notices.join('\n'),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

/** `3 running`, and in a batch system `3 running, 27 waiting`. */
export function activeText({ counts, queue }: Pick<SweepState, 'counts' | 'queue'>): string {
  if (queue === 'local') return `${counts.running + counts.submitted} running`;
  return `${counts.running} running, ${counts.submitted} waiting in the queue`;
}

function ownerText(view: SweepView): string | undefined {
  if (!isActive(view.state.phase)) return undefined;
  switch (view.owner.kind) {
    case 'here':
      return 'this window';
    case 'elsewhere':
      return view.owner.description;
    case 'nobody':
      return 'nobody at the moment; its jobs are kept';
  }
}
