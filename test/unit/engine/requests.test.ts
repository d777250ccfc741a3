import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventBody, Phase, SweepRequest } from '#engine/events.ts';
import { decide } from '#engine/requests.ts';
import { ended, foldOf, launched, submitted } from './events.ts';

const phase = (name: Phase): EventBody => ({ type: 'phase', phase: name, reason: 'requested' });

function verdictOn(request: SweepRequest, ...bodies: readonly EventBody[]) {
  const state = foldOf(launched(), ...bodies).state;
  assert.ok(state);
  return decide(request, state);
}
const decision = (request: SweepRequest, ...bodies: readonly EventBody[]) => {
  const verdict = verdictOn(request, ...bodies);
  assert.ok('decision' in verdict, JSON.stringify(verdict));
  return verdict.decision;
};
const refusal = (request: SweepRequest, ...bodies: readonly EventBody[]) => {
  const verdict = verdictOn(request, ...bodies);
  assert.ok('refused' in verdict, JSON.stringify(verdict));
  return verdict.refused;
};

describe('requests to a sweep', () => {
  const table: readonly [SweepRequest['type'], Phase, Phase | 'refused'][] = [
    ['pause', 'running', 'paused'],
    ['pause', 'paused', 'refused'],
    ['pause', 'finished', 'refused'],
    ['resume', 'paused', 'running'],
    ['resume', 'stopping', 'running'],
    ['resume', 'stopped', 'running'],
    ['resume', 'cancelled', 'running'],
    ['resume', 'running', 'refused'],
    ['resume', 'finished', 'refused'],
    ['resume', 'cancelling', 'refused'],
    ['stop', 'running', 'stopping'],
    ['stop', 'paused', 'stopping'],
    ['stop', 'stopping', 'refused'],
    ['stop', 'finished', 'refused'],
    ['cancel', 'running', 'cancelling'],
    ['cancel', 'paused', 'cancelling'],
    ['cancel', 'stopping', 'cancelling'],
    ['cancel', 'cancelling', 'refused'],
    ['cancel', 'cancelled', 'refused'],
  ];
  for (const [type, from, to] of table) {
    it(`${type} a sweep that is ${from}: ${to}`, () => {
      const request = { type } as SweepRequest;
      if (to === 'refused') assert.match(refusal(request, phase(from)), /^quadratic-1 .*\.$/);
      else assert.equal(decision(request, phase(from)).phase, to);
    });
  }

  it('cancels what runs and drops what waits', () => {
    const done = decision({ type: 'cancel', jobs: [0, 1, 5] }, submitted(0), ended(0, 'done'), submitted(1));
    assert.deepEqual(done, { cancel: [1], drop: [5] });
    assert.match(refusal({ type: 'cancel', jobs: [0] }, submitted(0), ended(0, 'done')), /already ended/);
    assert.match(refusal({ type: 'cancel', jobs: [10] }), /no job 10/);
    assert.match(refusal({ type: 'cancel', jobs: [-1] }), /no job -1/);
  });

  it('retries failed and lost jobs, and opens a finished sweep again', () => {
    const events = [
      submitted(0),
      submitted(1),
      submitted(2),
      ended(0, 'failed'),
      ended(1, 'lost'),
      ended(2, 'done'),
    ];
    assert.deepEqual(decision({ type: 'retry', jobs: 'failed' }, ...events), { requeue: [0, 1] });
    assert.deepEqual(decision({ type: 'retry', jobs: 'failed' }, ...events, phase('finished')), {
      requeue: [0, 1],
      phase: 'running',
    });
    assert.match(refusal({ type: 'retry', jobs: [2] }, ...events), /is done/);
    assert.match(refusal({ type: 'retry', jobs: [0] }, submitted(0)), /submitted/);
    assert.match(refusal({ type: 'retry', jobs: 'failed' }, submitted(0)), /no failed jobs/);
    assert.deepEqual(decision({ type: 'retry', jobs: 'failed' }, ...events, phase('paused')), {
      requeue: [0, 1],
    });
  });
});
