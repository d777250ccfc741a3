import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NativeId, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { commandWord, oar } from '#engine/queues/cluster/systems/oar.ts';
import { hugeAnswersAreRead, jobsOf, nonsenseIsNoJob, nothingIsMadeUp, readAll } from './readers.ts';
import { answerOf, answersOf, recorded } from './transcripts.ts';

const listedIn = (name: string): ReadonlyMap<string, NativeJob> =>
  jobsOf(oar.readList(answerOf('oar', name)));
const historyIn = (name: string): ReadonlyMap<string, NativeJob> =>
  jobsOf(oar.readHistory(answerOf('oar', name)));
const own = (...ids: readonly number[]): readonly NativeId[] =>
  ids.map((id, place) => ({ base: String(ids[0]), task: place + 1, id: String(id) }));
const answer = (stdout: string, code = 0): { code: number; stdout: string; stderr: string } => ({
  code,
  stdout,
  stderr: '',
});

describe('submitting to OAR', () => {
  const submitted = (name: string): unknown => oar.readSubmit(answerOf('oar', name));

  it('names the script so that shells read it back, blanks apart', () => {
    assert.equal(commandWord('/home/a/b-c_1.sh'), '/home/a/b-c_1.sh');
    assert.equal(commandWord('/my work/d(1)&[x]/ü.sh'), '/my[[:space:]]work/d\\(1\\)\\&\\[x\\]/ü.sh');
    assert.deepEqual(oar.submit({ name: 'x', script: '/s/a b.sh', text: '', directory: '/s' }), {
      program: 'oarsub',
      args: ['-S', '/s/a[[:space:]]b.sh'],
      directory: '/s',
    });
  });

  it('finds the id of a job, and those of all tasks of an array', () => {
    for (const [name, id] of [
      ['submit', '1'],
      ['submit-sleep', '4'],
      ['submit-reservation', '15'],
      ['error-anterior', '19'],
      ['error-not-executable', '18'],
      ['ours-submit-directory', '4'],
    ] as const)
      assert.deepEqual(submitted(name), { kind: 'accepted', id, taskIds: [id] }, name);
    assert.deepEqual(submitted('submit-array'), { kind: 'accepted', id: '6', taskIds: ['6', '7', '8'] });
    assert.deepEqual(submitted('submit-array-param'), { kind: 'accepted', id: '9', taskIds: ['9', '10'] });
  });

  it('hands a refusal on with its words and what it is about', () => {
    for (const [name, sentence, about] of [
      [
        'error-bad-resource',
        'Bad resource request (ERROR: column "nosuchprop" does not exist LINE 1: SELECT nosuchprop, resource_id )',
        { text: 'nosuchprop' },
      ],
      [
        'error-property',
        'There are not enough resources for your request',
        { options: ['resource', 'property'] },
      ],
      ['error-unknown-queue', 'ERROR : The queue nosuch does not exist', { options: ['queue'] }],
      [
        'error-bad-walltime',
        '/!\\ Cannot recognize -- ,walltime=banana -- resource',
        { options: ['resource', 'property'] },
      ],
      ['ours-submit-badname', '/!\\ Invalid stdout file name (bad character)', { options: ['stdout'] }],
    ] as const)
      assert.deepEqual(submitted(name), { kind: 'refused', sentence, about }, name);
    assert.deepEqual((submitted('ours-submit-bad') as { about: unknown }).about, { text: '#OAR --nosuch x' });
    for (const name of ['error-array-file', 'error-no-script', 'error-property-sql'])
      assert.equal((submitted(name) as { kind: string }).kind, 'refused', name);
  });

  it('looks first when the database was away, or the answer was cut', () => {
    const nothing = { code: undefined, stdout: '', stderr: '' };
    assert.equal(oar.readSubmit({ ...nothing, trouble: 'timed-out' }).kind, 'unclear');
    assert.equal(oar.readSubmit({ ...nothing, trouble: 'not-found' }).kind, 'busy');
    assert.equal(
      oar.readSubmit({ code: 25, stdout: '', stderr: 'DB connection error, exiting.\n' }).kind,
      'unclear',
    );
    // some of the array's tasks are missing
    assert.equal(
      oar.readSubmit({ ...nothing, stdout: 'OAR_JOB_ID=6\nOAR_JOB_ID=7\n', trouble: 'timed-out' }).kind,
      'unclear',
    );
  });
});

describe('the header for OAR', () => {
  it('names everything the driver wants, without equals signs', () => {
    assert.deepEqual(
      oar.headerFor({
        name: 'sw-1',
        directory: '/my work',
        stdout: '/my work/jobs/%t.out',
        stderr: '/elsewhere/%t.err',
        tasks: { count: 1000, atOnce: 50 },
        held: true,
      }),
      [
        '#OAR -n sw-1',
        '#OAR -d /my work',
        '#OAR -O jobs/%jobid%.out',
        '#OAR -E /elsewhere/%jobid%.err',
        '#OAR --array 1000',
        '#OAR --hold',
      ],
    );
    assert.equal(oar.arrays?.unthrottled, true);
  });

  it("replaces a person's own, and nothing else", () => {
    for (const line of [
      '-n x',
      '--name x',
      '-O out',
      '--stderr err',
      '--array 3',
      '-d /x',
      '--array-param-file f',
    ])
      assert.equal(oar.isReplaced(`#OAR ${line}`), true, line);
    for (const line of ['-l core=1,walltime=1', '-t besteffort', '-p mem > 1', '--project p', '-q default'])
      assert.equal(oar.isReplaced(`#OAR ${line}`), false, line);
  });

  it('says of a path that it can not be written', () => {
    assert.equal(oar.pathTrouble?.('/my work/a+b(1)&ü'), undefined);
    assert.match(oar.pathTrouble?.("/it's") ?? '', /^OAR can't use the path/);
  });
});

describe("OAR's listing", () => {
  it('shows every unfinished job', () => {
    const jobs = listedIn('ours-oarstat-u');
    const stage = (id: string): string => {
      const { word, stage: is, reason, stuck } = jobs.get(id) ?? assert.fail(id);
      return [word, is, reason ?? '-', ...(stuck === true ? ['stuck'] : [])].join(' ');
    };
    assert.equal(stage('7'), 'Running running -');
    assert.equal(stage('8'), 'Hold waiting held stuck');
    assert.match(stage('11'), /^Waiting waiting (pending|dependency)$/);
    const task = jobs.get('13');
    assert.deepEqual([task?.base, task?.task, task?.name, task?.user], ['12', 2, 'swiss', 'sweepdeck-test']);
    // the first task of an array has the array's id; a job alone is no task
    assert.equal(jobs.get('12')?.task, 1);
    assert.equal(jobs.get('8')?.task, undefined);
  });

  it('reads both forms, with and without the full view', () => {
    const job = listedIn('oarstat-J-f-running').get('4');
    assert.deepEqual(job, {
      id: '4',
      base: '4',
      word: 'Running',
      stage: 'running',
      name: 'osleep',
      user: 'schedtest',
      partition: 'default',
      nodes: 'n1',
      submittedAt: 1795231206000,
      startedAt: 1795231207000,
    });
    // without -f nobody says how it ended
    assert.deepEqual(listedIn('oarstat-J').get('1')?.end, { outcome: 'unknown' });
  });

  it('may be empty, and has failed when it is cut short or the database is away', () => {
    assert.deepEqual(oar.readList(answer('')), { kind: 'listed', jobs: [] });
    const { stdout } = answerOf('oar', 'ours-oarstat-u');
    for (const part of [stdout.slice(0, -3), stdout.slice(0, 700), '[]', 'null', '1', '"x"'])
      assert.equal(oar.readList(answer(part)).kind, 'failed');
    assert.equal(oar.readList(answerOf('oar', 'server-down')).kind, 'failed');
    assert.equal(oar.readList({ code: 0, stdout: '', stderr: 'DBD::Pg: something\n' }).kind, 'failed');
  });

  it('keeps a state that nobody knows', () => {
    const { stdout } = answerOf('oar', 'oarstat-J-f-running');
    assert.equal(
      jobsOf(oar.readList(answer(stdout.replace('"Running"', '"Dreaming"')))).get('4')?.stage,
      'unknown',
    );
  });
});

describe("OAR's history", () => {
  it('is asked by the ids of the jobs, in chunks', () => {
    assert.deepEqual(oar.history(own(6, 7)), [
      { program: 'oarstat', args: ['-f', '-J', '-j', '6', '-j', '7'] },
    ]);
    assert.equal(oar.history(own(...Array.from({ length: 1200 }, (_, job) => job + 1))).length, 3);
  });

  it('tells how jobs ended', () => {
    const jobs = historyIn('ours-oarstat-fj');
    for (const [id, end] of [
      ['4', { outcome: 'failed', reason: 'launch-failure' }],
      ['5', { outcome: 'done', exitCode: 0 }],
      ['6', { outcome: 'failed', reason: 'exit-code', exitCode: 7 }],
      ['7', { outcome: 'cancelled' }],
      ['9', { outcome: 'failed', reason: 'launch-failure' }],
      // a walltime kill is requested by the system itself
      ['10', { outcome: 'failed', reason: 'timeout' }],
      ['12', { outcome: 'cancelled' }],
      ['15', { outcome: 'failed', reason: 'signal', signal: 9 }],
    ] as const)
      assert.deepEqual(jobs.get(id)?.end, end, id);
    assert.equal(jobs.get('9')?.detail?.includes('Cannot create .stdout'), true);
  });

  it('tells preemption, and the new id of a job that was submitted again', () => {
    const { stdout } = answerOf('oar', 'ours-oarstat-fj');
    const rows = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    const row = {
      ...rows['7'],
      events: [
        {
          type: 'RESUBMIT_JOB_AUTOMATICALLY',
          description:
            '[bipbip 7] the job 7 is a besteffort and idempotent job so we resubmit it (new id = 21)',
        },
        { type: 'FRAG_JOB_REQUEST', description: 'User oar requested to frag the job 7' },
        { type: 'BESTEFFORT_KILL', description: '[MetaSched] kill the besteffort job 7' },
      ],
    };
    // the new job names the old one
    const next = { ...row, Job_Id: 21, state: 'Waiting', resubmit_job_id: 7, events: [] };
    const jobs = jobsOf(oar.readHistory(answer(JSON.stringify({ 7: row, 21: next }))));
    const job = jobs.get('7');
    assert.equal(jobs.get('21')?.resubmittedAs, undefined);
    assert.deepEqual(job?.end, { outcome: 'failed', reason: 'preempted' });
    assert.equal(job.resubmittedAs, '21');
  });

  it('knows nothing of ids that it never saw', () => {
    assert.equal(jobsOf(oar.readFind(answerOf('oar', 'ours-find-none'), 'nosuch')).size, 0);
  });
});

describe('asking OAR for something', () => {
  it('finds a submission by its name', () => {
    const [call] = oar.find({ user: "o'neill", name: 'sw-1' });
    assert.equal(call?.args.at(-1), "job_name = 'sw-1' AND job_user = 'o''neill'");
    const found = jobsOf(oar.readFind(answerOf('oar', 'ours-find'), 'swiss'));
    assert.deepEqual([...found.keys()], ['12', '13', '14']);
    assert.deepEqual(
      [...found.values()].map(({ task }) => task),
      [1, 2, 3],
    );
  });

  it('names each job by its own id', () => {
    assert.deepEqual(oar.cancel([...own(6, 7), { base: '12' }]), [
      { program: 'oardel', args: ['6', '7', '12'] },
    ]);
    assert.deepEqual(oar.hold(own(6))[0], { program: 'oarhold', args: ['6'] });
    assert.deepEqual(oar.release(own(6))[0], { program: 'oarresume', args: ['6'] });
  });

  it('takes what was over already for success', () => {
    for (const name of ['oardel-again', 'oardel-array', 'oardel-unknown', 'ours-oardel-mixed'])
      assert.equal(oar.readCancel(answerOf('oar', name)).kind, 'done', name);
    assert.equal(
      oar.readCancel({ code: undefined, stdout: '', stderr: '', trouble: 'timed-out' }).kind,
      'failed',
    );
    assert.equal(oar.readCancel({ code: 1, stdout: '', stderr: '' }).kind, 'failed');
    assert.equal(oar.readHold(answerOf('oar', 'ours-oarhold-mixed')).kind, 'done');
    assert.equal(oar.readHold(answerOf('oar', 'ours-oarresume-mixed')).kind, 'failed');
  });

  it('knows its version', () => {
    assert.deepEqual(oar.readProbe(answerOf('oar', 'ours-version')), { version: '2.5.9' });
  });
});

describe('whatever OAR prints', () => {
  const names = recorded('oar');
  const holdJobs = new Set(['oarstat-J', 'oarstat-J-f-running']);

  it('is read without throwing, and nothing but listings in JSON is a job', () => {
    for (const name of names)
      if (!name.startsWith('ours-') && !holdJobs.has(name))
        for (const one of answersOf('oar', name)) assert.deepEqual(readAll(oar, one), [], name);
  });

  it('never ends a job that it does not say has ended', () => {
    const evidence = (text: string, { id, word, end }: NativeJob): boolean => {
      const row = (JSON.parse(text) as Record<string, Record<string, unknown>>)[id];
      return (
        row?.['state'] === word &&
        (word === 'Terminated' || word === 'Error') &&
        (end?.outcome !== 'done' || row['exit_code'] === 0)
      );
    };
    nothingIsMadeUp(oar, { answers: names.flatMap((name) => answersOf('oar', name)), evidence, runs: 3000 });
  });

  it('may be nonsense', () => nonsenseIsNoJob(oar));

  it('may be huge', () => {
    hugeAnswersAreRead(oar, '{"1":');
    hugeAnswersAreRead(oar, '[');
    hugeAnswersAreRead(oar, 'OAR_JOB_ID=1\n');
    hugeAnswersAreRead(oar, 'Deleting the job = 1 ...REGISTERED.\n');
  });
});
