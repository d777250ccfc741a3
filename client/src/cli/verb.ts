import type { ExitCode } from './exit-codes.ts';
import type { FlagName, FlagValues } from './flags.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';

/** One command line, understood. */
export interface Call {
  readonly positionals: readonly string[];
  readonly flags: FlagValues;
  readonly terminal: Terminal;
  readonly output: Output;
}

/** One row of the table of verbs. */
export interface Verb {
  readonly name: string;
  /** Arguments after the verb: `SWEEP [JOB…]`. */
  readonly synopsis: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** Number of arguments it takes. */
  readonly arity: { readonly least: number; readonly most: number };
  /** Its own flags, besides COMMON_FLAGS. */
  readonly flags: readonly FlagName[];
  /** Throws CommandFailure; any other Error with a sentence counts as refused. */
  readonly run: (call: Call) => Promise<ExitCode>;
}
