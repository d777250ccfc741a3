import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FileTail } from '../../../client/src/editor/logs/file-tail.ts';
import { LogFollower } from '../../../client/src/editor/logs/log-follower.ts';
import { terminalLines } from '../../../client/src/editor/presentation/terminal-text.ts';
import type { JobState } from '#engine/sweep-state.ts';
import { sampleJob } from './sample-view.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-logs-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('a tail', () => {
  const file = (): string => path.join(folder, 'stdout.log');

  it('of a file that is not there yet is empty', async () => {
    const tail = new FileTail(file());
    assert.deepEqual(await tail.read(), { text: '', skipped: 0, restarted: false, atEnd: true });
    fs.writeFileSync(file(), 'now\n');
    assert.equal((await tail.read()).text, 'now\n');
  });

  it('reads on where it stopped, and never half a character', async () => {
    const tail = new FileTail(file());
    const bytes = Buffer.from('aé😀z');
    let text = '';
    for (const byte of bytes) {
      fs.appendFileSync(file(), Buffer.from([byte]));
      text += (await tail.read()).text;
    }
    assert.equal(text, 'aé😀z');
  });

  it('starts a big file at a line near its end', async () => {
    const line = `${'x'.repeat(99)}\n`;
    fs.writeFileSync(file(), line.repeat(10_000));
    const piece = await new FileTail(file()).read();
    assert.ok(piece.text.length <= 64 * 1024 && piece.text.length > 60 * 1024);
    assert.ok(piece.text.startsWith('xxx'));
    assert.equal(piece.text.length % 100, 0);
    assert.equal(piece.skipped + piece.text.length, 1_000_000);
    assert.equal(piece.atEnd, true);
  });

  it('reads little of a file of a gigabyte', async () => {
    fs.writeFileSync(file(), '');
    fs.truncateSync(file(), 2 ** 30);
    fs.appendFileSync(file(), '\nlast\n');
    const piece = await new FileTail(file()).read();
    assert.equal(piece.text, 'last\n');
  });

  it('jumps ahead when it is far behind, and says how far', async () => {
    const tail = new FileTail(file());
    fs.writeFileSync(file(), 'first\n');
    await tail.read();
    fs.appendFileSync(file(), 'x\n'.repeat(3 * 1024 * 1024));
    const piece = await tail.read();
    assert.ok(piece.skipped > 5 * 1024 * 1024);
    assert.equal(piece.atEnd, true);
  });

  it('begins anew when the file was replaced or cut', async () => {
    const tail = new FileTail(file());
    fs.writeFileSync(file(), 'first attempt\n');
    await tail.read();
    fs.renameSync(file(), `${file()}.old`);
    assert.equal((await tail.read()).text, '');
    fs.writeFileSync(file(), 'second attempt, which says more\n');
    assert.deepEqual(await tail.read(), {
      text: 'second attempt, which says more\n',
      skipped: 0,
      restarted: true,
      atEnd: true,
    });
    fs.writeFileSync(file(), 'cut\n');
    assert.equal((await tail.read()).text, 'cut\n');
  });
});

describe('terminal lines', () => {
  it('get a carriage return, once', () => {
    assert.equal(terminalLines('a\nb\r\nc\rd'), 'a\r\nb\r\nc\rd');
    assert.equal(terminalLines('\nb', true), '\nb');
    assert.equal(terminalLines('\nb'), '\r\nb');
  });
});

describe('a log terminal', () => {
  const follow = (state: () => JobState | undefined) => {
    let written = '';
    const follower = new LogFollower({
      id: 'q-1/0',
      logs: { stdout: path.join(folder, 'stdout.log'), stderr: path.join(folder, 'stderr.log') },
      state,
      write: (text) => (written += text),
    });
    const step = async (): Promise<readonly [string, string]> => {
      written = '';
      const progress = await follower.step();
      return [progress, written];
    };
    return step;
  };
  const write = (name: string, text: string): void => fs.appendFileSync(path.join(folder, name), text);

  it('follows both files, errors in red, until the job ended', async () => {
    let job = sampleJob();
    const step = follow(() => job);
    const [waiting, announced] = await step();
    assert.equal(waiting, 'waiting');
    assert.match(announced, /q-1\/0 is queued/);
    assert.deepEqual(await step(), ['waiting', '']);

    job = sampleJob({ state: 'running' });
    write('stdout.log', '\u001b[32mgreen\u001b[0m\n');
    write('stderr.log', 'oh\n');
    assert.deepEqual(await step(), ['waiting', '\u001b[32mgreen\u001b[0m\r\n\u001b[31moh\r\n\u001b[0m']);

    job = sampleJob({ state: 'failed', exitCode: 1, startedAt: 0, endedAt: 2000 });
    write('stdout.log', 'last words');
    const [ended, text] = await step();
    assert.equal(ended, 'ended');
    assert.match(text, /^last words\r\n.*q-1\/0 failed with exit code 1 after 2\.0 s\./);
    assert.deepEqual(await step(), ['ended', '']);
  });

  it('goes on with the next attempt', async () => {
    let job = sampleJob({ state: 'failed' });
    const step = follow(() => job);
    write('stdout.log', 'one\n');
    await step();
    fs.rmSync(path.join(folder, 'stdout.log'));
    job = sampleJob({ state: 'running', attempt: 2 });
    const [, between] = await step();
    assert.match(between, /Attempt 2/);
    write('stdout.log', 'two\n');
    job = sampleJob({ state: 'done', attempt: 2, exitCode: 0 });
    const [, text] = await step();
    assert.match(text, /two\r\n\r\n.*q-1\/0 finished with exit code 0\./);
  });

  it('says so when the sweep was deleted', async () => {
    const [progress, text] = await follow(() => undefined)();
    assert.equal(progress, 'ended');
    assert.match(text, /deleted/);
  });
});
