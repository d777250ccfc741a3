import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openSweeps, when } from './sweeps.ts';

function folder(t: TestContext): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-hostile-'));
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  return root;
}

/** A sweep over x = 0, 1, ... whose job x runs `branches[x]` in a shell. */
function shellSweep(root: string, branches: readonly string[]): string {
  const file = path.join(root, 'hostile.sweep.yaml');
  const script = `case $1 in ${branches.map((branch, x) => `${x}) ${branch} ;;`).join(' ')} esac`;
  writeFileSync(
    file,
    `method: grid\nparameters: {x: {min: 0, max: ${branches.length - 1}}}\n` +
      `command: ["sh", "-c", ${JSON.stringify(script)}, "job", "\${x}"]\n`,
  );
  return file;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') !== true;
  } catch {
    return false; // no such process
  }
};

describe('programs that behave badly', () => {
  it('may fail in every way: the reason is told and the others go on', async (t) => {
    const root = folder(t);
    const sweeps = await openSweeps(t, root);
    const file = shellSweep(root, [
      'exit 3',
      'kill -SEGV $$',
      'no-such-program --x',
      'echo fine',
      'echo careful >&2',
    ]);
    const { id } = await sweeps.launch(file);
    const { state } = await sweeps.settled(id);
    assert.deepEqual(
      state.jobs.map((job) => [job.state, job.reason, job.exitCode]),
      [
        ['failed', 'exit-code', 3],
        ['failed', 'signal', state.jobs[1]?.exitCode],
        ['failed', 'exit-code', 127],
        ['done', undefined, 0],
        ['done', undefined, 0],
      ],
    );
    assert.equal(state.jobs[1]?.signal, 'SIGSEGV');
    assert.match(state.jobs[2]?.detail ?? '', /not found/);
  });

  it('may be missing altogether: the launch is refused at its line', async (t) => {
    const root = folder(t);
    const sweeps = await openSweeps(t, root);
    const file = path.join(root, 'sweep.yaml');
    writeFileSync(file, 'program: nowhere.py\nmethod: grid\nparameters: {x: {values: [1]}}\n');
    await assert.rejects(sweeps.launch(file), /sweep\.yaml:1: .*nowhere\.py/);
    assert.deepEqual(sweeps.list(), []);
  });

  it('may print a gigabyte', { timeout: 120_000 }, async (t) => {
    const root = folder(t);
    const sweeps = await openSweeps(t, root);
    const file = shellSweep(root, ['yes sweepdeck | head -c 1073741824', 'echo small']);
    const sweep = await sweeps.launch(file);
    const before = process.memoryUsage().rss;
    await sweeps.settled(sweep.id);
    assert.deepEqual(
      sweep.state.jobs.map((job) => job.state),
      ['done', 'done'],
    );
    assert.equal(statSync(path.join(sweep.jobDirectory(0), 'stdout.log')).size, 2 ** 30);
    assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20, 'the output went through the engine');
  });

  it('may ignore SIGTERM, with children that do as well: they are killed after the grace period', async (t) => {
    const root = folder(t);
    const sweeps = await openSweeps(t, root, { gracePeriod: 0.3 });
    const pids = path.join(root, 'pids');
    const stubborn = `trap "" TERM; (trap "" TERM; exec sleep 300) & echo $! >> ${pids}; echo $$ >> ${pids}; while :; do sleep 1; done`;
    const { id } = await sweeps.launch(shellSweep(root, [stubborn, 'echo fine']));
    const numbers = (): readonly number[] => {
      const text = statSync(pids, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(pids, 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map(Number);
    };
    while (numbers().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await sweeps.request(id, { type: 'cancel', jobs: [0] });
    const { state } = await sweeps.settled(id);
    assert.equal(state.jobs[0]?.state, 'cancelled');
    assert.equal(state.jobs[1]?.state, 'done');
    assert.deepEqual(numbers().filter(isAlive), []);
  });

  it('may report NaN, infinities and rubbish as metrics', async (t) => {
    const root = folder(t);
    const sweeps = await openSweeps(t, root);
    const file = path.join(root, 'nan.sweep.yaml');
    const report = `printf '{"loss": NaN, "gain": -Infinity}\\nrubbish\\n{"half": 1' >> "$SWEEPDECK_METRICS"`;
    writeFileSync(
      file,
      `method: grid\nmetric: {name: loss}\nparameters: {x: {values: [1]}}\ncommand: ["sh", "-c", ${JSON.stringify(report)}]\n`,
    );
    const { id } = await sweeps.launch(file);
    const { state } = await sweeps.settled(id);
    assert.equal(state.jobs[0]?.state, 'done');
    assert.deepEqual(state.jobs[0].metrics, { loss: 'NaN', gain: '-Infinity' });
    assert.equal(state.best, undefined);
  });
});

describe('values that a shell would love to interpret', () => {
  it('reach the program as they are written', async (t) => {
    const root = folder(t);
    const nasty = [
      "it's",
      '"double"',
      '$(touch pwned)',
      '`touch pwned`',
      '; touch pwned;',
      '&& touch pwned',
      '| touch pwned',
      '> pwned',
      '*',
      '~',
      '!!',
      '%PATH%',
      '\\',
      '-rf',
      '--',
      '',
      ' ',
      'a\nb',
      'tab\there',
      '😀 é',
      '$HOME ${HOME}',
      '#x',
      '{a,b}',
    ];
    const file = path.join(root, 'nasty.sweep.yaml');
    const program = path.join(root, 'show.py');
    writeFileSync(
      program,
      'import json, os, sys\njson.dump({"argv": sys.argv[1:], "params": json.loads(os.environ["SWEEPDECK_PARAMS"])}, open(os.path.join(os.environ["SWEEPDECK_JOB_DIR"], "seen.json"), "w"))\n',
    );
    writeFileSync(
      file,
      `program: show.py\nmethod: grid\nparameters:\n  v:\n    values: ${JSON.stringify(nasty)}\ncommand: ["\${interpreter}", "\${program}", "\${v}", "\${args}"]\n`,
    );
    const sweeps = await openSweeps(t, root);
    const sweep = await sweeps.launch(file);
    await sweeps.settled(sweep.id);
    assert.equal(sweep.state.counts.done, nasty.length);
    const seen = sweep.state.jobs.map(
      (job) =>
        JSON.parse(readFileSync(path.join(sweep.jobDirectory(job.index), 'seen.json'), 'utf8')) as unknown,
    );
    assert.deepEqual(
      seen,
      nasty.map((value) => ({ argv: [value, `--v=${value}`], params: { v: value } })),
    );
    assert.equal(statSync(path.join(root, 'pwned'), { throwIfNoEntry: false }), undefined);
  });
});

/** Whether a tmpfs can be mounted here: on Linux as root. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
const skip = mayMount ? false : 'mounting a small disk takes root on Linux';

function tinyDisk(t: TestContext, size: string): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', root]);
  t.after(() => {
    execFileSync('umount', ['-l', root]);
    rmSync(root, { recursive: true, force: true });
  });
  return root;
}

describe('disks that behave badly', () => {
  it(
    'may be full: the reason is told, and the sweep goes on when there is space again',
    { skip },
    async (t) => {
      const root = tinyDisk(t, '2m');
      mkdirSync(path.join(root, 'work'));
      const ballast = path.join(root, 'ballast');
      writeFileSync(ballast, Buffer.alloc(1_750 * 1024));
      const file = path.join(root, 'work', 'sweep.yaml');
      writeFileSync(
        file,
        "method: grid\nparameters: {x: {min: 1, max: 20}}\ncommand: ['sh', '-c', 'exit 0']\n",
      );
      const sweeps = await openSweeps(t, root);
      const sweep = await sweeps.launch(file);
      await when(sweeps, () => sweep.trouble !== undefined);
      assert.match(sweep.trouble ?? '', /disk (is )?full[.?] Free some space/);
      assert.ok(sweep.state.counts.done < 20);
      rmSync(ballast);
      await sweeps.settled(sweep.id);
      assert.equal(sweep.trouble, undefined);
      assert.equal(sweep.state.counts.done, 20);
      assert.equal(sweep.state.phase, 'finished');
    },
  );

  it('may be read-only: a launch says so and leaves nothing behind', { skip }, async (t) => {
    const root = tinyDisk(t, '1m');
    const file = path.join(root, 'sweep.yaml');
    writeFileSync(file, "method: grid\nparameters: {x: {values: [1]}}\ncommand: ['true']\n");
    execFileSync('mount', ['-o', 'remount,ro', root]);
    const sweeps = await openSweeps(t, root);
    await assert.rejects(
      sweeps.launch(file),
      /the file system is read-only\. Use a folder that can be written\./,
    );
    assert.deepEqual(sweeps.list(), []);
  });
});
