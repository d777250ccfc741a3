import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { isTorqueCommands, torqueCommands } from '#engine/queues/cluster/systems/torque-commands.ts';
import { failsWithoutAnswer, fuzz } from './fuzz.ts';
import { readAll } from './readers.ts';
import { answerOf, recorded } from './transcripts.ts';

const answer = (stdout: string, code = 0, stderr = ''): Answer => ({ code, stdout, stderr });
/** Both streams were recorded as one; these programs print on standard output what they have to say. */
const printed = (name: string): Answer => {
  const { code, stderr } = answerOf('slurm-torque', name);
  return { code, stdout: stderr, stderr: '' };
};

function listed(listing: Listing): readonly NativeJob[] {
  assert.ok(listing.kind === 'listed', JSON.stringify(listing));
  return listing.jobs;
}

/** A block of `qstat -f`. */
function block(id: number, state: string, more: Readonly<Record<string, string>> = {}): string {
  const attributes = Object.entries({ Job_Name: `n${id}`, job_state: state, ...more });
  return `Job Id:\t${id}\n${attributes.map(([name, value]) => `\t${name} = ${value}\n`).join('')}\n`;
}

const MINUTE = { 'Resource_List.walltime': '00:01:00', mtime: 'Sat Nov 21 12:00:00 2026' };
const endOf = (more: Readonly<Record<string, string>>): NativeJob['end'] =>
  listed(torqueCommands.readList(answer(block(1, 'C', more))))[0]?.end;

describe('The TORQUE commands of Slurm: submitting', () => {
  const submit = (text: string): readonly string[] =>
    torqueCommands.submit({ name: 'n', script: '/w/script.sh', text, directory: '/w' }).args;

  it('names the output files as the script does, which counts for nothing otherwise', () => {
    assert.deepEqual(submit('#!/bin/sh\n#PBS -N n\n#PBS -o /w/out\n#PBS -e /w/err\n#PBS -j n\n'), [
      '-o',
      '/w/out',
      '-e',
      '/w/err',
      '/w/script.sh',
    ]);
    assert.deepEqual(submit('#!/bin/sh\n#PBS -o /w/out\n#PBS -j oe\n'), [
      '-o',
      '/w/out',
      '-j',
      'oe',
      '/w/script.sh',
    ]);
  });

  it('takes an id, and the words of sbatch for a refusal', () => {
    assert.deepEqual(torqueCommands.readSubmit(answer('17\n')), { kind: 'accepted', id: '17' });
    assert.deepEqual(torqueCommands.readSubmit(printed('unknown-queue')), {
      kind: 'refused',
      sentence:
        'invalid partition specified: nosuch Batch job submission failed: Invalid partition name specified',
      about: { options: ['q'] },
    });
    const bad = torqueCommands.readSubmit(printed('bad-directive'));
    assert.ok(bad.kind === 'refused');
    assert.deepEqual(bad.about, { text: '-Z' });
  });

  it('tries again when the controller is away', () => {
    const text = printed('unknown-queue').stdout.replace(
      /'sbatch: error[^]*$/,
      "'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n'\n",
    );
    assert.equal(torqueCommands.readSubmit(answer(text, 1)).kind, 'busy');
    assert.equal(
      torqueCommands.readSubmit(answer(text.replace(/Unable.*/, 'Socket timed out'), 1)).kind,
      'unclear',
    );
  });

  it('takes no path in which a shell or Slurm reads more than its letters', () => {
    assert.equal(torqueCommands.pathTrouble?.('/home/jörg/runs/a+b=1,2@3'), undefined);
    for (const path of ['/a b', "/a'b", '/a$b', '/a%b', '/a;b', '/a(b'])
      assert.match(torqueCommands.pathTrouble?.(path) ?? '', /can't use the path/, path);
  });
});

describe('The TORQUE commands of Slurm: watching', () => {
  it('tells a job that is held by its priority', () => {
    const jobs = listed(torqueCommands.readList(printed('qstat-f')));
    assert.deepEqual(
      jobs.map(({ id, name, stage, reason }) => [id, name, stage, reason]),
      [
        ['1', 'pbsjob', 'waiting', 'pending'],
        ['2', 'pbsjob', 'waiting', 'pending'],
        ['3', 'held', 'waiting', 'held'],
        ['4', 'sel', 'waiting', 'pending'],
        ['5', 'sleep', 'waiting', 'pending'],
        ['6', 'ok', 'waiting', 'pending'],
        ['7', 'ok', 'waiting', 'pending'],
      ],
    );
  });

  it('makes no success and no failure out of an end', () => {
    assert.deepEqual(endOf({ ...MINUTE, ctime: 'Sat Nov 21 12:00:59 2026' }), { outcome: 'unknown' });
    assert.deepEqual(endOf({}), { outcome: 'unknown' });
    assert.deepEqual(endOf({ ...MINUTE, ctime: 'nonsense' }), { outcome: 'unknown' });
  });

  it('sees that the time was over', () => {
    assert.deepEqual(endOf({ ...MINUTE, ctime: 'Sat Nov 21 12:01:00 2026' }), {
      outcome: 'failed',
      reason: 'timeout',
    });
  });

  it('keeps a job alive in a state that the commands themselves do not know', () => {
    assert.equal(listed(torqueCommands.readList(answer(block(1, 'U'))))[0]?.stage, 'unknown');
  });

  it('knows no job when none is left, and nothing when the controller is away', () => {
    assert.deepEqual(torqueCommands.readList(printed('qstat-unknown')), { kind: 'listed', jobs: [] });
    assert.equal(torqueCommands.readList(answer('', 8, 'Problem loading jobs.\n')).kind, 'failed');
    assert.equal(torqueCommands.readList(answer('', 0)).kind, 'failed');
  });

  it('finds a submission by its name', () => {
    const jobs = listed(torqueCommands.readFind(printed('qstat-f'), 'held'));
    assert.deepEqual(
      jobs.map(({ id }) => id),
      ['3'],
    );
  });

  it('survives nonsense', () => {
    const text = ['R', 'Q', 'C', 'U', 'C']
      .map((state, index) => block(index + 1, state, { ...MINUTE, ctime: 'Sat Nov 21 12:03:00 2026' }))
      .join('');
    fuzz(torqueCommands.readList, answer(text));
    failsWithoutAnswer(torqueCommands.readList, text);
    for (const name of recorded('slurm-torque'))
      assert.ok(
        readAll(torqueCommands, printed(name)).every(({ end }) => end === undefined),
        name,
      );
  });
});

describe('The TORQUE commands of Slurm: requests', () => {
  it('cancel what is over without a word', () => {
    assert.deepEqual(torqueCommands.readCancel(answer('', 1)), { kind: 'done' });
    assert.equal(
      torqueCommands.readCancel(
        answer('qdel: Kill job error on job id 1: Unable to contact slurm controller (connect failure)\n', 1),
      ).kind,
      'failed',
    );
  });

  it('hold and release, and complain only of what is not over', () => {
    const over = 'qhold: Error on job id 1: Job/step already completing or completed\n';
    assert.deepEqual(torqueCommands.readHold(answer(over, 1)), { kind: 'done' });
    assert.equal(
      torqueCommands.readHold(answer(`${over}qhold: Error on job id 2: Access/permission denied\n`, 2)).kind,
      'failed',
    );
  });

  it('are told from those of TORQUE by what qstat makes of --version', () => {
    const { stdout: usage } = printed('qstat-x');
    const asked = usage.replace('Unknown option: x', 'Unknown option: version');
    assert.ok(isTorqueCommands(answer('', 2, asked)));
    assert.ok(!isTorqueCommands(answer('Version: 6.1.2\n', 0)));
    assert.ok(!isTorqueCommands(answer('', 2, 'Unknown option: version\n')));
  });
});
