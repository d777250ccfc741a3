/** What is read from a program's text, beside what Python's argparse says when the program is run. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import type { ProgramOptions } from '#core/program/options.ts';
import { readProgram } from '#core/program/read-program.ts';
import { pythonStr } from '#core/python-text.ts';
import { checkProgram, namesOf } from '#core/sweep/program-checks.ts';
import { readSweep } from '#core/sweep/read.ts';
import { stringifyValue, toFloat, type Value } from '#core/value.ts';
import { filesBeside, folder, programs } from './golden.ts';

interface RealOption {
  readonly spellings: readonly string[];
  readonly default: string;
  readonly type: string | null;
  readonly flag: boolean;
  readonly choices: readonly string[] | null;
  readonly required: boolean;
  readonly help: string | null;
}

interface Answer {
  readonly options: readonly RealOption[];
  readonly accepts: readonly boolean[];
  readonly literals: readonly (string | null)[];
}

/** What can be run here: programs of the standard library's argparse that have no subcommands. */
const judged = programs
  .filter(({ name, expected }) => name.startsWith('argparse-') && expected.startsWith('#: argparse closed'))
  .map(({ name, text }) => ({ name, file: path.join(folder, name), found: readProgram(text, filesBeside) }));

const values: readonly Value[] = [
  1,
  -3,
  0.5,
  toFloat(1),
  1e-5,
  1e20,
  true,
  false,
  null,
  'adam',
  'small',
  'x y',
  '1',
  ' 7 ',
  '1_000',
  '0.5',
  'nan',
  '1e3',
  '0x10',
  '1.',
  '.5',
  '-',
  'e5',
];

/** Names that a sweep file might have: right ones, other hyphens, beginnings, slips. */
function namesNear({ options }: ProgramOptions): readonly string[] {
  const names = options.flatMap(namesOf);
  return [
    ...new Set([
      ...names,
      ...names.map((name) => name.replaceAll('-', '_')),
      ...names.map((name) => name.replaceAll('_', '-')),
      ...names.map((name) => name.slice(0, 3)),
      ...names.map((name) => `${name}x`),
      'zzz',
    ]),
  ].filter((name) => /^[A-Za-z_]/.test(name) && !'help'.startsWith(name));
}

interface Probe {
  readonly name: string;
  readonly value: Value;
}

const probesOf = (found: ProgramOptions): readonly Probe[] => [
  ...found.options.flatMap((option) =>
    namesOf(option).flatMap((name) => values.map((value): Probe => ({ name, value }))),
  ),
  ...namesNear(found).map((name): Probe => ({ name, value: 1 })),
];

/** The codes that a sweep with this one parameter gets. */
function codesFor(found: ProgramOptions, { name, value }: Probe): readonly string[] {
  const text = `program: train.py\nmethod: grid\nparameters:\n  ${name}:\n    value: ${stringifyValue(value)}\n`;
  return checkProgram(readSweep(text), found)
    .map(({ code }) => code)
    .filter((code) => code !== 'required-option');
}

describe('options as argparse has them', () => {
  let answers: readonly Answer[] = [];
  before(() => {
    const questions = judged.map(({ file, found }) => ({
      file,
      probes: probesOf(found).map(({ name, value }) => [`--${name}=${pythonStr(value)}`]),
      defaults: found.options.map((option) => option.default ?? 'None'),
    }));
    const { status, stdout, stderr } = spawnSync(
      process.platform === 'win32' ? 'python' : 'python3',
      [path.join(import.meta.dirname, 'introspect.py')],
      { cwd: folder, input: JSON.stringify(questions), encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    assert.equal(status, 0, stderr);
    answers = JSON.parse(stdout) as readonly Answer[];
  });

  for (const [index, { name, found }] of judged.entries()) {
    it(`${name}: spellings, types, choices, defaults and help`, () => {
      const answer = answers[index];
      assert.ok(answer);
      const unmatched = new Set(found.options);
      for (const real of answer.options) {
        const option = found.options.find((one) =>
          [one.name.startsWith('-') ? one.name : `--${one.name}`, ...one.aliases].includes(
            real.spellings[0] ?? '',
          ),
        );
        assert.ok(option, `${real.spellings.join()} was not found`);
        unmatched.delete(option);
        assert.deepEqual(
          [option.name.startsWith('-') ? option.name : `--${option.name}`, ...option.aliases].toSorted(),
          real.spellings.toSorted(),
        );
        assert.equal(option.type === 'flag', real.flag, option.name);
        if (option.type === 'int' || option.type === 'float') assert.equal(option.type, real.type);
        if (option.type === 'truth') assert.equal(real.type, 'bool');
        if (option.choices) assert.deepEqual(option.choices.map(pythonStr), real.choices);
        if (option.required) assert.equal(real.required, true);
        assert.equal(option.help ?? '', (real.help ?? '').replace(/\s+/g, ' ').trim());
        const literal: string | null | undefined = answer.literals[found.options.indexOf(option)];
        // flags have defaults of their own, and so may what is unpacked from elsewhere
        if (
          typeof literal === 'string' &&
          !real.flag &&
          (option.default !== undefined || option.type !== 'other')
        )
          assert.equal(literal, real.default, option.name);
      }
      // what isn't argparse's here is an option of something else
      if (name !== 'argparse-selenium.py' && name !== 'argparse-required-in-branch.py')
        assert.deepEqual([...unmatched], []);
    });

    it(`${name}: nothing that argparse accepts is called wrong, and nothing that it refuses is missed`, () => {
      const answer = answers[index];
      assert.ok(answer);
      const hasSubcommands = name === 'argparse-subparsers.py';
      for (const [at, probe] of probesOf(found).entries()) {
        const codes = codesFor(found, probe);
        const option = found.options.find((one) => namesOf(one).includes(probe.name));
        const said = `--${probe.name}=${pythonStr(probe.value)}: ${codes.join()}`;
        // bool() takes every text: what it makes of False is the problem
        if (option?.type === 'truth') {
          assert.deepEqual(codes, probe.value === false ? ['option-type'] : [], said);
          continue;
        }
        if (hasSubcommands) continue;
        if (answer.accepts[at] === true) assert.deepEqual(codes, [], said);
        else if (option ? option.type !== 'other' && isJudged(option) : probe.name.endsWith('x'))
          assert.notDeepEqual(codes, [], `${said} is refused by argparse`);
      }
    });
  }

  it('was asked of enough programs to mean something', () => {
    assert.ok(judged.length >= 15, String(judged.length));
  });
});

/** Programs whose tokens of choice are not literals, or that only exist elsewhere, are not judged. */
const isJudged = ({
  choices,
  name,
}: {
  readonly choices?: readonly Value[];
  readonly name: string;
}): boolean => choices !== undefined || !['device', 'stage', 'loss', 'headless', 'scratch'].includes(name);
