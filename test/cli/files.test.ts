/** Verbs that only read sweep files, and what is common to all verbs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shaped } from './shapes.ts';
import { shellSweep, Workspace } from './terminal.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

let workspace: Workspace;
before(() => {
  workspace = new Workspace();
  shellSweep(workspace, 3, 'true');
  workspace.write('broken.yaml', 'program: job.sh\nmethod: grids\nparameters: {n: {values: [1]}}\n');
  workspace.write('warned.yaml', 'program: job.sh\nmethod: grid\nparameters: {n: {values: [yes]}}\n');
});
after(() => workspace.remove());

describe('check', () => {
  it('checks batch scripts by their directives and commands', async () => {
    workspace.write('good.sbatch', '#!/bin/bash\n#SBATCH --time=1:00:00\npython3 train.py lr=1,2\n');
    workspace.write('bad.sh', '#!/bin/bash\n#SBATCH --tme=1:00:00\npython3 train.py -m "lr=interval(0,1)"\n');
    assert.equal((await workspace.run('check', 'good.sbatch')).code, 0);
    const { code, json } = await workspace.run('check', 'bad.sh', '--json');
    assert.equal(code, 1);
    const [checked] = shaped('check', json);
    const errors = checked?.problems.filter(({ severity }) => severity === 'error') ?? [];
    assert.equal(errors[0]?.code, 'unknown-option');
    assert.equal(errors[1]?.code, 'multirun-interval');
  });

  it('prints what compilers print, and ends with 1 on an error', async () => {
    const { code, stdout, stderr } = await workspace.run('check', 'sweep.yaml', 'broken.yaml');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^broken\.yaml:2:9: error: .*grids.*\[unknown-value\]\n {4}method: grids\n {12}\^{5}\n$/,
    );
    assert.match(stderr, /2 files checked: 1 error/);
  });

  it('has one entry per file in JSON, with ranges counted from 0', async () => {
    const { code, json } = await workspace.run(
      'check',
      'sweep.yaml',
      'broken.yaml',
      'nowhere.yaml',
      '--json',
    );
    const files = shaped('check', json);
    assert.equal(code, 1);
    assert.deepEqual(
      files.map(({ file }) => file),
      ['sweep.yaml', 'broken.yaml', 'nowhere.yaml'],
    );
    assert.deepEqual(
      files.map(({ problems }) => problems.map((problem) => problem.code)),
      [[], ['unknown-value'], ['file-unreadable']],
    );
    assert.deepEqual(files[1]?.problems[0]?.range, {
      start: { line: 1, character: 8 },
      end: { line: 1, character: 13 },
    });
  });

  it('ends with 0 when there are only warnings, and says nothing more with --quiet', async () => {
    const { code, stdout, stderr } = await workspace.run('check', 'warned.yaml', '--quiet');
    assert.equal(code, 0);
    assert.match(stdout, /warned\.yaml:3:\d+: warning: /);
    assert.equal(stderr, '');
  });
});

describe('preview', () => {
  it('shows exact command lines and runs nothing', async () => {
    const { code, stdout, stderr } = await workspace.run('preview', 'sweep.yaml', '--limit', '2');
    assert.equal(code, 0);
    assert.equal(stdout, '0: /bin/sh job.sh 1\n1: /bin/sh job.sh 2\n');
    assert.match(stderr, /3 jobs, of which the first 2 are shown/);
    assert.ok(!workspace.has('.sweeps'));
  });

  it('counts exactly beyond what a double holds, at once', async () => {
    const names = ['a', 'b', 'c'].map((name) => `  ${name}: {min: 1, max: 1000003}`).join('\n');
    workspace.write('huge.yaml', `program: job.sh\nmethod: grid\nparameters:\n${names}\n`);
    const { code, stdout, json } = await workspace.run('preview', 'huge.yaml', '--json', '--limit', '1');
    assert.equal(code, 0);
    assert.match(stdout, /^\{"count":1000009000027000027,/);
    assert.equal(shaped('preview', json).jobs.length, 1);
  });

  it('keeps the kind of numbers', async () => {
    workspace.write(
      'kinds.yaml',
      'program: job.sh\nmethod: grid\nparameters: {x: {value: 1.0}, y: {value: 1}}\n',
    );
    const { stdout } = await workspace.run('preview', 'kinds.yaml', '--json');
    assert.match(stdout, /"parameters":\{"x":1\.0,"y":1\}/);
    assert.match(stdout, /"--x=1\.0","--y=1"/);
  });

  it('has no count for a search without end, and the same jobs for the same seed', async () => {
    workspace.write(
      'endless.yaml',
      'program: job.sh\nmethod: random\nparameters: {x: {min: 0.0, max: 1.0}}\n',
    );
    const preview = async (seed: string) =>
      shaped('preview', (await workspace.run('preview', 'endless.yaml', '--json', '--seed', seed)).json);
    const [first, again, other] = [await preview('1'), await preview('1'), await preview('2')];
    assert.equal(first.count, null);
    assert.equal(first.jobs.length, 10);
    assert.deepEqual(again, first);
    assert.notDeepEqual(other.jobs, first.jobs);
  });

  it('refuses a file with errors', async () => {
    const { code, json } = await workspace.run('preview', 'broken.yaml', '--json');
    assert.equal(code, 1);
    assert.equal(shaped('fileErrors', json).error.problems[0]?.code, 'unknown-value');
  });
});

describe('any verb', () => {
  it('explains itself', async () => {
    const { code, stdout } = await workspace.run('launch', '--help');
    assert.equal(code, 0);
    assert.match(stdout, /^sweepdeck launch FILE\n/);
    assert.match((await workspace.run()).stdout, /Commands\n {2}launch FILE /);
    const { verbs } = shaped('help', (await workspace.run('help', '--json')).json);
    const page = readFileSync(path.join(root, 'docs', 'cli.md'), 'utf8');
    assert.deepEqual(
      [...verbs.map(({ name }) => name), 'help'],
      [...page.matchAll(/^### sweepdeck (\w+)/gm)].map(([, name]) => name),
    );
    assert.match(
      shaped('version', (await workspace.run('--version', '--json')).json).version,
      /^\d+\.\d+\.\d+/,
    );
  });

  const failures: readonly (readonly [readonly string[], number, string, RegExp])[] = [
    [['lunch', 'sweep.yaml'], 2, 'usage', /no command "lunch".*"sweepdeck launch"/],
    [['launch'], 2, 'usage', /An argument is missing: sweepdeck launch FILE/],
    [['launch', 'sweep.yaml', '--workers', 'two'], 2, 'usage', /--workers two: expected a whole number/],
    [['launch', 'nowhere.yaml'], 4, 'not-found', /no file nowhere\.yaml/],
    [['launch', '.git'], 5, 'refused', /\.git can't be read: it is a folder/],
    [['show', 'last'], 4, 'not-found', /no sweeps in .*sweepdeck launch FILE/],
    [['pause', 'trial-1'], 4, 'not-found', /no sweeps in/],
  ];
  for (const [argv, exitCode, kind, message] of failures) {
    it(`ends "${argv.join(' ')}" with ${exitCode} and a sentence`, async () => {
      const human = await workspace.run(...argv);
      assert.equal(human.code, exitCode);
      assert.equal(human.stdout, '');
      assert.match(human.stderr, message);
      const script = await workspace.run(...argv, '--json');
      assert.equal(script.code, exitCode);
      assert.equal(script.stderr, '');
      const { error } = shaped('error', script.json);
      assert.equal(error.code, kind);
      assert.match(error.message, message);
    });
  }
});
