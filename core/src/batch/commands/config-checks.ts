/** Whether the configuration of a program knows what the overrides of a script's commands name. */
import { parseValue } from '../../multirun/parser.ts';
import { isHydraKey, printKey, type Override } from '../../multirun/multirun.ts';
import { Refusal, type Span } from '../../multirun/problems.ts';
import { isSweep, textOf, type OverrideValue } from '../../multirun/values.ts';
import type { ConfigRequest, HydraConfig, HydraProgram } from '../../program/hydra-program.ts';
import type { ProgramOption } from '../../program/options.ts';
import { listed, nearest } from '../../sweep/spelling.ts';
import type { Problem } from '../../text.ts';
import { BatchProblems, replacing, type ScriptProblemCode, type SpanFix } from '../problem-list.ts';
import type { OverrideWord } from './overrides.ts';
import type { Program } from './program.ts';
import type { MultirunCommand, MultirunScript } from './read.ts';
import { sourceOf } from './words.ts';

/** What a program's files say, for a command line; undefined when they can't be read or aren't to be. */
export type AskHydra = (program: Program, request: ConfigRequest) => HydraProgram | undefined;

/** The configuration that a command's program would find, with the groups that the command chooses. */
export interface CommandConfig {
  readonly program: HydraProgram;
  readonly config: HydraConfig;
  readonly byName: ReadonlyMap<string, ProgramOption>;
}

/** Undefined when the program has no configuration that can be read. */
export function configOf(command: MultirunCommand, ask: AskHydra): CommandConfig | undefined {
  const plain = requestOf(command);
  if (plain === undefined) return undefined;
  const before = ask(command.program, plain);
  if (before?.config === undefined) return undefined;
  const { choices, certain } = choicesOf(command, before.config);
  const program = choices.size === 0 ? before : ask(command.program, { ...plain, choices });
  const config = program?.config;
  if (program === undefined || config === undefined) return undefined;
  const elsewhere = command.arguments.flags.some(({ name }) => name === '--config-dir');
  const open = !certain || elsewhere;
  return {
    program,
    config: open ? { ...config, closed: false, certain: config.certain && !elsewhere } : config,
    byName: new Map(config.options.map((option) => [option.name, option])),
  };
}

function requestOf({ arguments: { flags } }: MultirunCommand): ConfigRequest | undefined {
  const value = (flag: string) => flags.findLast(({ name }) => name === flag)?.value;
  const name = value('--config-name');
  const folder = value('--config-path');
  // only known in the job, or another machine's
  if ([name, folder].some((one) => one !== undefined && /[$`*?~]|^\/|^\w+:/.test(one))) return undefined;
  return {
    ...(name !== undefined && { name }),
    ...(folder !== undefined && { folder }),
    choices: new Map(),
  };
}

/** The options of groups that the command line chooses, and whether all of them are known. */
function choicesOf(
  { arguments: { overrides } }: MultirunCommand,
  { groups }: HydraConfig,
): { readonly choices: ConfigRequest['choices']; readonly certain: boolean } {
  const choices = new Map<string, readonly string[]>();
  let certain = true;
  for (const { field, override } of overrides) {
    const path = override?.key.path ?? /^[+~]*([\w/-]+)=/.exec(field.text)?.[1] ?? '';
    const options = groups.get(path);
    if (options === undefined) continue;
    const chosen =
      override && override.key.package === undefined ? textsOf(override.value, options) : undefined;
    if (chosen === undefined || override?.key.prefix === '~') certain = false;
    else
      choices.set(
        path,
        chosen.filter((one) => options.includes(one)),
      );
  }
  return { choices, certain };
}

function textsOf(value: OverrideValue, options: readonly string[]): readonly string[] | undefined {
  if (value.kind === 'glob') return options;
  const texts = (value.kind === 'choice' ? value.items : isSweep(value) ? [undefined] : [value]).map(
    (item) => item && textOf(item),
  );
  const known = texts.filter((text) => text !== undefined);
  return known.length === texts.length ? known : undefined;
}

/** Warnings about keys and options of groups that the configuration doesn't have; each key of a command once. */
export function checkConfigs(script: MultirunScript, ask: AskHydra): readonly Problem<ScriptProblemCode>[] {
  const problems = new BatchProblems<ScriptProblemCode>(script.batch.script);
  const seen = new Set<string>();
  for (const command of script.commands) {
    const overrides = command.arguments.overrides.filter(({ override }) => override !== undefined);
    // rounds of a loop with other values for keys' names are read one by one
    const written = `${command.source.text[0]} ${overrides.map(({ override }) => override && printKey(override.key)).join(' ')}`;
    if (seen.has(written) && overrides.every(({ field }) => field.insertions.length === 0)) continue;
    seen.add(written);
    const found = configOf(command, ask);
    if (found === undefined) continue;
    checkSweeper(command, found, problems);
    const given = new Set(overrides.flatMap(({ override }) => override?.key.path ?? []));
    for (const word of overrides)
      if (word.override) checkWord(script, found, word, word.override, given, problems);
  }
  return problems.problems();
}

/** Values that only the configuration has would be left out of the combinations. */
function checkSweeper(
  { source, arguments: { axes, swept } }: MultirunCommand,
  { program, config }: CommandConfig,
  problems: BatchProblems<ScriptProblemCode>,
): void {
  if (!swept && !program.mlxp) return;
  const left = config.sweptKeys.filter((key) => !axes.some((axis) => axis.key === key));
  if (left.length === 0) return;
  const [key = ''] = left;
  problems.add(
    'multirun-sweeper-params',
    source.program,
    `The configuration gives ${listed(left, 'and')} values of its own, by hydra.sweeper.params, which make no jobs here. Write them on the command line, as in ${key}=1,2.`,
  );
}

function checkWord(
  { batch }: MultirunScript,
  { config, byName, program }: CommandConfig,
  word: OverrideWord,
  override: Override,
  given: ReadonlySet<string>,
  problems: BatchProblems<ScriptProblemCode>,
): void {
  const { key, keySpan } = override;
  const { path, prefix } = key;
  if (isHydraKey(key) || path === 'hydra' || path === '' || key.package !== undefined) return;
  if (program.mlxp && (path === 'mlxp' || path.startsWith('mlxp.'))) return;
  const { text } = batch.script;
  const fixOf = (span: Span, newText: string | undefined): SpanFix | undefined => {
    const at = sourceOf(word.field, span);
    const same = text.slice(...at) === word.field.text.slice(...span);
    return newText === undefined || !same ? undefined : replacing(`Change to '${newText}'`, at, newText);
  };
  const options = config.groups.get(path);
  if (options && config.certain && prefix !== '~') {
    for (const { span, choice } of choicesIn(word.field.text, override)) {
      if (options.includes(choice) || choice.includes('$')) continue;
      const near = nearest(choice, options);
      problems.add(
        'multirun-unknown-choice',
        sourceOf(word.field, span),
        `The group ${path} has no option '${choice}'. ${near === undefined ? listOf(options) : `Did you mean '${near}'?`}`,
        { fix: fixOf(span, near) },
      );
    }
  }
  if (prefix === '+' || prefix === '++' || !config.closed || isKnown(path, byName)) return;
  const nameSpan: Span = [keySpan[0] + prefix.length, keySpan[1]];
  if (options) {
    problems.add(
      'multirun-unknown-key',
      sourceOf(word.field, nameSpan),
      `The configuration does not choose from the group ${path} yet. Add a choice with +${path}=.`,
      { fix: fixOf([nameSpan[0], nameSpan[0] + path.length], `+${path}`) },
    );
    return;
  }
  // neither what holds the key, nor what the command has already
  const free = [...byName.keys()].filter((name) => !path.startsWith(`${name}.`) && !given.has(name));
  const near = nearest(path, free) ?? sameLast(path, free);
  const otherwise = prefix === '~' ? 'There is nothing to remove.' : `Write +${path} to add it.`;
  problems.add(
    'multirun-unknown-key',
    sourceOf(word.field, nameSpan),
    `The configuration of the program has no key '${path}'. ${near === undefined ? otherwise : `Did you mean '${near}'?`}`,
    { fix: fixOf(nameSpan, near) },
  );
}

/** Whether the configuration has the key, something below it, or a value above it that may hold anything. */
function isKnown(path: string, byName: ReadonlyMap<string, ProgramOption>): boolean {
  if (byName.has(path)) return true;
  for (const name of byName.keys())
    if (name.startsWith(`${path}.`) || name.startsWith(`${path}@`)) return true;
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const above = byName.get(path.slice(0, dot));
    if (above && !above.group && holdsAnything(above, byName)) return true;
  }
  return false;
}

/** Lists, nothing yet, or what Hydra puts in later; a plain number or text holds no keys. */
function holdsAnything(
  { name, default: written }: ProgramOption,
  byName: ReadonlyMap<string, ProgramOption>,
): boolean {
  for (const other of byName.keys()) if (other.startsWith(`${name}.`)) return false;
  return written === undefined || written === 'None' || written === '???' || written.includes('${');
}

/** `optimizer.lr` for `lr`: the same last name elsewhere, when there is only one. */
function sameLast(path: string, names: readonly string[]): string | undefined {
  const last = path.slice(path.lastIndexOf('.') + 1);
  const same = names.filter((name) => name.slice(name.lastIndexOf('.') + 1) === last);
  return same.length === 1 ? same[0] : undefined;
}

/** The texts that an override chooses, and where each stands in its word. */
function choicesIn(word: string, { value, valueSpan }: Override): readonly { span: Span; choice: string }[] {
  if (value.kind === 'choice' && !value.simple) {
    // the arguments of a function: each where its text is found next
    let from = valueSpan[0];
    return value.items.flatMap((item) => {
      const choice = textOf(item);
      const at = choice === undefined ? -1 : word.indexOf(choice, from);
      if (choice === undefined || at < 0) return [];
      from = at + choice.length;
      return [{ span: [at, from] as const, choice }];
    });
  }
  try {
    const { parts } = parseValue(word, valueSpan[0], { seed: 0, nextStream: () => 0, warn: () => undefined });
    return parts.flatMap(({ value: part, span }) => {
      const choice = textOf(part);
      return choice === undefined ? [] : [{ span, choice }];
    });
  } catch (error) {
    // what can't be read was told before
    if (error instanceof Refusal) return [];
    throw error;
  }
}

const mostNamed = 8;

const listOf = (options: readonly string[]): string =>
  `It has ${options.slice(0, mostNamed).join(', ')}${options.length > mostNamed ? `, and ${options.length - mostNamed} more` : ''}.`;
