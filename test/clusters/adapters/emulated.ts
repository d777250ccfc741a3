/** Drives an adapter against an emulated system: every function of the contract, on jobs that really run. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
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
import type { RunningEmulator } from '../emulators/start.ts';

export interface Emulated {
  readonly adapter: BatchSystem;
  readonly start: () => Promise<RunningEmulator>;
  /** Directive line that asks for a queue, or for something that is refused. */
  readonly refusedLine: string;
  /** Whether single tasks of an array can be held. */
  readonly holdsTasks: boolean;
}

/** Runs an adapter's invocations and reads their answers. */
export class Driven {
  readonly adapter: BatchSystem;
  readonly system: RunningEmulator;
  readonly folder: string;
  #submissions = 0;

  constructor(adapter: BatchSystem, system: RunningEmulator, folder: string) {
    this.adapter = adapter;
    this.system = system;
    this.folder = folder;
  }

  async run({ program, args, stdin, directory }: Invocation): Promise<Answer> {
    return this.system.client([program, ...args], {
      ...(stdin !== undefined && { input: stdin }),
      ...(directory !== undefined && { cwd: directory }),
    });
  }

  get user(): string {
    return this.system.user.name;
  }

  /** A script with the driver's directives that runs `body`. */
  async submit(
    body: string,
    more: Partial<HeaderRequest> & { readonly lines?: readonly string[] } = {},
  ): Promise<{ readonly name: string; readonly answer: SubmitAnswer }> {
    const { lines = [], ...request } = more;
    const name = request.name ?? `sd-${++this.#submissions}`;
    const header = this.adapter.headerFor({
      name,
      directory: this.folder,
      stdout: path.join(this.folder, `${name}.out`),
      stderr: path.join(this.folder, `${name}.err`),
      ...request,
    });
    const text = ['#!/bin/sh', ...header, ...lines, `cd '${this.folder}' || exit 74`, body, ''].join('\n');
    const script = path.join(this.folder, `${name}.sh`);
    writeFileSync(script, text);
    const submission = { name, script, text, directory: this.folder };
    return { name, answer: this.adapter.readSubmit(await this.run(this.adapter.submit(submission))) };
  }

  async accepted(...args: Parameters<Driven['submit']>): Promise<string> {
    const { answer } = await this.submit(...args);
    assert.ok(answer.kind === 'accepted', JSON.stringify(answer));
    return answer.id;
  }

  async all(
    invocations: readonly Invocation[],
    read: (answer: Answer) => Listing,
  ): Promise<readonly NativeJob[]> {
    const jobs: NativeJob[] = [];
    for (const invocation of invocations) {
      const listing = read(await this.run(invocation));
      assert.ok(listing.kind === 'listed', JSON.stringify(listing));
      jobs.push(...listing.jobs);
    }
    return jobs;
  }

  /** What the listing says of a job, else the history. */
  async look(id: NativeId): Promise<NativeJob | undefined> {
    const { adapter, user } = this;
    const here = (job: NativeJob): boolean => job.base === id.base && job.task === id.task;
    const listed = await this.all(adapter.list({ user, ids: [id] }), adapter.readList);
    return listed.find(here) ?? (await this.all(adapter.history([id]), adapter.readHistory)).find(here);
  }

  /** Waits until the job is as asked. */
  async until(id: NativeId, as: (job: NativeJob) => boolean, seconds = 20): Promise<NativeJob> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const job = await this.look(id);
      if (job !== undefined && as(job)) return job;
      if (performance.now() > deadline)
        throw new Error(`${JSON.stringify(id)} is still ${JSON.stringify(job)} after ${seconds} s.`);
      await sleep(100);
    }
  }
}

const over = (job: NativeJob): boolean => job.stage === 'ended';
const running = (job: NativeJob): boolean => job.stage === 'running';

export function testAdapter({ adapter, start, refusedLine, holdsTasks }: Emulated): void {
  describe(`The adapter of ${adapter.title} against its commands, emulated`, () => {
    let system: RunningEmulator;
    let folder: string;
    let driven: Driven;
    before(async () => {
      system = await start();
    });
    after(() => system.stop());
    beforeEach((t) => {
      folder = mkdtempSync(path.join(tmpdir(), 'sweepdeck-adapter-'));
      driven = new Driven(adapter, system, folder);
      if ('after' in t)
        t.after(() => {
          rmSync(folder, { recursive: true, force: true });
        });
    });

    it('finds the system', async () => {
      assert.ok(adapter.readProbe(await driven.run(adapter.probe)));
    });

    it('follows a job to its end, with its output where it was asked for', async () => {
      const id = {
        base: await driven.accepted(`echo "id ${adapter.idVariable}"; echo err >&2`, { name: 'sd-ok' }),
      };
      const job = await driven.until(id, over);
      assert.equal(job.end?.outcome, 'done');
      assert.equal(job.name, 'sd-ok');
      assert.match(
        readFileSync(path.join(folder, 'sd-ok.out'), 'utf8'),
        new RegExp(`^id ${escape(id.base)}$`, 'm'),
      );
      assert.match(readFileSync(path.join(folder, 'sd-ok.err'), 'utf8'), /err/);
    });

    it('tells a failed job', async () => {
      const { end } = await driven.until({ base: await driven.accepted('exit 3') }, over);
      assert.deepEqual([end?.outcome, end?.reason, end?.exitCode], ['failed', 'exit-code', 3]);
    });

    it('tells a job that a signal ended', async () => {
      const { end } = await driven.until({ base: await driven.accepted('kill -SEGV $$') }, over);
      assert.deepEqual([end?.outcome, end?.reason, end?.signal], ['failed', 'signal', 11]);
    });

    it('cancels running and waiting jobs, and is content with those that are over', async () => {
      const ids = [
        { base: await driven.accepted('sleep 600') },
        { base: await driven.accepted('true', { held: true }) },
      ];
      await driven.until(ids[0] ?? { base: '' }, running);
      for (const invocation of adapter.cancel(ids))
        assert.equal(adapter.readCancel(await driven.run(invocation)).kind, 'done');
      for (const id of ids) assert.equal((await driven.until(id, over)).end?.outcome, 'cancelled');
      for (const invocation of adapter.cancel(ids))
        assert.equal(adapter.readCancel(await driven.run(invocation)).kind, 'done');
    });

    it('tells a job that took too long', async () => {
      const id = { base: await driven.accepted('sleep 600', { lines: [walltimeLine(adapter)] }) };
      await driven.until(id, running);
      await system.controls.setEndTime(id.base, 0);
      const { end } = await driven.until(id, over);
      assert.deepEqual([end?.outcome, end?.reason], ['failed', 'timeout']);
    });

    it("shows a refusal's own words", async () => {
      const { answer } = await driven.submit('true', { lines: [refusedLine] });
      assert.ok(answer.kind === 'refused', JSON.stringify(answer));
      assert.match(answer.sentence, /queue|class/i);
    });

    it('holds and releases a job', async () => {
      await system.controls.setSlots(0);
      const id = { base: await driven.accepted('true') };
      for (const invocation of adapter.hold([id]))
        assert.equal(adapter.readHold(await driven.run(invocation)).kind, 'done');
      const held = await driven.until(id, ({ reason }) => reason === 'held');
      assert.equal(held.stuck, true);
      await system.controls.setSlots(4);
      for (const invocation of adapter.release([id]))
        assert.equal(adapter.readHold(await driven.run(invocation)).kind, 'done');
      assert.equal((await driven.until(id, over)).end?.outcome, 'done');
    });

    it('sees a job that the system runs again', async () => {
      const id = { base: await driven.accepted('[ -e again ] && exit 0; touch again; sleep 600') };
      await driven.until(id, running);
      while (!existsSync(path.join(folder, 'again'))) await sleep(20);
      await system.controls.requeue(id.base);
      const job = await driven.until(id, over);
      assert.equal(job.end?.outcome, 'done');
      // only the two PBS count
      assert.ok(job.restarts === undefined || job.restarts === 1);
    });

    it('finds a submission whose answer was lost', async () => {
      await system.controls.loseAnswers(1);
      const { name, answer } = await driven.submit('true', { name: 'sd-lost' });
      assert.equal(answer.kind, 'unclear');
      const found = await driven.all(adapter.find({ user: driven.user, name }), (given) =>
        adapter.readFind(given, name),
      );
      assert.equal(new Set(found.map(({ base }) => base)).size, 1);
      assert.equal((await driven.until({ base: found[0]?.base ?? '' }, over)).end?.outcome, 'done');
      const none = await driven.all(adapter.find({ user: driven.user, name: 'sd-never' }), (given) =>
        adapter.readFind(given, 'sd-never'),
      );
      assert.deepEqual(none, []);
    });

    it('says nothing of jobs while the server is away', async () => {
      const id = { base: await driven.accepted('true', { held: true }) };
      await system.controls.stopController();
      for (const invocation of adapter.list({ user: driven.user, ids: [id] }))
        assert.equal(adapter.readList(await driven.run(invocation)).kind, 'failed');
      for (const invocation of adapter.cancel([id]))
        assert.equal(adapter.readCancel(await driven.run(invocation)).kind, 'failed');
      const { answer } = await driven.submit('true');
      assert.equal(answer.kind, 'busy', JSON.stringify(answer));
      await system.controls.startController();
      await driven.until(id, ({ stage }) => stage === 'waiting');
      for (const invocation of adapter.cancel([id])) await driven.run(invocation);
    });

    it('lists the known jobs beside one that is forgotten', async () => {
      const gone = { base: await driven.accepted('true') };
      await driven.until(gone, over);
      await system.controls.expireHistory();
      const here = { base: await driven.accepted('true', { held: true }) };
      const jobs = await driven.all(adapter.list({ user: driven.user, ids: [gone, here] }), adapter.readList);
      assert.deepEqual(
        jobs.map(({ base }) => base),
        [here.base],
      );
      for (const invocation of adapter.history([gone])) {
        const listing = adapter.readHistory(await driven.run(invocation));
        assert.deepEqual(listing, { kind: 'listed', jobs: [] });
      }
      for (const invocation of adapter.cancel([gone, here]))
        assert.equal(adapter.readCancel(await driven.run(invocation)).kind, 'done');
    });

    it('shows the queue and a job in detail', async () => {
      const id = { base: await driven.accepted('true', { held: true }) };
      const listing = adapter.readQueue(await driven.run(adapter.queue()));
      assert.ok(listing.kind === 'listed' && listing.jobs.some(({ base }) => base === id.base));
      const details = await driven.run(adapter.details(id));
      assert.equal(details.code, 0);
      assert.ok(details.stdout.includes(id.base));
      for (const invocation of adapter.cancel([id])) await driven.run(invocation);
    });

    const { arrays } = adapter;
    if (arrays === undefined) return;

    it('runs an array, never more at once than it may', async () => {
      mkdirSync(path.join(folder, 'at'));
      const body = `n=\${${arrays.variable}}; touch at/$n; ls at | wc -l >> most; sleep 0.1; rm at/$n; echo $n >> ran; exit $((n % 2))`;
      const tasks = { count: 12, atOnce: 3 };
      const stdout = path.join(folder, 'task.%t.out');
      const base = await driven.accepted(body, { tasks, stdout, stderr: stdout });
      const ids = Array.from({ length: tasks.count }, (_, at) => ({ base, task: at + arrays.firstTask }));
      for (const id of ids) {
        const { end, name } = await driven.until(id, over);
        assert.equal(end?.outcome, id.task % 2 === 0 ? 'done' : 'failed');
        assert.match(name ?? '', /^sd-\d+$/);
      }
      const lines = (file: string): readonly number[] =>
        readFileSync(path.join(folder, file), 'utf8').trim().split('\n').map(Number);
      assert.deepEqual(
        [...lines('ran')].sort((a, b) => a - b),
        ids.map(({ task }) => task),
      );
      assert.ok(Math.max(...lines('most')) <= tasks.atOnce);
    });

    it('cancels some tasks of an array and lets the others be', async () => {
      const base = await driven.accepted('sleep 600', { tasks: { count: 6, atOnce: 2 } });
      const ids = Array.from({ length: 6 }, (_, at) => ({ base, task: at + arrays.firstTask }));
      await driven.until(ids[0] ?? { base }, running);
      const some = ids.filter((_, at) => at !== 1);
      for (const invocation of adapter.cancel(some))
        assert.equal(adapter.readCancel(await driven.run(invocation)).kind, 'done');
      for (const id of some) assert.equal((await driven.until(id, over)).end?.outcome, 'cancelled');
      assert.equal((await driven.look(ids[1] ?? { base }))?.stage, 'running');
      for (const invocation of adapter.cancel([{ base }])) await driven.run(invocation);
      await driven.until(ids[1] ?? { base }, over);
    });

    it('holds an array, as far as the system can', async () => {
      const base = await driven.accepted('true', { tasks: { count: 1 }, held: true });
      const id = { base, task: arrays.firstTask };
      assert.equal((await driven.until(id, ({ stage }) => stage === 'waiting')).reason, 'held');
      for (const invocation of adapter.release([holdsTasks ? id : { base }]))
        assert.equal(adapter.readHold(await driven.run(invocation)).kind, 'done');
      assert.equal((await driven.until(id, over)).end?.outcome, 'done');
    });

    it('finds an array by its name', async () => {
      const base = await driven.accepted('true', { name: 'sd-array', tasks: { count: 2 }, held: true });
      const found = await driven.all(adapter.find({ user: driven.user, name: 'sd-array' }), (given) =>
        adapter.readFind(given, 'sd-array'),
      );
      assert.deepEqual([...new Set(found.map((job) => job.base))], [base]);
      for (const invocation of adapter.cancel([{ base }])) await driven.run(invocation);
    });
  });
}

const escape = (text: string): string => text.replaceAll(/[.[\]]/g, '\\$&');

function walltimeLine({ system }: BatchSystem): string {
  if (system === 'lsf') return '#BSUB -W 60';
  return `${system === 'moab' ? '#MSUB' : '#PBS'} -l walltime=1:00:00`;
}
