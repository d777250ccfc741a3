import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CommandError, expandCommand, parseCommandItem, type CommandContext } from '#core/sweep/command.ts';
import type { CommandItem } from '#core/sweep/sweep.ts';
import { Float, type Parameters } from '#core/value.ts';

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function items(...texts: readonly string[]): readonly CommandItem[] {
  return texts.map((text) => ({
    range: nowhere,
    parts: parseCommandItem(text).map((part) =>
      part.kind === 'text' ? part : { kind: 'macro', name: part.name, range: nowhere },
    ),
  }));
}

const golden: Parameters = { a: true, b: false, c: 1, d: null };

const context: CommandContext = {
  program: 'train.py',
  interpreter: 'python',
  platform: 'posix',
  parameters: golden,
  sweepId: 'quadratic-7',
  runId: 'quadratic-7-12',
  jobDirectory: '/w/.sweeps/quadratic-7/jobs/12',
  argsJsonFile: '/w/.sweeps/quadratic-7/jobs/12/args.json',
  environment: (name) => (name === 'HOME' ? '/home/me' : undefined),
};

function expand(texts: readonly string[], changes: Partial<CommandContext> = {}): readonly string[] {
  return expandCommand(items(...texts), { ...context, ...changes }).argv;
}

describe('command macros', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['${env}', ['/usr/bin/env']],
    ['${interpreter}', ['python']],
    ['${program}', ['train.py']],
    ['${args}', ['--a=True', '--b=False', '--c=1', '--d=None']],
    ['${args_no_equals}', ['--a', 'True', '--b', 'False', '--c', '1', '--d', 'None']],
    ['${args_no_hyphens}', ['a=True', 'b=False', 'c=1', 'd=None']],
    ['${args_no_boolean_flags}', ['--a', '--c=1', '--d=None']],
    ['${args_append_hydra}', ['+a=True', '+b=False', '+c=1', '+d=None']],
    ['${args_override_hydra}', ['++a=True', '++b=False', '++c=1', '++d=None']],
    ['${args_json}', ['{"a": true, "b": false, "c": 1, "d": null}']],
    ['${args_json_file}', ['/w/.sweeps/quadratic-7/jobs/12/args.json']],
    ['${envvar:HOME}', ['/home/me']],
    ['${envvar:HOME}/x/${envvar:HOME}', ['/home/me/x//home/me']],
    [
      '--out=${job_dir}/${run_id}-${sweep_id}',
      ['--out=/w/.sweeps/quadratic-7/jobs/12/quadratic-7-12-quadratic-7'],
    ],
    ['${c}', ['1']],
    ['--c=${c},${a}', ['--c=1,True']],
    ['$${c}', ['${c}']],
    ['$$${c}', ['$${c}']],
    ['plain $text {x} $(pwd)', ['plain $text {x} $(pwd)']],
    ['${unclosed', ['${unclosed']],
    ['', ['']],
  ];
  for (const [item, expected] of rows) {
    it(`${item === '' ? '(empty item)' : item} becomes ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(expand(['run', item]).slice(1), expected);
    });
  }

  it('leaves ${env} out on Windows', () => {
    assert.deepEqual(expand(['${env}', 'x'], { platform: 'windows' }), ['x']);
  });

  it('runs the default command when there is none', () => {
    assert.deepEqual(expand([]), [
      '/usr/bin/env',
      'python',
      'train.py',
      '--a=True',
      '--b=False',
      '--c=1',
      '--d=None',
    ]);
  });

  it('prints values as Python does, nested ones as one flag', () => {
    const parameters: Parameters = {
      lr: 1e-5,
      n: new Float(3e6),
      opt: { lr: 0.1, name: 'a' },
      l: [1, 'a', null],
    };
    assert.deepEqual(expand(['${args}'], { parameters }), [
      '--lr=1e-05',
      '--n=3000000.0',
      "--opt={'lr': 0.1, 'name': 'a'}",
      "--l=[1, 'a', None]",
    ]);
  });

  it('reaches nested parameters by dotted path, also where names contain dots', () => {
    const parameters: Parameters = { opt: { lr: 0.1, 'a.b': { c: 2 } }, 'x.y': 3 };
    assert.deepEqual(expand(['${opt.lr}', '${opt.a.b.c}', '${x.y}', '${opt}'], { parameters }).slice(0, 3), [
      '0.1',
      '2',
      '3',
    ]);
  });

  it('lets the macro win over a parameter of the same name', () => {
    assert.deepEqual(expand(['${program}'], { parameters: { program: 'other' } }), ['train.py']);
  });

  it('knows whether the JSON file is used', () => {
    assert.equal(expandCommand(items('x', '--f=${args_json_file}'), context).usesArgsJsonFile, true);
    assert.equal(expandCommand(items('x', '${args_json}'), context).usesArgsJsonFile, false);
  });

  const failing: readonly (readonly [string, Partial<CommandContext>, RegExp])[] = [
    ['${program}', { program: undefined }, /names no program/],
    ['${envvar:NOPE}', {}, /NOPE is not set/],
    ['${nope}', {}, /neither a macro nor a parameter/],
    ['x${args}', {}, /item of its own/],
    ['${toString}', {}, /neither a macro nor a parameter/],
    ['${c}', { parameters: { c: 'a\0b' } }, /NUL/],
    ['${env}', { platform: 'windows' }, /empty/],
  ];
  for (const [item, changes, message] of failing) {
    it(`refuses ${item} with a sentence: ${String(message)}`, () => {
      assert.throws(
        () => expand([item], changes),
        (error) => error instanceof CommandError && message.test(error.message),
      );
    });
  }

  it('passes any text exactly as it is', () => {
    const text = fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0'));
    fc.assert(
      fc.property(text, (value) => {
        assert.deepEqual(expand(['run', '--x=${x}', '${args}'], { parameters: { x: value } }), [
          'run',
          `--x=${value}`,
          `--x=${value}`,
        ]);
      }),
    );
  });

  it('gives back every literal item, once its ${ is escaped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('$', '{', '}', 'a', ' ', '${', '$${')).map((parts) => parts.join('')),
        (literal) => {
          const escaped = literal.split('${').join('$${');
          assert.deepEqual(expand(['run', escaped])[1], literal);
        },
      ),
    );
  });
});
