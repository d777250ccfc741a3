/**
 * Multirun: overrides of Hydra programs with several values, and the jobs that they make. Reading and
 * printing follow Hydra's override grammar (hydra.cc, "The extended override syntax"), expansion its
 * basic sweeper: every combination, in the order of the command, the last override fastest.
 */
import { isHydraKey, parseKey, printKey, type Key } from './key.ts';
import { parseValue } from './parser.ts';
import { printElement } from './print.ts';
import { problemAt, Refusal, type MultirunProblem, type Span } from './problems.ts';
import { axisOf, jobsOf, type Axis, type Jobs } from './product.ts';
import { reviewValue } from './review.ts';
import { streamOf } from './shuffle.ts';
import { isSweep, type OverrideValue } from './values.ts';

export { isHydraKey, printKey, printElement };
export type { Key, Jobs, MultirunProblem, Span };

export interface Override {
  readonly key: Key;
  /** What is after the `=`; null when nothing is, as in `~key`. */
  readonly value: OverrideValue;
  readonly keySpan: Span;
  /** What stands after the `=`; empty when nothing does. */
  readonly valueSpan: Span;
}

export type OverrideReading =
  | { readonly override: Override; readonly warnings: readonly MultirunProblem[] }
  | { readonly problems: readonly MultirunProblem[] };

export interface ReadingOptions {
  /** Decides on the order of `shuffle()`: a whole number within +-2^53. Default: 0. */
  readonly seed?: number;
  /** Which word of the command it is, for its problems. Default: 0. */
  readonly word?: number;
}

export interface ExpansionOptions {
  readonly seed?: number;
  /**
   * The options of a configuration group, such as `db/engine`, in their order; undefined when nobody
   * knows them. Without it `glob()` is an error.
   */
  readonly groupOptions?: (group: string) => readonly string[] | undefined;
}

export interface Expansion {
  /** Undefined when one of the problems is an error. */
  readonly jobs: Jobs | undefined;
  readonly problems: readonly MultirunProblem[];
}

/**
 * Reads one override. It never throws for any text; the first mistake is the only one told.
 * @param word as the program gets it, without the quotes of a shell
 */
export function parseOverride(word: string, options: ReadingOptions = {}): OverrideReading {
  const { seed = 0, word: number = 0 } = options;
  const warnings: MultirunProblem[] = [];
  try {
    const override = readOverride(word, seed, (code, message, span) =>
      warnings.push(problemAt(code, message, number, span)),
    );
    return { override, warnings };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { problems: [problemAt(error.code, error.message, number, error.span)] };
  }
}

type Warn = (...warning: ConstructorParameters<typeof Refusal>) => void;

function readOverride(word: string, seed: number, warn: Warn): Override {
  const equals = word.indexOf('=');
  const keyEnd = equals < 0 ? word.length : equals;
  const key = parseKey(word, keyEnd);
  const keySpan: Span = [0, keyEnd];
  const valueSpan: Span = [Math.min(keyEnd + 1, word.length), word.length];
  if (equals < 0) {
    if (key.prefix === '~') return { key, value: { kind: 'null' }, keySpan, valueSpan };
    const message = `${word === '' ? 'An override' : word} needs a value: write ${word || 'key'}=value.`;
    throw new Refusal('multirun-value-missing', message, keySpan);
  }
  let calls = 0;
  const { value, parts } = parseValue(word, equals + 1, {
    seed,
    nextStream: () => streamOf(printKey(key), calls++),
    warn,
  });
  if (value.kind === 'extension' && key.prefix !== '') {
    const message = `extend_list() already adds to the list: leave the ${key.prefix} before the key away.`;
    throw new Refusal('multirun-argument', message, [0, key.prefix.length]);
  }
  for (const part of parts) {
    const finding = reviewValue(part.value);
    if (finding?.outcome === 'unreadable') {
      const message = `Hydra would hand this to the job as ${finding.printed}, which it cannot read. Quote the text outside of functions, as in key='a;b','c'.`;
      throw new Refusal('multirun-text-unreadable', message, part.span);
    }
    if (finding?.outcome === 'changes-type') {
      const message = `Hydra hands this text to the job as ${finding.printed}, without quotes, and the job reads something else than a text. Quote it outside of functions to keep it a text.`;
      warn('multirun-text-changes-type', message, part.span);
    }
  }
  return { key, value, keySpan, valueSpan };
}

/**
 * The jobs of a command's overrides. A key that comes again (with the same prefix and package) keeps its
 * first place and gets its last value. An override without values makes zero jobs.
 * @param words the program's arguments that are overrides, without the quotes of a shell
 */
export function expandMultirun(words: readonly string[], options: ExpansionOptions = {}): Expansion {
  const { seed = 0 } = options;
  const problems: MultirunProblem[] = [];
  const kept = new Map<string, { readonly override: Override; readonly word: number }>();
  for (const [word, written] of words.entries()) {
    const reading = parseOverride(written, { seed, word });
    if ('problems' in reading) {
      problems.push(...reading.problems);
      continue;
    }
    problems.push(...reading.warnings);
    const name = printKey(reading.override.key);
    const earlier = kept.get(name);
    if (earlier !== undefined) {
      const message = `${name} comes again in ${written}, and only that value counts.`;
      problems.push(problemAt('multirun-duplicate-key', message, earlier.word, earlier.override.keySpan));
    }
    kept.set(name, { override: reading.override, word });
  }
  const axes: Axis[] = [];
  for (const { override, word } of kept.values()) {
    const { key, value, valueSpan } = override;
    const group = value.kind === 'glob' ? options.groupOptions?.(key.path) : [];
    if (group === undefined) {
      const message = `glob() needs the options of the configuration group ${key.path}, and they are not known. Use a folder of configurations that has the group, or name its options one by one.`;
      problems.push(problemAt('multirun-glob', message, word, valueSpan));
      continue;
    }
    const axis = axisOf(key, value, seed, group);
    if (axis.count === 0 && isSweep(value)) {
      const message = `${printKey(key)} has no values here, so there would be no job at all.`;
      problems.push(problemAt('multirun-empty-sweep', message, word, valueSpan));
    }
    axes.push(axis);
  }
  problems.sort((a, b) => a.word - b.word || a.span[0] - b.span[0]);
  const failed = problems.some(({ severity }) => severity === 'error');
  return { jobs: failed ? undefined : jobsOf(axes), problems };
}
