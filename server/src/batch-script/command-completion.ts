/** Keys of the program's configuration, and options of its groups, behind a Python command. */
import type { MultirunCommand } from '#core/batch/commands/read.ts';
import { offsetIn, positionIn } from '#core/batch/problem-list.ts';
import type { ProgramOption } from '#core/program/options.ts';
import type { Position } from '#core/text.ts';
import type { Completion } from '../language.ts';
import type { ScriptCommands } from './commands.ts';
import { code, paragraphs } from './wording.ts';

/**
 * What may stand at the caret among the arguments of a command; undefined where the caret is in none, or
 * nothing is known of its program. Never a key that the command has already.
 */
export function completeOverride(
  commands: ScriptCommands,
  position: Position,
): readonly Completion[] | undefined {
  const command = commands.at(position);
  const script = commands.script?.batch.script;
  if (command === undefined || script === undefined) return undefined;
  const found = commands.config(command);
  if (found === undefined || found.program.takesOverrides === false) return undefined;
  const caret = offsetIn(script, position);
  const { text } = script;
  const start = Math.max(
    command.source.program[1],
    caret - (/[^\s'"|;&<>()]*$/.exec(text.slice(0, caret))?.[0].length ?? 0),
  );
  const end = caret + (/^[^\s'"|;&<>()]*/.exec(text.slice(caret))?.[0].length ?? 0);
  const typed = text.slice(start, caret);
  // a shell expands what stands there before anybody else sees it
  if (/[$`\\*]/.test(typed) || typed.startsWith('-')) return [];
  const at = (from: number, to: number) => ({
    start: positionIn(script, from),
    end: positionIn(script, to),
  });
  const equals = typed.indexOf('=');
  if (equals >= 0) {
    const key = typed.slice(0, equals).replace(/^\+\+?/, '');
    const from = start + Math.max(equals, typed.lastIndexOf(',')) + 1;
    const comma = text.slice(caret, end).indexOf(',');
    const to = comma < 0 ? end : caret + comma;
    const chosen = new Set(text.slice(start + equals + 1, end).split(','));
    chosen.delete(text.slice(from, to));
    return (found.config.groups.get(key) ?? [])
      .filter((option) => !chosen.has(option))
      .map((option) => ({
        label: option,
        kind: 'value',
        detail: key,
        edit: { range: at(from, to), newText: option },
      }));
  }
  const prefix = /^(?:\+\+?|~)?/.exec(typed)?.[0] ?? '';
  const stop = text.slice(caret, end).indexOf('=');
  const range = at(start + prefix.length, stop < 0 ? end : caret + stop);
  const joint = stop >= 0 || prefix === '~' ? '' : '=';
  const present = presentKeys(command, start);
  const add = (name: string, more: Partial<Completion>): Completion => ({
    label: name,
    kind: 'parameter',
    ...more,
    edit: { range, newText: name + joint },
    ...(joint !== '' && { continues: true as const }),
  });
  if (prefix.startsWith('+')) {
    return [...found.config.groups.keys()]
      .filter((group) => !found.byName.has(group) && !present.has(group))
      .map((group) => add(group, { detail: 'group', kind: 'key' }));
  }
  const parents = parentsOf(found.config.options);
  return found.config.options
    .filter(({ name, group }) => !present.has(name) && (group === true || !parents.has(name)))
    .map((option) => add(option.name, describe(option)));
}

function describe(option: ProgramOption): Partial<Completion> {
  const { default: written, file, group, range } = option;
  const detail = [group ? 'group' : '', written === undefined ? '' : `default ${written}`].filter(
    (part) => part !== '',
  );
  return {
    kind: group ? 'key' : 'parameter',
    ...(detail.length > 0 && { detail: detail.join(', ') }),
    documentation: paragraphs(
      `${code(option.name)}${written === undefined ? '' : ` · default ${code(written)}`}`,
      file === undefined ? undefined : `*${file}, line ${range.start.line + 1}*`,
    ),
  };
}

/** Keys that hold others: a value for them would replace all of those. */
function parentsOf(options: readonly ProgramOption[]): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const { name } of options) {
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1))
      parents.add(name.slice(0, dot));
  }
  return parents;
}

/** Keys of the command's other overrides. */
const presentKeys = ({ arguments: { overrides } }: MultirunCommand, start: number): ReadonlySet<string> =>
  new Set(
    overrides.flatMap(({ override, field }) =>
      override === undefined || field.source[0] === start ? [] : [override.key.path],
    ),
  );
