/**
 * Failure brakes: a sweep whose jobs fail at once is paused before it burns the rest. The numbers are
 * those of W&B's agent (wandb agent: flapping = 3 failures in the first 60 s, failing = 5 initial
 * failures); a continue counts as a fresh start, as starting the agent again does there.
 */
import type { JournalEvent, PhaseReason } from './events.ts';
import type { BrakeSettings } from './settings.ts';

const FLAPPING_FAILURES = 3;
const FLAPPING_WINDOW_MS = 60_000;
const INITIAL_FAILURES = 5;

export interface Brake {
  readonly reason: Extract<PhaseReason, 'brake-flapping' | 'brake-failing' | 'brake-consecutive'>;
  readonly detail: string;
}

/** Counts what the brakes need, over the same events as the state, since the start or the last continue. */
export class BrakeTally {
  /** Per host: when its first job started, and how many failed within the window after that. */
  readonly #hosts = new Map<string, { readonly since: number; failures: number }>();
  readonly #hostOf = new Map<number, string>();
  #failed = 0;
  #finished = 0;
  #consecutive = 0;

  apply(event: JournalEvent): void {
    if (event.type === 'started') {
      const host = event.host ?? '';
      this.#hostOf.set(event.job, host);
      if (!this.#hosts.has(host)) this.#hosts.set(host, { since: event.at, failures: 0 });
    } else if (event.type === 'ended') {
      this.#ended(event);
    } else if (event.type === 'phase' && event.phase === 'running') {
      this.#hosts.clear();
      this.#failed = 0;
      this.#finished = 0;
      this.#consecutive = 0;
    }
  }

  #ended(event: Extract<JournalEvent, { type: 'ended' }>): void {
    const host = this.#hostOf.get(event.job) ?? '';
    this.#hostOf.delete(event.job);
    if (event.state === 'done') {
      this.#finished += 1;
      this.#consecutive = 0;
    } else if (event.state === 'failed' || event.state === 'lost') {
      this.#failed += 1;
      this.#consecutive += 1;
      const tally = this.#hosts.get(host) ?? { since: event.at, failures: 0 };
      const age = event.at - tally.since; // negative after the clock was set back
      if (age >= 0 && age <= FLAPPING_WINDOW_MS) tally.failures += 1;
      this.#hosts.set(host, tally);
    }
  }

  /** The brake that the latest failure pulled, if any. Ask after each job that failed. */
  check(settings: BrakeSettings): Brake | undefined {
    if (settings.consecutive > 0 && this.#consecutive >= settings.consecutive) {
      return {
        reason: 'brake-consecutive',
        detail: `Paused: ${this.#consecutive} jobs in a row failed. Look at their logs, then continue or cancel.`,
      };
    }
    if (!settings.enabled) return undefined;
    for (const [host, { failures }] of this.#hosts) {
      if (failures >= FLAPPING_FAILURES) {
        const where = host === '' ? '' : ` on ${host}`;
        return {
          reason: 'brake-flapping',
          detail: `Paused: ${failures} jobs failed in the first 60 seconds${where}. Look at their logs, then continue or cancel.`,
        };
      }
    }
    if (this.#failed >= INITIAL_FAILURES && this.#failed >= this.#finished) {
      return {
        reason: 'brake-failing',
        detail: `Paused: ${this.#failed} jobs failed and ${this.#finished} finished. Look at their logs, then continue or cancel.`,
      };
    }
    return undefined;
  }
}
