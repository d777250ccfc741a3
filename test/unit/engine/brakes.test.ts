import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BrakeTally } from '#engine/brakes.ts';
import type { EventBody } from '#engine/events.ts';
import { ended, stamped, started } from './events.ts';

const ON = { enabled: true, consecutive: 0 };

function tallyOf(...events: readonly (readonly [seconds: number, EventBody])[]): BrakeTally {
  const tally = new BrakeTally();
  for (const [seconds, body] of events) tally.apply(stamped(body, 1_000_000 + seconds * 1_000));
  return tally;
}
const run = (
  job: number,
  at: number,
  state: 'done' | 'failed' | 'lost' | 'cancelled' | 'pruned',
  host = 'a',
) =>
  [
    [at, { ...started(job), host }],
    [at + 1, ended(job, state)],
  ] as const;

describe('failure brakes', () => {
  it('pull at the third failure within the first 60 seconds', () => {
    assert.equal(tallyOf(...run(0, 0, 'failed'), ...run(1, 2, 'failed')).check(ON), undefined);
    const pulled = tallyOf(...run(0, 0, 'failed'), ...run(1, 2, 'lost'), ...run(2, 58, 'failed')).check(ON);
    assert.equal(pulled?.reason, 'brake-flapping');
    assert.match(pulled.detail, /3 jobs failed in the first 60 seconds on a/);
  });

  it('let failures after the first minute pass until five, and only while they are not outnumbered', () => {
    const late = [0, 1, 2, 3].flatMap((job) => [...run(job, 100 + job, 'failed')]);
    const calm = run(99, 0, 'cancelled');
    assert.equal(tallyOf(...calm, ...late).check(ON), undefined);
    assert.equal(tallyOf(...calm, ...late, ...run(4, 200, 'failed')).check(ON)?.reason, 'brake-failing');
    const good = [10, 11, 12, 13, 14, 15].flatMap((job) => [...run(job, 90, 'done')]);
    assert.equal(tallyOf(...calm, ...good, ...late, ...run(4, 200, 'failed')).check(ON), undefined);
  });

  it('do not count cancelled and pruned jobs', () => {
    const events = [0, 1, 2, 3, 4, 5].flatMap((job) => [
      ...run(job, job, job % 2 === 0 ? 'cancelled' : 'pruned'),
    ]);
    assert.equal(tallyOf(...events).check(ON), undefined);
  });

  it('count each host by itself for flapping', () => {
    const spread = [...run(0, 0, 'failed', 'a'), ...run(1, 0, 'failed', 'b'), ...run(2, 0, 'failed', 'c')];
    assert.equal(tallyOf(...spread).check(ON), undefined);
  });

  it('start afresh after a continue', () => {
    const events = [...run(0, 0, 'failed'), ...run(1, 0, 'failed'), ...run(2, 0, 'failed')];
    const resumed: EventBody = { type: 'phase', phase: 'running', reason: 'requested' };
    assert.equal(tallyOf(...events, [5, resumed], ...run(3, 6, 'failed')).check(ON), undefined);
  });

  it('stay off when they are switched off', () => {
    const events = [0, 1, 2, 3, 4, 5].flatMap((job) => [...run(job, 0, 'failed')]);
    assert.equal(tallyOf(...events).check({ enabled: false, consecutive: 0 }), undefined);
    assert.equal(tallyOf(...events).check({ enabled: false, consecutive: 6 })?.reason, 'brake-consecutive');
    assert.equal(
      tallyOf(...events, ...run(7, 1, 'done')).check({ enabled: false, consecutive: 6 }),
      undefined,
    );
  });

  it('are not fooled by a clock that was set back', () => {
    const events = [
      ...run(0, 7_200, 'done'),
      ...run(1, 0, 'failed'),
      ...run(2, 10, 'failed'),
      ...run(3, 20, 'failed'),
    ];
    assert.equal(tallyOf(...events).check(ON), undefined);
  });
});
