/**
 * The sweeps of one workspace folder. Every sweep is followed by its journal; those that nobody runs are
 * taken over when this process may run sweeps. One tick every two seconds looks for new folders and dead owners.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Requester, SweepRequest } from './events.ts';
import { freezeSweep } from './freeze.ts';
import { ChangeGatherer } from './gather.ts';
import { dropRequest, withdrawRequest } from './inbox.ts';
import { JournalTail } from './journal-tail.ts';
import { LiveMetrics } from './live-metrics.ts';
import { type OwnedSweep, takeOver } from './owned-sweep.ts';
import { readOwner } from './owner-lock.ts';
import type { LocalWorkers } from './queues/local/workers.ts';
import type { Connections } from './queues/queues.ts';
import { targetsOf } from './sources/batch/target.ts';
import { freezeSubmission } from './submit.ts';
import { SweepEntry } from './sweep-entry.ts';
import { deleteSweepFolder, listSweepFolders, pathsIn, sweepsFolder } from './sweep-folder.ts';
import type { FoldChange } from './sweep-fold.ts';
import { isFinal } from './sweep-state.ts';
import type {
  Disposable,
  LaunchOptions,
  SubmitOptions,
  Sweeps,
  SweepsChange,
  SweepsOptions,
  SweepView,
} from './sweeps.ts';

const TICK_MS = 2_000;
/** How long the owner of a sweep may take to answer a request. */
const ANSWER_MS = 30_000;
const ANSWER_POLL_MS = 50;

interface Followed {
  readonly entry: SweepEntry;
  readonly gatherer: ChangeGatherer;
  readonly live: LiveMetrics;
  tail: JournalTail | undefined;
  owned: OwnedSweep | undefined;
  /** A take-over under way: at most one at a time. */
  taking: Promise<string | undefined> | undefined;
  /** Ticks in a row at which nobody owned it. */
  ownerless: number;
  /** Bytes of the journal when following it ended because the sweep was over. */
  restingSize: number | undefined;
}

export class WorkspaceSweeps implements Sweeps {
  readonly #options: SweepsOptions;
  readonly #folder: string;
  readonly #by: Requester;
  readonly #workers: LocalWorkers;
  readonly #connections: Connections;
  readonly #followed = new Map<string, Followed>();
  readonly #listeners = new Set<(change: SweepsChange) => void>();
  #watcher: FSWatcher | undefined;
  #watched: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #closed = false;

  constructor(options: SweepsOptions, workers: LocalWorkers, connections: Connections) {
    this.#options = options;
    this.#folder = sweepsFolder(options.root);
    this.#by = { program: options.program, host: hostname(), pid: process.pid };
    this.#workers = workers;
    this.#connections = connections;
  }

  async open(): Promise<void> {
    await this.#look(true);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  list(): readonly SweepView[] {
    return [...this.#followed.values()]
      .map(({ entry }) => entry)
      .filter((entry) => entry.isKnown)
      .sort((a, b) => b.state.launchedAt - a.state.launchedAt || (a.id < b.id ? 1 : -1));
  }

  get(id: string): SweepView | undefined {
    const entry = this.#followed.get(id)?.entry;
    return entry?.isKnown === true ? entry : undefined;
  }

  async launch(file: string, options: LaunchOptions = {}): Promise<SweepView> {
    const { root, settings, version } = this.#options;
    return this.#begin(await freezeSweep(file, options, { root, version, ...settings() }));
  }

  async submit(file: string, options: SubmitOptions = {}): Promise<SweepView> {
    const { root, version, settings } = this.#options;
    return this.#begin(
      await freezeSubmission(file, options, { root, version, targets: targetsOf(settings()) }),
    );
  }

  /** Follows and runs a sweep whose folder has just been written. */
  async #begin(id: string): Promise<SweepView> {
    const followed = await this.#follow(id);
    await this.#takeOver(followed);
    this.#tell({ type: 'added', sweep: id });
    return followed.entry;
  }

  async request(id: string, request: SweepRequest): Promise<void> {
    const followed = this.#known(id);
    const requestId = randomUUID();
    const deadline = performance.now() + ANSWER_MS;
    let dropped: string | undefined;
    try {
      for (;;) {
        await followed.taking;
        const { owned, entry } = followed;
        if (owned !== undefined) {
          refuse(owned.request(requestId, request));
          return;
        }
        if (entry.fold.hasRequest(dropped ?? requestId)) {
          refuse(entry.fold.refusalOf(dropped ?? requestId));
          return;
        }
        const owner = await readOwner(entry.directory);
        if (owner.kind === 'nobody') {
          if (dropped !== undefined) await withdrawRequest(entry.directory, dropped);
          const isRunning = !isFinal(entry.state.phase) && entry.state.phase !== 'paused';
          // to resume a running sweep that nobody runs is to take it over
          const first =
            request.type === 'resume' && isRunning ? undefined : { id: dropped ?? requestId, request };
          refuse(await this.#takeOver(followed, first));
          if (first === undefined && followed.owned !== undefined) return;
        } else {
          dropped ??= await dropRequest(entry.directory, request, this.#by);
          if (followed.tail === undefined) await this.#tail(followed); // the answer comes by the journal
        }
        if (performance.now() > deadline) {
          throw new Error(
            `${id} is held by ${owner.kind === 'held' ? owner.description : 'another process'}, which did not answer within ${ANSWER_MS / 1000} seconds.`,
          );
        }
        await pause(ANSWER_POLL_MS);
      }
    } finally {
      if (dropped !== undefined && !followed.entry.fold.hasRequest(dropped)) {
        await withdrawRequest(followed.entry.directory, dropped);
      }
    }
  }

  async delete(id: string): Promise<void> {
    const followed = this.#known(id);
    const { entry } = followed;
    await followed.taking;
    const owner = await readOwner(entry.directory);
    if (!isFinal(entry.state.phase)) {
      throw new Error(`${id} is ${entry.state.phase}. Cancel it before you delete it.`);
    }
    if (owner.kind === 'held' || followed.owned !== undefined) {
      throw new Error(`${id} is being finished right now. Try again in a moment.`);
    }
    this.#unfollow(followed);
    await deleteSweepFolder(this.#options.root, id);
    this.#tell({ type: 'removed', sweep: id });
  }

  onDidChange(listener: (change: SweepsChange) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  settled(id: string): Promise<SweepView> {
    const followed = this.#known(id);
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.#isSettled(followed)) return;
        subscription.dispose();
        resolve(followed.entry);
      };
      const subscription = this.onDidChange(check);
      check();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#watcher?.close();
    await this.#ticking;
    await Promise.all(
      [...this.#followed.values()].map(async (followed) => {
        await followed.taking;
        await followed.owned?.close();
        followed.owned = undefined;
        this.#unfollow(followed);
      }),
    );
  }

  /** A call, since it may change during every `await`. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #known(id: string): Followed {
    const followed = this.#followed.get(id);
    if (followed?.entry.isKnown !== true) {
      throw new Error(`There is no sweep ${id} in ${this.#folder}.`);
    }
    return followed;
  }

  #isSettled({ entry, owned }: Followed): boolean {
    const { phase } = entry.state;
    return (isFinal(phase) && owned === undefined) || (phase === 'paused' && entry.fold.active().size === 0);
  }

  #tell(change: SweepsChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  #tick(): void {
    this.#ticking ??= this.#look(false)
      .catch((error: unknown) => this.#options.log(sentenceOf(error)))
      .finally(() => (this.#ticking = undefined));
  }

  /** Finds sweeps that appeared or disappeared, and owners that are gone. */
  async #look(first: boolean): Promise<void> {
    if (this.#isClosed()) return;
    this.#watchFolder();
    const ids = new Set(await listSweepFolders(this.#options.root));
    for (const [id, followed] of this.#followed) {
      if (ids.has(id) || followed.owned !== undefined || followed.taking !== undefined) continue;
      this.#unfollow(followed);
      this.#tell({ type: 'removed', sweep: id });
    }
    for (const id of ids) {
      if (this.#isClosed() || this.#followed.has(id)) continue;
      const followed = await this.#follow(id);
      if (followed.entry.isKnown) this.#tell({ type: 'added', sweep: id });
    }
    for (const followed of [...this.#followed.values()]) {
      if (this.#isClosed()) return;
      await this.#wake(followed);
      await this.#checkOwner(followed, first).catch((error: unknown) => this.#options.log(sentenceOf(error)));
    }
  }

  async #checkOwner(followed: Followed, adoptAtOnce: boolean): Promise<void> {
    const { entry } = followed;
    if (!entry.isKnown || followed.owned !== undefined || followed.taking !== undefined) return;
    const before = entry.owner;
    const sight = isFinal(entry.state.phase)
      ? ({ kind: 'nobody' } as const)
      : await readOwner(entry.directory);
    entry.owner = sight.kind === 'nobody' ? sight : { kind: 'elsewhere', description: sight.description };
    if (before.kind !== entry.owner.kind)
      this.#tell({ type: 'changed', sweep: entry.id, jobs: [], phase: true });
    followed.ownerless = sight.kind === 'nobody' ? followed.ownerless + 1 : 0;
    if (!this.#options.run || sight.kind !== 'nobody' || isFinal(entry.state.phase)) return;
    // whoever has just launched it is about to take the lock
    if (adoptAtOnce || followed.ownerless > 1) await this.#takeOver(followed);
  }

  /** Watches `.sweeps`, or the folder it will appear in. The tick goes on where watching isn't possible. */
  #watchFolder(): void {
    const folder = existsSync(this.#folder) ? this.#folder : this.#options.root;
    if (folder === this.#watched) return;
    this.#watcher?.close();
    this.#watched = folder;
    try {
      this.#watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (folder === this.#folder || name === path.basename(this.#folder)) this.#tick();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch (error) {
      this.#options.log(
        `Changes in ${folder} are noticed every ${TICK_MS / 1000} seconds only: ${sentenceOf(error)}`,
      );
    }
  }

  async #follow(id: string): Promise<Followed> {
    const existing = this.#followed.get(id);
    if (existing !== undefined) return existing;
    const entry = new SweepEntry(id, path.join(this.#folder, id));
    const followed: Followed = {
      entry,
      gatherer: new ChangeGatherer((change) => {
        this.#tell({ type: 'changed', sweep: id, jobs: change.jobs, phase: change.phase });
      }),
      live: new LiveMetrics(entry, (jobs) => {
        for (const job of jobs) followed.owned?.observe(entry.metricsOf(job));
        this.#tell({ type: 'metrics', sweep: id, jobs });
      }),
      tail: undefined,
      owned: undefined,
      taking: undefined,
      ownerless: 0,
      restingSize: undefined,
    };
    this.#followed.set(id, followed);
    await this.#tail(followed);
    return followed;
  }

  /** Folds the journal as somebody else writes it. */
  async #tail(followed: Followed): Promise<void> {
    const { entry } = followed;
    // folded aside until it is whole, so that views never see a sweep half told
    let fold = entry.freshFold();
    let isWhole = false;
    const tail = new JournalTail(pathsIn(entry.directory).journal, (batch) => {
      if (batch.restarted) fold = entry.freshFold();
      const changes = batch.events.map((event) => fold.apply(event));
      for (const { sentence } of batch.damage) this.#options.log(`${entry.id}: ${sentence}`);
      entry.trouble = batch.trouble;
      if (!isWhole) return;
      entry.fold = fold;
      for (const change of changes) this.#changed(followed, change);
    });
    followed.tail?.dispose();
    followed.tail = tail;
    await tail.ready();
    if (followed.tail !== tail) return;
    isWhole = true;
    entry.fold = fold;
    followed.live.update();
    this.#rest(followed);
  }

  /** A sweep that is over needs no watching: a look at the size of its journal at every tick is enough. */
  #rest(followed: Followed): void {
    const { entry, tail } = followed;
    if (tail === undefined || !entry.isKnown || !isFinal(entry.state.phase)) return;
    entry.owner = { kind: 'nobody' };
    tail.dispose();
    followed.tail = undefined;
    followed.restingSize = journalSize(entry.directory);
  }

  async #wake(followed: Followed): Promise<void> {
    if (followed.tail !== undefined || followed.owned !== undefined || followed.taking !== undefined) return;
    if (journalSize(followed.entry.directory) === followed.restingSize) return;
    await this.#tail(followed);
    followed.gatherer.add({ jobs: [], phase: true });
  }

  #unfollow(followed: Followed): void {
    followed.tail?.dispose();
    followed.tail = undefined;
    followed.gatherer.close();
    followed.live.close();
    this.#followed.delete(followed.entry.id);
  }

  #changed(followed: Followed, change: FoldChange): void {
    followed.gatherer.add(change);
    if (change.jobs.length > 0) followed.live.update();
    if (change.phase) this.#rest(followed);
  }

  /** Becomes the owner, unless somebody else is. Returns why `first` was refused, if it was. */
  #takeOver(
    followed: Followed,
    first?: { readonly id: string; readonly request: SweepRequest },
  ): Promise<string | undefined> {
    const taking = this.#take(followed, first).finally(() => (followed.taking = undefined));
    followed.taking = taking;
    return taking;
  }

  async #take(
    followed: Followed,
    first: { readonly id: string; readonly request: SweepRequest } | undefined,
  ): Promise<string | undefined> {
    const { entry } = followed;
    followed.tail?.dispose();
    followed.tail = undefined;
    const released = new Set<Followed>();
    try {
      const taken = await takeOver(entry, {
        by: this.#by,
        settings: this.#options.settings,
        workers: this.#workers,
        connections: this.#connections,
        log: this.#options.log,
        ...(first === undefined ? {} : { first }),
        onChange: (change) => this.#changed(followed, change),
        onReleased: () => {
          released.add(followed);
          this.#onReleased(followed);
        },
      });
      if (taken.outcome === 'owned') {
        if (!released.has(followed)) {
          followed.owned = taken.owned;
          entry.owner = { kind: 'here' };
          followed.live.update();
        }
        followed.gatherer.add({ jobs: [], phase: true });
        return taken.refused;
      }
      entry.owner =
        taken.outcome === 'held' ? { kind: 'elsewhere', description: taken.by } : { kind: 'nobody' };
      return undefined;
    } finally {
      if (followed.owned === undefined && !this.#isClosed()) await this.#tail(followed);
    }
  }

  #onReleased(followed: Followed): void {
    followed.owned = undefined;
    followed.entry.owner = { kind: 'nobody' };
    if (this.#isClosed() || !this.#followed.has(followed.entry.id)) return;
    if (followed.taking === undefined) {
      this.#tail(followed).catch((error: unknown) => this.#options.log(sentenceOf(error)));
    }
    followed.gatherer.add({ jobs: [], phase: true });
    followed.gatherer.flush();
  }
}

function refuse(sentence: string | undefined): void {
  if (sentence !== undefined) throw new Error(sentence);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function journalSize(directory: string): number | undefined {
  return statSync(pathsIn(directory).journal, { throwIfNoEntry: false })?.size;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
