/**
 * Random numbers by counter: each is a pure function of a seed and of what it is for, so the n-th job of
 * a random sweep is the same whether or not the n - 1 before it were ever drawn, after any restart.
 *
 * The function is Philox4x32 with 10 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3, doi:10.1145/2063384.2063405.
 * Key: the seed's 64 bits. Counter: the index's low and high 32 bits, the dimension, the stream.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** The golden ratio and the square root of 3, less 1, as fractions of 2^32: added to the key each round. */
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

export type Words4 = readonly [number, number, number, number];

/** One block of Philox4x32-10: four random 32-bit words from a counter of four and a key of two. */
export function philox(counter: Words4, key: readonly [number, number]): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = highWord(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit words, by 16-bit halves. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
}

/**
 * A number uniform in the open interval (0, 1), 53 bits: a multiple of 2^-53, from 2^-53 to 1 - 2^-53.
 * @param seed any integer within +-2^53
 * @param index which draw: integer, 0 to 2^53 - 1
 * @param dimension which of the numbers of that draw: integer, 0 to 2^32 - 1
 * @throws RangeError when one of them is anything else.
 */
export function uniformAt(seed: number, index: number, dimension: number): number {
  return uniformInStream(0, seed, index, dimension);
}

/** Random numbers one after another, for code that can't say beforehand how many it needs. */
export interface Generator {
  /** The next number, uniform in the open interval (0, 1), 53 bits. */
  next(): number;
}

/**
 * A sequence that depends on nothing but its two numbers. Sequences with different ones, and the
 * numbers of `uniformAt`, have nothing in common.
 * @param stream what the sequence is for, e.g. the index of the job it decides on: integer, 0 to 2^32 - 1
 * @throws RangeError when one of them is anything else.
 */
export function generator(seed: number, stream: number): Generator {
  let drawn = 0;
  return { next: () => uniformInStream(1, seed, drawn++, stream) };
}

function uniformInStream(stream: number, seed: number, index: number, dimension: number): number {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is a whole number, not ${seed}.`);
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(`A draw has a whole number from 0, not ${index}.`);
  }
  if (dimension >>> 0 !== dimension) {
    throw new RangeError(`A dimension has a whole number from 0 to 2^32 - 1, not ${dimension}.`);
  }
  const counter: Words4 = [index >>> 0, Math.floor(index / TWO_32), dimension, stream];
  const [low, high] = philox(counter, [seed >>> 0, Math.floor(seed / TWO_32) >>> 0]);
  const bits = (high >>> 5) * 2 ** 26 + (low >>> 6);
  return Math.max(bits, 1) / TWO_53;
}
