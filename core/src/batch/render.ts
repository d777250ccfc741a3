/**
 * The script of one job, made from the person's batch script: the first line, the directives, and the part
 * that runs between our wrapper's beginning and end. Text in, text out.
 */
import type { Problem } from '../text.ts';
import { quoteArgument } from './commands/quote.ts';
import { readableLines } from './line-checks.ts';
import { BatchProblems, rangeIn } from './problem-list.ts';
import type { BatchScript } from './read.ts';
import type { Script } from './script.ts';
import type { SubmissionProblemCode } from './submission-problems.ts';
import { detect } from './detect.ts';
import { dialects, type System } from './systems.ts';

/** A `#!` line taken apart, as execve(2) does: at most one argument, which may hold blanks. */
export interface Interpreter {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** Whether it reads the language of POSIX shells. */
  readonly isShell: boolean;
  readonly isBash: boolean;
}

const defaultShell = '/bin/bash';
const shells = /^(?:ba|da|a|k|mk|lk|pdk|z|ya|po)?sh(?:-?\d[\d.]*)?$/;

/** What runs the person's lines; bash without a first line that names something. */
export function interpreterOf(shebang: string | undefined): Interpreter {
  const [, program = '', argument = ''] = /^#![ \t]*(\S*)[ \t]*(.*?)[ \t\r]*$/.exec(shebang ?? '') ?? [];
  if (program === '') return { words: [defaultShell], isShell: true, isBash: true };
  const words = argument === '' ? [program] : [program, argument];
  const name = shellName(words);
  return { words, isShell: shells.test(name), isBash: /^bash(?:-?\d[\d.]*)?$/.test(name) };
}

/** `bash` of `/bin/bash`, `/usr/bin/env bash` and `/usr/bin/env -S bash -l`. */
function shellName([program = '', argument = '']: readonly string[]): string {
  const name = baseName(program);
  if (name !== 'env') return name;
  return baseName(/^(?:-S[ \t]*)?(\S+)/.exec(argument)?.[1] ?? '');
}

const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/**
 * The first line of a script that holds our wrapper: the person's shell when it can read the wrapper, without
 * its arguments. They are for the person's lines, which it runs anew: `-e` or `-x` would change the wrapper.
 */
export function firstLineOf({ words, isShell }: Interpreter): string {
  const [program = '', argument = ''] = words;
  if (!isShell) return '#!/bin/sh';
  if (baseName(program) !== 'env') return `#!${program}`;
  return `#!${program} ${shellName([program, argument])}`;
}

/** Directives for the script of a job. */
export interface Directives {
  /** Lines without their ends, as the person wrote them. */
  readonly lines: readonly string[];
  /** Those that had to give way. */
  readonly problems: readonly Problem<SubmissionProblemCode>[];
}

/** Options whose value becomes a part of ours, by their keys: nobody has to be told of them. */
const heeded: Readonly<Record<System, { readonly name: string; readonly directory: readonly string[] }>> = {
  slurm: { name: 'job-name', directory: ['chdir'] },
  oar: { name: 'name', directory: ['directory'] },
  torque: { name: 'N', directory: ['w', 'd'] },
  pbspro: { name: 'N', directory: [] },
  sge: { name: 'N', directory: ['wd'] },
  moab: { name: 'N', directory: ['d'] },
  lsf: { name: 'J', directory: ['cwd'] },
};
const arrays: Readonly<Record<System, readonly string[]>> = {
  slurm: ['array'],
  oar: ['array', 'array-param-file'],
  torque: ['t'],
  pbspro: ['J'],
  sge: ['t'],
  moab: ['t'],
  lsf: [],
};

/** The directives that a job's script keeps; `keptOf` says what stays of a line beside the system's own ones. */
export function keptDirectives(batch: BatchScript, keptOf: (line: string) => string | undefined): Directives {
  const { script, system, options } = batch;
  if (system === undefined) return { lines: [], problems: [] };
  const problems: Problem<SubmissionProblemCode>[] = [];
  const lines: string[] = [];
  const { name, directory } = heeded[system];
  for (const line of readLines(script, system)) {
    const written = script.text.slice(line.markSpan[0], line.span[1]).trimEnd();
    const kept = keptOf(written);
    if (kept !== undefined) lines.push(kept);
    if (kept === written) continue;
    const given = options.filter(({ directive }) => directive.line === line.line);
    if (given.every(({ spec }) => spec.key === name || directory.includes(spec.key))) continue;
    problems.push({
      code: 'multirun-directive-replaced',
      severity: 'warning',
      message: `Every job gets this of its own: ${written} ${kept === undefined ? 'is left out' : `becomes ${kept}`}.`,
      range: rangeIn(script, [line.markSpan[0], line.span[1]]),
    });
  }
  return { lines, problems };
}

/** Options that make an array of the job: no job of a multirun can be one. */
export function arrayProblems({
  script,
  system,
  options,
}: BatchScript): readonly Problem<SubmissionProblemCode>[] {
  if (system === undefined) return [];
  return options
    .filter(({ spec: { key }, value }) => isArray(system, key, value))
    .map(({ span }) => ({
      code: 'multirun-array',
      severity: 'error',
      message:
        'Each job of a multirun script is a job of its own and cannot be an array. Remove the array, or make its index one of the overrides.',
      range: rangeIn(script, span),
    }));
}

function isArray(system: System, key: string, value: string | undefined): boolean {
  return arrays[system].includes(key) || (system === 'lsf' && key === 'J' && (value?.includes('[') ?? false));
}

function readLines(script: Script, system: System): ReturnType<typeof readableLines> {
  const lines = detect(script)?.lines ?? [];
  return readableLines(script, lines, dialects[system], new BatchProblems(script));
}

/** The job name that the script asks for; the last one counts. */
export function namedIn({ system, options }: BatchScript): string | undefined {
  if (system === undefined) return undefined;
  const name = options.findLast(({ spec }) => spec.key === heeded[system].name)?.value;
  return name === undefined ? undefined : name.replace(/\[.*$/, '');
}

/** The working directory that the script asks for. */
export function directoryIn({ system, options }: BatchScript): string | undefined {
  if (system === undefined) return undefined;
  const keys = heeded[system].directory;
  const value = options.findLast(({ spec }) => keys.includes(spec.key))?.value;
  return value === undefined || value === '' || /[$%~]/.test(value) ? undefined : value;
}

/**
 * A job's native name, `<base>-<tail>`: a letter first, then letters, digits, `_`, `-` and `.`; the base is cut so
 * that it fits. The tail is what tells it from others: a log id and a tag.
 */
export function nativeName(base: string, tail: string, longest: number): string {
  const plain = base
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '');
  const room = Math.max(1, longest - tail.length - 1);
  const cut = (plain === '' ? 'job' : plain).slice(0, room).replace(/[-.]+$/, '');
  return `${cut === '' ? 'j' : cut}-${tail}`;
}

/** What one job runs. */
export interface JobLines {
  readonly shebang: string | undefined;
  /** Absolute path of the directory that the script is submitted from. */
  readonly directory: string;
  readonly preamble: readonly string[];
  readonly commandLine: string;
  /** Which part of its pipeline the Python command is, from 0; undefined when it is in none. */
  readonly pipelinePlace?: number | undefined;
  readonly epilogue: readonly string[];
}

/**
 * The person's part of a job as a script of its own: `cd`, preamble, command, epilogue. The command decides on
 * how it ends, whatever it is piped into and whatever the lines below it do; a failing line below counts when the
 * command worked.
 */
export function renderLines(lines: JobLines): string {
  const { shebang, directory, preamble, commandLine, pipelinePlace, epilogue } = lines;
  const interpreter = interpreterOf(shebang);
  const piped = interpreter.isBash && pipelinePlace !== undefined;
  const followed = epilogue.some((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const keepsCode = interpreter.isShell && (followed || piped);
  const below =
    !keepsCode || !epilogue.some((line) => exits.test(line)) ? epilogue : exiting(lines, interpreter);
  return [
    `#!${interpreter.words.join(' ')}`,
    `cd ${quoteArgument(directory)} || exit 126`,
    ...preamble,
    commandLine,
    // what stands below may look at $? itself
    ...(keepsCode
      ? [`sweepdeck_code=${piped ? `\${PIPESTATUS[${pipelinePlace}]}` : '$?'}; (exit $sweepdeck_code)`]
      : []),
    ...below,
    ...(keepsCode
      ? ['sweepdeck_last=$?; [ "$sweepdeck_code" -eq 0 ] || exit "$sweepdeck_code"; exit "$sweepdeck_last"']
      : []),
    '',
  ].join('\n');
}

const exits = /(?:^|[\s;&|({])exit\b/;
/** Takes the place of the builtin below the command; POSIX mode allows no function of this name. */
const exitKeepingCode = `case :$SHELLOPTS: in *:posix:*) ;; *) eval 'exit() { set -- "\${1-$?}"; [ "$sweepdeck_code" -eq 0 ] || set -- "$sweepdeck_code"; builtin exit "$1"; }' ;; esac; (builtin exit $sweepdeck_code)`;

/** An epilogue that may end the script itself, which must not hide how the command ended. */
function exiting({ epilogue }: JobLines, { isBash }: Interpreter): readonly string[] {
  return isBash ? [exitKeepingCode, ...epilogue] : ['(', ...epilogue, ')'];
}
