/** The Python commands of a batch script for all features: read when the first of them asks. */
import {
  checkConfigs,
  configOf,
  type AskHydra,
  type CommandConfig,
} from '#core/batch/commands/config-checks.ts';
import {
  readMultirunScript,
  type MultirunCommand,
  type MultirunScript,
  type Program,
} from '#core/batch/commands/read.ts';
import { offsetIn, type ScriptProblemCode } from '#core/batch/problem-list.ts';
import type { BatchScript } from '#core/batch/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Position, Problem } from '#core/text.ts';

const noChoices: ReadonlyMap<string, readonly string[]> = new Map();

/** What only matters when the script is submitted, although nothing in it is wrong. */
const forSubmission: ReadonlySet<string> = new Set(['multirun-no-system', 'multirun-no-command']);

export class ScriptCommands {
  readonly #batch: BatchScript;
  readonly #ask: AskHydra;
  #script: MultirunScript | undefined;
  readonly #takesOverrides = new Map<string, boolean | undefined>();
  readonly #configs = new Map<MultirunCommand, CommandConfig | undefined>();

  constructor(batch: BatchScript, surroundings: Surroundings) {
    this.#batch = batch;
    this.#ask = (program, request) => surroundings.hydraProgram?.(program, request);
  }

  /** Scripts without directives are no batch scripts: nothing is known of their commands. */
  get script(): MultirunScript | undefined {
    if (this.#batch.system === undefined) return undefined;
    return (this.#script ??= readMultirunScript(this.#batch.script.text, {
      batch: this.#batch,
      takesOverrides: (program) => this.#asksOnce(program),
      groupOptions: (program, group) => this.#ask(program, { choices: noChoices })?.config?.groups.get(group),
    }));
  }

  /** Rounds of a loop, and most commands of a script, run one program. */
  #asksOnce(program: Program): boolean | undefined {
    const key = `${program.kind} ${program.name ?? ''}`;
    if (!this.#takesOverrides.has(key))
      this.#takesOverrides.set(key, this.#ask(program, { choices: noChoices })?.takesOverrides);
    return this.#takesOverrides.get(key);
  }

  /** Everything that is wrong with directives and commands, by place. */
  problems(): readonly Problem<ScriptProblemCode>[] {
    const { script } = this;
    if (script === undefined) return this.#batch.problems;
    const certain = script.commands.some(({ arguments: read }) => read.swept && read.certain);
    const refusals = certain ? script.refusals.filter(({ code }) => !forSubmission.has(code)) : [];
    const configs = checkConfigs(script, this.#ask);
    const told = new Set(script.problems.map(keyOf));
    const more = [...refusals.filter((problem) => !told.has(keyOf(problem))), ...configs];
    if (more.length === 0) return script.problems;
    return [...script.problems, ...more].sort(
      ({ range: { start: a } }, { range: { start: b } }) => a.line - b.line || a.character - b.character,
    );
  }

  config(command: MultirunCommand): CommandConfig | undefined {
    if (!this.#configs.has(command)) this.#configs.set(command, configOf(command, this.#ask));
    return this.#configs.get(command);
  }

  /** The command whose arguments hold the position, or would if more were written there. */
  at(position: Position): MultirunCommand | undefined {
    const { text } = this.#batch.script;
    const offset = offsetIn(this.#batch.script, position);
    return this.script?.commands.find(({ source: { program, simple } }) => {
      if (offset <= program[1]) return false;
      return offset <= simple.span[1] || /^[ \t]*$/.test(text.slice(simple.span[1], offset));
    });
  }
}

const keyOf = ({ code, range: { start, end } }: Problem): string =>
  `${code} ${start.line}:${start.character}-${end.line}:${end.character}`;
