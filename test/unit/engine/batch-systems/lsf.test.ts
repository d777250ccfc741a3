import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Answer, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { lsf } from '#engine/queues/cluster/systems/lsf.ts';
import { failsWithoutAnswer, fuzz } from './fuzz.ts';

const folder = path.join(import.meta.dirname, '../../../fixtures/batch-systems/lsf');
const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const answer = (stdout: string, code = 0, stderr = ''): Answer => ({ code, stdout, stderr });

function listed(listing: Listing): readonly NativeJob[] {
  assert.ok(listing.kind === 'listed', JSON.stringify(listing));
  return listing.jobs;
}

describe('LSF: submitting', () => {
  it('gives the script on standard input and reads the id', () => {
    const submission = { name: 'sd-a', script: '/w/s.sh', text: '#!/bin/sh\n', directory: '/w' };
    assert.deepEqual(lsf.submit(submission), {
      program: 'bsub',
      args: [],
      stdin: '#!/bin/sh\n',
      directory: '/w',
    });
    for (const stdout of [
      'Job <123> is submitted to queue <normal>.\n',
      'Job <123> is submitted to default queue <normal>.\n',
      'Welcome to the site\nJob <123> is submitted to queue <normal>.\n',
    ])
      assert.deepEqual(lsf.readSubmit(answer(stdout)), { kind: 'accepted', id: '123' });
    assert.equal(lsf.readSubmit(answer('Job <12x> is submitted to queue <a>.\n')).kind, 'unclear');
  });

  it('tells refusals from daemons that are away and from a call that broke', () => {
    const kinds: readonly (readonly [string, string])[] = [
      ['nosuch: No such queue. Job not submitted.\n', 'refused'],
      ['Bad resource requirement syntax. Job not submitted.\n', 'refused'],
      ['Failed in an LSF library call: LIM is down; try later. Job not submitted.\n', 'busy'],
      ['User pending job limit has been reached. Job not submitted.\n', 'busy'],
      ['Failed in an LSF library call: Communication time out\n', 'unclear'],
      ['', 'unclear'],
    ];
    for (const [stderr, kind] of kinds)
      assert.equal(lsf.readSubmit(answer('', 255, stderr)).kind, kind, stderr);
    const queue = lsf.readSubmit(answer('', 255, 'nosuch: No such queue. Job not submitted.\n'));
    assert.deepEqual(queue.kind === 'refused' && queue.about, { options: ['q'] });
  });

  it('counts tasks from 1 and overwrites output files', () => {
    const request = { name: 'sd-a', directory: '/w', stdout: '/w/o.%t', stderr: '/w/e.%t' };
    assert.deepEqual(lsf.headerFor({ ...request, tasks: { count: 100, atOnce: 10 }, held: true }), [
      '#BSUB -J "sd-a[1-100]%10"',
      '#BSUB -oo /w/o.%I',
      '#BSUB -eo /w/e.%I',
      '#BSUB -H',
    ]);
    assert.deepEqual(lsf.headerFor({ name: 'sd-a', directory: '/w', stdout: '/w/o', stderr: '/w/o' }), [
      '#BSUB -J sd-a',
      '#BSUB -oo /w/o',
    ]);
  });

  it('leaves out what of a person it replaces', () => {
    assert.equal(lsf.keptOf('#BSUB -J "mine[1-5]" -q long'), '#BSUB -q long');
    assert.equal(lsf.keptOf('#BSUB -o out.%J'), undefined);
    assert.equal(lsf.isReplaced('#BSUB -W 1:00'), false);
  });
});

describe('LSF: listings', () => {
  it('reads every state, also beside a message and an unknown id', () => {
    assert.deepEqual(
      listed(lsf.readList(answer(text('bjobs-a.txt'), 255, 'Job <1> is not found\n'))).map(
        ({ id, stage, reason, end }) => [id, stage, reason, end?.outcome, end?.reason, end?.exitCode],
      ),
      [
        ['100', 'running', undefined, undefined, undefined, undefined],
        ['101', 'waiting', 'pending', undefined, undefined, undefined],
        ['102', 'waiting', 'held', undefined, undefined, undefined],
        ['103', 'ended', undefined, 'done', undefined, 0],
        ['104', 'ended', undefined, 'failed', 'exit-code', 3],
        ['105', 'ended', undefined, 'failed', 'timeout', 140],
        ['106', 'ended', undefined, 'cancelled', undefined, 130],
        ['107', 'ended', undefined, 'failed', 'out-of-memory', 137],
        ['108', 'ended', undefined, 'cancelled', undefined, undefined],
        ['109', 'ended', undefined, 'unknown', undefined, undefined],
        ['110', 'running', 'host-unreachable', undefined, undefined, undefined],
        ['111', 'running', 'host-unreachable', undefined, undefined, undefined],
        ['112', 'running', 'suspended', undefined, undefined, undefined],
        ['113[3]', 'running', undefined, undefined, undefined, undefined],
        ['114[5]', 'ended', undefined, 'done', undefined, 0],
        ['115', 'ended', undefined, 'failed', 'signal', 139],
        ['116', 'ended', undefined, 'failed', 'preempted', 143],
        ['117', 'unknown', undefined, undefined, undefined, undefined],
        ['118', 'ended', undefined, 'unknown', undefined, undefined],
      ],
    );
  });

  it('reads names with the separator in them, and those of tasks without the index', () => {
    const jobs = listed(lsf.readList(answer(text('bjobs-a.txt'))));
    assert.equal(jobs.find(({ id }) => id === '112')?.name, 'name with | and blanks');
    assert.deepEqual(
      listed(lsf.readFind(answer(text('bjobs-a.txt')), 'sd-m')).map(({ base, task }) => [base, task]),
      [['113', 3]],
    );
  });

  it('takes nothing for no jobs only when LSF says so', () => {
    const none = { kind: 'listed', jobs: [] };
    assert.deepEqual(lsf.readList(answer('', 255, 'No job found\n')), none);
    assert.deepEqual(lsf.readList(answer('No unfinished job found\n')), none);
    assert.equal(lsf.readList(answer('')).kind, 'failed');
    assert.equal(lsf.readList(answer('', 255)).kind, 'failed');
    assert.equal(lsf.readList(answer('', 255, 'LSF is down. Please wait ...\n')).kind, 'failed');
    assert.equal(lsf.readList(answer('', 255, 'exit_reason: Bad field name.\n')).kind, 'failed');
    failsWithoutAnswer(lsf.readList, text('bjobs-a.txt'));
  });

  it('reads the ends of jobs that only the history knows', () => {
    assert.deepEqual(
      listed(lsf.readHistory(answer(text('bhist-l.txt')))).map(({ id, end }) => [id, end]),
      [
        ['200', { outcome: 'failed', reason: 'exit-code', exitCode: 3 }],
        ['201[4]', { outcome: 'done', exitCode: 0 }],
        ['202', { outcome: 'failed', reason: 'timeout', exitCode: 140, signal: 12 }],
      ],
    );
    assert.deepEqual(lsf.readHistory(answer('', 255, 'No matching job found\n')), {
      kind: 'listed',
      jobs: [],
    });
    assert.equal(lsf.readHistory(answer('')).kind, 'failed');
  });

  it('says nothing of a job that was queued again', () => {
    const requeued = text('bhist-l.txt').replace(/Mon Oct 22 09:31:05: Starting.*\n/, '');
    assert.ok(listed(lsf.readHistory(answer(requeued))).every(({ id }) => id !== '203'));
  });

  it("takes nothing of a job whose head can't be read for that of the one before", () => {
    const damaged = text('bhist-l.txt')
      .replace(/^-+\n\nJob <201/m, '?\n\n?ob <201')
      .replace('Command <true>\nMon', 'Command <true>\n?on');
    const [first] = listed(lsf.readHistory(answer(damaged)));
    assert.deepEqual([first?.id, first?.end?.outcome], ['200', 'failed']);
  });

  it('makes no end out of damaged text', () => {
    fuzz(lsf.readList, answer(text('bjobs-a.txt')));
    fuzz(lsf.readHistory, answer(text('bhist-l.txt')));
  });
});

describe('LSF: requests', () => {
  it('names tasks as ranges behind their array', () => {
    const tasks = [1, 2, 3, 9].map((task) => ({ base: '123', task }));
    assert.deepEqual(lsf.cancel([...tasks, { base: '7' }]), [
      { program: 'bkill', args: ['123[1-3,9]', '7'] },
    ]);
    assert.deepEqual(lsf.hold([{ base: '7' }]), [{ program: 'bstop', args: ['7'] }]);
    assert.deepEqual(lsf.release([{ base: '7' }]), [{ program: 'bresume', args: ['7'] }]);
  });

  it('is content when jobs are over or unknown', () => {
    assert.equal(lsf.readCancel(answer('Job <11> is being terminated\n')).kind, 'done');
    for (const stderr of ['Job <11>: Job has already finished\n', 'Job <11>: No matching job found\n'])
      assert.equal(lsf.readCancel(answer('', 255, stderr)).kind, 'done');
    assert.equal(lsf.readCancel(answer('', 255, 'Job <11>: User permission denied\n')).kind, 'failed');
    assert.equal(lsf.readCancel(answer('', 255)).kind, 'failed');
  });

  it('knows itself by its version', () => {
    assert.deepEqual(lsf.readProbe(answer('', 0, 'IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022\n')), {
      version: '10.1.0.13',
    });
    assert.deepEqual(lsf.readProbe(answer('', 0, 'Platform LSF 9.1.3.0, Jul 04 2014\n')), {
      version: '9.1.3.0',
    });
    assert.equal(lsf.readProbe(answer('bjobs 1\n')), undefined);
  });
});
