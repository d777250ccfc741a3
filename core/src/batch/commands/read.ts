/**
 * Batch scripts whose Python commands carry Hydra overrides with several values: what jobs they make. The
 * script is read, never run.
 *
 * `readMultirunScript` reads the script, `jobAt` gives one job by its number. Every job runs one Python
 * command of the script with one combination of its overrides, between the ordinary lines of the script.
 */
import type { Problem } from '../../text.ts';
import type { BatchSurroundings } from '../job-checks.ts';
import { BatchProblems, type ScriptProblemCode } from '../problem-list.ts';
import { readBatchScript, type BatchScript } from '../read.ts';
import type { Script, Span } from '../script.ts';
import type { System } from '../systems.ts';
import { itemsOf, type CommandSource, type Item } from './items.ts';
import {
  readCommandArguments,
  unreadableArguments,
  type CommandArguments,
  type CommandOptions,
  type ProblemSinks,
} from './overrides.ts';
import { assignsIn, isSweptOverride, isSweptValue, writtenValue } from './assignments.ts';
import type { Program } from './program.ts';
import { quoteArgument } from './quote.ts';
import { literalField, noVariables, type Variables } from './words.ts';

export type { CommandOptions, OverrideWord } from './overrides.ts';
export type { Program } from './program.ts';

/** A loop's variable with one of its values. */
export interface Binding {
  readonly variable: string;
  readonly value: string;
}

/** Lines that several commands share: those of `text` stand behind those of `before`. */
export interface LineChain {
  readonly before: LineChain | undefined;
  readonly text: string;
  /** The variable of a loop to which it gives its value. */
  readonly binds?: string;
}

/** One Python command; of a command in a literal loop there is one for each round. */
export interface MultirunCommand {
  readonly source: CommandSource;
  readonly program: Program;
  /** The loops around it, the outermost first. */
  readonly bindings: readonly Binding[];
  readonly arguments: CommandArguments;
  /** How many jobs it makes; 0 when an override has an error or no values. */
  readonly count: bigint;
  /** Ordinary lines of the script above it, assignments of loop variables among them; see `linesOf`. */
  readonly above: LineChain | undefined;
  /** Ordinary lines below the last command. */
  readonly below: LineChain | undefined;
}

export interface MultirunScript {
  /** The script's directives and what they ask for. */
  readonly batch: BatchScript;
  /** Undefined: the script has no directives. */
  readonly system: System | undefined;
  /** The first line when it names an interpreter, as in `#!/bin/bash -l`. */
  readonly shebang: string | undefined;
  /** In the order of the script, loops unrolled. */
  readonly commands: readonly MultirunCommand[];
  /** The jobs of all commands together. */
  readonly count: bigint;
  /** Whether any command makes more than the one job that the script itself would be. */
  readonly isMultirun: boolean;
  /** Everything that is wrong with directives and commands, by place: what an editor shows. */
  readonly problems: readonly Problem<ScriptProblemCode>[];
  /**
   * Errors that keep the script from being submitted as jobs of its own and don't matter otherwise: no
   * directives, no command, a loop around a command that takes no overrides...
   */
  readonly refusals: readonly Problem<ScriptProblemCode>[];
}

export interface MultirunOptions extends CommandOptions {
  readonly surroundings?: BatchSurroundings;
  /** The script's directives when they have been read already. */
  readonly batch?: BatchScript;
}

/** More commands than this after unrolling are no script that somebody wrote. */
const mostCommands = 10_000;

/** Reads any text; never throws. */
export function readMultirunScript(text: string, options: MultirunOptions = {}): MultirunScript {
  const batch = options.batch ?? readBatchScript(text, options.surroundings ?? {});
  const { script, system } = batch;
  const problems = new BatchProblems<ScriptProblemCode>(script);
  const refusals = new BatchProblems<ScriptProblemCode>(script);
  const { items, obstacles, unclosed } = itemsOf(script);
  const unroller = new Unroller(script, options, { problems, refusals }, unclosed?.[0]);
  const commands = unroller.commands(items);
  const first = commands[0]?.source.statement;
  for (const { code, at, message, commands: held } of obstacles) {
    const swept = held.some((command) => unroller.isSwept(command));
    (swept ? problems : refusals).add(code, at, message);
  }
  const start: Span = first ?? [0, script.starts[1] === undefined ? text.length : script.starts[1] - 1];
  if (unroller.overflowed) {
    const message = `The loops of this script make more than ${mostCommands} commands.`;
    refusals.add('multirun-too-many-commands', start, message);
  }
  if (unclosed) {
    const opened: Span = [unclosed[0], unclosed[0] + 1];
    if (commands.some(({ source }) => holds(source, unclosed[0])))
      problems.add('unclosed-quote', opened, 'What is opened here is never closed.');
    else refusals.add('multirun-unreadable', opened, 'What is opened here is never closed.');
  }
  if (commands.length === 0 && obstacles.length === 0) {
    const message = 'There is no Python command in this script that could be a job.';
    refusals.add('multirun-no-command', start, message);
  }
  if (system === undefined) {
    const message =
      'The script has no directives, so it does not say for which batch system it is. Add some, such as #SBATCH --time=1:00:00, or choose a queue.';
    refusals.add('multirun-no-system', start, message);
  }
  return {
    batch,
    system,
    shebang: script.shebang && text.slice(...script.shebang),
    commands,
    count: commands.reduce((sum, { count }) => sum + count, 0n),
    isMultirun: commands.length > 1 || commands.some(({ arguments: { swept } }) => swept),
    problems: merged(batch.problems, distinct(problems.problems())),
    refusals: distinct(refusals.problems()),
  };
}

/** Everything that keeps the script from being submitted, by place. */
export const blockers = ({ problems, refusals }: MultirunScript): readonly Problem<ScriptProblemCode>[] =>
  merged(
    problems.filter(({ severity }) => severity === 'error'),
    refusals,
  );

/** Turns items into commands, each literal loop round by round. */
class Unroller {
  overflowed = false;
  readonly #script: Script;
  readonly #options: MultirunOptions;
  readonly #sinks: ProblemSinks;
  /** Where a quote begins that is never closed: what is behind it can't be read. */
  readonly #unclosed: number | undefined;
  readonly #commands: MultirunCommand[] = [];
  /** By variable and text. */
  readonly #assigned = new Map<string, Map<string, boolean>>();

  constructor(script: Script, options: MultirunOptions, sinks: ProblemSinks, unclosed: number | undefined) {
    this.#script = script;
    this.#options = options;
    this.#sinks = sinks;
    this.#unclosed = unclosed;
  }

  commands(items: readonly Item[]): readonly MultirunCommand[] {
    this.#unroll(items, [], undefined, undefined);
    return this.#commands;
  }

  /** Whether a command that can't become jobs would have been several. */
  isSwept(command: CommandSource): boolean {
    const scratch = new BatchProblems<ScriptProblemCode>(this.#script);
    return this.#arguments(command, noVariables, { problems: scratch, refusals: scratch }).swept;
  }

  #unroll(
    items: readonly Item[],
    bindings: readonly Binding[],
    above: LineChain | undefined,
    below: LineChain | undefined,
  ): void {
    const last = items.findLastIndex(({ kind }) => kind !== 'lines');
    // what is below stands behind the lines below the last command of a round
    const rest = items.slice(last + 1).flatMap((item) => (item.kind === 'lines' ? [item.text] : []));
    const epilogue = joined([...rest, ...textsOf(below)]);
    let preamble = above;
    for (const item of items.slice(0, last + 1)) {
      switch (item.kind) {
        case 'lines':
          preamble = { before: preamble, text: item.text };
          break;
        case 'command':
          this.#add(item.command, bindings, preamble, epilogue);
          break;
        case 'loop': {
          const { variable, values, items: body, end } = item.loop;
          const assignmentOf = (value: string): LineChain => ({
            before: preamble,
            text: `${variable}=${quoteArgument(value)}`,
            binds: variable,
          });
          for (const value of values) {
            if (this.overflowed) return;
            this.#unroll(body, [...bindings, { variable, value }], assignmentOf(value), epilogue);
          }
          // a loop leaves its last value behind
          const last = values.at(-1);
          if (last !== undefined && isReadIn(this.#script.text.slice(end), variable))
            preamble = assignmentOf(last);
          break;
        }
      }
    }
  }

  #add(
    source: CommandSource,
    bindings: readonly Binding[],
    above: LineChain | undefined,
    below: LineChain | undefined,
  ): void {
    if (this.#commands.length >= mostCommands) {
      this.overflowed = true;
      return;
    }
    const variables = new Map(
      bindings
        .filter(({ variable }) => !this.#isAssigned(variable, source, above))
        .map(({ variable, value }) => [variable, value]),
    );
    const program = this.#program(source, variables);
    const read = this.#arguments(source, variables, this.#sinks);
    this.#checkVariables(source, read, above);
    this.#commands.push({ source, program, bindings, arguments: read, count: read.count, above, below });
  }

  /** Whether something in the loop's body gives its variable another value: then only the job's shell knows it. */
  #isAssigned(variable: string, source: CommandSource, above: LineChain | undefined): boolean {
    if (this.#assigns(this.#before(source), variable)) return true;
    for (let link = above; link; link = link.before) {
      if (link.binds === variable) return false;
      if (link.binds === undefined && this.#assigns(link.text, variable)) return true;
    }
    return false;
  }

  /** Rounds of loops, and commands below each other, ask for the same again. */
  #assigns(text: string, variable: string): boolean {
    const known = this.#assigned.get(variable) ?? new Map<string, boolean>();
    this.#assigned.set(variable, known);
    const found = known.get(text) ?? assignsIn(text, variable);
    known.set(text, found);
    return found;
  }

  /** What stands before the program in the command's statement. */
  #before = ({ statement, interpreter }: CommandSource): string =>
    this.#script.text.slice(statement[0], interpreter[0]);

  /** Variables that the script itself gives several values: a job's shell would hand on all of them at once. */
  #checkVariables(source: CommandSource, read: CommandArguments, above: LineChain | undefined): void {
    for (const { field } of read.overrides) {
      for (const { kind, source: at } of field.expansions) {
        const written = this.#script.text.slice(...at);
        const [, name] =
          kind === 'variable' ? (/^\$\{?([A-Za-z_]\w*)(?:\[[@*]\])?\}?$/.exec(written) ?? []) : [];
        const value = name === undefined ? undefined : this.#valueOf(name, source, above);
        if (value === undefined || !(isSweptValue(value) || value.split(/\s+/).some(isSweptOverride)))
          continue;
        const message = `The script sets ${name ?? ''} to several values, ${value}, and each job would get all of them. Write them in the override itself.`;
        this.#sinks.problems.add('multirun-shell-expansion', at, message);
      }
    }
  }

  /** The text that was assigned to a variable last, when it is written out. */
  #valueOf(name: string, source: CommandSource, above: LineChain | undefined): string | undefined {
    if (!this.#assigns(this.#script.text, name)) return undefined;
    let text = this.#before(source);
    for (let link = above; ; link = link.before) {
      if (this.#assigns(text, name)) return writtenValue(text, name);
      if (link === undefined) return undefined;
      text = link.text;
    }
  }

  #program({ found, program }: CommandSource, variables: Variables): Program {
    const { name, kind } = found.program;
    return { kind, name: name ?? literalField(this.#script.text, program, variables)?.text };
  }

  #arguments(source: CommandSource, variables: Variables, sinks: ProblemSinks): CommandArguments {
    const unclosed = this.#unclosed;
    if (unclosed !== undefined && holds(source, unclosed)) return unreadableArguments;
    const words = source.rest
      .filter(({ kind }) => kind === 'word')
      .map(({ start, end }): Span => [start, end]);
    const { text } = this.#script;
    return readCommandArguments(
      text,
      this.#program(source, variables),
      words,
      variables,
      this.#options,
      sinks,
    );
  }
}

/** Whether the lines use the variable before another loop gives it its values. */
function isReadIn(text: string, variable: string): boolean {
  const [here = ''] = text.split(new RegExp(String.raw`\bfor[ \t]+${variable}\b`), 1);
  return new RegExp(String.raw`\$\{?${variable}(?!\w)`).test(here);
}

const holds = ({ program, simple }: CommandSource, offset: number): boolean =>
  program[1] <= offset && offset < simple.span[1];

const joined = (texts: readonly string[]): LineChain | undefined =>
  texts.reduce<LineChain | undefined>((before, text) => ({ before, text }), undefined);

function textsOf(chain: LineChain | undefined): readonly string[] {
  const texts: string[] = [];
  for (let link = chain; link; link = link.before) texts.push(link.text);
  return texts.reverse();
}

/** The lines of a chain in their order. */
export const linesOf = (chain: LineChain | undefined): readonly string[] =>
  textsOf(chain).flatMap((text) => text.split(/\r?\n/));

/** Rounds of a loop find the same again. */
function distinct(problems: readonly Problem<ScriptProblemCode>[]): readonly Problem<ScriptProblemCode>[] {
  const seen = new Set<string>();
  return problems.filter(({ code, range: { start, end }, message }) => {
    const key = `${code} ${start.line}:${start.character}-${end.line}:${end.character} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function merged(
  a: readonly Problem<ScriptProblemCode>[],
  b: readonly Problem<ScriptProblemCode>[],
): readonly Problem<ScriptProblemCode>[] {
  if (b.length === 0) return a;
  return [...a, ...b].sort(
    ({ range: { start: one } }, { range: { start: other } }) =>
      one.line - other.line || one.character - other.character,
  );
}
