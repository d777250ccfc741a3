/**
 * Parameter values: JSON with Python's number kinds kept apart.
 *
 * JavaScript has one number type, a training program written in Python has two, and `1` and `1.0`
 * reach it as different texts (`--lr=1` and `--lr=1.0`). So: an integral `number` is an int, any other
 * `number` is a float, and a float whose value is integral (or not finite) is a `Float`. Integers
 * beyond 2^53 are `bigint`.
 */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Float
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Parameter values by name; nested parameters are nested maps. */
export type Parameters = { readonly [name: string]: Value };
