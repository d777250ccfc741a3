import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NativeId, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { sge } from '#engine/queues/cluster/systems/sge.ts';
import { sgeEnd, sgeState } from '#engine/queues/cluster/systems/sge-states.ts';
import { ctime, isoTime } from '#engine/queues/cluster/systems/times.ts';
import { hugeAnswersAreRead, jobsOf, nonsenseIsNoJob, nothingIsMadeUp, readAll } from './readers.ts';
import { answerOf, answersOf, recorded } from './transcripts.ts';

const listedIn = (name: string): ReadonlyMap<string, NativeJob> =>
  jobsOf(sge.readList(answerOf('sge', name)));
const historyIn = (name: string): ReadonlyMap<string, NativeJob> =>
  jobsOf(sge.readHistory(answerOf('sge', name)));
const tasks = (base: string, ...indices: readonly number[]): readonly NativeId[] =>
  indices.map((task) => ({ base, task }));
const stage = (job: NativeJob | undefined): string =>
  job === undefined
    ? 'absent'
    : [job.word, job.stage, job.reason ?? '-', ...(job.stuck === true ? ['stuck'] : [])].join(' ');

describe('submitting to Grid Engine', () => {
  const submitted = (name: string): unknown => sge.readSubmit(answerOf('sge', name));

  it('leaves nothing to a file of defaults that would hide the id or the directives', () => {
    assert.deepEqual(sge.submit({ name: 'x', script: '/s/a b.sh', text: '', directory: '/s' }), {
      program: 'qsub',
      args: ['-terse', '-b', 'n', '-sync', 'n', '/s/a b.sh'],
      directory: '/s',
    });
  });

  it('finds the id', () => {
    for (const [name, id] of [
      ['submit-terse', '2'],
      ['submit-array-terse', '8'],
      ['submit-dep', '10'],
      ['submit-hold', '9'],
      ['error-mem-too-big', '19'],
      ['error-wd', '25'],
    ] as const)
      assert.deepEqual(submitted(name), { kind: 'accepted', id }, name);
    const stdout = 'Your job-array 7.1-6:2 ("arr") has been submitted\n';
    assert.deepEqual(sge.readSubmit({ code: 0, stdout, stderr: '' }), { kind: 'accepted', id: '7' });
  });

  it('hands a refusal on with its words and what it is about', () => {
    for (const [name, sentence, about] of [
      ['error-array', 'job rejected: 0 is an invalid task id', { options: ['t'] }],
      [
        'error-bad-directive',
        'Unable to read script file because of error: invalid option argument "--nosuch"',
        { text: '--nosuch' },
      ],
      ['error-bad-time', 'attribute "h_rt" is not a time value', { text: 'h_rt' }],
      [
        'error-name',
        'denied: "1abc" is not a valid object name (cannot start with a digit)',
        { options: ['N'] },
      ],
      ['error-slots-too-many', 'error: no suitable queues', undefined],
      [
        'error-unknown-pe',
        'job rejected: the requested parallel environment "nosuch" does not exist',
        { options: ['pe'] },
      ],
      [
        'error-unknown-project',
        'job rejected: the requested project "nosuch" does not exist',
        { options: ['P'] },
      ],
      ['error-unknown-resource', 'unknown resource "nosuch"', { text: 'nosuch' }],
    ] as const)
      assert.deepEqual(submitted(name), { kind: 'refused', sentence, ...(about && { about }) }, name);
  });

  it('tries again later when its master is away, and looks first when nobody knows', () => {
    const [, away] = answersOf('sge', 'qmaster-down');
    assert.equal(sge.readSubmit(away ?? assert.fail()).kind, 'busy');
    const nothing = { code: undefined, stdout: '', stderr: '' };
    assert.equal(sge.readSubmit({ ...nothing, trouble: 'timed-out' }).kind, 'unclear');
    assert.equal(sge.readSubmit(answerOf('sge', 'submit-verify')).kind, 'unclear');
  });
});

describe('the header for Grid Engine', () => {
  it('names everything the driver wants', () => {
    assert.deepEqual(
      sge.headerFor({
        name: 'sw-1',
        directory: '/my work',
        stdout: '/my work/%t.out',
        stderr: '/w/%t.err',
        tasks: { count: 1000, atOnce: 50 },
        held: true,
      }),
      [
        '#$ -S /bin/sh',
        '#$ -N sw-1',
        '#$ -wd "/my work"',
        '#$ -o "/my work/$TASK_ID.out"',
        '#$ -e /w/$TASK_ID.err',
        '#$ -j n',
        '#$ -r n',
        '#$ -t 1-1000',
        '#$ -tc 50',
        '#$ -h',
      ],
    );
  });

  it("replaces a person's own, and nothing else", () => {
    for (const line of [
      '-N x',
      '-o out',
      '-j y',
      '-cwd',
      '-wd /x',
      '-t 1-4',
      '-tc 2',
      '-S /bin/bash',
      '-sync y',
    ])
      assert.equal(sge.isReplaced(`#$ ${line}`), true, line);
    for (const line of ['-r y', '-l h_rt=10', '-pe smp 4', '-q all.q', '-V', '-h', '-w e'])
      assert.equal(sge.isReplaced(`#$ ${line}`), false, line);
    assert.equal(sge.keptOf('#$ -N x -l h_rt=10 -cwd -pe smp 2'), '#$ -l h_rt=10  -pe smp 2');
  });

  it('says of a path that it can not be written', () => {
    assert.equal(sge.pathTrouble?.('/my work/a+b(1)'), undefined);
    for (const path of ['/a:b', '/a,b', '/a"b', "/a'b", '/a$b'])
      assert.match(sge.pathTrouble?.(path) ?? '', /^Grid Engine can't use the path/);
  });
});

describe("Grid Engine's listing", () => {
  it('shows every job in its stage, with the reason', () => {
    const jobs = listedIn('ours-qstat');
    assert.deepEqual(
      ['17.1', '17.3', '18', '19', '20', '22.1', '23', '24', '25.1', '25.3', '25.9'].map(
        (id) => `${id} ${stage(jobs.get(id))}`,
      ),
      [
        '17.1 r running -',
        '17.3 qw waiting pending',
        '18 hqw waiting held stuck',
        '19 hqw waiting dependency',
        '20 Eqw waiting error-state stuck',
        '22.1 r running -',
        '23 Rq requeued requeued-by-system',
        '24 dr running finishing',
        '25.1 hqw waiting held stuck',
        '25.3 absent',
        '25.9 hqw waiting held stuck',
      ],
    );
    assert.equal(jobs.get('19')?.detail, 'Waits for the end of job 18.');
  });

  it('tells where and when', () => {
    assert.deepEqual(listedIn('qstat-g-d-xml').get('7.3'), {
      id: '7.3',
      base: '7',
      task: 3,
      name: 'arr',
      user: 'schedtest',
      word: 't',
      stage: 'running',
      reason: 'starting',
      partition: 'all.q',
      nodes: 'node1',
      startedAt: isoTime('2026-11-21T03:09:10'),
    });
  });

  it('reads tasks one by one and as ranges alike', () => {
    const ids = (name: string): readonly string[] => [...listedIn(name).keys()].sort();
    assert.deepEqual(ids('qstat-f-xml'), ids('qstat-g-d-xml'));
    assert.deepEqual(ids('qstat-f-xml'), [
      '10',
      '4',
      '6',
      '7.1',
      '7.3',
      '7.5',
      '8.1',
      '8.2',
      '8.3',
      '8.4',
      '9',
    ]);
  });

  it('may be empty, and has failed when it is cut short or did not come', () => {
    assert.equal(listedIn('ours-qstat-empty').size, 0);
    const { stdout } = answerOf('sge', 'ours-qstat');
    for (const part of ['', stdout.slice(0, -15), stdout.slice(0, 500)])
      assert.equal(sge.readList({ code: 0, stdout: part, stderr: '' }).kind, 'failed');
    assert.equal(sge.readList(answerOf('sge', 'qmaster-down')).kind, 'failed');
    // another document than the one asked for
    assert.equal(sge.readList(answerOf('sge', 'qstat-j-xml')).kind, 'failed');
  });
});

describe("Grid Engine's state letters", () => {
  it('map as the manual has them, whatever their combination', () => {
    const table: Readonly<Record<string, readonly string[]>> = {
      'waiting pending': ['qw', 'w', 'q'],
      'requeued requeued-by-system': ['Rq', 'Rqw'],
      'waiting held': ['hqw', 'hRwq'],
      'waiting error-state': ['Eqw', 'Ehqw', 'EhRqw'],
      'running starting': ['t', 'Rt'],
      'running -': ['r', 'hr', 'Rr'],
      'running suspended': ['s', 'ts', 'S', 'tS', 'T', 'tT', 'Rs', 'Rts', 'RS', 'RtS', 'RT', 'RtT'],
      'running finishing': ['dr', 'dt', 'dRr', 'dRt', 'ds', 'dS', 'dT', 'dRs', 'dRS', 'dRT'],
      'ended -': ['z'],
      'unknown -': ['', 'x', 'wart', 'R', 'qqqqqqqqqqqq'],
    };
    for (const [expected, words] of Object.entries(table))
      for (const word of words) {
        const state = sgeState(word);
        assert.equal(`${state.stage} ${state.reason ?? '-'}`, expected, word);
      }
    assert.deepEqual(sgeState('z').end, { outcome: 'unknown' });
  });
});

describe("Grid Engine's history", () => {
  it('is asked job by job, an array at once', () => {
    assert.deepEqual(sge.history([...tasks('8', 1, 2), { base: '9' }]), [
      { program: 'qacct', args: ['-j', '8'] },
      { program: 'qacct', args: ['-j', '9'] },
    ]);
  });

  it('tells how jobs ended', () => {
    for (const [name, id, end] of [
      ['ours-qacct-okay', '15', { outcome: 'done', exitCode: 0 }],
      ['ours-qacct-fails', '16', { outcome: 'failed', reason: 'exit-code', exitCode: 7 }],
      ['ours-qacct-timeout', '21', { outcome: 'failed', reason: 'timeout', signal: 9 }],
      ['ours-qacct-deleted', '24', { outcome: 'failed', reason: 'signal', signal: 9 }],
      ['ours-qacct-array', '17.1', { outcome: 'failed', reason: 'signal', signal: 9 }],
      ['qacct-cancelled', '6', { outcome: 'failed', reason: 'signal', signal: 9 }],
      ['qacct-fail', '3', { outcome: 'failed', reason: 'exit-code', exitCode: 7 }],
      ['qacct-oom', '5', { outcome: 'failed', reason: 'exit-code', exitCode: 12 }],
      ['qacct-timeout', '4', { outcome: 'failed', reason: 'timeout', signal: 9 }],
    ] as const)
      assert.deepEqual(historyIn(name).get(id)?.end, end, name);
    const job = historyIn('qacct-timeout').get('4');
    assert.equal(job?.startedAt, ctime('Sat Nov 21 03:09:08 2026'));
    assert.equal(job?.nodes, 'node1');
  });

  it('does not take a run that was rescheduled for the end', () => {
    assert.equal(
      stage(historyIn('ours-qacct-magic').get('23')),
      'failed 25  : rescheduling, exit_status 99 requeued requeued-by-system',
    );
    const one = answerOf('sge', 'ours-qacct-magic').stdout;
    const last = one
      .replace(/^failed .*$/m, 'failed       0    ')
      .replace(/^exit_status .*$/m, 'exit_status  0');
    const jobs = jobsOf(sge.readHistory({ code: 0, stdout: one + last, stderr: '' }));
    assert.deepEqual(jobs.get('23')?.end, { outcome: 'done', exitCode: 0 });
  });

  it('knows nothing yet of what still runs', () => {
    for (const name of ['qacct-unknown', 'ours-qacct-array-running', 'ours-qacct-name-unknown'])
      assert.equal(historyIn(name).size, 0, name);
    assert.equal(sge.readHistory({ code: 0, stdout: '', stderr: '' }).kind, 'failed');
    assert.equal(sge.readHistory({ code: 1, stdout: '', stderr: 'error: commlib error\n' }).kind, 'failed');
  });

  it('tells a lost node from a job that could not be started', () => {
    const reason = (failed: string): unknown =>
      sgeEnd(new Map(Object.entries({ failed, exit_status: '0' })))?.end?.reason;
    assert.equal(reason('19  : before writing exit_status'), 'node-failure');
    assert.equal(reason('26  : opening input/output file'), 'launch-failure');
    assert.equal(reason('30  : rescheduling on application error'), undefined);
  });

  it('tells memory from time by what was asked for', () => {
    const ended = (category: string, maxvmem: string, ru_wallclock: string): unknown =>
      sgeEnd(
        new Map(
          Object.entries({ failed: '37  : limit', exit_status: '137', category, maxvmem, ru_wallclock }),
        ),
      )?.end?.reason;
    assert.equal(ended('-l h_rt=3', '4.242MB', '4s'), 'timeout');
    assert.equal(ended('-l h_rt=300,h_vmem=60M', '58.1MB', '4s'), 'out-of-memory');
    assert.equal(ended('-l h_rt=300,h_vmem=60M', '2.1MB', '301s'), 'timeout');
    assert.equal(ended('NONE', '2.1MB', '301s'), 'timeout');
  });
});

describe('asking Grid Engine for something', () => {
  it('finds a submission by its name, running and over', () => {
    assert.deepEqual(
      sge.find({ user: 'ann', name: 'sw-1' }).map(({ program }) => program),
      ['qstat', 'qacct'],
    );
    assert.deepEqual(
      [...jobsOf(sge.readFind(answerOf('sge', 'ours-qstat'), 'arr')).keys()],
      ['17.1', '17.2', '17.3', '17.4', '17.5'],
    );
    assert.deepEqual([...jobsOf(sge.readFind(answerOf('sge', 'ours-qacct-okay'), 'okay')).keys()], ['15']);
    assert.equal(jobsOf(sge.readFind(answerOf('sge', 'ours-qacct-name-unknown'), 'nosuch')).size, 0);
  });

  it('finds nothing in accounts that no program here can read, and does not know without its listing', () => {
    const missing = (program: string) =>
      ({
        code: undefined,
        stdout: '',
        stderr: `env: ${program}: No such file`,
        trouble: 'not-found',
      }) as const;
    assert.deepEqual(sge.readFind(missing('qacct'), 'a'), { kind: 'listed', jobs: [] });
    assert.equal(sge.readFind(missing('qstat'), 'a').kind, 'failed');
  });

  it('names tasks as ranges', () => {
    const ids = [...tasks('8', 5, 6, 7, 9), { base: '12' }];
    assert.deepEqual(sge.cancel(ids), [{ program: 'qdel', args: ['8.5-7', '8.9', '12'] }]);
    assert.deepEqual(sge.hold(ids)[0]?.program, 'qhold');
    assert.deepEqual(sge.release(ids)[0]?.program, 'qrls');
  });

  it('takes what was over already for success', () => {
    for (const name of ['qdel', 'qdel-unknown', 'qdel-array-task', 'qdel-byname', 'ours-qdel-mixed'])
      assert.equal(sge.readCancel(answerOf('sge', name)).kind, 'done', name);
    const [, , away] = answersOf('sge', 'qmaster-down');
    assert.equal(sge.readCancel(away ?? assert.fail()).kind, 'failed');
    assert.equal(sge.readHold(answerOf('sge', 'ours-qhold-mixed')).kind, 'done');
    assert.equal(sge.readHold(answerOf('sge', 'qdel-unknown')).kind, 'failed');
  });

  it('knows its version, and is not another system with a qstat', () => {
    assert.deepEqual(sge.readProbe(answerOf('sge', 'ours-version')), { version: '8.1.9' });
    assert.equal(sge.readProbe({ code: 0, stdout: '', stderr: 'usage: qstat [-f] [-J]\n' }), undefined);
  });
});

describe('whatever Grid Engine prints', () => {
  const names = recorded('sge');
  const holdJobs = new Set(['qstat-f-xml', 'qstat-g-d-xml']);

  it('is read without throwing, and nothing but listings and accounts is a job', () => {
    for (const name of names) {
      if (name.startsWith('ours-') || name.startsWith('qacct-') || holdJobs.has(name)) continue;
      for (const answer of answersOf('sge', name)) assert.deepEqual(readAll(sge, answer), [], name);
    }
  });

  it('never ends a job that it does not say has ended', () => {
    const evidence = (text: string, { base, task, word, end }: NativeJob): boolean => {
      if (word === 'z') return text.includes('<state>z</state>');
      return text
        .split(/^={20,}$/m)
        .some(
          (block) =>
            new RegExp(`^jobnumber +${base}\\s*$`, 'm').test(block) &&
            new RegExp(`^taskid +${task ?? 'undefined'}\\s*$`, 'm').test(block) &&
            /^failed +\d/m.test(block) &&
            (end?.outcome !== 'done' || /^exit_status +0+(?!\d)/m.test(block)),
        );
    };
    nothingIsMadeUp(sge, { answers: names.flatMap((name) => answersOf('sge', name)), evidence, runs: 3000 });
  });

  it('may be nonsense', () => nonsenseIsNoJob(sge));

  it('may be huge', () => {
    hugeAnswersAreRead(sge, '<job_list><state>z</state>');
    hugeAnswersAreRead(sge, 'jobnumber 1\n');
    hugeAnswersAreRead(sge, '========================\n');
    hugeAnswersAreRead(sge, '1.1-99999999:');
  });
});
