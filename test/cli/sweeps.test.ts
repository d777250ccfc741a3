/** A sweep from launch to rm, with one process after the other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { shaped } from './shapes.ts';
import { shellSweep, Workspace } from './terminal.ts';

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

const show = async (sweep = 'last') => shaped('show', (await workspace.run('show', sweep, '--json')).json);

describe('launch', () => {
  it('runs every job, prints the best ones and ends with 0', async () => {
    shellSweep(workspace, 6, 'report $(((n - 4) * (n - 4)))');
    const { code, stdout, stderr } = await workspace.run('launch', 'sweep.yaml');
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^trial-1 is finished: 6 of 6 jobs ended \(6 done\) in [\d.]+ s\.\n\nBest jobs by loss \(minimize\)\n/,
    );
    const best = stdout
      .split('\n')
      .slice(4, 9)
      .map((row) => row.trim().split(/ {2,}/));
    assert.deepEqual(
      best.map(([job, loss]) => [job, loss]),
      [
        ['3', '0'],
        ['2', '1'],
        ['4', '1'],
        ['1', '4'],
        ['5', '4'],
      ],
    );
    assert.equal(best[0]?.at(-1), 'n=4');
    assert.match(stderr, /Launched trial-1 in \.sweeps\/trial-1/);
  });

  it('prints one document with --json', async () => {
    shellSweep(workspace, 2, 'report $n');
    const { code, json } = await workspace.run('launch', 'sweep.yaml', '--json');
    const summary = shaped('summary', json);
    assert.equal(code, 0);
    assert.deepEqual(
      [summary.id, summary.state, summary.reason, summary.total],
      ['trial-1', 'finished', 'all-jobs-ended', 2],
    );
    assert.deepEqual(summary.counts, {
      queued: 0,
      submitted: 0,
      running: 0,
      done: 2,
      failed: 0,
      cancelled: 0,
      pruned: 0,
      lost: 0,
    });
    assert.equal(summary.best?.value, 1);
    assert.equal(summary.directory, path.join(workspace.folder, '.sweeps', 'trial-1'));
  });

  it('ends with 3 when a job failed, and names the reason and the log', async () => {
    shellSweep(workspace, 3, 'echo "no such layer" >&2; [ "$n" != 2 ] || exit 7; report $n');
    const { code, stdout, stderr } = await workspace.run('launch', 'sweep.yaml');
    assert.equal(code, 3);
    assert.match(
      stdout,
      /Failed jobs\n.*\n +1 {2}.*7.* {2}\.sweeps\/trial-1\/jobs\/1\/stderr\.log\n\nRun failed jobs again: sweepdeck retry trial-1\n/,
    );
    assert.match(stderr, /trial-1\/1 failed: /);
    assert.equal(workspace.read('.sweeps/trial-1/jobs/1/stderr.log'), 'no such layer\n');
  });

  it('is paused by a brake, ends with 6 and says how to go on', async () => {
    shellSweep(workspace, 20, 'exit 1');
    const { code, stdout } = await workspace.run('launch', 'sweep.yaml', '--workers', '1');
    assert.equal(code, 6);
    assert.match(stdout, /trial-1 is paused/);
    assert.match(stdout, /Continue with: sweepdeck resume trial-1\n$/);
    const { counts } = await show();
    assert.deepEqual([counts['failed'], counts['queued']], [3, 17]);
  });

  it('runs through without brakes', async () => {
    shellSweep(workspace, 7, 'exit 1');
    const { code } = await workspace.run('launch', 'sweep.yaml', '--no-brakes', '--quiet');
    assert.equal(code, 3);
    assert.equal((await show()).counts['failed'], 7);
  });

  it('refuses a file with errors and creates nothing', async () => {
    workspace.write('sweep.yaml', 'method: grid\n');
    const { code, stderr } = await workspace.run('launch', 'sweep.yaml');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^sweep\.yaml:1:1: error: .*\n[^]*error: sweep\.yaml has errors; nothing was started\.\n$/,
    );
    assert.ok(!workspace.has('.sweeps'));
  });

  it('runs the jobs that preview showed', async () => {
    workspace.write('job.sh', 'true\n');
    const random =
      'program: job.sh\nmethod: random\nrun_cap: 4\nparameters: {x: {min: 0.0, max: 1.0}}\ncommand: [/bin/sh, "${program}", "${args}"]\n';
    workspace.write('sweep.yaml', random);
    const preview = shaped(
      'preview',
      (await workspace.run('preview', 'sweep.yaml', '--seed', '5', '--json')).json,
    );
    assert.equal((await workspace.run('launch', 'sweep.yaml', '--seed', '5')).code, 0);
    const { jobs } = await show();
    assert.equal(preview.count, 4);
    assert.deepEqual(
      jobs.map(({ index, parameters }) => ({ index, parameters })),
      preview.jobs.map(({ index, parameters }) => ({ index, parameters })),
    );
  });

  it('hands a value to the program as it is, whatever it holds', async () => {
    const values = [
      "it's",
      '$(touch owned)',
      '"; touch owned; "',
      '`touch owned`',
      'two\nlines',
      '😀',
      '--',
      '*',
      ' ',
    ];
    workspace.write('job.sh', 'printf %s "$1"\n');
    const quoted = values.map((value) => JSON.stringify(value)).join(', ');
    workspace.write(
      'sweep.yaml',
      `program: job.sh\nmethod: grid\nparameters: {v: {values: [${quoted}]}}\ncommand: [/bin/sh, "\${program}", "\${v}"]\n`,
    );
    assert.equal((await workspace.run('launch', 'sweep.yaml')).code, 0);
    const { jobs } = await show();
    assert.deepEqual(
      jobs.map(({ directory }) => readFileSync(path.join(directory, 'stdout.log'), 'utf8')),
      values,
    );
    assert.ok(!workspace.has('owned'));
  });
});

describe('a sweep that ended', () => {
  it('is listed and shown, newest first, and named by beginnings and by last', async () => {
    shellSweep(workspace, 2, 'report NaN; report $n');
    await workspace.run('launch', 'sweep.yaml', '--quiet');
    workspace.write('other.yaml', workspace.read('sweep.yaml').replace('trial', 'other'));
    await workspace.run('launch', 'other.yaml', '--quiet');

    const list = shaped('list', (await workspace.run('list', '--json')).json);
    assert.deepEqual(
      list.map(({ id, owner }) => [id, owner]),
      [
        ['other-1', null],
        ['trial-1', null],
      ],
    );
    assert.match(
      (await workspace.run('list')).stdout,
      /^SWEEP .*\nother-1 +finished +2\/2 +0 +0 +loss 1 \(job 0\) .* ago\ntrial-1 /,
    );

    assert.equal((await show('last')).id, 'other-1');
    const shown = await show('tr');
    assert.equal(shown.id, 'trial-1');
    assert.equal(shown.state, 'finished');
    assert.equal(shown.best?.index, 0);
    assert.deepEqual(
      shown.jobs.map(({ index, state, reason, attempt, metrics }) => [
        index,
        state,
        reason,
        attempt,
        metrics,
      ]),
      [
        [0, 'done', null, 1, { loss: 1 }],
        [1, 'done', null, 1, { loss: 2 }],
      ],
    );
    assert.match(
      (await workspace.run('show', 'trial-1')).stdout,
      /^trial-1 is finished: 2 of 2 jobs .*\nFile: sweep\.yaml\n/,
    );
    assert.equal((await workspace.run('watch', 'trial-1')).code, 0);
  });

  it('shows what is no number as a text', async () => {
    shellSweep(workspace, 1, 'report NaN');
    await workspace.run('launch', 'sweep.yaml', '--quiet');
    const { jobs, best } = await show();
    assert.deepEqual(jobs[0]?.metrics, { loss: 'NaN' });
    assert.equal(best, null);
  });

  it('runs its failed jobs again, and only them', async () => {
    shellSweep(workspace, 3, 'echo $n >> ran; [ -e fixed ] || [ "$n" = 2 ] || exit 1; report $n');
    assert.equal((await workspace.run('launch', 'sweep.yaml', '--quiet')).code, 3);
    workspace.write('fixed', '');
    const { code, json } = await workspace.run('retry', 'last', '--failed', '--json');
    assert.equal(code, 0);
    assert.equal(shaped('summary', json).counts['done'], 3);
    assert.deepEqual(
      (await show()).jobs.map(({ attempt }) => attempt),
      [2, 1, 2],
    );
    assert.deepEqual(workspace.read('ran').trim().split('\n').sort(), ['1', '1', '2', '3', '3']);

    const again = await workspace.run('retry', 'last');
    assert.equal(again.code, 5);
    assert.match(again.stderr, /no failed jobs to retry/);
    assert.match((await workspace.run('pause', 'last')).stderr, /can't be paused: it is finished/);
  });

  it('is resumed after a brake', async () => {
    shellSweep(workspace, 6, '[ -e fixed ] || exit 1; report $n');
    assert.equal((await workspace.run('launch', 'sweep.yaml', '--workers', '1', '--quiet')).code, 6);
    workspace.write('fixed', '');
    const { code, stdout } = await workspace.run('resume', 'last');
    assert.equal(code, 3); // the three that failed before
    assert.match(stdout, /6 of 6 jobs ended \(3 done, 3 failed\)/);
    assert.equal((await workspace.run('retry', 'last', '0-2', '--quiet')).code, 0);
  });

  it('is deleted only when that was confirmed, and its id is never used again', async () => {
    shellSweep(workspace, 1, 'true');
    await workspace.run('launch', 'sweep.yaml', '--quiet');
    const unconfirmed = await workspace.run('rm', 'trial-1');
    assert.equal(unconfirmed.code, 2);
    assert.match(unconfirmed.stderr, /To delete trial-1 without being asked, add --yes/);
    assert.ok(workspace.has('.sweeps/trial-1'));

    const { code, json } = await workspace.run('rm', 'trial-1', '--yes', '--json');
    assert.equal(code, 0);
    assert.deepEqual(shaped('rm', json).removed, ['trial-1']);
    assert.ok(!workspace.has('.sweeps/trial-1'));
    assert.equal(
      shaped('summary', (await workspace.run('launch', 'sweep.yaml', '--json')).json).id,
      'trial-2',
    );
  });
});
