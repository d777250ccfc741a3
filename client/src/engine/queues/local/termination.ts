/** The end of a job on request: a signal to its whole process group, a harder one after the grace period. */
import { type ProcessTree, processTree } from './process-tree.ts';

const POLL_MS = 100;
/** A process that SIGKILL doesn't end within this time hangs in the kernel; waiting on is useless. */
const KILLED_MS = 5_000;

export interface TerminationOptions {
  /** The leader of the process group. The caller has made sure that it is still the job's. */
  readonly pid: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly gracePeriod: number;
  readonly tree?: ProcessTree;
}

export class Termination {
  readonly #pid: number;
  readonly #tree: ProcessTree;
  readonly #killAt: number;
  readonly #listeners: (() => void)[] = [];
  readonly #poll: NodeJS.Timeout;
  #killed = false;
  #over = false;

  /** Sends SIGTERM at once. */
  constructor({ pid, gracePeriod, tree = processTree }: TerminationOptions) {
    this.#pid = pid;
    this.#tree = tree;
    this.#killAt = performance.now() + gracePeriod * 1000;
    tree.stop(pid);
    this.#poll = setInterval(() => this.#look(), Math.min(POLL_MS, Math.max(1, gracePeriod * 1000)));
  }

  /**
   * Calls back when nothing of the process group is left. Until then its number can't be given to
   * another group, so that a late SIGKILL never hits a stranger.
   */
  whenOver(listener: () => void): void {
    this.#look();
    if (this.#over) listener();
    else this.#listeners.push(listener);
  }

  /** Leaves the processes to themselves. */
  abandon(): void {
    this.#listeners.length = 0;
    clearInterval(this.#poll);
  }

  #look(): void {
    if (this.#over) return;
    const now = performance.now();
    if (this.#tree.exists(this.#pid) && now < this.#killAt + KILLED_MS) {
      if (now >= this.#killAt && !this.#killed) {
        this.#killed = true;
        this.#tree.kill(this.#pid);
      }
      return;
    }
    this.#over = true;
    clearInterval(this.#poll);
    for (const listener of this.#listeners) listener();
  }
}
