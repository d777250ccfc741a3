import fc from 'fast-check';
import { toFloat, type Value } from '#core/value.ts';

const anyKey = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '', '0') },
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('\'"\\\n\r\t\0\x7f\x9f\xa0\u2028\ud800é😀 ab')),
    maxLength: 12,
  }),
  fc.constantFrom('NaN', '1.0', '-0', 'Infinity', '1e5'),
);
/** Doubles of every exponent, and the ones people write: whole, decimal, powers of ten. */
export const anyDouble = fc.oneof(
  fc.double(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -10_000, max: 10_000 }).map((n) => n / 100),
  fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: -30, max: 30 })).map(([n, e]) => n * 10 ** e),
);
const anySingle: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  anyText,
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
  fc.bigInt({ min: -(2n ** 80n), max: -(2n ** 53n) }),
  anyDouble.map(toFloat),
);

/** Any value a sweep file can hold. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anySingle,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(anyKey, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
