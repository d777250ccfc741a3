/** The arguments of one Python command: which are overrides, what values they have, how many jobs that makes. */
import { readArguments, type Flag } from '../../multirun/arguments.ts';
import { functionNames } from '../../multirun/functions.ts';
import {
  expandMultirun,
  parseOverride,
  printElement,
  printKey,
  type MultirunProblem,
  type Override,
} from '../../multirun/multirun.ts';
import type { Axis } from '../../multirun/product.ts';
import { isSweep, toValue } from '../../multirun/values.ts';
import { nearest } from '../../sweep/spelling.ts';
import type { Value } from '../../value.ts';
import type { BatchProblems, ScriptProblemCode, SpanFix } from '../problem-list.ts';
import { replacing } from '../problem-list.ts';
import type { Span } from '../script.ts';
import type { Program } from './program.ts';
import { quoteArgument } from './quote.ts';
import { fieldsOf, sourceOf, type Field, type Variables } from './words.ts';

/** One argument that is an override. */
export interface OverrideWord {
  /** The argument without the shell's quotes; offsets of the script by `sourceOf`. */
  readonly field: Field;
  /** Undefined for a word that only the job's shell can read, and for one with an error. */
  readonly override: Override | undefined;
  /** How many values it has; 1 for a word that only the job's shell can read. */
  readonly count: number;
}

/** One key's values as they come into the jobs. */
export interface CommandAxis {
  /** With prefix and package; undefined for a word whose key only the job's shell knows. */
  readonly key: string | undefined;
  readonly count: number;
  /** The override as Hydra prints it; as it is written in the script when only the job's shell can read it. */
  printed(index: number): string;
  /** The same as one word for the job's shell. */
  word(index: number): string;
  /** Name and value; undefined when there is none to know. */
  parameter(index: number): readonly [name: string, value: Value] | undefined;
}

/** What a caller knows of programs, and what decides on random orders. */
export interface CommandOptions {
  /** Decides on the order of `shuffle()`: a whole number within +-2^53. Default: 0. */
  readonly seed?: number;
  /**
   * Whether a program takes Hydra's overrides. Undefined: nobody knows; then the command's own words decide.
   */
  takesOverrides?(program: Program): boolean | undefined;
  /** Options of a configuration group, for `glob()`; undefined when they are not known. */
  groupOptions?(program: Program, group: string): readonly string[] | undefined;
}

export interface CommandArguments {
  /** Whether the words are read as overrides; otherwise they reach the one job as they are. */
  readonly treatment: 'overrides' | 'plain';
  /** Whether a job that Hydra runs once is not enough: `--multirun`, or several values. */
  readonly swept: boolean;
  /** Whether the words are overrides for certain: `--multirun` says so, or who knows the program. */
  readonly certain: boolean;
  /** Flags of Hydra that stay on the command line; `--multirun` doesn't. */
  readonly flags: readonly Flag[];
  readonly overrides: readonly OverrideWord[];
  readonly axes: readonly CommandAxis[];
  readonly count: bigint;
  /** The words that jobs get in another form: overrides and `--multirun`. */
  readonly replaced: ReadonlySet<Span>;
}

/** Where problems go: those that the editor shows, and those that only keep a script from being submitted. */
export interface ProblemSinks {
  readonly problems: BatchProblems<ScriptProblemCode>;
  readonly refusals: BatchProblems<ScriptProblemCode>;
}

const like = /^(?:\+\+?|~)?[A-Za-z_$][\w$./@:-]*=/;
/** Several values, or a function that may give them. */
const sweepLike = /[,(]/;

/** Reads the words behind the program; `words` are their places in the text. */
export function readCommandArguments(
  text: string,
  program: Program,
  words: readonly Span[],
  variables: Variables,
  options: CommandOptions,
  sinks: ProblemSinks,
): CommandArguments {
  const known = options.takesOverrides?.(program);
  if (known === false) return plain;
  const fields = words.flatMap((word) => fieldsOf(text, word, variables));
  if (fields.length === 0) return plain;
  const given = readArguments(fields.map((field) => field.text));
  const sure = known === true || given.flags.some(({ name }) => name === '--multirun');
  const candidates = given.overrides.flatMap(({ word }) => fields[word] ?? []);
  const literal = candidates.filter((field) => field.expansions.length === 0);
  const sweeps = literal.some((field) => sweepLike.test(valueOf(field)));
  if (!sure) {
    const foreign = given.problems.length > 0 || candidates.some((field) => !isOverrideLike(field));
    if (foreign || candidates.length === 0) return plain;
    const broken = literal.some((field) => 'problems' in parseOverride(field.text));
    if (broken && !sweeps) return plain;
  }
  const reader = new ArgumentReader(text, fields, options, program, sinks);
  return reader.read(given, sure, sure || sweeps);
}

const plain: CommandArguments = {
  treatment: 'plain',
  swept: false,
  certain: false,
  flags: [],
  overrides: [],
  axes: [],
  count: 1n,
  replaced: new Set(),
};

/** Of a command that can't be read: no jobs. */
export const unreadableArguments: CommandArguments = { ...plain, count: 0n };

function valueOf({ text }: Field): string {
  const equals = text.indexOf('=');
  return equals < 0 ? '' : text.slice(equals + 1);
}

const isOverrideLike = ({ text, expansions: [first] }: Field): boolean =>
  like.test(text) || (text.startsWith('~') && /^~[\w.$/@-]+$/.test(text)) || first?.at[0] === 0;

class ArgumentReader {
  readonly #text: string;
  readonly #fields: readonly Field[];
  readonly #options: CommandOptions;
  readonly #program: Program;
  readonly #sinks: ProblemSinks;

  constructor(
    text: string,
    fields: readonly Field[],
    options: CommandOptions,
    program: Program,
    sinks: ProblemSinks,
  ) {
    this.#text = text;
    this.#fields = fields;
    this.#options = options;
    this.#program = program;
    this.#sinks = sinks;
  }

  /** @param shown whether what can't be counted is worth showing while nobody submits the script */
  read(given: ReturnType<typeof readArguments>, certain: boolean, shown: boolean): CommandArguments {
    const multirun = given.flags.filter(({ name }) => name === '--multirun');
    for (const problem of given.problems) this.#report(problem, this.#fields);
    // what stands behind an unknown flag is probably its value
    const flagged = new Set(given.problems.map(({ word }) => word + 1));
    const words = given.overrides.flatMap(({ word }) => {
      const field = this.#fields[word];
      return field === undefined || (flagged.has(word) && !isOverrideLike(field)) ? [] : [field];
    });
    const { axes, swept } = this.#expand(words, shown);
    return {
      treatment: 'overrides',
      swept: multirun.length > 0 || swept,
      certain,
      flags: given.flags.filter(({ name }) => name !== '--multirun'),
      overrides: words.map((field) => overrideWord(field, axes, this.#options.seed ?? 0)),
      axes: axes.map(({ axis }) => axis),
      count: axes.reduce((count, { axis }) => count * BigInt(axis.count), 1n),
      replaced: new Set(
        [...words, ...multirun.flatMap(({ word }) => this.#fields[word] ?? [])].map(({ source }) => source),
      ),
    };
  }

  /** The axes in the order of the command: a key that comes again keeps its first place and gets its last value. */
  #expand(words: readonly Field[], shown: boolean): { axes: readonly PlacedAxis[]; swept: boolean } {
    const { seed = 0 } = this.#options;
    const keys = words.map(keyOf);
    const last = new Map(keys.map((key, index) => [key ?? index, index]));
    // what a later word replaces is read as well, but only literal words are Hydra's here
    const literal: number[] = [];
    const axes = new Map<string | number, PlacedAxis>();
    for (const [index, field] of words.entries()) {
      const name = keys[index] ?? index;
      if (field.expansions.length === 0) {
        const end = last.get(name) ?? index;
        if ((words[end]?.expansions.length ?? 0) === 0) literal.push(index);
        axes.set(name, axes.get(name) ?? { field, axis: shellAxis(keys[index], '') });
        continue;
      }
      this.#checkShellWord(field, shown);
      const written = this.#written(field);
      const before = axes.get(name);
      axes.set(name, { field: before?.field ?? field, axis: shellAxis(keys[index], written) });
    }
    const fields = literal.flatMap((index) => words[index] ?? []);
    const options = this.#options;
    const { jobs, problems } = expandMultirun(
      fields.map((field) => field.text),
      {
        seed,
        groupOptions: (group) => options.groupOptions?.(this.#program, group),
      },
    );
    for (const problem of problems) this.#report(problem, fields);
    for (const axis of jobs?.axes ?? []) {
      const key = printKey(axis.key);
      const before = axes.get(key);
      if (before) axes.set(key, { field: before.field, axis: literalAxis(axis) });
    }
    const swept = fields.some((field) => {
      const reading = parseOverride(field.text);
      return 'override' in reading ? isSweep(reading.override.value) : sweepLike.test(valueOf(field));
    });
    // without jobs nothing may be run: the command counts as none
    return { axes: jobs === undefined ? [...axes.values()].map(empty) : [...axes.values()], swept };
  }

  /** The word for the job's shell, which knows the variables of loops as well. */
  #written({ source, text }: Field): string {
    // of a variable that made several words of one, each is what it holds
    const isWhole = this.#fields.filter((field) => field.source === source).length === 1;
    return isWhole ? unfolded(this.#text.slice(...source)) : text;
  }

  #checkShellWord(field: Field, shown: boolean): void {
    const { problems, refusals } = this.#sinks;
    const sink = shown ? problems : refusals;
    const brace = field.expansions.find(({ kind }) => kind === 'brace');
    if (brace) {
      const written = this.#text.slice(...brace.source);
      sink.add(
        'multirun-shell-expansion',
        brace.source,
        `The shell makes several words of ${written}, and Hydra would only take the last. Write the values with commas, or put the word in quotes for a dictionary.`,
      );
      return;
    }
    const [first] = field.expansions;
    const mark = first && uncountable(field);
    if (first === undefined || mark === undefined) return;
    const written = this.#text.slice(...first.source);
    sink.add(
      'multirun-shell-expansion',
      sourceOf(field, mark),
      `The values of this override can't be counted: ${written} is only known to the shell of the job. Write the values themselves.`,
      { related: [{ message: 'This is only known in the job.', at: first.source }] },
    );
  }

  #report(problem: MultirunProblem, fields: readonly Field[]): void {
    const field = fields[problem.word];
    if (field === undefined) return;
    const { code, message, span } = problem;
    // the override of which nothing is left runs in no job: only a submission has to know
    const at = sourceOf(field, span);
    const fix = this.#fixOf(problem, field);
    this.#sinks.problems.add(code, at, message, { fix });
    if (code === 'multirun-empty-sweep') this.#sinks.refusals.add(code, at, message, { severity: 'error' });
  }

  #fixOf({ code, span }: MultirunProblem, field: Field): SpanFix | undefined {
    const at = sourceOf(field, span);
    const written = field.text.slice(...span);
    if (field.insertions.length > 0 || this.#text.slice(...at) !== written) return undefined;
    switch (code) {
      case 'multirun-unknown-function': {
        const meant = nearest(written, functionNames);
        // interval() is refused as well
        return meant === undefined || meant === 'interval'
          ? undefined
          : replacing(`Change to '${meant}'`, at, meant);
      }
      case 'multirun-interval': {
        const range = asRange(written);
        return range === undefined ? undefined : replacing(`Change to '${range}'`, at, range);
      }
      default:
        return undefined;
    }
  }
}

interface PlacedAxis {
  /** The first word with its key. */
  readonly field: Field;
  readonly axis: CommandAxis;
}

const empty = ({ field, axis }: PlacedAxis): PlacedAxis => ({ field, axis: { ...axis, count: 0 } });

function overrideWord(field: Field, axes: readonly PlacedAxis[], seed: number): OverrideWord {
  if (field.expansions.length > 0) return { field, override: undefined, count: 1 };
  const reading = parseOverride(field.text, { seed });
  if (!('override' in reading)) return { field, override: undefined, count: 0 };
  const key = printKey(reading.override.key);
  return {
    field,
    override: reading.override,
    count: axes.find(({ axis }) => axis.key === key)?.axis.count ?? 1,
  };
}

/** The key as Hydra tells overrides apart; undefined when the job's shell has a say in it, or it is none. */
function keyOf({ text, expansions: [first] }: Field): string | undefined {
  const equals = text.indexOf('=');
  const end = equals < 0 ? text.length : equals;
  if (first && first.at[0] < end) return undefined;
  const reading = parseOverride(text.startsWith('~') ? text.slice(0, end) : `${text.slice(0, end)}=`);
  return 'override' in reading ? printKey(reading.override.key) : undefined;
}

/** Where the values of an override that holds expansions begin to be uncountable: a comma or call outside of quotes and brackets. */
function uncountable({ text, expansions }: Field): Span | undefined {
  let depth = 0;
  let quote = '';
  for (let at = Math.max(0, text.indexOf('=') + 1); at < text.length; at++) {
    const inside = expansions.find((one) => one.at[0] <= at && at < one.at[1]);
    if (inside) {
      at = inside.at[1] - 1;
      continue;
    }
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    else if (depth <= 0 && (char === ',' || char === '(')) return [at, at + 1];
  }
  return undefined;
}

/** Without line breaks behind backslashes. */
const unfolded = (written: string): string => written.replace(/\\\r?\n/g, '');

function shellAxis(key: string | undefined, written: string): CommandAxis {
  return { key, count: 1, printed: () => written, word: () => written, parameter: () => undefined };
}

/** Values that are printed once, since jobs share them; of longer axes each is printed when it is asked for. */
const mostKept = 100_000;

function literalAxis(axis: Axis): CommandAxis {
  const key = printKey(axis.key);
  const name = printKey({ ...axis.key, prefix: '' });
  const print = (index: number) => `${key}=${printElement(axis.elementAt(index))}`;
  const printed: string[] = [];
  const words: string[] = [];
  const keeps = axis.count <= mostKept;
  return {
    key,
    count: axis.count,
    printed: keeps ? (index) => (printed[index] ??= print(index)) : print,
    word: keeps
      ? (index) => (words[index] ??= quoteArgument((printed[index] ??= print(index))))
      : (index) => quoteArgument(print(index)),
    parameter: (index) => (axis.key.prefix === '~' ? undefined : [name, toValue(axis.elementAt(index))]),
  };
}

const numbers =
  /^interval\(\s*(?:start\s*=\s*)?([-+]?[\d.]+(?:e[-+]?\d+)?)\s*,\s*(?:end\s*=\s*)?([-+]?[\d.]+(?:e[-+]?\d+)?)\s*\)$/i;

/** A range over the same numbers in ten steps. */
function asRange(written: string): string | undefined {
  const [, low = '', high = ''] = numbers.exec(written) ?? [];
  const width = Number(high) - Number(low);
  if (!(width > 0) || !Number.isFinite(width)) return undefined;
  const step = Number((width / 10).toPrecision(6));
  return `range(${low},${high},${step})`;
}
