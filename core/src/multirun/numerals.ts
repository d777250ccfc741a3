/** The integer of digits with an optional sign and underscores. */
export function integerOf(written: string): bigint {
  const plain = written.replace(/^\+|_/g, '');
  return plain.startsWith('-') ? -BigInt(plain.slice(1)) : BigInt(plain);
}

/** The float of a number with an optional sign and underscores, or of `inf` or `nan`, as Python's `float()` reads it. */
export function floatOf(written: string): number {
  const plain = written.replaceAll('_', '').toLowerCase();
  const word = /^([+-]?)(inf|nan)/.exec(plain);
  if (word === null) return Number(plain);
  if (word[2] === 'nan') return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}
