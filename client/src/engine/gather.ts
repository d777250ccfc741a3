/** Gathers changes of one sweep so that views hear of them at most ten times a second. */
import type { FoldChange } from './sweep-fold.ts';

const GATHER_MS = 100;

export class ChangeGatherer {
  readonly #tell: (change: FoldChange) => void;
  #jobs = new Set<number>();
  #phase = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (change: FoldChange) => void) {
    this.#tell = tell;
  }

  add(change: FoldChange): void {
    if (change.jobs.length === 0 && !change.phase) return;
    for (const job of change.jobs) this.#jobs.add(job);
    this.#phase ||= change.phase;
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Tells at once what was gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#jobs.size === 0 && !this.#phase) return;
    const change: FoldChange = { jobs: [...this.#jobs], phase: this.#phase };
    this.#jobs = new Set();
    this.#phase = false;
    this.#tell(change);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
