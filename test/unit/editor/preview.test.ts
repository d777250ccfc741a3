import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  countText,
  launchQuestion,
  previewText,
} from '../../../client/src/editor/presentation/preview-text.ts';
import { isFrozen, isSweepFileName, lensLine } from '../../../client/src/editor/presentation/sweep-file.ts';

const bare = (word: string): string => word;

describe('the preview page', () => {
  it('lists parameters and exact command lines', () => {
    const text = previewText(
      'sweep.yaml',
      {
        count: 3n,
        seed: 7,
        problems: [],
        jobs: [{ index: 0, parameters: { lr: 0.1 }, argv: ['python', 'train.py', '--lr=0.1'] }],
      },
      bare,
    );
    assert.equal(
      text,
      '# Preview of sweep.yaml: 3 jobs. Nothing was run.\n# Seed: 7\n\n# 0: lr=0.1\npython train.py --lr=0.1\n\n# … and 2 jobs more.\n',
    );
  });

  it('says why a file cannot be launched', () => {
    const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 4 } };
    const problem = {
      code: 'unknown-method',
      severity: 'error',
      message: "Unknown method 'x'.",
      range,
    } as const;
    assert.match(
      previewText('s.yaml', { count: 0n, seed: undefined, problems: [problem], jobs: [] }, bare),
      /# It can't be launched yet:\n# line 3: error: Unknown method 'x'\.\n$/,
    );
  });

  it('never lets a value leave its comment', () => {
    const jobs = [{ index: 0, parameters: { 'a\nb': 'x\nrm -rf /' }, argv: [] }];
    const text = previewText('s\n.yaml', { count: 1n, seed: 7, problems: [], jobs }, bare);
    assert.ok(!/^rm/m.test(text) && !/^b/m.test(text) && !/^\.yaml/m.test(text), text);
  });

  it('counts for people', () => {
    assert.equal(countText(1n), '1 job');
    assert.equal(countText(10n ** 9n), '1,000,000,000 jobs');
    assert.equal(countText(null), '∞ jobs');
  });

  it('asks before very many jobs', () => {
    assert.equal(launchQuestion('s.yaml', 10_000n), undefined);
    assert.match(launchQuestion('s.yaml', 10_001n) ?? '', /10,001 jobs/);
    assert.match(launchQuestion('s.yaml', null) ?? '', /run_cap/);
  });
});

describe('sweep files', () => {
  it('are known by name', () => {
    for (const name of [
      'sweep.yaml',
      'sweep.yml',
      'lr.sweep.yaml',
      'sweep-lr.yml',
      'sweep_lr.yaml',
      'my_sweep.yaml',
      'my-sweep.yml',
    ]) {
      assert.ok(isSweepFileName(name), name);
    }
    for (const name of ['config.yaml', 'sweeper.yaml', 'sweep.json', 'minesweep.yaml', 'sweep.yaml.bak']) {
      assert.ok(!isSweepFileName(name), name);
    }
  });

  it('are not the frozen copies', () => {
    assert.ok(isFrozen('/w/.sweeps/q-1/sweep.yaml'));
    assert.ok(isFrozen('C:\\w\\.sweeps\\q-1\\sweep.yaml'));
    assert.ok(!isFrozen('/w/sweeps/sweep.yaml'));
  });

  it('carry their lenses on the line of the method or the parameters', () => {
    assert.equal(lensLine('# c\nprogram: x\nmethod: grid\nparameters:\n'), 2);
    assert.equal(lensLine('a: 1\r\nparameters:\r\nmethod: grid'), 1);
    assert.equal(lensLine('x:\n  method: grid\n'), 0);
    assert.equal(lensLine(''), 0);
  });
});
