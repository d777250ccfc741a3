import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Answer, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { moab } from '#engine/queues/cluster/systems/moab.ts';
import { failsWithoutAnswer, fuzz } from './fuzz.ts';

const folder = path.join(import.meta.dirname, '../../../fixtures/batch-systems/moab');
const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const answer = (stdout: string, code = 0, stderr = ''): Answer => ({ code, stdout, stderr });

function listed(listing: Listing): readonly NativeJob[] {
  assert.ok(listing.kind === 'listed', JSON.stringify(listing));
  return listing.jobs;
}

describe('Moab: submitting', () => {
  it('takes the id from XML and from behind an empty line', () => {
    for (const [stdout, id] of [
      ['<Data><job JobID="881218"/></Data>\n', '881218'],
      ['\nMoab.4\n', 'Moab.4'],
      ['\n4761849\n\n', '4761849'],
    ] as const)
      assert.deepEqual(moab.readSubmit(answer(stdout)), { kind: 'accepted', id });
  });

  it('tells refusals from a server that is away and from one that went silent', () => {
    const kinds: readonly (readonly [string, string])[] = [
      ["ERROR:    cannot submit job - class 'x' does not exist\n", 'refused'],
      ['ERROR:    cannot send request to server mg1:42559 (server may not be running)\n', 'busy'],
      ['ERROR:  client timed out after 30 seconds (hostname:port=mg1:42559)\n', 'unclear'],
    ];
    for (const [stderr, kind] of kinds)
      assert.equal(moab.readSubmit(answer('', 1, stderr)).kind, kind, stderr);
    assert.equal(moab.readSubmit(answer('\n')).kind, 'unclear');
    // killed on another host
    assert.equal(moab.readSubmit(answer('', 137)).kind, 'unclear');
    assert.equal(moab.readSubmit(answer('<Data></Data>')).kind, 'unclear');
  });

  it('knows no arrays', () => {
    assert.equal(moab.arrays, undefined);
    assert.deepEqual(
      moab.headerFor({ name: 'sd-a', directory: '/w', stdout: '/w/o', stderr: '/w/o', held: true }),
      ['#MSUB -N sd-a', '#MSUB -o /w/o', '#MSUB -j oe', '#MSUB -h'],
    );
    assert.equal(moab.keptOf('#MSUB -t x[1-5]'), undefined);
  });
});

describe('Moab: listings', () => {
  it('reads the three queues, places and holds', () => {
    assert.deepEqual(
      listed(moab.readList(answer(text('showq.xml')))).map(
        ({ base, name, stage, reason, stuck, position }) => [base, name, stage, reason, stuck, position],
      ),
      [
        ['5096381', 'sd-a', 'running', undefined, undefined, undefined],
        // the id it has now, and the one it was submitted with
        ['5096400', 'sd-b & c=d,e', 'waiting', 'pending', undefined, 1],
        ['Moab.7', 'sd-b & c=d,e', 'waiting', 'pending', undefined, 1],
        ['4761850', 'sd-c', 'waiting', 'pending', undefined, 2],
        ['1', 'sd-d', 'waiting', 'held', true, undefined],
        ['2', 'sd-e', 'waiting', 'error-state', true, undefined],
        ['3', 'sd-f', 'waiting', 'limit', undefined, undefined],
        ['4', 'sd-g', 'unknown', undefined, undefined, undefined],
      ],
    );
    assert.equal(listed(moab.readQueue(answer(text('showq.xml')))).length, 7);
  });

  it('reads how jobs ended', () => {
    assert.deepEqual(
      listed(moab.readHistory(answer(text('showq-c.xml')))).map(({ id, stage, end }) => [
        id,
        stage,
        end?.outcome,
        end?.reason,
        end?.exitCode ?? end?.signal,
      ]),
      [
        ['10', 'ended', 'done', undefined, 0],
        ['11', 'ended', 'failed', 'exit-code', 3],
        ['12', 'ended', 'cancelled', undefined, undefined],
        ['13', 'ended', 'failed', 'timeout', undefined],
        ['14', 'ended', 'failed', 'signal', 9],
        ['15', 'ended', 'unknown', undefined, undefined],
        ['16', 'ended', 'failed', 'node-failure', undefined],
        ['17', 'unknown', undefined, undefined, undefined],
      ],
    );
  });

  it('finds a submission by its name', () => {
    assert.deepEqual(
      listed(moab.readFind(answer(text('showq.xml')), 'sd-c')).map(({ id }) => id),
      ['4761850'],
    );
    assert.equal(moab.find({ user: 'ada', name: 'sd-c' }).length, 2);
    // under two ids it would count as two submissions, and one of them be cancelled
    assert.deepEqual(
      listed(moab.readFind(answer(text('showq.xml')), 'sd-b & c=d,e')).map(({ base }) => base),
      ['5096400'],
    );
  });

  it('takes only a whole document for an answer', () => {
    assert.equal(moab.readList(answer('')).kind, 'failed');
    assert.equal(moab.readList(answer('<Data></Data>')).kind, 'failed');
    failsWithoutAnswer(moab.readList, text('showq.xml'));
  });

  it('makes no end out of damaged text', () => {
    for (const name of ['showq.xml', 'showq-c.xml']) fuzz(moab.readList, answer(text(name)));
  });
});

describe('Moab: requests', () => {
  it('names many jobs in one call', () => {
    const ids = [{ base: '111' }, { base: '222' }];
    assert.deepEqual(moab.cancel(ids), [{ program: 'mjobctl', args: ['-c', '111,222'] }]);
    assert.deepEqual(moab.hold(ids), [{ program: 'mjobctl', args: ['-h', 'user', '111,222'] }]);
    assert.deepEqual(moab.release(ids), [{ program: 'mjobctl', args: ['-u', 'user', '111,222'] }]);
  });

  it('is content when jobs are over or unknown', () => {
    assert.equal(moab.readCancel(answer("\njob '4761849' cancelled\n\n")).kind, 'done');
    assert.equal(moab.readCancel(answer('', 1, 'ERROR:  invalid job specified (4761849)\n\n')).kind, 'done');
    assert.equal(moab.readCancel(answer('', 1, 'ERROR:  not authorized to cancel job 7\n')).kind, 'failed');
    assert.equal(moab.readCancel(answer('', 1)).kind, 'failed');
  });

  it('knows itself by its version', () => {
    assert.deepEqual(moab.readProbe(answer('Moab client version: 7.2.10 (revision 12)\n')), {
      version: '7.2.10',
    });
    assert.equal(moab.readProbe(answer('showq 1.0\n')), undefined);
  });
});
