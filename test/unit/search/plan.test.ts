import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gridPlan } from '#core/search/grid.ts';
import { planOf } from '#core/search/plan-of.ts';
import type { Plan } from '#core/search/plan.ts';
import { randomPlan } from '#core/search/random.ts';
import { quantile } from '#core/sweep/distributions.ts';
import type { Distribution, Method } from '#core/sweep/sweep.ts';
import { Float, numberOf, stringifyValue, valueKey, valuesEqual, type Value } from '#core/value.ts';
import { parameter } from './parameter.ts';

const categorical = (...values: Value[]): Distribution => ({ distribution: 'categorical', values });
const ints = (min: number, max: number): Distribution => ({ distribution: 'int_uniform', min, max });
const points = (plan: Plan, count = Number(plan.size)) =>
  Array.from({ length: count }, (_, index) => plan.at(index));

describe('a grid', () => {
  it('runs through the last parameter fastest, nested names in nested maps', () => {
    const plan = gridPlan([
      parameter('a', categorical('x', 'y')),
      parameter('opt.lr', { distribution: 'constant', value: 0.1 }),
      parameter('opt.n.beta', ints(0, 1)),
    ]);
    assert.equal(plan.size, 4n);
    assert.deepEqual(points(plan).map(stringifyValue), [
      '{"a":"x","opt":{"lr":0.1,"n":{"beta":0}}}',
      '{"a":"x","opt":{"lr":0.1,"n":{"beta":1}}}',
      '{"a":"y","opt":{"lr":0.1,"n":{"beta":0}}}',
      '{"a":"y","opt":{"lr":0.1,"n":{"beta":1}}}',
    ]);
  });

  const anyAxis: fc.Arbitrary<Distribution> = fc.oneof(
    fc
      .array(fc.constantFrom<Value>(0, 1, new Float(1), true, null, 'a', [1], [new Float(1)]), {
        minLength: 1,
        maxLength: 5,
      })
      .map((values) => categorical(...values)),
    fc
      .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 4 }))
      .map(([min, width]) => ints(min, min + width)),
    fc.double({ min: 0.3, max: 2, noNaN: true }).map((q) => ({
      distribution: 'q_uniform' as const,
      ...{ min: 0, max: 1, q, integral: false, allIntegral: false },
    })),
    fc.constant<Distribution>({ distribution: 'constant', value: 7 }),
  );
  /** The values of an axis by the plainest reading of the rules. */
  const valuesOf = (distribution: Distribution): Value[] => {
    switch (distribution.distribution) {
      case 'constant':
        return [distribution.value];
      case 'int_uniform':
        return Array.from(
          { length: distribution.max - distribution.min + 1 },
          (_, i) => distribution.min + i,
        );
      case 'q_uniform': {
        const values: Value[] = [];
        for (let i = 0; i * distribution.q < 1; i++) {
          const x = i * distribution.q;
          values.push(Number.isInteger(x) ? new Float(x) : x);
        }
        return values;
      }
      case 'categorical':
        return distribution.values.filter(
          (value, index, values) => values.findIndex((other) => valuesEqual(value, other)) === index,
        );
      default:
        throw new Error(`no grid for ${distribution.distribution}`);
    }
  };

  it('is exactly the product of its axes, in order and without duplicates', () => {
    fc.assert(
      fc.property(fc.array(anyAxis, { maxLength: 4 }), (axes) => {
        const plan = gridPlan(axes.map((axis, index) => parameter(`p${index}`, axis)));
        const product = axes
          .map(valuesOf)
          .reduce<Value[][]>(
            (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
            [[]],
          );
        const found = points(plan).map((point) => Object.values(point));
        const keys = (rows: readonly (readonly Value[])[]) => rows.map((row) => row.map(valueKey).join());
        assert.deepEqual(keys(found), keys(product));
        assert.equal(new Set(keys(found)).size, found.length);
      }),
    );
  });

  it('gives the same point for the same index, whatever was asked before', () => {
    const parameters = [parameter('a', ints(0, 9)), parameter('b', ints(0, 9))];
    const backwards = gridPlan(parameters);
    const asked = Array.from({ length: 100 }, (_, index) => backwards.at(99 - index)).reverse();
    assert.deepEqual(asked, points(gridPlan(parameters)));
    assert.deepEqual(asked[37], { a: 3, b: 7 });
  });

  it('knows its size and any of its points however large it is', () => {
    const plan = gridPlan(Array.from({ length: 12 }, (_, index) => parameter(`p${index}`, ints(0, 9))));
    assert.equal(plan.size, 10n ** 12n);
    assert.equal(Object.values(plan.at(123_456_789_012)).map(stringifyValue).join(''), '123456789012');
    assert.throws(() => plan.at(10 ** 12), RangeError);

    const wide = gridPlan([
      parameter('a', ints(0, 2 ** 53 - 2)),
      parameter('b', ints(1, 2 ** 53 - 1)),
      parameter('c', ints(0, 1)),
    ]);
    assert.equal(wide.size, (2n ** 53n - 1n) ** 2n * 2n);
    assert.deepEqual(wide.at(2 ** 53 - 1), { a: 0, b: 2 ** 52, c: 1 });
  });

  it('of constants is one point, of nothing too', () => {
    const plan = gridPlan([parameter('a', { distribution: 'constant', value: 1 })]);
    assert.equal(plan.size, 1n);
    assert.deepEqual(points(plan), [{ a: 1 }]);
    assert.equal(gridPlan([]).size, 1n);
  });

  it('takes any name for what it is', () => {
    const names = [
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'x.__proto__',
      'x.constructor.name',
      'y.toString',
    ];
    const plan = gridPlan(names.map((name) => parameter(name, categorical(name))));
    assert.equal(
      stringifyValue(plan.at(0)),
      '{"__proto__":"__proto__","constructor":"constructor","hasOwnProperty":"hasOwnProperty",' +
        '"x":{"__proto__":"x.__proto__","constructor":{"name":"x.constructor.name"}},"y":{"toString":"y.toString"}}',
    );
    assert.equal(Object.getPrototypeOf(plan.at(0)), Object.prototype);
  });

  it('names the parameter that has no grid', () => {
    const parameters = [parameter('opt.lr', { distribution: 'uniform', min: 0, max: 1 })];
    assert.throws(() => gridPlan(parameters), { name: 'RangeError', message: /opt\.lr is uniform/ });
  });

  it('has no points before its first or between two', () => {
    const plan = gridPlan([parameter('a', ints(0, 9))]);
    for (const index of [-1, 0.5, NaN, 10, 2 ** 53]) assert.throws(() => plan.at(index), RangeError);
  });
});

describe('a random sweep', () => {
  const parameters = [
    parameter('a', categorical(1, 2, 3)),
    parameter('net.width', {
      distribution: 'q_log_uniform_values',
      min: 32,
      max: 256,
      q: 8,
      integral: true,
      allIntegral: true,
    }),
    parameter('net.x', { distribution: 'uniform', min: -1, max: 1 }),
    parameter('y', { distribution: 'uniform', min: -1, max: 1 }),
  ];

  it('never ends', () => assert.equal(randomPlan(parameters, 1).size, undefined));

  it('goes on after a restart as if there had been none', () => {
    const whole = points(randomPlan(parameters, 42), 40);
    const resumed = randomPlan(parameters, 42);
    assert.deepEqual(
      Array.from({ length: 20 }, (_, index) => resumed.at(20 + index)),
      whole.slice(20),
    );
  });

  it('differs by seed, by job and by parameter', () => {
    const numbers = [1, 2].flatMap((seed) =>
      points(randomPlan(parameters, seed), 50).flatMap((point) => {
        const net = point['net'] as Readonly<Record<string, Value>>;
        return [numberOf(net['x'] ?? null), numberOf(point['y'] ?? null)];
      }),
    );
    assert.equal(new Set(numbers).size, 200);
  });

  it('draws a parameter by its distribution', () => {
    const counts = new Map<Value, number>();
    for (const point of points(randomPlan(parameters, 7), 6000)) {
      const a = point['a'] ?? null;
      counts.set(a, (counts.get(a) ?? 0) + 1);
    }
    assert.deepEqual(
      new Set(counts.keys()),
      new Set([1, 2, 3].map((u) => quantile(categorical(1, 2, 3), u / 3 - 0.1))),
    );
    // 6000 throws with p = 1/3: five standard deviations are 183
    for (const count of counts.values()) assert.ok(Math.abs(count - 2000) < 183, String(count));
  });
});

describe('the plan of a sweep', () => {
  const planFor = (method: Method) =>
    planOf({ method, parameters: [parameter('a', ints(0, 9))], command: [] }, 1);

  it('is there when points do not depend on results', () => {
    assert.equal(planFor('grid')?.size, 10n);
    assert.equal(planFor('random')?.size, undefined);
    assert.notEqual(planFor('random'), undefined);
    assert.equal(planFor('bayes'), undefined);
    assert.equal(planFor('custom'), undefined);
  });
});
