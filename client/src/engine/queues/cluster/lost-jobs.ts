/** Jobs that count as lost: their exit records may turn up all the same, and so may they. */
import { StorageError } from '../../atomic-file.ts';
import type { QueueEvent, QueueJob } from '../queue.ts';
import type { NativeId } from './batch-system.ts';
import type { Connection } from './connection.ts';
import type { Found } from './tracker.ts';

export interface LostJobsOptions {
  readonly connection: Connection;
  /** What the exit record alone tells; undefined while there is none. @throws StorageError */
  readonly recordOf: (job: QueueJob) => Found | undefined;
  readonly emit: (event: QueueEvent) => void;
  readonly onNotice: (sentence: string) => void;
}

interface LostJob {
  readonly job: QueueJob;
  /** How the batch system knew it, if that is known. */
  readonly native: NativeId | undefined;
}

export class LostJobs {
  readonly #options: LostJobsOptions;
  readonly #jobs = new Map<string, LostJob>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LostJobsOptions) {
    this.#options = options;
  }

  watch(job: QueueJob, native: NativeId | undefined): void {
    this.#jobs.set(job.id, { job, native });
    this.#timer ??= setInterval(() => this.#look(), this.#options.connection.timing.lostAgain);
    this.#timer.unref();
  }

  forget(id: string): void {
    this.#jobs.delete(id);
  }

  /** The job gets another attempt, beside which the lost one shall not go on: it may be there where listing it failed. */
  endEarlier(id: string): void {
    const native = this.#jobs.get(id)?.native;
    if (native === undefined) return;
    void this.#options.connection.cancel([native]).then((verdict) => {
      if (verdict.kind === 'done' || this.#closed) return;
      const what = `The earlier attempt of ${id}, which counts as lost, could not be cancelled.`;
      this.#options.onNotice(`${what} ${verdict.sentence}`);
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const [id, { job }] of this.#jobs) {
      const found = this.#found(job);
      if (found === undefined) continue;
      this.#jobs.delete(id);
      const { startedAt, endedAt } = found.record;
      this.#options.emit({ type: 'ended', id, attempt: job.attempt, ...found.outcome, startedAt, endedAt });
    }
  }

  #found(job: QueueJob): Found | undefined {
    try {
      return this.#options.recordOf(job);
    } catch (error) {
      // what can't be read just now is looked for again
      if (error instanceof StorageError) return undefined;
      throw error;
    }
  }
}
