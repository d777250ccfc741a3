import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionList, type GivenOption } from '#core/batch/option-list.ts';
import { readLine, readOptions } from '#core/batch/options.ts';
import { BatchProblems } from '#core/batch/problem-list.ts';
import { readBatchScript } from '#core/batch/read.ts';
import { readScript, type Span } from '#core/batch/script.ts';
import { dialects, systems, systemsOf } from '#core/batch/systems.ts';
import { validateOptions } from '#core/batch/validate.ts';
import { casesOf } from './golden.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch', 'problems');
const texts = readdirSync(folder)
  .flatMap((file) => casesOf(readFileSync(path.join(folder, file), 'utf8')))
  .map(({ text }) => text);
const lines = [
  ...new Set(texts.flatMap((text) => readScript(text).directives.map(({ span }) => text.slice(...span)))),
];
const edited = fc
  .tuple(
    fc.constantFrom(...lines),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', ' ', '"', '$X', '0', '-', ',', '='),
  )
  .map(
    ([line, at, cut, put]) => line.slice(0, at % line.length) + put + line.slice((at % line.length) + cut),
  );
const scripts = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...lines, '#SBATCH hetjob') },
      { weight: 1, arbitrary: edited },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((some) => some.join('\n'));

/** Read where they stand, one by one. */
function optionsInPlace(
  text: string,
  ...[directives, dialect, problems]: readonly [
    Parameters<typeof readOptions>[1],
    Parameters<typeof readOptions>[2],
    BatchProblems,
  ]
): readonly GivenOption[] {
  const list = new OptionList(text, dialect, problems);
  for (const directive of directives) readLine(directive, list);
  return list.given;
}

describe('lines whose text was read before', () => {
  it('have the options and problems that they have where they stand', () => {
    fc.assert(
      fc.property(scripts, (text) => {
        const script = readScript(text);
        for (const [mark, directives] of Map.groupBy(script.directives, (line) => line.mark)) {
          for (const system of systemsOf[mark]) {
            if (system === undefined) continue;
            const [remembered, inPlace] = [readOptions, optionsInPlace].map((read) => {
              const problems = new BatchProblems(script);
              const given = read(text, directives, dialects[system], problems);
              const options = validateOptions(text, given, system, problems);
              return {
                options: options.map((one) => [
                  ...[one.spec.name, one.directive.line, one.part, one.value, one.verbatim, one.parsed],
                  ...[one.nameSpan, one.valueSpan, one.span],
                ]),
                problems: problems.problems(),
              };
            });
            assert.deepEqual(remembered, inPlace);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('are looked for among those of their own system', () => {
    const valueOf = (mark: string) =>
      readBatchScript(`#!/bin/sh\n${mark} -q a\n${mark} -N b\ntrue\n`).options.map(({ spec }) => spec.system);
    assert.deepEqual(valueOf('#PBS'), ['torque', 'torque']);
    assert.deepEqual(valueOf('#$'), ['sge', 'sge']);
  });

  it('are no more than there is room for, and stay right beyond it', () => {
    const many = Array.from({ length: 25_000 }, (_, index) => `#SBATCH --nice=${index}`);
    const text = `#!/bin/sh\n${many.join('\n')}\ntrue\n`;
    for (let round = 0; round < 2; round++) {
      const { options } = readBatchScript(text);
      assert.deepEqual(
        options.map(({ parsed }) => parsed),
        many.map((_, index) => index),
      );
    }
  });
});

describe('the problems of a script', () => {
  it('are the first by place, however many there are and however they come', () => {
    const script = readScript(Array.from({ length: 60 }, () => 'x'.repeat(99)).join('\n'));
    const spans = fc.tuple(fc.nat(4000), fc.nat(3)).map(([start, length]): Span => [start, start + length]);
    const found = fc.array(fc.tuple(spans, fc.constantFrom('unknown-option', 'repeated-option')), {
      minLength: 0,
      maxLength: 3000,
      size: 'max',
    });
    fc.assert(
      fc.property(found, (all) => {
        const problems = new BatchProblems(script);
        for (const [index, [at, code]] of all.entries()) problems.add(code, at, String(index));
        const sorted = all
          .map(([at, code], index) => ({ at, code, index }))
          .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]);
        const rest = sorted.slice(300);
        const errors = rest.filter(({ code }) => code === 'unknown-option').length;
        const closing =
          rest.length === 0
            ? []
            : [
                `${rest.length} more problems (${errors} errors) are not listed; they show once those above are solved.`,
              ];
        assert.deepEqual(
          problems.problems().map(({ message }) => message),
          [...sorted.slice(0, 300).map(({ index }) => String(index)), ...closing],
        );
        assert.equal(problems.errors, all.filter(([, code]) => code === 'unknown-option').length);
      }),
      // thousands of problems take long to shrink
      { numRuns: 60, endOnFailure: true },
    );
  });
});

describe('systems', () => {
  it('are all tried above', () => {
    const tried = new Set(
      lines.flatMap((line) => readScript(line).directives.flatMap(({ mark }) => systemsOf[mark])),
    );
    assert.deepEqual([...tried].filter((one) => one !== undefined).sort(), [...systems].sort());
  });
});
