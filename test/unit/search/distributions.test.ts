import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gridAxis, gridSize, quantile } from '#core/sweep/distributions.ts';
import type { Distribution } from '#core/sweep/sweep.ts';
import { Float, numberOf, toFloat, type Value } from '#core/value.ts';

const AT = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];
const ENUMERABLE = new Set(['categorical', 'int_uniform', 'q_uniform']);
const quantum = (q: number) => ({ q, integral: Number.isInteger(q), allIntegral: Number.isInteger(q) });

/** What W&B's engine gives at those seven places, to 8 digits; a test of its own where it gives no finite number. */
const GOLDEN: readonly (readonly [Distribution, readonly (string | number | ((x: number) => boolean))[]])[] =
  [
    [{ distribution: 'categorical', values: ['a', 'b', 'c'] }, ['a', 'a', 'a', 'b', 'c', 'c', 'c']],
    [
      {
        distribution: 'categorical_w_probabilities',
        values: ['a', 'b', 'c'],
        probabilities: [0.2, 0.3, 0.5],
      },
      ['a', 'a', 'b', 'c', 'c', 'c', 'c'],
    ],
    [{ distribution: 'int_uniform', min: 1, max: 10 }, [1, 1, 3, 5, 8, 9, 10]],
    [{ distribution: 'uniform', min: 0, max: 5 }, [0, 0.5, 1.25, 2.5, 3.75, 4.5, 5]],
    [{ distribution: 'q_uniform', min: 0, max: 10, ...quantum(3) }, [0, 0, 3, 6, 6, 9, 9]],
    [{ distribution: 'q_uniform', min: 0, max: 1, ...quantum(0.25) }, [0, 0, 0.25, 0.5, 0.75, 1, 1]],
    [
      { distribution: 'log_uniform', min: -3, max: 0 },
      [0.04978707, 0.06720551, 0.10539922, 0.22313016, 0.47236655, 0.74081822, 1],
    ],
    [
      { distribution: 'inv_log_uniform', min: 0, max: 3 },
      [0.04978707, 0.06720551, 0.10539922, 0.22313016, 0.47236655, 0.74081822, 1],
    ],
    [
      { distribution: 'log_uniform_values', min: 1e-4, max: 1e-1 },
      [1e-4, 0.00019953, 0.00056234, 0.00316228, 0.01778279, 0.05011872, 0.1],
    ],
    [
      { distribution: 'inv_log_uniform_values', min: 1e-4, max: 1e-1 },
      [1e-4, 0.00019953, 0.00056234, 0.00316228, 0.01778279, 0.05011872, 0.1],
    ],
    [
      { distribution: 'q_log_uniform_values', min: 32, max: 256, ...quantum(8) },
      [32, 40, 56, 88, 152, 208, 256],
    ],
    [{ distribution: 'q_log_uniform', min: 0, max: 5, ...quantum(2) }, [0, 2, 4, 12, 42, 90, 148]],
    [
      { distribution: 'normal', mu: 2, sigma: 4 },
      [
        (x) => near(x, 2 - 4 * 8.2095),
        -3.12620626,
        -0.697959,
        2,
        4.697959,
        7.12620626,
        (x) => near(x, 2 + 4 * 8.2095),
      ],
    ],
    [
      { distribution: 'q_normal', mu: 2, sigma: 4, ...quantum(0.5) },
      [Number.isFinite, -3, -0.5, 2, 4.5, 7, Number.isFinite],
    ],
    [
      { distribution: 'log_normal', mu: 0, sigma: 1 },
      [
        (x) => near(x, 2.72e-4, 1e-6),
        0.27760624,
        0.50941628,
        1,
        1.96303108,
        3.60222448,
        (x) => near(x, 3676, 1),
      ],
    ],
    [{ distribution: 'q_log_normal', mu: 2, sigma: 1, ...quantum(1) }, [0, 2, 4, 7, 15, 27, Number.isFinite]],
    [
      { distribution: 'beta', a: 2, b: 5 },
      [(x) => x > 0, 0.09259526, 0.16116292, 0.26444998, 0.38947949, 0.51031631, (x) => x < 1],
    ],
    [{ distribution: 'q_beta', a: 2, b: 5, ...quantum(0.1) }, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 1]],
  ];

function near(x: number, expected: number, within = 2e-4): boolean {
  return Math.abs(x - expected) <= within;
}

describe('quantiles', () => {
  for (const [distribution, row] of GOLDEN) {
    for (const [index, expected] of row.entries()) {
      const u = AT[index] ?? NaN;
      it(`${JSON.stringify(distribution)} at ${u}`, () => {
        const value = quantile(distribution, u);
        const number = numberOf(value) ?? NaN;
        if (typeof expected === 'function') assert.ok(expected(number), String(number));
        else if (typeof expected === 'number') assert.ok(near(number, expected, 6e-9), String(number));
        else assert.equal(value, expected);
      });
    }
  }

  const kinds: readonly (readonly [string, Distribution, number, Value])[] = [
    ['int_uniform gives ints', { distribution: 'int_uniform', min: 0, max: 4 }, 0.5, 2],
    ['uniform gives floats', { distribution: 'uniform', min: 0, max: 4 }, 0.5, new Float(2)],
    ['normal with sigma 0 gives mu', { distribution: 'normal', mu: 3, sigma: 0 }, 0, new Float(3)],
    ['log_normal with sigma 0 gives e^mu', { distribution: 'log_normal', mu: 0, sigma: 0 }, 1, new Float(1)],
    [
      'q written as an int gives ints',
      { distribution: 'q_normal', mu: 2.6, sigma: 0, q: 1, integral: true },
      0.5,
      3,
    ],
    [
      'q written as a float gives floats',
      { distribution: 'q_normal', mu: 2.6, sigma: 0, q: 1, integral: false },
      0.5,
      new Float(3),
    ],
    [
      'an int beyond 2^53 is a bigint',
      { distribution: 'q_normal', mu: 2 ** 70, sigma: 0, q: 1, integral: true },
      0.5,
      2n ** 70n,
    ],
    [
      'beyond a double there is only infinity',
      { distribution: 'q_log_normal', mu: 800, sigma: 0, q: 1, integral: true },
      0.5,
      new Float(Infinity),
    ],
    [
      'a value with more steps than a double can count stays as it is',
      { distribution: 'q_normal', mu: 1e300, sigma: 0, q: 1e-10, integral: false },
      0.5,
      new Float(1e300),
    ],
    [
      'no minus zero',
      { distribution: 'q_normal', mu: -0.1, sigma: 0, q: 1, integral: false },
      0.5,
      new Float(0),
    ],
    [
      'no decimal clean-up',
      { distribution: 'q_normal', mu: 0.3, sigma: 0, q: 0.1, integral: false },
      0.5,
      0.30000000000000004,
    ],
    [
      'halves round to even, downwards',
      { distribution: 'q_normal', mu: 2.5, sigma: 0, q: 1, integral: true },
      0.5,
      2,
    ],
    [
      'halves round to even, upwards',
      { distribution: 'q_normal', mu: -1.5, sigma: 0, q: 1, integral: true },
      0.5,
      -2,
    ],
    [
      'a value of probability 0 never comes, not even at the end',
      {
        distribution: 'categorical_w_probabilities',
        values: ['a', 'b', 'c'],
        probabilities: [0, 0.999999995, 0],
      },
      1,
      'b',
    ],
    [
      'nor at the start',
      { distribution: 'categorical_w_probabilities', values: ['a', 'b'], probabilities: [0, 1] },
      0,
      'b',
    ],
    ['null is a value', { distribution: 'categorical', values: [1, null] }, 0.9, null],
    ['constant', { distribution: 'constant', value: [1, { a: null }] }, 0.3, [1, { a: null }]],
  ];
  for (const [name, distribution, u, value] of kinds) {
    it(name, () => assert.deepEqual(quantile(distribution, u), value));
  }

  it('keeps a bounded distribution within its bounds, the bounds at the ends', () => {
    const bounds = fc
      .tuple(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), fc.double({ min: 1e-9, max: 1e6, noNaN: true }))
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
    const u = fc.oneof(
      fc.constantFrom(0, 2 ** -53, 1 - 2 ** -53, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(bounds, u, ({ min, max }, share) => {
        for (const distribution of ['uniform', 'log_uniform_values'] as const) {
          const x = numberOf(quantile({ distribution, min, max }, share)) ?? NaN;
          assert.ok(x >= min && x <= max);
        }
        const [low, high] = [Math.floor(min), Math.floor(min) + Math.ceil(max - min)];
        const n = quantile({ distribution: 'int_uniform', min: low, max: high }, share);
        assert.ok(typeof n === 'number' && Number.isInteger(n) && n >= low && n <= high);
        assert.deepEqual(quantile({ distribution: 'uniform', min, max }, 0), toFloat(min));
        assert.deepEqual(quantile({ distribution: 'uniform', min, max }, 1), toFloat(max));
      }),
    );
  });

  it('refuses a share outside 0 to 1', () => {
    for (const u of [-0.1, 1.1, NaN]) {
      assert.throws(() => quantile({ distribution: 'uniform', min: 0, max: 1 }, u), RangeError);
    }
  });
});

describe('values on a grid', () => {
  const all = (distribution: Distribution) => {
    const axis = gridAxis(distribution);
    assert.ok(axis !== undefined);
    return Array.from({ length: Number(axis.size) }, (_, index) => axis.at(index));
  };
  const float = { integral: false, allIntegral: false };

  const grids: readonly (readonly [string, Distribution, readonly Value[]])[] = [
    ['int_uniform has both ends', { distribution: 'int_uniform', min: -1, max: 2 }, [-1, 0, 1, 2]],
    [
      'q_uniform leaves max out',
      { distribution: 'q_uniform', min: 0, max: 1, q: 0.25, ...float },
      [new Float(0), 0.25, 0.5, 0.75],
    ],
    [
      'q_uniform takes what rounding brings in',
      { distribution: 'q_uniform', min: 1, max: 1.3, q: 0.1, ...float },
      [new Float(1), 1.1, 1.2000000000000002, 1.3000000000000003],
    ],
    [
      'q_uniform of ints is ints',
      { distribution: 'q_uniform', min: 1, max: 10, q: 3, integral: true, allIntegral: true },
      [1, 4, 7],
    ],
    [
      'q_uniform with one float is floats',
      { distribution: 'q_uniform', min: 0, max: 4, q: 2, integral: true, allIntegral: false },
      [new Float(0), new Float(2)],
    ],
    [
      'q_uniform whose q is lost beside min has one value',
      { distribution: 'q_uniform', min: 1e16, max: 1e16 + 100, q: 0.5, ...float },
      [new Float(1e16)],
    ],
    [
      'equal values are one, in the first place and the last spelling',
      { distribution: 'categorical', values: [1, true, 'x', new Float(1), 1n, 'x', [1], [new Float(1)]] },
      [1n, true, 'x', [1], [new Float(1)]],
    ],
    ['a constant is one value', { distribution: 'constant', value: null }, [null]],
  ];
  for (const [name, distribution, values] of grids) {
    it(name, () => assert.deepEqual(all(distribution), values));
  }

  it('is there for the enumerable distributions only', () => {
    const without = GOLDEN.map(([distribution]) => distribution).filter((d) => gridSize(d) === undefined);
    assert.deepEqual(
      new Set(without.map((d) => d.distribution)),
      new Set(GOLDEN.map(([d]) => d.distribution).filter((name) => !ENUMERABLE.has(name))),
    );
  });

  it('counts ranges of any size without enumerating them', () => {
    assert.equal(
      gridSize({ distribution: 'int_uniform', min: -(2 ** 53 - 1), max: 2 ** 53 - 1 }),
      2n ** 54n - 1n,
    );
    assert.equal(gridSize({ distribution: 'q_uniform', min: 0, max: 1e6, q: 0.001, ...float }), 10n ** 9n);
    assert.equal(
      gridSize({ distribution: 'q_uniform', min: 0, max: 1e308, q: 1e-9, ...float }),
      BigInt(Number.MAX_VALUE),
    );
    assert.deepEqual(all({ distribution: 'q_uniform', min: 1e308, max: 1.2e308, q: 1.7e308, ...float }), [
      new Float(1e308),
    ]);
  });
});
