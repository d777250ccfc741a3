import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NativeJob, NativeId } from '#engine/queues/cluster/batch-system.ts';
import { slurm } from '#engine/queues/cluster/systems/slurm.ts';
import { isoTime } from '#engine/queues/cluster/systems/times.ts';
import { hugeAnswersAreRead, jobsOf, nonsenseIsNoJob, nothingIsMadeUp, readAll } from './readers.ts';
import { answerOf, answersOf, recorded } from './transcripts.ts';

const at = (text: string): number | undefined => isoTime(`2026-11-21T${text}`);

const listedIn = (name: string): ReadonlyMap<string, NativeJob> =>
  jobsOf(slurm.readList(answerOf('slurm', name)));
const historyIn = (name: string): ReadonlyMap<string, NativeJob> =>
  jobsOf(slurm.readHistory(answerOf('slurm', name)));
const tasks = (base: string, ...indices: readonly number[]): readonly NativeId[] =>
  indices.map((task) => ({ base, task }));

describe('submitting to Slurm', () => {
  const submitted = (name: string): unknown => slurm.readSubmit(answerOf('slurm', name));

  it('asks for the bare id', () => {
    assert.deepEqual(slurm.submit({ name: 'x', script: '/s/a b.sh', text: '', directory: '/s' }), {
      program: 'sbatch',
      args: ['--parsable', '/s/a b.sh'],
      directory: '/s',
    });
  });

  it('finds the id in whatever a site prints around it', () => {
    for (const [name, id] of [
      ['submit', '3'],
      ['submit-parsable', '4'],
      ['submit-array', '9'],
      ['submit-wait', '12'],
      ['error-output-nodir', '34'],
    ] as const)
      assert.deepEqual(submitted(name), { kind: 'accepted', id });
    for (const stdout of ['77;c2\n', 'Welcome to 5\n77\n', 'Submitted batch job 77 on cluster c2\n'])
      assert.deepEqual(slurm.readSubmit({ code: 0, stdout, stderr: '' }), { kind: 'accepted', id: '77' });
  });

  it('hands a refusal on with its words and what it is about', () => {
    for (const [name, sentence, about] of [
      [
        'error-unknown-partition',
        'invalid partition specified: nosuch Batch job submission failed: Invalid partition name specified',
        { options: ['partition'] },
      ],
      ['error-bad-directive', "sbatch: unrecognized option '--nosuchopt=1'", { text: '--nosuchopt' }],
      [
        'error-array-too-big',
        'Batch job submission failed: Invalid job array specification',
        { options: ['array'] },
      ],
      [
        'error-dependency-syntax',
        'Batch job submission failed: Job dependency problem',
        { options: ['dependency'] },
      ],
      [
        'error-unknown-gres',
        'Invalid generic resource (gres) specification',
        { options: ['gres', 'gpus', 'gpus-per-node', 'gpus-per-task'] },
      ],
      ['error-no-script', 'Unable to open file nosuch.sh', undefined],
      [
        'error-dos',
        'Batch script contains DOS line breaks (\\r\\n) instead of expected UNIX line breaks (\\n).',
        undefined,
      ],
    ] as const)
      assert.deepEqual(submitted(name), { kind: 'refused', sentence, ...(about && { about }) }, name);
  });

  it('tells a controller that is away from a submission that may have arrived', () => {
    const answer = (stderr: string) => slurm.readSubmit({ code: 1, stdout: '', stderr }).kind;
    assert.equal(
      answer(
        'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n',
      ),
      'busy',
    );
    assert.equal(
      answer('sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n'),
      'busy',
    );
    assert.equal(
      answer('sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n'),
      'unclear',
    );
    assert.equal(answer('wrapper: something odd\n'), 'unclear');
    const nothing = { code: undefined, stdout: '', stderr: '' };
    assert.equal(slurm.readSubmit({ ...nothing, trouble: 'timed-out' }).kind, 'unclear');
    assert.equal(slurm.readSubmit({ ...nothing, trouble: 'not-found' }).kind, 'busy');
    assert.equal(slurm.readSubmit({ code: 0, stdout: '', stderr: '' }).kind, 'unclear');
    // the id came before the time was over
    assert.equal(slurm.readSubmit({ ...nothing, stdout: '8\n', trouble: 'timed-out' }).kind, 'accepted');
  });
});

describe('the header for Slurm', () => {
  it('names everything the driver wants', () => {
    assert.deepEqual(
      slurm.headerFor({
        name: 'sw-1',
        directory: '/w',
        stdout: '/w/jobs/%t.out',
        stderr: '/w/100% "mine"/%t.err',
        tasks: { count: 1000, atOnce: 50 },
        held: true,
      }),
      [
        '#SBATCH --job-name=sw-1',
        '#SBATCH --chdir=/w',
        '#SBATCH --output=/w/jobs/%a.out',
        '#SBATCH --error="/w/100%% \\"mine\\"/%a.err"',
        '#SBATCH --open-mode=append',
        '#SBATCH --array=0-999%50',
        '#SBATCH --hold',
      ],
    );
  });

  it("replaces a person's own, and nothing else", () => {
    for (const line of [
      '-J x',
      '--output=o',
      '-e err',
      '-a 1-3',
      '--array 1-3',
      '-D /x',
      '--wait',
      '-Q',
      '--parsable',
    ])
      assert.equal(slurm.isReplaced(`#SBATCH ${line}`), true, line);
    for (const line of ['-p gpu', '--mem=4G', '-t 10', '--export=NONE', '--no-requeue', '-H', '-c 4'])
      assert.equal(slurm.isReplaced(`#SBATCH ${line}`), false, line);
    assert.equal(slurm.keptOf('#SBATCH -J x -p gpu -a 0-9'), '#SBATCH -p gpu');
  });
});

describe("Slurm's listing", () => {
  it('is one call for all jobs of a user', () => {
    const [call, ...more] = slurm.list({ user: 'ann', ids: tasks('9', 0, 1) });
    assert.deepEqual(more, []);
    assert.deepEqual(call?.args.slice(0, 6), ['-a', '-r', '-t', 'all', '-u', 'ann']);
  });

  it('shows every job in its stage, with the reason', () => {
    const jobs = listedIn('ours-squeue');
    const brief = (id: string): unknown => {
      const { stage, reason, stuck, end } = jobs.get(id) ?? assert.fail(id);
      return { stage, ...(reason && { reason }), ...(stuck && { stuck }), ...(end && { end }) };
    };
    assert.deepEqual(brief('13'), { stage: 'ended', end: { outcome: 'done' } });
    assert.deepEqual(brief('14'), { stage: 'ended', end: { outcome: 'failed', reason: 'exit-code' } });
    assert.deepEqual(brief('15'), { stage: 'ended', end: { outcome: 'cancelled' } });
    assert.deepEqual(brief('16'), { stage: 'waiting', reason: 'held', stuck: true });
    assert.deepEqual(brief('17'), { stage: 'waiting', reason: 'dependency-never-satisfied', stuck: true });
    assert.deepEqual(brief('18'), { stage: 'ended', end: { outcome: 'failed' } });
    assert.deepEqual(brief('20'), { stage: 'waiting', reason: 'begin-time' });
    assert.deepEqual(brief('21'), { stage: 'waiting', reason: 'limit', stuck: true });
    assert.deepEqual(brief('23'), {
      stage: 'ended',
      end: { outcome: 'failed', reason: 'dependency-never-satisfied' },
    });
  });

  it('tells tasks of arrays apart, and when things were', () => {
    const jobs = listedIn('ours-squeue');
    assert.deepEqual(jobs.get('24_1'), {
      id: '24_1',
      base: '24',
      task: 1,
      word: 'CANCELLED',
      stage: 'ended',
      end: { outcome: 'cancelled' },
      nodes: 'n1',
      partition: 'main',
      user: 'root',
      name: 'arr',
      submittedAt: at('11:30:53'),
      startedAt: at('11:30:53'),
      endedAt: at('11:30:56'),
    });
    assert.equal(jobs.get('20')?.expectedStartAt, at('12:30:53'));
    assert.equal(jobs.get('20')?.startedAt, undefined);
    assert.equal(jobs.get('15')?.name, 'odd|na me');
  });

  it('shows folded arrays in the view of the whole queue', () => {
    const row = [...jobsOf(slurm.readQueue(answerOf('slurm', 'ours-queue'))).values()].find(
      ({ base }) => base === '24',
    );
    assert.equal(row?.user, 'root');
  });

  it('may be empty, which its header tells', () => {
    assert.equal(listedIn('ours-squeue-empty').size, 0);
    assert.equal(slurm.readList({ code: 0, stdout: '', stderr: '' }).kind, 'failed');
  });

  it('has failed when the command did, or its end is missing', () => {
    assert.equal(slurm.readList(answerOf('slurm', 'squeue-j-unknown')).kind, 'failed');
    const whole = answerOf('slurm', 'ours-squeue');
    assert.equal(slurm.readList({ ...whole, stdout: whole.stdout.slice(0, -5) }).kind, 'failed');
    assert.deepEqual(
      slurm.readList({
        code: 1,
        stdout: '',
        stderr: 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n',
      }),
      {
        kind: 'failed',
        sentence:
          'squeue failed with exit code 1: slurm_load_jobs error: Unable to contact slurm controller (connect failure)',
      },
    );
  });

  it('keeps a state that nobody knows', () => {
    const { stdout } = answerOf('slurm', 'ours-squeue');
    const jobs = jobsOf(
      slurm.readList({ code: 0, stdout: stdout.replaceAll('|COMPLETED|', '|DREAMING|'), stderr: '' }),
    );
    assert.equal(jobs.get('13')?.stage, 'unknown');
    assert.equal(jobs.get('13')?.word, 'DREAMING');
  });
});

describe("Slurm's history", () => {
  it('is asked by array, in chunks', () => {
    const calls = slurm.history([...tasks('9', 4, 5), { base: '12' }]);
    assert.deepEqual(
      calls.map(({ args }) => args[3]),
      ['9,12'],
    );
    const many = slurm.history(Array.from({ length: 1200 }, (_, job) => ({ base: String(job + 1) })));
    assert.equal(many.length, 3);
  });

  it('tells how jobs ended', () => {
    const jobs = historyIn('ours-sacct');
    const ends = Object.fromEntries(
      [...jobs].filter(([, { stage }]) => stage === 'ended').map(([id, { end }]) => [id, end]),
    );
    assert.deepEqual(ends['13'], { outcome: 'done', exitCode: 0 });
    assert.deepEqual(ends['14'], { outcome: 'failed', reason: 'exit-code', exitCode: 7 });
    assert.deepEqual(ends['15'], { outcome: 'cancelled' });
    assert.deepEqual(ends['18'], { outcome: 'failed', reason: 'launch-failure' });
    assert.deepEqual(ends['19'], { outcome: 'failed', reason: 'signal', signal: 9 });
    assert.deepEqual(ends['23'], { outcome: 'failed', reason: 'dependency-never-satisfied' });
    assert.equal(jobs.get('17')?.stage, 'waiting');
    assert.equal(jobs.get('24_2')?.detail, undefined);
  });

  it('has one record for tasks that were cancelled before they began', () => {
    const jobs = historyIn('ours-sacct');
    assert.deepEqual(jobs.get('2_50')?.end, { outcome: 'cancelled' });
    assert.equal(jobs.get('2_5'), undefined);
    assert.equal(historyIn('ours-sacct-folded-whole').size, 950);
    // 64 bytes of indices, unless SLURM_BITSTR_LEN=0 is set
    assert.equal(historyIn('ours-sacct-folded-cut').size, 22);
  });

  it('knows nothing of ids that it never saw', () => {
    assert.equal(historyIn('ours-sacct-unknown').size, 0);
  });

  it('is empty on a cluster without accounting, and failed when accounting is away', () => {
    const answer = (stderr: string) => slurm.readHistory({ code: 1, stdout: '', stderr }).kind;
    assert.equal(answer('Slurm accounting storage is disabled\n'), 'listed');
    assert.equal(answer('sacct: error: Problem talking to the database: Connection refused\n'), 'failed');
  });
});

describe('limits of submissions to Slurm', () => {
  const denied = (limit: string) =>
    slurm.readSubmit({
      code: 1,
      stdout: '',
      stderr: `sbatch: error: ${limit}\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n`,
    });

  it('pass when there are too many jobs, and not when one asks for too much', () => {
    for (const limit of [
      'AssocMaxSubmitJobLimit',
      'QOSMaxSubmitJobPerUserLimit',
      'AssocGrpSubmitJobsLimit',
      '',
    ]) {
      const answer = denied(limit);
      assert.ok(answer.kind === 'busy' && answer.tooMany === true, limit);
    }
    for (const limit of [
      'QOSMaxWallDurationPerJobLimit',
      'AssocMaxWallDurationPerJobLimit',
      'QOSMinCpuNotSatisfied',
    ])
      assert.equal(denied(limit).kind, 'refused', limit);
  });
});

describe('finding a lost submission in Slurm', () => {
  it('has sacct print the indices of all tasks, however far apart they lie', () => {
    const calls = [...slurm.find({ user: 'ann', name: 'sw-1' }), ...slurm.history([{ base: '7', task: 1 }])];
    const accounts = calls.filter(({ program }) => program === 'sacct');
    assert.equal(accounts.length, 2);
    for (const { environment } of accounts) assert.deepEqual(environment, { SLURM_BITSTR_LEN: '0' });
  });

  it('asks the listing and the accounts', () => {
    const calls = slurm.find({ user: 'ann', name: 'sw-1' });
    assert.deepEqual(
      calls.map(({ program }) => program),
      ['squeue', 'sacct'],
    );
  });

  it('finds nothing in accounts that no program here can read, and does not know without its listing', () => {
    const missing = (program: string) =>
      ({
        code: undefined,
        stdout: '',
        stderr: `env: ${program}: No such file`,
        trouble: 'not-found',
      }) as const;
    assert.deepEqual(slurm.readFind(missing('sacct'), 'a'), { kind: 'listed', jobs: [] });
    assert.equal(slurm.readFind(missing('squeue'), 'a').kind, 'failed');
  });

  it('finds the array', () => {
    const found = jobsOf(slurm.readFind(answerOf('slurm', 'ours-find-array'), 'arr'));
    assert.ok(found.size > 1);
    assert.deepEqual(new Set([...found.values()].map(({ base }) => base)), new Set(['24']));
    assert.equal(jobsOf(slurm.readFind(answerOf('slurm', 'ours-find-array'), 'ar')).size, 0);
  });

  it('passes over what a refused submission left', () => {
    for (const name of ['ours-find-refused-squeue', 'ours-find-refused-sacct']) {
      assert.match(answerOf('slurm', name).stdout, /FAILED/);
      assert.equal(jobsOf(slurm.readFind(answerOf('slurm', name), 'refused')).size, 0);
    }
  });
});

describe('asking Slurm for something', () => {
  it('cancels, holds and releases many in one call', () => {
    const ids = [...tasks('9', 0, 1, 2, 7), { base: '12' }];
    assert.deepEqual(slurm.cancel(ids), [{ program: 'scancel', args: ['9_[0-2,7]', '12'] }]);
    assert.deepEqual(slurm.hold(ids), [{ program: 'scontrol', args: ['hold', '9_[0-2,7],12'] }]);
    assert.deepEqual(slurm.release(ids), [{ program: 'scontrol', args: ['release', '9_[0-2,7],12'] }]);
    assert.deepEqual(slurm.cancel([]), []);
  });

  it('takes what was over already for success', () => {
    for (const name of ['scancel-done', 'scancel-unknown', 'scancel-pending'])
      assert.equal(slurm.readCancel(answerOf('slurm', name)).kind, 'done');
    assert.equal(slurm.readCancel(answersOf('slurm', 'scancel-notown')[1] ?? assert.fail()).kind, 'failed');
    for (const name of ['scontrol-hold', 'scontrol-update', 'ours-release-array'])
      assert.equal(slurm.readHold(answerOf('slurm', name)).kind, 'done', name);
    assert.equal(slurm.readHold(answerOf('slurm', 'ours-hold-unknown')).kind, 'failed');
  });

  it('knows its version', () => {
    assert.deepEqual(slurm.readProbe(answerOf('slurm', 'ours-version')), { version: '22.05.8' });
    assert.equal(slurm.readProbe({ code: 0, stdout: 'qsub 1\n', stderr: '' }), undefined);
  });
});

describe('whatever Slurm prints', () => {
  const all = recorded('slurm').flatMap((name) => answersOf('slurm', name));

  it('is read without throwing, and nothing but our own listings is a job', () => {
    for (const name of recorded('slurm').filter((one) => !one.startsWith('ours-')))
      for (const answer of answersOf('slurm', name)) assert.deepEqual(readAll(slurm, answer), [], name);
  });

  it('never ends a job that it does not say has ended', () => {
    const evidence = (text: string, { base, id, word, end }: NativeJob): boolean =>
      text
        .split('\n')
        .some(
          (line) =>
            (line.startsWith(`${id}|`) || line.startsWith(`${base}_[`)) &&
            line.includes(`|${word}|`) &&
            (end?.outcome !== 'done' || word === 'COMPLETED'),
        );
    nothingIsMadeUp(slurm, { answers: all, evidence, runs: 3000 });
  });

  it('may be nonsense', () => nonsenseIsNoJob(slurm));

  it('may be huge', () => {
    hugeAnswersAreRead(slurm, '1|1|N/A|FAILED|');
    hugeAnswersAreRead(slurm, 'sbatch: error: \n');
    hugeAnswersAreRead(slurm, '9_[1-999999999]|');
  });
});
