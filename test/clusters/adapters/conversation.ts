/** What every adapter must manage with the real system that it was written for. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Answer,
  BatchSystem,
  HeaderRequest,
  Invocation,
  Listing,
  NativeId,
  NativeJob,
  SubmitAnswer,
} from '#engine/queues/cluster/batch-system.ts';
import type { RunningSystem } from '../systems/system.ts';

type System = Pick<RunningSystem<unknown>, 'client' | 'user' | 'stop'>;

/** A real system and the adapter that speaks with it, in a folder that its jobs may write to. */
export class Conversation {
  readonly adapter: BatchSystem;
  readonly system: System;
  readonly folder: string;
  #submissions = 0;

  constructor(adapter: BatchSystem, system: System) {
    this.adapter = adapter;
    this.system = system;
    this.folder = mkdtempSync(join(tmpdir(), 'sweepdeck-adapter-'));
    chmodSync(this.folder, 0o755);
  }

  async end(): Promise<void> {
    await this.system.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async ask({ program, args, stdin, directory }: Invocation): Promise<Answer> {
    return this.system.client([program, ...args], {
      ...(stdin !== undefined && { input: stdin }),
      ...(directory !== undefined && { cwd: directory }),
    });
  }

  /** All jobs that the invocations tell; fails when one of them did. */
  async jobs(
    invocations: readonly Invocation[],
    read: (answer: Answer) => Listing,
  ): Promise<readonly NativeJob[]> {
    const jobs: NativeJob[] = [];
    for (const invocation of invocations) {
      const listing = read(await this.ask(invocation));
      if (listing.kind === 'failed') assert.fail(listing.sentence);
      jobs.push(...listing.jobs);
    }
    return jobs;
  }

  list = (ids: readonly NativeId[]): Promise<readonly NativeJob[]> =>
    this.jobs(this.adapter.list({ user: this.system.user.name, ids }), this.adapter.readList);

  history = (ids: readonly NativeId[]): Promise<readonly NativeJob[]> =>
    this.jobs(this.adapter.history(ids), this.adapter.readHistory);

  find = (name: string): Promise<readonly NativeJob[]> =>
    this.jobs(this.adapter.find({ user: this.system.user.name, name }), (answer) =>
      this.adapter.readFind(answer, name),
    );

  /** A new name and folder, with blanks and brackets, and the script in it. */
  prepare(
    body: string,
    own: readonly string[],
    wanted: Pick<HeaderRequest, 'tasks' | 'held'> = {},
  ): { readonly name: string; readonly directory: string; readonly script: string; readonly text: string } {
    this.#submissions++;
    const name = `job-${this.#submissions}`;
    const directory = join(this.folder, `my work (${this.#submissions})`);
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    const header = this.adapter.headerFor({
      name,
      directory,
      stdout: join(directory, wanted.tasks === undefined ? 'out' : 'out.%t'),
      stderr: join(directory, wanted.tasks === undefined ? 'err' : 'err.%t'),
      ...wanted,
    });
    const text = ['#!/bin/sh', ...header, ...own, body, ''].join('\n');
    const script = join(directory, 'script.sh');
    writeFileSync(script, text);
    chmodSync(script, 0o755);
    return { name, directory, script, text };
  }

  async submit(
    body: string,
    own: readonly string[],
    wanted: Pick<HeaderRequest, 'tasks' | 'held'> = {},
  ): Promise<{
    readonly answer: SubmitAnswer;
    readonly ids: readonly NativeId[];
    readonly name: string;
    readonly directory: string;
  }> {
    const prepared = this.prepare(body, own, wanted);
    const answer = this.adapter.readSubmit(await this.ask(this.adapter.submit(prepared)));
    const ids = answer.kind === 'accepted' ? this.#idsOf(answer, wanted.tasks?.count) : [];
    return { answer, ids, name: prepared.name, directory: prepared.directory };
  }

  /** Like `submit`, for what must be taken. */
  async accepted(
    ...words: Parameters<Conversation['submit']>
  ): Promise<Awaited<ReturnType<Conversation['submit']>> & { readonly first: NativeId }> {
    const submitted = await this.submit(...words);
    const [first] = submitted.ids;
    if (first === undefined) assert.fail(JSON.stringify(submitted.answer));
    return { ...submitted, first };
  }

  #idsOf(
    answer: Extract<SubmitAnswer, { kind: 'accepted' }>,
    count: number | undefined,
  ): readonly NativeId[] {
    const { id: base, taskIds } = answer;
    const firstTask = this.adapter.arrays?.firstTask ?? 0;
    return Array.from({ length: count ?? 1 }, (_, place) => {
      const id = taskIds?.[place];
      return {
        base,
        ...(count !== undefined && { task: firstTask + place }),
        ...(id !== undefined && { id }),
      };
    });
  }

  /** Resolves with the job's row as soon as one of the listing or the history fits; throws after a minute. */
  async until(
    native: NativeId,
    fits: (job: NativeJob) => boolean,
    from: 'listing' | 'history' = 'listing',
  ): Promise<NativeJob> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const jobs = await (from === 'listing' ? this.list([native]) : this.history([native]));
      const job = jobs.find((one) => isSame(one, native));
      if (job !== undefined && fits(job)) return job;
      if (performance.now() > deadline)
        throw new Error(
          `After a minute: ${JSON.stringify(job)}, in the ${from} for ${JSON.stringify(native)}.`,
        );
      await sleep(300);
    }
  }

  ended = (native: NativeId): Promise<NativeJob> =>
    this.until(native, ({ stage, end }) => stage === 'ended' && end?.outcome !== 'unknown', 'history');
}

/** By its own id where the submission told one, else by array and index. */
export function isSame(job: NativeJob, native: NativeId): boolean {
  return native.id === undefined
    ? job.base === native.base && job.task === native.task
    : job.id === native.id;
}

export interface Particulars {
  /** Directives that a job needs to run here at all. */
  readonly own: readonly string[];
  /** A directive that the system refuses, and what the refusal is about. */
  readonly refused: { readonly directive: string; readonly about: RegExp };
  readonly version: RegExp;
}

/** The scenarios that are the same for every system; `more` adds the system's own. */
export function describeAdapter<S extends System>(
  adapter: BatchSystem,
  start: () => Promise<S>,
  { own, refused, version }: Particulars,
  more: (with_: () => { readonly talk: Conversation; readonly system: S }) => void,
): void {
  describe(`the adapter of ${adapter.title}, with a real one`, () => {
    let system: S;
    let talk: Conversation;
    before(async () => {
      system = await start();
      talk = new Conversation(adapter, system);
    });
    after(() => talk.end());

    it('recognises it', async () => {
      const found = adapter.readProbe(await talk.ask(adapter.probe));
      assert.match(found?.version ?? '', version);
    });

    it('follows a job that fails, in its directory, and finds it by its name', async () => {
      const job = await talk.accepted('pwd; echo oops >&2; exit 3', own);
      const end = await talk.ended(job.first);
      assert.deepEqual(end.end, { outcome: 'failed', reason: 'exit-code', exitCode: 3 });
      // accounts may tell the name later than the end
      assert.equal(end.name ?? job.name, job.name);
      assert.ok(end.submittedAt !== undefined && end.endedAt !== undefined && end.endedAt >= end.submittedAt);
      assert.equal(readFileSync(join(job.directory, 'out'), 'utf8'), `${job.directory}\n`);
      assert.equal(readFileSync(join(job.directory, 'err'), 'utf8'), 'oops\n');
      const found = await talk.find(job.name);
      assert.deepEqual([...new Set(found.map(({ base }) => base))], [job.first.base]);
      // over: no longer among the unfinished, or among them as ended
      const listed = (await talk.list([job.first])).filter((one) => isSame(one, job.first));
      assert.ok(listed.every(({ stage }) => stage === 'ended'));
    });

    it('follows every task of an array to its own end', async () => {
      const arrays = adapter.arrays ?? assert.fail('no arrays');
      const array = await talk.accepted(
        `echo "index $${arrays.variable}"; sleep 1; exit $${arrays.variable}`,
        own,
        { tasks: { count: 5, atOnce: 2 } },
      );
      const seen = await talk.list(array.ids);
      for (const id of array.ids)
        assert.ok(
          seen.some((job) => isSame(job, id)),
          JSON.stringify([id, seen]),
        );
      assert.deepEqual(
        (await talk.find(array.name)).map(({ base }) => base).filter((base) => base !== array.first.base),
        [],
      );
      for (const [place, id] of array.ids.entries()) {
        const code = arrays.firstTask + place;
        const { end } = await talk.ended(id);
        assert.deepEqual(
          end,
          code === 0
            ? { outcome: 'done', exitCode: 0 }
            : { outcome: 'failed', reason: 'exit-code', exitCode: code },
        );
      }
      const outputs = readdirSync(array.directory)
        .filter((name) => name.startsWith('out.'))
        .map((name) => readFileSync(join(array.directory, name), 'utf8'));
      assert.deepEqual(
        outputs.sort(),
        array.ids.map((_, place) => `index ${arrays.firstTask + place}\n`),
      );
    });

    it('holds a job and lets it go', async () => {
      const job = await talk.accepted('exit 0', own, { held: true });
      const held = await talk.until(job.first, ({ stage, stuck }) => stage === 'waiting' && stuck === true);
      assert.equal(held.reason, 'held');
      const verdicts = async (invocations: readonly Invocation[]): Promise<void> => {
        for (const invocation of invocations)
          assert.deepEqual(adapter.readHold(await talk.ask(invocation)), { kind: 'done' });
      };
      await verdicts(adapter.release([job.first]));
      assert.deepEqual((await talk.ended(job.first)).end, { outcome: 'done', exitCode: 0 });
      // and from outside, while it waits
      const other = await talk.accepted('exit 0', own, { tasks: { count: 3 }, held: true });
      await verdicts(adapter.release(other.ids));
      for (const id of other.ids) assert.equal((await talk.ended(id)).end?.outcome, 'done');
    });

    it('cancels what runs and what waits, and does not mind what is over or unknown', async () => {
      const running = await talk.accepted('sleep 600', own);
      const waiting = await talk.accepted('sleep 600', own, { held: true });
      await talk.until(running.first, ({ stage, reason }) => stage === 'running' && reason !== 'starting');
      const ids = [running.first, waiting.first, { base: '99999' }];
      const cancelled = async (): Promise<void> => {
        for (const invocation of adapter.cancel(ids))
          assert.deepEqual(adapter.readCancel(await talk.ask(invocation)), { kind: 'done' });
      };
      await cancelled();
      const { end } = await talk.ended(running.first);
      assert.ok(end?.outcome === 'cancelled' || end?.signal === 9, JSON.stringify(end));
      await cancelled();
    });

    it('cancels single tasks of an array', async () => {
      const array = await talk.accepted('sleep 600', own, { tasks: { count: 6 }, held: true });
      const chosen = array.ids.slice(2, 4);
      for (const invocation of adapter.cancel(chosen))
        assert.deepEqual(adapter.readCancel(await talk.ask(invocation)), { kind: 'done' });
      const waits = (jobs: readonly NativeJob[], id: NativeId): boolean =>
        jobs.some((job) => isSame(job, id) && job.stage === 'waiting');
      const deadline = performance.now() + 30_000;
      let jobs = await talk.list(array.ids);
      while (chosen.some((id) => waits(jobs, id)) && performance.now() < deadline) {
        await sleep(300);
        jobs = await talk.list(array.ids);
      }
      assert.deepEqual(
        array.ids.map((id) => waits(jobs, id)),
        [true, true, false, false, true, true],
      );
      for (const invocation of adapter.cancel(array.ids)) await talk.ask(invocation);
    });

    it('hands on why a submission was refused, and finds nothing of it', async () => {
      const { answer, name } = await talk.submit('true', [...own, refused.directive]);
      assert.equal(answer.kind, 'refused', JSON.stringify(answer));
      assert.match(JSON.stringify(answer), refused.about);
      assert.deepEqual(await talk.find(name), []);
    });

    it('shows what runs in the whole queue, and a job in detail', async () => {
      const job = await talk.accepted('sleep 600', own);
      const shown = async (): Promise<boolean> =>
        (await talk.jobs([adapter.queue()], adapter.readQueue)).some(({ base }) => base === job.first.base);
      assert.equal(await shown(), true);
      const details = await talk.ask(adapter.details(job.first));
      assert.equal(details.code, 0);
      assert.ok(details.stdout.includes(job.name));
      for (const invocation of adapter.cancel(job.ids)) await talk.ask(invocation);
    });

    more(() => ({ talk, system }));
  });
}
