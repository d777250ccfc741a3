import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parametersToYaml, valueToYaml } from '#core/sweep/print.ts';
import { SweepDocument } from '#core/sweep/document.ts';
import { ProblemList } from '#core/sweep/problem-list.ts';
import { toFloat, type Value } from '#core/value.ts';

function readBack(text: string): { readonly value: Value | undefined; readonly codes: readonly string[] } {
  const problems = new ProblemList(text);
  const document = new SweepDocument(text, problems);
  return {
    value: document.root && document.value(document.root),
    codes: problems.problems(document.lines).map(({ code }) => code),
  };
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
  fc.constantFrom(
    'yes',
    'no',
    'null',
    '~',
    '1e-5',
    '010',
    '1:30',
    '0x1',
    'true',
    '',
    ' a',
    'a ',
    'a: b',
    '- a',
    '#x',
    '---',
    '...',
    '<<',
    '=',
    '.5',
    '.inf',
    'y',
    '2024-01-01',
    'a\nb',
    '&a',
    '*a',
    '!x',
    '%d',
    '@x',
    '`x',
    '\uFEFF',
    '\u0085',
  ),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.bigInt().filter((one) => one > 2n ** 53n || one < -(2n ** 53n)),
    fc.double().map(toFloat),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('parameters as YAML', () => {
  it('reads back as the same values, alike in YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(fc.dictionary(text, value, { noNullPrototype: true }), (parameters) => {
        const printed = parametersToYaml(parameters);
        const { value: read, codes } = readBack(printed);
        assert.deepEqual(codes, [], printed);
        assert.deepEqual(read, parameters, printed);
      }),
      { numRuns: 500 },
    );
  });

  it('is what a person would write', () => {
    assert.equal(
      parametersToYaml({
        lr: 1e-7,
        count: 3,
        one: toFloat(1),
        name: 'adam',
        flag: 'yes',
        opt: { wd: 0.1, layers: [1, 'relu', null] },
      }),
      'lr: 1.0e-7\ncount: 3\none: 1.0\nname: adam\nflag: "yes"\nopt:\n  wd: 0.1\n  layers: [1, relu, null]\n',
    );
    assert.equal(parametersToYaml({}), '{}\n');
    assert.equal(valueToYaml(toFloat(-0)), '-0.0');
  });

  it('reads back a very long key', () => {
    const parameters = { ['k'.repeat(3000)]: { ['ä'.repeat(2000)]: [1] } };
    assert.deepEqual(readBack(parametersToYaml(parameters)).value, parameters);
  });
});
