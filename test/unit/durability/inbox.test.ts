import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { SweepRequest } from '#engine/events.ts';
import {
  dropRequest,
  type InboxListener,
  InboxWatcher,
  parseRequest,
  type ReceivedRequest,
  withdrawRequest,
} from '#engine/inbox.ts';
import { fill, temporaryFolder, tinyDisk } from './disk.ts';

const by = { program: 'cli', host: 'here', pid: 12 } as const;

interface Owner {
  readonly received: ReceivedRequest[];
  readonly rejected: string[];
  readonly troubles: (string | undefined)[];
  readonly watcher: InboxWatcher;
}

/** Never polls within a test. */
function watchInbox(t: TestContext, folder: string, changes: Partial<InboxListener> = {}): Owner {
  const received: ReceivedRequest[] = [];
  const rejected: string[] = [];
  const troubles: (string | undefined)[] = [];
  const watcher = new InboxWatcher(
    folder,
    {
      isKnown: () => false,
      onRequest: (request) => received.push(request),
      onRejected: (sentence) => rejected.push(sentence),
      onTrouble: (sentence) => troubles.push(sentence),
      ...changes,
    },
    { poll: 3_600_000 },
  );
  t.after(() => watcher.dispose());
  return { received, rejected, troubles, watcher };
}

const inInbox = (folder: string): string[] => fs.readdirSync(path.join(folder, 'inbox')).sort();

describe('an inbox', () => {
  it('hands the owner each request once, in order, until it is acknowledged', async (t) => {
    const folder = temporaryFolder(t);
    const requests: SweepRequest[] = [
      { type: 'pause' },
      { type: 'cancel', jobs: [3, 1] },
      { type: 'cancel' },
      { type: 'retry', jobs: 'failed' },
      { type: 'retry', jobs: [0] },
      { type: 'resume' },
      { type: 'stop' },
    ];
    const ids: string[] = [];
    for (const request of requests.slice(0, 4)) ids.push(await dropRequest(folder, request, by));
    const { received, watcher } = watchInbox(t, folder);
    await watcher.refresh();
    for (const request of requests.slice(4)) ids.push(await dropRequest(folder, request, by));
    await watcher.refresh();
    await watcher.refresh();
    assert.deepEqual(
      received,
      requests.map((request, index) => ({ id: ids[index], request, by })),
    );
    assert.deepEqual(
      inInbox(folder),
      ids.map((id) => `${id}.json`),
    );
    for (const id of ids) await watcher.acknowledge(id);
    await watcher.refresh();
    assert.deepEqual(inInbox(folder), []);
    assert.equal(received.length, requests.length);
  });

  it('is watched: a request arrives without being asked for', async (t) => {
    const folder = temporaryFolder(t);
    fs.mkdirSync(path.join(folder, 'inbox'));
    const { promise, resolve } = Promise.withResolvers<ReceivedRequest>();
    const { watcher } = watchInbox(t, folder, { onRequest: resolve });
    await watcher.refresh();
    const id = await dropRequest(folder, { type: 'stop' }, by);
    assert.equal((await promise).id, id);
  });

  it('drops a request that the journal has already, after a crash before its file was removed', async (t) => {
    const folder = temporaryFolder(t);
    const taken = await dropRequest(folder, { type: 'pause' }, by);
    const fresh = await dropRequest(folder, { type: 'resume' }, by);
    const { received, watcher } = watchInbox(t, folder, { isKnown: (id) => id === taken });
    await watcher.refresh();
    assert.deepEqual(
      received.map(({ id }) => id),
      [fresh],
    );
    assert.deepEqual(inInbox(folder), [`${fresh}.json`]);
  });

  it('offers a request again, and before all later ones, when the owner could not take it', async (t) => {
    const folder = temporaryFolder(t);
    const ids = [
      await dropRequest(folder, { type: 'pause' }, by),
      await dropRequest(folder, { type: 'stop' }, by),
    ];
    const taken: string[] = [];
    let isFull = true;
    const { troubles, watcher } = watchInbox(t, folder, {
      onRequest: ({ id }) => {
        if (isFull) throw new Error('the disk is full');
        taken.push(id);
      },
    });
    await watcher.refresh();
    assert.deepEqual(taken, []);
    isFull = false;
    await watcher.refresh();
    assert.deepEqual(taken, ids);
    assert.equal(troubles.length, 2);
    assert.match(troubles[0] ?? '', /can't be taken: the disk is full\.$/);
    assert.equal(troubles[1], undefined);
  });

  it('moves files that are no requests aside and reports them', async (t) => {
    const folder = temporaryFolder(t);
    const id = await dropRequest(folder, { type: 'pause' }, by);
    const inbox = path.join(folder, 'inbox');
    fs.writeFileSync(path.join(inbox, '000.json'), '{"request":');
    fs.writeFileSync(path.join(inbox, 'notes.txt'), 'hello');
    fs.mkdirSync(path.join(inbox, 'folder.json'));
    fs.writeFileSync(path.join(inbox, '.half.tmp'), '{');
    const { received, rejected, watcher } = watchInbox(t, folder);
    await watcher.refresh();
    assert.deepEqual(
      received.map((each) => each.id),
      [id],
    );
    assert.equal(rejected.length, 3);
    assert.match(
      rejected[0] ?? '',
      /^A file in the inbox is not a request .*: it is not JSON\. It was moved to .*000\.json\.$/,
    );
    assert.deepEqual(fs.readdirSync(path.join(inbox, 'rejected')).sort(), [
      '000.json',
      'folder.json',
      'notes.txt',
    ]);
    assert.deepEqual(inInbox(folder), ['.half.tmp', `${id}.json`, 'rejected']);
  });

  it('lets a request be taken back until it was taken', async (t) => {
    const folder = temporaryFolder(t);
    const id = await dropRequest(folder, { type: 'pause' }, by);
    assert.equal(await withdrawRequest(folder, id), true);
    assert.equal(await withdrawRequest(folder, id), false);
    const { received, watcher } = watchInbox(t, folder);
    await watcher.refresh();
    assert.deepEqual(received, []);
  });

  it('gives out ids that sort in the order of the requests', async (t) => {
    const folder = temporaryFolder(t);
    const ids: string[] = [];
    for (let n = 0; n < 50; n++) ids.push(await dropRequest(folder, { type: 'pause' }, by));
    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(new Set(ids).size, 50);
  });

  it('says in a sentence that the sweep is gone, or the disk full, and leaves nothing half', async (t) => {
    await assert.rejects(
      dropRequest(path.join(temporaryFolder(t), 'gone'), { type: 'pause' }, by),
      /^StorageError: Can't send a request to the sweep in .*gone: the folder does not exist/,
    );
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    fs.mkdirSync(path.join(disk.folder, 'inbox'));
    const makeRoom = fill(disk.folder);
    await assert.rejects(dropRequest(disk.folder, { type: 'pause' }, by), /the disk is full/);
    assert.deepEqual(inInbox(disk.folder), []);
    makeRoom();
    await dropRequest(disk.folder, { type: 'pause' }, by);
  });
});

describe('a request', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [null, /not a JSON object/],
    [[], /not a JSON object/],
    [{ by }, /"request" is none/],
    [{ request: 'pause', by }, /"request" is none/],
    [{ request: { type: 'explode' }, by }, /"request" is none/],
    [{ request: { type: 'toString' }, by }, /"request" is none/],
    [{ request: { type: 'cancel', jobs: 'all' }, by }, /"request" is none/],
    [{ request: { type: 'cancel', jobs: [1.5] }, by }, /"request" is none/],
    [{ request: { type: 'retry' }, by }, /"request" is none/],
    [{ request: { type: 'retry', jobs: [-1] }, by }, /"request" is none/],
    [{ request: { type: 'pause' } }, /"by" does not say/],
    [{ request: { type: 'pause' }, by: { ...by, program: 'curl' } }, /"by" does not say/],
    [{ request: { type: 'pause' }, by: { ...by, pid: '12' } }, /"by" does not say/],
  ];
  for (const [content, problem] of wrong) {
    it(`is not ${JSON.stringify(content)}`, () => {
      const reading = parseRequest(JSON.stringify(content));
      assert.ok(typeof reading === 'string');
      assert.match(reading, problem);
    });
  }

  it('is never made of any other text, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof parseRequest(text) === 'string'),
    );
  });

  it('holds nothing but what a request has', () => {
    const text = JSON.stringify({ request: { type: 'pause', extra: 1 }, by: { ...by, more: 2 }, also: 3 });
    assert.deepEqual(parseRequest(text), { request: { type: 'pause' }, by });
  });
});
