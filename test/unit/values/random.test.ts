import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generator, philox, uniformAt, type Words4 } from '#core/random.ts';

/** Pearson's chi-square of counts that should be equal, in standard deviations from its mean. */
function excess(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const square = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (square - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

describe('random numbers by counter', () => {
  // the generator's published known answers (Random123, kat_vectors)
  const answers: readonly (readonly [Words4, readonly [number, number], Words4])[] = [
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  for (const [counter, key, words] of answers) {
    it(`is Philox4x32-10: ${counter.join(' ')}`, () => assert.deepEqual(philox(counter, key), words));
  }

  it('never changes, so that a sweep of last year goes on with the same draws', () => {
    assert.deepEqual(
      [uniformAt(0, 0, 0), uniformAt(7, 12, 3), uniformAt(-5, 2 ** 40, 1), generator(7, 3).next()],
      [0.8805201977420335, 0.6134501550887116, 0.760740310763945, 0.46982268207139477],
    );
  });

  const pairs: Readonly<Record<string, (index: number) => readonly [number, number]>> = {
    'neighbouring jobs': (i) => [uniformAt(1, i, 0), uniformAt(1, i + 1, 0)],
    'neighbouring parameters': (i) => [uniformAt(1, i, 0), uniformAt(1, i, 1)],
    'neighbouring seeds': (i) => [uniformAt(i, 5, 0), uniformAt(i + 1, 5, 0)],
    'jobs and parameters exchanged': (i) => [uniformAt(1, i, i + 1), uniformAt(1, i + 1, i)],
    'jobs far apart': (i) => [uniformAt(1, i, 0), uniformAt(1, i + 2 ** 32, 0)],
    'a sequence and the draws of jobs': (i) => [uniformAt(1, i, 0), generator(1, i).next()],
  };
  for (const [name, pairAt] of Object.entries(pairs)) {
    it(`fills a square evenly: ${name}`, () => {
      const counts = Array<number>(1024).fill(0);
      for (let index = 0; index < 50_000; index++) {
        const [x, y] = pairAt(index);
        assert.ok(x > 0 && x < 1 && y > 0 && y < 1);
        const cell = Math.floor(x * 32) * 32 + Math.floor(y * 32);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      assert.ok(Math.abs(excess(counts)) < 4, `${excess(counts)} standard deviations from an even spread`);
    });
  }

  it('uses all 53 bits', () => {
    const low = Array<number>(256).fill(0);
    for (let index = 0; index < 50_000; index++) {
      const cell = Number(BigInt(uniformAt(3, index, 0) * 2 ** 53) % 256n);
      low[cell] = (low[cell] ?? 0) + 1;
    }
    assert.ok(Math.abs(excess(low)) < 4);
  });

  it('gives the same sequence for the same seed and stream, and another for others', () => {
    const first = (seed: number, stream: number) => {
      const sequence = generator(seed, stream);
      return Array.from({ length: 5 }, () => sequence.next());
    };
    assert.deepEqual(first(1, 2), first(1, 2));
    assert.equal(new Set([...first(1, 2), ...first(2, 1), ...first(1, 3)]).size, 15);
  });

  it('refuses what is no seed, draw or dimension', () => {
    assert.throws(() => uniformAt(0.5, 0, 0), RangeError);
    assert.throws(() => uniformAt(0, -1, 0), RangeError);
    assert.throws(() => uniformAt(0, 2 ** 53, 0), RangeError);
    assert.throws(() => uniformAt(0, 0, 2 ** 32), RangeError);
  });
});
