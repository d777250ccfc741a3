/**
 * When to analyse a document that is being edited: soon after the last keystroke, later the more an
 * analysis costs, and now and then also while the keystrokes don't stop.
 */

/** Milliseconds. */
export const pace = {
  /** Enough for the messages that came along with the edit; nothing else is worth waiting for when analysing is cheap. */
  shortest: 1,
  /** An analysis that takes no longer can be made at each key of the fastest typist. */
  cheap: 25,
  longest: 100,
  /** Edits that never pause are analysed this often all the same, or ten times the analysis when that is more. */
  starvation: 1000,
} as const;

/** How long to wait after an edit when the last analysis took `cost` milliseconds. */
export const delayAfterEdit = (cost: number, cheap: number = pace.cheap): number =>
  cost <= cheap ? pace.shortest : Math.min(pace.longest, cost / 2);

export interface PacerOptions {
  readonly clock?: Clock;
  /** Milliseconds: what the language takes for a cheap analysis. */
  readonly cheap?: number | undefined;
}

export interface Clock {
  now(): number;
  /** Calls back once after `delay` milliseconds; returns what undoes it. */
  after(delay: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Runs one document's analysis when it is due. */
export class Pacer {
  readonly #clock: Clock;
  readonly #cheap: number;
  readonly #run: () => void;
  #cancel: (() => void) | undefined;
  #firstEdit: number | undefined;
  #cost = 0;

  constructor(run: () => void, { clock = systemClock, cheap = pace.cheap }: PacerOptions = {}) {
    this.#run = run;
    this.#clock = clock;
    this.#cheap = cheap;
  }

  /** How long the last analysis took, in milliseconds. */
  took(cost: number): void {
    this.#cost = cost;
  }

  /** The document was edited: run after a pause. */
  edited(): void {
    const now = this.#clock.now();
    this.#firstEdit ??= now;
    const starving = this.#firstEdit + Math.max(pace.starvation, 10 * this.#cost) - now;
    this.#schedule(Math.max(0, Math.min(delayAfterEdit(this.#cost, this.#cheap), starving)));
  }

  /** Run as soon as what is going on now is done. */
  soon(): void {
    this.#schedule(0);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#firstEdit = undefined;
  }

  #schedule(delay: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(delay, () => {
      this.stop();
      this.#run();
    });
  }
}
