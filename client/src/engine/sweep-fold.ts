/**
 * The one reducer: events of the journal -> state of the sweep. Owner and followers fold the same
 * events and so see the same state. The fold is tolerant: events of an attempt that is over, or that a
 * damaged journal left without their beginning, never break it.
 */
import type { Parameters } from '#core/value.ts';
import type { JournalEvent } from './events.ts';
import {
  counted,
  endedJob,
  type Mutable,
  observedJob,
  queuedJob,
  requeuedJob,
  startedJob,
  submittedJob,
  withdrawnJob,
} from './job-fold.ts';
import { BatchFold } from './native-state.ts';
import { type Counts, hasEnded, isActive, isFinal, type JobState, type SweepState } from './sweep-state.ts';

const NOTICES_KEPT = 100;

/** What one event changed, for those who watch. */
export interface FoldChange {
  readonly jobs: readonly number[];
  readonly phase: boolean;
}

const NOTHING: FoldChange = { jobs: [], phase: false };
const PHASE: FoldChange = { jobs: [], phase: true };

/**
 * Accumulates events. `state` is one live object whose fields change with `apply`; job objects
 * themselves are replaced, never changed, so a job that was read stays as it was.
 */
export class SweepFold {
  readonly #jobs: JobState[] = [];
  readonly #counts: Mutable<Counts> = {
    queued: 0,
    submitted: 0,
    running: 0,
    done: 0,
    failed: 0,
    cancelled: 0,
    pruned: 0,
    lost: 0,
  };
  readonly #notices: { at: number; detail: string }[] = [];
  /** Jobs in state `queued` among those asked for. */
  readonly #requeued = new Set<number>();
  /** The same jobs, descending, plus some that have left; undefined when jobs were added since it was sorted. */
  #order: number[] | undefined;
  readonly #active = new Set<number>();
  /** Jobs somebody asked to cancel and that have not ended since. */
  readonly #cancelling = new Set<number>();
  /** Requests taken, with the sentence of those that were refused. */
  readonly #requests = new Map<string, string | undefined>();
  readonly #batches = new BatchFold();
  readonly #parametersOf: (index: number) => Parameters | undefined;
  #points: number | undefined;
  #runCap: number | undefined;
  /** Jobs that `run_cap` doesn't count: cancelled or lost before reporting any metric. */
  #uncapped = 0;
  #state: Mutable<SweepState> | undefined;

  /** `parametersOf` answers for jobs whose first record is missing from a damaged journal. */
  constructor(parametersOf: (index: number) => Parameters | undefined = () => undefined) {
    this.#parametersOf = parametersOf;
  }

  /** Undefined until the `launched` event was seen. */
  get state(): SweepState | undefined {
    return this.#state;
  }

  /** Indices of jobs waiting for another attempt, ascending. */
  requeued(): readonly number[] {
    return [...this.#requeued].sort((a, b) => a - b);
  }

  /** The first of them. */
  firstRequeued(): number | undefined {
    if (this.#order === undefined) this.#order = [...this.#requeued].sort((a, b) => b - a);
    for (let last = this.#order.at(-1); last !== undefined; last = this.#order.at(-1)) {
      if (this.#requeued.has(last)) return last;
      this.#order.pop();
    }
    return undefined;
  }

  get requeuedCount(): number {
    return this.#requeued.size;
  }

  /** Indices of jobs that are submitted or running. */
  active(): ReadonlySet<number> {
    return this.#active;
  }

  isCancelling(job: number): boolean {
    return this.#cancelling.has(job);
  }

  /** Whether a request with this id was taken already. */
  hasRequest(id: string): boolean {
    return this.#requests.has(id);
  }

  /** Why a request that was taken was refused; undefined when it was carried out. */
  refusalOf(id: string): string | undefined {
    return this.#requests.get(id);
  }

  apply(event: JournalEvent): FoldChange {
    const state = this.#state;
    if (event.type === 'launched') {
      if (state !== undefined) return NOTHING;
      this.#points = event.points ?? undefined;
      this.#runCap = event.runCap;
      this.#state = {
        id: event.id,
        name: event.name,
        file: event.file,
        source: event.source ?? 'sweep-file',
        workingDirectory: event.workingDirectory,
        method: event.method,
        seed: event.seed,
        total: undefined,
        metric: event.metric,
        queue: event.queue,
        phase: 'running',
        phaseReason: 'launched',
        phaseDetail: undefined,
        jobs: this.#jobs,
        counts: this.#counts,
        best: undefined,
        launchedAt: event.at,
        endedAt: undefined,
        notices: this.#notices,
      };
      this.#recount();
      return PHASE;
    }
    if (state === undefined) return NOTHING;
    const change = this.#applyTo(state, event);
    if (change.jobs.length > 0) this.#recount();
    return change;
  }

  #applyTo(state: Mutable<SweepState>, event: Exclude<JournalEvent, { type: 'launched' }>): FoldChange {
    switch (event.type) {
      case 'submitted': {
        const filled = this.#fillUpTo(event.job, event.parameters);
        const job = this.#jobs[event.job];
        if (job?.state !== 'queued' || event.attempt < job.attempt) return this.#changed(filled);
        this.#put(submittedJob(job, event.attempt));
        return this.#changed(withJob(filled, event.job));
      }
      case 'started': {
        const filled = this.#fillUpTo(event.job, undefined);
        const job = this.#jobs[event.job];
        if (job === undefined || hasEnded(job.state) || event.attempt < job.attempt)
          return this.#changed(filled);
        this.#put(startedJob(job, event));
        return this.#changed(withJob(filled, event.job));
      }
      case 'ended': {
        const filled = this.#fillUpTo(event.job, undefined);
        const job = this.#jobs[event.job];
        if (job === undefined || event.attempt < job.attempt) return this.#changed(filled);
        // an exit record that turned up after all
        const isFound = job.state === 'lost' && event.attempt === job.attempt && event.state !== 'lost';
        if (hasEnded(job.state) && !isFound) return this.#changed(filled);
        if (!counted(job)) this.#uncapped -= 1;
        this.#end(state, job, event);
        return this.#changed(withJob(filled, event.job));
      }
      case 'requeued': {
        const filled = this.#fillUpTo(event.job, undefined);
        const job = this.#jobs[event.job];
        if (job === undefined || event.attempt <= job.attempt) return this.#changed(filled);
        if (!counted(job)) this.#uncapped -= 1;
        if (event.bySystem !== true) this.#cancelling.delete(job.index);
        this.#put(requeuedJob(job, event));
        if (state.best?.job === job.index) state.best = this.#findBest();
        return this.#changed(withJob(filled, event.job));
      }
      case 'batch':
      case 'accepted':
      case 'withdrawn':
        return this.#changed(this.#applyBatch(event));
      case 'observed': {
        const job = this.#jobs[event.job];
        if (job === undefined || !isActive(job.state) || event.attempt !== job.attempt) return NOTHING;
        this.#put(observedJob(job, event));
        return this.#changed([event.job]);
      }
      case 'requested': {
        this.#requests.set(event.id, event.refused);
        if (event.refused !== undefined) return NOTHING;
        if (event.request.type === 'cancel') {
          for (const job of event.request.jobs ?? this.#active) {
            if (this.#active.has(job)) this.#cancelling.add(job);
          }
        }
        return NOTHING;
      }
      case 'phase': {
        state.phase = event.phase;
        state.phaseReason = event.reason;
        state.phaseDetail = event.detail;
        state.endedAt = isFinal(event.phase) ? event.at : undefined;
        return PHASE;
      }
      case 'noticed': {
        this.#notices.push({ at: event.at, detail: event.detail });
        if (this.#notices.length > NOTICES_KEPT) this.#notices.shift();
        return PHASE;
      }
      case 'owned':
        return NOTHING;
    }
  }

  #applyBatch(event: Extract<JournalEvent, { type: 'batch' | 'accepted' | 'withdrawn' }>): readonly number[] {
    const batch = this.#batches.apply(event);
    const touched: number[] = [];
    for (const [place, [index, attempt]] of (batch?.jobs ?? []).entries()) {
      const job = this.#jobs[index];
      if (job === undefined || batch === undefined || !isActive(job.state) || job.attempt !== attempt)
        continue;
      if (event.type === 'withdrawn') this.#put(withdrawnJob(job, event.detail));
      else this.#put({ ...job, native: { ...job.native, batch, place } });
      touched.push(index);
    }
    return touched;
  }

  #changed(jobs: readonly number[]): FoldChange {
    return jobs.length === 0 ? NOTHING : { jobs, phase: false };
  }

  #end(state: Mutable<SweepState>, job: JobState, event: Extract<JournalEvent, { type: 'ended' }>): void {
    this.#cancelling.delete(job.index);
    const ended = endedJob(job, event);
    this.#put(ended);
    if (!counted(ended)) this.#uncapped += 1;
    if (ended.state === 'done') {
      const value = this.#valueOf(ended);
      if (value !== undefined && this.#isBetter(value, state.best?.value)) {
        state.best = { job: ended.index, value };
      }
    }
  }

  /** Makes room for job `index`; jobs whose records are missing count as queued. Returns the jobs that were added. */
  #fillUpTo(index: number, parameters: Parameters | undefined): number[] {
    const added: number[] = [];
    while (this.#jobs.length <= index) {
      const next = this.#jobs.length;
      const own = next === index ? parameters : undefined;
      this.#jobs.push(queuedJob(next, own ?? this.#parametersOf(next) ?? {}));
      this.#requeued.add(next);
      this.#order = undefined;
      added.push(next);
    }
    return added;
  }

  #put(job: JobState): void {
    const before = this.#jobs[job.index];
    if (before !== undefined) {
      if (before.state === 'queued') this.#requeued.delete(job.index);
      else this.#counts[before.state] -= 1;
    }
    this.#jobs[job.index] = job;
    if (job.state === 'queued') {
      this.#requeued.add(job.index);
      this.#order = undefined;
    } else this.#counts[job.state] += 1;
    if (isActive(job.state)) this.#active.add(job.index);
    else this.#active.delete(job.index);
  }

  #recount(): void {
    const state = this.#state;
    if (state === undefined) return;
    const cap = this.#runCap === undefined ? undefined : this.#runCap + this.#uncapped;
    state.total =
      this.#points === undefined ? cap : cap === undefined ? this.#points : Math.min(this.#points, cap);
    const unasked = state.total === undefined ? 0 : Math.max(0, state.total - this.#jobs.length);
    this.#counts.queued = this.#requeued.size + unasked;
  }

  #valueOf(job: JobState): number | undefined {
    const name = this.#state?.metric?.name;
    const value = name === undefined ? undefined : job.metrics[name];
    return typeof value === 'number' ? value : undefined;
  }

  #isBetter(value: number, than: number | undefined): boolean {
    if (than === undefined) return true;
    return this.#state?.metric?.goal === 'maximize' ? value > than : value < than;
  }

  #findBest(): { readonly job: number; readonly value: number } | undefined {
    let best: { readonly job: number; readonly value: number } | undefined;
    for (const job of this.#jobs) {
      if (job.state !== 'done') continue;
      const value = this.#valueOf(job);
      if (value !== undefined && this.#isBetter(value, best?.value)) best = { job: job.index, value };
    }
    return best;
  }
}

/** `filled` is ascending; the job is its last one, or not among them. */
function withJob(filled: readonly number[], job: number): readonly number[] {
  return filled.at(-1) === job ? filled : [...filled, job];
}

/** Folds a whole journal. Undefined when it holds no `launched` event. */
export function foldEvents(events: Iterable<JournalEvent>): SweepState | undefined {
  const fold = new SweepFold();
  for (const event of events) fold.apply(event);
  return fold.state;
}
