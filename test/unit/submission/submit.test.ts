/** Batch scripts submitted with real files and real jobs on this machine. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { createSweeps } from '#engine/create-sweeps.ts';
import { targetsOf } from '#engine/sources/batch/target.ts';
import { previewSubmission } from '#engine/submit.ts';
import { LaunchRefused, type Sweeps, type SweepView } from '#engine/sweeps.ts';

let root: string;
let sweeps: Sweeps;
beforeEach(async () => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-submit-')));
  sweeps = open();
  await sweeps.open();
});
afterEach(async () => {
  await sweeps.close();
  fs.rmSync(root, { recursive: true, force: true });
});

const PYTHON_PATH = path.resolve(import.meta.dirname, '../../../python');

const open = (): Sweeps =>
  createSweeps({
    root,
    program: 'cli',
    version: '0.0.0',
    settings: () => ({
      workers: 2,
      gpus: [],
      gpusPerJob: 0,
      gracePeriod: 1,
      interpreter: 'python3',
      brakes: { enabled: false, consecutive: 0 },
      pythonPath: PYTHON_PATH,
    }),
    run: false,
    log: () => undefined,
  });

function write(name: string, text: string): string {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

const read = (...names: readonly string[]): string => fs.readFileSync(path.join(root, ...names), 'utf8');

const info = (logId: number): Readonly<Record<string, unknown>> =>
  parse(read('logs', String(logId), 'metadata/info.yaml')) as Readonly<Record<string, unknown>>;

async function run(script: string): Promise<SweepView> {
  const view = await sweeps.submit(script, { queue: 'local', seed: 1 });
  return sweeps.settled(view.id);
}

const ECHO = 'import sys\nprint(" ".join(sys.argv[1:]))\n';

describe('a batch script', () => {
  it('becomes one job for each combination, in directories of its own', async () => {
    write('train.py', ECHO);
    const script = write(
      'train.sh',
      '#!/bin/bash\n#SBATCH -t 5\npython3 train.py model=a,b lr=1e-1,1. seed=range(2)\n',
    );
    const view = await run(script);
    assert.deepEqual(
      [view.id, view.state.phase, view.state.counts.done, view.state.source],
      ['train-1', 'finished', 8, 'batch-script'],
    );
    assert.equal(read('.sweeps/train-1/script.sh'), fs.readFileSync(script, 'utf8'));
    const lines = [];
    for (const model of ['a', 'b'])
      for (const lr of ['0.1', '1.0'])
        for (const seed of [0, 1]) lines.push(`model=${model} lr=${lr} seed=${seed}\n`);
    assert.deepEqual(
      lines.map((_, job) => read('logs', String(job + 1), 'log.stdout')),
      lines,
    );
    assert.deepEqual(Object.keys(view.state.jobs[0]?.parameters ?? {}), ['model', 'lr', 'seed']);
    assert.equal(view.jobDirectory(7), path.join(root, 'logs/8'));
    assert.equal(view.jobLogs(7).stderr, path.join(root, 'logs/8/log.stderr'));
    assert.equal(info(3)['status'], 'COMPLETE');
    const again = await run(script);
    assert.equal(again.jobDirectory(0), path.join(root, 'logs/9'));
  });

  it('runs under its own interpreter with its arguments, preamble above and epilogue below', async () => {
    write('train.py', ECHO);
    fs.mkdirSync(path.join(root, 'sub'));
    write(
      'train.sh',
      '#!/bin/bash -u\nwords=(x "y z")\nfor word in "${words[@]}"; do echo "<$word>"; done\ncd sub\npython3 ../train.py a=1,2\necho "$? $PWD"\necho $nothing\n',
    );
    const view = await run(path.join(root, 'train.sh'));
    const log = fs.readFileSync(view.jobLogs(1).stdout, 'utf8');
    assert.equal(log, `<x>\n<y z>\na=2\n0 ${root}/sub\n`);
    // -u: the variable that isn't set ends the script
    assert.equal(view.state.counts.failed, 2);
    assert.match(fs.readFileSync(view.jobLogs(1).stderr, 'utf8'), /nothing: unbound variable/);
  });

  it('fails with its command, whatever the lines below it do', async () => {
    write('train.py', 'import sys\nsys.exit(int(sys.argv[1][2:]))\n');
    const view = await run(write('train.sh', 'python3 train.py a=0,3\necho "was $?"\n'));
    assert.deepEqual(
      view.state.jobs.map(({ state, exitCode }) => [state, exitCode]),
      [
        ['done', 0],
        ['failed', 3],
      ],
    );
    assert.equal(read('logs/2/log.stdout'), 'was 3\n');
    assert.equal(info(2)['status'], 'FAILED');
  });

  for (const [shell, name] of [
    ['#!/bin/bash', 'bash'],
    ['#!/bin/bash -eu', 'bash -eu'],
    ['#!/bin/sh', 'sh'],
  ]) {
    it(`fails with its command when the lines below it end the script, in ${name ?? ''}`, async () => {
      write('train.py', 'import sys\nsys.exit(int(sys.argv[1][2:]))\n');
      const script = `${shell ?? ''}\ntrap 'echo cleaned' EXIT\npython3 train.py a=0,3\nif [ -f train.py ]; then exit 0; fi\necho never\n`;
      const view = await run(write('train.sh', script));
      assert.deepEqual(
        view.state.jobs.map(({ state, exitCode }) => [state, exitCode]),
        [
          ['done', 0],
          ['failed', 3],
        ],
      );
      assert.equal(read('logs/1/log.stdout'), 'cleaned\n');
      assert.equal(read('logs/2/log.stdout'), 'cleaned\n');
    });
  }

  it('fails with its command, whatever that is piped into', async () => {
    write('train.py', 'import sys\nprint("x")\nsys.exit(int(sys.argv[1][2:]))\n');
    for (const [place, line] of [
      'python3 train.py a=0,3 | tee out\n',
      'python3 train.py a=0,3 |& grep -v x\necho "was $?"\n',
      'python3 train.py a=0,3 | cat\nexit ${PIPESTATUS[0]}\n',
    ].entries()) {
      const view = await run(write(`train${place}.sh`, line));
      assert.deepEqual(
        view.state.jobs.map(({ state, exitCode }) => [state, exitCode]),
        [
          ['done', 0],
          ['failed', 3],
        ],
        line,
      );
    }
  });

  it('needs no first line, and may have come from Windows', async () => {
    write('train.py', ECHO);
    const text = '#SBATCH -t 5\r\necho "<$0>"\r\npython3 train.py a=1,2 \\\r\n  b=3\r\necho end\r\n';
    const view = await run(write('train.sh', text));
    assert.equal(view.state.counts.done, 2);
    assert.equal(read('logs/2/log.stdout'), `<${root}/logs/2/command.sh>\na=2 b=3\nend\n`);
    assert.ok(!read('logs/2/script.sh').includes('\r'));
    assert.match(read('logs/2/script.sh'), /^#!\/bin\/bash\n#SBATCH -t 5\n/);
  });

  it('runs failed jobs again in the same directory, with the outputs of earlier attempts kept', async () => {
    write(
      'train.py',
      'import os, sys\nprint("no" if not os.path.exists("ready") else "yes")\nsys.exit(not os.path.exists("ready"))\n',
    );
    const view = await run(write('train.sh', 'python3 train.py a=1,2\n'));
    assert.equal(view.state.counts.failed, 2);
    write('ready', '');
    await sweeps.request(view.id, { type: 'retry', jobs: 'failed' });
    await sweeps.settled(view.id);
    assert.equal(view.state.counts.done, 2);
    assert.equal(read('logs/1/log.stdout'), 'yes\n');
    assert.equal(read('logs/1/attempts/1/log.stdout'), 'no\n');
  });

  it('stays what it was when program and configuration change, for another process too', async () => {
    write('conf/config.yaml', 'db: a\n');
    for (const name of ['a', 'b']) write(`conf/db/${name}.yaml`, 'x: 1\n');
    const program = write(
      'train.py',
      'import hydra\n@hydra.main(config_path="conf", config_name="config")\ndef main(cfg):\n  pass\n',
    );
    const view = await run(write('train.sh', "python3 train.py -m 'db=glob(*)'\n"));
    assert.equal(view.state.total, 2);
    write('conf/db/c.yaml', 'x: 1\n');
    fs.rmSync(program);
    await sweeps.close();
    sweeps = open();
    await sweeps.open();
    const later = sweeps.get(view.id);
    assert.deepEqual(later?.job(1)?.parameters, { db: 'b' });
    assert.equal(later.trouble, undefined);
    assert.equal(later.jobDirectory(1), path.join(root, 'logs/2'));
  });

  it('hands programs of MLXP their directory and reads their metrics', async () => {
    write('modules/mlxp/__init__.py', MLXP);
    write(
      'train.py',
      'import mlxp\n\n@mlxp.launch(config_path="./configs")\ndef main(ctx):\n    ctx.log("train", {"loss": float(ctx.get("lr")), "step": 1})\n    ctx.log("test", {"loss": 2 * float(ctx.get("lr"))})\n\nmain()\n',
    );
    const view = await run(
      write(
        'train.sh',
        '# sweepdeck: metric test.loss maximize\nexport PYTHONPATH=$PWD/modules:$PYTHONPATH\npython3 train.py lr=0.5,0.25 +mlxp.use_scheduler=True\n',
      ),
    );
    assert.equal(view.state.counts.done, 2, fs.readFileSync(view.jobLogs(0).stderr, 'utf8'));
    assert.deepEqual(view.metricsOf(0), { 'train.loss': 0.5, 'train.step': 1, 'test.loss': 1 });
    assert.deepEqual(view.state.best, { job: 0, value: 1 });
    assert.deepEqual(JSON.parse(read('logs/2/seen.json')), {
      lr: '0.25',
      '+mlxp.logger.forced_log_id': '2',
      '+mlxp.logger.parent_log_dir': path.join(root, 'logs'),
      '+mlxp.use_scheduler': 'False',
      '+mlxp.use_version_manager': 'False',
      '+mlxp.interactive_mode': 'False',
    });
    // what the program wrote itself is left alone
    assert.equal(read('logs/2/metadata/info.yaml'), 'status: COMPLETE\n');
  });

  it('knows programs of MLXP by what they import, and others by their own command line', async () => {
    write('modules/mlxp/__init__.py', MLXP);
    const main = '@launch(config_path="settings")\ndef main(ctx):\n    pass\n';
    write('project/training/core.py', `from mlxp import launch\n\n${main}`);
    write('project/training/__init__.py', 'from .core import main\n');
    write('project/__init__.py', '');
    write('project/__main__.py', 'from project.training import main\n\nmain()\n');
    write('project/training/settings/mlxp.yaml', 'logger:\n  parent_log_dir: ./runs\n');
    write(
      'late.py',
      'def start():\n    import mlxp as m\n    m.launch(".")(lambda ctx: None)()\n\nstart()\n',
    );
    write(
      'report.py',
      'import argparse\nimport mlxp\nparser = argparse.ArgumentParser()\nparser.add_argument("--top")\nparser.parse_args()\n',
    );
    const view = await run(
      write(
        'train.sh',
        'export PYTHONPATH=$PWD/modules:$PWD\npython3 -m project lr=1,2\npython3 late.py lr=3\npython3 report.py --top 3\n',
      ),
    );
    assert.equal(view.state.counts.done, 4, fs.readFileSync(view.jobLogs(3).stderr, 'utf8'));
    assert.deepEqual(
      [1, 2, 3, 4].map((id) => fs.existsSync(path.join(root, 'runs', String(id), 'seen.json'))),
      [true, true, true, false],
    );
  });

  it('puts the jobs of MLXP where its settings say', async () => {
    write('modules/mlxp/__init__.py', MLXP);
    write(
      'train.py',
      'import mlxp\n\n@mlxp.launch(config_path="./configs")\ndef main(ctx):\n    pass\n\nmain()\n',
    );
    write('configs/mlxp.yaml', 'logger:\n  parent_log_dir: ./runs\n');
    const view = await run(write('train.sh', 'export PYTHONPATH=$PWD/modules\npython3 train.py lr=1,2\n'));
    assert.equal(view.state.counts.done, 2);
    assert.equal(view.jobDirectory(1), path.join(root, 'runs/2'));
  });
});

/** As much of MLXP as a job meets: it takes its directory from its overrides and writes metadata and metrics there. */
const MLXP = `
import json, os, sys

class Context:
    def __init__(self, directory, settings):
        self.directory, self.settings = directory, settings
    def get(self, key):
        return self.settings[key]
    def log(self, name, metrics):
        os.makedirs(os.path.join(self.directory, "metrics"), exist_ok=True)
        with open(os.path.join(self.directory, "metrics", name + ".json"), "a") as file:
            file.write(json.dumps(metrics) + "\\n")

def launch(config_path):
    def decorate(main):
        def run():
            settings = dict(word.split("=", 1) for word in sys.argv[1:])
            directory = os.path.join(settings["+mlxp.logger.parent_log_dir"], settings["+mlxp.logger.forced_log_id"])
            os.makedirs(os.path.join(directory, "metadata"), exist_ok=True)
            with open(os.path.join(directory, "seen.json"), "w") as file:
                json.dump(settings, file)
            main(Context(directory, settings))
            with open(os.path.join(directory, "metadata", "info.yaml"), "w") as file:
                file.write("status: COMPLETE\\n")
        return run
    return decorate
`;

describe('a script that can not be submitted', () => {
  const SCRIPT = '#!/bin/bash\n#SBATCH -t 5\npython3 train.py ';
  const cases: readonly (readonly [name: string, text: string, code: string, queue?: string])[] = [
    ['has interval()', `${SCRIPT}a=interval(0,1)\n`, 'multirun-interval', 'local'],
    ['makes no job', `${SCRIPT}a=range(3,1)\n`, 'multirun-empty-sweep', 'local'],
    [
      'has two kinds of directives',
      `#!/bin/bash\n#SBATCH -t 5\n#PBS -l walltime=1\npython3 train.py a=1,2\n`,
      'mixed-systems',
    ],
    ['has no directives and no queue', 'python3 train.py a=1,2\n', 'multirun-no-system'],
    [
      'has a command in a condition',
      `#!/bin/bash\n#SBATCH -t 5\nif true; then\n  python3 train.py a=1,2\nfi\n`,
      'multirun-block',
      'local',
    ],
    ['runs no program', '#!/bin/bash\n#SBATCH -t 5\necho hello\n', 'multirun-no-command', 'local'],
    [
      'has a directive that its system refuses',
      '#!/bin/bash\n#SBATCH --tiem=5\npython3 train.py a=1,2\n',
      'unknown-option',
    ],
    [
      'is an array',
      '#!/bin/bash\n#SBATCH -t 5\n#SBATCH --array=0-3\npython3 train.py a=1,2\n',
      'multirun-array',
    ],
    [
      'makes more jobs than anybody can look at',
      `${SCRIPT}a=range(1000) b=range(1000)\n`,
      'multirun-too-many-jobs',
      'local',
    ],
    ['names a queue that there is not', `${SCRIPT}a=1,2\n`, 'multirun-unknown-queue', 'gpu'],
    ['is for another system than the queue', `${SCRIPT}a=1,2\n`, 'multirun-other-system', 'sge'],
  ];
  for (const [name, text, code, queue] of cases) {
    it(`${name}: it is said where, and nothing is created`, async () => {
      write('train.py', ECHO);
      const script = write('train.sh', text);
      const before = fs.readdirSync(root).sort();
      await assert.rejects(sweeps.submit(script, queue === undefined ? {} : { queue }), (error) => {
        assert.ok(error instanceof LaunchRefused);
        const problem = error.problems.find((one) => one.code === code);
        assert.equal(problem?.severity, 'error', error.message);
        return true;
      });
      assert.deepEqual(fs.readdirSync(root).sort(), before);
    });
  }

  it('lies where its batch system can not go', async () => {
    write("it's/train.py", ECHO);
    const script = write("it's/train.sh", '#!/bin/bash\n#$ -l h_rt=600\npython train.py a=1,2\n');
    await assert.rejects(sweeps.submit(script), (error) => {
      assert.ok(error instanceof LaunchRefused);
      const [problem] = error.problems.filter(({ code }) => code === 'multirun-folder');
      assert.match(problem?.message ?? '', /^Grid Engine can't use the path .*it's/);
      return true;
    });
    assert.ok(!fs.existsSync(path.join(root, '.sweeps')));
    assert.ok(!fs.existsSync(path.join(root, "it's/logs")));
  });

  it('has a file where its folder of logs belongs', async () => {
    write('train.py', ECHO);
    write('logs', 'a file');
    await assert.rejects(
      sweeps.submit(write('train.sh', `${SCRIPT}a=1,2\n`), { queue: 'local' }),
      /logs is a file/,
    );
    assert.ok(!fs.existsSync(path.join(root, '.sweeps')));
  });
});

describe('a preview', () => {
  const preview = (text: string, limit = 10) =>
    previewSubmission(
      path.join(root, 'train.sh'),
      text,
      { limit, pythonPath: PYTHON_PATH, seed: 1 },
      { root, targets: targetsOf({}) },
    );

  it('shows what would be, and creates nothing', () => {
    write('train.py', ECHO);
    write('logs/6/x', '');
    const { system, queue, count, jobs } = preview(
      '#!/bin/bash\n#SBATCH -t 5\nsrun python3 train.py a=1,2 b="$X"\n',
    );
    assert.deepEqual([system, queue, count], ['slurm', 'slurm', 2n]);
    assert.deepEqual(
      jobs.map(({ logId, directory, argv, overrides }) => ({ logId, directory, argv, overrides })),
      [1, 2].map((a) => ({
        logId: a + 6,
        directory: path.join(root, 'logs', String(a + 6)),
        argv: ['srun', 'python3', 'train.py', `a=${a}`, 'b=$X'],
        overrides: [`a=${a}`, 'b="$X"'],
      })),
    );
    assert.match(jobs[0]?.script ?? '', /^#!\/bin\/bash\n#SBATCH --job-name=train-7-\w+\n/);
    assert.deepEqual(fs.readdirSync(root).sort(), ['logs', 'train.py']);
    assert.deepEqual(fs.readdirSync(path.join(root, 'logs')), ['6']);
  });

  it('warns of directives that give way, and of a program that is not there', () => {
    const { problems } = preview(
      '#!/bin/bash\n#SBATCH -t 5\n#SBATCH -o mine.log\npython3 nowhere.py a=1,2\n',
    );
    assert.deepEqual(
      problems
        .filter(({ severity }) => severity === 'warning')
        .map(({ code, range }) => [code, range.start.line]),
      [
        ['multirun-directive-replaced', 2],
        ['multirun-program-missing', 3],
      ],
    );
  });

  it('begins in the directory that the script asks for', () => {
    write('deep/train.py', ECHO);
    const { jobs, logs } = preview('#!/bin/bash\n#SBATCH -t 5 -D deep\npython3 train.py a=1,2\n');
    assert.equal(logs, path.join(root, 'deep/logs'));
    assert.match(jobs[0]?.script ?? '', new RegExp(`\ncd ${root}/deep \\|\\| exit`));
  });

  it('of 50,000 jobs takes no longer than its first ones', () => {
    write('train.py', ECHO);
    const { count, jobs } = preview(
      '#SBATCH -t 5\npython3 train.py a=range(1000) b=range(50)\n'.replace('', '#!/bin/sh\n'),
      2,
    );
    assert.deepEqual([count, jobs.length], [50_000n, 2]);
  });
});
