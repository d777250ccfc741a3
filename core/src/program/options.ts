/** What a training program can be told: the result of reading it. */
import type { Range } from '../text.ts';
import type { Value } from '../value.ts';

/** How a program takes its parameters. The first six read the command line, the last two a configuration. */
export type OptionStyle =
  'argparse' | 'click' | 'typer' | 'absl' | 'fire' | 'hydra' | 'wandb-config' | 'sweepdeck';

/**
 * What an option makes of the text it is given: `truth` is Python's `bool()`, which takes every text but
 * the empty one for true; `boolean` understands words such as `true` and `no`; `flag` takes no value at
 * all; `other` is whatever the program says.
 */
export type OptionType = 'int' | 'float' | 'text' | 'truth' | 'boolean' | 'flag' | 'other';

export interface ProgramOption {
  /**
   * The name of the parameter that reaches it: a long option without its hyphens, a key of a
   * configuration, a dotted path of a Hydra configuration. An option that has no long spelling keeps its
   * hyphen (`-l`): no parameter reaches it.
   */
  readonly name: string;
  /** Its other spellings on the command line, hyphens included. */
  readonly aliases: readonly string[];
  /** As it is written in the program. */
  readonly default?: string;
  readonly type: OptionType;
  readonly help?: string;
  readonly choices?: readonly Value[];
  /** Choices are compared without regard to case. */
  readonly ignoresCase?: true;
  /** The program refuses to start without it. */
  readonly required?: true;
  /** Hydra: the choice of a group of configurations, not a value. */
  readonly group?: true;
  /** Where it is declared: its name in `file`. */
  readonly range: Range;
  /** Path from the program's folder, when it is not declared in the program itself. */
  readonly file?: string;
}

export interface ProgramOptions {
  /** Undefined when the program takes parameters in no way that is known here. */
  readonly style: OptionStyle | undefined;
  /** In the order of the program; each name once. */
  readonly options: readonly ProgramOption[];
  /** Whether these are certainly all: the program refuses, or never looks at, any other name. */
  readonly closed: boolean;
  /** Whether a long option may be shortened as long as it stays the only one (argparse). */
  readonly abbreviations: boolean;
}

/** Files beside the program, by a path from its folder with `/`; undefined for a file that isn't there. */
export interface ProgramFiles {
  read(path: string): string | undefined;
}

/** Nothing is known of the program. */
export const unknownProgram: ProgramOptions = {
  style: undefined,
  options: [],
  closed: false,
  abbreviations: false,
};

/** What one way of taking parameters contributes; `closed` as far as that way is concerned. */
export interface FoundOptions {
  readonly style: OptionStyle;
  readonly options: readonly ProgramOption[];
  readonly closed: boolean;
  readonly abbreviations?: boolean;
}
