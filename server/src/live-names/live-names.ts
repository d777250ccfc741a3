/** Names that the batch systems of this machine tell: partitions, queues, accounts... Asked in the background, remembered. */
import os from 'node:os';
import type { SiteNames } from '#core/batch/site-names.ts';
import type { System } from '#core/batch/systems.ts';
import { lsfQueries } from './lsf.ts';
import { oarQueries } from './oar.ts';
import { pbsQueries } from './pbs.ts';
import type { NamesByKind, Query } from './query.ts';
import { runCommand } from './run-command.ts';
import { sgeQueries } from './sge.ts';
import { slurmQueries } from './slurm.ts';

/** Milliseconds for which an answer counts, and a failure too: a site changes its queues a few times a year. */
const remembered = 5 * 60_000;

/** What may be asked of each system. */
export const queriesOf = (user: string | undefined): Readonly<Record<System, readonly Query[]>> => ({
  slurm: slurmQueries(user),
  oar: oarQueries,
  torque: pbsQueries,
  pbspro: pbsQueries,
  moab: pbsQueries,
  sge: sgeQueries,
  lsf: lsfQueries,
});

export interface LiveNamesOptions {
  readonly queries?: Readonly<Record<System, readonly Query[]>>;
  /** Resolves to what the program printed, or to undefined; never rejects. */
  readonly run?: (argv: Query['argv']) => Promise<string | undefined>;
  /** Milliseconds from any fixed moment. */
  readonly now?: () => number;
}

interface Answer {
  /** undefined: nothing that could be read. */
  readonly names: NamesByKind | undefined;
  readonly until: number;
}

/** Answers from memory; asks a system's programs one after the other, each at most once in five minutes. */
export class LiveNames {
  readonly #queries: Readonly<Record<System, readonly Query[]>>;
  readonly #run: (argv: Query['argv']) => Promise<string | undefined>;
  readonly #now: () => number;
  readonly #answers = new Map<Query, Answer>();
  readonly #asked = new Set<Query>();
  /** The last of the questions that wait for each system; the three that ask qstat share one. */
  readonly #last = new Map<readonly Query[], Promise<void>>();
  readonly #listeners = new Set<() => void>();

  constructor({
    queries = queriesOf(userName()),
    run = (argv) => runCommand(argv),
    now = () => performance.now(),
  }: LiveNamesOptions = {}) {
    this.#queries = queries;
    this.#run = run;
    this.#now = now;
  }

  /** The names that are known now; what isn't known is asked for. An old answer counts until a newer one is there. */
  of(system: System, kind: string): SiteNames {
    const queries = this.#queries[system];
    const query = queries.find(({ kinds }) => kinds.includes(kind));
    if (query === undefined) return undefined;
    const answer = this.#answers.get(query);
    if (answer === undefined || answer.until <= this.#now()) this.#ask(query, queries);
    return answer === undefined ? 'pending' : answer.names?.[kind];
  }

  /** Calls back when an answer differs from what was told before. Returns what undoes it. */
  onArrival(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #ask(query: Query, queries: readonly Query[]): void {
    if (this.#asked.has(query)) return;
    this.#asked.add(query);
    const before = this.#last.get(queries) ?? Promise.resolve();
    this.#last.set(
      queries,
      before.then(async () => {
        const output = await this.#run(query.argv);
        this.#arrived(query, output === undefined ? undefined : query.read(output));
      }),
    );
  }

  #arrived(query: Query, names: NamesByKind | undefined): void {
    const before = this.#answers.get(query)?.names;
    this.#answers.set(query, { names, until: this.#now() + remembered });
    this.#asked.delete(query);
    if (JSON.stringify(before) === JSON.stringify(names)) return;
    for (const listener of this.#listeners) listener();
  }
}

function userName(): string | undefined {
  try {
    return os.userInfo().username;
  } catch {
    // A user without an entry, as in some containers.
    return undefined;
  }
}
