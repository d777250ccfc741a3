/** The examples are what a new user runs first: each has to do what its README says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shaped } from './shapes.ts';
import { Workspace } from './terminal.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');

let workspace: Workspace;
before(() => {
  workspace = new Workspace();
  cpSync(EXAMPLES, workspace.folder, {
    recursive: true,
    filter: (source) => !['.sweeps', '__pycache__'].includes(path.basename(source)),
  });
});
after(() => workspace.remove());

const launch = async (file: string, ...flags: readonly string[]) => {
  const { code, json, stderr } = await workspace.run('launch', file, '--json', ...flags);
  assert.equal(code, 0, stderr);
  return shaped('summary', json);
};

describe('the example', () => {
  it('quadratic finds the smallest value of its 24', async () => {
    const { id, counts, best } = await launch('quadratic/sweep.yaml');
    assert.equal(id, 'quadratic-1');
    assert.equal(counts['done'], 24);
    assert.equal(best?.value, 0);
  });

  it('digits learns, and reports every epoch', async () => {
    const { counts, best, directory } = await launch('digits/sweep.yaml', '--seed', '1');
    assert.equal(counts['done'], 12);
    assert.ok(best !== null && best.value < 0.4, `best loss ${best?.value ?? 'none'}`);
    const lines = readFileSync(path.join(directory, 'jobs/0/metrics.jsonl'), 'utf8').trim().split('\n');
    const steps = lines.map((line) => JSON.parse(line) as Readonly<Record<string, number>>);
    assert.deepEqual(
      steps.map(({ step }) => step),
      [1, 2, 3, 4, 5, 6],
    );
    assert.ok(steps.every(({ loss }) => typeof loss === 'number'));
  });

  it('digits comes with the data that its generator writes', () => {
    const before = workspace.read('digits/digits.csv');
    workspace.write('digits/digits.csv', '');
    execFileSync('python3', [path.join(workspace.folder, 'digits/make_digits.py')]);
    assert.equal(workspace.read('digits/digits.csv'), before);
  });

  it('shell compresses best by columns and with the highest level', async () => {
    const { counts, best } = await launch('shell/sweep.yaml');
    assert.equal(counts['done'], 8);
    const shown = shaped('show', (await workspace.run('show', 'shell', '--json')).json);
    assert.deepEqual(shown.jobs[best?.index ?? -1]?.parameters, { layout: 'columns', level: 9 });
  });

  it('multirun finds the model and the penalty that fit best', async () => {
    const { code, json, stderr } = await workspace.run(
      'submit',
      'multirun/train.sh',
      '--queue',
      'local',
      '--json',
    );
    assert.equal(code, 0, stderr);
    const { counts, best } = json as {
      readonly counts: Readonly<Record<string, number>>;
      readonly best: { readonly parameters: Readonly<Record<string, unknown>> };
    };
    assert.equal(counts['done'], 8);
    assert.deepEqual([best.parameters['model'], best.parameters['penalty']], ['cubic', 0.01]);
  });
});
