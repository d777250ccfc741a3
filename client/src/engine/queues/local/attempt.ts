/** One attempt of a job on this machine, from the slot it gets to the one `ended` event. */
import { StorageError } from '../../atomic-file.ts';
import { type Claim, type ExitRecord, signalNumber, signalOf, WRAPPER_EXIT } from '../../exit-record.ts';
import { claimedAt, claimForRecovery, readClaim, readExitRecord } from '../../job-directory.ts';
import type { QueueEvent, QueueJob } from '../queue.ts';
import { isRunning, seemsRunning, whereIs } from './claimant.ts';
import {
  CANCELLED,
  CANCELLED_BEFORE_START,
  type Ending,
  failed,
  lost,
  type Outcome,
  outcomeOf,
  spawnFailed,
} from './outcome.ts';
import type { Launched } from './launcher.ts';
import { processTree, type ProcessTree } from './process-tree.ts';
import { Termination } from './termination.ts';
import type { LocalWorkers, Slot, SlotTaker } from './workers.ts';

/** A claim is written microseconds after it is created; one that stays empty will never be finished. */
const UNFINISHED_CLAIM_MS = 5_000;

type Place =
  /** Nothing is known or begun. */
  | { readonly kind: 'new' }
  /** For a slot. */
  | { readonly kind: 'waiting'; readonly giveUp: () => void }
  /** Our own child runs it. */
  | { readonly kind: 'child'; readonly child: Launched; readonly pid: number }
  /** Its claim is being written. */
  | { readonly kind: 'claiming'; readonly since: number }
  /** Another engine's child runs it: we know it by its claim. */
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly where: 'here' | 'elsewhere' }
  /** The event is out, or waits for the last process of the group. */
  | { readonly kind: 'ended' };

export interface AttemptOptions {
  readonly job: QueueJob;
  readonly workers: LocalWorkers;
  readonly taker: SlotTaker;
  readonly emit: (event: QueueEvent) => void;
  /** From now on `isWatched`. */
  readonly onWatched: () => void;
}

export class LocalAttempt {
  readonly #job: QueueJob;
  readonly #workers: LocalWorkers;
  readonly #taker: SlotTaker;
  readonly #emit: (event: QueueEvent) => void;
  readonly #onWatched: () => void;
  #place: Place = { kind: 'new' };
  #slot: Slot | undefined;
  #startedAt: number | undefined;
  #cancelled = false;
  #termination: Termination | undefined;
  #closed = false;

  constructor({ job, workers, taker, emit, onWatched }: AttemptOptions) {
    this.#job = job;
    this.#workers = workers;
    this.#taker = taker;
    this.#emit = emit;
    this.#onWatched = onWatched;
  }

  /** Whether `look` has to be called from time to time: no event tells when it ends. */
  get isWatched(): boolean {
    return this.#place.kind === 'claiming' || this.#place.kind === 'claimed';
  }

  /** Starts it in the next free slot. */
  start(): void {
    if (this.#cancelled) {
      this.#endBeforeStart();
      return;
    }
    const giveUp = this.#workers.acquire(this.#taker, (slot) => {
      this.#slot = slot;
      this.#spawn(slot);
    });
    if (this.#slot === undefined) this.#place = { kind: 'waiting', giveUp };
  }

  /** Finds out what became of an attempt that an earlier engine submitted. Resolves to whether it was ever begun. */
  async resume(): Promise<boolean> {
    const claim = this.#readClaim();
    if (claim === undefined) return this.#endByRecord();
    await this.#follow(claim);
    return true;
  }

  /** One look at an attempt that `isWatched`. */
  look(): void {
    const place = this.#place;
    if (place.kind === 'claiming') this.#lookAtClaim(place.since);
    if (place.kind !== 'claimed' || this.#endByRecord()) return;
    if (place.where === 'here' && !seemsRunning(place.claim)) this.#endWithoutTrace();
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    // no event comes out of the call itself: the caller may be in the middle of something
    queueMicrotask(() => this.#cancelNow());
  }

  #cancelNow(): void {
    if (this.#closed) return;
    const place = this.#place;
    switch (place.kind) {
      case 'waiting':
        place.giveUp();
        this.#endBeforeStart();
        break;
      case 'child':
        // what has ended by itself needs no signal: its `exit` event is on the way
        if (this.#readRecord() === undefined) this.#terminate(place.pid, place.child.tree);
        break;
      case 'claimed':
        void this.#terminateClaimed(place);
        break;
      case 'new':
      case 'claiming':
      case 'ended':
        break;
    }
  }

  /** Lets go of it; it goes on. A child keeps its slot until it ends. */
  close(): void {
    this.#closed = true;
    this.#termination?.abandon();
    if (this.#place.kind === 'child') this.#place.child.unref();
    else this.#release();
  }

  #spawn(slot: Slot): void {
    let child: Launched;
    try {
      child = this.#workers.start(this.#job.directory, slot);
    } catch (error) {
      queueMicrotask(() => this.#end(spawnFailed(error)));
      return;
    }
    child.once('error', (error) => {
      if (child.pid === undefined) this.#end(spawnFailed(error));
    });
    const { pid } = child;
    if (pid === undefined) return;
    child.once('exit', (code, signal) => void this.#onExit(pid, code, signal));
    this.#place = { kind: 'child', child, pid };
    queueMicrotask(() => this.#emitStarted(pid, this.#workers.host, Date.now()));
  }

  async #onExit(pid: number, code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (this.#closed) {
      this.#release();
      return;
    }
    if (this.#endByRecord()) return;
    const claim = this.#readClaim();
    const claimedByAnother = claim !== undefined && (claim === 'unfinished' || claim.pid !== pid);
    if (code === WRAPPER_EXIT.alreadyClaimed && claimedByAnother) {
      // a wrapper that an earlier engine had started was quicker
      this.#release();
      await this.#follow(claim);
      return;
    }
    // nobody is left to tell how the rest of the group ends, and a retry must not run beside it
    if (signal !== null && processTree.exists(pid)) processTree.kill(pid);
    this.#end(this.#withoutRecord(claim, endingOf(code, signal)));
  }

  /** The wrapper ended and left no record: it was killed, it couldn't begin, or the disk is full. */
  #withoutRecord(claim: Claim | 'unfinished' | undefined, ending: Ending): Outcome {
    const { directory } = this.#job;
    if (this.#cancelled) return CANCELLED;
    if (ending.signal !== null) return outcomeOf(ending, directory, false);
    if (claim !== undefined && claim !== 'unfinished') {
      return outcomeOf({ ...ending, signal: signalOf(ending.code) }, directory, false);
    }
    return ending.code === WRAPPER_EXIT.directoryUnusable
      ? failed(
          'storage',
          `The job directory ${directory} can't be written. Is the disk full? Free some space; the job starts again by itself.`,
        )
      : failed(
          'spawn-failed',
          `The job's script ended before it began, with code ${ending.code}. Is the job directory ${directory} complete?`,
        );
  }

  /** Somebody else's child runs it, or ran it. */
  async #follow(claim: Claim | 'unfinished'): Promise<void> {
    if (this.#endByRecord()) return;
    if (claim === 'unfinished') {
      this.#place = { kind: 'claiming', since: performance.now() };
      this.#onWatched();
      return;
    }
    const where = whereIs(claim, await this.#workers.whereWeAre);
    const { directory, attempt } = this.#job;
    const since = claimedAt(directory, attempt);
    if (where === 'gone' || (where === 'here' && !(await isRunning(claim, since)))) {
      if (!this.#closed) this.#endWithoutTrace();
      return;
    }
    if (this.#closed) return;
    this.#place = { kind: 'claimed', claim, where };
    this.#onWatched();
    if (where === 'here' && claim.slot !== undefined) {
      this.#slot = this.#workers.occupy(this.#taker, { number: claim.slot, gpus: claim.gpus });
    }
    this.#emitStarted(claim.pid, claim.host, Math.round(since ?? Date.now()));
    if (this.#cancelled) await this.#terminateClaimed(this.#place);
  }

  #lookAtClaim(since: number): void {
    const claim = this.#readClaim();
    if (claim !== undefined && claim !== 'unfinished') {
      this.#place = { kind: 'new' };
      void this.#follow(claim);
    } else if (performance.now() - since > UNFINISHED_CLAIM_MS) {
      this.#endWithoutTrace();
    }
  }

  async #terminateClaimed({ claim, where }: Extract<Place, { kind: 'claimed' }>): Promise<void> {
    if (where === 'elsewhere') {
      this.#end(
        lost(`It was started on ${claim.host} and can't be ended from here. It may still run there.`),
      );
      return;
    }
    // right before the signal: a pid may have gone to another process since the last look
    const runs = await isRunning(claim, claimedAt(this.#job.directory, this.#job.attempt));
    if (runs && !this.#closed && this.#readRecord() === undefined) this.#terminate(claim.pid);
  }

  #terminate(pid: number, tree: ProcessTree = processTree): void {
    this.#termination = new Termination({ pid, tree, gracePeriod: this.#workers.settings().gracePeriod });
  }

  #endBeforeStart(): void {
    const { directory, attempt } = this.#job;
    try {
      const claim = claimForRecovery(directory, attempt, this.#workers.host);
      if (claim === 'claimed') this.#end(CANCELLED_BEFORE_START);
      else void this.#follow(claim);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // without a claim a wrapper that is on its way could still begin; the engine that started it is long dead
      this.#end(CANCELLED_BEFORE_START);
    }
  }

  /** Whether there was a record to end it by. */
  #endByRecord(): boolean {
    const record = this.#readRecord();
    if (record !== undefined) this.#end(outcomeOf(record, this.#job.directory, this.#cancelled), record);
    return record !== undefined;
  }

  /** Its process is gone, maybe after a last word. */
  #endWithoutTrace(): void {
    if (this.#endByRecord()) return;
    const detail =
      'Its process is gone and left no exit record: it was killed, or the machine was restarted.';
    this.#end(this.#cancelled ? CANCELLED : lost(detail));
  }

  #end(outcome: Outcome, record?: ExitRecord): void {
    if (this.#closed || this.#place.kind === 'ended') return;
    this.#place = { kind: 'ended' };
    const publish = (): void => {
      this.#release();
      const startedAt = record?.startedAt ?? this.#startedAt;
      this.#emit({
        type: 'ended',
        id: this.#job.id,
        attempt: this.#job.attempt,
        ...outcome,
        ...(startedAt === undefined ? {} : { startedAt }),
        endedAt: record?.endedAt ?? Date.now(),
      });
    };
    // a cancelled job has ended when the last process of its group has
    if (this.#termination === undefined) publish();
    else this.#termination.whenOver(publish);
  }

  #emitStarted(pid: number, host: string, startedAt: number): void {
    if (this.#closed) return;
    this.#startedAt = startedAt;
    const slot = this.#slot;
    this.#emit({
      type: 'started',
      id: this.#job.id,
      attempt: this.#job.attempt,
      startedAt,
      pid,
      host,
      ...(slot === undefined ? {} : { slot: slot.number }),
      ...(slot === undefined || slot.gpus.length === 0 ? {} : { gpus: slot.gpus }),
    });
  }

  #release(): void {
    if (this.#slot !== undefined) this.#workers.release(this.#slot);
    this.#slot = undefined;
  }

  #readRecord(): ExitRecord | undefined {
    return ifReadable(() => readExitRecord(this.#job.directory, this.#job.attempt));
  }

  #readClaim(): Claim | 'unfinished' | undefined {
    return ifReadable(() => readClaim(this.#job.directory, this.#job.attempt));
  }
}

function endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (signal === null) return { code: code ?? 0, signal: null, stopped: false };
  const number = signalNumber(signal);
  return { code: 128 + number, signal: number, stopped: false };
}

/** What can't be read just now (a network file system that hangs) is looked for again later, or told by the process itself. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}
