import { parseArgs } from 'node:util';
import { CommandFailure } from './failure.ts';
import { COMMON_FLAGS, FLAGS, FLAG_NAMES, flagOf, type FlagName, type FlagValues } from './flags.ts';
import { nearest } from '#core/sweep/spelling.ts';
import type { Verb } from './verb.ts';

export interface CommandLine {
  readonly verb: Verb | undefined;
  readonly positionals: readonly string[];
  readonly flags: FlagValues;
}

type Grammar = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;

const GRAMMAR: Grammar = Object.fromEntries(
  FLAG_NAMES.map((name) => {
    const { short, placeholder } = flagOf(name);
    const type = placeholder === undefined ? ('boolean' as const) : ('string' as const);
    return [name, short === undefined ? { type } : { type, short }];
  }),
);

const isFlag = (name: string): name is FlagName => Object.hasOwn(FLAGS, name);

/**
 * Understands the arguments after the program's name: the first one that is no flag is the verb, flags may
 * stand anywhere, and after `--` everything is an argument.
 * Throws a CommandFailure of kind `usage` that says what was not understood and what is allowed.
 */
export function parseCommandLine(argv: readonly string[], verbs: readonly Verb[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options: GRAMMAR,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const positionals: string[] = [];
  const flags: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') flags[token.name] = flagValue(token);
  }
  const [name, ...rest] = positionals;
  const verb = name === undefined ? undefined : findVerb(name, verbs);
  if (verb !== undefined) checkFlags(verb, flags);
  return { verb, positionals: rest, flags };
}

/** Throws a CommandFailure when a verb got too few or too many arguments. */
export function checkArity(verb: Verb, positionals: readonly string[]): void {
  if (positionals.length >= verb.arity.least && positionals.length <= verb.arity.most) return;
  const wrong = positionals.length < verb.arity.least ? 'An argument is missing' : 'Too many arguments';
  throw new CommandFailure('usage', `${wrong}: sweepdeck ${verb.name} ${verb.synopsis}`.trimEnd());
}

function flagValue(token: {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}): unknown {
  const { name, rawName, value } = token;
  if (!isFlag(name)) {
    const guess = rawName.startsWith('--') ? nearest(name, FLAG_NAMES) : undefined;
    const hint = guess === undefined ? 'Try: sweepdeck help' : `Did you mean --${guess}?`;
    throw new CommandFailure('usage', `There is no flag ${rawName}. ${hint}`);
  }
  const flag = flagOf(name);
  if (flag.placeholder === undefined) {
    if (value === undefined) return true;
    throw new CommandFailure('usage', `--${name} takes no value.`);
  }
  if (value === undefined || (token.inlineValue !== true && value.startsWith('--'))) {
    throw new CommandFailure(
      'usage',
      `--${name} needs a value: --${name} ${flag.placeholder ?? ''}`.trimEnd(),
    );
  }
  try {
    return flag.parse(value);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw new CommandFailure('usage', `--${name} ${value}: ${error.message}.`);
  }
}

function findVerb(name: string, verbs: readonly Verb[]): Verb {
  const verb = verbs.find((each) => each.name === name);
  if (verb !== undefined) return verb;
  const guess = nearest(
    name,
    verbs.map((each) => each.name),
  );
  const hint = guess === undefined ? 'Try: sweepdeck help' : `Did you mean "sweepdeck ${guess}"?`;
  throw new CommandFailure('usage', `There is no command "${name}". ${hint}`);
}

function checkFlags(verb: Verb, flags: Readonly<Record<string, unknown>>): void {
  const allowed: readonly string[] = [...verb.flags, ...COMMON_FLAGS];
  for (const name of Object.keys(flags)) {
    if (!allowed.includes(name)) {
      throw new CommandFailure(
        'usage',
        `"sweepdeck ${verb.name}" takes no --${name}. Try: sweepdeck help ${verb.name}`,
      );
    }
  }
}
