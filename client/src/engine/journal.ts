/**
 * The journal of a sweep: an append-only log with one writer, its owner. An event is with the operating
 * system when `append` returns (a kill of this process loses nothing) and on the disk when `commit`
 * resolves or about 100 ms later (a power cut loses at most that).
 */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, StorageError, storageCause, syncFolderSync } from './atomic-file.ts';
import type { EventBody, JournalEvent } from './events.ts';
import {
  decodeLines,
  decodeUnfinished,
  encodeEvent,
  JOURNAL_START,
  type JournalDamage,
  type JournalPosition,
  unfinishedDamage,
} from './journal-lines.ts';

export type { JournalDamage } from './journal-lines.ts';

/** An event could not be written; the journal is as it was before. The message is a sentence. */
export class JournalWriteError extends StorageError {
  constructor(message: string, place: { readonly path: string; readonly cause?: unknown }) {
    super(message, place);
    this.name = 'JournalWriteError';
  }
}

export interface JournalReading {
  readonly events: readonly JournalEvent[];
  readonly damage: readonly JournalDamage[];
}

interface Scan {
  readonly damage: JournalDamage[];
  readonly position: JournalPosition;
  /** The last line when it lacks its newline; empty otherwise. */
  readonly rest: Buffer;
  readonly exists: boolean;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a journal as it is now, without changing it. A missing file is an empty journal. A last line that
 * is being written at this moment counts as cut off: to follow a journal use `JournalTail`.
 * @throws StorageError when the file can't be read.
 */
export async function readJournal(file: string): Promise<JournalReading> {
  const events: JournalEvent[] = [];
  const scan = await scanJournal(file, (found) => {
    for (const event of found) events.push(event);
  });
  if (scan.rest.length > 0) {
    const event = decodeUnfinished(scan.rest, scan.position);
    if (event === undefined) scan.damage.push(unfinishedDamage(scan.rest, scan.position));
    else events.push(event);
  }
  return { events, damage: scan.damage };
}

async function scanJournal(file: string, onEvents: (events: readonly JournalEvent[]) => void): Promise<Scan> {
  const damage: JournalDamage[] = [];
  let position = JOURNAL_START;
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { damage, position, rest: Buffer.alloc(0), exists: false };
    throw readError(file, error);
  }
  try {
    let pending: Buffer[] = [];
    for (let offset = 0; ;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      const bytes = chunk.subarray(0, bytesRead);
      pending.push(bytes);
      if (!bytes.includes('\n')) continue;
      const joined = pending.length === 1 ? bytes : Buffer.concat(pending);
      const lines = decodeLines(joined, position);
      pending = [joined.subarray(lines.position.offset - position.offset)];
      position = lines.position;
      damage.push(...lines.damage);
      onEvents(lines.events);
    }
    return { damage, position, rest: Buffer.concat(pending), exists: true };
  } catch (error) {
    throw readError(file, error);
  } finally {
    await handle.close();
  }
}

function readError(file: string, cause: unknown): StorageError {
  return new StorageError(`Can't read the journal ${file}: ${storageCause(cause)}.`, { path: file, cause });
}

export interface JournalOptions {
  /** Generation of the lock under which this process writes. */
  readonly owner: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface OpenedJournal extends JournalReading {
  readonly journal: Journal;
}

interface Waiter {
  /** Number of appends that must be on the disk. */
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: JournalWriteError) => void;
}

/** How long an event may wait for the disk when nobody asks for it. */
const BACKGROUND_SYNC_MS = 100;

export class Journal {
  readonly path: string;
  readonly #file: number;
  readonly #owner: number;
  readonly #now: () => number;
  #size: number;
  /** The file ends inside a line: the next append begins with a newline. */
  #ragged = false;
  #deleted = false;
  #closed = false;
  #appended = 0;
  #synced = 0;
  #syncing = false;
  #waiters: Waiter[] = [];
  /** A background sync that failed, to be told to the next caller. */
  #failure: JournalWriteError | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(file: string, descriptor: number, size: number, options: JournalOptions) {
    this.path = file;
    this.#file = descriptor;
    this.#size = size;
    this.#owner = options.owner;
    this.#now = options.now;
  }

  /**
   * Opens a journal for its owner and reads it; creates it when it is missing. A torn last line is kept
   * beside it as `journal.damaged-<n>` and cut off, and a `noticed` event says so; it is among `events`.
   * @throws JournalWriteError when it can't be written, or belongs to a later owner.
   */
  static async open(file: string, options: JournalOptions): Promise<OpenedJournal> {
    for (;;) {
      const events: JournalEvent[] = [];
      const scan = await scanJournal(file, (found) => {
        for (const event of found) events.push(event);
      });
      if (scan.position.owner > options.owner) throw deposedError(file, scan.position.owner, options.owner);
      let descriptor: number | undefined;
      try {
        descriptor = fs.openSync(file, 'a', 0o666);
        if (!scan.exists) syncFolderSync(path.dirname(file));
        const size = scan.position.offset + scan.rest.length;
        if (fs.fstatSync(descriptor).size !== size) {
          // an owner that does not know yet that it was replaced wrote one more line: read that as well
          fs.closeSync(descriptor);
          continue;
        }
        const journal = new Journal(file, descriptor, size, options);
        const notices = journal.#repair(scan, events);
        return { journal, events: [...events, ...notices], damage: scan.damage };
      } catch (error) {
        if (descriptor !== undefined) fs.closeSync(descriptor);
        throw writeError(file, error);
      }
    }
  }

  /** Makes the file end with a whole line and sees to it that every piece cut off, now or before, is on record. */
  #repair(scan: Scan, events: JournalEvent[]): JournalEvent[] {
    if (scan.rest.length > 0) {
      const event = decodeUnfinished(scan.rest, scan.position);
      if (event !== undefined) {
        events.push(event);
        this.#write(Buffer.from('\n'));
      } else {
        scan.damage.push(unfinishedDamage(scan.rest, scan.position));
        preserve(this.path, scan.rest);
        fs.truncateSync(this.path, scan.position.offset);
        this.#size = scan.position.offset;
      }
    }
    const folder = path.dirname(this.path);
    const known = events.map((event) => (event.type === 'noticed' ? event.detail : '')).join('\n');
    const pieces = fs.readdirSync(folder).filter((name) => name.startsWith(PIECE_PREFIX));
    return pieces
      .filter((name) => !known.includes(`${name}.`))
      .map((name) =>
        this.append({
          type: 'noticed',
          detail:
            `The last record of the journal had been cut off, most likely by a crash or a full disk ` +
            `(${fs.statSync(path.join(folder, name)).size} bytes). The sweep goes on from the record before it. ` +
            `The bytes were kept in ${name}.`,
        }),
      );
  }

  /**
   * Writes one event behind the others. Not written to the disk yet: see `commit`.
   * @throws JournalWriteError; the event is not in the journal then, and a later append can succeed.
   */
  append(body: EventBody): JournalEvent {
    if (this.#closed) throw new JournalWriteError(`The journal ${this.path} is closed.`, { path: this.path });
    this.#tellFailure();
    const event: JournalEvent = { ...body, at: this.#now(), owner: this.#owner };
    const line = encodeEvent(event);
    this.#write(Buffer.from(this.#ragged ? `\n${line}` : line));
    this.#appended++;
    if (!this.#syncing) this.#timer ??= setTimeout(() => this.#sync(), BACKGROUND_SYNC_MS).unref();
    return event;
  }

  #write(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += fs.writeSync(this.#file, bytes, written);
    } catch (error) {
      if (written > 0) this.#takeBack(written);
      throw writeError(this.path, error);
    }
    this.#size += written;
    this.#ragged = false;
  }

  /** Cuts off the part of a line that was written before the disk was full; else the next line starts afresh. */
  #takeBack(written: number): void {
    try {
      if (fs.fstatSync(this.#file).size === this.#size + written) {
        fs.ftruncateSync(this.#file, this.#size);
        return;
      }
    } catch {
      // Windows can't truncate a file that is open for appending; the newline below does as well
    }
    this.#size += written;
    this.#ragged = true;
  }

  /**
   * Resolves when everything appended so far is on the disk. One sync serves all who wait.
   * Rejects with a JournalWriteError.
   */
  commit(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tellFailure();
      if (this.#synced === this.#appended) {
        resolve();
        return;
      }
      this.#waiters.push({ upTo: this.#appended, resolve, reject });
      this.#sync();
    });
  }

  #sync(): void {
    if (this.#syncing) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#syncing = true;
    const upTo = this.#appended;
    fs.fdatasync(this.#file, (syncError) => {
      fs.fstat(this.#file, (statError, stats) => {
        this.#syncing = false;
        if (syncError === null && statError === null && stats.nlink === 0) this.#deleted = true;
        this.#settle(upTo, syncError ?? statError);
      });
    });
  }

  #settle(upTo: number, cause: Error | null): void {
    const served = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    const error = this.#deleted
      ? new JournalWriteError(`The journal ${this.path} was deleted while the sweep ran.`, {
          path: this.path,
        })
      : cause === null
        ? undefined
        : writeError(this.path, cause);
    if (error === undefined) this.#synced = upTo;
    else if (served.length === 0 || this.#deleted) this.#failure = error;
    for (const waiter of served) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(error);
    }
    if (this.#waiters.length > 0) this.#sync();
    else if (this.#synced < this.#appended && !this.#closed)
      this.#timer ??= setTimeout(() => this.#sync(), BACKGROUND_SYNC_MS).unref();
  }

  /** What a background sync met is told once, so that trying again can succeed. A deleted journal stays deleted. */
  #tellFailure(): void {
    const failure = this.#failure;
    if (!this.#deleted) this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Syncs and closes. Nothing can be appended afterwards. Rejects with a JournalWriteError when the sync failed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    try {
      await this.commit();
    } finally {
      fs.closeSync(this.#file);
    }
  }
}

const PIECE_PREFIX = 'journal.damaged-';

/** Keeps bytes that are about to be cut off a journal, under the next free name. */
function preserve(journal: string, bytes: Buffer): void {
  for (let n = 1; ; n++) {
    const piece = path.join(path.dirname(journal), `${PIECE_PREFIX}${n}`);
    try {
      fs.writeFileSync(piece, bytes, { flag: 'wx', flush: true });
      return;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      fs.rmSync(piece, { force: true });
      throw error;
    }
  }
}

function deposedError(file: string, theirs: number, ours: number): JournalWriteError {
  return new JournalWriteError(
    `The journal ${file} belongs to a later owner (generation ${theirs}, ours is ${ours}). ` +
      'Another process runs this sweep now.',
    { path: file },
  );
}

function writeError(file: string, cause: unknown): JournalWriteError {
  if (cause instanceof JournalWriteError) return cause;
  return new JournalWriteError(`Can't write the journal ${file}: ${storageCause(cause)}.`, {
    path: file,
    cause,
  });
}
