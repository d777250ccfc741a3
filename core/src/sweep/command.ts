/**
 * Command items: literal text and macros, and the argument list that they expand to for one job.
 * Nothing here is quoted for a shell; every result is one argument.
 */
import { pythonJson, pythonStr } from '../python-text.ts';
import { isMap, type Parameters, type Value } from '../value.ts';
import type { CommandItem } from './sweep.ts';

/** A command that can't be expanded for this job; the message is a sentence for the person who launched it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface CommandContext {
  readonly program: string | undefined;
  readonly interpreter: string;
  readonly platform: 'posix' | 'windows';
  readonly parameters: Parameters;
  readonly sweepId: string;
  readonly runId: string;
  /** Path of the job's directory. */
  readonly jobDirectory: string;
  /** Path of the file that holds `args_json`; whoever runs the job writes it when it is used. */
  readonly argsJsonFile: string;
  /** The value of an environment variable where the job will run. */
  readonly environment: (name: string) => string | undefined;
}

export interface CommandExpansion {
  readonly argv: readonly string[];
  readonly usesArgsJsonFile: boolean;
}

/** A part of an item before it has a place in a file: offsets count from the item's text. */
export type RawPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'macro'; readonly name: string; readonly start: number; readonly end: number };

/** Splits an item at its macros; `$${` is a literal `${`. */
export function parseCommandItem(item: string): readonly RawPart[] {
  const parts: RawPart[] = [];
  let text = '';
  let last = 0;
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  for (const match of item.matchAll(/\$\$\{|\$\{([^{}]*)\}/g)) {
    const [whole, name] = match;
    text += item.slice(last, match.index);
    last = match.index + whole.length;
    if (name === undefined) {
      text += '${';
      continue;
    }
    flush();
    parts.push({ kind: 'macro', name, start: match.index, end: last });
  }
  text += item.slice(last);
  flush();
  return parts;
}

/** What a macro is replaced by when it is a whole item, and inside a longer one where that is allowed. */
interface Macro {
  readonly whole: (context: CommandContext) => readonly string[];
  /** Whether it stands for exactly one text, so that it may be part of a longer item. */
  readonly inText: boolean;
  /** Whether it passes every parameter as an argument of its own. */
  readonly passes?: 'parameters' | 'json';
  readonly hydra?: true;
}

const perParameter =
  (render: (name: string, value: Value) => readonly string[]) => (context: CommandContext) =>
    Object.entries(context.parameters).flatMap(([name, value]) => render(name, value));

const oneText = (text: (context: CommandContext) => string): Macro => ({
  whole: (context) => [text(context)],
  inText: true,
});

/** Every macro but `${envvar:NAME}` and parameter names. */
export const macros: Readonly<Record<string, Macro>> = {
  env: { whole: ({ platform }) => (platform === 'windows' ? [] : ['/usr/bin/env']), inText: false },
  interpreter: oneText((context) => context.interpreter),
  program: oneText((context) => {
    if (context.program === undefined) {
      throw new CommandError(
        'The command uses ${program}, but the sweep names no program. Add a line such as "program: train.py".',
      );
    }
    return context.program;
  }),
  args: {
    whole: perParameter((name, value) => [`--${name}=${pythonStr(value)}`]),
    inText: false,
    passes: 'parameters',
  },
  args_no_equals: {
    whole: perParameter((name, value) => [`--${name}`, pythonStr(value)]),
    inText: false,
    passes: 'parameters',
  },
  args_no_hyphens: {
    whole: perParameter((name, value) => [`${name}=${pythonStr(value)}`]),
    inText: false,
    passes: 'parameters',
  },
  args_no_boolean_flags: {
    whole: perParameter((name, value) => {
      if (typeof value === 'boolean') return value ? [`--${name}`] : [];
      return [`--${name}=${pythonStr(value)}`];
    }),
    inText: false,
    passes: 'parameters',
  },
  args_append_hydra: {
    whole: perParameter((name, value) => [`+${name}=${pythonStr(value)}`]),
    inText: false,
    passes: 'parameters',
    hydra: true,
  },
  args_override_hydra: {
    whole: perParameter((name, value) => [`++${name}=${pythonStr(value)}`]),
    inText: false,
    passes: 'parameters',
    hydra: true,
  },
  args_json: { ...oneText((context) => pythonJson(context.parameters)), passes: 'json' },
  args_json_file: oneText((context) => context.argsJsonFile),
  sweep_id: oneText((context) => context.sweepId),
  run_id: oneText((context) => context.runId),
  job_dir: oneText((context) => context.jobDirectory),
};

export function macroNamed(name: string): Macro | undefined {
  return Object.hasOwn(macros, name) ? macros[name] : undefined;
}

/** The variable of `envvar:NAME`; undefined for any other macro. */
export function environmentVariableOf(name: string): string | undefined {
  return /^envvar:([A-Za-z_][A-Za-z0-9_]*)$/.exec(name)?.[1];
}

/** What runs when a sweep has no `command`. */
export const defaultCommand: readonly string[] = ['${env}', '${interpreter}', '${program}', '${args}'];

/**
 * The argument list of one job. An empty command is the default one.
 * @throws CommandError when a macro can't be expanded: no program, an unset environment variable, a
 *   parameter that this job doesn't have, a character that no argument can hold.
 */
export function expandCommand(command: readonly CommandItem[], context: CommandContext): CommandExpansion {
  const items: readonly { readonly parts: readonly ExpandedPart[] }[] =
    command.length > 0 ? command : defaultCommand.map((item) => ({ parts: parseCommandItem(item) }));
  const argv = items.flatMap(({ parts }) => expandItem(parts, context));
  const unfit = argv.find((argument) => argument.includes('\0'));
  if (unfit !== undefined) {
    const name = unfit.slice(0, 40).replaceAll('\0', '\\0');
    throw new CommandError(
      `The argument ${JSON.stringify(name)} contains a NUL character, which no program can be given. Use \${args_json_file} to pass such a value.`,
    );
  }
  if (argv.length === 0)
    throw new CommandError('The command is empty for this job: there is no program to run.');
  const usesArgsJsonFile = items.some(({ parts }) =>
    parts.some((part) => part.kind === 'macro' && part.name === 'args_json_file'),
  );
  return { argv, usesArgsJsonFile };
}

type ExpandedPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'macro'; readonly name: string };

function expandItem(parts: readonly ExpandedPart[], context: CommandContext): readonly string[] {
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'macro') {
    return macroNamed(first.name)?.whole(context) ?? [textOf(first.name, context)];
  }
  return [parts.map((part) => (part.kind === 'text' ? part.text : textOf(part.name, context))).join('')];
}

/** The one text that a macro stands for. */
function textOf(name: string, context: CommandContext): string {
  const macro = macroNamed(name);
  if (macro) {
    if (!macro.inText)
      throw new CommandError(
        `\${${name}} stands for several arguments, so it has to be a command item of its own.`,
      );
    return macro.whole(context).join('');
  }
  const variable = environmentVariableOf(name);
  if (variable !== undefined) {
    const value = context.environment(variable);
    if (value === undefined) {
      throw new CommandError(
        `The command uses \${${name}}, but the environment variable ${variable} is not set.`,
      );
    }
    return value;
  }
  const value = parameterAt(context.parameters, name);
  if (value === undefined)
    throw new CommandError(
      `The command uses \${${name}}, which is neither a macro nor a parameter of this job.`,
    );
  return pythonStr(value);
}

/** The parameter at a dotted path. A name may itself contain dots, so the longest name wins at each level. */
function parameterAt(parameters: Parameters, path: string): Value | undefined {
  if (Object.hasOwn(parameters, path)) return parameters[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    const inner = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (inner === undefined || !isMap(inner)) continue;
    const found = parameterAt(inner, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
