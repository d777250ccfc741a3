import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  acquireOwnerLock,
  HeartbeatObserver,
  type OwnerDescription,
  OwnerLock,
  readOwner,
} from '#engine/owner-lock.ts';
import { identityOf, machineIdentity } from '#engine/process-identity.ts';
import { fill, temporaryFolder, tinyDisk } from './disk.ts';

const cli = { program: 'cli' } as const;

async function own(folder: string, observer?: HeartbeatObserver): Promise<OwnerLock> {
  const lock = await acquireOwnerLock(folder, observer === undefined ? cli : { ...cli, observer });
  assert.ok(lock instanceof OwnerLock, 'the lock is free');
  return lock;
}

/** A lock as a process of this machine that lives would have written it, but for `changes`. */
async function writeLock(
  folder: string,
  generation: number,
  changes: Partial<OwnerDescription>,
): Promise<string> {
  const owner: OwnerDescription = {
    generation,
    ...(await machineIdentity()),
    pid: process.pid,
    startTime: (await identityOf(process.pid)) ?? '',
    program: 'editor',
    heartbeat: 10,
    released: false,
    ...changes,
  };
  const file = path.join(folder, `owner.${generation}.lock`);
  fs.writeFileSync(file, JSON.stringify(owner));
  return file;
}

/** An observer whose clock the test sets, in seconds. */
function clock(): { observer: HeartbeatObserver; advance: (seconds: number) => void } {
  let now = 1000;
  return { observer: new HeartbeatObserver(() => now), advance: (seconds) => (now += seconds) };
}

describe('the owner lock', () => {
  it('is held by one, also within a process, and free again when it was released', async (t) => {
    const folder = temporaryFolder(t);
    assert.deepEqual(await readOwner(folder), { kind: 'nobody' });
    const first = await own(folder);
    const second = await acquireOwnerLock(folder, cli);
    assert.ok('heldBy' in second);
    assert.equal(second.heldBy.owner?.generation, 1);
    assert.match(
      second.heldBy.description,
      new RegExp(`^the command line on .+ \\(process ${process.pid}\\)$`),
    );
    assert.ok(await first.check());
    await first.release();
    await first.release();
    assert.equal(await first.check(), false);
    assert.deepEqual(await readOwner(folder), { kind: 'nobody' });
    const third = await own(folder);
    assert.equal(third.generation, 2);
    assert.deepEqual(fs.readdirSync(folder), ['owner.2.lock']);
    await third.release();
  });

  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const stale: readonly (readonly [string, Partial<OwnerDescription>])[] = [
    ['is dead', { pid: dead }],
    ['died, and another process got its pid', { startTime: 'long ago' }],
    ['ran before this machine was started', { boot: 'earlier' }],
  ];
  for (const [what, changes] of stale) {
    it(
      `is taken over at once when its owner ${what}`,
      { skip: process.platform === 'linux' ? false : 'Linux only' },
      async (t) => {
        const folder = temporaryFolder(t);
        await writeLock(folder, 4, changes);
        assert.deepEqual(await readOwner(folder), { kind: 'nobody' });
        const lock = await own(folder);
        assert.equal(lock.generation, 5);
        await lock.release();
      },
    );
  }

  it('of another machine holds as long as its heart beats, whatever the clocks say', async (t) => {
    const folder = temporaryFolder(t);
    const file = await writeLock(folder, 1, { host: 'elsewhere' });
    const { observer, advance } = clock();
    // a clock there that is a year behind, and steps
    for (const seconds of [0, 10, -3600, 20, 5000]) {
      const then = new Date(Date.now() - 31_536_000_000 + seconds * 1000);
      fs.utimesSync(file, then, then);
      for (let looks = 0; looks < 3; looks++) {
        const result = await acquireOwnerLock(folder, { ...cli, observer });
        assert.ok('heldBy' in result);
        assert.match(result.heldBy.description, /^the editor on elsewhere/);
        advance(29);
      }
    }
    // the last beat was seen 87 s ago, of which the observer watched all
    assert.deepEqual(await readOwner(folder, { observer }), { kind: 'nobody' });
    const lock = await own(folder, observer);
    assert.equal(lock.generation, 2);
    await lock.release();
  });

  it('of another machine is free at once when it was released there', async (t) => {
    const folder = temporaryFolder(t);
    await writeLock(folder, 7, { host: 'elsewhere', released: true });
    const lock = await own(folder);
    assert.equal(lock.generation, 8);
    await lock.release();
  });

  for (const content of ['', '{"generation":3,"host', 'null', '{"generation":"x"}']) {
    it(`that reads ${JSON.stringify(content)} holds while it may still be written, not for ever`, async (t) => {
      const folder = temporaryFolder(t);
      fs.writeFileSync(path.join(folder, 'owner.3.lock'), content);
      const { observer, advance } = clock();
      assert.equal((await readOwner(folder, { observer })).kind, 'held');
      advance(4);
      assert.equal((await readOwner(folder, { observer })).kind, 'held');
      advance(2);
      const lock = await own(folder, observer);
      assert.equal(lock.generation, 4);
      await lock.release();
    });
  }

  it('is lost, and says so once, when another process took over', async (t) => {
    const folder = temporaryFolder(t);
    const lock = await own(folder);
    const lost: string[] = [];
    lock.onLost((sentence) => lost.push(sentence));
    await writeLock(folder, 2, { host: 'elsewhere' });
    assert.equal(await lock.check(), false);
    assert.equal(await lock.check(), false);
    assert.equal(lock.held, false);
    lock.onLost((sentence) => lost.push(sentence));
    assert.deepEqual(
      lost,
      Array(2).fill(`This process no longer runs the sweep in ${folder}: another process took over.`),
    );
    await lock.release();
    assert.match(fs.readFileSync(path.join(folder, 'owner.2.lock'), 'utf8'), /"released":false/);
  });

  it('is lost when its folder is deleted', async (t) => {
    const folder = path.join(temporaryFolder(t), 'sweep');
    fs.mkdirSync(folder);
    const lock = await own(folder);
    fs.rmSync(folder, { recursive: true });
    assert.equal(await lock.check(), false);
    await lock.release();
  });

  it('is above every generation in the journal, also when the lock files were deleted', async (t) => {
    const folder = temporaryFolder(t);
    const line = (owner: number): string =>
      `{"type":"noticed","detail":"\\"owner\\":99}","at":1,"owner":${owner}}\n`;
    fs.writeFileSync(path.join(folder, 'journal.jsonl'), line(3) + line(12) + line(11) + '{"type":"no');
    const lock = await own(folder);
    assert.equal(lock.generation, 13);
    await lock.release();
  });

  it('beats and is released on a full disk', async (t) => {
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    const lock = await own(disk.folder);
    const makeRoom = fill(disk.folder);
    const file = path.join(disk.folder, 'owner.1.lock');
    const before = fs.statSync(file, { bigint: true }).mtimeNs;
    assert.ok(await lock.check());
    assert.notEqual(fs.statSync(file, { bigint: true }).mtimeNs, before);
    await lock.release();
    assert.deepEqual(await readOwner(disk.folder), { kind: 'nobody' });
    await assert.rejects(acquireOwnerLock(disk.folder, cli), /Can't write the lock .*: the disk is full/);
    assert.deepEqual(fs.readdirSync(disk.folder).sort(), ['ballast', 'owner.1.lock']);
    makeRoom();
    await (await own(disk.folder)).release();
  });

  it('says in a sentence that a folder is read-only or missing', async (t) => {
    await assert.rejects(
      acquireOwnerLock(path.join(temporaryFolder(t), 'gone'), cli),
      /^StorageError: Can't read the folder .*gone: the folder does not exist/,
    );
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    disk.remount('ro');
    await assert.rejects(acquireOwnerLock(disk.folder, cli), /the file system is read-only/);
  });
});
