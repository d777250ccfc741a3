import type { JobStateName, Phase } from '#engine/events.ts';
import type { Counts, JobState, SweepState } from '#engine/sweep-state.ts';
import type { SweepView } from '#engine/sweeps.ts';

export type GroupName = 'running' | 'queued' | 'finished' | 'failed' | 'stopped';

export interface Group {
  readonly name: GroupName;
  readonly label: string;
  readonly states: readonly JobStateName[];
  readonly icon: string;
  /** Shown while the sweep is active even when it is empty. */
  readonly permanent: boolean;
}

/** In the order in which the tree shows them. */
export const groups: readonly Group[] = [
  {
    name: 'running',
    label: 'Running',
    states: ['submitted', 'running'],
    icon: 'play-circle',
    permanent: true,
  },
  { name: 'queued', label: 'Queued', states: ['queued'], icon: 'clock', permanent: true },
  { name: 'finished', label: 'Finished', states: ['done'], icon: 'pass', permanent: true },
  { name: 'failed', label: 'Failed', states: ['failed', 'lost'], icon: 'error', permanent: true },
  {
    name: 'stopped',
    label: 'Stopped',
    states: ['cancelled', 'pruned'],
    icon: 'circle-slash',
    permanent: false,
  },
];

const groupOfState = new Map<JobStateName, Group>(
  groups.flatMap((group) => group.states.map((state) => [state, group] as const)),
);

export function groupOf(state: JobStateName): GroupName {
  return groupOfState.get(state)?.name ?? 'queued';
}

export function groupNamed(name: GroupName): Group {
  const group = groups.find((candidate) => candidate.name === name);
  if (group === undefined) throw new RangeError(`There is no group of jobs named ${name}.`);
  return group;
}

const activePhases: ReadonlySet<Phase> = new Set<Phase>(['running', 'paused', 'stopping', 'cancelling']);

/** Whether the sweep may still run jobs without anybody retrying one. */
export function isActive(phase: Phase): boolean {
  return activePhases.has(phase);
}

export function countOf(group: Group, counts: Counts): number {
  return group.states.reduce((sum, state) => sum + counts[state], 0);
}

/** Jobs that will not run again by themselves. */
export function endedCount(counts: Counts): number {
  return counts.done + counts.failed + counts.cancelled + counts.pruned + counts.lost;
}

/**
 * What stands behind a group's name: its count; of jobs in a batch system also how many of them only wait there.
 */
export function groupCount(group: Group, { counts, queue }: Pick<SweepState, 'counts' | 'queue'>): string {
  const waiting = group.name === 'running' && queue !== 'local' ? counts.submitted : 0;
  const count = countOf(group, counts);
  return waiting === 0 ? String(count) : `${count - waiting} · ${waiting} waiting`;
}

/** Jobs that still wait when a sweep is over will not run. */
export function groupLabel(group: Group, phase: Phase): string {
  return group.name === 'queued' && !isActive(phase) ? 'Not run' : group.label;
}

/** The groups worth a line: the four main ones while the sweep is active, else those with jobs. */
export function visibleGroups(phase: Phase, counts: Counts): readonly Group[] {
  return groups.filter((group) => (group.permanent && isActive(phase)) || countOf(group, counts) > 0);
}

/**
 * The first `limit` jobs of a group: queued ones in the order in which they will run, the others newest first.
 */
export function jobsOf(view: SweepView, name: GroupName, limit: number): readonly JobState[] {
  if (name === 'queued') return view.queuedPage(0, limit);
  return orderedJobs(view, name).slice(0, limit);
}

/** Place of a job within its group, or undefined when it can't be known without listing the queue. */
export function placeOf(view: SweepView, job: JobState): number | undefined {
  const name = groupOf(job.state);
  if (name === 'queued') return undefined;
  const place = orderedJobs(view, name).findIndex((candidate) => candidate.index === job.index);
  return place === -1 ? undefined : place;
}

function orderedJobs(view: SweepView, name: GroupName): JobState[] {
  const found: JobState[] = [];
  const { jobs } = view.state;
  // jobs end nearly in the order of their indices: read backwards, the sort below is nearly linear
  for (let index = jobs.length - 1; index >= 0; index--) {
    const job = jobs[index];
    if (job !== undefined && groupOf(job.state) === name) found.push(job);
  }
  return found.sort((a, b) => newness(b) - newness(a) || after(a, b));
}

/** Jobs that wait in a batch system stand in the order in which they were handed in. */
function after(a: JobState, b: JobState): number {
  return a.state === 'submitted' && b.state === 'submitted' ? a.index - b.index : b.index - a.index;
}

function newness(job: JobState): number {
  return (job.state === 'running' || job.state === 'submitted' ? job.startedAt : job.endedAt) ?? 0;
}
