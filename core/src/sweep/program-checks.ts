/** Whether the program of a sweep knows the parameters that the sweep gives it. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { OptionType, ProgramOption, ProgramOptions } from '../program/options.ts';
import { pythonStr } from '../python-text.ts';
import type { Problem } from '../text.ts';
import { numberOf, type Value } from '../value.ts';
import type { Entry, SweepDocument } from './document.ts';
import { spanOf, type MapNode, type TreeNode } from './nodes.ts';
import { passingOf, type Passing, type PassingStyle } from './passing.ts';
import type { ProblemCode } from './problem-codes.ts';
import { ProblemList, replacing, type Span, type SpanFix } from './problem-list.ts';
import type { SweepReading } from './read.ts';
import { nearest } from './spelling.ts';
import type { Distribution } from './sweep.ts';

/** Options of more than this length are named in a message without their like. */
const mostNamed = 6;

/**
 * What the program's own text says against a sweep file: warnings and information only, since the text
 * may not tell everything. Sorted by place; lines with `# sweepdeck: ignore` are left out.
 */
export function checkProgram(
  reading: Pick<SweepReading, 'document' | 'sweep'>,
  options: ProgramOptions,
): readonly Problem<ProblemCode>[] {
  const { document } = reading;
  const passing = document.broken ? undefined : passingOf(document);
  if (!passing || options.style === undefined) return [];
  const problems = new ProblemList(document.text);
  new ProgramCheck(reading, options, passing, problems).run();
  return problems.problems(document.lines);
}

/** The option that a parameter of this name reaches. */
export function optionFor(options: ProgramOptions, name: string): ProgramOption | undefined {
  return options.options.find((option) => namesOf(option).includes(name));
}

/** The names of parameters that reach an option; none for one that has only a short spelling. */
export function namesOf({ name, aliases }: ProgramOption): readonly string[] {
  return [name, ...aliases.filter((alias) => alias.startsWith('--')).map((alias) => alias.slice(2))].filter(
    (one) => !one.startsWith('-'),
  );
}

/** Ways of reading the command line that want two hyphens before a name. */
const hyphened: ReadonlySet<string> = new Set<NonNullable<ProgramOptions['style']>>([
  'argparse',
  'click',
  'typer',
  'absl',
  'fire',
]);

/** Whether the style of the command is one that the program reads. */
function arrives(options: ProgramOptions, { style }: Passing): boolean {
  if (options.style === undefined) return false;
  if (hyphened.has(options.style))
    return style === 'equals' || style === 'spaces' || style === 'no-boolean-flags';
  // a configuration is there whatever the arguments are
  if (options.style !== 'hydra') return true;
  return style === 'no-hyphens';
}

class ProgramCheck {
  readonly #document: SweepDocument;
  readonly #sweep: SweepReading['sweep'];
  readonly #options: ProgramOptions;
  readonly #passing: Passing;
  readonly #problems: ProblemList;
  readonly #program: string;

  constructor(
    { document, sweep }: Pick<SweepReading, 'document' | 'sweep'>,
    options: ProgramOptions,
    passing: Passing,
    problems: ProblemList,
  ) {
    this.#document = document;
    this.#sweep = sweep;
    this.#options = options;
    this.#passing = passing;
    this.#problems = problems;
    this.#program = passing.program.split(/[\\/]/).at(-1) ?? passing.program;
  }

  run(): void {
    const top = this.#document.root;
    const map = top && isMap(top) ? this.#document.entry(top, 'parameters')?.value : undefined;
    if (!map || !isMap(map) || !arrives(this.#options, this.#passing)) return;
    const entries = this.#document.entries(map);
    const known = entries.map((entry) => this.#optionOf(entry.name));
    const reached = new Set(known.filter((option) => option !== undefined));
    const mayBeJudged = this.#mayJudgeNames(known);
    for (const [index, entry] of entries.entries()) {
      const option = known[index];
      if (option) this.#checkValues(entry, option);
      else if (mayBeJudged) this.#checkName(entry, entries, reached);
    }
    if (this.#options.closed) this.#checkRequired(map, reached);
  }

  /** What Hydra's groups hold depends on the choice, and so does what an override of the command brings. */
  #mayJudgeNames(known: readonly (ProgramOption | undefined)[]): boolean {
    if (!this.#options.closed) return false;
    if (this.#options.style !== 'hydra') return true;
    const { given, words } = this.#passing;
    const harmless = ['-m', '--multirun'];
    return (
      words.length === 0 &&
      [...given].every((option) => harmless.includes(option)) &&
      !known.some((option) => option?.group)
    );
  }

  #optionOf(name: string): ProgramOption | undefined {
    const exact = optionFor(this.#options, name);
    if (exact) return exact;
    const { style, abbreviations, options } = this.#options;
    if (style === 'hydra') return this.#hydraKey(name);
    if (style === 'fire') return optionFor(this.#options, name.replaceAll('-', '_'));
    if (style === 'absl') return optionFor(this.#options, name.replace(/^no/, ''));
    if (!abbreviations) return undefined;
    return options.find((option) => namesOf(option).some((one) => one.startsWith(name)));
  }

  /** Inside of a value that isn't a map of its own, anything may be; so may be what configures Hydra itself. */
  #hydraKey(name: string): ProgramOption | undefined {
    const { options } = this.#options;
    if (/^[+~]*hydra\b/.test(name) || /^[+~]/.test(name) || name.includes('@')) return anything(name);
    // `opt={'lr': 1}` and the group `opt/sched`
    const holder = options.find(
      (option) =>
        (name.startsWith(`${option.name}.`) &&
          !options.some((one) => one.name.startsWith(`${option.name}.`))) ||
        option.name.startsWith(`${name}.`) ||
        option.name.replaceAll('/', '.') === name,
    );
    return holder && anything(name);
  }

  #checkName(entry: Entry, entries: readonly Entry[], reached: ReadonlySet<ProgramOption>): void {
    const { options, style } = this.#options;
    const isConfig = style === 'wandb-config' || style === 'sweepdeck';
    const free = options
      .filter((option) => !reached.has(option))
      .flatMap(namesOf)
      // the group that a dotted name is in is not what was meant
      .filter((name) => !entry.name.startsWith(`${name}.`));
    const near = nearest(entry.name, free) ?? abbreviated(entry.name, free);
    // a constant that nobody reads may be there for the record
    if (isConfig && near === undefined && this.#isConstant(entry)) return;
    const shown = this.#shown(entry.name);
    const what = isConfig
      ? `${this.#program} never reads a parameter '${entry.name}'.`
      : `${this.#program} has no ${style === 'hydra' ? 'configuration key' : 'option'} ${shown}.`;
    const hint = near === undefined ? this.#listOfOptions() : `Did you mean ${this.#shown(near)}?`;
    this.#problems.add('unknown-option', spanOf(entry.key), `${what} ${hint}`.trim(), {
      fix: near === undefined ? undefined : this.#renaming(entry, near, entries),
    });
  }

  #shown(name: string): string {
    return hyphened.has(this.#options.style ?? '') ? `--${name}` : `'${name}'`;
  }

  #listOfOptions(): string {
    const names = this.#options.options
      .filter((option) => namesOf(option).length > 0)
      .map(({ name }) => this.#shown(name));
    if (names.length === 0) return 'It takes none.';
    if (names.length <= mostNamed) return `It has ${names.join(', ')}.`;
    return `It has ${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more.`;
  }

  #renaming(entry: Entry, name: string, entries: readonly Entry[]): SpanFix | undefined {
    const at = spanOf(entry.key);
    const { text } = this.#document;
    const isPlain = !entry.inherited && text.slice(...at) === entry.name && /^[A-Za-z_][\w.-]*$/.test(name);
    // the command would go on to speak of the old name
    const isUsed = text.includes(`\${${entry.name}}`) || text.includes(`\${${entry.name}.`);
    if (!isPlain || isUsed || entries.some((one) => one.name === name)) return undefined;
    return replacing(`Rename to '${name}'`, at, name);
  }

  #isConstant({ value }: Entry): boolean {
    if (!value || !isMap(value)) return false;
    const names = this.#document.entries(value).map((entry) => entry.name);
    return names.includes('value') && !names.includes('values');
  }

  #checkValues(entry: Entry, option: ProgramOption): void {
    const definition = entry.value;
    if (!definition || !isMap(definition)) return;
    if (option.type === 'flag' && this.#passing.style !== 'no-boolean-flags') {
      const advice =
        'Use ${args_no_boolean_flags} in the command to give it for true and leave it out for false.';
      this.#problems.add(
        'option-type',
        spanOf(entry.key),
        this.#sentence(option, `takes no value. ${advice}`),
      );
      return;
    }
    const wrong = this.#valueNodes(definition).filter((node) => this.#checkValue(node, option));
    if (wrong.length === 0) this.#checkDistribution(entry, option);
  }

  /** Reports a value that the option refuses; whether there was something to say. */
  #checkValue(node: TreeNode, option: ProgramOption): boolean {
    const value = this.#document.value(node);
    const at: Span = isScalar(node) ? spanOf(node) : [node.range[0], node.range[0] + 1];
    if (at[0] === at[1]) return false;
    const refused = refusal(option, value, this.#passing.style);
    if (refused !== undefined) {
      this.#problems.add('option-type', at, this.#sentence(option, refused));
      return true;
    }
    const { choices } = option;
    // what a type of the program's own makes of a text, nobody can compare
    if (!choices || option.type === 'other' || isChoice(option, value)) return false;
    const texts = choices.map(pythonStr);
    const near = typeof value === 'string' ? nearest(value, texts) : undefined;
    const listed = texts.length <= 12 ? texts.join(', ') : `${texts.slice(0, 12).join(', ')}, …`;
    const isPlain = isScalar(node) && this.#document.text.slice(...at) === value;
    this.#problems.add(
      'option-choice',
      at,
      near === undefined
        ? `${this.#shown(option.name)} takes one of: ${listed}.`
        : `${this.#shown(option.name)} does not take '${pythonStr(value)}'. Did you mean '${near}'?`,
      {
        fix:
          near !== undefined && isPlain && /^[A-Za-z][\w-]*$/.test(near)
            ? replacing(`Change to '${near}'`, at, near)
            : undefined,
      },
    );
    return true;
  }

  /** A range of fractions for an option that takes whole numbers. */
  #checkDistribution(entry: Entry, option: ProgramOption): void {
    const parameter = this.#sweep?.parameters.find(({ path }) => path.length === 1 && path[0] === entry.name);
    if (!parameter) return;
    const refused = refusedNumbers(option.type, parameter.distribution);
    if (refused === undefined) return;
    this.#problems.add('option-type', spanOf(entry.key), this.#sentence(option, refused));
  }

  #sentence(option: ProgramOption, rest: string): string {
    return `In ${this.#program}, ${this.#shown(option.name)} ${rest}`;
  }

  /** The nodes of the values that a definition lists. */
  #valueNodes(definition: MapNode): readonly TreeNode[] {
    const list = this.#document.entry(definition, 'values')?.value;
    if (list) return isSeq(list) ? this.#document.items(list).filter((item) => item !== undefined) : [];
    const only = this.#document.entry(definition, 'value')?.value;
    return only ? [only] : [];
  }

  #checkRequired(parameters: MapNode, reached: ReadonlySet<ProgramOption>): void {
    const { given } = this.#passing;
    const missing = this.#options.options.filter((option) => {
      if (!option.required || reached.has(option)) return false;
      const spellings = [option.name.startsWith('-') ? option.name : `--${option.name}`, ...option.aliases];
      const isGiven = [...given].some((one) =>
        spellings.some(
          (spelling) =>
            spelling === one ||
            // `-d5`, and what argparse lets be shortened
            (!spelling.startsWith('--') && one.startsWith(spelling)) ||
            (one.startsWith('--') && spelling.startsWith(one)),
        ),
      );
      return !isGiven;
    });
    if (missing.length === 0) return;
    const top = this.#document.root;
    const program = top && isMap(top) ? this.#document.entry(top, 'program') : undefined;
    const at = program ? program.written : ([parameters.range[0], parameters.range[0] + 1] as const);
    const names = missing.map(({ name }) => (name.startsWith('-') ? name : this.#shown(name))).join(', ');
    this.#problems.add(
      'required-option',
      at,
      `${this.#program} needs ${names}, which neither the parameters nor the command give.`,
    );
  }
}

/** Stands for an option whose values are nobody's business here. */
const anything = (name: string): ProgramOption => ({
  name,
  aliases: [],
  type: 'other',
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
});

/** `lr` for `learning_rate`, and the other way round. */
function abbreviated(word: string, names: readonly string[]): string | undefined {
  const initials = (name: string) =>
    name
      .split(/[-_.]/)
      .map((part) => part.charAt(0))
      .join('')
      .toLowerCase();
  const plain = word.toLowerCase();
  if (plain.length < 2) return undefined;
  return names.find(
    (name) => initials(name) === plain || (name.length >= 2 && initials(word) === name.toLowerCase()),
  );
}

const wholeNumber = /^\s*[-+]?\d+(?:_\d+)*\s*$/;
const anyNumber =
  /^\s*[-+]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)\s*$/i;
const booleanWords: ReadonlySet<string> = new Set('1 0 yes no true false t f y n on off'.split(' '));

/** Why an option refuses, or misunderstands, a value; undefined when it doesn't. */
function refusal({ type }: ProgramOption, value: Value, style: PassingStyle): string | undefined {
  // false is not given at all
  if (style === 'no-boolean-flags' && value === false) return undefined;
  const text = pythonStr(value);
  if (style === 'no-boolean-flags' && value === true && type !== 'flag' && type !== 'other')
    return 'takes a value, and ${args_no_boolean_flags} gives true without one.';
  switch (type) {
    case 'int':
      return wholeNumber.test(text) ? undefined : `takes a whole number, which ${quoted(text)} is not.`;
    case 'float':
      return anyNumber.test(text) ? undefined : `takes a number, which ${quoted(text)} is not.`;
    case 'boolean':
      return booleanWords.has(text.trim().toLowerCase())
        ? undefined
        : `takes true or false, which ${quoted(text)} is not.`;
    case 'truth':
      return value === false
        ? "has the type bool, which takes the text 'False' for true, as every text but the empty one."
        : undefined;
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'takes no value, so it can only be true or false.';
    case 'text':
    case 'other':
      return undefined;
  }
}

const quoted = (text: string): string => (text.length > 40 ? `'${text.slice(0, 39)}…'` : `'${text}'`);

/** The same for the numbers that a distribution gives. */
function refusedNumbers(type: OptionType, distribution: Distribution): string | undefined {
  if (distribution.distribution === 'constant' || distribution.distribution.startsWith('categorical'))
    return undefined;
  if (type === 'flag') return 'takes no value, so it can only be true or false.';
  if (type !== 'int') return undefined;
  const isWhole =
    distribution.distribution === 'int_uniform' || ('integral' in distribution && distribution.integral);
  return isWhole
    ? undefined
    : `takes a whole number, and a ${distribution.distribution} parameter gives fractions.`;
}

/** Whether a value is one of the choices, as the program compares them. */
function isChoice({ type, choices = [], ignoresCase }: ProgramOption, value: Value): boolean {
  if (type === 'int' || type === 'float') {
    const number = numberOf(value) ?? Number(pythonStr(value));
    return choices.some((choice) => numberOf(choice) === number);
  }
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const text = fold(pythonStr(value));
  return choices.some((choice) => fold(pythonStr(choice)) === text);
}
