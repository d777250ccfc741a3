import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jobAt, type MultirunJob } from '#core/batch/commands/jobs.ts';
import { blockers, readMultirunScript, type MultirunOptions } from '#core/batch/commands/read.ts';

const script = (...lines: readonly string[]) => `#!/bin/bash\n#SBATCH --time=10\n${lines.join('\n')}\n`;
const read = (lines: string, options?: MultirunOptions) => readMultirunScript(script(lines), options);
const job = (lines: string, index = 0n) => jobAt(read(lines), index);
const jobs = (lines: string) => {
  const found = read(lines);
  assert.deepEqual(
    blockers(found).map(({ code, message }) => `${code}: ${message}`),
    [],
  );
  return Array.from({ length: Number(found.count) }, (_, index) => jobAt(found, BigInt(index)));
};
const lines = (text: string) => jobs(text).map(({ commandLine }) => commandLine);
const found = (text: string) => read(text).problems.map(({ code }) => code);
const refused = (text: string) => blockers(read(text)).map(({ code }) => code);

describe('the jobs of a multirun script', () => {
  it('are the combinations of the overrides, the last one fastest', () => {
    assert.deepEqual(lines('python main.py lr=1,2 seed=range(2)'), [
      'python main.py lr=1 seed=0',
      'python main.py lr=1 seed=1',
      'python main.py lr=2 seed=0',
      'python main.py lr=2 seed=1',
    ]);
  });

  it('are counted in quotes with escapes as well', () => {
    assert.deepEqual(lines(String.raw`python main.py $'lr=1,2' $'a="x\'\ty"' b=$'\x41'`), [
      `python main.py lr=1 'a="x'\\''\ty"' b=$'\\x41'`,
      `python main.py lr=2 'a="x'\\''\ty"' b=$'\\x41'`,
    ]);
  });

  it('keep launchers, redirections and pipes as they are written', () => {
    assert.deepEqual(
      lines('cd x && A=1 srun -n 2 --gres=gpu:1 python3.11 -u main.py -m a=1,2 2>&1 | tee "$LOG" # first'),
      [
        'cd x && A=1 srun -n 2 --gres=gpu:1 python3.11 -u main.py a=1 2>&1 | tee "$LOG"',
        'cd x && A=1 srun -n 2 --gres=gpu:1 python3.11 -u main.py a=2 2>&1 | tee "$LOG"',
      ],
    );
  });

  it('have the ordinary lines above their command and those below the last', () => {
    const text =
      'module load python/3.10\npython a.py x=1,2\necho between\npython b.py\n# the end\n\nls out\n';
    const [first, , last] = jobs(text) as [MultirunJob, MultirunJob, MultirunJob];
    assert.deepEqual(first.preamble, ['module load python/3.10']);
    assert.deepEqual(first.epilogue, ['# the end', '', 'ls out']);
    assert.deepEqual(last.preamble, ['module load python/3.10', 'echo between']);
    assert.equal(last.commandLine, 'python b.py');
  });

  it('are one for each round of a literal loop, with its variable in place', () => {
    const text = 'for s in 1 "2 x"; do\n  mkdir -p $s\n  python main.py name=\'${a}\' seed="$s"\ndone\n';
    assert.deepEqual(
      jobs(text).map(({ preamble, overrides, commandLine }) => ({ preamble, overrides, commandLine })),
      [
        {
          preamble: ['s=1', '  mkdir -p $s'],
          overrides: ['name=$\\{a\\}', 'seed=1'],
          commandLine: "python main.py 'name=$\\{a\\}' seed=1",
        },
        {
          preamble: ["s='2 x'", '  mkdir -p $s'],
          overrides: ['name=$\\{a\\}', 'seed=2\\ x'],
          commandLine: "python main.py 'name=$\\{a\\}' 'seed=2\\ x'",
        },
      ],
    );
  });

  it('take further arguments behind the overrides', () => {
    const one = jobAt(read('python main.py a=1 > log'), 0n, { add: ['+x=[1, 2]'] });
    assert.equal(one.commandLine, "python main.py a=1 '+x=[1, 2]' > log");
  });

  it('keep here-documents, continuations and quotes of the lines around them', () => {
    const text =
      "cat > cfg <<'EOF'\n  a:  1   \n#SBATCH -n 1\nEOF\nX='two\nlines'\npython main.py <<END a=1,2 \\\n  b=$X\ninput\nEND\n";
    const [first] = jobs(text) as [MultirunJob];
    assert.deepEqual(first.preamble, [
      "cat > cfg <<'EOF'",
      '  a:  1   ',
      '#SBATCH -n 1',
      'EOF',
      "X='two",
      "lines'",
    ]);
    assert.equal(first.commandLine, 'python main.py <<END a=1 b=$X\ninput\nEND');
  });

  it('keep the last value of a key in its first place, from whichever word it comes', () => {
    assert.deepEqual(lines('python main.py -m a=1,2 b=3 a=$A'), ['python main.py a=$A b=3']);
    assert.deepEqual(lines('python main.py -m a=$A b=3 a=1,2'), [
      'python main.py a=1 b=3',
      'python main.py a=2 b=3',
    ]);
  });

  it('leave out directives, also late ones', () => {
    const text = 'cd x\n#SBATCH -n 2\npython main.py a=1,2; rm y # gone\n';
    const [first] = jobs(text) as [MultirunJob];
    assert.deepEqual([first.preamble, first.epilogue], [['cd x'], ['rm y # gone']]);
  });

  it('are counted beyond what a number can hold', () => {
    const text = `python main.py ${Array.from({ length: 6 }, (_, index) => `k${index}=range(10007)`).join(' ')}`;
    const { count } = read(text);
    assert.equal(count, 10007n ** 6n);
    assert.deepEqual(jobAt(read(text), count - 1n).overrides.at(-1), 'k5=10006');
    assert.throws(() => job(text, count), RangeError);
  });
});

describe('the program of a command', () => {
  const programs: readonly (readonly [line: string, program: string | undefined])[] = [
    ['python main.py', 'main.py'],
    ['/opt/python/3.11/bin/python3.11 -u -W ignore dir/main.py a', 'dir/main.py'],
    ['"$VENV/bin/python" -X faulthandler main.py', 'main.py'],
    ['python -OO -m pkg.train a=1', 'pkg.train'],
    ['python -m torch.distributed.run --nproc_per_node 2 main.py a=1', 'main.py'],
    ['python -m cProfile -o out main.py a=1', 'main.py'],
    ['A=1 B="x y" env -u C D=2 python main.py', 'main.py'],
    ['srun -n4 -c 2 --gres gpu:1 --exclusive --mpi=pmix -l python main.py', 'main.py'],
    ['mpirun -np 4 --mca btl ^openib -x PATH --oversubscribe python main.py', 'main.py'],
    ['nohup nice -n 5 timeout -k 5 2h stdbuf -oL python main.py', 'main.py'],
    ['taskset -c 0-3 numactl -N 0 -m 0 time -p python main.py', 'main.py'],
    ['apptainer exec --nv -B /a:/b image.sif python main.py', 'main.py'],
    ['conda run -n env --no-capture-output python main.py', 'main.py'],
    ['uv run --with numpy python main.py', 'main.py'],
    ['uv run --no-sync --with numpy main.py a=1', 'main.py'],
    ['uv run -m pkg.train a=1', 'pkg.train'],
    ['uv run pip install x', undefined],
    ['$PYTHON -u main.py', 'main.py'],
    ['"${PY:-python3}" -m pkg.train', 'pkg.train'],
    ['$RUN main.py a=1', 'main.py'],
    ['$LAUNCH -n 4 python main.py', 'main.py'],
    ['$LAUNCH $PYTHON main.py', 'main.py'],
    ['$EDITOR main.py', undefined],
    ['$CP main.py other.py', undefined],
    ['torchrun --standalone --nproc-per-node=gpu main.py', 'main.py'],
    ['accelerate launch --num_processes 2 main.py a=1', 'main.py'],
    ['deepspeed --num_gpus=2 main.py', 'main.py'],
    ['! python main.py', 'main.py'],
    ['exec python main.py', 'main.py'],
    ['python', undefined],
    ['python -V', undefined],
    ['python -', undefined],
    ['python -c "main.py"', undefined],
    ['python -mpip install x', undefined],
    ['python -m pip install main.py', undefined],
    ['python setup.py install', undefined],
    ['srun hostname', undefined],
    ['srun -n 1 echo python main.py', undefined],
    ['echo python main.py', undefined],
    ['ls python main.py', undefined],
    ['my-python main.py', undefined],
    ['X=$(python main.py)', undefined],
  ];
  for (const [line, program] of programs) {
    it(`is ${program ?? 'none'} in ${line}`, () => {
      assert.deepEqual(
        read(line).commands.map((command) => command.program.name),
        program === undefined ? [] : [program],
      );
    });
  }
});

describe('redirections of a command', () => {
  it('may lead into another program', () => {
    assert.deepEqual(lines('python main.py a=1,2 > >(tee out) 2> >(tee err >&2)'), [
      'python main.py a=1 > >(tee out) 2> >(tee err >&2)',
      'python main.py a=2 > >(tee out) 2> >(tee err >&2)',
    ]);
  });
});

describe("a loop's variable", () => {
  it('is what the body makes of it', () => {
    for (const body of ['s=$((s * 2))', 'read -r s < file', '((s += 1))', 'export A=1 s=5']) {
      assert.deepEqual(
        lines(`for s in 1 2; do\n${body}\npython main.py seed=$s a=1\ndone`),
        ['python main.py seed=$s a=1', 'python main.py seed=$s a=1'],
        body,
      );
    }
  });
  it('stays what it is beside others, and in texts', () => {
    for (const body of ['echo s=3', 'ss=3; t=$s', 'export SEED=$s', '[ "$s" == 1 ] && ls']) {
      assert.deepEqual(
        lines(`for s in 1 2; do\n${body}\npython main.py seed=$s\ndone`),
        ['python main.py seed=1', 'python main.py seed=2'],
        body,
      );
    }
  });
  it('keeps its last value behind the loop, where it is used', () => {
    const [, , last] = jobs('for s in 1 2; do python a.py s=$s; done\npython b.py s=$s');
    assert.deepEqual([last?.preamble, last?.commandLine], [['s=2'], 'python b.py s=$s']);
    const again = jobs('for s in 1 2; do python a.py s=$s; done\nfor s in 3; do python b.py s=$s; done');
    assert.deepEqual(again.at(-1)?.preamble, ['s=3']);
  });
});

describe('what is no multirun', () => {
  it('is a program with options of its own', () => {
    assert.deepEqual(lines('python train.py --lr 0.1 files=a,b'), ['python train.py --lr 0.1 files=a,b']);
  });
  it('is a line that only prepares or speaks of Python', () => {
    assert.deepEqual(
      refused(
        'python -m venv env\npip install x\npython -V\npython -c "a=1,2"\nconda activate my-python\necho python x',
      ),
      ['multirun-no-command'],
    );
  });
  it('is what stands in a here-document', () => {
    assert.deepEqual(refused('cat > x.sh <<EOF\npython main.py lr=1,2\nEOF'), ['multirun-no-command']);
  });
});

describe('what keeps a script from being a multirun', () => {
  it('is a loop or condition whose rounds nobody knows', () => {
    assert.deepEqual(found('for s in $(seq 3); do python main.py lr=1,2 seed=$s; done'), ['multirun-block']);
    assert.deepEqual(found('if test -f x; then\npython main.py lr=1,2\nfi'), ['multirun-block']);
    assert.deepEqual(found('f() {\npython main.py lr=1,2\n}\nf'), ['multirun-block']);
  });
  it('is only said on submission when the command takes no overrides', () => {
    assert.deepEqual(found('while read x; do python train.py --lr $x; done'), []);
    assert.deepEqual(refused('while read x; do python train.py --lr $x; done'), ['multirun-block']);
  });
  it('is a command with several values that cannot be read', () => {
    for (const line of [
      'mylaunch -n 4 python main.py lr=1,2',
      'bash -c "python main.py lr=1,2"',
      "srun -n 1 bash -lc 'cd x && python main.py lr=1,2'",
      'eval "python main.py lr=1,2"',
      'X=$(python main.py lr=1,2)',
      './main.py lr=1,2',
      'xargs -n 1 python main.py lr=1,2 < list',
      'f() { mylaunch python main.py lr=1,2; }',
    ]) {
      assert.deepEqual(found(line), [], line);
      assert.deepEqual(refused(`${line}\npython other.py lr=1,2`), ['multirun-unreadable-command'], line);
    }
  });
  it('is no text that is only printed, and no list', () => {
    for (const line of [
      'echo python main.py lr=1,2',
      'printf %s "python main.py lr=1,2"',
      'mylaunch python main.py "lr=[1,2]"',
      "mylaunch python main.py 'x $(python main.py lr=1,2)'",
    ])
      assert.deepEqual(refused(`${line}\npython other.py lr=1,2`), [], line);
  });
  it('is a variable that the script gives several values', () => {
    for (const line of ['LR=1,2', 'export A=1 LR="1,2"', "LR='range(3)'", 'if test x; then LR=1,2; fi'])
      assert.deepEqual(found(`${line}\npython main.py -m lr=$LR`), ['multirun-shell-expansion'], line);
    for (const line of [
      'ARGS="lr=1,2 seed=3"\npython main.py $ARGS',
      'A=(lr=1,2 b=3)\npython main.py "${A[@]}"',
    ])
      assert.deepEqual(found(line), ['multirun-shell-expansion'], line);
    for (const line of ['LR=[1,2]', 'LR=1,2\nLR=3', 'LR=$(f 1,2)', 'LR=1,2; read LR', 'echo LR=1,2'])
      assert.deepEqual(found(`${line}\npython main.py -m lr=$LR`), [], line);
  });
  it('is a value that only the shell of the job knows', () => {
    assert.deepEqual(found('python main.py -m lr=$A,$B x=$X y=[$A,$B]'), ['multirun-shell-expansion']);
    assert.deepEqual(found('python main.py -m seed={1..5}'), ['multirun-shell-expansion']);
  });
});
