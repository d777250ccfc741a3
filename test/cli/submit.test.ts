/** Batch scripts from the command line: what it prints, creates and refuses. The jobs run on this machine. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { shaped } from './shapes.ts';
import { Workspace } from './terminal.ts';

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
  workspace.write('train.py', 'import sys\nprint(*sys.argv[1:])\n');
  workspace.write('train.sh', '#!/bin/bash\n#SBATCH --time=5\npython3 train.py lr=1e-1,1. seed=range(2)\n');
});
afterEach(() => workspace.remove());

describe('submit', () => {
  it('shows every script with --dry-run and creates nothing', async () => {
    const { code, stdout, stderr } = await workspace.run('submit', 'train.sh', '--dry-run');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^logs\/1: lr=0\.1 seed=0\n {4}#!\/bin\/bash\n {4}#SBATCH --job-name=train-1-\w+\n/);
    assert.match(stdout, /\nlogs\/4: lr=1\.0 seed=1\n/);
    assert.match(stderr, /4 jobs for slurm\. Nothing was created\./);
    assert.ok(!existsSync(path.join(workspace.folder, 'logs')));
    assert.ok(!existsSync(path.join(workspace.folder, '.sweeps')));
  });

  it('prints the jobs as JSON', async () => {
    const { code, json } = await workspace.run('submit', 'train.sh', '--dry-run', '--json');
    const { system, queue, count, jobs } = shaped('submission', json);
    assert.deepEqual([code, system, queue, count, jobs.length], [0, 'slurm', 'slurm', 4, 4]);
    const [, second] = jobs;
    assert.ok(second !== undefined);
    assert.deepEqual(second.argv, ['python3', 'train.py', 'lr=0.1', 'seed=1']);
    assert.deepEqual(second.overrides, ['lr=0.1', 'seed=1']);
    assert.match(second.script, /\npython3 train\.py lr=0\.1 seed=1\n/);
  });

  it('runs the jobs on this machine with --queue local, as a sweep that can be shown', async () => {
    const { code, json, stderr } = await workspace.run('submit', 'train.sh', '--queue', 'local', '--json');
    assert.equal(code, 0, stderr);
    const { system, jobs } = shaped('submit', json);
    assert.equal(system, 'local');
    assert.deepEqual(
      jobs.map(({ directory }) => readFileSync(path.join(directory, 'log.stdout'), 'utf8')),
      jobs.map(({ overrides }) => `${overrides.join(' ')}\n`),
    );
    for (const { directory, script } of jobs)
      assert.equal(readFileSync(path.join(directory, 'script.sh'), 'utf8'), script);
    const shown = shaped('show', (await workspace.run('show', 'train', '--json')).json);
    assert.deepEqual(shown.jobs[3]?.parameters, { lr: 1, seed: 1 });
    assert.equal(shown.jobs[3].directory, jobs[3]?.directory);
  });

  it('says what is wrong and where, ends with 1, and creates nothing', async () => {
    workspace.write('train.sh', '#!/bin/bash\n#SBATCH --time=5\npython3 train.py lr=interval(0,1)\n');
    const { code, stderr } = await workspace.run('submit', 'train.sh');
    assert.equal(code, 1);
    assert.match(stderr, /train\.sh:3:21: error: .*\[multirun-interval\]/);
    assert.ok(!existsSync(path.join(workspace.folder, 'logs')));
    const refused = await workspace.run('submit', 'train.sh', '--json');
    assert.equal(shaped('fileErrors', refused.json).error.problems[0]?.code, 'multirun-interval');
  });

  it('stays with jobs of this machine', async () => {
    const { code, stderr } = await workspace.run('submit', 'train.sh', '--queue', 'local', '--detach');
    assert.equal(code, 2);
    assert.match(stderr, /can only be detached when a batch system runs them/);
  });
});
