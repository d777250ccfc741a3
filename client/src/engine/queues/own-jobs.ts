/** Which jobs of a batch system's listing are ours, and in which order people want to read it. Pure. */
import { nativeIdOf } from '../native-state.ts';
import { isActive, type SweepState } from '../sweep-state.ts';
import type { NativeJob, NativeStage } from './cluster/batch-system.ts';

/** The job of a sweep that stands behind a native job. */
export interface OwnJob {
  /** The key that was given for its sweep. */
  readonly sweep: string;
  /** `quadratic-7/12`, or `quadratic-7` for an array that the system lists as one. */
  readonly name: string;
  /** undefined: an array as a whole. */
  readonly job: number | undefined;
}

/** By native ids; those of arrays stand for their sweeps. */
export type OwnJobs = ReadonlyMap<string, OwnJob>;

/** The jobs of sweeps that are in batch systems now. */
export function ownJobsOf(sweeps: Iterable<{ readonly key: string; readonly state: SweepState }>): OwnJobs {
  const own = new Map<string, OwnJob>();
  for (const { key, state } of sweeps) {
    if (state.queue === 'local') continue;
    for (const job of state.jobs) {
      if (job.native === undefined || !isActive(job.state)) continue;
      const id = nativeIdOf(job.native);
      const array = job.native.batch.accepted?.nativeId;
      if (array !== undefined && array !== id) own.set(array, { sweep: key, name: state.id, job: undefined });
      if (id !== undefined) own.set(id, { sweep: key, name: `${state.id}/${job.index}`, job: job.index });
    }
  }
  return own;
}

export function ownJob(row: NativeJob, own: OwnJobs): OwnJob | undefined {
  return own.get(row.id) ?? own.get(row.base);
}

const order: Readonly<Record<NativeStage, number>> = {
  running: 0,
  requeued: 1,
  waiting: 2,
  unknown: 3,
  ended: 4,
};

/** Jobs of our sweeps, then others of the same person, then everybody's; within each the running ones first. */
export function sortedQueue(
  jobs: readonly NativeJob[],
  user: string | undefined,
  own: OwnJobs,
): readonly NativeJob[] {
  const rank = (row: NativeJob): number =>
    ownJob(row, own) !== undefined ? 0 : row.user !== undefined && row.user === user ? 1 : 2;
  return jobs
    .filter(({ stage }) => stage !== 'ended')
    .map((row) => ({ row, rank: rank(row) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        order[a.row.stage] - order[b.row.stage] ||
        (a.row.position ?? Infinity) - (b.row.position ?? Infinity) ||
        a.row.id.localeCompare(b.row.id, 'en', { numeric: true }),
    )
    .map(({ row }) => row);
}
