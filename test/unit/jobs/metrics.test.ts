import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readFinalMetrics } from '#engine/metrics/final-metrics.ts';
import { MetricsFile } from '#engine/metrics/metrics-file.ts';
import { temporaryFolder } from './harness.ts';

const folder = temporaryFolder();

function makeDirectory(metrics?: string, result?: string): string {
  const directory = fs.mkdtempSync(path.join(folder, 'job-'));
  if (metrics !== undefined) fs.writeFileSync(path.join(directory, 'metrics.jsonl'), metrics);
  if (result !== undefined) fs.writeFileSync(path.join(directory, 'result.json'), result);
  return directory;
}
const append = (directory: string, text: string | Buffer): void =>
  fs.appendFileSync(path.join(directory, 'metrics.jsonl'), text);

describe('metrics.jsonl', () => {
  it('is read as it grows: only new lines are told, the latest value of each metric kept', () => {
    const directory = makeDirectory();
    const file = new MetricsFile(directory);
    assert.equal(file.readNew(), undefined);
    append(directory, '{"step": 1, "loss": 0.5}\n{"acc": 1}\n{"step": 2, "lo');
    assert.deepEqual(file.readNew(), { step: 1, loss: 0.5, acc: 1 });
    assert.equal(file.readNew(), undefined);
    append(directory, 'ss": 0.25}\n');
    assert.deepEqual(file.readNew(), { step: 2, loss: 0.25, acc: 1 });
    assert.equal(file.reports, 3);
  });

  it('gives the same however it is cut into pieces', () => {
    const text = Buffer.from(
      '{"loss": 1, "é😀": 2}\n\n{"loss": NaN}\r\nnonsense\n{"loss": 0.5, "a": {"b": 3}}\n',
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 }), (cuts) => {
        const directory = makeDirectory('');
        const file = new MetricsFile(directory, { best: { name: 'loss', goal: 'minimize' } });
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
          append(directory, text.subarray(from, cut));
          from = cut;
          file.readNew();
        }
        assert.deepEqual(file.latest, { loss: 0.5, 'é😀': 2, 'a.b': 3 });
        assert.deepEqual([file.reports, file.best], [3, 0.5]);
        assert.match(file.notice ?? '', /1 line is no JSON object/);
      }),
      { numRuns: 50 },
    );
  });

  it("knows Python's words for floats that aren't finite, bare and as texts", () => {
    const file = new MetricsFile(
      makeDirectory('{"a": NaN, "b": Infinity, "c": -Infinity, "d": "NaN", "e": 1e999}\n'),
    );
    assert.deepEqual(file.readNew(), { a: 'NaN', b: 'Infinity', c: '-Infinity', d: 'NaN', e: 'Infinity' });
  });

  it('passes over what is no number', () => {
    const file = new MetricsFile(
      makeDirectory(
        '{"text": "x", "list": [1], "yes": true, "none": null, "deep": {"a": {"b": 1}}, "n": 1}\n',
      ),
    );
    assert.deepEqual(file.readNew(), { n: 1 });
    assert.equal(file.notice, undefined);
  });

  it('keeps the best finite value by the goal', () => {
    const text = '{"acc": 0.5}\n{"acc": NaN}\n{"acc": 0.9}\n{"acc": Infinity}\n{"acc": 0.7}\n';
    for (const [goal, best] of [
      ['maximize', 0.9],
      ['minimize', 0.5],
    ] as const) {
      const file = new MetricsFile(makeDirectory(text), { best: { name: 'acc', goal } });
      assert.deepEqual(file.readNew(), { acc: 0.7 });
      assert.equal(file.best, best);
    }
  });

  it('starts again when the file is emptied or replaced', () => {
    const directory = makeDirectory('{"a": 1}\n{"a": 2}\n');
    const file = new MetricsFile(directory);
    file.readNew();
    fs.writeFileSync(path.join(directory, 'metrics.jsonl'), '{"b": 1}\n');
    assert.deepEqual(file.readNew(), { b: 1 });
    fs.renameSync(path.join(directory, 'metrics.jsonl'), path.join(directory, 'old'));
    append(directory, '{"c": 1}\n{"c": 2}\n');
    assert.deepEqual(file.readNew(), { c: 2 });
    assert.equal(file.reports, 2);
  });

  it('takes a line without end once the program has ended', () => {
    const directory = makeDirectory('{"a": 1}\n{"a": 2}');
    const file = new MetricsFile(directory);
    assert.deepEqual(file.readNew(), { a: 1 });
    assert.deepEqual(file.readRest(), { a: 2 });
  });

  it('counts a line that is too long as a bad one and goes on after it', () => {
    const file = new MetricsFile(makeDirectory(`{"a": 1}\n${'x'.repeat(3_000_000)}\n{"a": 2}\n`));
    assert.deepEqual(file.readNew(), { a: 2 });
    assert.match(file.notice ?? '', /1 line is no JSON object/);
  });

  it('reads the end of a file that is too large, and says so', () => {
    const file = new MetricsFile(makeDirectory(`{"a": 1}\n${'{"b": 1}\n'.repeat(100)}{"b": 2}\n`), {
      limit: 100,
    });
    assert.deepEqual(file.readNew(), { b: 2 });
    assert.match(file.notice ?? '', /the first 818 bytes were too many/);
  });
});

describe('the final metrics', () => {
  it('are the latest ones, and result.json wins', () => {
    const directory = makeDirectory(
      '{"loss": 0.5, "acc": 0.1}\n{"loss": 0.4}\n',
      '{"loss": 0.3, "params": {"lr": 1}}',
    );
    assert.deepEqual(readFinalMetrics(directory), { loss: 0.3, acc: 0.1, 'params.lr': 1 });
  });

  it('are none for a job that reported nothing', () => {
    assert.deepEqual(readFinalMetrics(makeDirectory()), {});
  });

  it('say what could not be understood', () => {
    for (const bad of ['[1]', '{"a": ', 'null']) {
      const notices: string[] = [];
      const directory = makeDirectory('{"a": 1}\nbad\n', bad);
      assert.deepEqual(
        readFinalMetrics(directory, (sentence) => notices.push(sentence)),
        { a: 1 },
      );
      assert.equal(notices.length, 2);
      assert.match(notices[1] ?? '', /result\.json was not used: .*\.$/);
    }
  });

  it('survive a metrics.jsonl that is a folder', () => {
    const directory = makeDirectory(undefined, '{"a": 1}');
    fs.mkdirSync(path.join(directory, 'metrics.jsonl'));
    const notices: string[] = [];
    assert.deepEqual(
      readFinalMetrics(directory, (sentence) => notices.push(sentence)),
      { a: 1 },
    );
    assert.equal(notices.length, 1);
  });
});
