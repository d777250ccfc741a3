/**
 * Tells when something in a folder may have changed: at once where the system says so, within about a
 * second where it doesn't (network file systems, exhausted watch limits, a folder that isn't there yet).
 */
import fs from 'node:fs';

const POLL_MS = 1000;
/** Bursts of events count as one. */
const GATHER_MS = 15;

export interface FolderWatchOptions {
  /** Which names matter; without it all do. */
  readonly concerns?: (name: string) => boolean;
  /** Milliseconds between two looks that happen in any case. */
  readonly poll?: number;
}

/**
 * Calls `look` after changes and once a second, never twice at a time; for a first look call `refresh`.
 * What `look` throws by itself, apart from such a call, is an unhandled rejection: it should not.
 */
export class FolderWatch {
  readonly #folder: string;
  readonly #look: () => Promise<void>;
  readonly #concerns: (name: string) => boolean;
  readonly #poll: NodeJS.Timeout;
  #watcher: fs.FSWatcher | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #asked = 0;
  #disposed = false;

  constructor(folder: string, look: () => Promise<void>, options: FolderWatchOptions = {}) {
    this.#folder = folder;
    this.#look = look;
    this.#concerns = options.concerns ?? (() => true);
    this.#poll = setInterval(() => this.#tick(), options.poll ?? POLL_MS);
    this.#watch();
  }

  /** Looks now. Resolves when a look that began after this call is over; rejects with what `look` threw. */
  async refresh(): Promise<void> {
    if (this.#disposed) return;
    this.#asked++;
    this.#looking ??= this.#lookUntilQuiet();
    await this.#looking;
  }

  async #lookUntilQuiet(): Promise<void> {
    try {
      for (let seen = 0; seen !== this.#asked && !this.#disposed;) {
        seen = this.#asked;
        await this.#look();
      }
    } finally {
      this.#looking = undefined;
    }
  }

  #tick(): void {
    this.#watch();
    void this.refresh();
  }

  #watch(): void {
    if (this.#watcher !== undefined) return;
    try {
      const watcher = fs.watch(this.#folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#concerns(name)) this.#soon();
      });
      // the folder is gone, or watching broke: polling goes on and watching is tried again
      watcher.on('error', () => this.#unwatch());
      this.#watcher = watcher;
    } catch {
      // no watches left, or no folder yet: polling does as well, only later
      this.#watcher = undefined;
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #soon(): void {
    if (this.#disposed) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.refresh();
    }, GATHER_MS);
  }

  /** Watches anew: the folder under this name may be another one now. */
  restart(): void {
    this.#unwatch();
    if (!this.#disposed) this.#watch();
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#gathering);
    this.#unwatch();
  }
}
