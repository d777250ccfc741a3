import type { Phase } from '#engine/events.ts';
import { requestRefusal } from '#engine/queues/cluster/requests.ts';
import type { SweepView } from '#engine/sweeps.ts';
import { formatDuration } from './duration.ts';
import { isActive } from './groups.ts';
import { bestText, brakeSentence, hasFailures, isBraked } from './sweep.ts';

export type AnnouncementAction = 'resume' | 'showBest' | 'showFailed' | 'showOutput' | 'showRefusal';

export interface Announcement {
  readonly severity: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly actions: readonly AnnouncementAction[];
}

/** What has been said of a sweep so far: compared with what it is now. */
export interface Remembered {
  readonly phase: Phase;
  readonly braked: boolean;
  readonly trouble: string | undefined;
  /** The last request that a batch system did not grant. */
  readonly refused: Notice | undefined;
}

type Notice = SweepView['state']['notices'][number];

export function remember(view: SweepView): Remembered {
  return {
    phase: view.state.phase,
    braked: isBraked(view.state),
    trouble: view.trouble,
    refused: lastRefused(view),
  };
}

/**
 * What a person should hear now, if anything. Nothing is said of a sweep seen for the first time, of pauses and
 * cancellations (somebody just asked for them), or of anything twice.
 */
export function announcement(before: Remembered | undefined, view: SweepView): Announcement | undefined {
  if (before === undefined) return undefined;
  const { state } = view;
  const failed: readonly AnnouncementAction[] = hasFailures(state) ? ['showFailed'] : [];

  if (view.trouble !== undefined && view.trouble !== before.trouble) {
    return { severity: 'error', text: `${state.id}: ${view.trouble}`, actions: ['showOutput'] };
  }
  if (isBraked(state) && !before.braked) {
    return {
      severity: 'warning',
      text: `${state.id}: ${brakeSentence(state) ?? 'Paused.'}`,
      // what was refused has to be mended first
      actions: [
        ...(state.phaseReason === 'submit-rejected' ? (['showRefusal'] as const) : []),
        'resume',
        ...failed,
      ],
    };
  }
  const refused = lastRefused(view);
  if (refused !== undefined && isNews(refused, before.refused)) {
    return { severity: 'warning', text: `${state.id}: ${refused.detail}`, actions: ['showOutput'] };
  }
  if (isActive(before.phase) && !isActive(state.phase) && state.phase !== 'cancelled') {
    return {
      severity: state.phase === 'failed' ? 'error' : hasFailures(state) ? 'warning' : 'information',
      text: endText(view),
      actions: [...(state.best === undefined ? [] : (['showBest'] as const)), ...failed],
    };
  }
  return undefined;
}

function lastRefused({ state }: SweepView): Notice | undefined {
  return state.notices.findLast(({ detail }) => requestRefusal(detail) !== undefined);
}

/** What is tried again by itself is told once, whatever somebody asked for each time. */
function isNews(notice: Notice, before: Notice | undefined): boolean {
  if (notice.at === before?.at && notice.detail === before.detail) return false;
  return notice.detail !== before?.detail || requestRefusal(notice.detail) === 'final';
}

function endText({ state }: SweepView): string {
  const failures = state.counts.failed + state.counts.lost;
  const took = state.endedAt === undefined ? '' : ` in ${formatDuration(state.endedAt - state.launchedAt)}`;
  const best = bestText(state);
  const verb =
    state.phase === 'failed' ? 'failed' : state.phase === 'stopped' ? 'was stopped' : 'is finished';
  return [
    `${state.id} ${verb}: ${jobs(state.counts.done)} done${failures > 0 ? `, ${failures} failed` : ''}${took}.`,
    state.phase === 'failed' ? state.phaseDetail : undefined,
    best === undefined ? undefined : `Best: ${best} (#${state.best?.job ?? 0}).`,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** Said once when this window takes over a sweep that was left unfinished. */
export function resumedText({ state }: SweepView): string {
  const { queued, running, submitted } = state.counts;
  const left = queued + running + submitted;
  return state.total === undefined
    ? `Resumed ${state.id}: it goes on without end.`
    : `Resumed ${state.id}: ${jobs(left)} left.`;
}

function jobs(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`;
}
