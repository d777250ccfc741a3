import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, it, mock, type TestContext } from 'node:test';
import fc from 'fast-check';
import { Float } from '#core/value.ts';
import type { EventBody, JournalEvent } from '#engine/events.ts';
import { Journal, JournalWriteError, readJournal } from '#engine/journal.ts';
import { decodeLines, encodeEvent, JOURNAL_START, type JournalDamage } from '#engine/journal-lines.ts';
import { fill, memoryFolder, temporaryFolder, tinyDisk } from './disk.ts';
import { anyEvent, ended, someEvents, started, submitted } from './events.ts';

const now = (): number => 1_800_000_000_000;
const stamp = (body: EventBody, owner = 1): JournalEvent => ({ ...body, at: now(), owner });
const bytesOf = (bodies: readonly EventBody[]): Buffer =>
  Buffer.from(bodies.map((body) => encodeEvent(stamp(body))).join(''));

function journalFile(t: TestContext, content?: Buffer | string): string {
  const file = path.join(temporaryFolder(t), 'journal.jsonl');
  if (content !== undefined) fs.writeFileSync(file, content);
  return file;
}

describe('a journal', () => {
  it('gives back what was appended, the kinds of parameters included', async (t) => {
    const file = journalFile(t);
    const { journal, events, damage } = await Journal.open(file, { owner: 3, now });
    assert.deepEqual([events, damage], [[], []]);
    const bodies = someEvents(7);
    const appended = bodies.map((body) => journal.append(body));
    await journal.close();
    assert.deepEqual(
      appended,
      bodies.map((body) => stamp(body, 3)),
    );
    const reading = await readJournal(file);
    assert.deepEqual(reading.damage, []);
    assert.deepEqual(reading.events, appended);
    const first = reading.events[0];
    assert.ok(first?.type === 'submitted' && first.parameters?.['decay'] instanceof Float);
  });

  it('reads metrics as plain numbers however large or whole they are', async (t) => {
    const metrics = { steps: 2 ** 60, tiny: 1e-300, huge: 1e300, whole: 4, zero: 0 };
    const body: EventBody = { type: 'ended', job: 0, attempt: 1, state: 'done', endedAt: 5, metrics };
    const file = journalFile(t, bytesOf([body]));
    assert.deepEqual((await readJournal(file)).events, [stamp(body)]);
    // the way of lines that need care
    const withNaN = bytesOf([body]).toString().replace('"endedAt":5', '"endedAt":NaN');
    fs.writeFileSync(file, withNaN);
    const [event] = (await readJournal(file)).events;
    assert.ok(event?.type === 'ended');
    assert.deepEqual(event.metrics, metrics);
  });

  it('is empty when there is no file', async (t) => {
    assert.deepEqual(await readJournal(journalFile(t)), { events: [], damage: [] });
  });

  it('holds an event when append returns, before any sync', async (t) => {
    const file = journalFile(t);
    const { journal } = await Journal.open(file, { owner: 1, now });
    journal.append(started(1));
    assert.equal(fs.readFileSync(file, 'utf8'), encodeEvent(stamp(started(1))));
    await journal.close();
  });

  it('syncs once for all who wait, and by itself when nobody does', async (t) => {
    const sync = mock.method(fs, 'fdatasync');
    t.after(() => sync.mock.restore());
    const { journal } = await Journal.open(journalFile(t), { owner: 1, now });
    await Promise.all(
      someEvents(300).map((body) => {
        journal.append(body);
        return journal.commit();
      }),
    );
    assert.ok(sync.mock.callCount() <= 2, `${sync.mock.callCount()} syncs`);
    await journal.commit();
    const before = sync.mock.callCount();
    journal.append(started(1));
    while (sync.mock.callCount() === before) await new Promise((resolve) => setTimeout(resolve, 10));
    await journal.close();
  });

  it('takes nothing after it was closed', async (t) => {
    const { journal } = await Journal.open(journalFile(t), { owner: 1, now });
    await journal.close();
    await journal.close();
    assert.throws(() => journal.append(started(1)), /is closed/);
  });

  it('says so when it was deleted under the owner', async (t) => {
    const file = journalFile(t);
    const { journal } = await Journal.open(file, { owner: 1, now });
    journal.append(started(1));
    await journal.commit();
    fs.rmSync(file);
    journal.append(started(2));
    await assert.rejects(journal.commit(), /was deleted while the sweep ran/);
    assert.throws(() => journal.append(started(3)), /was deleted/);
    await assert.rejects(journal.close(), /was deleted/);
  });

  it('says in a sentence that its folder is missing', async (t) => {
    const file = path.join(temporaryFolder(t), 'gone', 'journal.jsonl');
    await assert.rejects(Journal.open(file, { owner: 1, now }), (error: Error) => {
      assert.ok(error instanceof JournalWriteError);
      assert.match(error.message, /^Can't write the journal .*gone.*: the folder does not exist/);
      return true;
    });
  });
});

describe('a torn tail', () => {
  it('is survived wherever the last two records are cut', async (t) => {
    const bodies = [...someEvents(4), submitted(9), ended(9)];
    const whole = bytesOf(bodies);
    const ends = bodies.map((_, index) => bytesOf(bodies.slice(0, index + 1)).length);
    const from = ends.at(-3) ?? 0;
    const folder = memoryFolder(t);
    let resumed = 0;
    for (let cut = from; cut <= whole.length; cut++) {
      const file = path.join(folder, String(cut), 'journal.jsonl');
      fs.mkdirSync(path.dirname(file));
      fs.writeFileSync(file, whole.subarray(0, cut));
      // a record that lacks only its newline counts
      const kept = ends.filter((end) => end - 1 <= cut).length;
      const lastEnd = ends[kept - 1] ?? 0;
      const torn = Math.max(0, cut - lastEnd);
      const expected = bodies.slice(0, kept).map((body) => stamp(body));

      const seen = await readJournal(file);
      assert.deepEqual(seen.events, expected, `cut at ${cut}`);
      assert.equal(seen.damage.length, torn > 0 ? 1 : 0);

      const { journal, events, damage } = await Journal.open(file, { owner: 2, now });
      assert.deepEqual(events.slice(0, kept), expected, `cut at ${cut}`);
      if (torn > 0) {
        assert.deepEqual(
          damage.map(({ line, byteOffset, bytes }) => ({ line, byteOffset, bytes })),
          [{ line: kept + 1, byteOffset: lastEnd, bytes: torn }],
        );
        const notice = events[kept];
        assert.ok(notice?.type === 'noticed' && notice.detail.includes(`${torn} bytes`));
        assert.equal(events.length, kept + 1);
        const piece = fs.readFileSync(path.join(path.dirname(file), 'journal.damaged-1'));
        assert.deepEqual(piece, whole.subarray(lastEnd, cut));
      } else {
        assert.deepEqual([events.length, damage], [kept, []]);
      }
      const next = journal.append(started(99));
      const again = await readJournal(file);
      assert.deepEqual(again, { events: [...events, next], damage: [] });
      await journal.close();
      resumed++;
    }
    assert.equal(resumed, whole.length - from + 1);
  });

  it('is put on record even when the repair itself was interrupted before it could say so', async (t) => {
    const file = journalFile(t, bytesOf(someEvents(3)));
    fs.writeFileSync(path.join(path.dirname(file), 'journal.damaged-1'), '{"type":"star');
    for (const owner of [2, 3]) {
      const { journal, events } = await Journal.open(file, { owner, now });
      await journal.close();
      assert.equal(events.length, 4);
      assert.ok(events[3]?.type === 'noticed' && events[3].detail.includes('journal.damaged-1.'));
    }
  });
});

describe('lines of a journal', () => {
  it('never read as a shorter event when they are cut, also with a whole record behind them', () => {
    fc.assert(
      fc.property(anyEvent, anyEvent, fc.nat(), (first, second, at) => {
        const line = bytesOf([first]);
        const cut = 1 + (at % (line.length - 2));
        const { events, damage } = read(Buffer.concat([line.subarray(0, cut), bytesOf([second])]));
        assert.deepEqual(events, [stamp(second)]);
        assert.deepEqual(
          damage.map(({ byteOffset, bytes }) => [byteOffset, bytes]),
          [[0, cut]],
        );
      }),
      { numRuns: 500 },
    );
  });

  it('are lost only where bytes were overwritten, and every loss is reported', () => {
    const events = fc.array(anyEvent, { minLength: 1, maxLength: 12 });
    const garbage = fc.oneof(fc.constant(0), fc.constant(0xff), fc.constant(0x7b));
    fc.assert(
      fc.property(events, fc.nat(), fc.integer({ min: 1, max: 300 }), garbage, (bodies, at, length, byte) => {
        const whole = bytesOf(bodies);
        const start = at % whole.length;
        const end = Math.min(whole.length, start + length);
        const original = Buffer.from(whole);
        whole.fill(byte, start, end);
        if (whole.equals(original)) return;
        const { events: read_, damage, rest } = read(whole);
        let offset = 0;
        const spared = bodies.filter((body) => {
          const [from, to] = [offset, (offset += bytesOf([body]).length)];
          return to <= start || from >= end;
        });
        // "{" written over a "{" or over a letter of a string may leave one more line that can be read
        let next = 0;
        for (const event of read_) {
          const body = spared[next];
          if (body !== undefined && isDeepStrictEqual(stamp(body), event)) next += 1;
        }
        assert.equal(next, spared.length);
        if (byte !== 0x7b) assert.equal(read_.length, spared.length);
        assert.ok(damage.length + rest.length + read_.length - spared.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  it('give the undamaged prefix of a journal that is cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), fc.nat(), (bodies, at) => {
        const whole = bytesOf(bodies);
        const { events, damage } = read(whole.subarray(0, at % (whole.length + 1)));
        assert.deepEqual(damage, []);
        assert.deepEqual(
          events,
          bodies.slice(0, events.length).map((body) => stamp(body)),
        );
      }),
    );
  });

  it('are the same read at once or in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (bodies, size) => {
        const whole = Buffer.concat([bytesOf(bodies), Buffer.from('rubbish\n\n'), bytesOf(bodies)]);
        const found: { events: JournalEvent[]; damage: JournalDamage[] } = { events: [], damage: [] };
        let position = JOURNAL_START;
        for (let end = 0; end < whole.length;) {
          end = Math.min(whole.length, end + size);
          const lines = decodeLines(whole.subarray(position.offset, end), position);
          found.events.push(...lines.events);
          found.damage.push(...lines.damage);
          position = lines.position;
        }
        const atOnce = read(whole);
        assert.deepEqual(found, { events: atOnce.events, damage: atOnce.damage });
      }),
    );
  });

  const damaged: readonly (readonly [string, Buffer | string, RegExp])[] = [
    ['zero bytes', Buffer.alloc(40), /^Line 2 is damaged/],
    ['garbage', 'jpeg?\u0007{]', /^Line 2 is damaged/],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0xff]), /bytes that are no text/],
    ['JSON that is no event', '[1,2]', /^Line 2 is no event/],
    [
      'an event of a later version',
      '{"type":"teleported","at":1,"owner":1}',
      /a kind \(teleported\) that this version/,
    ],
    [
      'an event without its job',
      '{"type":"submitted","attempt":1,"at":1,"owner":1}',
      /without a usable "job"/,
    ],
    [
      'an event with a job that is none',
      '{"type":"submitted","job":-1,"attempt":1,"at":1,"owner":1}',
      /usable "job"/,
    ],
    ['an event of nobody', '{"type":"noticed","detail":"x","at":1}', /without a usable "owner"/],
    ['an event named like a property of every object', '{"type":"constructor","at":1,"owner":1}', /a kind/],
  ];
  for (const [what, line, sentence] of damaged) {
    it(`are skipped and reported when they hold ${what}`, () => {
      const before = bytesOf([started(1)]);
      const bytes = Buffer.concat([before, Buffer.from(line), Buffer.from('\n'), bytesOf([ended(1)])]);
      const { events, damage } = read(bytes);
      assert.deepEqual(events, [stamp(started(1)), stamp(ended(1))]);
      assert.equal(damage.length, 1);
      assert.deepEqual(
        { ...damage[0], sentence: '' },
        {
          line: 2,
          byteOffset: before.length,
          bytes: Buffer.byteLength(line),
          sentence: '',
        },
      );
      assert.match(damage[0]?.sentence ?? '', sentence);
    });
  }

  it('may be empty', () => {
    const bytes = Buffer.concat([Buffer.from('\n\n'), bytesOf([started(1)]), Buffer.from(' \r\n')]);
    const { events, damage } = read(bytes);
    assert.deepEqual([events, damage], [[stamp(started(1))], []]);
  });

  it('of an owner that was replaced are ignored and reported', () => {
    const lines = [stamp(started(1), 1), stamp(started(2), 3), stamp(ended(1), 1), stamp(ended(2), 3)];
    const { events, damage } = read(Buffer.from(lines.map(encodeEvent).join('')));
    assert.deepEqual(events, [lines[0], lines[1], lines[3]]);
    assert.equal(damage.length, 1);
    assert.match(
      damage[0]?.sentence ?? '',
      /^Line 3 was written by an owner \(generation 1\) .* generation 3\)/,
    );
  });
});

describe('an owner', () => {
  it("can't write a journal that a later one has written", async (t) => {
    const file = journalFile(t, encodeEvent(stamp(started(1), 5)));
    await assert.rejects(
      Journal.open(file, { owner: 4, now }),
      /belongs to a later owner \(generation 5, ours is 4\)/,
    );
  });
});

describe('a full or read-only disk', () => {
  it('leaves no half line, is told in a sentence, and costs nothing once there is room', async (t) => {
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    const file = path.join(disk.folder, 'journal.jsonl');
    const { journal } = await Journal.open(file, { owner: 1, now });
    const written = [journal.append(started(0))];
    const makeRoom = fill(disk.folder);
    // the file's first page is there already: appends fit until the second one is needed
    const failed = ((): unknown => {
      try {
        for (;;) written.push(journal.append(submitted(written.length)));
      } catch (error) {
        return error;
      }
    })();
    assert.ok(failed instanceof JournalWriteError);
    assert.equal(failed.code, 'ENOSPC');
    assert.equal(failed.message, `Can't write the journal ${file}: the disk is full. Free some space.`);
    assert.deepEqual(await readJournal(file), { events: written, damage: [] });
    assert.throws(() => journal.append(submitted(0)), JournalWriteError);
    assert.deepEqual(await readJournal(file), { events: written, damage: [] });
    makeRoom();
    written.push(journal.append(submitted(1)));
    await journal.close();
    assert.deepEqual(await readJournal(file), { events: written, damage: [] });
  });

  it('keeps a torn tail when there is no room to put it aside', async (t) => {
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    const file = path.join(disk.folder, 'journal.jsonl');
    const torn = bytesOf([started(1), ended(1)]).subarray(0, -9);
    fs.writeFileSync(file, torn);
    const makeRoom = fill(disk.folder);
    await assert.rejects(Journal.open(file, { owner: 2, now }), /the disk is full/);
    assert.deepEqual(fs.readFileSync(file), torn);
    assert.deepEqual(fs.readdirSync(disk.folder).sort(), ['ballast', 'journal.jsonl']);
    makeRoom();
    const { journal, damage } = await Journal.open(file, { owner: 2, now });
    await journal.close();
    assert.equal(damage.length, 1);
  });

  it('says that the file system is read-only, and goes on when it no longer is', async (t) => {
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    const file = path.join(disk.folder, 'journal.jsonl');
    disk.remount('ro');
    await assert.rejects(
      Journal.open(file, { owner: 1, now }),
      /read-only\. Use a folder that can be written\.$/,
    );
    disk.remount('rw');
    const { journal } = await Journal.open(file, { owner: 1, now });
    journal.append(started(1));
    await journal.close();
    assert.equal((await readJournal(file)).events.length, 1);
  });
});

/** A small journal read in one go. */
function read(bytes: Buffer): {
  readonly events: readonly JournalEvent[];
  readonly damage: readonly JournalDamage[];
  readonly rest: Buffer;
} {
  const { events, damage, position } = decodeLines(bytes, JOURNAL_START);
  return { events, damage, rest: bytes.subarray(position.offset) };
}
