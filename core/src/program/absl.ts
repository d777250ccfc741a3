/** Flags of absl, https://abseil.io/docs/python/guides/flags. */
import { importsOf, usesOf } from './imports.ts';
import { isList } from '../value.ts';
import { literalText, literalValue } from './literals.ts';
import { keywordsOf, OptionList } from './option-list.ts';
import type { FoundOptions, OptionType } from './options.ts';
import type { PythonSource } from './source.ts';

/** Functions that define a flag; all take its name, its default, (the choices,) and a help text. */
const definitions: Readonly<Record<string, OptionType>> = {
  DEFINE_bool: 'other',
  DEFINE_boolean: 'other',
  DEFINE_enum: 'text',
  DEFINE_enum_class: 'other',
  DEFINE_float: 'float',
  DEFINE_integer: 'int',
  DEFINE_list: 'other',
  DEFINE_multi_enum: 'other',
  DEFINE_multi_float: 'other',
  DEFINE_multi_integer: 'other',
  DEFINE_multi_string: 'other',
  DEFINE_spaceseplist: 'other',
  DEFINE_string: 'text',
};

/** The flags of a program; undefined when it defines none. Imported modules may define more, so it is never closed. */
export function readAbsl(source: PythonSource): FoundOptions | undefined {
  const imports = importsOf(source);
  if (!imports.some(({ module, member }) => /^absl\b/.test(module) || member === 'flags')) return undefined;
  const list = new OptionList(source);
  for (const [name, type] of Object.entries(definitions)) {
    for (const [from, to] of [
      ...usesOf(source, imports, 'absl.flags', name),
      ...source
        .occurrences(name)
        .filter((at) => source.is(at - 1, '.') && (source.is(at - 2, 'flags') || source.is(at - 2, 'FLAGS')))
        .map((at) => [at, at + 1] as const),
    ]) {
      if (source.is(to, '(')) define(source, list, name, type, to, from);
    }
  }
  return list.options.length === 0 ? undefined : { style: 'absl', options: list.options, closed: false };
}

function define(
  source: PythonSource,
  list: OptionList,
  kind: string,
  type: OptionType,
  open: number,
  from: number,
): void {
  const { named, positional } = keywordsOf(source, open);
  const names = kind.includes('enum') ? ['name', 'default', 'values', 'help'] : ['name', 'default', 'help'];
  const argument = (key: string) => named.get(key) ?? positional[names.indexOf(key)];
  const at = argument('name');
  const name = at && literalText(source, at);
  if (name === undefined) return;
  const help = argument('help');
  const values = kind === 'DEFINE_enum' ? (named.get('enum_values') ?? argument('values')) : undefined;
  const choices = values && literalValue(source, values);
  list.add(name, {
    at: at ?? [from, from + 1],
    type,
    default: argument('default'),
    help: help && literalText(source, help)?.replace(/\s+/g, ' ').trim(),
    choices: choices !== undefined && isList(choices) ? choices : undefined,
    aliases: kind.startsWith('DEFINE_bool') ? [`--no${name}`] : [],
  });
}
