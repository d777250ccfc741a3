import type { JobReason } from '#engine/events.ts';
import type { JobState, SweepState } from '#engine/sweep-state.ts';
import { printable } from './printable.ts';

const REASONS: Readonly<Record<JobReason, (job: JobState) => string>> = {
  'exit-code': ({ exitCode }) => (exitCode === undefined ? 'exit code' : `exit code ${exitCode}`),
  signal: ({ signal }) => (signal === undefined ? 'ended by a signal' : `ended by ${signal}`),
  timeout: () => 'ran out of time',
  'out-of-memory': () => 'ran out of memory',
  'node-failure': () => 'its machine failed',
  preempted: () => 'preempted',
  'submit-rejected': () => 'not accepted by the queue',
  'spawn-failed': () => 'could not be started',
  storage: () => 'its files could not be written',
  requested: () => 'on request',
  'early-stop': () => 'stopped early',
  'no-exit-record': () => 'vanished without an exit record',
  retry: () => 'to be run again',
  pending: () => 'waits its turn',
  held: () => 'held',
  dependency: () => 'waits for another job',
  'dependency-never-satisfied': () => 'waits for a job that failed',
  'begin-time': () => 'waits for its begin time',
  limit: () => 'waits because of a limit',
  'error-state': () => 'needs somebody to act',
  starting: () => 'is being started',
  suspended: () => 'suspended',
  finishing: () => 'is ending',
  'host-unreachable': () => 'its machine does not answer',
  'requeued-by-system': () => 'back in the queue',
  'launch-failure': () => 'the batch system could not start it',
};

/** Why a job is where it is: its own sentence when there is one, else its reason in words, else an empty text. */
export function reasonOf(job: JobState): string {
  if (job.detail !== undefined) return printable(job.detail);
  return job.reason === undefined ? '' : REASONS[job.reason](job);
}

/** Why a job stands as it does in its batch system: our words, and the system's own behind them. */
export function nativeReason(job: JobState): string {
  const words = job.reason === undefined ? '' : REASONS[job.reason](job);
  const said = job.detail === undefined ? '' : printable(job.detail);
  if (words === '' || said === '') return words + said;
  return `${words} (${said})`;
}

/** Milliseconds a job ran, until `now` if it still does; undefined before it started. */
export function durationOf(job: JobState, now: number): number | undefined {
  return job.startedAt === undefined ? undefined : (job.endedAt ?? now) - job.startedAt;
}

/**
 * The best `most` jobs that are done, best first, by the final value of the sweep's metric. Jobs without a finite value
 * are left out; of equals the earlier one is first. Empty when the sweep has no metric.
 */
export function bestJobs({ jobs, metric }: SweepState, most: number): readonly JobState[] {
  if (metric === undefined) return [];
  const sign = metric.goal === 'maximize' ? -1 : 1;
  const valued = jobs.flatMap((job) => {
    const value = job.state === 'done' ? job.metrics[metric.name] : undefined;
    return typeof value === 'number' ? [{ job, key: sign * value }] : [];
  });
  valued.sort((a, b) => a.key - b.key || a.job.index - b.job.index);
  return valued.slice(0, most).map(({ job }) => job);
}

/** Jobs that failed or were lost, by index. */
export function failedJobs({ jobs }: SweepState): readonly JobState[] {
  return jobs.filter((job) => job.state === 'failed' || job.state === 'lost');
}
