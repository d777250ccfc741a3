import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { NearbyPrograms } from '../../../server/src/nearby-programs.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-nearby-'));
after(() => {
  rmSync(root, { recursive: true });
});

function file(name: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), '');
}

describe('programs near a file', () => {
  it('are those that could be run, the nearest first', () => {
    for (const name of [
      'zoo.py',
      'train.py',
      'notes.md',
      '__init__.py',
      'test_train.py',
      'tools/decide.sh',
      'a/b/c/deep.py',
      'a/b/c/d/deeper.py',
      '.hidden/no.py',
      'node_modules/no.js',
    ])
      file(name);
    const found = new NearbyPrograms().of(root);
    assert.deepEqual(found, ['train.py', 'zoo.py', 'tools/decide.sh', 'a/b/c/deep.py']);
  });

  it('are looked up again after a while, or when something changed', () => {
    let now = 0;
    const nearby = new NearbyPrograms(() => now);
    const before = nearby.of(root);
    file('new.py');
    assert.deepEqual(nearby.of(root), before);
    now += 60_000;
    assert.ok(nearby.of(root).includes('new.py'));
    file('newer.py');
    nearby.forget();
    assert.ok(nearby.of(root).includes('newer.py'));
  });

  it('are none where there is no folder', () => {
    assert.deepEqual(new NearbyPrograms().of(path.join(root, 'nowhere')), []);
  });
});
