import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Float } from '#core/value.ts';
import { parseClaim } from '#engine/exit-record.ts';
import { readClaim, readExitRecord } from '#engine/job-directory.ts';
import { shellQuote } from '#engine/shell-quote.ts';
import { fileWritten, makeJob, PYTHON_PATH, run, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const SHELLS = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']].filter(([program = '']) =>
  (process.env['PATH'] ?? '').split(':').some((place) => fs.existsSync(path.join(place, program))),
);
const NODE = process.execPath;
/** Prints its arguments and variables as JSON. */
const TELL =
  'console.log(JSON.stringify({ argv: process.argv.slice(1), env: process.env, cwd: process.cwd() }))';

const script = (directory: string): string => path.join(directory, 'script.sh');
const stdoutOf = (directory: string): string => fs.readFileSync(path.join(directory, 'stdout.log'), 'utf8');
const boot = (): string => String(Math.round(Date.now() - os.uptime() * 1000));

for (const shell of SHELLS) {
  describe(`script.sh under ${shell.join(' ')}`, () => {
    it('runs the command and records how it ended', async () => {
      const before = Date.now();
      const { directory } = makeJob(folder, ['sh', '-c', 'echo out; echo err >&2; exit 3']);
      const { code } = await run([...shell, script(directory), boot(), 'node-1', '0', '', '{}']);
      const record = readExitRecord(directory, 1);
      assert.equal(code, 3);
      assert.deepEqual(
        { ...record, startedAt: 0, endedAt: 0 },
        { attempt: 1, code: 3, signal: null, stopped: false, startedAt: 0, endedAt: 0, host: 'node-1' },
      );
      // the clock is cut to centiseconds
      assert.ok(
        record !== undefined && record.startedAt >= before - 20 && record.endedAt >= record.startedAt,
      );
      assert.ok(record.endedAt <= Date.now() + 20);
      assert.equal(stdoutOf(directory), 'out\n');
      assert.equal(fs.readFileSync(path.join(directory, 'stderr.log'), 'utf8'), 'err\n');
    });

    it('can be run by hand, without arguments', async () => {
      const { directory } = makeJob(folder, ['true']);
      assert.equal((await run([...shell, script(directory)])).code, 0);
      const record = readExitRecord(directory, 1);
      assert.equal(record?.host, os.hostname());
      assert.ok(Math.abs(record.endedAt - Date.now()) < 60_000);
    });

    it('records a signal as one, and an exit code beyond all signals as a code', async () => {
      const killed = makeJob(folder, ['sh', '-c', 'kill -KILL $$']);
      await run([...shell, script(killed.directory)]);
      assert.equal(readExitRecord(killed.directory, 1)?.signal, 9);
      const odd = makeJob(folder, ['sh', '-c', 'exit 255']);
      await run([...shell, script(odd.directory)]);
      const record = readExitRecord(odd.directory, 1);
      assert.equal(record?.code, 255);
      assert.equal(record.signal, null);
    });

    it('stays for the exit record when the whole group is told to stop, and the program dies', async () => {
      const { directory } = makeJob(folder, ['sh', '-c', 'echo ready; sleep 100 & wait']);
      await stopGroup(shell, directory, 'SIGTERM');
      const record = readExitRecord(directory, 1);
      assert.equal(record?.signal, 15);
      assert.equal(record.stopped, true);
    });

    it('waits for a program that takes its time to stop', async () => {
      const { directory } = makeJob(folder, [
        NODE,
        '-e',
        `process.on('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(0) }, 200)); setInterval(() => {}, 1000); console.log('ready')`,
      ]);
      await stopGroup(shell, directory, 'SIGTERM');
      assert.deepEqual(stdoutOf(directory), 'ready\nsaved\n');
      const record = readExitRecord(directory, 1);
      assert.equal(record?.code, 0);
      assert.equal(record.stopped, true);
    });

    it('leaves the program the default way of dying by a signal', async () => {
      const { directory } = makeJob(folder, ['sh', '-c', 'kill -TERM $$; echo survived']);
      await run([...shell, script(directory)]);
      assert.equal(readExitRecord(directory, 1)?.signal, 15);
      assert.equal(stdoutOf(directory), '');
    });

    it('passes every argument and variable on unchanged', async () => {
      const words = [
        '',
        '-n',
        "it's",
        '$(touch pwned)',
        '`x`',
        'a\nb',
        '😀',
        '*',
        '--x; rm -rf /',
        '${HOME}',
        '\\',
        '"',
        '!',
        '~',
      ];
      const { directory } = makeJob(folder, [NODE, '-e', TELL, '--', ...words], {
        parameters: { 'we"ird': "v'al\nue $(x)", f: new Float(1) },
        environment: { EXTRA: "a 'b' $c" },
      });
      await run([...shell, script(directory), boot(), 'h', '1', '2,3', '{}'], {
        env: { ...process.env, PYTHONPATH: '/elsewhere', SWEEPDECK_PARAMS: 'of an outer job' },
      });
      const told = JSON.parse(stdoutOf(directory)) as {
        argv: string[];
        env: Record<string, string>;
        cwd: string;
      };
      assert.deepEqual(told.argv, words);
      assert.equal(told.cwd, fs.realpathSync(folder));
      const index = path.basename(directory);
      const expected = {
        EXTRA: "a 'b' $c",
        SWEEPDECK_PARAMS: '{"we\\"ird":"v\'al\\nue $(x)","f":1.0}',
        SWEEPDECK_PARAMS_FILE: path.join(directory, 'params.json'),
        SWEEPDECK_JOB_DIR: directory,
        SWEEPDECK_METRICS: path.join(directory, 'metrics.jsonl'),
        SWEEPDECK_SWEEP_ID: 'test-1',
        SWEEPDECK_JOB: index,
        SWEEPDECK_ATTEMPT: '1',
        WANDB_SWEEP_ID: 'test-1',
        WANDB_RUN_ID: `test-1-${index}`,
        WANDB_SWEEP_PARAM_PATH: path.join(directory, `config-test-1-${index}.yaml`),
        CUDA_VISIBLE_DEVICES: '2,3',
        PYTHONPATH: `${PYTHON_PATH}:/elsewhere`,
      };
      for (const [name, value] of Object.entries(expected)) assert.equal(told.env[name], value, name);
      assert.equal(fs.existsSync(path.join(folder, 'pwned')), false);
    });

    it('leaves parameters that no variable can hold to the file', async () => {
      const { directory } = makeJob(folder, [NODE, '-e', TELL], {
        parameters: { long: 'x'.repeat(1_000_000) },
      });
      await run([...shell, script(directory)], {
        env: { ...process.env, SWEEPDECK_PARAMS: 'of an outer job' },
      });
      const { env } = JSON.parse(stdoutOf(directory)) as { env: Record<string, string> };
      assert.equal(env['SWEEPDECK_PARAMS'], undefined);
      const file = JSON.parse(fs.readFileSync(env['SWEEPDECK_PARAMS_FILE'] ?? '', 'utf8')) as {
        long: string;
      };
      assert.equal(file.long.length, 1_000_000);
    });

    it('never takes the program for a word of the shell', async () => {
      for (const program of ['exit', 'if', 'cd', 'a=b', '-x', '--help', '.', ':', 'eval', '*']) {
        const { directory } = makeJob(folder, [program, '0'], { environment: { PATH: '/nowhere' } });
        await run([...shell, script(directory)]);
        // not found; bash takes `.` for a folder, which can't be executed
        assert.ok([126, 127].includes(readExitRecord(directory, 1)?.code ?? 0), program);
      }
    });

    it('says in stderr.log that the working directory is missing', async () => {
      const { directory } = makeJob(folder, ['true'], { workingDirectory: path.join(folder, 'gone') });
      await run([...shell, script(directory)]);
      assert.equal(readExitRecord(directory, 1)?.code, 126);
      assert.match(
        fs.readFileSync(path.join(directory, 'stderr.log'), 'utf8'),
        /working directory is missing/,
      );
    });

    it('runs nothing when the attempt is claimed', async () => {
      const { directory } = makeJob(folder, ['touch', path.join(folder, 'ran')]);
      fs.writeFileSync(path.join(directory, 'claim-1'), '1\nh  \n\n');
      assert.equal((await run([...shell, script(directory)])).code, 75);
      assert.equal(fs.existsSync(path.join(folder, 'ran')), false);
      assert.equal(readExitRecord(directory, 1), undefined);
    });

    it('claims with its own pid and start time', async () => {
      const { directory } = makeJob(folder, ['sh', '-c', 'cat /proc/$PPID/stat; echo $PPID']);
      const place = '{"host":"it\'s \\"me\\""}';
      await run([...shell, script(directory), boot(), 'h', '4', '0,1', place]);
      const claim = readClaim(directory, 1);
      assert.ok(claim !== undefined && claim !== 'unfinished');
      const [stat = '', pid] = stdoutOf(directory).trim().split('\n');
      assert.equal(claim.pid, Number(pid));
      assert.equal(claim.startTime, parseClaim(`${stat}\nh  \n\n`)?.startTime);
      assert.deepEqual([claim.host, claim.slot, claim.gpus], ['h', 4, ['0', '1']]);
      assert.deepEqual(claim.machine, { host: 'it\'s "me"' });
    });

    it('claims with a token instead where one is given, for it is among its arguments', async () => {
      const { directory } = makeJob(folder, [
        'sh',
        '-c',
        'tr "\\\\0" " " < /proc/$PPID/cmdline; echo; echo $PPID',
      ]);
      await run([...shell, script(directory), boot(), 'h', '4', '', '{}', 'f00d']);
      const claim = readClaim(directory, 1);
      assert.ok(claim !== undefined && claim !== 'unfinished');
      const [words = '', pid] = stdoutOf(directory).trim().split('\n');
      assert.deepEqual([claim.pid, claim.startTime, claim.token], [Number(pid), undefined, 'f00d']);
      assert.ok(words.split(' ').includes('f00d'));
    });

    it('publishes by rename for readers on other machines', async () => {
      const { directory } = makeJob(folder, ['true'], {}, { script: { publish: 'rename' } });
      await run([...shell, script(directory)]);
      assert.equal(readExitRecord(directory, 1)?.code, 0);
      assert.equal(fs.existsSync(path.join(directory, 'exit.json.new')), false);
    });
  });
}

describe('script.sh', () => {
  it('runs once when it is started twice at the same time, fifty times over', async () => {
    for (let round = 0; round < 50; round++) {
      const { directory } = makeJob(folder, ['sh', '-c', 'echo ran >> "$SWEEPDECK_JOB_DIR/runs"']);
      const codes = await Promise.all(
        [1, 2].map(() => run(['sh', script(directory), boot(), 'h']).then(({ code }) => code)),
      );
      assert.deepEqual(codes.sort(), [0, 75]);
      assert.equal(fs.readFileSync(path.join(directory, 'runs'), 'utf8'), 'ran\n');
    }
  });

  it('runs nothing when it can not claim the attempt', async () => {
    const { directory } = makeJob(folder, ['touch', path.join(folder, 'unclaimed')]);
    fs.symlinkSync(path.join(folder, 'no', 'such', 'folder'), path.join(directory, 'claim-1'));
    assert.equal((await run(['sh', script(directory)])).code, 74);
    assert.equal(fs.existsSync(path.join(folder, 'unclaimed')), false);
  });

  it('writes its record as soon as a full disk has room again', async () => {
    const { directory } = makeJob(folder, ['sh', '-c', 'exit 5']);
    const record = path.join(directory, 'exit.json');
    fs.symlinkSync('/dev/full', record);
    const ended = run(['sh', script(directory), boot(), 'h']);
    await fileWritten(path.join(directory, 'claim-1'));
    fs.unlinkSync(record);
    await ended;
    assert.equal(readExitRecord(directory, 1)?.code, 5);
  });

  it('gives any parameter to a program exactly as it is', async () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 30 })
      .filter((s) => !s.includes('\0') && !/\p{Surrogate}/u.test(s));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), text, async (words, value) => {
        const { directory } = makeJob(folder, ['printf', '%s\\0', ...words, value], {
          environment: { VALUE: value },
        });
        await run(['sh', script(directory)]);
        assert.deepEqual(stdoutOf(directory).split('\0'), [...words, value, '']);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the directives of a batch system ahead of everything else', () => {
    const { directory } = makeJob(
      folder,
      ['true'],
      {},
      { script: { publish: 'rename', header: '#SBATCH --mem=1G\n' } },
    );
    assert.match(fs.readFileSync(script(directory), 'utf8'), /^#!\/bin\/sh\n#SBATCH --mem=1G\n/);
  });

  it('refuses a variable whose name a shell would not take for one', () => {
    assert.throws(() => makeJob(folder, ['true'], { environment: { 'A;touch x': '1' } }), {
      name: 'ShellQuoteError',
    });
  });

  it('can stand in a folder with any name', async () => {
    const odd = path.join(folder, "it's $(touch pwned) \n😀");
    fs.mkdirSync(odd);
    const { directory } = makeJob(odd, ['pwd']);
    await run(['sh', '-c', `sh ${shellQuote(script(directory))}`]);
    assert.equal(readExitRecord(directory, 1)?.code, 0);
    assert.equal(stdoutOf(directory), `${odd}\n`);
  });
});

/** Starts the script as the leader of a group and signals the group once the program says it is ready. */
async function stopGroup(shell: readonly string[], directory: string, signal: NodeJS.Signals): Promise<void> {
  const [program = '', ...words] = shell;
  const child = spawn(program, [...words, script(directory)], { detached: true, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await fileWritten(path.join(directory, 'stdout.log'));
  assert.ok(child.pid !== undefined);
  process.kill(-child.pid, signal);
  await ended;
}
