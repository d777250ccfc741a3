/**
 * Watches one batch system for all jobs of this process: one status call at a time and one per interval,
 * whatever the number of jobs, sweeps and queues. Nothing is asked while nothing of ours is unfinished; while
 * nobody looks it is asked less and less, never not at all: a preempted job is to run again, the end be told.
 */
import type { Listing, NativeId } from './batch-system.ts';
import type { Connection } from './connection.ts';
import { nextInterval } from './pace.ts';
import { Snapshot } from './snapshot.ts';

/** Somebody whose jobs are watched. */
export interface Watcher {
  /** The unfinished jobs. */
  unfinished(): readonly NativeId[];
  /** Whether anything but what is shown depends on the next answer: jobs to be submitted or run again. */
  needsNews(): boolean;
  /** Returns whether anything changed. */
  onSnapshot(snapshot: Snapshot): boolean;
  /** The system answered, or failed to. Comes behind `onSnapshot`. */
  onFreshness?(freshness: Freshness): void;
}

/** How fresh the picture is; times in ms since 1970. */
export interface Freshness {
  /** When the system last answered; undefined: never yet. */
  readonly asOf: number | undefined;
  /** Since when it does not answer, and its words; undefined while it does. */
  readonly stale: { readonly since: number; readonly sentence: string } | undefined;
}

export interface MonitorOptions {
  /** Shortest time between two status calls, in ms; read at every use. */
  readonly interval: () => number;
  readonly onFreshness?: (freshness: Freshness) => void;
}

export class Monitor {
  readonly connection: Connection;
  readonly #options: MonitorOptions;
  readonly #watchers = new Set<Watcher>();
  #freshness: Freshness = { asOf: undefined, stale: undefined };
  #focused = true;
  #asking = false;
  #timer: NodeJS.Timeout | undefined;
  /** `performance.now()` of the latest answer and of the moment from which a look makes sense. */
  #answeredAt = -Infinity;
  #notBefore = 0;
  #lastDuration = 0;
  #unchanged = 0;
  #failures = 0;

  constructor(connection: Connection, options: MonitorOptions) {
    this.connection = connection;
    this.#options = options;
  }

  get freshness(): Freshness {
    return this.#freshness;
  }

  join(watcher: Watcher): void {
    this.#watchers.add(watcher);
    this.#schedule();
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    this.#schedule();
  }

  /** Something was submitted or asked for: news is to be expected. */
  expectNews(): void {
    this.#unchanged = 0;
    this.#notBefore = performance.now() + this.connection.timing.firstLook;
    this.#schedule();
  }

  /** Whether somebody looks. Coming back brings one look, as soon as the interval allows. */
  setFocused(focused: boolean): void {
    if (focused && !this.#focused) this.#unchanged = 0;
    this.#focused = focused;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#asking || !this.#isWorthwhile()) return;
    const wait = nextInterval(
      { interval: this.#options.interval() },
      {
        lastDuration: this.#lastDuration,
        unchanged: this.#unchanged,
        failures: this.#failures,
        watched: this.#isWatched(),
      },
    );
    const due = Math.max(this.#answeredAt + wait, this.#notBefore) - performance.now();
    this.#timer = setTimeout(() => void this.#ask(), Math.max(0, due));
  }

  #isWorthwhile(): boolean {
    for (const watcher of this.#watchers) {
      if (watcher.unfinished().length > 0) return true;
    }
    return false;
  }

  /** Whether news is wanted as soon as may be: somebody looks, or jobs are to be submitted or run again. */
  #isWatched(): boolean {
    return this.#focused || [...this.#watchers].some((watcher) => watcher.needsNews());
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const askedAt = performance.now();
    try {
      const ids = [...this.#watchers].flatMap((watcher) => watcher.unfinished());
      this.#take(await this.connection.list(ids), askedAt);
    } finally {
      // whatever went wrong: it is asked again
      this.#asking = false;
      this.#schedule();
    }
  }

  #take(listing: Listing, askedAt: number): void {
    this.#answeredAt = performance.now();
    this.#lastDuration = this.#answeredAt - askedAt;
    if (listing.kind === 'failed') {
      this.#failures++;
      this.#tell({
        asOf: this.#freshness.asOf,
        stale: { since: this.#freshness.stale?.since ?? Date.now(), sentence: listing.sentence },
      });
    } else {
      this.#failures = 0;
      const snapshot = new Snapshot(listing.jobs, askedAt);
      // all of them, also behind one that has news
      const news = [...this.#watchers].filter((watcher) => watcher.onSnapshot(snapshot));
      // what nobody waits for doesn't hasten the next look
      this.#unchanged = news.length > 0 && this.#isWatched() ? 0 : this.#unchanged + 1;
      this.#tell({ asOf: Date.now(), stale: undefined });
    }
  }

  #tell(freshness: Freshness): void {
    this.#freshness = freshness;
    this.#options.onFreshness?.(freshness);
    for (const watcher of [...this.#watchers]) watcher.onFreshness?.(freshness);
  }
}
