import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { Float, type Parameters } from '#core/value.ts';
import { readExitRecord, writeJobDirectory } from '#engine/job-directory.ts';
import { readFinalMetrics } from '#engine/metrics/final-metrics.ts';
import { MetricsFile } from '#engine/metrics/metrics-file.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-python-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const PYTHON_PATH = path.resolve(import.meta.dirname, '../../../python');
let count = 0;

/** Runs a Python program as a job; its directory and what it printed. */
async function runJob(
  program: string,
  parameters: Parameters = {},
): Promise<{ directory: string; stdout: string; stderr: string; code: number | undefined }> {
  const index = count++;
  const directory = path.join(folder, String(index));
  writeJobDirectory(directory, {
    id: `py-1/${index}`,
    sweep: 'py-1',
    index,
    attempt: 1,
    parameters,
    argv: ['python3', '-c', `import sweepdeck\n${program}`],
    environment: {},
    workingDirectory: folder,
    pythonPath: PYTHON_PATH,
  });
  await ended('sh', [path.join(directory, 'script.sh')]);
  const log = (name: string): string => fs.readFileSync(path.join(directory, name), 'utf8');
  return {
    directory,
    stdout: log('stdout.log'),
    stderr: log('stderr.log'),
    code: readExitRecord(directory, 1)?.code,
  };
}

/** Runs a Python program on its own. */
async function runAlone(program: string): Promise<string> {
  const file = path.join(folder, 'out.log');
  const out = fs.openSync(file, 'w');
  await ended('python3', ['-c', `import sweepdeck\n${program}`], out);
  fs.closeSync(out);
  return fs.readFileSync(file, 'utf8');
}

function ended(program: string, words: readonly string[], out: number | 'ignore' = 'ignore'): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SWEEPDECK_')),
  );
  const child = spawn(program, words, {
    stdio: ['ignore', out, out],
    env: out === 'ignore' ? env : { ...env, PYTHONPATH: PYTHON_PATH },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}

describe('sweepdeck.params', () => {
  it('gives every value as Python means it, ints and floats kept apart', async () => {
    const { stdout, stderr } = await runJob('print(ascii(sweepdeck.params()))', {
      i: 1,
      f: new Float(1),
      small: 1e-5,
      big: 2n ** 70n,
      nan: new Float(NaN),
      none: null,
      yes: true,
      list: [1, new Float(2), 'a'],
      opt: { lr: 0.1 },
      'we"ird': "it's $(x) \n é😀",
    });
    const expected =
      "{'i': 1, 'f': 1.0, 'small': 1e-05, 'big': 1180591620717411303424, 'nan': nan, 'none': None, 'yes': True, " +
      `'list': [1, 2.0, 'a'], 'opt': {'lr': 0.1}, 'we"ird': "it's $(x) \\n \\xe9\\U0001f600"}\n`;
    assert.equal(stdout, expected, stderr);
  });

  it('reads parameters that no variable can hold', async () => {
    const { stdout } = await runJob('print(len(sweepdeck.params()["text"]))', {
      text: 'é'.repeat(1_000_000),
    });
    assert.equal(stdout, '1000000\n');
  });

  it('fills up with defaults', async () => {
    const { stdout } = await runJob('print(sweepdeck.params({"a": 0, "b": 0}))', { a: 1 });
    assert.equal(stdout, "{'a': 1, 'b': 0}\n");
    assert.equal(await runAlone('print(sweepdeck.params({"b": 0}), sweepdeck.params())'), "{'b': 0} {}\n");
  });
});

describe('sweepdeck.report', () => {
  it('reaches the reader', async () => {
    const { directory, stderr } = await runJob(`
class Scalar:
    def item(self): return 0.25
sweepdeck.report(step=1, loss=0.5, n=3)
sweepdeck.report(step=2, loss=float("nan"), acc=Scalar(), val={"loss": float("inf")}, **{"é": 1})`);
    assert.equal(stderr, '');
    assert.deepEqual(readFinalMetrics(directory), {
      step: 2,
      loss: 'NaN',
      n: 3,
      acc: 0.25,
      'val.loss': 'Infinity',
      é: 1,
    });
  });

  it('loses and mixes nothing when processes and threads report at once', async () => {
    const { directory, stderr } = await runJob(`
import multiprocessing, threading
def work(k):
    threads = [threading.Thread(target=lambda: [sweepdeck.report(step=i, **{"metric_%d" % j: i for j in range(30)}) for i in range(50)]) for _ in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
processes = [multiprocessing.get_context("fork").Process(target=work, args=(k,)) for k in range(3)]
for p in processes: p.start()
for p in processes: p.join()`);
    assert.equal(stderr, '');
    const file = new MetricsFile(directory);
    file.readNew();
    assert.deepEqual([file.reports, file.notice], [600, undefined]);
  });

  it('refuses what is no number', async () => {
    const { stderr, code } = await runJob('sweepdeck.report(loss="low")');
    assert.equal(code, 1);
    assert.match(stderr, /TypeError: metric 'loss' has to be a number, not str/);
  });

  it('prints outside a sweep', async () => {
    assert.equal(await runAlone('sweepdeck.report(step=1, loss=0.5)'), 'step=1 loss=0.5\n');
  });
});

describe('sweepdeck.result', () => {
  it('counts more than the values reported last, and leaves nothing else behind', async () => {
    const { directory } = await runJob(
      'sweepdeck.report(loss=0.5)\nsweepdeck.result(loss=1)\nsweepdeck.result(loss=0.1)',
    );
    assert.deepEqual(readFinalMetrics(directory), { loss: 0.1 });
    assert.deepEqual(
      fs.readdirSync(directory).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('prints outside a sweep', async () => {
    assert.equal(
      await runAlone('sweepdeck.result(loss=0.5)\nprint(sweepdeck.job_dir())'),
      'result: loss=0.5\nNone\n',
    );
  });
});

describe('sweepdeck.job_dir', () => {
  it("is the job's directory", async () => {
    const { directory, stdout } = await runJob('print(sweepdeck.job_dir())');
    assert.equal(stdout, `${directory}\n`);
  });
});
