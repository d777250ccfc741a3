/**
 * Turns what a batch system says into what becomes of our jobs. The exit record is the truth about success;
 * the system only says why. What is not known changes nothing.
 */
import { readdirSync } from 'node:fs';
import type { EndState, JobReason } from '../../events.ts';
import { StorageError } from '../../atomic-file.ts';
import { type Claim, type ExitRecord, WRAPPER_EXIT } from '../../exit-record.ts';
import { claimForRecovery, readExitRecord, wasClaimed } from '../../job-directory.ts';
import { CANCELLED_BEFORE_START, lost, type Outcome, outcomeOf } from '../local/outcome.ts';
import type { QueueEvent } from '../queue.ts';
import { mayHaveTwin, type Tracked } from './batch.ts';
import { lastWordsOf } from './batch-files.ts';
import type { NativeEnd, NativeJob } from './batch-system.ts';
import { claimantOf, isOthers } from './claimants.ts';
import type { Connection } from './connection.ts';
import { type Fate, fateOf } from './fate.ts';
import { plainKey, shownKey } from './shown.ts';
import { Snapshot } from './snapshot.ts';

export interface TrackerOptions {
  readonly connection: Connection;
  readonly emit: (event: QueueEvent) => void;
  /** The job is no longer the queue's; called before the event. */
  readonly onGone: (tracked: Tracked, state: EndState | 'again') => void;
  readonly settings: () => TrackerSettings;
  /** Name of this host, for claims. */
  readonly host: string;
}

export interface TrackerSettings {
  /** How often a job is run again by itself at most. */
  readonly maxRequeues: number;
  /** Ends of a job, beside the usual ones, after which it is run again. */
  readonly requeueOn: readonly JobReason[];
  /** Seconds after which a job that nobody knows any more counts as lost. */
  readonly lostAfter: number;
}

/** An exit record, and what it means. */
export interface Found {
  readonly outcome: Outcome;
  readonly record: ExitRecord;
}

/** Looks at which a job must have been missing before it counts as lost. */
const LEAST_LOOKS = 3;

export class Tracker {
  readonly #options: TrackerOptions;
  #isLookingUp = false;
  #closed = false;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
  }

  /** One look at all jobs. Returns whether anything changed. */
  look(jobs: Iterable<Tracked>, snapshot: Snapshot): boolean {
    const absent: Tracked[] = [];
    let changed = false;
    for (const tracked of [...jobs]) {
      // what was accepted after the question was asked is not in the answer
      if (tracked.native === undefined || tracked.hasEnded || tracked.knownSince >= snapshot.askedAt)
        continue;
      const row = snapshot.find(tracked.native);
      if (row === undefined) absent.push(tracked);
      else changed = whereReadable(() => this.#see(tracked, row)) || changed;
    }
    for (const tracked of absent) {
      if (tracked.absent === undefined) tracked.absent = { since: performance.now(), looks: 1 };
      else tracked.absent.looks++;
    }
    if (absent.length > 0 && !this.#isLookingUp) void this.#lookUp(absent);
    return changed || absent.length > 0;
  }

  /** What the exit record alone tells of a job that counts as lost; undefined while there is none. */
  found(directory: string, attempt: number): Found | undefined {
    const record = recordOf(directory, attempt);
    return record && { outcome: outcomeOf(record, directory, false), record };
  }

  #see(tracked: Tracked, row: NativeJob): boolean {
    tracked.absent = undefined;
    if (row.stage !== 'ended') tracked.overSince = undefined;
    if (row.resubmittedAs !== undefined) return this.#follow(tracked, row, row.resubmittedAs);
    const grown = row.restarts !== undefined && row.restarts > (tracked.restarts ?? row.restarts);
    const restarted = tracked.isRunning && grown;
    tracked.restarts = row.restarts ?? tracked.restarts;
    switch (row.stage) {
      case 'unknown':
        return this.#show(tracked, row);
      case 'waiting':
        return tracked.isRunning || restarted ? this.#isBack(tracked, row) : this.#show(tracked, row);
      case 'requeued':
        return this.#isBack(tracked, row);
      case 'running': {
        if (restarted) this.#catchUp(tracked, row);
        const started = this.#start(tracked, row);
        return this.#show(tracked, row) || started;
      }
      case 'ended':
        tracked.row = row;
        return this.#conclude(tracked, row.end, row);
    }
  }

  /** The system gave the job another id. */
  #follow(tracked: Tracked, row: NativeJob, id: string): boolean {
    tracked.native = { base: tracked.native?.base ?? id, id };
    tracked.knownSince = performance.now();
    tracked.absent = undefined;
    tracked.overSince = undefined;
    this.#isBack(tracked, { ...row, stage: 'waiting' });
    this.#observe(tracked, { ...row, stage: 'waiting' }, id);
    return true;
  }

  /** The system itself put the job back into its queue. */
  #isBack(tracked: Tracked, row: NativeJob): boolean {
    const { directory } = tracked.job;
    this.#catchUp(tracked, row);
    const record = recordOf(directory, tracked.attempt);
    if (record !== undefined && !record.stopped) {
      // it came to its own end before the system put it back: there is nothing to run again
      const over = tracked.native;
      if (over !== undefined) void this.#options.connection.cancel([over]);
      this.#end(tracked, outcomeOf(record, directory, tracked.cancelled !== undefined), record);
      return true;
    }
    const wasRunning = tracked.isRunning;
    tracked.isRunning = false;
    tracked.startedAt = undefined;
    // an attempt that was never begun is still to come
    if (wasClaimed(directory, tracked.attempt)) this.#nextAttempt(tracked, row);
    else if (wasRunning) this.#observe(tracked, { ...row, stage: 'waiting' });
    return this.#show(tracked, { ...row, stage: 'waiting' }) || wasRunning;
  }

  /** Attempts that the system began by itself while nobody looked. */
  #catchUp(tracked: Tracked, row: NativeJob | undefined): void {
    while (wasClaimed(tracked.job.directory, tracked.attempt + 1)) this.#nextAttempt(tracked, row);
  }

  #nextAttempt(tracked: Tracked, row: NativeJob | undefined): void {
    this.#options.emit({
      type: 'requeued',
      id: tracked.job.id,
      attempt: tracked.attempt,
      reason: row?.reason === 'preempted' ? 'preempted' : 'requeued-by-system',
      bySystem: true,
    });
    tracked.attempt++;
    tracked.requeues++;
    tracked.isRunning = false;
    tracked.startedAt = undefined;
    tracked.shown = undefined;
    tracked.overSince = undefined;
    // what was cancelled and began again all the same is cancelled again
    if (tracked.cancelled !== undefined) tracked.cancelled.sent = 0;
  }

  #start(tracked: Tracked, row: NativeJob): boolean {
    if (tracked.isRunning && tracked.startedAt !== undefined) return false;
    tracked.isRunning = true;
    tracked.startedAt = row.startedAt ?? Date.now();
    tracked.shown = undefined;
    this.#options.emit({
      type: 'started',
      id: tracked.job.id,
      attempt: tracked.attempt,
      startedAt: tracked.startedAt,
      ...(row.nodes === undefined ? {} : { host: row.nodes }),
    });
    return true;
  }

  /** Puts on record what a person sees change. */
  #show(tracked: Tracked, row: NativeJob): boolean {
    tracked.row = row;
    if (shownKey(row) === (tracked.shown ?? plainKey(tracked.isRunning))) return false;
    this.#observe(tracked, row);
    return true;
  }

  #observe(tracked: Tracked, row: NativeJob, nativeId?: string): void {
    tracked.shown = shownKey(row);
    const { word, stage, reason, detail, stuck } = row;
    this.#options.emit({
      type: 'observed',
      id: tracked.job.id,
      attempt: tracked.attempt,
      word,
      stage,
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
      ...(stuck === true ? { stuck } : {}),
      ...(nativeId === undefined ? {} : { nativeId }),
    });
  }

  /** Looks for what became of jobs that have left the listing. */
  async #lookUp(absent: readonly Tracked[]): Promise<void> {
    this.#isLookingUp = true;
    try {
      const open = absent.filter(
        (tracked) => !whereReadable(() => this.#conclude(tracked, undefined, undefined)),
      );
      const ids = open.flatMap(({ native }) => (native === undefined ? [] : [native]));
      if (ids.length === 0) return;
      const { jobs, trouble } = await this.#options.connection.history(ids);
      if (this.#closed) return;
      const history = new Snapshot(jobs, 0);
      for (const tracked of open) {
        if (!tracked.hasEnded && tracked.absent !== undefined) {
          whereReadable(() => this.#lookBack(tracked, history, trouble));
        }
      }
    } finally {
      this.#isLookingUp = false;
    }
  }

  /** Returns whether the job is over, or goes on under another id. */
  #lookBack(tracked: Tracked, history: Snapshot, trouble: string | undefined): boolean {
    const row = tracked.native && history.find(tracked.native);
    if (row?.resubmittedAs !== undefined) return this.#follow(tracked, row, row.resubmittedAs);
    if (row?.stage === 'ended' && this.#conclude(tracked, row.end, row)) return true;
    const { directory } = tracked.job;
    if (tracked.cancelled !== undefined) {
      // it left the queue before it began, and now it never will
      const claim = this.#settle(tracked);
      if (claim === 'nobody') {
        this.#end(tracked, CANCELLED_BEFORE_START, undefined);
        return true;
      }
    }
    const { since, looks } = tracked.absent ?? { since: Infinity, looks: 0 };
    if (looks < LEAST_LOOKS) return false;
    if (this.#followClaimant(tracked)) return true;
    const record = recordOf(directory, tracked.attempt);
    if (record !== undefined) {
      this.#end(tracked, outcomeOf(record, directory, tracked.cancelled !== undefined), record);
      return true;
    }
    if (performance.now() - since < this.#options.settings().lostAfter * 1000) return false;
    const { title } = this.#options.connection.system;
    const unasked = trouble === undefined ? '' : ` What became of it could not be looked up. ${trouble}`;
    const what = `${title} does not know it any more, and it left no exit record.${unasked}`;
    this.#end(tracked, lost(what), undefined);
    return true;
  }

  /** Takes the attempt away from a script that may still be about to start; otherwise tells who began it. */
  #settle({ job, attempt }: Tracked): 'nobody' | Claim | 'unfinished' {
    const claim = claimForRecovery(job.directory, attempt, this.#options.host);
    if (claim === 'claimed') return 'nobody';
    // an engine before this one was as far as that
    return claim !== 'unfinished' && claim.pid === 0 ? 'nobody' : claim;
  }

  /** Another native job than the one that is watched may run the attempt: a submission that was made twice. */
  #followClaimant(tracked: Tracked): boolean {
    const claimant = claimantOf(tracked);
    if (claimant === undefined) return false;
    tracked.native = claimant;
    tracked.knownSince = performance.now();
    tracked.absent = undefined;
    tracked.overSince = undefined;
    if (tracked.cancelled !== undefined) tracked.cancelled.sent = 0;
    return true;
  }

  /** Ends the job if enough is known. */
  #conclude(tracked: Tracked, end: NativeEnd | undefined, row: NativeJob | undefined): boolean {
    this.#catchUp(tracked, row);
    const record = recordOf(tracked.job.directory, tracked.attempt);
    const isOver = record === undefined && end !== undefined;
    const wasLate = end?.exitCode === WRAPPER_EXIT.alreadyClaimed;
    if (isOver && (wasLate || isOthers(tracked)) && this.#followClaimant(tracked)) return true;
    const fate = this.#fate(tracked, { record, end, row });
    // another submission of it shall not begin what is over
    const mayBegin = isOver && mayHaveTwin(tracked) && !wasClaimed(tracked.job.directory, tracked.attempt);
    if (fate.kind !== 'open' && mayBegin && this.#settle(tracked) !== 'nobody') return false;
    return this.#decide(tracked, fate, record);
  }

  #fate(tracked: Tracked, { record, end, row }: Pick<FateFacts, 'record' | 'end' | 'row'>): Fate {
    const { directory } = tracked.job;
    const claimed = wasClaimed(directory, tracked.attempt);
    if (end !== undefined) tracked.overSince ??= performance.now();
    const waited = tracked.overSince === undefined ? 0 : performance.now() - tracked.overSince;
    const hasSettled = waited >= this.#options.connection.timing.record;
    const needsWords = end !== undefined && record === undefined && (!claimed || hasSettled);
    const { batch, place } = tracked;
    return fateOf({
      record,
      recorded: record && outcomeOf(record, directory, tracked.cancelled !== undefined),
      end,
      word: row?.word,
      detail: row?.detail,
      claimed,
      cancelled: tracked.cancelled !== undefined,
      hasSettled,
      lastWords:
        needsWords && batch !== undefined
          ? lastWordsOf(batch.folder, batch.firstTask === undefined ? undefined : batch.firstTask + place)
          : undefined,
      title: this.#options.connection.system.title,
    });
  }

  /** Returns whether the job is over, or at least this attempt. */
  #decide(tracked: Tracked, fate: Fate, record: ExitRecord | undefined): boolean {
    if (fate.kind === 'open') return false;
    const { maxRequeues, requeueOn } = this.#options.settings();
    const { outcome } = fate;
    const reason = fate.kind === 'again' ? fate.reason : requeueOn.find((one) => one === outcome.reason);
    if (reason === undefined || outcome.state !== 'failed' || tracked.cancelled !== undefined) {
      this.#end(tracked, outcome, record);
    } else if (tracked.requeues >= maxRequeues) {
      const often =
        maxRequeues === 0 ? '' : ` It was run again ${tracked.requeues} times, which is the most.`;
      this.#end(tracked, { ...outcome, detail: `${outcome.detail ?? ''}${often}`.trim() }, record);
    } else {
      tracked.hasEnded = true;
      this.#options.onGone(tracked, 'again');
      this.#options.emit({
        type: 'requeued',
        id: tracked.job.id,
        attempt: tracked.attempt,
        reason,
        ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
      });
    }
    return true;
  }

  #end(tracked: Tracked, outcome: Outcome, record: ExitRecord | undefined): void {
    tracked.hasEnded = true;
    this.#options.onGone(tracked, outcome.state);
    const startedAt = record?.startedAt ?? tracked.startedAt;
    this.#options.emit({
      type: 'ended',
      id: tracked.job.id,
      attempt: tracked.attempt,
      ...outcome,
      ...(startedAt === undefined ? {} : { startedAt }),
      endedAt: record?.endedAt ?? tracked.row?.endedAt ?? Date.now(),
    });
  }
}

interface FateFacts {
  readonly record: ExitRecord | undefined;
  readonly end: NativeEnd | undefined;
  readonly row: NativeJob | undefined;
}

/** The record, the directory listed first: that makes a network file system look again. */
function recordOf(directory: string, attempt: number): ExitRecord | undefined {
  try {
    readdirSync(directory);
    return readExitRecord(directory, attempt);
  } catch (error) {
    // what can't be read just now is looked for again
    if (error instanceof StorageError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

/** Whether the step came to something; what can't be read or written just now is tried again at the next look. */
function whereReadable(step: () => boolean): boolean {
  try {
    return step();
  } catch (error) {
    if (error instanceof StorageError) return false;
    throw error;
  }
}
