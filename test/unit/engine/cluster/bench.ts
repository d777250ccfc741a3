/** A sweep's engine on the fake batch system, with a journal on the disk and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { encodeEvent } from '#engine/journal-lines.ts';
import { BrakeTally } from '#engine/brakes.ts';
import { SweepEngine } from '#engine/engine.ts';
import type { JournalEvent, Metrics, SweepRequest } from '#engine/events.ts';
import { wasClaimed, writeJobDirectory } from '#engine/job-directory.ts';
import { Journal } from '#engine/journal.ts';
import { ClusterQueue, type ClusterQueueSettings } from '#engine/queues/cluster/cluster.ts';
import { Connection } from '#engine/queues/cluster/connection.ts';
import { Monitor } from '#engine/queues/cluster/monitor.ts';
import { TIMING, type Timing } from '#engine/queues/cluster/timing.ts';
import { SweepFold } from '#engine/sweep-fold.ts';
import type { JobState, SweepState } from '#engine/sweep-state.ts';
import type { FakeSystem } from './fake-system.ts';

export const QUICK: Timing = {
  ...TIMING,
  gather: 5,
  pause: 0,
  retries: [5],
  findAgain: 5,
  firstLook: 0,
  record: 30,
  cancelAgain: 50,
  lostAgain: 20,
};

export interface BenchOptions {
  readonly jobs?: number;
  readonly command?: string;
  readonly concurrency?: number;
  readonly settings?: Partial<ClusterQueueSettings>;
  readonly timing?: Partial<Timing>;
  /** Directory of an earlier engine, to go on there. */
  readonly directory?: string;
  /** Final metrics of a job; none by default. */
  readonly metrics?: (job: number) => Metrics;
  /** Why the person's own lines can't be used. */
  readonly wrongLines?: () => string | undefined;
}

const BY = { program: 'cli', host: 'h', pid: 1 } as const;

/** By directory: an engine that comes back has the directory of the one before. */
const opened = new Map<string, readonly Bench[]>();

export class Bench {
  readonly fake: FakeSystem;
  readonly directory: string;
  readonly events: JournalEvent[] = [];
  readonly troubles: (string | undefined)[] = [];
  readonly engine: SweepEngine;
  readonly state: SweepState;
  readonly monitor: Monitor;
  readonly #journal: Journal;
  readonly #wakes = new Set<() => void>();
  #isClosed = false;

  private constructor(
    fake: FakeSystem,
    directory: string,
    { journal, fold, tally }: { journal: Journal; fold: SweepFold; tally: BrakeTally },
    options: BenchOptions,
  ) {
    this.fake = fake;
    this.directory = directory;
    this.#journal = journal;
    const { state } = fold;
    if (state === undefined) throw new Error('no launch record');
    this.state = state;
    const connection = new Connection({
      system: fake.system,
      run: fake.run,
      user: () => Promise.resolve('me'),
      timing: { ...QUICK, ...options.timing },
    });
    this.monitor = new Monitor(connection, { interval: () => 5 });
    const total = options.jobs ?? 1;
    this.engine = new SweepEngine({
      fold,
      tally,
      state,
      log: journal,
      scheduler: {
        total,
        ask: (index) => (index < total ? { x: index } : 'exhausted'),
        tell: () => undefined,
        peek: () => undefined,
      },
      createQueue: (listener) =>
        new ClusterQueue({
          monitor: this.monitor,
          listener,
          sweep: state.id,
          folder: path.join(directory, 'batches'),
          concurrency: options.concurrency,
          settings: () => ({
            maxRequeues: 3,
            requeueOn: [],
            lostAfter: 0.05,
            maxJobs: 1000,
            ...options.settings,
          }),
          head: () => {
            const wrong = options.wrongLines?.();
            if (wrong !== undefined) throw new Error(wrong);
            return { directives: [], prologue: [] };
          },
        }),
      files: {
        directory: (job) => this.job(job),
        wasClaimed: (job, attempt) => wasClaimed(this.job(job), attempt),
        metrics: (job) => options.metrics?.(job) ?? {},
        write: (job, attempt, parameters) =>
          writeJobDirectory(
            this.job(job),
            {
              id: `s-1/${job}`,
              sweep: 's-1',
              index: job,
              attempt,
              parameters,
              argv: ['sh', '-c', options.command ?? 'echo $SWEEPDECK_JOB'],
              environment: {},
              workingDirectory: directory,
              pythonPath: directory,
            },
            {
              script: {
                publish: 'rename',
                cluster: { nativeId: fake.system.idVariable, restartsUnderNewId: false, magicExitCodes: [] },
              },
            },
          ),
      },
      concurrency: options.concurrency,
      brakes: () => ({ enabled: false, consecutive: 0 }),
      onChange: () => this.#wake(),
      onTrouble: (sentence) => {
        this.troubles.push(sentence);
        this.#wake();
      },
      onFinal: () => this.#wake(),
    });
    fake.onCall = () => this.#wake();
  }

  static async open(fake: FakeSystem, options: BenchOptions = {}): Promise<Bench> {
    const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), 'cluster-'));
    const file = path.join(directory, 'journal.jsonl');
    if (options.directory === undefined) {
      after(async () => {
        await Promise.all((opened.get(directory) ?? []).map((bench) => bench.close()));
        rmSync(directory, { recursive: true });
      });
      writeFileSync(file, encodeEvent({ ...LAUNCHED, points: options.jobs ?? 1, at: 1, owner: 0 }));
    }
    const journal = await Journal.open(file, { owner: 1, now: Date.now });
    const fold = new SweepFold();
    const tally = new BrakeTally();
    const bench = new Bench(
      fake,
      directory,
      { journal: journal.journal, fold: folded(fold, journal.events), tally },
      options,
    );
    const append = journal.journal.append.bind(journal.journal);
    journal.journal.append = (body) => {
      const event = append(body);
      bench.events.push(event);
      return event;
    };
    opened.set(directory, [...(opened.get(directory) ?? []), bench]);
    return bench;
  }

  start(): this {
    this.engine.start(BY);
    return this;
  }

  job(job: number): string {
    return path.join(this.directory, 'jobs', String(job));
  }

  request(request: SweepRequest): string | undefined {
    return this.engine.request(`r${this.events.length}`, request, BY);
  }

  of<T extends JournalEvent['type']>(type: T): readonly Extract<JournalEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<JournalEvent, { type: T }> => event.type === type);
  }

  /** Resolves when a job is in one of the states. */
  reached(job: number, ...states: readonly JobState['state'][]): Promise<JobState> {
    return this.until(() => {
      const now = this.state.jobs[job];
      return now !== undefined && states.includes(now.state) ? now : undefined;
    });
  }

  /** Resolves when the question, asked again after every event and every command, has an answer. */
  until<T>(question: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const ask = (): void => {
        const answer = question();
        if (answer === undefined || answer === false) return;
        this.#wakes.delete(ask);
        resolve(answer);
      };
      this.#wakes.add(ask);
      ask();
    });
  }

  /** Resolves after `times` more status queries were answered and acted upon. */
  async looks(times = 3): Promise<void> {
    const before = this.fake.count('list');
    await this.until(() => this.fake.count('list') >= before + times + 1);
  }

  /** The engine is gone, as after a crash; nothing else is. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.engine.close();
    await this.#journal.close();
    await this.fake.settle();
  }

  #wake(): void {
    // behind whoever is in the middle of something
    setImmediate(() => {
      for (const wake of [...this.#wakes]) wake();
    });
  }
}

function folded(fold: SweepFold, events: readonly JournalEvent[]): SweepFold {
  for (const event of events) fold.apply(event);
  return fold;
}

const LAUNCHED = {
  type: 'launched',
  id: 's-1',
  name: 's',
  file: '/s.yaml',
  workingDirectory: '/',
  method: 'grid',
  seed: 1,
  queue: 'fake',
  version: '0',
} as const;
