/**
 * The owner's pen: every event is appended to the journal first and folded into the state after.
 * When the disk is full or read-only nothing is forgotten: events wait in order until they can be
 * written, and nobody starts anything new meanwhile.
 */
import type { BrakeTally } from './brakes.ts';
import type { EventBody, JournalEvent } from './events.ts';
import type { FoldChange, SweepFold } from './sweep-fold.ts';

/** What the record needs of a journal (journal.ts). */
export interface EventLog {
  /** Writes one event; throws with a sentence when that failed and nothing was written. */
  append(body: EventBody): JournalEvent;
  /** Resolves when all that was appended is on the disk; rejects with a sentence when that failed. */
  commit(): Promise<void>;
}

export interface RecordListener {
  onEvent(event: JournalEvent, change: FoldChange): void;
  /** A sentence while events can't be written, undefined when all are. */
  onTrouble(sentence: string | undefined): void;
}

const RETRY_MS = 2_000;

export class SweepRecord {
  readonly #tally: BrakeTally;
  readonly #log: EventLog;
  readonly #fold: SweepFold;
  readonly #listener: RecordListener;
  readonly #waiting: EventBody[] = [];
  #troubled = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(log: EventLog, fold: SweepFold, tally: BrakeTally, listener: RecordListener) {
    this.#log = log;
    this.#fold = fold;
    this.#tally = tally;
    this.#listener = listener;
  }

  /** Whether everything is on record, so that new jobs may be started. */
  isUpToDate(): boolean {
    return this.#waiting.length === 0 && !this.#troubled;
  }

  /** Records an event now, or as soon as the disk takes it. Returns whether it is written. */
  add(body: EventBody): boolean {
    if (this.#waiting.length > 0) {
      this.#waiting.push(body);
      return false;
    }
    if (this.#write(body)) return true;
    this.#waiting.unshift(body);
    return false;
  }

  /** Records an event now or not at all: for an intent that is given up when it can't be written. */
  tryAdd(body: EventBody): boolean {
    return this.isUpToDate() && this.#write(body);
  }

  /** Records an intent and sees it onto the disk. False: it may be lost, so nothing may be done on account of it. */
  async intend(body: EventBody): Promise<boolean> {
    if (!this.tryAdd(body)) return false;
    try {
      await this.#log.commit();
      return true;
    } catch (error) {
      this.#troubledBy(error);
      return false;
    }
  }

  close(): void {
    clearTimeout(this.#retry);
  }

  #write(body: EventBody): boolean {
    let event: JournalEvent;
    try {
      event = this.#log.append(body);
    } catch (error) {
      this.#troubledBy(error);
      return false;
    }
    this.#tally.apply(event);
    this.#listener.onEvent(event, this.#fold.apply(event));
    return true;
  }

  #troubledBy(error: unknown): void {
    this.#troubled = true;
    this.#listener.onTrouble(error instanceof Error ? error.message : String(error));
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#flush(), RETRY_MS);
  }

  #flush(): void {
    for (let body = this.#waiting[0]; body !== undefined; body = this.#waiting[0]) {
      if (!this.#write(body)) return;
      this.#waiting.shift();
    }
    this.#troubled = false;
    this.#listener.onTrouble(undefined);
  }
}
