import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { claimLogIds, logIdAt, nextLogId, releaseLogIds } from '#engine/sources/log-ids.ts';

const CLAIMANT = path.resolve(import.meta.dirname, 'programs/claimant.ts');

let logs: string;
beforeEach(() => {
  logs = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-logs-')), 'logs');
});
afterEach(() => fs.rmSync(path.dirname(logs), { recursive: true, force: true }));

const numbers = (): readonly number[] =>
  fs
    .readdirSync(logs)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);

describe('the numbers of job directories', () => {
  it('begin at 1 and come with their directories', async () => {
    assert.equal(nextLogId(logs), 1);
    assert.deepEqual(await claimLogIds(logs, 3), [[1, 3]]);
    assert.deepEqual(numbers(), [1, 2, 3]);
    assert.equal(nextLogId(logs), 4);
  });

  it('go on behind directories that MLXP made', async () => {
    fs.mkdirSync(path.join(logs, '41'), { recursive: true });
    fs.mkdirSync(path.join(logs, 'notes'));
    assert.deepEqual(await claimLogIds(logs, 1), [[42, 42]]);
  });

  it('never come back, whatever is deleted', async () => {
    await claimLogIds(logs, 5);
    for (const id of numbers()) fs.rmdirSync(path.join(logs, String(id)));
    assert.equal(nextLogId(logs), 6);
    assert.deepEqual(await claimLogIds(logs, 2), [[6, 7]]);
  });

  it('step over a directory that somebody makes at the same moment', async () => {
    const claiming = claimLogIds(logs, 250);
    // the claim gives others their turn in between
    fs.mkdirSync(path.join(logs, '240'));
    assert.deepEqual(await claiming, [
      [1, 239],
      [241, 251],
    ]);
  });

  it('are given back as directories, not as numbers', async () => {
    const ids = await claimLogIds(logs, 3);
    fs.writeFileSync(path.join(logs, '2', 'kept'), '');
    releaseLogIds(logs, ids);
    assert.deepEqual(numbers(), [2]);
    assert.equal(nextLogId(logs), 4);
  });

  it('say why they can not be had, and leave nothing', async () => {
    fs.writeFileSync(logs, 'a file');
    await assert.rejects(claimLogIds(logs, 2), /Can't make the directories of the jobs in .*: /);
    assert.equal(fs.readFileSync(logs, 'utf8'), 'a file');
  });

  it('are found by their place', () => {
    const blocks = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(blocks, (gaps) => {
        const ids: [number, number][] = [];
        let end = 0;
        for (const [gap, size] of gaps) {
          ids.push([end + gap, end + gap + size - 1]);
          end += gap + size;
        }
        const all = ids.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, n) => first + n),
        );
        assert.deepEqual(
          all.map((_, place) => logIdAt(ids, place)),
          all,
        );
        assert.throws(() => logIdAt(ids, all.length), RangeError);
      }),
    );
  });

  it('are different for four submitters at once', async () => {
    const rounds = 12;
    const sizes = [1, 7, 30, 64];
    const outputs = await Promise.all(
      sizes.map((size) =>
        promisify(execFile)(process.execPath, [CLAIMANT, logs, String(rounds), String(size)]),
      ),
    );
    const claimed = outputs.map(({ stdout }) => stdout.trim().split('\n').map(Number));
    assert.deepEqual(
      claimed.map(({ length }) => length),
      sizes.map((size) => size * rounds),
    );
    assert.deepEqual(
      claimed.flat().sort((a, b) => a - b),
      numbers(),
    );
    assert.equal(new Set(claimed.flat()).size, claimed.flat().length);
  });
});
