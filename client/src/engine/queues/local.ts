/**
 * The local queue: jobs as processes of this machine, each in a session and process group of its own, so
 * that they outlive the engine. Jobs that an earlier engine started are found again by their claims.
 */
import { LocalAttempt } from './local/attempt.ts';
import type { LocalWorkers } from './local/workers.ts';
import type { Queue, QueueEvent, QueueJob, QueueListener } from './queue.ts';

export { localLauncher } from './local/local-launcher.ts';
export { LocalWorkers } from './local/workers.ts';

const POLL_MS = 250;

export class LocalQueue implements Queue {
  readonly #workers: LocalWorkers;
  readonly #listener: QueueListener;
  readonly #taker = { onFree: (): void => this.#listener.onFree() };
  readonly #attempts = new Map<string, LocalAttempt>();
  #adopted: LocalAttempt[] = [];
  #poll: NodeJS.Timeout | undefined;
  #closed = false;

  /** Jobs that run keep the process alive until the queue is closed. */
  constructor(workers: LocalWorkers, listener: QueueListener) {
    this.#workers = workers;
    this.#listener = listener;
    workers.join(this.#taker);
  }

  free(): number {
    return this.#closed ? 0 : this.#workers.free(this.#taker);
  }

  submit(job: QueueJob): void {
    this.#enter(job).start();
  }

  adopt(job: QueueJob): void {
    this.#adopted.push(this.#enter(job));
    // later, so that a `cancel` right after is known before a job that never started would be started
    if (this.#adopted.length === 1) setImmediate(() => void this.#resumeAdopted());
  }

  cancel(id: string): void {
    this.#attempts.get(id)?.cancel();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    for (const attempt of this.#attempts.values()) attempt.close();
    this.#workers.leave(this.#taker);
  }

  #enter(job: QueueJob): LocalAttempt {
    const emit = (event: QueueEvent): void => {
      if (event.type === 'ended') this.#attempts.delete(job.id);
      this.#listener.onEvent(event);
    };
    const onWatched = (): void => this.#watch();
    const attempt = new LocalAttempt({ job, workers: this.#workers, taker: this.#taker, emit, onWatched });
    this.#attempts.set(job.id, attempt);
    return attempt;
  }

  async #resumeAdopted(): Promise<void> {
    const adopted = this.#adopted;
    this.#adopted = [];
    const begun = await Promise.all(adopted.map((attempt) => attempt.resume()));
    if (this.#closed) return;
    // those that run hold their slots by now
    for (const [index, attempt] of adopted.entries()) if (begun[index] === false) attempt.start();
  }

  /** One timer for all jobs whose end no event tells. */
  #watch(): void {
    this.#poll ??= setInterval(() => {
      const watched = [...this.#attempts.values()].filter((attempt) => attempt.isWatched);
      for (const attempt of watched) attempt.look();
      if (watched.length > 0) return;
      clearInterval(this.#poll);
      this.#poll = undefined;
    }, POLL_MS);
  }
}
