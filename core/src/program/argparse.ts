/** Options of argparse, https://docs.python.org/3/library/argparse.html. */
import type { Value } from '../value.ts';
import { isList, isMap } from '../value.ts';
import { importsOf, usesOf } from './imports.ts';
import { literalText, literalValue } from './literals.ts';
import { keywordsOf, keywordText, keywordValue, lastName, OptionList, type Keywords } from './option-list.ts';
import type { FoundOptions, OptionType } from './options.ts';
import type { PythonSource, Stretch } from './source.ts';
import { followed, type Tracking } from './tracking.ts';
import { bracketOf, isReferenced, useOf, type Use } from './uses.ts';

/** What a method of a parser, of a group or of subparsers means here. */
const methods: Readonly<Record<string, 'fine' | 'parser' | 'option' | 'parses' | 'open'>> = {
  add_argument: 'option',
  add_argument_group: 'parser',
  add_mutually_exclusive_group: 'parser',
  add_subparsers: 'parser',
  add_parser: 'parser',
  parse_args: 'parses',
  parse_intermixed_args: 'parses',
  parse_known_args: 'open',
  parse_known_intermixed_args: 'open',
  set_defaults: 'fine',
  get_default: 'fine',
  print_help: 'fine',
  print_usage: 'fine',
  format_help: 'fine',
  format_usage: 'fine',
  error: 'fine',
  exit: 'fine',
};

/** Attributes that may be read or set without a change to the options. */
const harmless: ReadonlySet<string> = new Set([
  'prog',
  'usage',
  'description',
  'epilog',
  'title',
  'required',
]);

/** Arguments of `ArgumentParser(…)` and `add_parser(…)` that leave the options what they are. */
const harmlessKeywords: ReadonlySet<string> = new Set(
  'prog usage description epilog parents formatter_class add_help allow_abbrev exit_on_error conflict_handler argument_default help title dest metavar required aliases suggest_on_error color deprecated'.split(
    ' ',
  ),
);

const types: Readonly<Record<string, OptionType>> = {
  int: 'int',
  float: 'float',
  str: 'text',
  bool: 'truth',
};

/** What an action takes from the command line. */
const actions: Readonly<Record<string, 'value' | 'flag' | 'none'>> = {
  store: 'value',
  append: 'value',
  extend: 'value',
  store_true: 'flag',
  store_false: 'flag',
  store_const: 'flag',
  append_const: 'flag',
  count: 'flag',
  BooleanOptionalAction: 'flag',
  help: 'none',
  version: 'none',
};

/** Calls that are given a parser, and leave it as it is. */
const bystanders: ReadonlySet<string> = new Set(['print', 'isinstance', 'type', 'id', 'autocomplete']);

/** The options of a program that uses argparse; undefined for another. */
export function readArgparse(source: PythonSource): FoundOptions | undefined {
  const imports = importsOf(source);
  const classes = usesOf(source, imports, 'argparse', 'ArgumentParser');
  const adds = source.occurrences('add_argument').filter((at) => source.is(at - 1, '.'));
  if (classes.length === 0 && adds.length === 0) return undefined;
  if (classes.length === 0 && !imports.some(({ module }) => module.split('.')[0] === 'argparse'))
    return undefined;
  return new ArgparseReader(source, classes).read(adds);
}

class ArgparseReader implements Tracking {
  readonly #source: PythonSource;
  readonly #list: OptionList;
  readonly #classes: readonly Stretch[];
  readonly #defaults: ReadonlyMap<string, Stretch>;
  /** Where `parse_args` of a parser that is followed is called. */
  readonly #parses: number[] = [];
  #closed = true;
  #abbreviations = true;
  #parsers = 0;
  #hasSubparsers = false;

  constructor(source: PythonSource, classes: readonly Stretch[]) {
    this.#source = source;
    this.#classes = classes;
    this.#list = new OptionList(source);
    this.#defaults = laterDefaults(source);
  }

  read(adds: readonly number[]): FoundOptions {
    const seeds = this.#classes.flatMap((stretch) => this.#construction(stretch));
    const known = followed(this.#source, seeds, this);
    const mayRequire = this.#parsers === 1 && !this.#hasSubparsers;
    for (const at of adds) {
      if (this.#source.is(at + 1, '(')) this.#option(at + 1, mayRequire);
      else this.#shorthand(at, mayRequire);
    }
    if (argumentsAreTouched(this.#source)) this.#closed = false;
    return {
      style: 'argparse',
      options: this.#list.options,
      closed: known && this.#closed && this.#parses.length > 0,
      abbreviations: this.#abbreviations,
    };
  }

  /** A use of the class: usually the making of a parser. */
  #construction([from, to]: Stretch): readonly Stretch[] {
    const source = this.#source;
    if (source.is(to, '(')) {
      // `class Parser(ArgumentParser)` is not a call
      const close = source.partner(to);
      if (bracketOf(source, to) !== 'call' || close < 0) {
        this.#closed = false;
        return [];
      }
      this.#parsers++;
      this.#checkParser(to);
      return [[from, close + 1]];
    }
    if (this.#isAnnotation(from)) return this.#annotated(from);
    this.#closed = false;
    return [];
  }

  #isAnnotation(from: number): boolean {
    const source = this.#source;
    if (source.is(from - 1, '->')) return true;
    return source.is(from - 1, ':') && source.isName(from - 2);
  }

  /** `def add(parser: ArgumentParser)`: a parser by its annotation. */
  #annotated(from: number): readonly Stretch[] {
    const source = this.#source;
    const open = source.enclosing(from);
    if (!source.is(from - 1, ':') || open < 0 || bracketOf(source, open) !== 'parameters') return [];
    return source.variables(source.nameAt(from - 2) ?? '').map((at) => [at, at + 1] as const);
  }

  #checkParser(open: number): void {
    const source = this.#source;
    const keywords = keywordsOf(source, open);
    if (keywords.open) this.#closed = false;
    for (const name of keywords.named.keys()) if (!harmlessKeywords.has(name)) this.#closed = false;
    if (keywordValue(source, keywords, 'allow_abbrev') === false) this.#abbreviations = false;
    const parents = keywords.named.get('parents');
    if (!parents) return;
    // parents that are made elsewhere bring options that can't be seen
    const [first, end] = parents;
    const isList = (source.is(first, '[') || source.is(first, '(')) && source.partner(first) === end - 1;
    if (!isList) this.#closed = false;
    this.#parsers++;
  }

  attribute(use: Use & { kind: 'attribute' }, from: number): Stretch | 'escape' | undefined {
    const source = this.#source;
    const open = use.at + 1;
    const close = source.is(open, '(') ? source.partner(open) : -1;
    if (close < 0) {
      if (harmless.has(use.name)) return undefined;
      // `add = parser.add_argument` is looked at where options are read
      return use.name === 'add_argument' || (use.name === 'formatter_class' && source.is(open, '='))
        ? undefined
        : 'escape';
    }
    const meaning = Object.hasOwn(methods, use.name) ? methods[use.name] : undefined;
    switch (meaning) {
      case 'fine':
      case 'option':
        return undefined;
      case 'parser':
        this.#hasSubparsers ||= use.name === 'add_subparsers';
        if (use.name === 'add_parser' || use.name === 'add_subparsers') this.#checkParser(open);
        return [from, close + 1];
      case 'parses':
        return this.#parse(use.at, open);
      case 'open':
      case undefined:
        return 'escape';
    }
  }

  item(): boolean {
    return false;
  }

  argument(use: Use & { kind: 'argument' }): boolean {
    return bystanders.has(this.#source.nameAt(use.open - 1) ?? '');
  }

  /** `parents=[parser]` */
  other([from]: Stretch): boolean {
    const open = this.#source.enclosing(from);
    return (
      (this.#source.is(open, '[') || this.#source.is(open, '(')) &&
      this.#source.is(open - 1, '=') &&
      this.#source.is(open - 2, 'parents')
    );
  }

  /** Only what reads the command line, and is certain to be reached, refuses unknown options. */
  #parse(at: number, open: number): 'escape' | undefined {
    const source = this.#source;
    const line = source.lineOf(at);
    const name = source.functionAround(line);
    if (name !== undefined && !isReferenced(source, { name })) return undefined;
    const { named, positional, open: unpacked } = keywordsOf(source, open);
    const given = positional[0] ?? named.get('args');
    if (unpacked || (given && !this.#isCommandLine(given, line))) return 'escape';
    // a program that goes on when its arguments are refused
    for (const { from } of source.blocks(line)) if (source.is(from, 'try')) return 'escape';
    this.#parses.push(at);
    return undefined;
  }

  #isCommandLine([from, to]: Stretch, line: number): boolean {
    const source = this.#source;
    if (to - from === 1) {
      const name = source.nameAt(from);
      if (name === undefined) return false;
      if (name === 'None') return true;
      return this.#isParameter(name, line);
    }
    return /^(?:sys\.)?argv\s*\[\s*1\s*:\s*\]$/.test(source.written([from, to]));
  }

  /** `def main(argv=None): … parse_args(argv)`, and nothing else is ever called that. */
  #isParameter(name: string, line: number): boolean {
    const source = this.#source;
    for (const { from } of source.blocks(line)) {
      const definition = source.functionAt(source.lineOf(from));
      const parameter = definition?.parameters.find((one) => one.name === name && one.star === '');
      if (!definition) continue;
      if (!parameter) return false;
      const isNone = parameter.default !== undefined && source.written(parameter.default) === 'None';
      const calls = source.variables(definition.name).filter((at) => !source.is(at - 1, 'def'));
      const callsAreEmpty = calls.every((at) => {
        if (!source.is(at + 1, '(')) return false;
        const inside = source.written([at + 2, source.partner(at + 1)]).replace(/\s/g, '');
        return inside === '' ? isNone : inside === 'sys.argv[1:]' || inside === 'argv[1:]';
      });
      const assigned = source
        .variables(name)
        .some(
          (at) => source.is(at + 1, '=') && source.enclosing(at) < 0 && source.lineOf(at) > definition.line,
        );
      return callsAreEmpty && !assigned;
    }
    return false;
  }

  /** `add = parser.add_argument`, then `add('--lr')`. */
  #shorthand(at: number, mayRequire: boolean): void {
    const source = this.#source;
    const path = source.pathEndingAt(at);
    const use = path ? useOf(source, [path.from, at + 1]) : undefined;
    const [target, ...more] = use?.kind === 'assigned' ? use.targets : [];
    const name = target && target[1] - target[0] === 1 ? source.nameAt(target[0]) : undefined;
    if (name === undefined || more.length > 0) {
      this.#closed = false;
      return;
    }
    for (const index of source.variables(name)) {
      if (source.is(index + 1, '(')) this.#option(index + 1, mayRequire);
      else if (!source.is(index + 1, '=')) this.#closed = false;
    }
  }

  #option(open: number, mayRequire: boolean): void {
    const source = this.#source;
    const keywords = keywordsOf(source, open);
    const spellings = keywords.positional.map((stretch) => literalText(source, stretch));
    const known = spellings.filter((spelling) => spelling !== undefined);
    // without a name it is a positional one, by `dest`
    if (known.length < spellings.length || (keywords.open && known.length === 0)) {
      this.#closed = false;
      if (known.length === 0) return;
    }
    const options = known.filter((spelling) => spelling.startsWith('-'));
    if (options.length === 0) {
      this.#positional(keywords);
      return;
    }
    const kind = this.#kind(keywords);
    if (kind === 'none') return;
    const main = options.find((spelling) => spelling.startsWith('--')) ?? options[0] ?? '';
    const name = main.replace(/^--/, '');
    const aliases = options.filter((spelling) => spelling !== main);
    if (lastName(source, keywords.named.get('action')) === 'BooleanOptionalAction')
      aliases.push(...options.filter((one) => one.startsWith('--')).map((one) => `--no-${one.slice(2)}`));
    const dest = keywordText(source, keywords, 'dest') ?? name.replace(/^-+/, '').replaceAll('-', '_');
    this.#list.add(name, {
      at: keywords.positional[spellings.indexOf(main)] ?? [open, open + 1],
      aliases,
      type: keywords.open || kind === 'unknown' ? 'other' : kind === 'flag' ? 'flag' : this.#type(keywords),
      default: this.#defaults.get(dest) ?? keywords.named.get('default'),
      help: keywordText(source, keywords, 'help'),
      choices: keywords.open ? undefined : this.#choices(keywords),
      required: mayRequire && keywordValue(source, keywords, 'required') === true && this.#isCertain(open),
    });
  }

  /** What is left over of a command line may be anything. */
  #positional(keywords: Keywords): void {
    const nargs = keywords.named.get('nargs');
    if (!nargs) return;
    const value = literalValue(this.#source, nargs);
    const isCounted = typeof value === 'number' || value === '?' || value === '*' || value === '+';
    if (!isCounted) this.#closed = false;
  }

  #kind(keywords: Keywords): 'value' | 'flag' | 'none' | 'unknown' {
    const action = keywords.named.get('action');
    if (!action) return 'value';
    const name = literalText(this.#source, action) ?? lastName(this.#source, action);
    return name !== undefined && Object.hasOwn(actions, name) ? (actions[name] ?? 'unknown') : 'unknown';
  }

  #type(keywords: Keywords): OptionType {
    const source = this.#source;
    const nargs = keywords.named.get('nargs');
    // not exactly one text at a time
    if (nargs && literalText(source, nargs) !== '+') return 'other';
    const type = keywords.named.get('type');
    if (!type) return 'text';
    if (type[1] - type[0] > 1) return 'other';
    const name = source.nameAt(type[0]) ?? '';
    const isBuiltIn = Object.hasOwn(types, name) && source.functionsNamed(name).length === 0;
    return isBuiltIn ? (types[name] ?? 'other') : 'other';
  }

  #choices(keywords: Keywords): readonly Value[] | undefined {
    const value = keywordValue(this.#source, keywords, 'choices');
    if (value === undefined || value === null) return undefined;
    if (isList(value)) return value;
    if (isMap(value)) return Object.keys(value);
    return undefined;
  }

  /** Whether this is declared whatever happens: not in a branch, not in a function of its own. */
  #isCertain(at: number): boolean {
    const source = this.#source;
    for (const { from } of source.blocks(source.lineOf(at))) {
      const head = source.tokens[from]?.text ?? '';
      if (!['def', 'class', 'async', 'with'].includes(head) && !isMainGuard(source, from)) return false;
    }
    const name = source.functionAround(source.lineOf(at));
    return name === undefined || isReferenced(source, { name });
  }
}

function isMainGuard(source: PythonSource, from: number): boolean {
  return source.is(from, 'if') && source.is(from + 1, '__name__');
}

/** `parser.set_defaults(lr=0.1)` counts more than what the option says. */
function laterDefaults(source: PythonSource): ReadonlyMap<string, Stretch> {
  const defaults = new Map<string, Stretch>();
  for (const at of source.occurrences('set_defaults')) {
    if (!source.is(at - 1, '.') || !source.is(at + 1, '(')) continue;
    for (const [name, value] of keywordsOf(source, at + 1).named) defaults.set(name, value);
  }
  return defaults;
}

/** Whether the program does more with its arguments than to parse and print them. */
function argumentsAreTouched(source: PythonSource): boolean {
  return source.occurrences('argv').some((at) => {
    const line = source.lines[source.lineOf(at)];
    if (line && (source.is(line.from, 'from') || source.is(line.from, 'import'))) return false;
    if (source.is(at + 1, '[')) {
      const inside = source.written([at + 2, source.partner(at + 1)]).replace(/\s/g, '');
      if (source.is(source.partner(at + 1) + 1, '=')) return true;
      return inside !== '0' && inside !== '1:' && inside !== ':';
    }
    const open = source.enclosing(at);
    const callee = open >= 0 ? source.nameAt(open - 1) : undefined;
    if (callee !== undefined && ['join', 'print', 'len', 'list', 'str'].includes(callee)) return false;
    // a parameter of that name is looked at where it is parsed
    return source.is(at - 1, '.');
  });
}
