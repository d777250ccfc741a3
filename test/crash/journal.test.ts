import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { JournalEvent } from '#engine/events.ts';
import { Journal, readJournal } from '#engine/journal.ts';
import { JournalTail } from '#engine/journal-tail.ts';
import { temporaryFolder } from '../unit/durability/disk.ts';
import { start } from '../unit/durability/programs/spawn.ts';

const detailOf = (event: JournalEvent | undefined): string => (event?.type === 'noticed' ? event.detail : '');

describe('a process that is killed while it writes a journal', () => {
  it('loses nothing that append returned for, and a follower sees everything once', async (t) => {
    const file = path.join(temporaryFolder(t), 'journal.jsonl');
    const followed: JournalEvent[] = [];
    const tail = new JournalTail(file, (batch) => {
      assert.deepEqual([batch.restarted, batch.trouble], [false, undefined]);
      followed.push(...batch.events);
    });
    t.after(() => tail.dispose());
    const promised: string[] = [];
    for (let owner = 1; owner <= 8; owner++) {
      const writer = start('writer.ts', file, String(owner));
      const enough = 20 + 211 * owner;
      while (writer.lines.length < enough) assert.notEqual(await writer.next(), undefined);
      await writer.kill();
      promised.push(...writer.lines.map((n) => `${owner}/${n}`));
    }
    const { journal, events, damage } = await Journal.open(file, { owner: 9, now: Date.now });
    await journal.close();
    assert.deepEqual(damage, []);
    const written = new Set(events.map((event) => detailOf(event).split(' ')[0]));
    assert.deepEqual(
      promised.filter((each) => !written.has(each)),
      [],
    );
    assert.equal(written.size, events.length);
    await tail.refresh();
    assert.deepEqual(followed, events);
    assert.deepEqual((await readJournal(file)).events, events);
  });
});
