import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemHome } from './systems/home.ts';
import { ended, identify } from './systems/processes.ts';

describe('A batch system whose test is killed', () => {
  for (const signal of ['SIGKILL', 'SIGINT'] as const)
    it(`ends with its jobs and leaves nothing behind (${signal})`, async () => {
      const starter = spawn(process.execPath, [path.join(import.meta.dirname, 'starter.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(starter, 'exit');
      const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
      const [directory = '', pid = ''] = line.split(' ');
      const job = identify(Number(pid));
      assert.ok(job !== undefined && existsSync(directory));
      starter.kill(signal);
      await exited;
      assert.ok(await ended([job], 30), 'the job lives on');
      const deadline = performance.now() + 30_000;
      while (existsSync(directory)) {
        assert.ok(performance.now() < deadline, `${directory} is still there`);
        await sleep(50);
      }
    });
});

describe('A batch system that ends', () => {
  it('puts back the files of the machine that it changed, as they were at first', async (t) => {
    const machine = mkdtempSync(path.join(tmpdir(), 'sweepdeck-machine-'));
    t.after(() => rmSync(machine, { recursive: true }));
    const [changed, made] = [path.join(machine, 'changed'), path.join(machine, 'made')];
    writeFileSync(changed, 'first');
    chmodSync(changed, 0o640);
    const home = new SystemHome('ending', machine);
    for (const text of ['second', 'third'])
      for (const file of [changed, made]) {
        home.keep(file);
        writeFileSync(file, text);
        chmodSync(file, 0o600);
      }
    await home.clear();
    assert.equal(readFileSync(changed, 'utf8'), 'first');
    assert.equal(statSync(changed).mode & 0o777, 0o640);
    assert.deepEqual([existsSync(made), existsSync(home.directory)], [false, false]);
  });

  it('ends a daemon that takes no notice of the signal', async () => {
    const home = new SystemHome('ending');
    const { process } = home.start('stubborn', ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done'], {
      environment: {},
      signal: 'SIGTERM',
    });
    await home.clear();
    assert.ok(await ended([process], 0));
  });
});
