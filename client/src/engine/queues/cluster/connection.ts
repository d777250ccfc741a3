/**
 * The way to one batch system for one user, shared by all sweeps and queues of this process: it runs what
 * the adapter says and sees to it that there is one submission at a time.
 */
import type {
  BatchSystem,
  Invocation,
  Listing,
  NativeId,
  NativeJob,
  Submission,
  SubmitAnswer,
  Verdict,
} from './batch-system.ts';
import type { RunCommand, SharedFolder } from './command.ts';
import { remotePath } from './command.ts';
import { pause } from './pause.ts';
import type { Timing } from './timing.ts';

export interface ConnectionOptions {
  readonly system: BatchSystem;
  readonly run: RunCommand;
  /** Name of the user whose jobs they are; asked once it is needed. */
  readonly user: () => Promise<string>;
  readonly timing: Timing;
  /** Where the system sees a folder of this machine under another path. */
  readonly folder?: SharedFolder;
}

export class Connection {
  readonly system: BatchSystem;
  readonly timing: Timing;
  readonly #run: RunCommand;
  readonly #askUser: () => Promise<string>;
  readonly #folder: SharedFolder | undefined;
  #user: Promise<string> | undefined;
  #submissions: Promise<unknown> = Promise.resolve();

  constructor({ system, run, user, timing, folder }: ConnectionOptions) {
    this.system = system;
    this.timing = timing;
    this.#run = run;
    this.#askUser = user;
    this.#folder = folder;
  }

  /** The path by which the system's own machines know a local file. */
  pathThere(local: string): string {
    return remotePath(local, this.#folder);
  }

  /** Hands in one submission, after those that came before it and a pause. */
  submit(submission: Submission): Promise<SubmitAnswer> {
    const answer = this.#submissions.then(async () =>
      this.system.readSubmit(await this.#run(this.system.submit(submission))),
    );
    this.#submissions = answer.then(() => pause(this.timing.pause));
    return answer;
  }

  async list(ids: readonly NativeId[]): Promise<Listing> {
    const user = await this.#whoAmI();
    if (typeof user !== 'string') return user;
    return this.#gather(this.system.list({ user, ids }), (answer) => this.system.readList(answer));
  }

  async find(name: string): Promise<Listing> {
    const user = await this.#whoAmI();
    if (typeof user !== 'string') return user;
    return this.#gather(this.system.find({ user, name }), (answer) => this.system.readFind(answer, name));
  }

  history(ids: readonly NativeId[]): Promise<Listing> {
    return this.#gather(this.system.history(ids), (answer) => this.system.readHistory(answer));
  }

  cancel(ids: readonly NativeId[]): Promise<Verdict> {
    return this.#request(this.system.cancel(ids), (answer) => this.system.readCancel(answer));
  }

  hold(ids: readonly NativeId[]): Promise<Verdict> {
    return this.#request(this.system.hold(ids), (answer) => this.system.readHold(answer));
  }

  release(ids: readonly NativeId[]): Promise<Verdict> {
    return this.#request(this.system.release(ids), (answer) => this.system.readHold(answer));
  }

  /** The system's own long description of a job. */
  async details(id: NativeId): Promise<string> {
    const { stdout, stderr } = await this.#run(this.system.details(id));
    return stdout.trim() === '' ? stderr : stdout;
  }

  /** Name of the user whose jobs are ours; undefined while it can't be found out. */
  async user(): Promise<string | undefined> {
    const user = await this.#whoAmI();
    return typeof user === 'string' ? user : undefined;
  }

  /** Everybody's jobs. */
  async queue(): Promise<Listing> {
    return this.system.readQueue(await this.#run(this.system.queue()));
  }

  /** The system's version, or undefined where it isn't. */
  async probe(): Promise<string | undefined> {
    return this.system.readProbe(await this.#run(this.system.probe))?.version;
  }

  async #whoAmI(): Promise<string | Extract<Listing, { kind: 'failed' }>> {
    try {
      return await (this.#user ??= this.#askUser());
    } catch (error) {
      this.#user = undefined;
      return { kind: 'failed', sentence: error instanceof Error ? error.message : String(error) };
    }
  }

  /** One listing out of several commands; one that failed makes the whole unknown. */
  async #gather(
    invocations: readonly Invocation[],
    read: (answer: Awaited<ReturnType<RunCommand>>) => Listing,
  ): Promise<Listing> {
    const jobs: NativeJob[] = [];
    for (const invocation of invocations) {
      const listing = read(await this.#run(invocation));
      if (listing.kind === 'failed') return listing;
      for (const job of listing.jobs) jobs.push(job);
    }
    return { kind: 'listed', jobs };
  }

  async #request(
    invocations: readonly Invocation[],
    read: (answer: Awaited<ReturnType<RunCommand>>) => Verdict,
  ): Promise<Verdict> {
    let verdict: Verdict = { kind: 'done' };
    for (const invocation of invocations) {
      const one = read(await this.#run(invocation));
      if (one.kind === 'failed') verdict = one;
    }
    return verdict;
  }
}
