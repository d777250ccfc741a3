import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExitRecord } from '#engine/exit-record.ts';
import type { NativeEnd } from '#engine/queues/cluster/batch-system.ts';
import { type Evidence, fateOf } from '#engine/queues/cluster/fate.ts';
import { outcomeOf } from '#engine/queues/local/outcome.ts';

const ended = (code: number, signal: number | null, stopped = false): ExitRecord => ({
  attempt: 1,
  code,
  signal,
  stopped,
  startedAt: 1,
  endedAt: 2,
  host: 'n1',
});
const well = ended(0, null);
const badly = ended(3, null);
const killed = ended(143, 15, true);

/** What becomes of a job that was begun and whose end is old news, unless the case says otherwise. */
function fate(
  record: ExitRecord | undefined,
  end: NativeEnd | undefined,
  also: Partial<Evidence> = {},
): string {
  const decided = fateOf({
    record,
    recorded: record && outcomeOf(record, '/job', also.cancelled === true),
    end,
    word: 'X',
    detail: undefined,
    claimed: true,
    cancelled: false,
    hasSettled: true,
    lastWords: undefined,
    title: 'Fake',
    ...also,
  });
  switch (decided.kind) {
    case 'open':
      return 'open';
    case 'again':
      return `again: ${decided.reason}`;
    case 'ended': {
      const { state, reason } = decided.outcome;
      return reason === undefined ? state : `${state}: ${reason}`;
    }
  }
}

describe('the fate of a job', () => {
  const failed = (reason?: NativeEnd['reason']): NativeEnd => ({
    outcome: 'failed',
    ...(reason === undefined ? {} : { reason }),
  });
  const unknown: NativeEnd = { outcome: 'unknown' };
  const cancelled: NativeEnd = { outcome: 'cancelled' };

  it('is success where the record says so, whatever else is said', () => {
    for (const end of [undefined, unknown, cancelled, failed(), failed('node-failure')])
      for (const asked of [true, false]) assert.equal(fate(well, end, { cancelled: asked }), 'done');
  });

  it('is the failure of a program that failed by itself, whatever else is said', () => {
    for (const end of [undefined, unknown, cancelled, failed('timeout'), failed('preempted')])
      assert.equal(fate(badly, end), 'failed: exit-code');
    assert.equal(fate(badly, failed('out-of-memory')), 'failed: out-of-memory');
  });

  it('has the cause that the system knows where the program was stopped', () => {
    assert.equal(fate(killed, failed('timeout')), 'failed: timeout');
    assert.equal(fate(killed, failed('preempted')), 'again: preempted');
    assert.equal(fate(killed, failed('node-failure')), 'again: node-failure');
    assert.equal(fate(killed, cancelled), 'cancelled: requested');
    assert.equal(fate(undefined, failed('launch-failure'), { claimed: false }), 'again: launch-failure');
  });

  it('is open while the system has said nothing of a program that was stopped', () => {
    assert.equal(fate(killed, undefined), 'open');
    assert.equal(fate(undefined, undefined), 'open');
  });

  it('is open for a while when the system can not say why a program was stopped: it may be put back', () => {
    assert.equal(fate(killed, unknown, { hasSettled: false }), 'open');
    assert.equal(fate(killed, unknown), 'failed: signal');
    assert.equal(fate(badly, unknown, { hasSettled: false }), 'failed: exit-code');
  });

  it('waits for the record of a program that was begun', () => {
    assert.equal(fate(undefined, { outcome: 'done' }, { hasSettled: false }), 'open');
    assert.equal(fate(undefined, { outcome: 'done' }), 'done');
    assert.equal(fate(undefined, failed(), { hasSettled: false }), 'open');
    assert.equal(fate(undefined, { outcome: 'failed', exitCode: 9 }), 'failed: exit-code');
    assert.equal(fate(undefined, { outcome: 'failed', signal: 9 }), 'failed: signal');
    assert.equal(fate(undefined, unknown), 'open');
  });

  it('is that it could not be started where nothing was begun', () => {
    const { kind, ...rest } = fateOf({
      record: undefined,
      recorded: undefined,
      end: { outcome: 'failed', exitCode: 127 },
      word: 'F',
      detail: undefined,
      claimed: false,
      cancelled: false,
      hasSettled: true,
      lastWords: 'module: command not found',
      title: 'Fake',
    });
    assert.equal(kind, 'ended');
    assert.deepEqual(rest, {
      outcome: {
        state: 'failed',
        reason: 'launch-failure',
        exitCode: 127,
        detail:
          'Fake ran its script, which ended with exit code 127 before the command was started. It said last: module: command not found',
      },
    });
  });

  it('is cancelled when we asked for it and nothing came to its own end', () => {
    assert.equal(fate(killed, undefined, { cancelled: true }), 'cancelled: requested');
    assert.equal(fate(undefined, cancelled, { cancelled: true }), 'cancelled: requested');
    assert.equal(fate(undefined, failed('node-failure'), { cancelled: true }), 'cancelled: requested');
    assert.equal(fate(badly, cancelled, { cancelled: true }), 'failed: exit-code');
    assert.equal(fate(undefined, undefined, { cancelled: true }), 'open');
  });
});
