import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { delayAfterEdit, pace, Pacer, type Clock } from '../../../server/src/pace.ts';

/** A clock that stands still until it is told to go on. */
class HandClock implements Clock {
  time = 0;
  readonly #due: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(delay: number, callback: () => void): () => void {
    const one = { at: this.time + delay, callback };
    this.#due.push(one);
    return () => {
      const index = this.#due.indexOf(one);
      if (index >= 0) this.#due.splice(index, 1);
    };
  }

  forward(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.time = next.at;
      next.callback();
    }
    this.time = end;
  }
}

describe('the pace of analysing', () => {
  /** Between two edits that don't pause. */
  const gap = pace.shortest / 2;

  it('waits longer the more an analysis costs, within bounds, and hardly at all for a cheap one', () => {
    assert.equal(delayAfterEdit(0), pace.shortest);
    assert.equal(delayAfterEdit(pace.cheap), pace.shortest);
    assert.equal(delayAfterEdit(120), 60);
    assert.equal(delayAfterEdit(5000), pace.longest);
  });

  it('leaves room for questions where these cost less than an analysis', () => {
    const clock = new HandClock();
    let runs = 0;
    const pacer = new Pacer(() => runs++, { clock, cheap: 5 });
    pacer.took(12);
    pacer.edited();
    clock.forward(5);
    assert.equal(runs, 0);
    clock.forward(1);
    assert.equal(runs, 1);
  });

  it('runs once after the last of several edits', () => {
    const clock = new HandClock();
    const runs: number[] = [];
    const pacer = new Pacer(() => runs.push(clock.time), { clock });
    for (let edit = 0; edit < 5; edit++) {
      pacer.edited();
      clock.forward(gap);
    }
    clock.forward(1000);
    assert.deepEqual(runs, [4 * gap + pace.shortest]);
  });

  it('runs now and then while the edits do not stop', () => {
    const clock = new HandClock();
    let runs = 0;
    const pacer = new Pacer(() => runs++, { clock });
    for (let edit = 0; edit < 5000 / gap; edit++) {
      pacer.edited();
      clock.forward(gap);
    }
    assert.equal(runs, Math.floor(5000 / pace.starvation));
  });

  it('does not run after it was stopped', () => {
    const clock = new HandClock();
    let runs = 0;
    const pacer = new Pacer(() => runs++, { clock });
    pacer.edited();
    pacer.stop();
    clock.forward(10_000);
    assert.equal(runs, 0);
  });

  it('always runs after the last edit, within the longest wait', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { minLength: 1 }), fc.nat(400), (pauses, cost) => {
        const clock = new HandClock();
        let lastRun = -1;
        const pacer = new Pacer(() => (lastRun = clock.time), { clock });
        pacer.took(cost);
        let lastEdit = 0;
        for (const pause of pauses) {
          lastEdit = clock.time;
          pacer.edited();
          clock.forward(pause);
        }
        clock.forward(pace.longest);
        assert.ok(lastRun >= lastEdit && lastRun <= lastEdit + pace.longest);
      }),
    );
  });
});
