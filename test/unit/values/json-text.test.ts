import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Float, parseJson, parseValue, stringifyJson, stringifyValue } from '#core/value.ts';
import { anyValue } from './any-value.ts';

/** What the own reader makes of a text: a bare NaN in front keeps `JSON.parse` out of it. */
const carefully = (text: string) => (parseJson(`[NaN,${text}]`) as unknown[]).slice(1);
const outcome = (read: () => unknown) => {
  try {
    return { value: read() };
  } catch (error) {
    return { threw: error instanceof SyntaxError };
  }
};

describe('JSON text that keeps the kind of numbers', () => {
  it('tells keys with escapes apart, whatever was read before', () => {
    for (const [first, second] of [
      ['\\', '"'],
      ['"', '\\'],
      ['a\n', 'a\t'],
    ] as const) {
      assert.deepEqual(parseJson(JSON.stringify({ '{': 0, [first]: 0 })), { '{': 0, [first]: 0 });
      assert.deepEqual(parseJson(JSON.stringify({ '{': 0, [second]: 0 })), { '{': 0, [second]: 0 });
    }
  });

  it('reads back every value exactly', () => {
    fc.assert(
      fc.property(anyValue, (value) => assert.deepEqual(parseValue(stringifyValue(value)), value)),
      {
        numRuns: 2000,
      },
    );
  });

  const written: readonly (readonly [string, unknown])[] = [
    ['1', 1],
    ['1.0', new Float(1)],
    ['-0.0', new Float(-0)],
    ['0.1', 0.1],
    ['9007199254740993', 9007199254740993n],
    ['1e+22', new Float(1e22)],
    ['1000000000000000000000', 1e21],
    ['NaN', new Float(NaN)],
    ['[Infinity,-Infinity]', [new Float(Infinity), new Float(-Infinity)]],
    ['{"job":1,"parameters":{"lr":1.0}}', { job: 1, parameters: { lr: new Float(1) }, state: undefined }],
    ['[null]', [undefined]],
  ];
  for (const [text, value] of written) {
    it(`writes ${text}`, () => assert.equal(stringifyJson(value), text));
  }

  const read: readonly (readonly [string, unknown])[] = [
    ['1e5', new Float(100000)],
    ['-0', 0],
    ['1E-400', new Float(0)],
    ['1e400', new Float(Infinity)],
    ['[1.50, 2.00]', [1.5, new Float(2)]],
    ['1.00000000000000000001', new Float(1)],
    ['0.99999999999999999', new Float(1)],
    ['9007199254740993.5', new Float(9007199254740994)],
    ['123456789012345678', 123456789012345678n],
    ['{"a":{"NaN":NaN},"b":"NaN"}', { a: { NaN: new Float(NaN) }, b: 'NaN' }],
    [' { "a" : [ ] , "a" : -Infinity } ', { a: new Float(-Infinity) }],
    [String.raw`["\"\\", "\ud83d\ude00", 1.0]`, ['"\\', '😀', new Float(1)]],
  ];
  for (const [text, value] of read) {
    it(`reads ${text}`, () => assert.deepEqual(parseJson(text), value));
  }

  it('agrees with JSON on everything that both can say', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const plain: unknown = JSON.parse(text);
        assert.deepEqual(JSON.parse(stringifyJson(plain)), JSON.parse(JSON.stringify(plain)));
      }),
    );
  });

  it('reads every number alike with and without the short way', () => {
    const digits = (max: number) =>
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 1, maxLength: max });
    const anyNumber = fc.oneof(
      fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/),
      // a whole number missed by little, which may round to it
      fc
        .tuple(fc.stringMatching(/^(0|[1-9]\d{0,17})$/), fc.constantFrom('0', '9'), fc.nat(20), digits(2))
        .map(([whole, filler, count, rest]) => `${whole}.${filler.repeat(count)}${rest}`),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    );
    fc.assert(
      fc.property(anyNumber, (text) => assert.deepEqual([parseJson(text)], carefully(text))),
      { numRuns: 5000 },
    );
  });

  it('refuses exactly the texts that JSON refuses', () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 2 }),
        fc.nat(),
        fc.nat(2),
        fc.constantFrom('', ...Array.from('{}[],:"\\0-.e \n\tx')),
      )
      .map(([text, at, cut, inserted]) => {
        const from = at % (text.length + 1);
        return text.slice(0, from) + inserted + text.slice(from + cut);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const expected = outcome(() => JSON.parse(`[null,${text}]`) as unknown);
        const found = outcome(() => carefully(text));
        assert.equal('threw' in found, 'threw' in expected);
        if ('threw' in found) assert.equal(found.threw, true);
      }),
      { numRuns: 3000 },
    );
  });

  it('makes __proto__ an ordinary key, on both ways', () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1.0}}']) {
      const object = parseJson(text) as object;
      assert.deepEqual(Object.keys(object), ['__proto__']);
      assert.equal(Object.getPrototypeOf(object), Object.prototype);
      assert.equal(stringifyJson(object), text);
    }
  });

  it('reads a megabyte of one string or of digits without trouble', () => {
    const text = `["${'\\"9'.repeat(300_000)}", 1.0, ${'9'.repeat(100_000)}.5]`;
    const [string, one, large] = parseJson(text) as [string, Float, Float];
    assert.equal(string.length, 600_000);
    assert.deepEqual([one, large], [new Float(1), new Float(Infinity)]);
  });

  it('says where the text is wrong', () => {
    assert.throws(() => parseJson('[1.0, }'), {
      name: 'SyntaxError',
      message: 'Unexpected character "}" at character 6 of the JSON text.',
    });
    assert.throws(() => parseJson('{"a": 1.0'), { name: 'SyntaxError', message: /end at character 9/ });
    assert.throws(() => parseJson('"1.0'), {
      name: 'SyntaxError',
      message: /Unterminated string at character 0/,
    });
    assert.throws(() => parseJson(`${'['.repeat(100_000)}1.0`), { name: 'SyntaxError', message: /nested/ });
  });

  it('refuses what JSON has no form for', () => {
    assert.throws(() => stringifyJson({ f: () => 1 }), { name: 'TypeError' });
    assert.throws(() => stringifyJson(undefined), { name: 'TypeError' });
  });
});
