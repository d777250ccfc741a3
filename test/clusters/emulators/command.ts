/** What a command of an emulated system is asked and what it answers. */
import type { Job, Scheduler } from './scheduler.ts';

export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined until the command asked for it. */
  readonly stdin: string | undefined;
}

export interface Reply {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `stdin`: the command wants its standard input and is called again with it. */
export type Outcome = Reply | 'stdin';

export type Command = (call: Call, scheduler: Scheduler) => Outcome;

/** One emulated batch system. */
export interface Emulation {
  readonly commands: Readonly<Record<string, Command>>;
  /** What a command does when the server does not answer. */
  readonly unreachable: (program: string) => Reply;
  /** What it does when the connection breaks after the server has done what was asked. */
  readonly cutOff: (program: string) => Reply;
  /** All jobs as the system's own words have them. */
  readonly jobs: (
    scheduler: Scheduler,
  ) => readonly { readonly id: string; readonly name: string; readonly state: string }[];
  /** The numbers and tasks that an id stands for. */
  readonly find: (scheduler: Scheduler, id: string) => readonly Job[];
}

export const said = (stdout: string): Reply => ({ code: 0, stdout, stderr: '' });
export const refused = (code: number, stderr: string): Reply => ({ code, stdout: '', stderr });

/** Options in the manner of getopt(3): letters with a `:` behind them in `letters` take a value. */
export interface Options {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  /** The first option that is none. */
  readonly unknown: string | undefined;
}

export function getopt(args: readonly string[], letters: string): Options {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  let unknown: string | undefined;
  const add = (name: string, value: string): void => {
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word.startsWith('--')) {
      const [name = '', value = ''] = word.split('=', 2);
      add(name, value);
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let place = 1; place < word.length; place++) {
      const letter = word[place] ?? '';
      const known = letter === ':' ? -1 : letters.indexOf(letter);
      if (known < 0) {
        unknown ??= letter;
        break;
      }
      if (letters[known + 1] !== ':') add(letter, '');
      else {
        const glued = word.slice(place + 1);
        add(letter, glued === '' ? (args[++at] ?? '') : glued);
        break;
      }
    }
  }
  return { values, operands, unknown };
}

/** The words behind `mark` in the comments at the beginning of a script, quotes taken off as a shell does. */
export function directiveWords(script: string, mark: string): readonly string[] {
  const words: string[] = [];
  for (const line of script.split('\n')) {
    const text = line.trim();
    if (text.startsWith(mark)) words.push(...shellWords(text.slice(mark.length)));
    else if (text !== '' && !text.startsWith('#')) break;
  }
  return words;
}

function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    if (word.startsWith('#')) break;
    words.push(
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
        (_, double?: string, single?: string, escaped?: string) =>
          double?.replaceAll(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? '',
      ),
    );
  }
  return words;
}

/** `0-9%4`, `1,3,5-7`, `1-9:2`: undefined when it is none of these. */
export function parseRange(
  text: string,
): { readonly indices: readonly number[]; readonly throttle?: number } | undefined {
  const [, list = '', throttle] = /^([^%]+)(?:%(\d+))?$/.exec(text) ?? [];
  const indices: number[] = [];
  for (const part of list.split(',')) {
    const [, first, last, step] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? [];
    if (first === undefined) return undefined;
    for (let index = Number(first); index <= Number(last ?? first); index += Number(step ?? 1))
      indices.push(index);
  }
  return { indices, ...(throttle !== undefined && { throttle: Number(throttle) }) };
}
