import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Float, numberOf, toFloat, toInteger, valueKey, valuesEqual, type Value } from '#core/value.ts';
import { anyValue } from './any-value.ts';

describe('kinds of numbers', () => {
  it('needs a Float only where a number would read as an int or is not finite', () => {
    assert.equal(toFloat(0.5), 0.5);
    assert.deepEqual(toFloat(3), new Float(3));
    assert.deepEqual(toFloat(NaN), new Float(NaN));
    assert.deepEqual(toFloat(-Infinity), new Float(-Infinity));
  });

  it('turns to bigint beyond 2^53 and knows no minus zero among ints', () => {
    assert.equal(toInteger(2 ** 53 - 1), 2 ** 53 - 1);
    assert.equal(toInteger(2 ** 60), 2n ** 60n);
    assert.ok(Object.is(toInteger(-0), 0));
    assert.throws(() => toInteger(0.5), RangeError);
  });

  it('gives the number of ints and floats and of nothing else', () => {
    const values: Value[] = [1, 0.5, 2n ** 64n, new Float(2), '1', true, null, [1], { a: 1 }];
    assert.deepEqual(values.map(numberOf), [1, 0.5, 2 ** 64, 2, ...Array<undefined>(5).fill(undefined)]);
  });
});

describe('values that are the same choice', () => {
  const same: readonly (readonly [Value, Value])[] = [
    [3000000, new Float(3e6)],
    [0, new Float(-0)],
    [10n ** 22n, new Float(1e22)],
    [new Float(NaN), new Float(NaN)],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
    [[{ x: 1, y: 2 }], [{ y: 2, x: 1 }]],
    [null, null],
  ];
  const different: readonly (readonly [Value, Value])[] = [
    [1, true],
    [0, false],
    [0, null],
    [1, '1'],
    ['true', true],
    ['', null],
    [[1], [new Float(1)]],
    [{ a: 1 }, { a: new Float(1) }],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    ['[]', []],
    [[[1], 2], [[1, 2]]],
    [2n ** 53n, 2n ** 53n + 1n],
    [new Float(Infinity), new Float(-Infinity)],
    [0.1, 0.30000000000000004],
    [{ a: 1 }, { a: 1, b: 2 }],
  ];
  for (const [a, b] of same) it(`${valueKey(a)} twice`, () => assert.ok(valuesEqual(a, b)));
  for (const [a, b] of different) {
    it(`not ${valueKey(a)} and ${valueKey(b)}`, () => assert.ok(!valuesEqual(a, b)));
  }

  it('does not depend on the order of keys at any depth', () => {
    const reversed = (value: Value): Value => {
      if (typeof value !== 'object' || value === null || value instanceof Float) return value;
      if (Array.isArray(value)) return (value as readonly Value[]).map(reversed);
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, Value>>)
          .map(([key, inner]) => [key, reversed(inner)] as const)
          .reverse(),
      );
    };
    fc.assert(fc.property(anyValue, (value) => assert.ok(valuesEqual(value, reversed(value)))));
  });
});
