import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Answer, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { pbspro } from '#engine/queues/cluster/systems/pbspro.ts';
import { failsWithoutAnswer, fuzz } from './fuzz.ts';

const folder = path.join(import.meta.dirname, '../../../fixtures/batch-systems/pbspro');
const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const answer = (stdout: string, code = 0, stderr = ''): Answer => ({ code, stdout, stderr });

function listed(listing: Listing): readonly NativeJob[] {
  assert.ok(listing.kind === 'listed', JSON.stringify(listing));
  return listing.jobs;
}

describe('PBS Pro: submitting', () => {
  it('takes the id of a job and of an array', () => {
    assert.deepEqual(pbspro.readSubmit(answer('1234.scheduler\n')), {
      kind: 'accepted',
      id: '1234.scheduler',
    });
    assert.deepEqual(pbspro.readSubmit(answer('123[].scheduler\n')), {
      kind: 'accepted',
      id: '123[].scheduler',
    });
  });

  it('writes arrays as ranges, a single task as a range that holds no other', () => {
    const request = { name: 'sd-a', directory: '/w', stdout: '/w/%t/o', stderr: '/w/%t/e' };
    assert.deepEqual(pbspro.headerFor({ ...request, tasks: { count: 10, atOnce: 5 } }), [
      '#PBS -N sd-a',
      '#PBS -o /w/^array_index^/o',
      '#PBS -e /w/^array_index^/e',
      '#PBS -j n',
      '#PBS -J 0-9%5',
    ]);
    assert.ok(pbspro.headerFor({ ...request, tasks: { count: 1 } }).includes('#PBS -J 0-1:2'));
  });

  it('says which option a refusal is about', () => {
    const refusal = pbspro.readSubmit(answer('', 1, 'qsub: illegal -J value\nusage: qsub [-a date_time]\n'));
    assert.deepEqual(refusal, {
      kind: 'refused',
      sentence: 'qsub: illegal -J value',
      about: { options: ['J'] },
    });
  });

  it('leaves out what of a person it replaces', () => {
    assert.equal(pbspro.keptOf('#PBS -N mine -l select=1:ncpus=2'), '#PBS -l select=1:ncpus=2');
    assert.equal(pbspro.keptOf('#PBS -J 1-5'), undefined);
  });
});

describe('PBS Pro: listings', () => {
  it('reads how jobs are and how they ended', () => {
    assert.deepEqual(
      listed(pbspro.readList(answer(text('qstat-f-x.txt')))).map(({ id, stage, end, restarts }) => [
        id,
        stage,
        end?.outcome,
        end?.reason,
        end?.exitCode,
        restarts,
      ]),
      [
        ['4.scheduler', 'running', undefined, undefined, undefined, 0],
        ['5.scheduler', 'ended', 'done', undefined, 0, 0],
        ['6.scheduler', 'ended', 'failed', 'timeout', undefined, 0],
        ['7.scheduler', 'ended', 'cancelled', 'signal', 143, 0],
        ['8.scheduler', 'ended', 'cancelled', undefined, undefined, 0],
        ['9.scheduler', 'waiting', undefined, undefined, undefined, 0],
        ['10.scheduler', 'requeued', undefined, undefined, undefined, 2],
        ['11.scheduler', 'ended', 'failed', 'out-of-memory', undefined, 0],
      ],
    );
  });

  it("takes no line of a job's environment for one of its attributes", () => {
    const [job] = listed(pbspro.readList(answer(text('qstat-f-x.txt'))));
    assert.deepEqual(job, {
      id: '4.scheduler',
      base: '4.scheduler',
      name: 'sd-a',
      stage: 'running',
      word: 'R',
      detail: 'Job run at Fri Jul 01 at 14:42 on (execute-2:ncpus=1)',
      restarts: 0,
      nodes: 'execute-2/0',
      partition: 'workq',
      user: 'ada',
      submittedAt: new Date(2022, 6, 1, 14, 42, 57).getTime(),
      startedAt: new Date(2022, 6, 1, 14, 42, 58).getTime(),
    });
  });

  it('tells when a job is expected to start', () => {
    const job = listed(pbspro.readList(answer(text('qstat-f-x.txt')))).find(({ id }) => id === '9.scheduler');
    assert.equal(job?.expectedStartAt, new Date(2022, 6, 1, 18).getTime());
    assert.equal(job.detail, 'Not Running: Not enough free nodes available');
  });

  it("reads an array's tasks, and the array as one job for the view of the queue", () => {
    const jobs = listed(pbspro.readList(answer(text('qstat-f-x-t-array.txt'))));
    assert.deepEqual(
      jobs.map(({ base, task, stage, end }) => [base, task, stage, end?.outcome]),
      [
        ['123[].scheduler', 0, 'ended', 'done'],
        ['123[].scheduler', 1, 'ended', 'unknown'],
        ['123[].scheduler', 2, 'running', undefined],
        ['123[].scheduler', 3, 'waiting', undefined],
      ],
    );
    // the tasks are named as their array
    assert.ok(jobs.every(({ name }) => name === 'sd-array-2'));
    assert.equal(listed(pbspro.readQueue(answer(text('qstat-f-x-t-array.txt')))).length, 5);
  });

  it('knows the tasks that wait for held ones where their array is', () => {
    const held = text('qstat-f-x-t-array.txt').replace(
      '    array = True\n',
      '    Hold_Types = u\n    array = True\n',
    );
    assert.deepEqual(
      listed(pbspro.readList(answer(held))).map(({ stage, reason, stuck }) => [stage, reason, stuck]),
      [
        ['ended', undefined, undefined],
        ['ended', undefined, undefined],
        ['running', undefined, undefined],
        ['waiting', 'held', true],
      ],
    );
  });

  it('takes ids as unknown or over only when the program says so', () => {
    const none = { kind: 'listed', jobs: [] };
    assert.deepEqual(pbspro.readList(answer('', 153, 'qstat: Unknown Job Id 9.scheduler\n')), none);
    assert.deepEqual(
      pbspro.readList(answer('', 35, 'qstat: 9.scheduler Job has finished, use -x or -H\n')),
      none,
    );
    assert.equal(pbspro.readList(answer('')).kind, 'failed');
    failsWithoutAnswer(pbspro.readList, text('qstat-f-x.txt'));
  });

  it('makes no end out of damaged text', () => {
    for (const name of ['qstat-f-x.txt', 'qstat-f-x-t-array.txt']) fuzz(pbspro.readList, answer(text(name)));
  });
});

describe('PBS Pro: requests', () => {
  it('asks for tasks as ranges of ids', () => {
    const tasks = [0, 1, 2, 5].map((task) => ({ base: '1[].b', task }));
    assert.deepEqual(pbspro.cancel([{ base: '7.b' }, ...tasks]), [
      { program: 'qdel', args: ['7.b', '1[0-2].b', '1[5].b'] },
    ]);
    assert.deepEqual(pbspro.hold([{ base: '1[].b' }]), [{ program: 'qhold', args: ['1[].b'] }]);
  });

  it('is content when jobs are over or unknown', () => {
    assert.equal(pbspro.readCancel(answer('', 35, 'qdel: Job has finished 1.b\n')).kind, 'done');
    assert.equal(pbspro.readCancel(answer('', 153, 'qdel: Unknown Job Id 1.b\n')).kind, 'done');
    assert.equal(pbspro.readCancel(answer('', 159, 'qdel: Unauthorized Request 1.b\n')).kind, 'failed');
  });

  it('finds jobs by name in the history, too', () => {
    assert.deepEqual(pbspro.find({ user: 'ada', name: 'sd-a' }), [
      { program: 'qselect', args: ['-x', '-u', 'ada', '-N', 'sd-a'] },
    ]);
  });

  it('knows itself by its version', () => {
    assert.deepEqual(pbspro.readProbe(answer('pbs_version = 20.0.1\n')), { version: '20.0.1' });
    assert.equal(pbspro.readProbe(answer('Version: 6.1.2\n')), undefined);
  });
});
