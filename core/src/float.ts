const FLOAT = Symbol.for('sweepdeck.Float');

/** A float that a JavaScript number could not tell from an int: whole (`1.0`, `-0.0`), infinite or NaN. */
export class Float {
  readonly value: number;
  readonly [FLOAT] = true;

  constructor(value: number) {
    this.value = value;
  }

  /** Each bundle has its own copy of this class, and values travel from the engine's to the editor's. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && FLOAT in value;
  }
}

/** The float `x` as a value: a `Float` where a plain number would read as an int or isn't finite. */
export function toFloat(x: number): number | Float {
  return Number.isInteger(x) || !Number.isFinite(x) ? new Float(x) : x;
}

/**
 * The whole number `x` as an int: a bigint beyond 2^53, and never minus zero.
 * @throws RangeError when `x` is not a whole number.
 */
export function toInteger(x: number): number | bigint {
  return Number.isSafeInteger(x) ? x + 0 : BigInt(x);
}
