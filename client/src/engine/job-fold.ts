/** What one event makes of a job: the job as it is afterwards. Whether the event still applies is for the sweep's fold to say. Pure. */
import type { Parameters } from '#core/value.ts';
import type { JobReason, JournalEvent, Metrics } from './events.ts';
import type { JobState } from './sweep-state.ts';

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

type Event<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

const NO_METRICS: Metrics = Object.freeze({});

export function queuedJob(index: number, parameters: Parameters): JobState {
  return { index, state: 'queued', attempt: 1, parameters, metrics: NO_METRICS };
}

export function submittedJob(job: JobState, attempt: number): JobState {
  return { ...bare(job), state: 'submitted', attempt };
}

export function startedJob(job: JobState, event: Event<'started'>): JobState {
  return {
    ...bare(job),
    ...native(job),
    state: 'running',
    attempt: event.attempt,
    startedAt: event.startedAt,
    ...(event.pid === undefined ? {} : { pid: event.pid }),
    ...(event.host === undefined ? {} : { host: event.host }),
    ...(event.slot === undefined ? {} : { slot: event.slot }),
    ...(event.gpus === undefined ? {} : { gpus: event.gpus }),
  };
}

export function endedJob(job: JobState, event: Event<'ended'>): JobState {
  const startedAt = event.startedAt ?? job.startedAt;
  return {
    index: job.index,
    state: event.state,
    attempt: event.attempt,
    parameters: job.parameters,
    metrics: event.metrics ?? NO_METRICS,
    endedAt: event.endedAt,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    ...(event.detail === undefined ? {} : { detail: event.detail }),
    ...(event.exitCode === undefined ? {} : { exitCode: event.exitCode }),
    ...(event.signal === undefined ? {} : { signal: event.signal }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(job.host === undefined ? {} : { host: job.host }),
    ...(job.slot === undefined ? {} : { slot: job.slot }),
    ...(job.gpus === undefined ? {} : { gpus: job.gpus }),
    ...(job.requeues === undefined ? {} : { requeues: job.requeues }),
    ...native(job),
  };
}

export function requeuedJob(job: JobState, event: Event<'requeued'>): JobState {
  return {
    ...bare(job),
    ...(event.bySystem === true ? native(job) : {}),
    state: event.bySystem === true ? 'submitted' : 'queued',
    attempt: event.attempt,
    reason: event.reason,
    ...(event.detail === undefined ? {} : { detail: event.detail }),
    ...requeuesAfter(job, event.reason),
  };
}

/** Its submission was taken back. */
export function withdrawnJob(job: JobState, detail: string): JobState {
  return { ...bare(job), state: 'queued', attempt: job.attempt, reason: 'submit-rejected', detail };
}

export function observedJob(job: JobState, event: Event<'observed'>): JobState {
  const { word, stage, reason, detail } = event;
  // a job that waits again before its attempt began
  const state = job.state === 'running' && stage === 'waiting' ? 'submitted' : job.state;
  const next: Mutable<JobState> = { ...job, state };
  delete next.reason;
  delete next.detail;
  if (reason !== undefined) next.reason = reason;
  if (detail !== undefined) next.detail = detail;
  if (job.native === undefined) return next;
  const { batch, place } = job.native;
  const id = event.nativeId ?? job.native.id;
  next.native = {
    batch,
    place,
    ...(id === undefined ? {} : { id }),
    word,
    stage,
    ...(event.stuck === true ? { stuck: true } : {}),
  };
  return next;
}

/** Whether `run_cap` counts the job: all but those cancelled or lost before reporting any metric. */
export function counted(job: JobState): boolean {
  if (job.state !== 'cancelled' && job.state !== 'lost') return true;
  return Object.keys(job.metrics).length > 0;
}

/** What stays of a job when a new attempt or state begins. */
function bare(job: JobState): Pick<JobState, 'index' | 'parameters' | 'metrics' | 'requeues'> {
  const { index, parameters, requeues } = job;
  return { index, parameters, metrics: NO_METRICS, ...(requeues === undefined ? {} : { requeues }) };
}

/** How the job stands in its batch system, for a state that leaves it there. */
function native(job: JobState): Pick<JobState, 'native'> {
  return job.native === undefined ? {} : { native: job.native };
}

/** What a person asked for, or the disk made necessary, is no requeue. */
function requeuesAfter(job: JobState, reason: JobReason): { readonly requeues?: number } {
  if (reason === 'storage') return {};
  return { requeues: reason === 'retry' ? 0 : (job.requeues ?? 0) + 1 };
}
