/** One job of a multirun script: its command line, and the lines around it. */
import type { Value } from '../../value.ts';
import type { Binding, MultirunCommand, MultirunScript } from './read.ts';
import type { CommandAxis } from './overrides.ts';
import { linesOf } from './read.ts';
import type { Program } from './program.ts';
import { quoteArgument } from './quote.ts';

/** One job: what its script has to hold between the directives and its end. */
export interface MultirunJob {
  /** From 0, through all commands of the script. */
  readonly index: bigint;
  /** Which of the script's commands it runs, from 0. */
  readonly command: number;
  readonly program: Program;
  /** Values of the loops that were unrolled; the preamble assigns them. */
  readonly bindings: readonly Binding[];
  /** The overrides as Hydra prints them, without quotes of a shell; as written where only the job's shell knows. */
  readonly overrides: readonly string[];
  /** Values by name for a table of jobs: of the overrides that can be known, and of the loops. */
  readonly parameters: Readonly<Record<string, Value>>;
  /** Lines for the job's shell, to stand above and below the command. */
  readonly preamble: readonly string[];
  readonly epilogue: readonly string[];
  /**
   * The command for the job's shell as it is written in the script, with launchers, redirections and what it
   * is joined to by `|` and `&&`. `--multirun` is left out, and each override is one quoted word. May hold
   * several lines; has no line break at its end. A `&` or `;` behind it is not part of it.
   */
  readonly commandLine: string;
  /** Which part of the command line the Python command is, from 0, when that is one pipeline. */
  readonly pipelinePlace: number | undefined;
}

/** The words of the command, for which others may be put in: see `commandLineAt`. */
export interface CommandLineOptions {
  /** Arguments to add behind the overrides, such as `+mlxp.use_scheduler=False`; not yet quoted. */
  readonly add?: readonly string[];
  /** Overrides to leave out, by their keys with prefix and package. */
  readonly without?: (key: string) => boolean;
}

/**
 * The job with this number: commands in the order of the script, each command's last override fastest.
 * @throws RangeError when there is no such job.
 */
export function jobAt(script: MultirunScript, index: bigint, options: CommandLineOptions = {}): MultirunJob {
  const { command, at, rest } = commandOf(script, index);
  const { bindings, arguments: read } = command;
  const values = combination(command, rest);
  const known = read.axes.flatMap((axis, place) => {
    const parameter = axis.parameter(values[place] ?? 0);
    return parameter ? [parameter] : [];
  });
  return {
    index,
    command: at,
    program: command.program,
    bindings,
    overrides: read.axes.flatMap((axis, place) =>
      isLeftOut(axis, options) ? [] : [axis.printed(values[place] ?? 0)],
    ),
    parameters: Object.fromEntries([
      ...bindings.map(({ variable, value }): [string, Value] => [variable, value]),
      ...known,
    ]),
    preamble: linesOf(command.above),
    epilogue: linesOf(command.below),
    commandLine: commandLine(script, command, values, options),
    pipelinePlace: command.source.pipelinePlace,
  };
}

/** Only the overrides of the job, as `jobAt` gives them: for lists of very many jobs. */
export function overridesAt(script: MultirunScript, index: bigint): readonly string[] {
  const { command, rest } = commandOf(script, index);
  const values = combination(command, rest);
  return command.arguments.axes.map((axis, place) => axis.printed(values[place] ?? 0));
}

function commandOf(
  { commands, count }: MultirunScript,
  index: bigint,
): { readonly command: MultirunCommand; readonly at: number; readonly rest: bigint } {
  let rest = index;
  for (const [at, command] of commands.entries()) {
    if (rest >= 0n && rest < command.count) return { command, at, rest };
    rest -= command.count;
  }
  throw new RangeError(`There is no job ${index}: the jobs are numbered from 0 to ${count - 1n}.`);
}

/** Which value of each axis the combination has. */
function combination({ arguments: { axes, count } }: MultirunCommand, index: bigint): readonly number[] {
  const values = new Array<number>(axes.length);
  if (count <= BigInt(Number.MAX_SAFE_INTEGER)) {
    let rest = Number(index);
    for (let place = axes.length - 1; place >= 0; place--) {
      const size = axes[place]?.count ?? 1;
      values[place] = rest % size;
      rest = Math.floor(rest / size);
    }
    return values;
  }
  let rest = index;
  for (let place = axes.length - 1; place >= 0; place--) {
    const size = BigInt(axes[place]?.count ?? 1);
    values[place] = Number(rest % size);
    rest /= size;
  }
  return values;
}

function commandLine(
  { batch }: MultirunScript,
  { source, arguments: { axes, replaced } }: MultirunCommand,
  values: readonly number[],
  options: CommandLineOptions,
): string {
  const { add = [] } = options;
  const { text } = batch.script;
  const { text: whole, program, simple, rest } = source;
  const given = [
    ...axes.flatMap((axis, place) => (isLeftOut(axis, options) ? [] : [axis.word(values[place] ?? 0)])),
    ...add.map(quoteArgument),
  ];
  if (given.length === 0 && replaced.size === 0) return unixLines(text.slice(...whole));
  const starts = new Set([...replaced].map(([start]) => start));
  const words: string[] = [];
  let place: number | undefined;
  for (const { kind, start, end } of rest) {
    if (kind === 'word' && starts.has(start)) place ??= words.length;
    else words.push(text.slice(start, end));
  }
  // redirections may stay behind: a shell takes them off wherever they stand
  words.splice(place ?? words.length, 0, ...given);
  const line = [text.slice(whole[0], program[1]), ...words].join(' ');
  return unixLines(line + text.slice(simple.span[1], whole[1]));
}

const isLeftOut = ({ key }: CommandAxis, { without }: CommandLineOptions): boolean =>
  key !== undefined && without?.(key) === true;

const unixLines = (text: string): string => text.replaceAll('\r\n', '\n').replace(/\n+$/, '');
