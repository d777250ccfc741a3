import type { EventBody, JournalEvent } from '#engine/events.ts';
import { SweepFold } from '#engine/sweep-fold.ts';

export const launched = (over: Partial<Extract<EventBody, { type: 'launched' }>> = {}): EventBody => ({
  type: 'launched',
  id: 'quadratic-1',
  name: 'quadratic',
  file: '/w/sweep.yaml',
  workingDirectory: '/w',
  method: 'grid',
  seed: 1,
  points: 10,
  metric: { name: 'loss', goal: 'minimize' },
  queue: 'local',
  version: '0.0.0',
  ...over,
});

export const stamped = (body: EventBody, at = 1_000): JournalEvent => ({ ...body, at, owner: 1 });

export const submitted = (job: number, attempt = 1): EventBody => ({
  type: 'submitted',
  job,
  attempt,
  ...(attempt === 1 ? { parameters: { x: job } } : {}),
});

export const started = (job: number, attempt = 1): EventBody => ({
  type: 'started',
  job,
  attempt,
  startedAt: 1_000,
  pid: 4_000 + job,
});

export const ended = (
  job: number,
  state: Extract<EventBody, { type: 'ended' }>['state'],
  over: Partial<Extract<EventBody, { type: 'ended' }>> = {},
): EventBody => ({ type: 'ended', job, attempt: 1, state, endedAt: 2_000, ...over });

export function foldOf(...bodies: readonly EventBody[]): SweepFold {
  const fold = new SweepFold();
  for (const body of bodies) fold.apply(stamped(body));
  return fold;
}
