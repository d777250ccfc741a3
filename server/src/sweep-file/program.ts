/** What the program of a sweep file adds to its features: problems, hover texts, names of parameters. */
import type { ProgramOption, ProgramOptions } from '#core/program/options.ts';
import { passingOf } from '#core/sweep/passing.ts';
import { checkProgram, namesOf, optionFor } from '#core/sweep/program-checks.ts';
import type { SweepReading } from '#core/sweep/read.ts';
import { valueToYaml } from '#core/sweep/print.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Problem } from '#core/text.ts';
import { stringifyValue, type Value } from '#core/value.ts';
import { escaped, paragraphs } from './documentation.ts';

/** A parameter that the program takes and the file doesn't have. */
export interface OptionName {
  readonly name: string;
  readonly option: ProgramOption;
  /** Its type and default, in a few words. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
}

/** A reading with the surroundings in which it was made, as every analysis of a sweep file is. */
export type ReadInPlace = Pick<SweepReading, 'document' | 'sweep'> & { readonly surroundings: Surroundings };

/** The options of the program that the file runs; undefined when there is no such program, or it isn't read. */
export function programOf({
  document,
  surroundings,
}: ReadInPlace): { readonly name: string; readonly options: ProgramOptions } | undefined {
  const passing = surroundings.programOptions && passingOf(document);
  if (!passing) return undefined;
  const options = surroundings.programOptions?.(passing.program);
  if (options?.style === undefined) return undefined;
  return { name: passing.program, options };
}

/** What the program says against the parameters. */
export function programProblems(reading: ReadInPlace): readonly Problem[] {
  const program = programOf(reading);
  return program ? checkProgram(reading, program.options) : [];
}

/** Two lists of problems as one, by place. */
export function merged(a: readonly Problem[], b: readonly Problem[]): readonly Problem[] {
  if (b.length === 0) return a;
  return [...a, ...b].sort(
    (one, other) =>
      one.range.start.line - other.range.start.line ||
      one.range.start.character - other.range.start.character,
  );
}

/** What the program says of the option that a parameter reaches, as Markdown; undefined where it says nothing. */
export function optionText(reading: ReadInPlace, parameter: readonly string[]): string | undefined {
  const program = programOf(reading);
  if (!program) return undefined;
  const { options, name } = program;
  const option = optionFor(options, parameter.join('.'));
  return option && describeOption(option, name, options);
}

/**
 * The parameters that a program takes beside those named `present`, in the order of the program. `file` is
 * the program as the sweep file names it; nothing of the sweep file itself is read.
 */
export function optionNames(
  surroundings: Surroundings,
  file: string | undefined,
  present: ReadonlySet<string>,
): readonly OptionName[] {
  const options = file === undefined ? undefined : surroundings.programOptions?.(file);
  if (file === undefined || options === undefined) return [];
  return options.options.flatMap((option) => {
    const names = namesOf(option);
    const [name] = names;
    if (name === undefined || names.some((one) => present.has(one))) return [];
    return [{ name, option, detail: detailOf(option), documentation: describeOption(option, file, options) }];
  });
}

/** Values to begin with for a parameter that reaches the option, as YAML. */
export function firstValues({ choices, type, default: written }: ProgramOption): string {
  if (choices && choices.length > 0) return choices.map(valueToYaml).join(', ');
  if (type === 'flag' || type === 'truth' || type === 'boolean') return 'true, false';
  return written !== undefined && plainNumber.test(written) ? written : '';
}

/** Written alike in Python, YAML 1.1 and YAML 1.2. */
const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

const typeWords: Readonly<Record<ProgramOption['type'], string>> = {
  int: 'whole number',
  float: 'number',
  text: 'text',
  truth: 'bool',
  boolean: 'true or false',
  flag: 'flag',
  other: '',
};

function detailOf(option: ProgramOption): string {
  const word = option.choices ? 'choice' : option.group ? 'group' : typeWords[option.type];
  return [word, option.default === undefined ? '' : `default ${option.default}`]
    .filter((part) => part !== '')
    .join(', ');
}

function describeOption(option: ProgramOption, program: string, { style }: ProgramOptions): string {
  const isConfig = style === 'hydra' || style === 'wandb-config' || style === 'sweepdeck';
  const shown = isConfig || option.name.startsWith('-') ? option.name : `--${option.name}`;
  const spellings = [shown, ...option.aliases].map(code).join(', ');
  const line = option.range.start.line + 1;
  const facts = [
    option.choices ? `one of ${listOf(option.choices)}` : typeWords[option.type],
    option.default === undefined ? '' : `default ${code(option.default)}`,
    option.required ? 'required' : '',
  ].filter((fact) => fact !== '');
  return paragraphs(
    `${spellings}${facts.length > 0 ? ` · ${facts.join(' · ')}` : ''}`,
    option.help &&
      escaped(option.help.replaceAll('%(default)s', option.default ?? 'None').replaceAll('%%', '%')),
    `*${escaped(option.file ?? program)}, line ${line}*`,
  );
}

function listOf(values: readonly Value[]): string {
  const shown = values
    .slice(0, 12)
    .map((value) => code(typeof value === 'string' ? value : stringifyValue(value)));
  return values.length > 12 ? `${shown.join(', ')}, …` : shown.join(', ');
}

/** Text from the program in a span of code, whatever backticks it holds. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
