/** Follows a journal that another process writes, over repairs, replacements and deletion of the file. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, storageCause } from './atomic-file.ts';
import type { JournalEvent } from './events.ts';
import { FolderWatch } from './folder-watch.ts';
import { decodeLines, JOURNAL_START, type JournalDamage, type JournalPosition } from './journal-lines.ts';

/** What a follower learns at once. */
export interface JournalBatch {
  /** New events, in order; each is told once. */
  readonly events: readonly JournalEvent[];
  readonly damage: readonly JournalDamage[];
  /** The file is another one now, or gone: forget all earlier events; those of the new file follow here. */
  readonly restarted: boolean;
  /** A sentence while the journal can't be read; undefined when it can, or isn't there. */
  readonly trouble: string | undefined;
}

export interface JournalTailOptions {
  /** Milliseconds between two looks on file systems that don't tell of changes. */
  readonly poll?: number;
}

const CHUNK_BYTES = 1024 * 1024;
/** How long a damaged last line may be one whose bytes are on their way. */
const PATIENCE_MS = 500;

export class JournalTail {
  readonly #path: string;
  readonly #onBatch: (batch: JournalBatch) => void;
  readonly #watch: FolderWatch;
  readonly #first: Promise<void>;
  #position: JournalPosition = JOURNAL_START;
  #file: string | undefined;
  /** Where a damaged last line begins, and when it was seen first. */
  #suspect: { readonly offset: number; readonly since: number } | undefined;
  #restarted = false;
  #trouble: string | undefined;
  #disposed = false;

  /** Reads what is there and then what comes, until disposed. Keeps the process alive. */
  constructor(file: string, onBatch: (batch: JournalBatch) => void, options: JournalTailOptions = {}) {
    this.#path = file;
    this.#onBatch = onBatch;
    const name = path.basename(file);
    this.#watch = new FolderWatch(path.dirname(file), () => this.#look(), {
      concerns: (changed) => changed === name,
      ...options,
    });
    this.#first = this.#watch.refresh();
  }

  /** Resolves when the journal was read to its end for the first time. */
  ready(): Promise<void> {
    return this.#first;
  }

  /** Reads what has come, now. */
  refresh(): Promise<void> {
    return this.#watch.refresh();
  }

  dispose(): void {
    this.#disposed = true;
    this.#watch.dispose();
  }

  async #look(): Promise<void> {
    try {
      // opening makes an NFS client ask the server; a stat may be answered from a cache
      const handle = await fs.promises.open(this.#path, 'r');
      try {
        await this.#read(handle);
      } finally {
        await handle.close();
      }
      this.#tellTrouble(undefined);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        this.#restart(undefined);
        this.#tell([], []);
        this.#tellTrouble(undefined);
      } else {
        if (errorCode(error) === undefined) throw error;
        this.#tellTrouble(`Can't read the journal ${this.#path}: ${storageCause(error)}.`);
      }
    }
  }

  async #read(handle: fs.promises.FileHandle): Promise<void> {
    const { size, ino, dev } = await handle.stat({ bigint: true });
    const file = `${dev} ${ino}`;
    // repairs only ever cut unfinished lines, which we don't count as read
    if (file !== this.#file || size < this.#position.offset) this.#restart(file);
    const end = Number(size);
    let wanted = CHUNK_BYTES;
    while (this.#position.offset < end && !this.#disposed) {
      const length = Math.min(wanted, end - this.#position.offset);
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(buffer, 0, length, this.#position.offset);
      const bytes = buffer.subarray(0, bytesRead);
      const before = this.#position;
      const atEnd = before.offset + bytesRead >= end;
      if (!this.#accept(bytes, atEnd)) break;
      if (this.#position.offset > before.offset) continue;
      // a line longer than the buffer, or an unfinished one: it is read again from its beginning when it has grown
      if (atEnd || bytesRead === 0) break;
      wanted *= 2;
    }
    this.#tell([], []);
  }

  /**
   * Takes the whole lines of `bytes`. False when the last one has to be looked at again: a reader on a
   * network file system can see a line's length before its bytes.
   */
  #accept(bytes: Buffer, atEnd: boolean): boolean {
    const from = this.#position;
    const lines = decodeLines(bytes, from);
    const last = lines.damage.at(-1);
    const lastEnds = last !== undefined && last.byteOffset + last.bytes + 1 === lines.position.offset;
    if (atEnd && lastEnds && !this.#isConfirmed(last.byteOffset)) {
      const before = decodeLines(bytes.subarray(0, last.byteOffset - from.offset), from);
      this.#position = before.position;
      this.#tell(before.events, before.damage);
      return false;
    }
    this.#suspect = undefined;
    this.#position = lines.position;
    this.#tell(lines.events, lines.damage);
    return true;
  }

  /** Whether the damage that begins here was there some time ago already. */
  #isConfirmed(offset: number): boolean {
    const now = performance.now();
    if (this.#suspect?.offset !== offset) this.#suspect = { offset, since: now };
    return now - this.#suspect.since >= PATIENCE_MS;
  }

  #restart(file: string | undefined): void {
    if (this.#position.offset > 0) this.#restarted = true;
    if (this.#file !== undefined && file !== this.#file) this.#watch.restart();
    this.#file = file;
    this.#position = JOURNAL_START;
    this.#suspect = undefined;
  }

  #tell(events: readonly JournalEvent[], damage: readonly JournalDamage[]): void {
    if (this.#disposed) return;
    if (events.length === 0 && damage.length === 0 && !this.#restarted) return;
    const restarted = this.#restarted;
    this.#restarted = false;
    this.#onBatch({ events, damage, restarted, trouble: this.#trouble });
  }

  #tellTrouble(trouble: string | undefined): void {
    if (this.#disposed || trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#onBatch({ events: [], damage: [], restarted: false, trouble });
  }
}
