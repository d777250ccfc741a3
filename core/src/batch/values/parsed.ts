import type { Value } from '../../value.ts';

/** What reading a value gives: the value in canonical units, or what is wrong with it. */
export type Parsed =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      /** A sentence about what is wrong, where the accepted forms alone don't say it. */
      readonly why?: string;
      /** The value that was probably meant. */
      readonly instead?: string;
      /** The part that is wrong, as offsets in the value. */
      readonly at?: readonly [from: number, to: number];
    };

export const good = (value: Value): Parsed => ({ ok: true, value });

export const bad = (why?: string, instead?: string, at?: readonly [number, number]): Parsed => ({
  ok: false,
  ...(why !== undefined && { why }),
  ...(instead !== undefined && { instead }),
  ...(at !== undefined && { at }),
});

/** `good` unless there is no value. */
export const goodOr = (value: Value | undefined, instead?: string): Parsed =>
  value === undefined ? bad(undefined, instead) : good(value);
