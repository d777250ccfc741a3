import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pythonJson, pythonRepr, pythonStr } from '#core/python-text.ts';
import { Float, stringifyValue, toFloat, type Value } from '#core/value.ts';
import { anyDouble, anyValue } from './any-value.ts';

describe("values in Python's words", () => {
  const spelled: readonly (readonly [Value, string])[] = [
    [true, 'True'],
    [false, 'False'],
    [null, 'None'],
    [12, '12'],
    [2n ** 70n, '1180591620717411303424'],
    [toFloat(3e6), '3000000.0'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [toFloat(1e15), '1000000000000000.0'],
    [toFloat(1e16), '1e+16'],
    [toFloat(1e100), '1e+100'],
    [1.5e-300, '1.5e-300'],
    [new Float(-0), '-0.0'],
    [new Float(Infinity), 'inf'],
    [new Float(-Infinity), '-inf'],
    [new Float(NaN), 'nan'],
    ['a b', 'a b'],
    [[1, 'a', null], "[1, 'a', None]"],
    [{ lr: 0.1 }, "{'lr': 0.1}"],
    [["it's", 'say "it\'s"', 'a"b'], `["it's", 'say "it\\'s"', 'a"b']`],
    [['\n\0\\\u00a0\u2028\u{e0001}é😀'], String.raw`['\n\x00\\\xa0\u2028\U000e0001é😀']`],
    [[], '[]'],
    [{}, '{}'],
  ];
  for (const [value, text] of spelled) it(`str() gives ${text}`, () => assert.equal(pythonStr(value), text));

  it('json.dumps has its spaces, its escapes and its words', () => {
    assert.equal(
      pythonJson({ a: true, b: toFloat(1), c: [null, false], d: 'é\n\x7f😀', e: new Float(NaN) }),
      '{"a": true, "b": 1.0, "c": [null, false], "d": "\\u00e9\\n\\u007f\\ud83d\\ude00", "e": NaN}',
    );
  });
});

/**
 * Prints [str, repr, json.dumps] of each JSON line, or null for one with a character that this Python's
 * Unicode doesn't know yet and ours may.
 */
const PYTHON = `
import json, sys, unicodedata
sys.stdin.reconfigure(encoding='utf-8')
for line in sys.stdin:
    value = json.loads(line)
    known = all(unicodedata.category(c) != 'Cn' for c in json.dumps(value, ensure_ascii=False))
    print(json.dumps([str(value), repr(value), json.dumps(value)] if known else None))
`;
const python = spawnSync('python3', ['--version']).error === undefined ? 'python3' : undefined;

describe(
  'values in the words of the Python that is installed',
  { skip: python ? false : 'no python3' },
  () => {
    const agrees = (values: readonly Value[]) => {
      const run = spawnSync('python3', ['-c', PYTHON], {
        input: values.map((value) => `${stringifyValue(value)}\n`).join(''),
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      assert.equal(run.status, 0, run.stderr);
      const lines = run.stdout.trimEnd().split('\n');
      assert.equal(lines.length, values.length);
      let compared = 0;
      for (const [index, value] of values.entries()) {
        const expected = JSON.parse(lines[index] ?? '') as string[] | null;
        if (expected === null) continue;
        assert.deepEqual([pythonStr(value), pythonRepr(value), pythonJson(value)], expected);
        compared++;
      }
      assert.ok(
        compared > values.length / 2,
        `only ${compared} of ${values.length} values could be compared`,
      );
    };

    it('agrees on any value', () => agrees(fc.sample(anyValue, 3000)));
    it('agrees on any double', () => agrees(fc.sample(anyDouble.map(toFloat), 5000)));
    it('agrees on doubles around every power of ten', () => {
      const powers = Array.from({ length: 640 }, (_, index) => Number(`1e${index - 325}`));
      agrees(powers.flatMap((x) => [x, x * (1 + 2 ** -52), x * (1 - 2 ** -53), -x * 1.1]).map(toFloat));
    });
    it('agrees on every single character of the first planes that it knows', () => {
      const characters = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code));
      agrees(
        [...characters, '\ud800', '\udfff', '\ufeff', '\uffff', '\u{1f600}', '\u{e0001}', '\u{f0000}'].map(
          (c) => [c],
        ),
      );
    });
  },
);
