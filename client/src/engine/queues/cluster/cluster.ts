/**
 * The queue in front of a batch system, one driver for all of them. It gathers jobs into submissions, has
 * each one put on record before it is made, watches them through the connection that all sweeps share, and
 * tells what becomes of them.
 */
import { randomInt } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { EndState } from '../../events.ts';
import { plainHostName } from '../../exit-record.ts';
import { readClaim, wasClaimed } from '../../job-directory.ts';
import { CANCELLED_BEFORE_START } from '../local/outcome.ts';
import type { BatchListener, KnownSubmission, Queue, QueueEvent, QueueJob } from '../queue.ts';
import { type Batch, mayHaveTwin, nativeIdIn, type Tracked, tracked as track, UNKNOWN_ID } from './batch.ts';
import { batchName, type ScriptHead } from './batch-files.ts';
import type { NativeId, NativeJob } from './batch-system.ts';
import { LostJobs } from './lost-jobs.ts';
import type { Monitor, Watcher } from './monitor.ts';
import { otherNative } from './claimants.ts';
import { Requests } from './requests.ts';
import type { Snapshot } from './snapshot.ts';
import { type Accepted, Submitter } from './submitter.ts';
import { Tracker, type TrackerSettings } from './tracker.ts';

export interface ClusterQueueOptions {
  readonly monitor: Monitor;
  readonly listener: BatchListener;
  /** The sweep's id; its jobs' native names begin like it. */
  readonly sweep: string;
  /** Absolute path of the folder for `batches/<name>`. */
  readonly folder: string;
  /** Jobs at once that the sweep itself allows. */
  readonly concurrency: number | undefined;
  /** Read at every use. */
  readonly settings: () => ClusterQueueSettings;
  /** The person's own lines for every script. @throws Error with a sentence */
  readonly head: () => ScriptHead;
}

export interface ClusterQueueSettings extends TrackerSettings {
  /** Jobs of one sweep that may wait and run in the batch system at once. */
  readonly maxJobs: number;
}

/** How long jobs that the engine is still writing are waited for at most. */
const LONGEST_GATHERING_MS = 2_000;

export class ClusterQueue implements Queue, Watcher {
  readonly throttles = true;
  readonly #options: ClusterQueueOptions;
  readonly #submitter: Submitter;
  readonly #tracker: Tracker;
  readonly #requests: Requests;
  readonly #jobs = new Map<string, Tracked>();
  readonly #lost: LostJobs;
  #gathered: Tracked[] = [];
  #gatherTimer: NodeJS.Timeout | undefined;
  #gatheringSince = 0;
  #adopted: Tracked[] = [];
  #recogniseTimer: NodeJS.Timeout | undefined;
  /** Submissions, one after the other. */
  #chain: Promise<void> = Promise.resolve();
  /** How often jobs were given back to the engine. */
  #refusals = 0;
  #wasPreempted = false;
  #closed = false;

  constructor(options: ClusterQueueOptions) {
    this.#options = options;
    const { monitor, listener, settings, head } = options;
    const { connection } = monitor;
    this.#submitter = new Submitter({
      connection,
      listener,
      head,
      atOnce: options.concurrency,
      isWanted: (batch) => batch.jobs.some(({ cancelled }) => cancelled === undefined),
      onAccepted: (batch, accepted) => this.#onAccepted(batch, accepted),
      onWithdrawn: (batch) => this.#onWithdrawn(batch),
      onUnwanted: (batch) => batch.jobs.forEach((tracked) => this.#endUnsubmitted(tracked)),
    });
    this.#tracker = new Tracker({
      connection,
      settings,
      host: plainHostName(os.hostname()),
      emit: (event) => this.#emit(event),
      onGone: (tracked, state) => this.#onGone(tracked, state),
    });
    this.#requests = new Requests({
      monitor,
      listener,
      jobs: this.#jobs,
      takeBack: (tracked) => this.#takeBack(tracked),
    });
    this.#lost = new LostJobs({
      connection,
      recordOf: (job) => this.#tracker.found(job.directory, job.attempt),
      emit: (event) => this.#emit(event),
      onNotice: (sentence) => listener.onNotice(sentence),
    });
    monitor.join(this);
    if (!connection.isRecognised) this.#recognise();
  }

  free(): number {
    // how jobs are handed in depends on who answers
    if (this.#closed || !this.#options.monitor.connection.isRecognised) return 0;
    const { maxJobs } = this.#options.settings();
    const room = maxJobs - this.#jobs.size;
    return Math.max(0, Math.min(room, this.#roomByThrottle()));
  }

  /** Finds out which batch system it is, where the commands don't tell. */
  #recognise(): void {
    const { monitor, listener } = this.#options;
    const { connection } = monitor;
    void connection.recognise().then((trouble) => {
      if (this.#closed) return;
      listener.onTrouble(trouble === undefined ? undefined : `Jobs wait to be submitted. ${trouble}`);
      if (trouble === undefined) listener.onFree();
      else this.#recogniseTimer = setTimeout(() => this.#recognise(), connection.timing.findAgain);
    });
  }

  /** A whole array is throttled by the system; behind it, jobs are handed in as others end. */
  #roomByThrottle(): number {
    const { concurrency } = this.#options;
    if (concurrency === undefined) return Infinity;
    const { arrays } = this.#options.monitor.connection.system;
    const isFirst = this.#jobs.size === this.#gathered.length;
    if (isFirst && arrays !== undefined && arrays.unthrottled !== true) {
      return arrays.most - this.#gathered.length;
    }
    return concurrency - this.#jobs.size;
  }

  submit(job: QueueJob): void {
    this.#lost.endEarlier(job.id);
    this.#gather(this.#enter(job));
  }

  adopt(job: QueueJob): void {
    this.#adopted.push(this.#enter(job));
    // later, so that a `cancel` right after is known before a job that never started would be started
    if (this.#adopted.length === 1) setImmediate(() => this.#resumeAdopted());
  }

  cancel(id: string): void {
    this.#requests.cancel(id);
  }

  hold(ids: readonly string[]): void {
    this.#requests.hold(ids);
  }

  release(ids: readonly string[]): void {
    this.#requests.release(ids);
  }

  watchLost(job: QueueJob): void {
    this.#lost.watch(job, nativeIdOf(job));
  }

  /** As the system last listed the job; undefined for one that it did not list yet. */
  native(id: string): NativeJob | undefined {
    return this.#jobs.get(id)?.row;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#gatherTimer);
    clearTimeout(this.#recogniseTimer);
    this.#lost.close();
    this.#requests.close();
    this.#submitter.close();
    this.#tracker.close();
    this.#options.monitor.leave(this);
  }

  unfinished(): readonly NativeId[] {
    const ids: NativeId[] = [];
    for (const { native } of this.#jobs.values()) if (native !== undefined) ids.push(native);
    return ids;
  }

  needsNews(): boolean {
    if (this.#options.listener.hasMore() || this.#gathered.length > 0) return true;
    // where jobs are preempted, they will be again
    if (this.#wasPreempted) return true;
    for (const { cancelled, absent, overSince } of this.#jobs.values()) {
      if (cancelled !== undefined || absent !== undefined || overSince !== undefined) return true;
    }
    return false;
  }

  onSnapshot(snapshot: Snapshot): boolean {
    if (this.#closed) return false;
    const changed = this.#tracker.look(this.#jobs.values(), snapshot);
    this.#requests.sendCancels();
    return changed;
  }

  #emit(event: QueueEvent): void {
    if (event.type === 'requeued') this.#wasPreempted = true;
    if (!this.#closed) this.#options.listener.onEvent(event);
  }

  #onGone({ job, attempt, native }: Tracked, state: EndState | 'again'): void {
    this.#jobs.delete(job.id);
    if (state === 'lost') this.#lost.watch({ ...job, attempt }, native);
  }

  #enter(job: QueueJob): Tracked {
    const tracked = track(job);
    this.#jobs.set(job.id, tracked);
    this.#lost.forget(job.id);
    return tracked;
  }

  #gather(tracked: Tracked): void {
    if (this.#gathered.length === 0) this.#gatheringSince = performance.now();
    this.#gathered.push(tracked);
    clearTimeout(this.#gatherTimer);
    const { gather } = this.#options.monitor.connection.timing;
    this.#gatherTimer = setTimeout(() => this.#handIn(), gather);
  }

  /** Makes submissions of what was gathered, once no more is to be expected. */
  #handIn(): void {
    const isLong = performance.now() - this.#gatheringSince > LONGEST_GATHERING_MS;
    const { isRecognised } = this.#options.monitor.connection;
    if (!isRecognised || (!isLong && this.free() > 0 && this.#options.listener.isSubmitting())) {
      this.#gatherTimer = setTimeout(() => this.#handIn(), this.#options.monitor.connection.timing.gather);
      return;
    }
    const jobs = this.#gathered;
    this.#gathered = [];
    const { arrays } = this.#options.monitor.connection.system;
    const fitsIn = ({ job }: Tracked): boolean => arrays !== undefined && job.prepared === undefined;
    const together = jobs.filter(fitsIn);
    for (const tracked of jobs) if (!fitsIn(tracked)) this.#enqueue([tracked]);
    for (let at = 0; at < together.length; at += arrays?.most ?? 1) {
      this.#enqueue(together.slice(at, at + (arrays?.most ?? 1)));
    }
  }

  #enqueue(jobs: readonly Tracked[]): void {
    const refusals = this.#refusals;
    this.#then(async () => {
      const batch = this.#batchOf(jobs);
      if (batch === undefined) return;
      // the same would be said of it
      if (refusals < this.#refusals)
        await this.#submitter.giveBack(batch, 'A submission before it was refused.');
      else await this.#submitBatch(batch);
    });
  }

  #then(step: () => Promise<unknown>): void {
    this.#chain = this.#chain
      .then(async () => {
        if (!this.#closed) await step();
      })
      .catch((error: unknown) => {
        this.#options.listener.onTrouble(error instanceof Error ? error.message : String(error));
      });
  }

  /** The jobs that are still wanted, under a name of their own; undefined when there are none. */
  #batchOf(wanted: readonly Tracked[]): Batch | undefined {
    const { sweep, folder, monitor } = this.#options;
    const { system } = monitor.connection;
    const own = wanted.filter((tracked) => this.#jobs.get(tracked.job.id) === tracked);
    for (const tracked of own) if (tracked.cancelled !== undefined) this.#endUnsubmitted(tracked);
    const jobs = own.filter(({ cancelled }) => cancelled === undefined);
    if (jobs.length === 0) return undefined;
    const [{ job: first, wasSought } = { job: undefined, wasSought: false }] = jobs;
    const name = first?.prepared?.name ?? batchName(sweep, system.longestName);
    const batch: Batch = {
      name,
      folder: path.join(folder, name),
      firstTask: jobs.length > 1 ? system.arrays?.firstTask : undefined,
      jobs,
      // what comes of the submission that was not found is not to be taken for this one
      submission: wasSought ? randomInt(2, 1_000_000) : 1,
    };
    for (const [place, tracked] of jobs.entries()) {
      tracked.batch = batch;
      tracked.place = place;
    }
    return batch;
  }

  async #submitBatch(batch: Batch): Promise<void> {
    try {
      await this.#submitter.submit(batch);
    } catch (error) {
      // the person's lines can't be used: nothing was handed in
      this.#onWithdrawn(batch);
      this.#options.listener.onBatch({
        type: 'withdrawn',
        name: batch.name,
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #onAccepted(batch: Batch, accepted: Accepted): void {
    if (this.#closed) return;
    for (const tracked of batch.jobs) {
      tracked.native = nativeIdIn(batch, tracked.place, accepted);
      tracked.knownSince = performance.now();
    }
    this.#options.monitor.expectNews();
    this.#requests.onAccepted(batch.jobs);
  }

  /** Back to the engine, but for jobs that were cancelled meanwhile. */
  #onWithdrawn(batch: Batch): void {
    this.#refusals++;
    for (const tracked of batch.jobs) {
      if (tracked.cancelled !== undefined) this.#endUnsubmitted(tracked);
      else this.#jobs.delete(tracked.job.id);
    }
  }

  #endUnsubmitted(tracked: Tracked): void {
    const { job, attempt } = tracked;
    if (mayHaveTwin(tracked)) {
      // what was not found may turn up all the same: it is watched until it is known never to begin
      tracked.native = { base: UNKNOWN_ID };
      tracked.knownSince = performance.now();
      this.#options.monitor.expectNews();
      return;
    }
    tracked.hasEnded = true;
    this.#jobs.delete(job.id);
    this.#emit({ type: 'ended', id: job.id, attempt, ...CANCELLED_BEFORE_START, endedAt: Date.now() });
  }

  #resumeAdopted(): void {
    const adopted = this.#adopted;
    this.#adopted = [];
    if (this.#closed) return;
    const unanswered = new Map<string, Tracked[]>();
    for (const tracked of adopted) {
      const { native } = tracked.job;
      if (native === undefined) {
        this.#resumeUnrecorded(tracked);
      } else if (native.accepted === undefined) {
        // whatever was begun is known by its claim, the rest of the batch by its name
        tracked.place = native.place;
        const others = unanswered.get(native.name);
        if (others === undefined) unanswered.set(native.name, [tracked]);
        else others.push(tracked);
      } else {
        tracked.place = native.place;
        tracked.batch = this.#knownBatch(native, [tracked]);
        tracked.native = nativeIdOf(tracked.job);
        tracked.knownSince = -Infinity;
      }
    }
    for (const jobs of unanswered.values()) this.#then(() => this.#recover(jobs));
    this.#options.monitor.expectNews();
    this.#requests.sendCancels();
  }

  /** The journal knows of no submission. Unless the job was begun all the same, none was made. */
  #resumeUnrecorded(tracked: Tracked): void {
    const { directory, attempt } = tracked.job;
    if (!wasClaimed(directory, attempt)) {
      if (tracked.cancelled === undefined) this.#gather(tracked);
      else this.#endUnsubmitted(tracked);
      return;
    }
    const claim = readClaim(directory, attempt);
    const id = claim === undefined || claim === 'unfinished' ? undefined : claim.nativeId;
    const { native } = tracked.job;
    const sought =
      native === undefined ? undefined : nativeIdIn(native, native.place, { nativeId: UNKNOWN_ID });
    tracked.native = id === undefined ? { base: UNKNOWN_ID } : otherNative(sought, id);
    tracked.knownSince = -Infinity;
  }

  #knownBatch({ name, firstTask }: KnownSubmission, jobs: readonly Tracked[]): Batch {
    return { name, folder: path.join(this.#options.folder, name), firstTask, jobs, submission: 1 };
  }

  /** The intent is on record and the answer is not: the batch may have been taken. */
  async #recover(jobs: readonly Tracked[]): Promise<void> {
    const native = jobs[0]?.job.native;
    if (native === undefined) return;
    const batch = this.#knownBatch(native, jobs);
    for (const tracked of jobs) tracked.batch = batch;
    if ((await this.#submitter.recover(batch)) !== 'not-there') return;
    for (const tracked of jobs) {
      tracked.batch = undefined;
      tracked.wasSought = true;
      this.#resumeUnrecorded(tracked);
    }
  }

  /** Ends a job that was not handed in yet. */
  #takeBack(tracked: Tracked): boolean {
    const at = this.#gathered.indexOf(tracked);
    if (at < 0) return false;
    this.#gathered.splice(at, 1);
    this.#endUnsubmitted(tracked);
    return true;
  }
}

/** The native id of a job that an earlier engine had on record; undefined: its submission is not known to be taken. */
function nativeIdOf({ native }: QueueJob): NativeId | undefined {
  if (native?.accepted === undefined) return undefined;
  const { id, place, accepted } = native;
  return id === undefined ? nativeIdIn(native, place, accepted) : { base: accepted.nativeId, id };
}
