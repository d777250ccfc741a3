import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { EventBody, JournalEvent } from '#engine/events.ts';
import { Journal } from '#engine/journal.ts';
import { encodeEvent } from '#engine/journal-lines.ts';
import { type JournalBatch, JournalTail } from '#engine/journal-tail.ts';
import { temporaryFolder } from './disk.ts';
import { ended, someEvents, started, submitted } from './events.ts';
import { start } from './programs/spawn.ts';

const stamp = (body: EventBody, owner = 1): JournalEvent => ({ ...body, at: 5, owner });
const line = (body: EventBody, owner = 1): string => encodeEvent(stamp(body, owner));

interface Follower {
  readonly tail: JournalTail;
  readonly file: string;
  readonly batches: JournalBatch[];
  /** The events of the file that is there now. */
  readonly events: () => JournalEvent[];
}

/** Never polls within a test, so that what is seen is due to `refresh` or to the system's word. */
function follow(t: TestContext, content?: string): Follower {
  const file = path.join(temporaryFolder(t), 'journal.jsonl');
  if (content !== undefined) fs.writeFileSync(file, content);
  const batches: JournalBatch[] = [];
  const tail = new JournalTail(file, (batch) => batches.push(batch), { poll: 3_600_000 });
  t.after(() => tail.dispose());
  return {
    tail,
    file,
    batches,
    events: () =>
      batches
        .slice(
          Math.max(
            0,
            batches.findLastIndex((batch) => batch.restarted),
          ),
        )
        .flatMap((batch) => batch.events),
  };
}

describe('a follower of a journal', { timeout: 60_000 }, () => {
  it('sees what is there, then what comes', async (t) => {
    const { tail, file, batches, events } = follow(t, line(started(1)));
    await tail.ready();
    assert.deepEqual(events(), [stamp(started(1))]);
    fs.appendFileSync(file, line(started(2)) + line(started(3)));
    await tail.refresh();
    await tail.refresh();
    assert.deepEqual(
      events(),
      [1, 2, 3].map((job) => stamp(started(job))),
    );
    assert.equal(batches.length, 2);
  });

  it('is told by the system, without being asked', async (t) => {
    const { tail, file, events } = follow(t, line(started(1)));
    await tail.ready();
    fs.appendFileSync(file, line(started(2)));
    while (events().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(events(), [stamp(started(1)), stamp(started(2))]);
  });

  it('polls where the system says nothing', async (t) => {
    const file = path.join(temporaryFolder(t), 'not yet', 'journal.jsonl');
    const seen = new Promise<JournalBatch>((resolve) => {
      const tail = new JournalTail(file, resolve, { poll: 10 });
      t.after(() => tail.dispose());
    });
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, line(started(1)));
    assert.deepEqual((await seen).events, [stamp(started(1))]);
  });

  it('waits for the end of a half-written line', async (t) => {
    const text = line(submitted(1));
    const { tail, file, batches, events } = follow(t, '');
    await tail.ready();
    for (const byte of Buffer.from(text)) {
      assert.deepEqual(batches, []);
      fs.appendFileSync(file, Buffer.from([byte]));
      await tail.refresh();
    }
    assert.deepEqual(events(), [stamp(submitted(1))]);
  });

  it('reads lines that are longer than what it reads at once', async (t) => {
    const long: EventBody = { type: 'noticed', detail: 'x'.repeat(5_000_000) };
    const { tail, events } = follow(t, line(started(1)) + line(long) + line(ended(1)));
    await tail.ready();
    assert.deepEqual(
      events(),
      [started(1), long, ended(1)].map((body) => stamp(body)),
    );
  });

  it('goes on over the repair of a torn tail by a new owner', async (t) => {
    const torn = line(ended(2)).slice(0, -20);
    const { tail, file, batches, events } = follow(t, line(started(1)) + torn);
    await tail.ready();
    const { journal } = await Journal.open(file, { owner: 2, now: () => 5 });
    journal.append(started(7));
    await journal.close();
    await tail.refresh();
    const [first, notice, last, ...more] = events();
    assert.deepEqual([first, last, more], [stamp(started(1)), stamp(started(7), 2), []]);
    assert.equal(notice?.type, 'noticed');
    assert.ok(batches.every((batch) => !batch.restarted && batch.damage.length === 0));
  });

  it('starts again with a file that replaced the first', async (t) => {
    const { tail, file, batches, events } = follow(t, line(started(1)) + line(started(2)));
    await tail.ready();
    fs.writeFileSync(`${file}.new`, line(started(3)) + line(started(4)) + line(started(5)));
    fs.renameSync(`${file}.new`, file);
    await tail.refresh();
    assert.deepEqual(
      events(),
      [3, 4, 5].map((job) => stamp(started(job))),
    );
    assert.equal(batches.filter((batch) => batch.restarted).length, 1);
  });

  it('starts again when the file was deleted, and when it comes back', async (t) => {
    const { tail, file, batches, events } = follow(t, line(started(1)));
    await tail.ready();
    fs.rmSync(file);
    await tail.refresh();
    await tail.refresh();
    assert.deepEqual(batches.at(-1), { events: [], damage: [], restarted: true, trouble: undefined });
    fs.writeFileSync(file, line(started(2)));
    await tail.refresh();
    assert.deepEqual(events(), [stamp(started(2))]);
    assert.equal(batches.filter((batch) => batch.restarted).length, 1);
  });

  it('reports damage in the middle at once, at the end when it stays', async (t) => {
    const { tail, file, batches, events } = follow(t, `${line(started(1))}rubbish\n${line(started(2))}`);
    await tail.ready();
    assert.deepEqual(
      batches.flatMap((batch) => batch.damage.map((damage) => damage.line)),
      [2],
    );
    // bytes that arrive after the length they belong to, as on NFS
    const size = fs.statSync(file).size;
    const text = line(ended(2));
    fs.appendFileSync(file, Buffer.concat([Buffer.alloc(text.length - 1), Buffer.from('\n')]));
    await tail.refresh();
    assert.equal(events().length, 2);
    const descriptor = fs.openSync(file, 'r+');
    fs.writeSync(descriptor, text, size);
    fs.closeSync(descriptor);
    await tail.refresh();
    assert.deepEqual(events().at(-1), stamp(ended(2)));
    assert.equal(batches.flatMap((batch) => batch.damage).length, 1);
    fs.appendFileSync(file, 'really\n');
    while (batches.flatMap((batch) => batch.damage).length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await tail.refresh();
    }
    assert.equal(batches.flatMap((batch) => batch.damage).at(-1)?.line, 5);
    fs.appendFileSync(file, line(started(9)));
    await tail.refresh();
    assert.deepEqual(events().at(-1), stamp(started(9)));
  });

  it('says that it cannot read, and that it can again', async (t) => {
    const { tail, file, batches, events } = follow(t, line(started(1)));
    await tail.ready();
    fs.renameSync(file, `${file}.away`);
    fs.mkdirSync(file);
    await tail.refresh();
    assert.match(batches.at(-1)?.trouble ?? '', /^Can't read the journal /);
    fs.rmdirSync(file);
    fs.renameSync(`${file}.away`, file);
    await tail.refresh();
    assert.equal(batches.at(-1)?.trouble, undefined);
    assert.deepEqual(events(), [stamp(started(1))]);
  });

  it('tells nothing after it was disposed', async (t) => {
    const { tail, file, batches } = follow(t, line(started(1)));
    await tail.ready();
    tail.dispose();
    fs.appendFileSync(file, line(started(2)));
    await tail.refresh();
    assert.equal(batches.length, 1);
  });

  it('misses and repeats nothing while another process writes', async (t) => {
    const { tail, file, events } = follow(t);
    const count = 3000;
    const writer = start('writer.ts', file, '1', String(count));
    const progress = { isWriting: true };
    const ending = writer.ended().finally(() => (progress.isWriting = false));
    while (progress.isWriting) {
      await tail.refresh();
      await new Promise(setImmediate);
    }
    assert.equal(await ending, 0);
    await tail.refresh();
    assert.deepEqual(
      events().map((event) => (event.type === 'noticed' ? event.detail.split(' ')[0] : event.type)),
      Array.from({ length: count }, (_, n) => `1/${n}`),
    );
  });

  it('sees what the journal of an owner appended, event by event', async (t) => {
    const { tail, file, events } = follow(t);
    await tail.ready();
    const { journal } = await Journal.open(file, { owner: 1, now: () => 5 });
    for (const body of someEvents(30)) {
      const event = journal.append(body);
      await tail.refresh();
      assert.deepEqual(events().at(-1), event);
    }
    await journal.close();
    assert.equal(events().length, 30);
  });
});
