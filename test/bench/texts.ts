/** Large files as the language server's benchmarks use them. */

/** A text, and where in it the benchmarks edit and ask. Lines count from 0. */
export interface Sample {
  readonly text: string;
  /** On `line`, from `character` on, stands `a`; with `b` in its place there is an error on the line. */
  readonly mistake: {
    readonly line: number;
    readonly character: number;
    readonly a: string;
    readonly b: string;
  };
  /** A line in the middle; below it `typed` may stand, at whose end completion is asked for. */
  readonly completion: { readonly line: number; readonly typed: string };
  readonly hovers: Readonly<Record<string, { readonly line: number; readonly character: number }>>;
}

const head = (goal: string): readonly string[] => [
  'method: random',
  'metric:',
  '  name: loss',
  `  goal: ${goal}`,
  'command: [python, "${program}", "${args}"]',
  'program: train.py',
  'parameters:',
];

const parameter = (index: number): readonly string[] => [
  `  p${index}:`,
  '    distribution: uniform',
  `    min: ${index}.5`,
  `    max: ${index + 1}.5`,
];

const goal = { line: 3, character: 8, a: 'minimize', b: 'minimise-it' };
const inCommand = { line: 4, character: 36 };

/** A sweep of about `lines` lines, four for each parameter. */
export function flatSweep(lines: number): Sample {
  const above = head(goal.a);
  const count = Math.max(1, Math.floor((lines - above.length) / 4));
  const body = Array.from({ length: count }, (_, index) => parameter(index));
  const line = above.length + 4 * Math.floor(count / 2);
  return {
    text: [...above, ...body.flat(), ''].join('\n'),
    mistake: goal,
    completion: { line: line + 3, typed: '  new:\n    d' },
    hovers: { parameter: { line, character: 3 }, command: inCommand },
  };
}

/** As `flatSweep`, where every tenth parameter is an alias of an anchor or merges it. */
export function anchoredSweep(lines: number): Sample {
  const above = [...head(goal.a), '  base: &base', ...parameter(0).slice(1)];
  const count = Math.floor((lines - above.length) / 4);
  const body = Array.from({ length: count }, (_, index) =>
    index % 10 === 3
      ? [`  p${index}: *base`, '', '', '']
      : index % 10 === 7
        ? [`  p${index}:`, '    <<: *base', `    max: ${index + 1}.5`, '']
        : parameter(index),
  );
  const middle = 10 * Math.floor(count / 20);
  const line = above.length + 4 * middle;
  return {
    text: [...above, ...body.flat(), ''].join('\n'),
    mistake: goal,
    completion: { line: line + 3, typed: '  new:\n    d' },
    hovers: {
      parameter: { line, character: 3 },
      'aliased parameter': { line: line + 12, character: 3 },
      'merged parameter': { line: line + 28, character: 3 },
    },
  };
}

/** A sweep of parameters that are aliases of one. */
export function aliasSweep(aliases: number): Sample {
  const above = [...head(goal.a), '  p0: &base', ...parameter(0).slice(1)];
  const body = Array.from({ length: aliases }, (_, index) => `  p${index + 1}: *base`);
  const line = above.length - 1;
  return {
    text: [...above, ...body, ''].join('\n'),
    mistake: goal,
    completion: { line, typed: '  new:\n    d' },
    hovers: { parameter: { line: above.length + Math.floor(aliases / 2), character: 3 } },
  };
}

const directives: readonly string[] = [
  ...['--job-name=train', '--partition=gpu', '--nodes=2', '--ntasks-per-node=4', '--cpus-per-task=8'],
  ...['--mem=64G', '--gres=gpu:4', '--time=1-00:00:00', '--output=%x-%j.out', '--error=%x-%j.err'],
  ...['--account=lab', '--qos=normal', '--mail-type=END,FAIL', '--mail-user=me@example.org'],
  ...['--constraint=a100', '--exclude=node[01-04]', '--nice=100', '--signal=B:USR1@120', '--requeue'],
  ...['--open-mode=append', '--export=ALL', '--comment=long', '--hint=nomultithread', '--distribution=block'],
  ...['--dependency=afterok:123', '--licenses=matlab:1', '--tmp=10G', '--priority=100', '--array=1-100%5'],
  ...['--begin=now+1hour', '--deadline=2030-01-01', '--chdir=/scratch', '--exclusive', '--contiguous'],
  ...[
    '--switches=1',
    '--threads-per-core=1',
    '--wait-all-nodes=1',
    '--reservation=course',
    '--kill-on-invalid-dep=yes',
  ],
];

/** A batch script of `lines` lines of which about 40 are directives; the rest is shell. */
export function jobScript(lines: number): Sample {
  const above = ['#!/bin/bash', ...directives.map((one) => `#SBATCH ${one}`), ''];
  const time = above.findIndex((line) => line.includes('--time'));
  const body = Array.from({ length: lines - above.length - 1 }, (_, index) =>
    index % 20 === 0
      ? `# step ${index}`
      : index % 20 === 10
        ? `srun --ntasks=4 python train.py --seed=${index} --data "$SCRATCH/part-${index}" # run`
        : `echo "working on part ${index} of \${SLURM_JOB_ID}" >> log-${index}.txt`,
  );
  return {
    text: [...above, ...body, ''].join('\n'),
    mistake: { line: time, character: 15, a: '1-00:00:00', b: '1-00:oo:00' },
    completion: { line: time, typed: '#SBATCH --no' },
    hovers: { option: { line: time, character: 12 } },
  };
}

/** A batch script of nothing but directives, over and over: no person writes it, some program may. */
export function directivesOnly(lines: number): Sample {
  const body = Array.from(
    { length: lines - 2 },
    (_, index) => `#SBATCH ${directives[index % directives.length] ?? ''}`,
  );
  const all = ['#!/bin/bash', ...body];
  const line = all.findIndex((one, index) => index > lines / 2 && one.includes('--time'));
  const first = all.findIndex((one) => one.includes('--time'));
  return {
    text: [...all, ''].join('\n'),
    // only the first few hundred problems are listed
    mistake: { line: first, character: 15, a: '1-00:00:00', b: '1-00:oo:00' },
    completion: { line, typed: '#SBATCH --no' },
    hovers: { option: { line, character: 12 } },
  };
}
