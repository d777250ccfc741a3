/** Which program a command runs in Python, behind variables of its own and the launchers that start it. */
import type { Span } from '../script.ts';
import { launchers, noOptions, type Launcher } from './launchers.ts';
import { fieldsOf, noVariables } from './words.ts';

/** A program by its file, or by the module that `-m` names; undefined where only the job's shell knows it. */
export interface Program {
  readonly kind: 'file' | 'module';
  readonly name: string | undefined;
}

export interface FoundProgram {
  readonly program: Program;
  /** Which word is the interpreter, or the launcher that starts Python itself. */
  readonly interpreter: number;
  /** Which word names the program. */
  readonly word: number;
}

/** Start a Python program themselves; it is the first of their words that ends in `.py`, or a module. */
const runners: Readonly<Record<string, readonly string[]>> = {
  torchrun: [],
  deepspeed: [],
  accelerate: ['launch'],
};
const runnerModules: ReadonlySet<string> = new Set([
  ...['torch.distributed.run', 'torch.distributed.launch', 'accelerate.commands.launch'],
  ...['deepspeed.launcher.runner', 'pdb', 'ipdb', 'cProfile', 'profile', 'debugpy', 'coverage', 'kernprof'],
  ...['line_profiler', 'memory_profiler', 'viztracer', 'scalene', 'pyinstrument', 'trace'],
]);
/** Modules and files that prepare an environment: run in the job like any other line. */
const tools: ReadonlySet<string> = new Set([
  ...[
    'pip',
    'venv',
    'virtualenv',
    'ensurepip',
    'site',
    'sysconfig',
    'compileall',
    'zipfile',
    'tarfile',
    'json.tool',
  ],
  ...[
    'http.server',
    'platform',
    'timeit',
    'ipykernel',
    'nltk.downloader',
    'spacy',
    'torch.utils.collect_env',
    'pytest',
  ],
  ...['setup.py'],
]);

const interpreterName = /^python(?:[23](?:\.\d+)?)?t?$/;
/** Options of the interpreter with a value: in the same word, or the next one. */
const withValue = /[WXQ]/;

/** Words can only be a Python command when one of them holds one of these. */
const telltale = /python|torchrun|deepspeed|accelerate|\.py\b|(?<=[ \t])-m(?=[ \t])|(?<=[ \t])--module\b/;

/** Where a text may hold Python commands: the offsets of words that no such command is without. */
export const mentionsOfPython = (text: string): readonly number[] =>
  Array.from(text.matchAll(new RegExp(telltale, 'g')), ({ index }) => index);

/** Whether a text may hold Python commands at all: for a quick no. */
export const mayRunPython = (text: string): boolean => telltale.test(text);

/** The Python program that a command with these words runs; undefined when it runs none, or one that only prepares. */
export function findProgram(text: string, words: readonly Span[]): FoundProgram | undefined {
  const texts = new ProgramWords(text, words);
  let at = 0;
  while (isAssignment(texts.written(at))) at++;
  for (;;) {
    const name = baseName(texts.at(at));
    if (interpreterName.test(name)) return behindInterpreter(texts, at);
    const runner = Object.hasOwn(runners, name) ? runners[name] : undefined;
    if (runner) return startedBy(texts, at, runner.includes(texts.at(at + 1)) ? at + 2 : at + 1);
    const launcher = Object.hasOwn(launchers, name) ? launchers[name] : inVariable(texts, at);
    if (launcher === 'interpreter') return behindInterpreter(texts, at);
    if (!launcher) return undefined;
    const next = behindLauncher(texts, at + 1, launcher);
    if (next === undefined) return undefined;
    if (launcher.runsPython) {
      const word = texts.at(next);
      if (modular.has(word)) return foundAt(texts, at, next + 1, 'module');
      if (word.endsWith('.py')) return foundAt(texts, at, next, 'file');
    }
    at = next;
  }
}

const modular: ReadonlySet<string> = new Set(['-m', '--module']);

/**
 * What a word is that is one variable, such as `$PYTHON` or `$LAUNCH`: what stands behind it tells. Undefined when
 * that is no Python program.
 */
function inVariable(words: ProgramWords, at: number): Launcher | 'interpreter' | undefined {
  const [, bare, braced] = /^"?\$(?:(\w+)|\{(\w+)[^}]*\})"?$/.exec(words.written(at)) ?? [];
  const name = bare ?? braced;
  if (name === undefined) return undefined;
  const found = behindInterpreter(words, at);
  const program = found === undefined ? '' : words.at(found.word);
  if (found?.program.kind === 'module' || program.endsWith('.py')) {
    const isInterpreter = /py/i.test(name) || words.some((found?.word ?? at) + 1, isOverride);
    return isInterpreter ? 'interpreter' : undefined;
  }
  const next = behindLauncher(words, at + 1, noOptions);
  if (next === undefined) return undefined;
  return startsProgram(words.at(next)) || inVariable(words, next) !== undefined ? noOptions : undefined;
}

const isOverride = (word: string): boolean => /^(?:\+\+?|~)?[A-Za-z_$][\w$./@]*=/.test(word);

/** Whether a word is a Python interpreter, starts Python itself, or is a Python file. */
export function namesPython(word: string): boolean {
  const name = baseName(word);
  return interpreterName.test(name) || Object.hasOwn(runners, name) || name.endsWith('.py');
}

/** The words without their quotes, each read when it is asked for. */
class ProgramWords {
  readonly #text: string;
  readonly #words: readonly Span[];
  readonly #read: (string | undefined)[] = [];

  constructor(text: string, words: readonly Span[]) {
    this.#text = text;
    this.#words = words;
  }

  get length(): number {
    return this.#words.length;
  }

  some(from: number, is: (word: string) => boolean): boolean {
    for (let at = from; at < this.length; at++) if (is(this.at(at))) return true;
    return false;
  }

  /** Expansions stand in it as they are written; empty beyond the last word. */
  at(index: number): string {
    const word = this.#words[index];
    if (word === undefined) return '';
    return (this.#read[index] ??= fieldsOf(this.#text, word, noVariables)[0]?.text ?? '');
  }

  written(index: number): string {
    const word = this.#words[index];
    return word === undefined ? '' : this.#text.slice(...word);
  }

  /** The text where no shell would put in another one. */
  literal(index: number): string | undefined {
    const word = this.#words[index];
    const [field] = word ? fieldsOf(this.#text, word, noVariables) : [];
    return field?.expansions.length === 0 ? field.text : undefined;
  }
}

const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*\+?=/.test(word);
const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

const startsProgram = (word: string): boolean => {
  const name = baseName(word);
  return interpreterName.test(name) || Object.hasOwn(runners, name) || Object.hasOwn(launchers, name);
};

/** Where the launcher's own program begins. */
function behindLauncher(words: ProgramWords, from: number, launcher: Launcher): number | undefined {
  let at = from;
  let verbs = launcher.verbs?.length ? 1 : 0;
  let free = launcher.words ?? 0;
  while (at < words.length) {
    const word = words.at(at);
    if (word === '--') {
      at++;
      if (free === 0) return at;
    } else if (launcher.runsPython && modular.has(word)) return at;
    else if (word.startsWith('-') && word !== '-') {
      at += 1 + valuesOf(launcher, word, words.at(at + 1));
    } else if (launcher.assigns && isAssignment(word)) at++;
    else if (verbs > 0 && launcher.verbs?.includes(word)) {
      verbs--;
      at++;
    } else if (free > 0) {
      free--;
      at++;
    } else return at;
  }
  return undefined;
}

/** How many words behind an option are its values. */
function valuesOf({ values, flags = [] }: Launcher, option: string, next: string): number {
  const known = Object.hasOwn(values, option) ? values[option] : undefined;
  if (known !== undefined && !(known === 1 && startsProgram(next) && flags.includes(option))) return known;
  // `-n4`, `--time=10`, `-lv`: everything in one word
  if (flags.includes(option) || option.includes('=') || (!option.startsWith('--') && option.length > 2))
    return 0;
  return next === '' || next.startsWith('-') || next.endsWith('.py') || startsProgram(next) ? 0 : 1;
}

function behindInterpreter(words: ProgramWords, interpreter: number): FoundProgram | undefined {
  let at = interpreter + 1;
  while (at < words.length) {
    const word = words.at(at);
    if (word === '-' || word === '') return undefined;
    if (!word.startsWith('-')) return foundAt(words, interpreter, at, 'file');
    if (word.startsWith('--')) {
      at += word === '--check-hash-based-pycs' ? 2 : 1;
      continue;
    }
    const letters = word.slice(1);
    const value = letters.search(/[cmWXQ]/);
    if (value < 0) {
      // `-V`, `-h`: nothing runs
      if (/[Vh?]/.test(letters)) return undefined;
      at++;
      continue;
    }
    const letter = letters.charAt(value);
    if (letter === 'c') return undefined;
    if (letter === 'm') {
      const glued = letters.slice(value + 1);
      if (glued !== '') return undefined;
      return foundAt(words, interpreter, at + 1, 'module');
    }
    at += withValue.test(letter) && value === letters.length - 1 ? 2 : 1;
  }
  return undefined;
}

function foundAt(
  words: ProgramWords,
  interpreter: number,
  word: number,
  kind: Program['kind'],
): FoundProgram | undefined {
  const name = words.literal(word);
  if (words.at(word) === '') return undefined;
  if (name !== undefined && tools.has(baseName(name))) return undefined;
  if (kind === 'module' && name !== undefined && runnerModules.has(name))
    return startedBy(words, interpreter, word + 1);
  return { program: { kind, name }, interpreter, word };
}

function startedBy(words: ProgramWords, interpreter: number, from: number): FoundProgram | undefined {
  for (let at = from; at < words.length; at++) {
    const word = words.at(at);
    if (word.endsWith('.py')) return foundAt(words, interpreter, at, 'file');
    // overrides and what is behind them are no longer options of the launcher
    if (isOverride(word)) return undefined;
    if ((word === '-m' || word === '--module') && !words.at(at + 1).startsWith('-'))
      return foundAt(words, interpreter, at + 1, 'module');
  }
  return undefined;
}
