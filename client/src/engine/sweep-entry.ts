/** One sweep as views see it: the folded state, and what can be said of jobs that were not asked for yet. */
import path from 'node:path';
import type { Parameters } from '#core/value.ts';
import type { Metrics } from './events.ts';
import { type Scheduler } from './schedulers/scheduler.ts';
import { sourceOf, type SweepSource } from './sources/source.ts';
import { SweepFold } from './sweep-fold.ts';
import type { JobState, SweepState } from './sweep-state.ts';
import type { SweepView } from './sweeps.ts';

const NO_METRICS: Metrics = Object.freeze({});

export class SweepEntry implements SweepView {
  readonly id: string;
  readonly directory: string;
  owner: SweepView['owner'] = { kind: 'nobody' };
  trouble: string | undefined;
  /** Latest metrics of running jobs (live-metrics.ts). */
  readonly live = new Map<number, Metrics>();
  #fold: SweepFold;
  #source: SweepSource | undefined;
  #plan: Scheduler | 'unreadable' | undefined;

  constructor(id: string, directory: string) {
    this.id = id;
    this.directory = directory;
    this.#fold = this.freshFold();
  }

  get fold(): SweepFold {
    return this.#fold;
  }

  /** Replaces the state by one folded anew, when the sweep changes hands. */
  set fold(fold: SweepFold) {
    this.#fold = fold;
  }

  freshFold(): SweepFold {
    return new SweepFold((index) => this.#peek(index));
  }

  /** Whether the journal told what sweep this is. Until then it is not listed. */
  get isKnown(): boolean {
    return this.#fold.state !== undefined;
  }

  get state(): SweepState {
    const state = this.#fold.state;
    if (state === undefined)
      throw new Error(`The journal of ${this.id} has no launch record: ${this.directory}`);
    return state;
  }

  /** What the sweep is made from. */
  get source(): SweepSource {
    return (this.#source ??= sourceOf(this));
  }

  get frozenFile(): string {
    return this.source.frozenFile;
  }

  jobDirectory(job: number): string {
    return this.source.jobDirectory(job);
  }

  jobLogs(job: number): { readonly stdout: string; readonly stderr: string } {
    const directory = this.jobDirectory(job);
    const { stdout, stderr } = this.source.logs;
    return { stdout: path.join(directory, stdout), stderr: path.join(directory, stderr) };
  }

  metricsOf(job: number): Metrics {
    return this.live.get(job) ?? this.state.jobs[job]?.metrics ?? NO_METRICS;
  }

  job(index: number): JobState | undefined {
    const asked = this.state.jobs[index];
    if (asked !== undefined) return asked;
    const { total } = this.state;
    if (!Number.isSafeInteger(index) || index < 0 || (total !== undefined && index >= total))
      return undefined;
    const parameters = this.#peek(index);
    return parameters === undefined
      ? undefined
      : { index, state: 'queued', attempt: 1, parameters, metrics: NO_METRICS };
  }

  queuedPage(offset: number, limit: number): readonly JobState[] {
    const requeued = this.#fold.requeued();
    const page: JobState[] = [];
    for (const index of requeued.slice(offset, offset + limit)) {
      const job = this.state.jobs[index];
      if (job !== undefined) page.push(job);
    }
    let next = this.state.jobs.length + Math.max(0, offset - requeued.length);
    while (page.length < limit) {
      const job = this.job(next);
      if (job === undefined) break;
      page.push(job);
      next += 1;
    }
    return page;
  }

  #peek(index: number): Parameters | undefined {
    if (this.#fold.state === undefined) return undefined;
    this.#plan ??= this.#readPlan();
    return this.#plan === 'unreadable' ? undefined : this.#plan.peek(index);
  }

  #readPlan(): Scheduler | 'unreadable' {
    try {
      return this.source.open().scheduler;
    } catch (error) {
      this.trouble ??= error instanceof Error ? error.message : String(error);
      return 'unreadable';
    }
  }
}
