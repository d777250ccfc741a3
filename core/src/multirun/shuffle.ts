import { generator } from '../random.ts';

/** More than this many values are not put in random order. */
export const mostShuffled = 1_000_000;

/**
 * The numbers below `count` in random order, every order equally likely (Fisher and Yates), and the same
 * for the same seed and stream.
 * @throws RangeError when one of the numbers is not a whole number in its range, see random.ts.
 */
export function permutation(seed: number, stream: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = generator(seed, stream);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}

/** A stream of random numbers of its own for each place of each key: FNV-1a, 32 bits, over UTF-16 units. */
export function streamOf(key: string, place: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${place} ${key}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
