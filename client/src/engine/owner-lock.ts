/**
 * Who may write a sweep's journal: at most one process, over all machines that see the folder.
 *
 * The lock is a row of files `owner.<generation>.lock`; the highest one is in force. To take the lock
 * over is to create the next one, which the file system grants to exactly one of those who try; a stale
 * lock is never removed first, so there is no moment at which two could each believe they removed it.
 * Generations never go back: a release only marks the file.
 *
 * Whether an owner lives is asked of the process table when that is ours. Elsewhere the file's time of
 * change must move: it is compared with itself, over a span of our own monotonic clock, so that clocks
 * which differ or step do no harm. A heartbeat touches the file in place rather than replacing it: that
 * works on a full disk, and NFS shows a fresh time to everyone who opens the file.
 */
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, StorageError } from './atomic-file.ts';
import {
  createExclusively,
  generationsIn,
  lastOwnerOf,
  lockFile,
  markReleased,
  type OwnerDescription,
  type OwnerProgram,
  readLock,
} from './owner-lock-file.ts';
import { compareProcessTables, identityOf, isAlive, machineIdentity } from './process-identity.ts';

export type { OwnerDescription, OwnerProgram } from './owner-lock-file.ts';

export type OwnerSight =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'held';
      /** undefined: the lock is being written at this moment, or is damaged. */
      readonly owner: OwnerDescription | undefined;
      /** For a person: "the editor on hostname (process 4711)". */
      readonly description: string;
    };

const HEARTBEAT_SECONDS = 10;
/** So many heartbeats have to be missing: 60 s. */
const MISSED_BEATS = 6;
/** A lock that can't be read is being written; after this many seconds without a change it is damaged. */
const UNREADABLE_SECONDS = 5;

/** Remembers since when a lock hasn't changed, by a clock that nobody sets. */
export class HeartbeatObserver {
  readonly #now: () => number;
  readonly #seen = new Map<string, { readonly mark: string; readonly since: number }>();

  /** `now` is monotonic, in seconds. */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  /** Seconds for which the file has looked like this, as far as we saw; 0 at the first look and after a change. */
  unchangedFor(file: string, mark: string): number {
    const before = this.#seen.get(file);
    if (before?.mark === mark) return this.#now() - before.since;
    this.#seen.set(file, { mark, since: this.#now() });
    return 0;
  }

  forget(file: string): void {
    this.#seen.delete(file);
  }
}

const observations = new HeartbeatObserver();

export interface AcquireOptions {
  readonly program: OwnerProgram;
  /** For tests; by default one that this process shares. */
  readonly observer?: HeartbeatObserver;
}

/**
 * Takes the lock of a sweep folder, or says who has it. Never waits for an owner elsewhere to become
 * stale: ask again, every few seconds, and the calls together notice it after a minute.
 * @throws StorageError when the folder can't be read or written.
 */
export async function acquireOwnerLock(
  folder: string,
  { program, observer = observations }: AcquireOptions,
): Promise<OwnerLock | { readonly heldBy: Extract<OwnerSight, { kind: 'held' }> }> {
  const machine = await machineIdentity();
  const startTime = await identityOf(process.pid);
  for (let attempt = 0; ; attempt++) {
    // the order matters: who wrote the journal before we read it has a lock that we see
    const floor = await lastOwnerOf(path.join(folder, 'journal.jsonl'));
    const highest = (await generationsIn(folder)).at(-1) ?? 0;
    const sight = await lookAt(folder, highest, observer);
    if (sight.kind === 'held') return { heldBy: sight };
    const generation = Math.max(highest, floor) + 1;
    const file = lockFile(folder, generation);
    const content: OwnerDescription = {
      generation,
      ...machine,
      pid: process.pid,
      startTime: startTime ?? '',
      program,
      heartbeat: HEARTBEAT_SECONDS,
      released: false,
    };
    if (await createExclusively(file, JSON.stringify(content))) {
      const generations = await generationsIn(folder);
      if (generations.every((other) => other <= highest || other === generation)) {
        await removeOlder(folder, generation, generations, observer);
        return new OwnerLock(folder, content);
      }
      // somebody went ahead while we were slow: theirs counts
      await fs.promises.rm(file, { force: true });
    }
    if (attempt >= 20) {
      throw new StorageError(
        `Can't take over the sweep in ${folder}: other processes try to as well. Try again in a moment.`,
        { path: folder },
      );
    }
    await delay(Math.random() * 10 * attempt);
  }
}

/** Who owns a sweep folder at this moment. @throws StorageError when the folder can't be read. */
export async function readOwner(
  folder: string,
  { observer = observations }: { readonly observer?: HeartbeatObserver } = {},
): Promise<OwnerSight> {
  return lookAt(folder, (await generationsIn(folder)).at(-1) ?? 0, observer);
}

/** The right to write a sweep's journal, until it is released or lost. */
export class OwnerLock {
  readonly folder: string;
  readonly description: OwnerDescription;
  readonly #listeners: ((sentence: string) => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #state: 'held' | 'lost' | 'released' = 'held';
  #lostBecause = '';

  constructor(folder: string, description: OwnerDescription) {
    this.folder = folder;
    this.description = description;
    this.#timer = setInterval(() => void this.check(), HEARTBEAT_SECONDS * 1000).unref();
  }

  get generation(): number {
    return this.description.generation;
  }

  get held(): boolean {
    return this.#state === 'held';
  }

  /** Called once, with a sentence, when another process has taken over; at once if that has happened already. */
  onLost(listener: (sentence: string) => void): void {
    if (this.#state === 'lost') listener(this.#lostBecause);
    else this.#listeners.push(listener);
  }

  /**
   * Beats, and looks whether the lock is still ours; returns that. Happens every 10 s by itself; call it
   * after a gap in time, such as a suspended machine. A folder that can't be reached for the moment proves nothing.
   */
  async check(): Promise<boolean> {
    if (this.#state !== 'held') return false;
    const file = lockFile(this.folder, this.generation);
    try {
      const now = new Date();
      await fs.promises.utimes(file, now, now);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') this.#lose('its lock file is gone');
      // anything else: the folder can't be written or reached now, and the next beat tries again
    }
    if (this.held) {
      const highest = await generationsIn(this.folder).then(
        (generations) => generations.at(-1) ?? 0,
        () => 0,
      );
      if (highest > this.generation) this.#lose('another process took over');
    }
    return this.held;
  }

  #lose(reason: string): void {
    if (this.#state !== 'held') return;
    this.#state = 'lost';
    this.#lostBecause = `This process no longer runs the sweep in ${this.folder}: ${reason}.`;
    clearInterval(this.#timer);
    for (const listener of this.#listeners) listener(this.#lostBecause);
  }

  /** Gives the lock up. The generation stays taken. Harmless when the lock was lost. Doesn't throw on a full disk. */
  async release(): Promise<void> {
    if (this.#state !== 'held') return;
    this.#state = 'released';
    clearInterval(this.#timer);
    await markReleased(lockFile(this.folder, this.generation));
  }
}

async function lookAt(folder: string, generation: number, observer: HeartbeatObserver): Promise<OwnerSight> {
  if (generation === 0) return { kind: 'nobody' };
  const file = lockFile(folder, generation);
  const lock = await readLock(file);
  // it was the highest a moment ago: a later owner has cleared it away, or the sweep was deleted
  if (lock === undefined)
    return { kind: 'held', owner: undefined, description: 'a process that just started' };
  const { owner, mark } = lock;
  if (owner?.released === true) return { kind: 'nobody' };
  const patience = owner === undefined ? UNREADABLE_SECONDS : owner.heartbeat * MISSED_BEATS;
  const lives = owner === undefined ? undefined : await seesAlive(owner);
  if (lives ?? observer.unchangedFor(file, mark) < patience) {
    return { kind: 'held', owner, description: describe(owner) };
  }
  return { kind: 'nobody' };
}

/** Whether an owner lives, when that can be seen from here. */
async function seesAlive(owner: OwnerDescription): Promise<boolean | undefined> {
  switch (compareProcessTables(owner, await machineIdentity())) {
    case 'rebooted':
      return false;
    case 'elsewhere':
      return undefined;
    case 'same':
      // without a start time only the heartbeat tells it from a later process with its pid
      if (owner.startTime === '') return undefined;
      return isAlive(owner.pid, owner.startTime).catch(() => undefined);
  }
}

function describe(owner: OwnerDescription | undefined): string {
  if (owner === undefined) return 'a process that just started';
  const program = owner.program === 'editor' ? 'the editor' : 'the command line';
  return `${program} on ${owner.host} (process ${owner.pid})`;
}

/** Clears away what is no longer in force. A file that can't be removed now is left to the next owner. */
async function removeOlder(
  folder: string,
  generation: number,
  generations: readonly number[],
  observer: HeartbeatObserver,
): Promise<void> {
  for (const older of generations.filter((other) => other < generation)) {
    const file = lockFile(folder, older);
    observer.forget(file);
    await fs.promises.rm(file, { force: true }).catch((error: unknown) => {
      if (errorCode(error) === undefined) throw error;
    });
  }
}
