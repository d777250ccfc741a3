/**
 * Runs a task when asked, at once if it rested for `interval` ms, else when that time is over. Requests in between
 * are one run: a storm of changes costs a view no more than one refresh per interval.
 */
export class Throttle {
  readonly #interval: number;
  readonly #task: () => void;
  #timer: NodeJS.Timeout | undefined;
  #again = false;

  constructor(interval: number, task: () => void) {
    this.#interval = interval;
    this.#task = task;
  }

  request(): void {
    if (this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.request();
    }, this.#interval);
    this.#task();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
  }
}
