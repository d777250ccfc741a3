/**
 * The loop of one sweep that this process owns: ask -> write the job directory -> journal the intent ->
 * submit -> observe -> journal -> tell. It joins a scheduler (what to try) and a queue (where it runs),
 * which know nothing of each other.
 */
import type { Parameters } from '#core/value.ts';
import { StorageError } from './atomic-file.ts';
import type { BrakeTally } from './brakes.ts';
import type { EventBody, Metrics, PhaseReason, Requester, SweepRequest } from './events.ts';
import type { BatchListener, BatchOutcome, Queue, QueueEvent, QueueJob } from './queues/queue.ts';
import { knownOf } from './queues/known.ts';
import { type EventLog, SweepRecord } from './record.ts';
import { decide, type Decision } from './requests.ts';
import type { Scheduler } from './schedulers/scheduler.ts';
import type { BrakeSettings } from './settings.ts';
import type { FoldChange, SweepFold } from './sweep-fold.ts';
import { hasEnded, isFinal, type JobState, type SweepState } from './sweep-state.ts';
import { Troubles } from './troubles.ts';

/** The engine's hands: what it does to the world beside journal and queue. */
export interface JobFiles {
  /** Whether an attempt of this job left traces, so that it must be adopted rather than started. */
  wasClaimed(job: number, attempt: number): boolean;
  /** Writes the job directory. Throws with a sentence: `StorageError` when the disk is at fault (tried again later), any other when the job can't run. */
  write(job: number, attempt: number, parameters: Parameters): void;
  directory(job: number): string;
  /** What the queue needs to know of a job whose script is submitted as it is. */
  prepared?(job: number, attempt: number): Pick<QueueJob, 'prepared'>;
  /** Final metrics of an ended job, read from its directory. */
  metrics(job: number): Metrics;
}

export interface EngineOptions {
  readonly fold: SweepFold;
  /** Has seen the same events as `fold`. */
  readonly tally: BrakeTally;
  readonly state: SweepState;
  readonly log: EventLog;
  readonly scheduler: Scheduler;
  readonly createQueue: (listener: BatchListener) => Queue;
  readonly files: JobFiles;
  /** Jobs at once that the sweep itself allows (`num_workers`). */
  readonly concurrency: number | undefined;
  readonly brakes: () => BrakeSettings;
  readonly onChange: (change: FoldChange) => void;
  readonly onTrouble: (sentence: string | undefined) => void;
  /** The sweep reached a final phase and nothing of it runs. */
  readonly onFinal: () => void;
}

/** Starting jobs never keeps the event loop longer than this at a stretch. */
const TURN_MS = 8;

export class SweepEngine {
  readonly #options: EngineOptions;
  readonly #state: SweepState;
  readonly #fold: SweepFold;
  readonly #queue: Queue;
  readonly #record: SweepRecord;
  readonly #troubles: Troubles;
  #exhausted = false;
  #closed = false;
  #pumping = false;
  #nextTurn: NodeJS.Immediate | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#fold = options.fold;
    this.#troubles = new Troubles(options.onTrouble, () => this.#pump());
    this.#record = new SweepRecord(options.log, options.fold, options.tally, {
      onEvent: (_event, change) => options.onChange(change),
      onTrouble: (sentence) => {
        this.#troubles.set('journal', sentence);
        if (sentence === undefined) this.#pump();
      },
    });
    this.#queue = options.createQueue({
      onEvent: (event) => this.#onQueueEvent(event),
      onFree: () => this.#pump(),
      intend: ({ jobs, ...batch }) =>
        this.#record.intend({
          ...batch,
          jobs: jobs.map(({ id, attempt }) => [this.#indexOf(id), attempt] as const),
        }),
      onBatch: (outcome) => this.#onBatch(outcome),
      onNotice: (detail) => this.#record.add({ type: 'noticed', detail }),
      onTrouble: (sentence) => this.#troubles.set('queue', sentence),
      hasMore: () => this.#state.phase === 'running' && !this.#nothingLeft(),
      isSubmitting: () => this.#nextTurn !== undefined,
    });
  }

  /** Takes over what earlier owners left, applies `first` before anything new is started, then runs. */
  start(
    owner: Requester,
    first?: { readonly id: string; readonly request: SweepRequest },
  ): string | undefined {
    this.#record.add({ type: 'owned', host: owner.host, pid: owner.pid, program: owner.program });
    for (const index of [...this.#fold.active()].sort((a, b) => a - b)) {
      const job = this.#state.jobs[index];
      if (job !== undefined) this.#adopt(job);
    }
    if (this.#queue.watchLost !== undefined) {
      for (const job of this.#state.jobs) if (job.state === 'lost') this.#queue.watchLost(this.#jobOf(job));
    }
    const refused = first === undefined ? undefined : this.request(first.id, first.request, owner);
    if (this.#state.phase === 'cancelling')
      for (const job of this.#fold.active()) this.#queue.cancel(this.#idOf(job));
    this.#pump();
    return refused;
  }

  /**
   * Takes a request, once: an id that is in the journal already is ignored. Returns why it was refused, if it was.
   * @throws Error with a sentence while the journal can't be written: nothing was taken then.
   */
  request(id: string, request: SweepRequest, by: Requester): string | undefined {
    if (this.#fold.hasRequest(id)) return this.#fold.refusalOf(id);
    if (!this.#record.isUpToDate()) {
      throw new Error(
        `${this.#state.id} can't take requests now. ${this.#troubles.of('journal') ?? ''}`.trim(),
      );
    }
    const verdict = decide(request, this.#state);
    if ('refused' in verdict) {
      this.#record.add({ type: 'requested', id, request, by, refused: verdict.refused });
      return verdict.refused;
    }
    this.#record.add({ type: 'requested', id, request, by });
    this.#carryOut(verdict.decision);
    return undefined;
  }

  /** The latest metrics of a running job, for `metric.target`. */
  observe(metrics: Metrics): void {
    const metric = this.#state.metric;
    if (metric?.target === undefined) return;
    if (this.#state.phase !== 'running' && this.#state.phase !== 'paused') return;
    const value = metrics[metric.name];
    if (typeof value !== 'number') return;
    const reached = metric.goal === 'minimize' ? value <= metric.target : value >= metric.target;
    if (!reached) return;
    const detail = `${metric.name} reached ${value}, the target was ${metric.target}. Running jobs finish, no new ones start.`;
    this.#setPhase('stopping', 'target-reached', detail);
    this.#pump();
  }

  /** Lets go. Jobs go on; whoever owns the sweep next takes them over. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#nextTurn);
    this.#troubles.close();
    this.#queue.close();
    this.#record.close();
  }

  #carryOut(decision: Decision): void {
    for (const index of decision.requeue ?? []) {
      const job = this.#state.jobs[index];
      if (job !== undefined) {
        this.#record.add({ type: 'requeued', job: index, attempt: job.attempt + 1, reason: 'retry' });
      }
    }
    if (decision.phase !== undefined) this.#setPhase(decision.phase, 'requested');
    for (const index of decision.drop ?? []) {
      this.#record.add({
        type: 'ended',
        job: index,
        attempt: this.#state.jobs[index]?.attempt ?? 1,
        state: 'cancelled',
        reason: 'requested',
        detail: 'Cancelled before it started.',
        endedAt: Date.now(),
      });
    }
    for (const index of decision.cancel ?? []) this.#queue.cancel(this.#idOf(index));
    const idsOf = (jobs: readonly number[]): readonly string[] => jobs.map((job) => this.#idOf(job));
    if (decision.hold !== undefined) this.#queue.hold?.(idsOf(decision.hold));
    if (decision.release !== undefined) this.#queue.release?.(idsOf(decision.release));
    this.#pump();
  }

  #pump(): void {
    if (this.#closed || this.#pumping) return;
    this.#pumping = true;
    try {
      this.#submitWhatFits();
    } finally {
      this.#pumping = false;
    }
    this.#settle();
  }

  #submitWhatFits(): void {
    const turnEnds = performance.now() + TURN_MS;
    while (this.#mayStartAnother()) {
      if (performance.now() > turnEnds) {
        this.#nextTurn = setImmediate(() => {
          this.#nextTurn = undefined;
          this.#pump();
        });
        return;
      }
      const next = this.#next();
      if (next === undefined) return;
      if (!this.#dispatch(next.index, next.attempt, next.parameters)) return;
    }
  }

  #mayStartAnother(): boolean {
    if (this.#state.phase !== 'running' || !this.#record.isUpToDate()) return false;
    if (this.#troubles.isWaitingForDisk) return false;
    const limit = this.#options.concurrency;
    if (limit !== undefined && this.#queue.throttles !== true && this.#fold.active().size >= limit) {
      return false;
    }
    return this.#queue.free() > 0;
  }

  /** Jobs waiting for another attempt go ahead of new points. */
  #next(): { index: number; attempt: number; parameters: Parameters } | undefined {
    const waiting = this.#fold.firstRequeued();
    if (waiting !== undefined) {
      const job = this.#state.jobs[waiting];
      if (job !== undefined) return job;
    }
    const index = this.#state.jobs.length;
    if (this.#state.total !== undefined && index >= this.#state.total) return undefined;
    const parameters = this.#options.scheduler.ask(index);
    if (parameters !== 'exhausted') return { index, attempt: 1, parameters };
    this.#exhausted = true;
    return undefined;
  }

  /** Returns whether the loop may go on at once. */
  #dispatch(index: number, attempt: number, parameters: Parameters): boolean {
    const { files } = this.#options;
    const submitted: EventBody =
      index < this.#state.jobs.length
        ? { type: 'submitted', job: index, attempt }
        : { type: 'submitted', job: index, attempt, parameters };
    // a journal that lost its last records may not know that this attempt ran: its directory does
    if (files.wasClaimed(index, attempt)) {
      if (!this.#record.tryAdd(submitted)) return false;
      this.#queue.adopt(this.#jobOf({ index, attempt }));
      return true;
    }
    try {
      files.write(index, attempt, parameters);
    } catch (error) {
      if (error instanceof StorageError) {
        this.#troubles.waitForDisk(error.message);
        return false;
      }
      if (!this.#record.tryAdd(submitted)) return false;
      const detail = error instanceof Error ? error.message : String(error);
      this.#end({
        type: 'ended',
        job: index,
        attempt,
        state: 'failed',
        reason: 'spawn-failed',
        detail,
        endedAt: Date.now(),
      });
      return true;
    }
    this.#troubles.diskWorks();
    if (!this.#record.tryAdd(submitted)) return false;
    this.#queue.submit(this.#jobOf({ index, attempt }));
    return true;
  }

  #jobOf({ index, attempt }: Pick<JobState, 'index' | 'attempt'>): QueueJob {
    const { files } = this.#options;
    return {
      id: this.#idOf(index),
      attempt,
      directory: files.directory(index),
      ...knownOf(this.#state.jobs[index]),
      ...files.prepared?.(index, attempt),
    };
  }

  #adopt(job: JobState): void {
    this.#queue.adopt(this.#jobOf(job));
    if (this.#fold.isCancelling(job.index)) this.#queue.cancel(this.#idOf(job.index));
  }

  #onQueueEvent(event: QueueEvent): void {
    const { id, ...facts } = event;
    const index = this.#indexOf(id);
    const job = this.#state.jobs[index];
    if (facts.type === 'started') {
      const known = job?.state === 'running' && job.attempt === facts.attempt && job.pid === facts.pid;
      if (!known) this.#record.add({ ...facts, job: index });
      return;
    }
    if (facts.type === 'observed') {
      this.#record.add({ ...facts, job: index });
      return;
    }
    if (facts.type === 'requeued') {
      this.#record.add({ ...facts, job: index, attempt: facts.attempt + 1 });
      this.#pump();
      return;
    }
    // the engine before this one may have sent the signal that ended the job
    const cancelled = this.#fold.isCancelling(index) && (facts.state === 'failed' || facts.state === 'lost');
    this.#end({ ...facts, job: index, ...(cancelled ? CANCELLED : {}) });
    this.#pump();
  }

  #onBatch(outcome: BatchOutcome): void {
    this.#record.add(outcome);
    if (outcome.type === 'accepted') return;
    if (this.#state.phase === 'running') this.#setPhase('paused', 'submit-rejected', outcome.detail);
    this.#pump();
  }

  #end(facts: Omit<Extract<EventBody, { type: 'ended' }>, 'metrics'>): void {
    const metrics = this.#finalMetrics(facts.job);
    const before = this.#state.jobs[facts.job]?.state;
    this.#record.add({ ...facts, metrics });
    const isFound = before === 'lost' && facts.state !== 'lost';
    if (before !== undefined && hasEnded(before) && !isFound) return;
    if (facts.reason === 'storage') {
      // the attempt didn't begin: it gets another one as soon as the disk takes it
      this.#record.add({ type: 'requeued', job: facts.job, attempt: facts.attempt + 1, reason: 'storage' });
      this.#troubles.waitForDisk(facts.detail ?? 'The job directory could not be written.');
      return;
    }
    this.#options.scheduler.tell({ job: facts.job, state: facts.state, metrics });
    if (facts.state === 'done') this.observe(metrics);
    if ((facts.state === 'failed' || facts.state === 'lost') && this.#state.phase === 'running') {
      const brake = this.#options.tally.check(this.#options.brakes());
      if (brake !== undefined) this.#setPhase('paused', brake.reason, brake.detail);
    }
  }

  /** That a job ended is on record whether or not its metrics can be read just then. */
  #finalMetrics(job: number): Metrics {
    try {
      return this.#options.files.metrics(job);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const detail = `The metrics of ${this.#idOf(job)} could not be read when it ended: ${why}`;
      this.#record.add({ type: 'noticed', detail });
      return {};
    }
  }

  /** Moves on to the final phase once nothing runs and nothing is to come. */
  #settle(): void {
    if (this.#closed || !this.#record.isUpToDate() || this.#fold.active().size > 0) return;
    switch (this.#state.phase) {
      case 'running':
        if (!this.#nothingLeft()) return;
        this.#setPhase('finished', this.#endedByRunCap() ? 'run-cap' : 'all-jobs-ended');
        break;
      case 'stopping':
        this.#setPhase('stopped', this.#state.phaseReason, this.#state.phaseDetail);
        break;
      case 'cancelling':
        this.#setPhase('cancelled', this.#state.phaseReason, this.#state.phaseDetail);
        break;
      case 'paused':
      case 'finished':
      case 'stopped':
      case 'cancelled':
      case 'failed':
        break;
    }
    if (!isFinal(this.#phase()) || !this.#record.isUpToDate()) return;
    this.close();
    this.#options.onFinal();
  }

  /** The phase right now: a call, so that nobody takes it for unchanged after an event was recorded. */
  #phase(): SweepState['phase'] {
    return this.#state.phase;
  }

  #nothingLeft(): boolean {
    if (this.#fold.requeuedCount > 0) return false;
    return (
      this.#exhausted || (this.#state.total !== undefined && this.#state.jobs.length >= this.#state.total)
    );
  }

  #endedByRunCap(): boolean {
    const { total } = this.#options.scheduler;
    return total === undefined || this.#state.jobs.length < total;
  }

  #setPhase(phase: SweepState['phase'], reason: PhaseReason, detail?: string): void {
    this.#record.add({ type: 'phase', phase, reason, ...(detail === undefined ? {} : { detail }) });
  }

  #idOf(job: number): string {
    return `${this.#state.id}/${job}`;
  }

  #indexOf(id: string): number {
    return Number(id.slice(id.lastIndexOf('/') + 1));
  }
}

const CANCELLED = { state: 'cancelled', reason: 'requested', detail: 'Cancelled on request.' } as const;
