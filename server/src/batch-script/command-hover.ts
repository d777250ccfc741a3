/** What an override of a Python command comes to. */
import { printKey } from '#core/multirun/multirun.ts';
import { isSweep } from '#core/multirun/values.ts';
import { offsetIn, rangeIn } from '#core/batch/problem-list.ts';
import type { MultirunCommand } from '#core/batch/commands/read.ts';
import type { OverrideWord } from '#core/batch/commands/read.ts';
import type { ProgramOption } from '#core/program/options.ts';
import type { Position } from '#core/text.ts';
import type { HoverText } from '../language.ts';
import type { ScriptCommands } from './commands.ts';
import { jobs } from './code-lenses.ts';
import { code, paragraphs } from './wording.ts';

const mostValues = 12;

/** Explains the override at the position: its values as the jobs get them, and what the configuration says of its key. */
export function hoverOverride(commands: ScriptCommands, position: Position): HoverText | undefined {
  const command = commands.at(position);
  const script = commands.script?.batch.script;
  if (command === undefined || script === undefined) return undefined;
  const offset = offsetIn(script, position);
  const word = command.arguments.overrides.find(
    ({ field: { source } }) => source[0] <= offset && offset <= source[1],
  );
  if (word === undefined) return undefined;
  return {
    markdown: paragraphs(...describe(command, word, optionOf(commands, command, word))),
    range: rangeIn(script, word.field.source),
  };
}

function describe(
  command: MultirunCommand,
  { field, override }: OverrideWord,
  option: ProgramOption | undefined,
): readonly (string | undefined)[] {
  if (override === undefined) {
    return field.expansions.length > 0
      ? [`${code(field.text)} · one value that only the shell of the job knows; it stays as it is written.`]
      : [];
  }
  const key = printKey(override.key);
  const axis = command.arguments.axes.find((one) => one.key === key);
  if (axis === undefined) return [];
  const total = command.count;
  const several = isSweep(override.value);
  const title = several
    ? `${code(key)} · ${axis.count === 1 ? '1 value' : `${axis.count.toLocaleString('en-US')} values`}`
    : code(key);
  const shown = Array.from({ length: Math.min(axis.count, mostValues) }, (_, index) => axis.printed(index));
  const more =
    axis.count > mostValues ? `\n… and ${(axis.count - mostValues).toLocaleString('en-US')} more` : '';
  return [
    option?.default === undefined ? title : `${title} · default ${code(option.default)}`,
    several || (shown[0] !== undefined && shown[0] !== field.text)
      ? `Jobs get it as\n\n\`\`\`\n${shown.join('\n')}${more}\n\`\`\``
      : undefined,
    total > 1n ? `The command makes ${jobs(total)}.` : undefined,
    option?.file === undefined ? undefined : `*${option.file}, line ${option.range.start.line + 1}*`,
  ];
}

function optionOf(
  commands: ScriptCommands,
  command: MultirunCommand,
  { override }: OverrideWord,
): ProgramOption | undefined {
  return override && commands.config(command)?.byName.get(override.key.path);
}
