/** One sweep while this process owns it: lock, journal, inbox, queue and engine, taken together and let go together. */
import { BrakeTally } from './brakes.ts';
import { SweepEngine } from './engine.ts';
import type { Metrics, Requester, SweepRequest } from './events.ts';
import { InboxWatcher } from './inbox.ts';
import { jobFiles } from './job-files.ts';
import { Journal } from './journal.ts';
import { acquireOwnerLock, type OwnerLock } from './owner-lock.ts';
import type { LocalWorkers } from './queues/local/workers.ts';
import { type Connections, createQueue } from './queues/queues.ts';
import type { EngineSettings } from './settings.ts';
import type { OpenSource } from './sources/source.ts';
import type { SweepEntry } from './sweep-entry.ts';
import { pathsIn } from './sweep-folder.ts';
import type { FoldChange } from './sweep-fold.ts';
import { isFinal, type SweepState } from './sweep-state.ts';

export interface OwnedSweep {
  /** Returns why the request was refused, if it was. */
  request(id: string, request: SweepRequest): string | undefined;
  /** Latest metrics of a running job. */
  observe(metrics: Metrics): void;
  /** Lets go; jobs go on. Resolves when the lock is released. */
  close(): Promise<void>;
}

export interface TakeOverOptions {
  readonly by: Requester;
  readonly settings: () => EngineSettings;
  readonly workers: LocalWorkers;
  readonly connections: Connections;
  readonly log: (line: string) => void;
  /** Applied before anything new is started. */
  readonly first?: { readonly id: string; readonly request: SweepRequest };
  readonly onChange: (change: FoldChange) => void;
  /** This process owns the sweep no longer: it reached a final phase, or another owner took the lock. */
  readonly onReleased: () => void;
}

export type TakeOver =
  | { readonly outcome: 'owned'; readonly owned: OwnedSweep; readonly refused: string | undefined }
  /** `by`: who holds it, in words. */
  | { readonly outcome: 'held'; readonly by: string }
  /** There is nothing to run: the sweep is in a final phase. */
  | { readonly outcome: 'over' };

/**
 * Makes this process the owner of a sweep and lets the engine go on where the journal ends.
 * @throws Error with a sentence when the journal or the frozen file can't be used.
 */
export async function takeOver(entry: SweepEntry, options: TakeOverOptions): Promise<TakeOver> {
  const paths = pathsIn(entry.directory);
  const acquired = await acquireOwnerLock(entry.directory, { program: options.by.program });
  if ('heldBy' in acquired) return { outcome: 'held', by: acquired.heldBy.description };
  let journal: Journal | undefined;
  try {
    const opened = await Journal.open(paths.journal, { owner: acquired.generation, now: Date.now });
    journal = opened.journal;
    for (const { sentence } of opened.damage) options.log(`${entry.id}: ${sentence}`);
    const tally = new BrakeTally();
    const fold = entry.freshFold();
    entry.fold = fold;
    for (const event of opened.events) {
      fold.apply(event);
      tally.apply(event);
    }
    const { state } = entry;
    if (isFinal(state.phase) && options.first === undefined) {
      await letGo(journal, acquired);
      return { outcome: 'over' };
    }
    return run(entry, { ...options, lock: acquired, journal, tally, source: entry.source.open() });
  } catch (error) {
    await letGo(journal, acquired);
    throw error;
  }
}

interface Holding extends TakeOverOptions {
  readonly lock: OwnerLock;
  readonly journal: Journal;
  readonly tally: BrakeTally;
  readonly source: OpenSource;
}

function run(entry: SweepEntry, holding: Holding): TakeOver {
  const { lock, journal, source, by } = holding;
  const { state } = entry;
  let inbox: InboxWatcher | undefined;
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    inbox?.dispose();
    engine.close();
    released ??= letGo(journal, lock);
    return released;
  };
  const isReleased = (): boolean => released !== undefined;
  const releaseAndTell = (): void => {
    release().then(holding.onReleased, (error: unknown) => {
      holding.log(`${entry.id}: ${error instanceof Error ? error.message : String(error)}`);
      holding.onReleased();
    });
  };
  const engine = new SweepEngine({
    fold: entry.fold,
    state,
    tally: holding.tally,
    log: journal,
    scheduler: source.scheduler,
    createQueue: (listener) =>
      createQueue(state.queue, {
        listener,
        settings: holding.settings,
        workers: holding.workers,
        connections: holding.connections,
        sweep: entry.id,
        directory: entry.directory,
        concurrency: source.concurrency,
        ...(source.resourceArgs === undefined ? {} : { resourceArgs: source.resourceArgs }),
      }),
    files: jobFiles(entry.source, source, holding.settings),
    concurrency: source.concurrency,
    brakes: () => holding.settings().brakes,
    onChange(change) {
      if (source.follow !== undefined) followJobs(source.follow, state, change);
      holding.onChange(change);
    },
    onTrouble(sentence) {
      entry.trouble = sentence;
      holding.onChange({ jobs: [], phase: true });
    },
    onFinal: releaseAndTell,
  });
  lock.onLost((sentence) => {
    holding.log(`${entry.id}: ${sentence}`);
    releaseAndTell();
  });
  const refused = engine.start(by, holding.first);
  if (!isReleased()) inbox = watchInbox(entry, engine, holding);
  return {
    outcome: 'owned',
    refused,
    owned: {
      request: (id, request) => engine.request(id, request, by),
      observe: (metrics) => engine.observe(metrics),
      close: release,
    },
  };
}

function followJobs(
  follow: NonNullable<OpenSource['follow']>,
  { jobs }: SweepState,
  change: FoldChange,
): void {
  for (const index of change.jobs) {
    const job = jobs[index];
    if (job !== undefined) follow(job);
  }
}

function watchInbox(entry: SweepEntry, engine: SweepEngine, { log }: Holding): InboxWatcher {
  const say = (sentence: string): void => log(`${entry.id}: ${sentence}`);
  const inbox = new InboxWatcher(entry.directory, {
    isKnown: (id) => entry.fold.hasRequest(id),
    onRequest({ id, request, by }) {
      engine.request(id, request, by);
      // a request that could not be journaled yet stays in the inbox: a crash would lose it
      if (entry.fold.hasRequest(id)) void inbox.acknowledge(id);
    },
    onRejected: say,
    onTrouble: (sentence) => {
      if (sentence !== undefined) say(sentence);
    },
  });
  return inbox;
}

async function letGo(journal: Journal | undefined, lock: OwnerLock): Promise<void> {
  try {
    await journal?.close();
  } finally {
    await lock.release();
  }
}
