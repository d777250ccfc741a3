import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Answer, Listing, NativeJob } from '#engine/queues/cluster/batch-system.ts';
import { torque } from '#engine/queues/cluster/systems/torque.ts';
import { failsWithoutAnswer, fuzz } from './fuzz.ts';
import { readAll } from './readers.ts';
import { answersOf, recorded } from './transcripts.ts';

const folder = path.join(import.meta.dirname, '../../../fixtures/batch-systems/torque');
const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const answer = (stdout: string, code = 0, stderr = ''): Answer => ({ code, stdout, stderr });

function listed(listing: Listing): readonly NativeJob[] {
  assert.ok(listing.kind === 'listed', JSON.stringify(listing));
  return listing.jobs;
}

describe('TORQUE: submitting', () => {
  it('takes the one line with an id', () => {
    assert.deepEqual(torque.readSubmit(answer('1584288.cluster.example.org\n')), {
      kind: 'accepted',
      id: '1584288.cluster.example.org',
    });
    assert.deepEqual(torque.readSubmit(answer('123[].batch\n')), { kind: 'accepted', id: '123[].batch' });
    assert.deepEqual(torque.readSubmit(answer('123\n')), { kind: 'accepted', id: '123' });
    assert.deepEqual(torque.readSubmit(answer('Welcome!\n7.batch\n')), { kind: 'accepted', id: '7.batch' });
  });

  it('does not know after an answer without an id or with several', () => {
    for (const stdout of ['', 'ok\n', '1.a\n2.a\n'])
      assert.equal(torque.readSubmit(answer(stdout)).kind, 'unclear');
  });

  it('tells refusals from a server that is away and from a broken connection', () => {
    const kinds: readonly (readonly [number, string, string])[] = [
      [170, 'qsub: submit error (Unknown queue MSG=requested queue not found)', 'refused'],
      [2, "qsub: invalid option -- 'Z'\nusage: qsub [-a date_time]", 'refused'],
      [
        188,
        'qsub: submit error (Job exceeds queue resource limits MSG=cannot satisfy queue max walltime)',
        'refused',
      ],
      [111, 'qsub: cannot connect to server node1 (errno=111) Connection refused', 'busy'],
      [186, '', 'busy'],
      [198, '', 'busy'],
      [183, 'qsub: End of File', 'unclear'],
      // killed on another host
      [137, '', 'unclear'],
      [1, 'qsub: submit error (Connection timed out)', 'unclear'],
    ];
    for (const [code, stderr, kind] of kinds)
      assert.equal(torque.readSubmit(answer('', code, `${stderr}\n`)).kind, kind, stderr);
    assert.equal(
      torque.readSubmit({ code: undefined, stdout: '', stderr: '', trouble: 'timed-out' }).kind,
      'unclear',
    );
  });

  it('says what a refusal is about, without the usage text', () => {
    assert.deepEqual(
      torque.readSubmit(answer('', 2, "qsub: invalid option -- 'Z'\nusage: qsub [-a date_time]\n")),
      {
        kind: 'refused',
        sentence: "qsub: invalid option -- 'Z'",
        about: { text: '-Z' },
      },
    );
    const queue = torque.readSubmit(answer('', 170, 'qsub: submit error (Unknown queue)\n'));
    assert.deepEqual(queue.kind === 'refused' && queue.about, { options: ['q'] });
  });

  it('writes its own directives, the files of tasks by the names they have by default', () => {
    const paths = { name: 'sd-q7-12', directory: '/w', stdout: '/w/.sweeps/q 7/o', stderr: '/w/e' };
    assert.deepEqual(torque.headerFor(paths), [
      '#PBS -N sd-q7-12',
      '#PBS -o "/w/.sweeps/q 7/o"',
      '#PBS -e /w/e',
      '#PBS -j n',
    ]);
    assert.deepEqual(
      torque.headerFor({
        ...paths,
        stdout: '/w/o.%t',
        stderr: '/w/o.%t',
        tasks: { count: 100, atOnce: 5 },
        held: true,
      }),
      ['#PBS -N sd-q7-12', '#PBS -o /w/', '#PBS -j oe', '#PBS -t 0-99%5', '#PBS -h'],
    );
  });

  it('leaves out what of a person it replaces', () => {
    assert.equal(torque.keptOf('#PBS -N mine -l walltime=1:00:00'), '#PBS -l walltime=1:00:00');
    assert.equal(torque.keptOf('#PBS -t 1-5'), undefined);
    assert.equal(torque.isReplaced('#PBS -q long'), false);
  });
});

describe('TORQUE: listings', () => {
  it('shows a running job with its facts, whatever its environment holds', () => {
    assert.deepEqual(listed(torque.readList(answer(text('qstat-x-one.xml')))), [
      {
        id: '665199.batch.example.org',
        base: '665199.batch.example.org',
        name: 'sd-quad-7-12a1',
        stage: 'running',
        word: 'R',
        restarts: 0,
        nodes: 'node01/0',
        partition: 'long',
        user: 'ada',
        submittedAt: 1479339279000,
        startedAt: 1479339281000,
      },
    ]);
  });

  it('reads the documents of several ids, and those that are there beside unknown ones', () => {
    const jobs = listed(
      torque.readList(answer(text('qstat-x-ends.xml'), 153, 'qstat: Unknown Job Id Error 99.batch\n')),
    );
    assert.deepEqual(
      jobs.map(({ id, stage, end }) => [id, stage, end?.outcome, end?.reason, end?.exitCode ?? end?.signal]),
      [
        ['10.batch', 'ended', 'done', undefined, 0],
        ['11.batch', 'ended', 'failed', 'exit-code', 3],
        ['12.batch', 'ended', 'cancelled', undefined, 15],
        ['13.batch', 'ended', 'failed', 'signal', 9],
        ['14.batch', 'ended', 'failed', 'timeout', undefined],
        ['15.batch', 'ended', 'failed', 'out-of-memory', undefined],
        ['16.batch', 'ended', 'failed', 'timeout', 15],
        ['17.batch', 'ended', 'cancelled', undefined, undefined],
        ['18.batch', 'ended', 'unknown', undefined, undefined],
        ['19.batch', 'ended', 'failed', 'signal', 139],
        ['20.batch', 'ended', 'failed', 'launch-failure', undefined],
        ['21.batch', 'ended', 'unknown', undefined, undefined],
        ['22.batch', 'requeued', undefined, undefined, undefined],
        ['23.batch', 'unknown', undefined, undefined, undefined],
      ],
    );
  });

  it('tells who holds a job, and that waiting for others ends by itself', () => {
    const jobs = listed(torque.readList(answer(text('qstat-x-held.xml'))));
    assert.deepEqual(
      jobs.map(({ id, reason, stuck }) => [id, reason, stuck]),
      [
        ['30.batch', 'held', true],
        ['31.batch', 'dependency', undefined],
        ['32[5].batch', 'limit', undefined],
        ['33.batch', 'held', true],
      ],
    );
  });

  it("knows an array's tasks and their common name", () => {
    assert.deepEqual(
      listed(torque.readList(answer(text('qstat-x-array.xml')))).map(({ id, base, task, name, stage }) => [
        id,
        base,
        task,
        name,
        stage,
      ]),
      [
        ['123[0].batch', '123[].batch', 0, 'sd-a', 'ended'],
        ['123[1].batch', '123[].batch', 1, 'sd-a', 'ended'],
        ['123[2].batch', '123[].batch', 2, 'sd-a', 'running'],
        ['123[3].batch', '123[].batch', 3, 'sd-a', 'waiting'],
      ],
    );
  });

  it('reads the text of qstat -f', () => {
    const [job] = listed(torque.readList(answer(text('qstat-f.txt'))));
    assert.equal(job?.id, '548.moab');
    assert.equal(job.startedAt, new Date(2018, 1, 22, 14, 27, 48).getTime());
  });

  it('takes all ids as unknown only when the program says so', () => {
    assert.deepEqual(torque.readList(answer('', 153, 'qstat: Unknown Job Id Error 1.batch\n')), {
      kind: 'listed',
      jobs: [],
    });
    assert.deepEqual(torque.readList(answer('', 153)), { kind: 'listed', jobs: [] });
    assert.equal(torque.readList(answer('')).kind, 'failed');
    assert.equal(torque.readList(answer('', 153, 'qstat: cannot connect to server\n')).kind, 'failed');
    assert.deepEqual(torque.readQueue(answer('')), { kind: 'listed', jobs: [] });
    failsWithoutAnswer(torque.readList, text('qstat-x-ends.xml'));
  });

  it('makes no end out of damaged text', () => {
    for (const name of ['qstat-x-ends.xml', 'qstat-x-array.xml', 'qstat-x-one.xml', 'qstat-f.txt'])
      fuzz(torque.readList, answer(text(name)));
  });

  it('asks for each array once, in chunks', () => {
    const ids = Array.from({ length: 600 }, (_, number) => ({ base: `${number}.batch` }));
    assert.deepEqual(
      torque
        .list({ user: 'ada', ids: [{ base: '1[].b', task: 0 }, { base: '1[].b', task: 1 }, ...ids] })
        .map(({ args }) => args.length),
      [502, 103],
    );
  });
});

describe('TORQUE: finding and requests', () => {
  it('finds jobs and tasks by name', () => {
    assert.deepEqual(
      torque.find({ user: 'ada', name: 'sd-a' }).map(({ args }) => args.join(' ')),
      ['-u ada -N sd-a', '-u ada -N sd-a-0'],
    );
    assert.deepEqual(
      listed(torque.readFind(answer('7.batch\n123[0].batch\n'), 'sd-a')).map(({ base, task, name }) => [
        base,
        task,
        name,
      ]),
      [
        ['7.batch', undefined, 'sd-a'],
        ['123[].batch', 0, 'sd-a'],
      ],
    );
    assert.deepEqual(torque.readFind(answer(''), 'sd-a'), { kind: 'listed', jobs: [] });
    assert.equal(torque.readFind(answer('oops\n'), 'sd-a').kind, 'failed');
    assert.equal(torque.readFind(answer('', 111, 'Connection refused\n'), 'sd-a').kind, 'failed');
  });

  it('asks for tasks as ranges', () => {
    const tasks = [0, 1, 2, 5].map((task) => ({ base: '1[].b', task }));
    assert.deepEqual(torque.cancel([{ base: '7.b' }, ...tasks, { base: '8.b' }]), [
      { program: 'qdel', args: ['7.b', '8.b'] },
      { program: 'qdel', args: ['-t', '0-2,5', '1[].b'] },
    ]);
    assert.deepEqual(torque.cancel([...tasks, { base: '1[].b' }]), [{ program: 'qdel', args: ['1[].b'] }]);
  });

  it('is content when jobs are over or unknown, not when others are refused', () => {
    assert.equal(torque.readCancel(answer('')).kind, 'done');
    assert.equal(torque.readCancel(answer('', 153, 'qdel: Unknown Job Id 1.b\n')).kind, 'done');
    const over = 'qdel: Request invalid for state of job MSG=invalid state for job - COMPLETE 1.b\n';
    assert.equal(torque.readCancel(answer('', 168, over)).kind, 'done');
    assert.deepEqual(torque.readCancel(answer('', 153, `qdel: Unauthorized Request  2.b\n${over}`)), {
      kind: 'failed',
      sentence: 'qdel: Unauthorized Request 2.b',
    });
    assert.equal(torque.readCancel(answer('', 111, 'qdel: cannot connect to server\n')).kind, 'failed');
  });

  it('knows itself by its version, and PBS Pro and Slurm not', () => {
    assert.deepEqual(torque.readProbe(answer('Version: 6.1.2\nCommit: x\n')), { version: '6.1.2' });
    assert.equal(torque.readProbe(answer('pbs_version = 20.0.1\n')), undefined);
    assert.equal(torque.readProbe(answer('', 2, 'Unknown option: version\n')), undefined);
  });
});

describe('TORQUE: what the commands of that name over Slurm printed', () => {
  /** Both streams were recorded as one. */
  const either = (name: string): readonly Answer[] =>
    answersOf('slurm-torque', name).flatMap(({ code, stderr }) => [
      { code, stdout: stderr, stderr: '' },
      { code, stdout: '', stderr },
    ]);

  it('is read without making up an end', () => {
    const names = recorded('slurm-torque');
    assert.ok(names.length > 10);
    for (const name of names)
      for (const given of either(name))
        assert.ok(
          readAll(torque, given).every(({ end }) => end === undefined),
          name,
        );
  });

  it('holds the jobs of a listing and the ids of submissions', () => {
    const [listing] = either('qstat-f');
    assert.ok(listing);
    assert.deepEqual(
      listed(torque.readList(listing)).map(({ id, name, word }) => [id, name, word]),
      [
        ['1', 'pbsjob', 'Q'],
        ['2', 'pbsjob', 'Q'],
        ['3', 'held', 'Q'],
        ['4', 'sel', 'Q'],
        ['5', 'sleep', 'Q'],
        ['6', 'ok', 'Q'],
        ['7', 'ok', 'Q'],
      ],
    );
    for (const [name, id] of [
      ['submit', '1'],
      ['submit-array', '2'],
      ['submit-hold', '3'],
    ] as const)
      assert.deepEqual(torque.readSubmit(either(name)[0] ?? answer('')), { kind: 'accepted', id });
    for (const name of ['bad-directive', 'submit-stdin', 'unknown-queue'])
      assert.equal(torque.readSubmit(either(name)[1] ?? answer('')).kind, 'refused', name);
    assert.deepEqual(torque.readList(either('qstat-unknown')[0] ?? answer('')), { kind: 'listed', jobs: [] });
    assert.equal(torque.readList(either('qstat-x')[1] ?? answer('')).kind, 'failed');
  });
});
