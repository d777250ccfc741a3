import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { painter } from '../../../client/src/cli/format/colour.ts';
import { widthOf } from '../../../client/src/cli/format/printable.ts';
import { sampleJob, sampleView } from '../editor/sample-view.ts';
import {
  estimateRemaining,
  progressLine,
  progressOf,
  progressSentence,
  type Progress,
} from '../../../client/src/cli/format/progress.ts';

const progress: Progress = {
  id: 'quadratic-7',
  ended: 12,
  total: 24,
  running: 2,
  waiting: 0,
  failed: 1,
  pruned: 0,
  best: { metric: 'loss', value: 0.25, job: 8 },
  phase: undefined,
  remaining: 80_000,
};
const ascii = { width: 200, unicode: false, paint: painter(false) };

describe('the progress line', () => {
  it('says what is done, running, failed, best and left', () => {
    assert.equal(
      progressLine(progress, ascii),
      'quadratic-7  ############------------ 12/24  2 running  1 failed  best loss 0.25 (job 8)  1 min 20 s left',
    );
  });

  it('does not call running what waits in a batch system', () => {
    const jobs = [sampleJob({ state: 'running' }), sampleJob({ index: 1, state: 'submitted' })];
    const { state } = sampleView({ queue: 'gpu', jobs });
    assert.equal(
      progressSentence(progressOf(state, undefined)),
      'quadratic-7: 0/24 ended, 1 running, 1 waiting',
    );
    assert.match(progressSentence(progressOf({ ...state, queue: 'local' }, undefined)), /2 running$/);
  });

  it('has no bar when the sweep has no end', () => {
    assert.equal(
      progressLine({ ...progress, total: undefined, remaining: undefined, best: undefined }, ascii),
      'quadratic-7  12 ended  2 running  1 failed',
    );
  });

  it('names a phase that is not simply running', () => {
    assert.match(progressLine({ ...progress, phase: 'stopping' }, ascii), /12\/24 {2}stopping {2}2 running/);
  });

  it('never is wider than the terminal, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.string({ minLength: 1 }),
          ended: fc.nat(),
          total: fc.option(fc.nat(), { nil: undefined }),
          running: fc.nat(),
          waiting: fc.nat(),
          failed: fc.nat(),
          pruned: fc.nat(),
          best: fc.option(
            fc.record({ metric: fc.string(), value: fc.double({ noNaN: true }), job: fc.nat() }),
            {
              nil: undefined,
            },
          ),
          phase: fc.constantFrom(undefined, 'paused'),
          remaining: fc.option(fc.nat(), { nil: undefined }),
        }),
        fc.integer({ min: 1, max: 120 }),
        fc.boolean(),
        (any, width, unicode) => {
          assert.ok(widthOf(progressLine(any, { width, unicode, paint: painter(true) })) <= width);
        },
      ),
    );
  });

  it('is a sentence in a log', () => {
    assert.equal(
      progressSentence({ ...progress, phase: 'paused' }),
      'quadratic-7: 12/24 ended, paused, 2 running, 1 failed, best loss 0.25 (job 8), 1 min 20 s left',
    );
  });
});

describe('the time left', () => {
  it('follows the rate seen so far', () => {
    assert.equal(estimateRemaining(10, 30, 5, 1000), 4000);
    assert.equal(estimateRemaining(30, 30, 5, 1000), 0);
  });

  it('is unknown without a total, before a job has ended, and when no time has passed', () => {
    assert.equal(estimateRemaining(10, undefined, 5, 1000), undefined);
    assert.equal(estimateRemaining(10, 30, 0, 1000), undefined);
    assert.equal(estimateRemaining(10, 30, 5, 0), undefined);
  });
});
