/** Options of click, https://click.palletsprojects.com/en/stable/options/. */
import { isList, type Value } from '../value.ts';
import { decoratedFunctions, isBystander, type Decorator } from './decorators.ts';
import { importsOf, usesOf, type Import } from './imports.ts';
import { literalText, literalValue } from './literals.ts';
import { keywordsOf, keywordText, keywordValue, OptionList, type Keywords } from './option-list.ts';
import type { FoundOptions, OptionType } from './options.ts';
import type { PythonSource, Stretch } from './source.ts';
import { isReferenced } from './uses.ts';

const modules = ['click', 'rich_click', 'asyncclick'];

/** What a decorator of click does to the options of a command. */
const known: ReadonlySet<string> = new Set(
  'option argument version_option help_option pass_context pass_obj confirmation_option password_option'.split(
    ' ',
  ),
);

const types: Readonly<Record<string, OptionType>> = {
  int: 'int',
  float: 'float',
  str: 'text',
  bool: 'boolean',
  INT: 'int',
  FLOAT: 'float',
  STRING: 'text',
  BOOL: 'boolean',
  IntRange: 'int',
  FloatRange: 'float',
};

/** Entries of `context_settings` that let unknown options pass, or change how options are called. */
const harmlessSettings: ReadonlySet<string> = new Set([
  'help_option_names',
  'max_content_width',
  'terminal_width',
  'show_default',
  'auto_envvar_prefix',
  'color',
]);

/** The options of a program that uses click; undefined for another. */
export function readClick(source: PythonSource): FoundOptions | undefined {
  const imports = importsOf(source).filter(({ module }) => modules.includes(module));
  if (imports.length === 0) return undefined;
  const reader = new ClickReader(source, imports);
  return reader.read();
}

class ClickReader {
  readonly #source: PythonSource;
  readonly #imports: readonly Import[];
  readonly #list: OptionList;
  #closed = true;
  #commands = 0;

  constructor(source: PythonSource, imports: readonly Import[]) {
    this.#source = source;
    this.#imports = imports;
    this.#list = new OptionList(source);
  }

  read(): FoundOptions | undefined {
    const source = this.#source;
    for (const { definition, decorators } of decoratedFunctions(source)) {
      if (!decorators.some((one) => this.#makesCommand(one))) continue;
      this.#commands++;
      for (const one of decorators) this.#decorator(one);
      // a command of a group is run by the group
      const isMain = decorators.some(
        (one) => this.#isClick(one, one.path.at(-1) ?? '') && this.#makesCommand(one),
      );
      if (isMain && !isReferenced(source, definition)) this.#closed = false;
    }
    if (this.#commands === 0) return undefined;
    const isOnly = this.#commands === 1;
    const options = modules.flatMap((module) => usesOf(source, this.#imports, module, 'option'));
    for (const [, to] of options) {
      if (source.is(to, '(')) this.#option(to, isOnly);
      else this.#closed = false;
    }
    return { style: 'click', options: this.#list.options, closed: this.#closed };
  }

  #isClick({ path }: Decorator, member: string): boolean {
    const [first, second] = path;
    return this.#imports.some(
      ({ name, member: imported }) =>
        name === first &&
        (imported === undefined
          ? second === member && path.length === 2
          : imported === member && path.length === 1),
    );
  }

  #makesCommand(decorator: Decorator): boolean {
    const last = decorator.path.at(-1);
    if (last !== 'command' && last !== 'group') return false;
    return this.#isClick(decorator, last) || decorator.path.length === 2;
  }

  #decorator(decorator: Decorator): void {
    const { path, open } = decorator;
    const last = path.at(-1) ?? '';
    if (this.#makesCommand(decorator)) {
      if (open !== undefined) this.#command(keywordsOf(this.#source, open));
    } else if (!(known.has(last) && this.#isClick(decorator, last)) && !isBystander(decorator)) {
      // a decorator of somebody's own may add options
      this.#closed = false;
    }
  }

  #command({ named, open }: Keywords): void {
    const source = this.#source;
    if (open || named.has('cls') || named.has('params')) this.#closed = false;
    const settings = named.get('context_settings');
    if (!settings) return;
    const value = literalValue(source, settings);
    const isHarmless =
      value !== undefined &&
      value !== null &&
      typeof value === 'object' &&
      Object.keys(value).every((key) => harmlessSettings.has(key));
    const isDict = source.is(settings[0], 'dict') && source.is(settings[0] + 1, '(');
    const named2 = isDict ? keywordsOf(source, settings[0] + 1) : undefined;
    const isHarmlessDict =
      named2 !== undefined &&
      !named2.open &&
      [...named2.named.keys()].every((key) => harmlessSettings.has(key));
    if (!isHarmless && !isHarmlessDict) this.#closed = false;
  }

  #option(open: number, isOnly: boolean): void {
    const source = this.#source;
    const keywords = keywordsOf(source, open);
    const declarations = keywords.positional.map((stretch) => literalText(source, stretch));
    if (declarations.includes(undefined) || declarations.length === 0 || keywords.named.has('cls')) {
      this.#closed = false;
    }
    const main = declarations.find((one) => one?.trim().startsWith('--'));
    const at = keywords.positional[declarations.indexOf(main)];
    const sides = declarations.filter((one) => one?.trim().startsWith('-') === true);
    const spellings = sides
      .flatMap((one) => (one ?? '').split('/').map((side) => side.trim()))
      .filter((one) => one !== '');
    const [first] = spellings;
    if (first === undefined) return;
    const canonical = spellings.find((one) => one.startsWith('--')) ?? first;
    const isFlag =
      sides.some((one) => one?.includes('/') === true) ||
      keywordValue(source, keywords, 'is_flag') === true ||
      keywordValue(source, keywords, 'count') === true ||
      keywords.named.has('flag_value');
    const mayBeFlag =
      keywords.named.has('is_flag') && keywordValue(source, keywords, 'is_flag') === undefined;
    const choice = choicesOf(source, keywords.named.get('type'));
    this.#list.add(canonical.replace(/^--/, ''), {
      at: at ?? keywords.positional[0] ?? [open, open + 1],
      aliases: spellings.filter((one) => one !== canonical),
      type: keywords.open || mayBeFlag ? 'other' : isFlag ? 'flag' : typeOf(source, keywords),
      default: keywords.named.get('default'),
      help: keywordText(source, keywords, 'help'),
      choices: keywords.open ? undefined : choice?.values,
      ignoresCase: choice?.ignoresCase === true,
      required: isOnly && !keywords.open && this.#isRequired(keywords),
    });
  }

  #isRequired(keywords: Keywords): boolean {
    const mayComeElse = ['envvar', 'prompt', 'callback', 'default'].some((name) => keywords.named.has(name));
    return keywordValue(this.#source, keywords, 'required') === true && !mayComeElse;
  }
}

/** The type that is said, else that of the default, which click goes by as well. */
function typeOf(source: PythonSource, keywords: Keywords): OptionType {
  const nargs = keywords.named.get('nargs');
  if (nargs && literalValue(source, nargs) !== 1) return 'other';
  const type = keywords.named.get('type');
  if (!type) {
    const value = keywords.named.get('default');
    if (keywords.named.has('multiple') || keywords.named.has('callback')) return 'other';
    return value ? typeOfDefault(source, value) : 'text';
  }
  const path = source.pathEndingAt(type[1] - 1);
  const last = source.is(type[1] - 1, ')')
    ? calledName(source, type)
    : path?.from === type[0]
      ? path.path.at(-1)
      : undefined;
  if (last === 'Choice') return 'text';
  return last !== undefined && Object.hasOwn(types, last) ? (types[last] ?? 'other') : 'other';
}

function calledName(source: PythonSource, [from, to]: Stretch): string | undefined {
  const open = source.partner(to - 1);
  const path = source.pathEndingAt(open - 1);
  return path?.from === from ? path.path.at(-1) : undefined;
}

/** The type of option that a default makes where no other is said. */
export function typeOfDefault(source: PythonSource, stretch: Stretch): OptionType {
  const value = literalValue(source, stretch);
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    case 'object':
      return value === null ? 'text' : !isList(value) && 'value' in value ? 'float' : 'other';
    case 'undefined':
    case 'symbol':
    case 'function':
      return 'other';
  }
}

function choicesOf(
  source: PythonSource,
  type: Stretch | undefined,
): { readonly values: readonly Value[]; readonly ignoresCase: boolean } | undefined {
  if (!type || !source.is(type[1] - 1, ')') || calledName(source, type) !== 'Choice') return undefined;
  const keywords = keywordsOf(source, source.partner(type[1] - 1));
  const list = keywords.positional[0] ?? keywords.named.get('choices');
  const values = list && literalValue(source, list);
  if (values === undefined || !isList(values)) return undefined;
  const sensitive = keywords.named.get('case_sensitive') ?? keywords.positional[1];
  return { values, ignoresCase: sensitive !== undefined && literalValue(source, sensitive) !== true };
}
