/**
 * The job scripts that are made of a batch script: each fixture is the script, a line of `=`, and every line of
 * the second job's script but those of the wrapper, which `...` stands for.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readMultirunScript } from '#core/batch/commands/read.ts';
import { firstLineOf, interpreterOf, nativeName, renderLines } from '#core/batch/render.ts';
import { systems, type System } from '#core/batch/systems.ts';
import { renderJob, type SubmittedScript } from '#engine/sources/batch/job.ts';
import { LOCAL, targetsOf, type Target } from '#engine/sources/batch/target.ts';
import { renderScript } from '#engine/wrapper.ts';
import fc from 'fast-check';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/submission');
const LINE = `${'='.repeat(20)}\n`;

function jobScript(text: string, target: Target | undefined): string {
  const script = readMultirunScript(text, { takesOverrides: () => true });
  const submitted: SubmittedScript = {
    id: 'train-3',
    sweepDirectory: '/work/.sweeps/train-3',
    stem: 'train',
    script,
    programs: { fileOf: () => '/work/train.py', usesMlxp: ({ name }) => name === 'mlxp_train.py' },
    workingDirectory: '/work',
    logs: '/work/logs',
    target: target ?? targetOf(script.system ?? 'slurm'),
  };
  const { directory, description, options } = renderJob(
    submitted,
    { index: 1, logId: 12, attempt: 1 },
    '/py',
  );
  return renderScript(description, { ...options, directory });
}

function targetOf(system: System): Target {
  const target = targetsOf({}).ofSystem(system);
  assert.ok(target !== undefined && target.kind !== 'unusable');
  return target;
}

function withoutWrapper(script: string): string {
  const [head = ''] = script.split(/^# train-3\/1, attempt 1: .*$/m);
  const lines = /<<'(END_OF_JOB_*)'.*\n([^]*?)\n\1\n/.exec(script)?.[2] ?? '';
  const run = /^ *exec (.*)$/m.exec(script)?.[1] ?? '';
  const redirects = /^ *\) <\/dev\/null(.*?)(?: &)?$/m.exec(script)?.[1]?.trim() ?? '';
  return `${head}...\n${lines}\n...\nrun: ${run} ${redirects}`.trimEnd() + '\n';
}

describe('the script of a job', () => {
  const names = fs.readdirSync(FIXTURES).sort();

  it('is shown for every system', () => {
    for (const system of systems) assert.ok(names.includes(`${system}.txt`), system);
  });

  for (const name of names) {
    it(`is line by line that of ${name}`, () => {
      const file = path.join(FIXTURES, name);
      const [text = '', expected = ''] = fs.readFileSync(file, 'utf8').split(LINE);
      const made = withoutWrapper(jobScript(text, name.startsWith('local') ? LOCAL : undefined));
      if (process.env['UPDATE_GOLDEN'] !== undefined) fs.writeFileSync(file, `${text}${LINE}${made}`);
      else assert.equal(made, expected);
    });
  }

  it('leaves logs that the batch system writes where they are when it is started again', () => {
    const outputs = (text: string): string =>
      /for output in (.*); do/.exec(jobScript(text, undefined))?.[1] ?? '';
    assert.equal(
      outputs('#!/bin/sh\n#SBATCH -t 5\npython x.py a=1,2\n'),
      'metrics.jsonl result.json exit.json',
    );
    assert.match(outputs('#!/bin/sh\n#BSUB -W 5\npython x.py a=1,2\n'), /^log\.stdout log\.stderr /);
  });

  it('ends its lines with a word that none of them is', () => {
    const text = "#!/bin/bash\n#SBATCH -t 5\ncat <<'END_OF_JOB'\nx\nEND_OF_JOB\npython train.py a=1,2\n";
    assert.match(withoutWrapper(jobScript(text, undefined)), /\nEND_OF_JOB\npython train\.py a=2\n\.\.\./);
  });
});

describe('the interpreter', () => {
  const cases: readonly (readonly [string | undefined, readonly string[], string])[] = [
    [undefined, ['/bin/bash'], '#!/bin/bash'],
    ['#!/bin/bash', ['/bin/bash'], '#!/bin/bash'],
    ['#! /bin/bash -l', ['/bin/bash', '-l'], '#!/bin/bash'],
    ['#!/bin/sh -e -u', ['/bin/sh', '-e -u'], '#!/bin/sh'],
    ['#!/usr/bin/env bash', ['/usr/bin/env', 'bash'], '#!/usr/bin/env bash'],
    ['#!/usr/bin/env -S zsh -f', ['/usr/bin/env', '-S zsh -f'], '#!/usr/bin/env zsh'],
    ['#!/bin/csh -f', ['/bin/csh', '-f'], '#!/bin/sh'],
    ['#!/bin/tcsh', ['/bin/tcsh'], '#!/bin/sh'],
    ['#!', ['/bin/bash'], '#!/bin/bash'],
  ];
  for (const [shebang, words, first] of cases) {
    it(`of ${shebang ?? 'no first line'} runs the lines as ${words.join(' ')}, below ${first}`, () => {
      const interpreter = interpreterOf(shebang);
      assert.deepEqual(interpreter.words, words);
      assert.equal(firstLineOf(interpreter), first);
    });
  }

  it('of C shells gets no line of ours that it could not read', () => {
    const lines = renderLines({
      shebang: '#!/bin/tcsh',
      directory: '/work',
      preamble: [],
      commandLine: 'python x.py a=1',
      epilogue: ['echo $status'],
    });
    assert.equal(lines, '#!/bin/tcsh\ncd /work || exit 126\npython x.py a=1\necho $status\n');
  });
});

describe('a native name', () => {
  it('has a letter first and fits, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 99_999 }), (base, id) => {
        const name = nativeName(base, `${id}-0a1b2`, 15);
        assert.match(name, /^[A-Za-z][A-Za-z0-9_.-]*$/);
        assert.ok(name.length <= 15 && name.endsWith(`-${id}-0a1b2`), name);
      }),
    );
  });

  it('keeps what it can of the base', () => {
    assert.equal(nativeName('Größe 2', '7-0a1b2', 60), 'Gro-e-2-7-0a1b2');
    assert.equal(nativeName('resnet-large', '1234-0a1b2', 15), 'resn-1234-0a1b2');
  });
});
