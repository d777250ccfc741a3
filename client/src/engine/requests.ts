/** What a request means in the state a sweep is in: a decision, or a sentence that says why not. Pure. */
import type { Phase, SweepRequest } from './events.ts';
import { hasEnded, isActive, isFinal, type JobState, type SweepState } from './sweep-state.ts';

export interface Decision {
  readonly phase?: Phase;
  /** Jobs in the hands of a queue that have to be ended. */
  readonly cancel?: readonly number[];
  /** Jobs that wait and shall never run. */
  readonly drop?: readonly number[];
  /** Jobs that get another attempt. */
  readonly requeue?: readonly number[];
  /** Jobs that the batch system shall not start, or may start again. */
  readonly hold?: readonly number[];
  readonly release?: readonly number[];
}

export type Verdict = { readonly refused: string } | { readonly decision: Decision };

/** How far beyond the jobs asked for so far a single job may be cancelled; each one in between is written down. */
const REACH = 100_000;

const refused = (sentence: string): Verdict => ({ refused: sentence });
const decided = (decision: Decision): Verdict => ({ decision });

export function decide(request: SweepRequest, state: SweepState): Verdict {
  switch (request.type) {
    case 'pause':
      if (state.phase === 'running') return decided({ phase: 'paused' });
      return refused(`${state.id} can't be paused: it is ${inWords(state.phase)}.`);
    case 'resume':
      return decideResume(state);
    case 'stop':
      if (state.phase === 'running' || state.phase === 'paused') return decided({ phase: 'stopping' });
      return refused(`${state.id} can't be stopped: it is ${inWords(state.phase)}.`);
    case 'cancel':
      return request.jobs === undefined ? decideCancelAll(state) : decideCancelJobs(request.jobs, state);
    case 'retry':
      return decideRetry(request.jobs, state);
    case 'hold':
    case 'release':
      return decideHold(request.type, request.jobs, state);
  }
}

function decideHold(
  type: 'hold' | 'release',
  jobs: readonly number[] | undefined,
  state: SweepState,
): Verdict {
  if (state.queue === 'local') {
    return refused(
      `${state.id} runs on this machine: its jobs can't be held one by one. Pause the sweep instead; no new jobs start then.`,
    );
  }
  const asked = jobs === undefined ? state.jobs.map((job) => job.index) : [...new Set(jobs)];
  const waiting = asked.filter((index) => state.jobs[index]?.state === 'submitted');
  if (waiting.length > 0) return decided({ [type]: waiting.sort((a, b) => a - b) });
  const verb = type === 'hold' ? 'held' : 'released';
  const [only] = asked;
  if (jobs === undefined || only === undefined || asked.length > 1)
    return refused(`None of these jobs of ${state.id} waits in the batch system: none can be ${verb}.`);
  const known = state.jobs[only];
  return refused(
    known === undefined
      ? `${state.id} has no job ${only} in the batch system that could be ${verb}.`
      : `Job ${state.id}/${only} is ${known.state}: only a job that waits in the batch system can be ${verb}.`,
  );
}

function decideResume(state: SweepState): Verdict {
  switch (state.phase) {
    case 'paused':
    case 'stopping':
      return decided({ phase: 'running' });
    case 'stopped':
    case 'cancelled':
    case 'failed':
      if (state.total === undefined || state.counts.queued > 0) return decided({ phase: 'running' });
      return refused(
        `${state.id} is ${inWords(state.phase)} and has no jobs left to run. Retry jobs to run them again.`,
      );
    case 'running':
      return refused(`${state.id} is already running.`);
    case 'finished':
      return refused(`${state.id} is finished. Retry jobs to run them again.`);
    case 'cancelling':
      return refused(`${state.id} is being cancelled. Resume it when that is done.`);
  }
}

function decideCancelAll(state: SweepState): Verdict {
  if (isFinal(state.phase) || state.phase === 'cancelling') {
    return refused(`${state.id} can't be cancelled: it is ${inWords(state.phase)}.`);
  }
  return decided({
    phase: 'cancelling',
    cancel: state.jobs.filter((job) => isActive(job.state)).map((job) => job.index),
  });
}

function decideCancelJobs(jobs: readonly number[], state: SweepState): Verdict {
  const cancel: number[] = [];
  const drop: number[] = [];
  for (const index of new Set(jobs)) {
    const job = state.jobs[index];
    if (job === undefined) {
      const end = Math.min(state.total ?? Infinity, state.jobs.length + REACH);
      if (!Number.isSafeInteger(index) || index < 0 || index >= end) {
        return refused(`${state.id} has no job ${index} that could be cancelled.`);
      }
      drop.push(index);
    } else if (job.state === 'queued') {
      drop.push(index);
    } else if (isActive(job.state)) {
      cancel.push(index);
    }
  }
  if (cancel.length + drop.length === 0) {
    return refused(
      jobs.length === 1
        ? `Job ${state.id}/${String(jobs[0])} has already ended.`
        : 'These jobs have already ended.',
    );
  }
  return decided({ cancel, drop: drop.sort((a, b) => a - b) });
}

function decideRetry(jobs: readonly number[] | 'failed', state: SweepState): Verdict {
  if (state.phase === 'cancelling')
    return refused(`${state.id} is being cancelled. Retry when that is done.`);
  const chosen: JobState[] = [];
  if (jobs === 'failed') {
    for (const job of state.jobs) if (job.state === 'failed' || job.state === 'lost') chosen.push(job);
    if (chosen.length === 0) return refused(`${state.id} has no failed jobs to retry.`);
  } else {
    for (const index of new Set(jobs)) {
      const job = state.jobs[index];
      if (job === undefined) return refused(`${state.id} has no job ${index} that has run.`);
      if (!hasEnded(job.state))
        return refused(`Job ${state.id}/${index} is ${job.state}: only an ended job can be retried.`);
      if (job.state === 'done')
        return refused(
          `Job ${state.id}/${index} is done: only a failed, lost, cancelled or pruned job can be retried.`,
        );
      chosen.push(job);
    }
    if (chosen.length === 0) return refused('No job to retry was named.');
  }
  const requeue = chosen.map((job) => job.index).sort((a, b) => a - b);
  return decided({
    requeue,
    ...(isFinal(state.phase) || state.phase === 'stopping' ? { phase: 'running' as const } : {}),
  });
}

function inWords(phase: Phase): string {
  switch (phase) {
    case 'stopping':
      return 'being stopped';
    case 'cancelling':
      return 'being cancelled';
    case 'running':
    case 'paused':
    case 'finished':
    case 'stopped':
    case 'cancelled':
    case 'failed':
      return phase;
  }
}
