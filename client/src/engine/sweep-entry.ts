/** One sweep as views see it: the folded state, and what can be said of jobs that were not asked for yet. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { planOf } from '#core/search/plan-of.ts';
import { readSweep } from '#core/sweep/read.ts';
import type { Parameters } from '#core/value.ts';
import type { Metrics } from './events.ts';
import { type Scheduler } from './schedulers/scheduler.ts';
import { planScheduler } from './schedulers/search.ts';
import { type JobState, SweepFold, type SweepState } from './sweep-state.ts';
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

  jobDirectory(job: number): string {
    return path.join(this.directory, 'jobs', String(job));
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
    const state = this.#fold.state;
    if (state === undefined) return undefined;
    this.#plan ??= this.#readPlan(state.seed);
    return this.#plan === 'unreadable' ? undefined : this.#plan.peek(index);
  }

  #readPlan(seed: number): Scheduler | 'unreadable' {
    let text: string;
    try {
      text = readFileSync(path.join(this.directory, 'sweep.yaml'), 'utf8');
    } catch (error) {
      this.trouble ??= `The frozen sweep file of ${this.id} can't be read: ${String(error)}`;
      return 'unreadable';
    }
    const { sweep } = readSweep(text);
    const plan = sweep === undefined ? undefined : planOf(sweep, seed);
    return plan === undefined ? 'unreadable' : planScheduler(plan);
  }
}
