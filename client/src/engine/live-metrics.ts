/** Reads what running jobs report, once a second while there are any. */
import type { MetricsReader } from './metrics/metrics-file.ts';
import type { Metrics } from './events.ts';
import type { SweepEntry } from './sweep-entry.ts';

const POLL_MS = 1_000;

interface Reader {
  readonly attempt: number;
  readonly file: MetricsReader;
}

export class LiveMetrics {
  readonly #entry: SweepEntry;
  readonly #onMetrics: (jobs: readonly number[]) => void;
  readonly #readers = new Map<number, Reader>();
  #timer: NodeJS.Timeout | undefined;

  constructor(entry: SweepEntry, onMetrics: (jobs: readonly number[]) => void) {
    this.#entry = entry;
    this.#onMetrics = onMetrics;
  }

  /** To be called when jobs started or ended. */
  update(): void {
    const running = this.#entry.fold.active();
    for (const job of this.#readers.keys()) {
      if (running.has(job)) continue;
      this.#readers.delete(job);
      this.#entry.live.delete(job);
    }
    if (running.size > 0) this.#timer ??= setInterval(() => this.#poll(), POLL_MS).unref();
    else this.close();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    const changed: number[] = [];
    for (const index of this.#entry.fold.active()) {
      const job = this.#entry.state.jobs[index];
      if (job?.state !== 'running') continue;
      let reader = this.#readers.get(index);
      if (reader?.attempt !== job.attempt) {
        reader = { attempt: job.attempt, file: this.#entry.source.metricsReader(index) };
        this.#readers.set(index, reader);
      }
      const metrics: Metrics | undefined = reader.file.readNew();
      if (metrics === undefined) continue;
      this.#entry.live.set(index, metrics);
      changed.push(index);
    }
    if (changed.length > 0) this.#onMetrics(changed);
  }
}
