import type { Value } from '#core/value.ts';
import { EXIT_MEANINGS } from './exit-codes.ts';
import { COMMON_FLAGS, flagOf, flagUsage, type FlagName } from './flags.ts';
import type { Paint } from './format/colour.ts';
import type { Verb } from './verb.ts';

/** The help about everything, as lines. */
export function overview(verbs: readonly Verb[], paint: Paint): readonly string[] {
  return [
    `${paint('bold', 'sweepdeck')} runs hyperparameter sweeps. The editor shows and controls the same sweeps.`,
    '',
    paint('bold', 'Commands'),
    ...columns(verbs.map((verb) => [usage(verb), verb.summary])),
    ...columns([['help [COMMAND]', 'explain a command']], width(verbs)),
    '',
    'SWEEP is an id such as quadratic-7, the beginning of one, or "last". JOB is a number, or a range such as 5-8.',
    '',
    paint('bold', 'Flags of every command'),
    ...flagLines(COMMON_FLAGS),
    '',
    paint('bold', 'Exit codes'),
    ...EXIT_MEANINGS.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`),
  ];
}

/** The help about one verb, as lines. */
export function verbHelp(verb: Verb, paint: Paint): readonly string[] {
  return [
    paint('bold', `sweepdeck ${usage(verb)}`),
    '',
    `  ${verb.summary}`,
    '',
    paint('bold', 'Flags'),
    ...flagLines([...verb.flags, ...COMMON_FLAGS]),
  ];
}

/** `help --json`. */
export function helpDocument(verbs: readonly Verb[]): Value {
  return {
    verbs: verbs.map((verb) => ({
      name: verb.name,
      synopsis: verb.synopsis,
      summary: verb.summary,
      flags: [...verb.flags, ...COMMON_FLAGS].map(flagUsage),
    })),
    exitCodes: EXIT_MEANINGS.map(({ code, meaning }) => ({ code, meaning })),
  };
}

const usage = (verb: Verb): string => `${verb.name} ${verb.synopsis}`.trimEnd();

const width = (verbs: readonly Verb[]): number => Math.max(...verbs.map((verb) => usage(verb).length));

const flagLines = (names: readonly FlagName[]): readonly string[] =>
  columns(
    names.map((name) => {
      const { short, summary } = flagOf(name);
      return [short === undefined ? flagUsage(name) : `${flagUsage(name)}, -${short}`, summary];
    }),
  );

function columns(rows: readonly (readonly [string, string])[], least = 0): readonly string[] {
  const widest = Math.max(least, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}`);
}
