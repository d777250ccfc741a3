/** What one status query told, for looking jobs up. */
import type { NativeId, NativeJob } from './batch-system.ts';

export class Snapshot {
  /** When the query began, by `performance.now()`: of what was submitted later it says nothing. */
  readonly askedAt: number;
  readonly #byId = new Map<string, NativeJob>();
  readonly #byPlace = new Map<string, NativeJob>();

  constructor(jobs: readonly NativeJob[], askedAt: number) {
    this.askedAt = askedAt;
    for (const job of jobs) {
      this.#byId.set(job.id, job);
      this.#byPlace.set(placeKey(job), job);
    }
  }

  find(native: NativeId): NativeJob | undefined {
    if (native.id !== undefined) return this.#byId.get(native.id);
    return this.#byPlace.get(placeKey(native));
  }
}

const placeKey = ({ base, task }: Pick<NativeId, 'base' | 'task'>): string =>
  task === undefined ? base : `${base} ${task}`;
