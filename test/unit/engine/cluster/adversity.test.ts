/** What goes wrong on clusters in the course of weeks: nothing of it may lose a job, double it, or call it failed. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { exitRecordText } from '#engine/exit-record.ts';
import { Bench } from './bench.ts';
import { FakeSystem } from './fake-system.ts';

const ARRAYS = { firstTask: 1, most: 10, variable: 'FAKE_TASK' } as const;
const failing = (stderr: string, code = 1) => ({ code, stdout: '', stderr });
const NOTHING = { code: 0, stdout: '[]', stderr: '' } as const;
const TIMED_OUT = { code: undefined, stdout: '', stderr: '', trouble: 'timed-out' } as const;
const DONE = { stage: 'ended', word: 'CD', end: { outcome: 'done', exitCode: 0 } } as const;

const record = (attempt: number, code: number, also: { signal?: number; stopped?: boolean } = {}) =>
  exitRecordText({
    attempt,
    code,
    signal: null,
    stopped: false,
    startedAt: 1,
    endedAt: 2,
    host: 'n1',
    ...also,
  });

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

const claim = (bench: Bench, job: number, text = 'x 100'): void =>
  writeFileSync(path.join(bench.job(job), 'claim-1'), `1\nn1   \n\n${text}\n`);

describe('files that are seen late', () => {
  it('do not make a job fail that the system says ended well', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { timing: { record: 60_000 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    fake.set(only(fake), DONE);
    await bench.looks();
    assert.equal(bench.of('ended').length, 0);
    claim(bench, 0);
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 0));
    assert.equal((await bench.reached(0, 'done', 'failed', 'lost')).state, 'done');
  });

  it('do not make a job run again whose node failed right after it was done', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { timing: { record: 60_000 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    claim(bench, 0);
    fake.set(only(fake), { stage: 'ended', word: 'NF', end: { outcome: 'failed', reason: 'node-failure' } });
    await bench.looks();
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 0));
    assert.equal((await bench.reached(0, 'done', 'failed', 'queued')).attempt, 1);
    assert.equal(bench.state.counts.done, 1);
  });

  it('leave a job lost, not failed, that ended well without a trace, until its record turns up', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.of('accepted').length === 2);
    fake.set(only(fake), DONE);
    const job = await bench.reached(0, 'done', 'failed', 'lost');
    assert.equal(job.state, 'lost');
    assert.match(job.detail ?? '', /neither a claim nor an exit record.*does not see this folder/);
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 0));
    await bench.reached(0, 'done');
  });

  it('and can not be read stop nobody from looking on', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.of('accepted').length === 2);
    const [bad = '', good = ''] = fake.ids();
    // what reading it gives is no text: EISDIR, as a server that is away gives EIO
    mkdirSync(path.join(bench.job(0), 'claim-1'));
    rmSync(path.join(bench.job(0), 'job.json'));
    mkdirSync(path.join(bench.job(0), 'job.json'));
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 3));
    fake.forget(bad);
    await bench.looks();
    assert.equal(await fake.start(good), 0);
    await bench.reached(1, 'done');
    rmSync(path.join(bench.job(0), 'job.json'), { recursive: true });
    assert.equal((await bench.reached(0, 'done', 'failed', 'lost')).exitCode, 3);
  });
});

describe('metrics that can not be read', () => {
  it('keep no job from its end', async () => {
    const fake = new FakeSystem();
    const metrics = (job: number) => {
      if (job === 0) throw new Error('EIO: i/o error');
      return { loss: 1 };
    };
    const bench = (await Bench.open(fake, { jobs: 2, metrics })).start();
    await bench.until(() => bench.state.phase === 'finished');
    assert.equal(bench.state.counts.done, 2);
    assert.deepEqual(bench.state.jobs[1]?.metrics, { loss: 1 });
    assert.match(bench.state.notices[0]?.detail ?? '', /metrics of s-1\/0 .*i\/o error/);
  });
});

describe('what was cancelled', () => {
  it('is not submitted any more where every job is a submission of its own', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { jobs: 20 })).start();
    await bench.until(() => fake.count('submit') === 2);
    bench.request({ type: 'cancel' });
    await bench.until(() => bench.state.phase === 'cancelled');
    assert.equal(bench.state.counts.cancelled, 20);
    assert.ok(fake.count('submit') <= 4, `${fake.count('submit')} submissions`);
  });

  it('is let go while the system is too busy to take it', async () => {
    const fake = patient({ arrays: ARRAYS });
    for (let times = 0; times < 1000; times++) fake.force('submit', failing('controller down', 75));
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => fake.count('submit') === 3);
    bench.request({ type: 'cancel' });
    await bench.until(() => bench.state.phase === 'cancelled');
    assert.equal(bench.state.counts.cancelled, 3);
    assert.equal(bench.troubles.at(-1), undefined);
    assert.deepEqual(fake.ids(), []);
  });

  it('never begins when a submission of it turns up that was not found', async () => {
    const fake = patient();
    fake.force('submit', TIMED_OUT, true);
    fake.force('find', NOTHING);
    fake.force('find', NOTHING);
    const bench = await Bench.open(fake, { command: 'echo ran >>ran' });
    const wake = fake.onCall;
    fake.onCall = (program) => {
      if (program === 'find' && fake.count('find') === 2) bench.request({ type: 'cancel' });
      wake?.(program);
    };
    bench.start();
    await bench.until(() => bench.state.phase === 'cancelled');
    assert.equal(fake.count('submit'), 1);
    assert.equal(await fake.start(only(fake)), 75);
    assert.ok(!existsSync(path.join(bench.directory, 'ran')));
  });

  it('is ended also where the other one of two submissions runs it', async () => {
    const fake = patient();
    fake.force('submit', TIMED_OUT, true);
    fake.force('find', NOTHING);
    fake.force('find', NOTHING);
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    const [early = '', late = ''] = fake.ids();
    const [batch] = bench.of('batch');
    claim(bench, 0, `${batch?.name ?? ''}/1 ${early}`);
    fake.set(early, { stage: 'running', word: 'R' });
    bench.request({ type: 'cancel' });
    await bench.until(() =>
      fake.calls.some(({ program, args }) => program === 'cancel' && args.includes(early)),
    );
    assert.ok(fake.calls.some(({ program, args }) => program === 'cancel' && args.includes(late)));
    assert.equal(bench.of('ended').length, 0);
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 143, { signal: 15, stopped: true }));
    fake.set(early, { stage: 'ended', word: 'CA', end: { outcome: 'cancelled' } });
    await bench.until(() => bench.state.phase === 'cancelled');
  });

  it('stays cancelled when the engine ended between settling that and writing it down', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { settings: { lostAfter: 1000 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    fake.force('cancel', { code: 0, stdout: '', stderr: '' });
    writeFileSync(path.join(bench.job(0), 'claim-1'), '0\nhost   \n\n');
    bench.request({ type: 'cancel', jobs: [0] });
    fake.forget(only(fake));
    assert.equal((await bench.reached(0, 'cancelled', 'lost')).state, 'cancelled');
  });
});

describe('what can not be done at once', () => {
  it('is asked for until it is done: a job that will not go is cancelled again and again', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { timing: { cancelAgain: 5 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    for (let times = 0; times < 4; times++) fake.force('cancel', { code: 0, stdout: '', stderr: '' });
    bench.request({ type: 'cancel', jobs: [0] });
    assert.equal((await bench.reached(0, 'cancelled', 'failed')).state, 'cancelled');
    assert.equal(fake.count('cancel'), 5);
  });

  it('is told once, however often it is tried', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { timing: { cancelAgain: 1 } })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    for (let times = 0; times < 3; times++) fake.force('cancel', failing('not yours'));
    bench.request({ type: 'cancel', jobs: [0] });
    await bench.reached(0, 'cancelled');
    assert.equal(bench.of('noticed').length, 1);
  });

  it('is told with what can be done where an array has more jobs than one may submit', async () => {
    const fake = patient({ arrays: ARRAYS });
    fake.force('submit', failing('Your limit of jobs is reached.', 76));
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    assert.match(
      bench.troubles.find((one) => one !== undefined) ?? '',
      /limit.*array of 3 jobs.*lower maxJobs/,
    );
  });

  it('is remembered: jobs are held that the system gets only later', async () => {
    const fake = patient({ arrays: ARRAYS });
    fake.force('submit', failing('controller down', 75));
    const bench = await Bench.open(fake, { jobs: 3, timing: { retries: [50] } });
    bench.start();
    await bench.until(() => fake.count('submit') === 1);
    assert.equal(bench.request({ type: 'hold', jobs: [0, 2] }), undefined);
    assert.equal(bench.request({ type: 'hold', jobs: [1] }), undefined);
    assert.equal(bench.request({ type: 'release', jobs: [2] }), undefined);
    await bench.until(() => fake.count('hold') === 1);
    const [first, second] = fake.ids();
    assert.deepEqual(fake.calls.find(({ program }) => program === 'hold')?.args, [first, second]);
    assert.equal(fake.count('release'), 0);
  });
});

describe('jobs that the system puts back', () => {
  it('keep the end that they came to by themselves, also by a signal', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    claim(bench, 0);
    fake.set(only(fake), { stage: 'running', word: 'R' });
    await bench.reached(0, 'running');
    writeFileSync(path.join(bench.job(0), 'exit.json'), record(1, 139, { signal: 11 }));
    fake.set(only(fake), { stage: 'waiting', word: 'PD' });
    const job = await bench.reached(0, 'failed', 'cancelled', 'lost');
    assert.deepEqual([job.state, job.reason, job.signal], ['failed', 'signal', 'SIGSEGV']);
    assert.equal(fake.count('cancel'), 1);
  });
});

describe('jobs that count as lost', () => {
  it('are told why nothing could be found out', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake)).start();
    await bench.until(() => bench.of('accepted').length === 1);
    for (let times = 0; times < 1000; times++) fake.force('history', failing('the accounts are away'));
    fake.forget(only(fake));
    assert.match((await bench.reached(0, 'lost', 'failed')).detail ?? '', /the accounts are away/);
  });

  it('are ended, should they be there after all, when they are run again', async () => {
    const fake = patient();
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.of('accepted').length === 2);
    const id = only(fake);
    fake.forget(id);
    await bench.reached(0, 'lost');
    assert.equal(fake.count('cancel'), 0);
    assert.equal(bench.request({ type: 'retry', jobs: [0] }), undefined);
    await bench.until(() => bench.of('accepted').length === 3);
    assert.deepEqual(fake.calls.find(({ program }) => program === 'cancel')?.args, [id]);
  });
});

describe('a search for a submission', () => {
  it('lets what the system itself submitted again go on', async () => {
    const fake = patient({ arrays: ARRAYS });
    fake.force('submit', TIMED_OUT, true);
    const rows = [
      {
        id: '701',
        base: '701',
        task: 1,
        stage: 'ended',
        word: 'Error',
        submittedAt: 1,
        resubmittedAs: '800',
      },
      { id: '702', base: '701', task: 2, stage: 'waiting', word: 'Waiting', submittedAt: 1 },
      { id: '800', base: '800', stage: 'running', word: 'Running', submittedAt: 2 },
    ];
    fake.force('find', { code: 0, stdout: JSON.stringify(rows), stderr: '' });
    const bench = (await Bench.open(fake, { jobs: 2 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    assert.equal(bench.of('accepted')[0]?.nativeId, '701');
    await bench.looks();
    assert.equal(fake.count('cancel'), 0);
  });

  it('gives every task its own id, also when others have left the listing', async () => {
    const fake = patient({ arrays: ARRAYS });
    fake.force('submit', TIMED_OUT, true);
    const rows = [2, 3].map((task) => ({ id: `70${task}`, base: '701', task, stage: 'waiting', word: 'W' }));
    fake.force('find', { code: 0, stdout: JSON.stringify(rows), stderr: '' });
    const bench = (await Bench.open(fake, { jobs: 3 })).start();
    await bench.until(() => bench.of('accepted').length === 1);
    assert.deepEqual(bench.of('accepted')[0]?.taskIds, ['', '702', '703']);
  });
});

describe('an engine that comes back', () => {
  it('goes on with a task that began though its array can not be found by name, whose claim has the id of the array alone', async () => {
    const fake = patient({ arrays: ARRAYS });
    const options = { jobs: 2, settings: { lostAfter: 1000 } };
    const first = (await Bench.open(fake, options)).start();
    await first.until(() => first.of('accepted').length === 1);
    await first.close();
    const file = path.join(first.directory, 'journal.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.filter((line) => !line.includes('"type":"accepted"')).join('\n'));
    const [, id = ''] = fake.ids();
    const [base = ''] = id.split('_');
    writeFileSync(
      path.join(first.job(1), 'claim-1'),
      `1\nn1   \n\n${first.of('batch')[0]?.name ?? ''}/1 ${base}\n`,
    );
    fake.set(id, { stage: 'running', word: 'R' });
    fake.force('find', NOTHING);
    fake.force('find', NOTHING);
    const second = await Bench.open(fake, { ...options, directory: first.directory });
    second.start();
    assert.equal((await second.reached(1, 'running', 'lost')).attempt, 1);
  });

  it('asks no system for a job that was begun by nobody knows whom, and goes on asking for the others', async () => {
    const fake = patient();
    const first = (await Bench.open(fake, { jobs: 2, settings: { lostAfter: 1000 } })).start();
    await first.until(() => first.of('accepted').length === 2);
    await first.close();
    // the journal lost its last records, and the claim was only just begun
    const file = path.join(first.directory, 'journal.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    const kept = lines.filter((line) => !/"type":"(batch|accepted)"/.test(line) || line.includes('[[1,1]]'));
    writeFileSync(file, kept.join('\n'));
    writeFileSync(path.join(first.job(0), 'claim-1'), '');
    const second = await Bench.open(fake, {
      jobs: 2,
      directory: first.directory,
      settings: { lostAfter: 1000 },
    });
    second.start();
    await second.until(() => fake.count('list') > 3);
    await second.looks();
    assert.ok(!fake.calls.some(({ args }) => args.includes('unknown')));
    writeFileSync(path.join(second.job(0), 'exit.json'), record(1, 0));
    await second.reached(0, 'done');
  });
});
