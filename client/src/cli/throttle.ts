/** Calls `act` at once, then at most every `interval` ms however often `request` is called; the last request is never lost. */
export class Throttle {
  readonly #act: () => void;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;

  constructor(interval: number, act: () => void) {
    this.#interval = interval;
    this.#act = act;
  }

  request(): void {
    if (this.#timer !== undefined) {
      this.#wanted = true;
      return;
    }
    this.#act();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#wanted) return;
      this.#wanted = false;
      this.request();
    }, this.#interval);
  }

  /** Forgets what was requested and not done. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = false;
  }
}
