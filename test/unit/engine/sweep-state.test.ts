import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EventBody, JobStateName } from '#engine/events.ts';
import { foldEvents, SweepFold } from '#engine/sweep-fold.ts';
import { hasEnded, isActive } from '#engine/sweep-state.ts';
import { ended, foldOf, launched, stamped, started, submitted } from './events.ts';

function stateOf(...bodies: readonly EventBody[]) {
  const state = foldOf(...bodies).state;
  assert.ok(state);
  return state;
}

describe('the fold over a journal', () => {
  it('has no state before the launch', () => {
    assert.equal(foldEvents([stamped(submitted(0))]), undefined);
  });

  it('counts jobs not yet asked for as queued', () => {
    const state = stateOf(launched(), submitted(0), started(0));
    assert.equal(state.counts.queued, 9);
    assert.equal(state.counts.running, 1);
    assert.deepEqual(state.jobs[0]?.parameters, { x: 0 });
  });

  it('keeps the reason, the metrics and the best job', () => {
    const state = stateOf(
      launched(),
      submitted(0),
      submitted(1),
      ended(0, 'done', { metrics: { loss: 3 } }),
      ended(1, 'done', { metrics: { loss: 2 } }),
      submitted(2),
      ended(2, 'failed', { reason: 'exit-code', exitCode: 3, metrics: { loss: 1 } }),
    );
    assert.deepEqual(state.best, { job: 1, value: 2 });
    assert.equal(state.jobs[2]?.reason, 'exit-code');
    assert.equal(state.jobs[2].exitCode, 3);
  });

  it('never takes NaN for the best value', () => {
    const state = stateOf(launched(), submitted(0), ended(0, 'done', { metrics: { loss: 'NaN' } }));
    assert.equal(state.best, undefined);
  });

  it('looks for another best job when the best one is retried', () => {
    const state = stateOf(
      launched({ metric: { name: 'loss', goal: 'maximize' } }),
      submitted(0),
      submitted(1),
      ended(0, 'done', { metrics: { loss: 3 } }),
      ended(1, 'done', { metrics: { loss: 9 } }),
      { type: 'requeued', job: 1, attempt: 2, reason: 'retry' },
    );
    assert.deepEqual(state.best, { job: 0, value: 3 });
    assert.equal(state.jobs[1]?.state, 'queued');
    assert.equal(state.jobs[1].attempt, 2);
  });

  it('ignores events of an attempt that is over', () => {
    const state = stateOf(
      launched(),
      submitted(0),
      ended(0, 'failed'),
      { type: 'requeued', job: 0, attempt: 2, reason: 'retry' },
      submitted(0, 2),
      ended(0, 'lost', { attempt: 1 }),
      ended(0, 'done', { attempt: 2 }),
      ended(0, 'failed', { attempt: 2 }),
    );
    assert.equal(state.jobs[0]?.state, 'done');
  });

  it('fills the jobs whose records a damaged journal lost, and lets them run', () => {
    const fold = new SweepFold((index) => ({ x: index * 10 }));
    for (const body of [launched(), submitted(3), started(5)]) fold.apply(stamped(body));
    const state = fold.state;
    assert.ok(state);
    assert.deepEqual(
      state.jobs.map((job) => [job.state, job.parameters]),
      [
        ['queued', { x: 0 }],
        ['queued', { x: 10 }],
        ['queued', { x: 20 }],
        ['submitted', { x: 3 }],
        ['queued', { x: 40 }],
        ['running', { x: 50 }],
      ],
    );
    assert.deepEqual(fold.requeued(), [0, 1, 2, 4]);
    assert.equal(fold.firstRequeued(), 0);
    assert.equal(state.counts.queued, 8);
  });

  it('gives back to run_cap the jobs that were cancelled or lost before reporting anything', () => {
    const capped = launched({ points: null, runCap: 4 });
    assert.equal(stateOf(capped).total, 4);
    const cancelled = stateOf(capped, submitted(0), ended(0, 'cancelled'));
    assert.equal(cancelled.total, 5);
    const reported = stateOf(capped, submitted(0), ended(0, 'lost', { metrics: { loss: 1 } }));
    assert.equal(reported.total, 4);
    const retried = stateOf(capped, submitted(0), ended(0, 'lost'), {
      type: 'requeued',
      job: 0,
      attempt: 2,
      reason: 'retry',
    });
    assert.equal(retried.total, 4);
    assert.equal(stateOf(launched({ points: 3, runCap: 4 })).total, 3);
  });

  it('remembers which jobs somebody asked to cancel until they end', () => {
    const by = { program: 'cli', host: 'h', pid: 1 } as const;
    const fold = foldOf(launched(), submitted(0), submitted(1), {
      type: 'requested',
      id: 'a',
      request: { type: 'cancel', jobs: [1, 7] },
      by,
    });
    assert.equal(fold.isCancelling(0), false);
    assert.equal(fold.isCancelling(1), true);
    assert.equal(fold.isCancelling(7), false);
    assert.ok(fold.hasRequest('a'));
    fold.apply(stamped(ended(1, 'cancelled')));
    assert.equal(fold.isCancelling(1), false);
  });

  it('keeps its counts true for any order of events', () => {
    const job = fc.nat({ max: 12 });
    const attempt = fc.integer({ min: 1, max: 3 });
    const event: fc.Arbitrary<EventBody> = fc.oneof(
      fc.record({ type: fc.constant('submitted' as const), job, attempt }),
      fc.record({ type: fc.constant('started' as const), job, attempt, startedAt: fc.nat() }),
      fc.record({
        type: fc.constant('ended' as const),
        job,
        attempt,
        state: fc.constantFrom('done', 'failed', 'cancelled', 'pruned', 'lost'),
        endedAt: fc.nat(),
        metrics: fc.constantFrom({}, { loss: 1 }, { loss: 0.5 }),
      }),
      fc.record({
        type: fc.constant('requeued' as const),
        job,
        attempt,
        reason: fc.constant('retry' as const),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        (events, runCap) => {
          const fold = foldOf(
            launched({ points: 20, ...(runCap === undefined ? {} : { runCap }) }),
            ...events,
          );
          const state = fold.state;
          assert.ok(state);
          const by = (name: JobStateName) => state.jobs.filter((each) => each.state === name).length;
          for (const name of [
            'submitted',
            'running',
            'done',
            'failed',
            'cancelled',
            'pruned',
            'lost',
          ] as const) {
            assert.equal(state.counts[name], by(name));
          }
          assert.ok(state.total !== undefined);
          assert.equal(state.counts.queued, by('queued') + Math.max(0, state.total - state.jobs.length));
          assert.deepEqual(
            fold.requeued(),
            state.jobs.filter((each) => each.state === 'queued').map((each) => each.index),
          );
          assert.equal(fold.firstRequeued(), fold.requeued()[0]);
          assert.deepEqual(
            [...fold.active()].sort((a, b) => a - b),
            state.jobs.filter((each) => isActive(each.state)).map((each) => each.index),
          );
          const values = state.jobs.flatMap((each) =>
            each.state === 'done' && typeof each.metrics['loss'] === 'number' ? [each.metrics['loss']] : [],
          );
          assert.equal(state.best?.value, values.length === 0 ? undefined : Math.min(...values));
          for (const each of state.jobs) assert.equal(hasEnded(each.state), each.endedAt !== undefined);
        },
      ),
    );
  });
});
