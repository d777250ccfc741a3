import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { SeenMetrics } from '../../../server/src/seen-metrics.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-metrics-'));
after(() => {
  rmSync(root, { recursive: true });
});

let made = 0;
function sweep(program: string, events: readonly object[], torn = ''): void {
  const folder = path.join(root, '.sweeps', `s-${++made}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'sweep.yaml'), `program: ${program}\nmethod: random\n`);
  const journal = path.join(folder, 'journal.jsonl');
  writeFileSync(journal, events.map((event) => `${JSON.stringify(event)}\n`).join('') + torn);
  utimesSync(journal, made, made);
}

const ended = (metrics: object) => ({ type: 'ended', job: 1, state: 'done', metrics });

describe('metrics seen in earlier sweeps', () => {
  it('are those of the same program, the latest sweep first', () => {
    sweep('train.py', [{ type: 'launched' }, ended({ loss: 1 }), ended({ loss: 2, acc: 0.5 })]);
    sweep('train.py', [ended({ val_loss: 1 })], '{"type":"ended","metrics":{"to');
    sweep('other.py', [ended({ reward: 1 })]);
    sweep('silent.py', [{ type: 'ended', job: 1, state: 'failed' }]);
    const seen = new SeenMetrics();
    assert.deepEqual(seen.of(root, 'train.py'), ['val_loss', 'loss', 'acc']);
    assert.deepEqual(seen.of(root, 'other.py'), ['reward']);
    assert.equal(seen.of(root, 'silent.py'), undefined);
    assert.equal(seen.of(path.join(root, 'nowhere'), 'train.py'), undefined);
  });

  it('are looked up again after a while, or when something changed', () => {
    let now = 0;
    const seen = new SeenMetrics(() => now);
    assert.equal(seen.of(root, 'new.py'), undefined);
    sweep('new.py', [ended({ loss: 1 })]);
    assert.equal(seen.of(root, 'new.py'), undefined);
    now = 60_000;
    assert.deepEqual(seen.of(root, 'new.py'), ['loss']);
    sweep('newer.py', [ended({ f1: 1 })]);
    seen.forget();
    assert.deepEqual(seen.of(root, 'newer.py'), ['f1']);
  });
});
