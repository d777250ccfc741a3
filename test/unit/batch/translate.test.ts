import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readBatchScript } from '#core/batch/read.ts';
import { systems, type System } from '#core/batch/systems.ts';
import { totals, type Request } from '#core/batch/translate/request.ts';
import { requestOf, translate } from '#core/batch/translate/translate.ts';

const GiB = 2 ** 30;

/** A script of the system for the request, made by way of Slurm. */
function scriptFor(system: System, directives: readonly string[]): string {
  const text = [
    '#!/bin/bash',
    '# a comment',
    ...directives.map((one) => `#SBATCH ${one}`),
    '',
    'echo work',
    '',
  ].join('\n');
  return system === 'slurm' ? text : (translate(readBatchScript(text), system)?.text ?? '');
}

const request = (text: string): Request => requestOf(readBatchScript(text))?.request ?? {};
const errors = (text: string) =>
  readBatchScript(text).problems.filter(({ severity }) => severity === 'error');

const directives = fc
  .record({
    name: fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/),
    queue: fc.constantFrom('gpu', 'long', 'batch'),
    account: fc.option(fc.constantFrom('p1', 'lab')),
    minutes: fc.integer({ min: 1, max: 20_000 }),
    nodes: fc.integer({ min: 1, max: 8 }),
    tasks: fc.integer({ min: 1, max: 8 }),
    cpus: fc.integer({ min: 1, max: 8 }),
    memory: fc.option(fc.integer({ min: 1, max: 16 })),
    gpus: fc.option(fc.integer({ min: 1, max: 4 })),
    array: fc.option(fc.constantFrom('1-10', '1-100%4', '1-20')),
    after: fc.option(fc.integer({ min: 1, max: 99_999 })),
    hold: fc.boolean(),
  })
  .map(({ name, queue, account, minutes, nodes, tasks, cpus, memory, gpus, array, after, hold }) => [
    `--job-name=${name}`,
    `--partition=${queue}`,
    ...(account === null ? [] : [`--account=${account}`]),
    `--time=${minutes}`,
    `--nodes=${nodes}`,
    `--ntasks-per-node=${tasks}`,
    `--cpus-per-task=${cpus}`,
    // whole gibibytes per slot, so that no unit rounds
    ...(memory === null ? [] : [`--mem=${memory * tasks * cpus}G`]),
    // OAR gives each GPU the same number of cores
    ...(gpus === null || (tasks * cpus) % gpus !== 0 ? [] : [`--gpus-per-node=${gpus}`]),
    ...(array === null ? [] : [`--array=${array}`]),
    ...(after === null ? [] : [`--dependency=afterany:${after}`]),
    ...(hold ? ['--hold'] : []),
  ]);

describe('translating a script', () => {
  for (const from of systems)
    for (const to of systems) {
      if (from === to) continue;
      it(`keeps the resources from ${from} to ${to} and back`, () => {
        fc.assert(
          fc.property(directives, (lines) => {
            const text = scriptFor(from, lines);
            assert.deepEqual(errors(text), []);
            const there = translate(readBatchScript(text), to);
            assert.ok(there);
            assert.deepEqual(errors(there.text), [], there.text);
            assert.equal(readBatchScript(there.text).system, to, there.text);
            const back = translate(readBatchScript(there.text), from);
            assert.ok(back);
            assert.deepEqual(errors(back.text), [], back.text);
            const before = request(text);
            const after = request(back.text);
            const where = `${text}\n--\n${there.text}\n--\n${back.text}`;
            const was = totals(before);
            const is = totals(after);
            assert.equal(is.walltime, was.walltime, where);
            assert.equal(is.cpus, was.cpus, where);
            assert.equal(is.memory ?? 0, was.memory ?? 0, where);
            for (const key of ['name', 'queue', 'account', 'held', 'dependencies'] as const)
              assert.deepEqual(after[key], before[key], `${key}\n${where}`);
          }),
          { numRuns: 25 },
        );
      });
    }

  it('keeps comments, commands and their order', () => {
    const text = '#!/bin/bash\n# first\n#SBATCH -t 60\n# second\n\ncd work\n# third\n./run\n';
    const { text: translated } = translate(readBatchScript(text), 'torque') ?? { text: '' };
    assert.equal(
      translated,
      '#!/bin/bash\n# first\n#PBS -l walltime=01:00:00\n# second\n\ncd work\n# third\n./run\n',
    );
  });

  it('keeps the comments at the ends of directives as lines of their own', () => {
    const script = '#!/bin/bash\n#SBATCH -J a # the name\n#SBATCH -t 10 #SBATCH -N 2\nrun\n';
    const text = translate(readBatchScript(script), 'sge')?.text ?? '';
    assert.match(text, /\n# the name\n# before: SBATCH -N 2\nrun\n$/);
  });

  it('translates the first part of a heterogeneous job only, and keeps the others as comments', () => {
    const script = '#!/bin/bash\n#SBATCH -t 10 -n 4 -c 2\n#SBATCH hetjob\n#SBATCH -n 1 --mem=4G\nrun\n';
    const there = translate(readBatchScript(script), 'pbspro');
    assert.ok(there);
    assert.match(there.text, /ncpus=8/);
    assert.match(there.text, /# not in PBS Pro: #SBATCH hetjob\n# not in PBS Pro: #SBATCH -n 1\n/);
    assert.doesNotMatch(there.text, /^#SBATCH/m);
    assert.deepEqual(there.losses.slice(-2), ['-n 1', '--mem=4G']);
    const back = readBatchScript(translate(readBatchScript(there.text), 'slurm')?.text ?? '');
    assert.deepEqual(
      back.options.filter(({ part }) => part > 0).map(({ value }) => value),
      ['1', '4G'],
    );
  });

  it('marks what has no equivalent, and brings it back', () => {
    const text =
      '#!/bin/bash\n#SBATCH --time=01:00:00\n#SBATCH --constraint=a100\n#SBATCH --wckey=x\n./run\n';
    const there = translate(readBatchScript(text), 'lsf');
    assert.equal(
      there?.text,
      '#!/bin/bash\n#BSUB -W 1:00\n# not in LSF: #SBATCH --constraint=a100\n# not in LSF: #SBATCH --wckey=x\n./run\n',
    );
    assert.deepEqual(there.losses, ['--constraint=a100', '--wckey=x']);
    assert.equal(translate(readBatchScript(there.text), 'slurm')?.text, text);
  });

  it('names a dependency on success that becomes one on any end', () => {
    const script = readBatchScript('#!/bin/bash\n#SBATCH -t 60\n#SBATCH -d afterok:12\n./run\n');
    assert.match(translate(script, 'sge')?.text ?? '', /^#\$ -hold_jid 12$/m);
    assert.deepEqual(translate(script, 'oar')?.losses, [
      'dependency on the success of 12: waits for any end',
    ]);
  });

  it('moves arrays that begin at 0 to 1, and says so', () => {
    const script = readBatchScript('#!/bin/bash\n#SBATCH -t 60\n#SBATCH -J x --array=0-9:3%2\n./run\n');
    const { text, losses } = translate(script, 'sge') ?? { text: '', losses: [] };
    assert.match(text, /^#\$ -t 1-10:3$/m);
    assert.match(text, /^#\$ -tc 2$/m);
    assert.match(losses.join(), /subtract 1/);
    assert.match(translate(script, 'torque')?.text ?? '', /^#PBS -t 0,3,6,9%2$/m);
    assert.match(translate(script, 'lsf')?.text ?? '', /^#BSUB -J "x\[1-10:3\]%2"$/m);
  });

  it('reads memory as each system counts it', () => {
    const memory = (text: string) => totals(request(text)).memory;
    assert.equal(memory('#!/bin/sh\n#PBS -l nodes=2:ppn=4,mem=16gb\n'), 16 * GiB);
    assert.equal(memory('#!/bin/sh\n#PBS -l select=2:ncpus=4:mem=8gb\n'), 16 * GiB);
    assert.equal(memory('#!/bin/sh\n#SBATCH -N 2 --mem=8G\n'), 16 * GiB);
    assert.equal(memory('#!/bin/sh\n#SBATCH -c 4 --mem-per-cpu=2G\n'), 8 * GiB);
    assert.equal(memory('#!/bin/sh\n#$ -pe smp 4\n#$ -l h_vmem=2G\n'), 8 * GiB);
    assert.equal(memory('#!/bin/sh\n#BSUB -n 4 -R "span[hosts=1]" -M 8GB\n'), 8 * GiB);
  });

  it('leaves a text without directives, and one of the same system, alone', () => {
    assert.equal(translate(readBatchScript('echo\n'), 'slurm'), undefined);
    assert.equal(translate(readBatchScript('#!/bin/sh\n#SBATCH -t 1\n'), 'slurm'), undefined);
  });

  it('never throws, whatever the text', () => {
    const line = fc.tuple(
      fc.constantFrom('#SBATCH', '#PBS', '#$', '#OAR', '#BSUB', '#MSUB'),
      fc.constantFrom(
        '-l',
        '-t',
        '--array',
        '-J',
        '-n',
        '-R',
        '--dependency',
        '-W',
        '-pe',
        '--mem',
        '-l nodes=',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.constantFrom(...systems), (lines, target) => {
        translate(readBatchScript(lines.map((one) => one.join(' ')).join('\n')), target);
      }),
      { numRuns: 300 },
    );
  });
});
