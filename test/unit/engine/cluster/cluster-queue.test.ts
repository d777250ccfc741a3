import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { exitRecordText } from '#engine/exit-record.ts';
import { Bench } from './bench.ts';
import { FakeSystem } from './fake-system.ts';

const ARRAYS = { firstTask: 1, most: 10, variable: 'FAKE_TASK' } as const;
const failing = (stderr: string, code = 1) => ({ code, stdout: '', stderr });
const TIMED_OUT = { code: undefined, stdout: '', stderr: '', trouble: 'timed-out' } as const;

const record = (attempt: number, code: number) =>
  exitRecordText({ attempt, code, signal: null, stopped: false, startedAt: 1, endedAt: 2, host: 'n1' });

/** A system whose jobs wait until the test says otherwise. */
function patient(...options: ConstructorParameters<typeof FakeSystem>): FakeSystem {
  const fake = new FakeSystem(...options);
  fake.startsAtOnce = false;
  return fake;
}

const only = (fake: FakeSystem): string => {
  const [id = ''] = fake.ids();
  return id;
};

describe('submitting to a batch system', () => {
  it('runs a whole sweep as one array, each task its own job', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 7 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 1);
    assert.equal(bench.state.counts.done, 7);
    for (let job = 0; job < 7; job++) {
      assert.equal(readFileSync(path.join(bench.job(job), 'stdout.log'), 'utf8'), `${job}\n`);
    }
  });

  it('cuts what is more than an array takes into windows', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 23 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.deepEqual(
      bench.of('batch').map(({ jobs }) => jobs.length),
      [10, 10, 3],
    );
    assert.equal(bench.state.counts.done, 23);
  });

  it('submits one by one where the system has no arrays', async () => {
    const fake = new FakeSystem();
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 3);
    assert.equal(bench.state.counts.done, 3);
  });

  it('has the batch on record before it is submitted, and its id right after', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = await Bench.open(fake, { jobs: 2 });
    let before: readonly string[] = [];
    const wake = fake.onCall;
    fake.onCall = (program) => {
      if (program === 'submit')
        before = readFileSync(path.join(bench.directory, 'journal.jsonl'), 'utf8').split('\n');
      wake?.(program);
    };
    bench.start();
    await bench.until(() => bench.of('accepted').length > 0);
    assert.ok(before.some((line) => line.startsWith('{"type":"batch"')));
    assert.ok(!before.some((line) => line.startsWith('{"type":"accepted"')));
    const [batch] = bench.of('batch');
    assert.match(batch?.name ?? '', /^[A-Za-z][\w-]{0,14}$/);
    assert.deepEqual(batch?.jobs, [
      [0, 1],
      [1, 1],
    ]);
  });

  it('lets no more jobs run at once than the sweep allows, also beyond one array', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 12, concurrency: 2 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const [batch] = bench.of('batch');
    assert.equal(batch?.jobs.length, 10);
    const script = readFileSync(path.join(bench.directory, 'batches', batch.name, 'script.sh'), 'utf8');
    assert.match(script, /^#FAKE array 10 at once 2$/m);
    await bench.looks(2);
    assert.equal(fake.count('submit'), 1);
    for (const id of fake.ids().slice(0, 9)) void fake.start(id);
    await bench.until(() => bench.state.jobs.length > 10);
    assert.ok(bench.state.counts.submitted + bench.state.counts.running <= 2);
  });

  it('pauses the sweep when the system refuses, with its own words and nothing failed', async () => {
    const fake = patient({ arrays: ARRAYS });
    fake.force('submit', failing('invalid partition specified: gpuu'));
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.state.phase === 'paused');
    assert.equal(bench.state.phaseReason, 'submit-rejected');
    assert.match(bench.state.phaseDetail ?? '', /invalid partition specified: gpuu/);
    assert.equal(bench.state.counts.queued, 3);
    assert.equal(bench.request({ type: 'resume' }), undefined);
    await bench.until(() => bench.of('accepted').length === 1);
    assert.deepEqual(
      bench.state.jobs.map(({ attempt }) => attempt),
      [1, 1, 1],
    );
  });

  it('hands in no more behind a refusal where every job is a submission of its own, until the sweep goes on', async () => {
    const fake = new FakeSystem();
    fake.force('submit', failing('invalid partition specified: gpuu'));
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.state.phase === 'paused' && bench.state.counts.queued === 3);
    assert.equal(fake.count('submit'), 1);
    assert.match(bench.state.phaseDetail ?? '', /invalid partition specified: gpuu/);
    assert.equal(bench.request({ type: 'resume' }), undefined);
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(bench.state.counts.done, 3);
    assert.equal(fake.count('submit'), 4);
  });

  it('pauses the sweep when its script can not be made, and goes on once it can', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    let wrong: string | undefined = "Slurm has no option '--tiem'.";
    const bench = (await Bench.open(fake, { jobs: 3, wrongLines: () => wrong })).start();
    await bench.until(() => bench.state.phase === 'paused');
    assert.equal(bench.state.phaseDetail, wrong);
    assert.equal(bench.state.counts.queued, 3);
    assert.equal(fake.count('submit'), 0);
    wrong = undefined;
    bench.request({ type: 'resume' });
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(bench.state.counts.done, 3);
  });

  it('tries again while the system is busy, and says so meanwhile', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    for (let times = 0; times < 3; times++)
      fake.force('submit', failing('Unable to contact the controller', 75));
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 4);
    assert.equal(fake.count('find'), 0);
    assert.ok(bench.troubles.some((sentence) => sentence?.includes('Unable to contact the controller')));
    assert.equal(bench.troubles.at(-1), undefined);
  });

  it('does not submit again when a submission was taken whose answer got lost', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    fake.force('submit', TIMED_OUT, true);
    const bench = (await Bench.open(fake, { jobs: 4 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 1);
    assert.equal(bench.state.counts.done, 4);
  });

  it('submits again only after the name was not found twice', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    fake.force('submit', TIMED_OUT);
    const bench = (await Bench.open(fake, { jobs: 4 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    const programs = fake.calls.map(({ program }) => program).filter((program) => program !== 'list');
    assert.deepEqual(programs.slice(0, 4), ['submit', 'find', 'find', 'submit']);
    assert.equal(fake.ids().length, 4);
  });

  it('searches on while searching fails', async () => {
    const fake = new FakeSystem();
    fake.force('submit', TIMED_OUT, true);
    fake.force('find', failing('controller down'));
    fake.force('find', failing('controller down'));
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(fake.count('submit'), 1);
    assert.equal(fake.count('find'), 3);
  });

  it('runs no job twice although a late submission turns up beside its second one', async () => {
    const fake = patient();
    fake.force('submit', TIMED_OUT, true);
    fake.force('find', { code: 0, stdout: '[]', stderr: '' });
    fake.force('find', { code: 0, stdout: '[]', stderr: '' });
    const bench = (await Bench.open(fake, { command: 'echo ran >>ran' })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const [early = '', late = ''] = fake.ids();
    assert.equal(await fake.start(early), 0);
    assert.equal(await fake.start(late), 75);
    assert.equal((await bench.reached(0, 'done', 'failed', 'lost')).state, 'done');
    assert.equal(readFileSync(path.join(bench.directory, 'ran'), 'utf8'), 'ran\n');
  });
});

describe('an engine that comes back', () => {
  it('finds a submission that was made right before the crash', async () => {
    const fake = patient({ arrays: ARRAYS });
    const first = await Bench.open(fake, { jobs: 3 });
    fake.force('submit', { code: 0, stdout: '', stderr: '' }, true);
    const crashed = new Promise<void>((resolve) => {
      fake.onCall = (program) => {
        if (program === 'submit') void first.close().then(resolve);
      };
    });
    first.start();
    await crashed;
    assert.equal(first.of('accepted').length, 0);
    fake.startsAtOnce = true;
    const second = await Bench.open(fake, { jobs: 3, directory: first.directory });
    second.start();
    await second.until(() => second.of('accepted').length === 1);
    for (const id of fake.ids()) void fake.start(id);
    await second.until(() => second.state.phase === 'finished');
    assert.equal(fake.count('submit'), 1);
    assert.equal(second.state.counts.done, 3);
  });

  it('submits what was on record and never handed in', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    const first = await Bench.open(fake, { jobs: 3 });
    fake.force('submit', TIMED_OUT);
    const crashed = new Promise<void>((resolve) => {
      fake.onCall = (program) => {
        if (program === 'submit') void first.close().then(resolve);
      };
    });
    first.start();
    await crashed;
    const second = await Bench.open(fake, { jobs: 3, directory: first.directory });
    second.start();
    await second.until(() => second.state.phase === 'finished');
    assert.equal(second.state.counts.done, 3);
    assert.equal(fake.ids().length, 3);
  });

  it('hears of jobs that ended while nobody looked', async () => {
    const fake = patient({ arrays: ARRAYS });
    const first = (await Bench.open(fake, { jobs: 3, command: 'exit $SWEEPDECK_JOB' })).start();
    await first.until(() => first.of('accepted').length === 1);
    await first.close();
    await Promise.all(fake.ids().map((id) => fake.start(id)));
    for (const id of fake.ids()) fake.forget(id);
    const second = await Bench.open(fake, { jobs: 3, directory: first.directory });
    second.start();
    await second.until(() => second.state.phase === 'finished');
    assert.deepEqual(
      second.state.jobs.map(({ state, exitCode }) => [state, exitCode]),
      [
        ['done', 0],
        ['failed', 1],
        ['failed', 2],
      ],
    );
    assert.equal(fake.count('submit'), 1);
  });
});

describe('watching a batch system', () => {
  it('asks once per interval for all jobs, and not at all when none is left', async () => {
    const fake = new FakeSystem({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 10 })).start();
    await bench.until(() => bench.state.phase === 'finished');
    const asked = fake.count('list');
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(fake.count('list'), asked);
  });

  it('hears of the end, and runs again what was preempted, while nobody looks', async () => {
    const fake = patient();
    const bench = await Bench.open(fake);
    bench.monitor.setFocused(false);
    bench.start();
    await bench.until(() => bench.of('accepted').length === 1);
    fake.set(only(fake), { stage: 'ended', word: 'PR', end: { outcome: 'failed', reason: 'preempted' } });
    await bench.until(() => bench.of('accepted').length === 2);
    const [, again = ''] = fake.ids();
    assert.equal(await fake.start(again), 0);
    await bench.until(() => bench.state.phase === 'finished');
  });

  it('changes nothing for words that nobody knows', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    fake.set(only(fake), { stage: 'unknown', word: 'HIBERNATING' });
    await bench.until(() => bench.of('observed').length === 1);
    await bench.looks();
    assert.equal(bench.state.jobs[0]?.state, 'submitted');
    assert.equal(bench.state.jobs[0].native?.word, 'HIBERNATING');
    assert.equal(bench.of('observed').length, 1);
    fake.set(only(fake), { stage: 'waiting', word: 'PD' });
    assert.equal(await fake.start(only(fake)), 0);
    assert.equal((await bench.reached(0, 'done', 'failed', 'lost')).state, 'done');
  });

  it('changes nothing while asking fails, and says since when', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    for (let times = 0; times < 3; times++) fake.force('list', failing('connect failure'));
    await bench.until(() => bench.monitor.freshness.stale !== undefined);
    assert.match(bench.monitor.freshness.stale?.sentence ?? '', /connect failure/);
    assert.equal(bench.state.jobs[0]?.state, 'submitted');
    await bench.until(() => bench.monitor.freshness.stale === undefined);
    assert.equal(bench.of('ended').length, 0);
  });

  it('believes the exit record more than the system', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    mkdirSync(bench.job(0), { recursive: true });
    writeFileSync(path.join(bench.job(0), 'claim-1'), '1\nn1   \n\nx 100\n');
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 0));
    fake.set(only(fake), { stage: 'ended', word: 'NF', end: { outcome: 'failed', reason: 'node-failure' } });
    assert.equal((await bench.reached(0, 'done', 'failed', 'lost')).state, 'done');
  });

  it('tells why the system ended a job', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    writeFileSync(path.join(bench.job(0), 'claim-1'), '1\nn1   \n\nx 100\n');
    fake.set(only(fake), { stage: 'ended', word: 'TO', end: { outcome: 'failed', reason: 'timeout' } });
    const job = await bench.reached(0, 'done', 'failed', 'lost');
    assert.deepEqual([job.state, job.reason], ['failed', 'timeout']);
    assert.match(job.detail ?? '', /Fake: TO/);
  });

  it('looks up a job that is missing before it says anything of it', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { settings: { lostAfter: 1000 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const id = only(fake);
    fake.forget(id);
    await bench.until(() => fake.count('history') >= 4);
    assert.equal(bench.state.jobs[0]?.state, 'submitted');
    fake.history.set(id, { id, base: id, stage: 'ended', word: 'CA', end: { outcome: 'cancelled' } });
    assert.equal((await bench.reached(0, 'cancelled', 'failed', 'lost')).state, 'cancelled');
  });

  it('gives a job up for lost when nobody knows it any more, and takes it back when its record turns up', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.of('accepted').length === 2);
    const [id = ''] = fake.ids();
    fake.forget(id);
    const lost = await bench.reached(0, 'lost', 'failed');
    assert.equal(lost.state, 'lost');
    assert.ok(fake.count('list') >= 3);
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 0));
    assert.equal((await bench.reached(0, 'done')).exitCode, 0);
  });

  it('says what its script said when a job ended before its command began', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const [batch] = bench.of('batch');
    writeFileSync(
      path.join(bench.directory, 'batches', batch?.name ?? '', '0.out'),
      'module: command not found\n',
    );
    fake.set(only(fake), { stage: 'ended', word: 'F', end: { outcome: 'failed', exitCode: 1 } });
    const job = await bench.reached(0, 'failed', 'done');
    assert.equal(job.reason, 'launch-failure');
    assert.match(job.detail ?? '', /module: command not found/);
  });
});

describe('jobs that come back', () => {
  it('runs a preempted job again in the same directory, as the next attempt', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    writeFileSync(path.join(bench.job(0), 'claim-1'), '1\nn1   \n\nx 100\n');
    writeFileSync(path.join(bench.job(0), 'stdout.log'), 'first\n');
    fake.set(only(fake), { stage: 'ended', word: 'PR', end: { outcome: 'failed', reason: 'preempted' } });
    await bench.until(() => bench.of('accepted').length === 2);
    const [, again = ''] = fake.ids();
    assert.equal(await fake.start(again), 0);
    const job = await bench.reached(0, 'done', 'failed');
    assert.deepEqual([job.state, job.attempt, job.requeues], ['done', 2, 1]);
    assert.equal(readFileSync(path.join(bench.job(0), 'attempts/1/stdout.log'), 'utf8'), 'first\n');
  });

  it('gives up after as many times as the queue allows', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { settings: { maxRequeues: 1 } })).start();
    for (let times = 1; times <= 2; times++) {
      await bench.until(() => bench.of('accepted').length === times);
      const id = fake.ids()[times - 1] ?? '';
      fake.set(id, { stage: 'ended', word: 'NF', end: { outcome: 'failed', reason: 'node-failure' } });
    }
    const job = await bench.reached(0, 'failed', 'done');
    assert.deepEqual([job.reason, job.attempt], ['node-failure', 2]);
    assert.match(job.detail ?? '', /run again 1 times/);
  });

  it('does not run a job again whose time was over, unless the queue says so', async () => {
    for (const requeueOn of [[], ['timeout']] as const) {
      const fake = patient();
      const bench = (await Bench.open(fake, { settings: { requeueOn } })).start();
      await bench.until(() => bench.of('accepted').length === 1);
      writeFileSync(path.join(bench.job(0), 'claim-1'), '1\nn1   \n\nx 100\n');
      fake.set(only(fake), { stage: 'ended', word: 'TO', end: { outcome: 'failed', reason: 'timeout' } });
      const next = await bench.until(() => bench.of('ended')[0] ?? bench.of('requeued')[0]);
      assert.equal(next.type, requeueOn.length === 0 ? 'ended' : 'requeued');
    }
  });

  it('follows a job that the system itself runs again, without submitting it', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const id = only(fake);
    // the first start was killed half-way
    writeFileSync(
      path.join(bench.job(0), 'claim-1'),
      `1\nn1   \n\n${bench.of('batch')[0]?.name ?? ''}/1 ${id}\n`,
    );
    fake.set(id, { stage: 'running', word: 'R', nodes: 'n1', restarts: 0 });
    await bench.reached(0, 'running');
    fake.set(id, { stage: 'waiting', word: 'PD', restarts: 1 });
    await bench.until(() => bench.of('requeued').length === 1);
    assert.equal(bench.of('requeued')[0]?.bySystem, true);
    assert.deepEqual([bench.state.jobs[0]?.state, bench.state.jobs[0]?.attempt], ['submitted', 2]);
    assert.equal(await fake.start(id), 0);
    const job = await bench.reached(0, 'done', 'failed');
    assert.deepEqual([job.state, job.attempt], ['done', 2]);
    assert.equal(fake.count('submit'), 1);
    assert.ok(existsSync(path.join(bench.job(0), 'claim-2')));
  });

  it('keeps the attempt when the system starts again what had not begun', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const id = only(fake);
    fake.set(id, { stage: 'running', word: 'CF' });
    await bench.reached(0, 'running');
    fake.set(id, { stage: 'requeued', word: 'RQ' });
    await bench.reached(0, 'submitted');
    await bench.looks();
    assert.equal(bench.of('requeued').length, 0);
    assert.equal(await fake.start(id), 0);
    assert.deepEqual((await bench.reached(0, 'done', 'failed')).attempt, 1);
  });
});

describe('requests', () => {
  it('cancels many jobs in one call', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 8 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    bench.request({ type: 'cancel' });
    await bench.until(() => bench.state.phase === 'cancelled');
    assert.equal(fake.count('cancel'), 1);
    assert.equal(bench.state.counts.cancelled, 8);
  });

  it('cancels once more a job that is still there, and one for which the command failed', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    fake.force('cancel', failing('controller down'));
    bench.request({ type: 'cancel', jobs: [0] });
    assert.equal((await bench.reached(0, 'cancelled', 'failed')).state, 'cancelled');
    assert.equal(fake.count('cancel'), 2);
    assert.match(bench.state.notices[0]?.detail ?? '', /controller down/);
  });

  it('ends a cancelled job that vanished before it began', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { settings: { lostAfter: 1000 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    fake.force('cancel', { code: 0, stdout: '', stderr: '' });
    bench.request({ type: 'cancel', jobs: [0] });
    fake.forget(only(fake));
    const job = await bench.reached(0, 'cancelled', 'lost');
    assert.equal(job.state, 'cancelled');
    assert.ok(existsSync(path.join(bench.job(0), 'claim-1')));
  });

  it('ends a task of an array that left no trace after it was cancelled, at the first look', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 3, settings: { lostAfter: 1000 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const [, id = ''] = fake.ids();
    fake.force('cancel', { code: 0, stdout: '', stderr: '' });
    bench.request({ type: 'cancel', jobs: [1] });
    fake.forget(id);
    assert.equal((await bench.reached(1, 'cancelled', 'lost')).state, 'cancelled');
    assert.equal(fake.count('history'), 1);
    await bench.looks();
    assert.equal(bench.state.counts.submitted, 2);
  });

  it('names an array by its own id when all that is left of it is cancelled', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 4 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const [first = '', second = ''] = fake.ids();
    assert.equal(await fake.start(first), 0);
    await bench.reached(0, 'done');
    bench.request({ type: 'cancel', jobs: [1] });
    await bench.reached(1, 'cancelled');
    bench.request({ type: 'cancel' });
    await bench.until(() => bench.state.phase === 'cancelled');
    const calls = fake.calls.filter(({ program }) => program === 'cancel').map(({ args }) => args);
    assert.deepEqual(calls, [[second], [first.replace(/_.*/, '')]]);
    assert.deepEqual([bench.state.counts.done, bench.state.counts.cancelled], [1, 3]);
  });

  it('holds what waits of an array as a whole where the system knows no other way', async () => {
    for (const holdsOnlyWholeArrays of [true, undefined] as const) {
      const fake = patient({
        arrays: ARRAYS,
        ...(holdsOnlyWholeArrays === undefined ? {} : { holdsOnlyWholeArrays }),
      });
      const bench = (await Bench.open(fake, { jobs: 3 })).start();
      await bench.until(() => bench.of('accepted').length === 1);
      const [first = '', ...others] = fake.ids();
      fake.set(first, { stage: 'running', word: 'R' });
      await bench.reached(0, 'running');
      assert.equal(bench.request({ type: 'hold' }), undefined);
      await bench.until(() => fake.count('hold') === 1);
      const [base = ''] = first.split('_');
      assert.deepEqual(
        fake.calls.find(({ program }) => program === 'hold')?.args,
        holdsOnlyWholeArrays === true ? [base] : others,
      );
    }
  });

  it('cancels jobs that were not handed in yet without asking the system', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 2, timing: { gather: 60_000 } })).start();
    assert.equal(bench.state.counts.submitted, 2);
    bench.request({ type: 'cancel' });
    await bench.until(() => bench.state.phase === 'cancelled');
    assert.deepEqual(fake.calls, []);
  });

  it('holds and releases jobs that wait, and refuses others', async () => {
    const fake = patient({ arrays: ARRAYS });
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    assert.equal(bench.request({ type: 'hold', jobs: [1, 2] }), undefined);
    await bench.until(() => fake.count('hold') === 1);
    const [, one = '', two = ''] = fake.ids();
    assert.deepEqual(fake.calls.find(({ program }) => program === 'hold')?.args, [one, two]);
    fake.set(one, { reason: 'held', stuck: true, detail: 'JobHeldUser' });
    await bench.until(() => bench.state.jobs[1]?.reason === 'held');
    assert.equal(bench.state.jobs[1]?.native?.stuck, true);
    assert.equal(bench.request({ type: 'release' }), undefined);
    await bench.until(() => fake.count('release') === 1);
    assert.match(bench.request({ type: 'hold', jobs: [9] }) ?? '', /no job 9/);
  });
});
