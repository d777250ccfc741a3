/** What people ask of jobs that a batch system has: to end, to wait, to go on. Each in as few commands as can be. */
import type { BatchListener } from '../queue.ts';
import type { Cancellation, Tracked } from './batch.ts';
import type { NativeId, Verdict } from './batch-system.ts';
import type { Monitor } from './monitor.ts';

/** How the sentence of a request that the batch system did not grant begins; its own words follow. */
const refusedBeginning = 'Jobs could not be ';

/** Whether a notice of a sweep says that somebody's request could not be granted, and whether it is tried again. */
export function requestRefusal(notice: string): 'final' | 'tried-again' | undefined {
  if (!notice.startsWith(refusedBeginning)) return undefined;
  return notice.startsWith(`${refusedBeginning}${triedAgain}`) ? 'tried-again' : 'final';
}

const triedAgain = 'cancelled; it is tried again. ';

export interface RequestsOptions {
  readonly monitor: Monitor;
  readonly listener: Pick<BatchListener, 'onNotice'>;
  /** The queue's unfinished jobs. */
  readonly jobs: ReadonlyMap<string, Tracked>;
  /** Ends a job that was not handed in yet. Returns whether it was one. */
  readonly takeBack: (tracked: Tracked) => boolean;
}

export class Requests {
  readonly #options: RequestsOptions;
  /** Jobs that are to wait and that the system does not have yet. */
  readonly #toBeHeld = new Set<Tracked>();
  #cancelTimer: NodeJS.Immediate | undefined;
  /** What was last said of cancels that failed; the same is not said again. */
  #lastRefusal: string | undefined;
  #closed = false;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  cancel(id: string): void {
    const tracked = this.#options.jobs.get(id);
    if (tracked === undefined || tracked.cancelled !== undefined) return;
    tracked.cancelled = { sentAt: -Infinity, sent: 0 };
    // later: many are cancelled in one call, and no event comes out of this one
    this.#cancelTimer ??= setImmediate(() => this.sendCancels());
  }

  hold(ids: readonly string[]): void {
    this.#ask('held', ids, (native) => this.#options.monitor.connection.hold(native));
  }

  release(ids: readonly string[]): void {
    this.#ask('released', ids, (native) => this.#options.monitor.connection.release(native));
  }

  /** The system has these jobs from now on: what was asked of them meanwhile is asked of it. */
  onAccepted(jobs: readonly Tracked[]): void {
    this.sendCancels();
    const held = jobs.filter((tracked) => this.#toBeHeld.delete(tracked) && tracked.cancelled === undefined);
    if (held.length > 0) this.hold(held.map(({ job }) => job.id));
  }

  close(): void {
    this.#closed = true;
    clearImmediate(this.#cancelTimer);
  }

  /** Cancels in one call whatever is to be cancelled and was not, or not with success. */
  sendCancels(): void {
    this.#cancelTimer = undefined;
    const { jobs, monitor, takeBack } = this.#options;
    const { connection } = monitor;
    const now = performance.now();
    const due: Tracked[] = [];
    for (const tracked of [...jobs.values()]) {
      const { cancelled } = tracked;
      if (cancelled === undefined || takeBack(tracked)) continue;
      if (tracked.native !== undefined && isDue(cancelled, now, connection.timing.cancelAgain))
        due.push(tracked);
    }
    if (due.length === 0 || this.#closed) return;
    for (const { cancelled } of due) {
      if (cancelled === undefined) continue;
      cancelled.sent++;
      cancelled.sentAt = now;
    }
    void connection.cancel(idsOf(due, jobs.values())).then((verdict) => {
      if (this.#closed) return;
      const refusal = verdict.kind === 'failed' ? verdict.sentence : undefined;
      if (refusal !== undefined && refusal !== this.#lastRefusal)
        this.#options.listener.onNotice(`${refusedBeginning}${triedAgain}${refusal}`);
      this.#lastRefusal = refusal;
      monitor.expectNews();
    });
  }

  #ask(
    what: 'held' | 'released',
    ids: readonly string[],
    request: (native: readonly NativeId[]) => Promise<Verdict>,
  ): void {
    // later: what was just adopted learns its native id in the meantime
    setImmediate(() => this.#askNow(what, ids, request));
  }

  #askNow(
    what: 'held' | 'released',
    ids: readonly string[],
    request: (native: readonly NativeId[]) => Promise<Verdict>,
  ): void {
    if (this.#closed) return;
    const { jobs, monitor, listener } = this.#options;
    const meant = ids.flatMap((id) => jobs.get(id) ?? []);
    // what runs is not held: an array whose other tasks are all meant is held as a whole where that is the only way
    const counted =
      monitor.connection.system.holdsOnlyWholeArrays === true
        ? [...jobs.values()].filter(({ isRunning }) => !isRunning)
        : jobs.values();
    const native = idsOf(meant, counted);
    for (const tracked of meant) {
      if (what === 'released') this.#toBeHeld.delete(tracked);
      else if (tracked.native === undefined) this.#toBeHeld.add(tracked);
    }
    if (native.length === 0) return;
    void request(native).then((verdict) => {
      if (this.#closed) return;
      if (verdict.kind === 'failed') listener.onNotice(`${refusedBeginning}${what}. ${verdict.sentence}`);
      monitor.expectNews();
    });
  }
}

/**
 * The native ids of the jobs that are meant. An array all of whose tasks among `counted` are meant goes by its own
 * id: that is one word instead of many, and Slurm keeps a record of it, as it does not of single tasks that never began.
 */
function idsOf(meant: readonly Tracked[], counted: Iterable<Tracked>): readonly NativeId[] {
  const left = new Map<string, number>();
  const count = ({ native }: Tracked, by: number): void => {
    if (native !== undefined && isTask(native)) left.set(native.base, (left.get(native.base) ?? 0) + by);
  };
  for (const tracked of counted) count(tracked, 1);
  for (const tracked of meant) count(tracked, -1);
  const whole = new Set<string>();
  return meant.flatMap(({ native }) => {
    if (native === undefined) return [];
    if (!isTask(native) || (left.get(native.base) ?? 0) > 0) return [native];
    if (whole.has(native.base)) return [];
    whole.add(native.base);
    return [{ base: native.base }];
  });
}

/** A task that has no id of its own beside the array's. */
const isTask = ({ task, id }: NativeId): boolean => task !== undefined && id === undefined;

const MOST_DOUBLINGS = 5;

/** As long as the job is there it is asked for once more, each time after twice as long. */
function isDue({ sent, sentAt }: Cancellation, now: number, again: number): boolean {
  return sent === 0 || now - sentAt >= again * 2 ** Math.min(sent - 1, MOST_DOUBLINGS);
}
