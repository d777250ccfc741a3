import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { batchName } from '#engine/queues/cluster/batch-files.ts';
import { localCommands, remoteCommand, remotePath, sshCommands } from '#engine/queues/cluster/command.ts';
import { directivesOf } from '#engine/queues/cluster/directives.ts';
import { cleanEnvironment } from '#engine/queues/cluster/environment.ts';
import { nextInterval } from '#engine/queues/cluster/pace.ts';
import { batchSystems } from '#engine/queues/cluster/systems/index.ts';
import { readQueues } from '#engine/queues/queue-settings.ts';
import { queueProblems } from '#engine/queues/queues.ts';

describe('the pace of status queries', () => {
  const facts = { lastDuration: 10, unchanged: 0, failures: 0, watched: true };
  const after = (more: Partial<typeof facts>): number =>
    nextInterval({ interval: 5_000 }, { ...facts, ...more });

  it('is what was asked for right after news, and stretches while there are none', () => {
    assert.equal(after({}), 5_000);
    assert.equal(after({ unchanged: 2 }), 15_000);
    assert.equal(after({ unchanged: 100 }), 30_000);
    assert.equal(after({ unchanged: 100, watched: false }), 180_000);
  });

  it('leaves a slow system alone', () => {
    assert.equal(after({ lastDuration: 8_000 }), 40_000);
    assert.equal(after({ lastDuration: 8_000, unchanged: 9 }), 40_000);
  });

  it('doubles for each failure, up to five minutes', () => {
    assert.deepEqual(
      [1, 2, 3, 50].map((failures) => after({ failures })),
      [10_000, 20_000, 40_000, 300_000],
    );
  });

  it('is never shorter than what was asked for', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(500),
        fc.nat(500),
        fc.boolean(),
        (lastDuration, unchanged, failures, watched) => {
          const interval = nextInterval({ interval: 5_000 }, { lastDuration, unchanged, failures, watched });
          assert.ok(interval >= 5_000 && interval <= Math.max(300_000, 5 * lastDuration));
        },
      ),
    );
  });
});

describe('the environment of commands', () => {
  it('loses what belongs to a job or to a person, and keeps what says where the system is', () => {
    const kept = {
      PATH: '/bin',
      HOME: '/h',
      SLURM_CONF: '/etc/slurm.conf',
      SGE_ROOT: '/sge',
      SGE_CELL: 'c',
      SGE_QMASTER_PORT: '6444',
      PBS_SERVER: 's',
      LSF_ENVDIR: '/lsf',
      OARCONFFILE: '/oar',
      KRB5CCNAME: 'x',
    };
    const dropped = {
      SLURM_JOB_ID: '1',
      SBATCH_PARTITION: 'p',
      SQUEUE_FORMAT: '%i',
      SACCT_FORMAT: 'x',
      SGE_TASK_ID: '1',
      JOB_ID: '3',
      PBS_JOBID: '4',
      PBS_DPREFIX: '#X',
      OAR_JOB_ID: '5',
      LSB_JOBID: '6',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'de_DE.UTF-8',
      OLDPWD: '/x',
    };
    assert.deepEqual(cleanEnvironment({ ...kept, ...dropped }, '/there'), {
      ...kept,
      LC_ALL: 'C',
      PWD: '/there',
    });
  });
});

describe('running commands', () => {
  it('tells a program that is not there from one that took too long', async () => {
    assert.equal((await localCommands()({ program: 'no-such-program', args: [] })).trouble, 'not-found');
    const slow = await localCommands({ timeout: 0.05 })({ program: 'sleep', args: ['30'] });
    assert.deepEqual([slow.code, slow.trouble], [undefined, 'timed-out']);
  });

  it('hands over input, arguments as they are, directory and PWD', async () => {
    const run = localCommands();
    const { code, stdout } = await run({
      program: 'sh',
      args: ['-c', 'cat; printf "%s|%s|%s" "$1" "$PWD" "$(pwd)"; exit 3', 'sh', "a b'$x"],
      stdin: 'in',
      directory: '/usr',
    });
    assert.deepEqual([code, stdout], [3, "ina b'$x|/usr|/usr"]);
  });

  it("gives a command the variables of its own, whatever the person's are, here and on the other host", async () => {
    const invocation = {
      program: 'sh',
      args: ['-c', 'echo "$SLURM_BITSTR_LEN"'],
      environment: { SLURM_BITSTR_LEN: '0' },
    };
    const environment = { ...process.env, SLURM_BITSTR_LEN: '7' };
    assert.equal((await localCommands({ environment })(invocation)).stdout, '0\n');
    const there = spawnSync('sh', ['-c', remoteCommand(invocation)], { encoding: 'utf8', env: environment });
    assert.equal(there.stdout, '0\n');
  });

  it('quotes every word for the shell of the other host', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: fc.constantFrom('a', ' ', '$', '"', "'", '\\', ';', '*', '\n', '~', '=', 'é') }),
          { maxLength: 4 },
        ),
        (words) => {
          const args = ['-c', 'import sys; sys.stdout.write("\\0".join(sys.argv[1:]))', ...words];
          const command = remoteCommand({ program: 'python3', args });
          assert.equal(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout, words.join('\0'));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('does not take trouble with ssh for an answer, whatever ssh says, or the answer for trouble', async () => {
    const here = localCommands();
    const ending = (code: number) =>
      sshCommands('login', ({ args }) => here({ program: 'sh', args: ['-c', args.at(-1) ?? ''] }))({
        program: 'sh',
        args: ['-c', `echo said >&2; exit ${code}`],
      });
    const trouble = (stderr: string) =>
      sshCommands('login', () => Promise.resolve({ code: 255, stdout: '', stderr }))({
        program: 'sbatch',
        args: [],
      });
    for (const words of [
      'ssh: connect to host login port 22: Connection refused',
      'Shared connection closed',
      '',
    ]) {
      const { code, trouble: kind } = await trouble(words);
      assert.deepEqual([code, kind], [undefined, 'killed']);
    }
    for (const code of [0, 1, 153, 255]) {
      const answer = await ending(code);
      assert.deepEqual([answer.code, answer.trouble, answer.stderr], [code, undefined, 'said\n']);
    }
    assert.equal((await ending(127)).trouble, 'not-found');
  });

  it('knows the path of a shared file on the other host', () => {
    const folder = { local: '/home/me/w', remote: '/scratch/w' };
    assert.equal(remotePath('/home/me/w/.sweeps/a', folder), '/scratch/w/.sweeps/a');
    assert.equal(remotePath('/home/me/w', folder), '/scratch/w');
    assert.equal(remotePath('/home/me/wider', folder), '/home/me/wider');
    assert.equal(remotePath('/home/me/w/x', undefined), '/home/me/w/x');
  });
});

describe('native names', () => {
  it('begin with a letter, are short and never the same', () => {
    fc.assert(
      fc.property(fc.string(), (sweep) => assert.match(batchName(sweep), /^[A-Za-z][A-Za-z0-9_-]{0,14}$/)),
    );
    assert.equal(new Set(Array.from({ length: 1000 }, () => batchName('quadratic-7'))).size, 1000);
  });
});

describe('the directives of a submission', () => {
  const { slurm, sge } = batchSystems;

  it('are those of the queue, with their mark, and those of the sweep over them', () => {
    const { lines, problems } = directivesOf(
      slurm,
      ['--partition=gpu', '#SBATCH --time=1:00:00', '--exclusive'],
      {
        time: '2:00:00',
        mem: '4G',
        exclusive: false,
        directives: ['--gres=gpu:1'],
      },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(lines, [
      '#SBATCH --partition=gpu',
      '#SBATCH --time=2:00:00',
      '#SBATCH --mem=4G',
      '#SBATCH --gres=gpu:1',
    ]);
  });

  it('leave out what the driver writes itself', () => {
    const { lines, remarks } = directivesOf(slurm, ['--job-name=mine', '--array=0-9', '-p gpu']);
    assert.deepEqual(lines, ['#SBATCH -p gpu']);
    assert.equal(remarks.length, 2);
  });

  it('are checked before anything is submitted', () => {
    const { problems } = directivesOf(slurm, ['--time=yesterday']);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /--time=yesterday/);
  });

  it('are written as the system writes them', () => {
    assert.deepEqual(directivesOf(sge, ['-q all.q'], { l: ['h_rt=3600', 'gpu=1'], P: 'mine' }).lines, [
      '#$ -q all.q',
      '#$ -l h_rt=3600',
      '#$ -l gpu=1',
      '#$ -P mine',
    ]);
  });
});

describe('sweepdeck.queues', () => {
  it('fills in what is not said', () => {
    const { queues, broken } = readQueues({
      gpu: { system: 'slurm', directives: ['-p gpu'], ssh: { host: 'login' } },
    });
    assert.deepEqual(broken, {});
    assert.deepEqual(queues['gpu'], {
      system: 'slurm',
      directives: ['-p gpu'],
      prologue: [],
      maxJobs: 1000,
      pollInterval: 5,
      maxRequeues: 3,
      requeueOn: [],
      lostAfter: 300,
      ssh: { host: 'login' },
    });
  });

  it('names the mistake of an entry and uses nothing of it', () => {
    const wrong = {
      a: { system: 'slrum' },
      b: { system: 'slurm', directive: [] },
      c: { system: 'slurm', maxJobs: 0 },
      d: { system: 'slurm', ssh: { host: '-oProxyCommand=x' } },
      e: 'slurm',
      f: { system: 'slurm', prologue: ['one\ntwo'] },
      local: { system: 'slurm' },
    };
    const { queues, broken } = readQueues(wrong);
    assert.deepEqual(queues, {});
    assert.deepEqual(Object.keys(broken), Object.keys(wrong));
    assert.match(broken['b'] ?? '', /did you mean 'directives'/);
    assert.match(queueProblems('c', { queues, brokenQueues: broken })[0] ?? '', /maxJobs/);
  });

  it('names the queues that there are when one is asked for that is not', () => {
    const [sentence = ''] = queueProblems('gpuu', readQueues({ gpu: { system: 'slurm' } }));
    assert.match(sentence, /No queue 'gpuu' can run here\. Queues that can: local, gpu, slurm/);
    assert.deepEqual(queueProblems('slurm', {}), []);
  });

  it('refuse a folder whose path their system can not take, as the system itself sees it', () => {
    const settings = readQueues({ far: { system: 'sge', ssh: { host: 'h', folder: '/fine' } } });
    const [sentence = ''] = queueProblems('sge', settings, undefined, "/it's");
    assert.match(sentence, /^The queue 'sge' can't be used like this: Grid Engine can't use the path \/it's/);
    assert.deepEqual(queueProblems('sge', settings, undefined, '/fine'), []);
    assert.deepEqual(queueProblems('far', settings, undefined, "/it's"), []);
  });

  it('survives any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void readQueues(value)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void readQueues({ a: value })));
  });
});
