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
import { UNKNOWN_ID } from './batch.ts';
import type { RunCommand, SharedFolder } from './command.ts';
import { remotePath } from './command.ts';
import { pause } from './pause.ts';
import { failureSentence } from './systems/answers.ts';
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

export interface History {
  readonly jobs: readonly NativeJob[];
  /** Why not everything that was asked for could be found out. */
  readonly trouble: string | undefined;
}

const isKnown = ({ base }: NativeId): boolean => base !== UNKNOWN_ID;

export class Connection {
  readonly timing: Timing;
  #system: BatchSystem;
  #isRecognised: boolean;
  #recognition: Promise<string | undefined> | undefined;
  readonly #run: RunCommand;
  readonly #askUser: () => Promise<string>;
  readonly #folder: SharedFolder | undefined;
  #user: Promise<string> | undefined;
  #submissions: Promise<unknown> = Promise.resolve();

  constructor({ system, run, user, timing, folder }: ConnectionOptions) {
    this.#system = system;
    this.#isRecognised = system.lookalike === undefined;
    this.timing = timing;
    this.#run = run;
    this.#askUser = user;
    this.#folder = folder;
  }

  get system(): BatchSystem {
    return this.#system;
  }

  /** Whether `system` is known to be what is there, and not another one with the same commands. */
  get isRecognised(): boolean {
    return this.#isRecognised;
  }

  /** Finds out which system it is, if that is not known. Resolves to a sentence when it could not be found out. */
  async recognise(): Promise<string | undefined> {
    if (this.#isRecognised) return undefined;
    this.#recognition ??= this.#recogniseNow().finally(() => (this.#recognition = undefined));
    return this.#recognition;
  }

  async #recogniseNow(): Promise<string | undefined> {
    const { lookalike, probe } = this.#system;
    const answer = await this.#run(probe);
    const isThere = lookalike?.isIt(answer) === true;
    // ssh ends with 255 when it did not reach the host
    if (!isThere && (answer.code === undefined || answer.code === 255)) {
      return failureSentence(answer, probe.program);
    }
    if (lookalike !== undefined && isThere) this.#system = lookalike.system;
    this.#isRecognised = true;
    return undefined;
  }

  /** The path by which the system's own machines know a local file. */
  pathThere(local: string): string {
    return remotePath(local, this.#folder);
  }

  /** Hands in one submission, after those that came before it and a pause. */
  submit(submission: Submission): Promise<SubmitAnswer> {
    const answer = this.#submissions.then(async () => {
      const system = await this.#there();
      return system.readSubmit(await this.#run(system.submit(submission)));
    });
    const rest = (): Promise<void> => pause(this.timing.pause);
    this.#submissions = answer.then(rest, rest);
    return answer;
  }

  async list(ids: readonly NativeId[]): Promise<Listing> {
    const user = await this.#whoAmI();
    if (typeof user !== 'string') return user;
    const system = await this.#there();
    return this.#gather(system.list({ user, ids: ids.filter(isKnown) }), system.readList);
  }

  /** Jobs by their name: what the first of the system's commands that knows any says. */
  async find(name: string): Promise<Listing> {
    const user = await this.#whoAmI();
    if (typeof user !== 'string') return user;
    const system = await this.#there();
    for (const invocation of system.find({ user, name })) {
      const listing = system.readFind(await this.#run(invocation), name);
      if (listing.kind === 'failed' || listing.jobs.length > 0) return listing;
    }
    return { kind: 'listed', jobs: [] };
  }

  /** What is known of the jobs' ends. A command that failed says nothing of its jobs; its sentence comes along. */
  async history(ids: readonly NativeId[]): Promise<History> {
    const system = await this.#there();
    const jobs: NativeJob[] = [];
    let trouble: string | undefined;
    for (const invocation of system.history(ids.filter(isKnown))) {
      const listing = system.readHistory(await this.#run(invocation));
      if (listing.kind === 'failed') trouble = listing.sentence;
      else for (const job of listing.jobs) jobs.push(job);
    }
    return { jobs, trouble };
  }

  async cancel(ids: readonly NativeId[]): Promise<Verdict> {
    const system = await this.#there();
    return this.#request(system.cancel(ids.filter(isKnown)), system.readCancel);
  }

  async hold(ids: readonly NativeId[]): Promise<Verdict> {
    const system = await this.#there();
    return this.#request(system.hold(ids.filter(isKnown)), system.readHold);
  }

  async release(ids: readonly NativeId[]): Promise<Verdict> {
    const system = await this.#there();
    return this.#request(system.release(ids.filter(isKnown)), system.readHold);
  }

  /** The system's own long description of a job. */
  async details(id: NativeId): Promise<string> {
    const system = await this.#there();
    const { stdout, stderr } = await this.#run(system.details(id));
    return stdout.trim() === '' ? stderr : stdout;
  }

  /** Name of the user whose jobs are ours; undefined while it can't be found out. */
  async user(): Promise<string | undefined> {
    const user = await this.#whoAmI();
    return typeof user === 'string' ? user : undefined;
  }

  /** Everybody's jobs. */
  async queue(): Promise<Listing> {
    const system = await this.#there();
    return system.readQueue(await this.#run(system.queue()));
  }

  /** The system's version, or undefined where it isn't. */
  async probe(): Promise<string | undefined> {
    const system = await this.#there();
    return system.readProbe(await this.#run(system.probe))?.version;
  }

  /** The system, the one that is really there as far as that can be found out. */
  async #there(): Promise<BatchSystem> {
    await this.recognise();
    return this.#system;
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
