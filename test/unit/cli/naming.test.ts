import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandFailure, type FailureKind } from '../../../client/src/cli/failure.ts';
import { findSweep, jobNumbers } from '../../../client/src/cli/naming.ts';

const sweeps = ['quadratic-10', 'digits-2', 'quadratic-1', 'digits-1'].map((id) => ({ id }));
const find = (name: string) => findSweep(sweeps, name, '/work').id;

const failure = (kind: FailureKind, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CommandFailure);
  assert.equal(error.kind, kind);
  assert.match(error.message, message);
  return true;
};

describe('a sweep', () => {
  it('is found by its id, even when another id begins with it', () => {
    assert.equal(find('quadratic-1'), 'quadratic-1');
    assert.equal(find('quadratic-10'), 'quadratic-10');
  });

  it('is found by a beginning that is its own', () => {
    assert.equal(findSweep([{ id: 'quadratic-3' }, { id: 'digits-1' }], 'q', '/work').id, 'quadratic-3');
  });

  it('is found as the last one', () => assert.equal(find('last'), 'quadratic-10'));

  it('is not guessed', () => {
    assert.throws(
      () => find('digits'),
      failure('not-found', /fits more than one sweep: digits-2, digits-1\./),
    );
    assert.throws(
      () => find('digit-2'),
      failure('not-found', /no sweep "digit-2" in \/work\. Did you mean digits-2\?/),
    );
    assert.throws(() => find(''), failure('not-found', /no sweep ""/));
    assert.throws(
      () => findSweep([], 'last', '/work'),
      failure('not-found', /no sweeps in \/work.*launch FILE/),
    );
  });
});

describe('job numbers', () => {
  it('are single, ranges, or written with their sweep, each once and ascending', () => {
    assert.deepEqual(
      jobNumbers(['7', '2-4', 'quadratic-7/3', 'quadratic-7/9-10'], 'quadratic-7'),
      [2, 3, 4, 7, 9, 10],
    );
    assert.deepEqual(jobNumbers([], 'q-1'), []);
  });

  it('refuse anything else', () => {
    for (const word of ['', 'x', '-1', '1.5', '4-2', '0-999999999', '1e3', '99999999999999999999']) {
      assert.throws(() => jobNumbers([word], 'q-1'), failure('usage', /is no job number/));
    }
    assert.throws(() => jobNumbers(['q-2/1'], 'q-1'), failure('not-found', /does not belong to q-1/));
  });
});
