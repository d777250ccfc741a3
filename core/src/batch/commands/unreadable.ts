/**
 * Commands that run a swept Python command in a way that makes it no command of the script: behind a launcher
 * that nobody knows, or as a text for another shell. Every job would run them with all values at once.
 */
import type { Span } from '../script.ts';
import { isSweptOverride } from './assignments.ts';
import { tokenize } from './lexer.ts';
import { findProgram, mayRunPython, namesPython, type FoundProgram } from './program.ts';
import { fieldsOf, literalField, noVariables } from './words.ts';

/** What is wrong with such a command, and where. */
export interface Unreadable {
  readonly at: Span;
  readonly message: string;
}

/** Texts within texts; deeper ones are not looked at. */
const deepest = 3;
/** What these are given is not run. */
const silent: ReadonlySet<string> = new Set('echo printf logger :'.split(' '));
const shells = /^(?:ba|da|k|z)?sh$/;
const substitution = /\$\(([^()]*)\)|`([^`]*)`/g;

/** Looks at the words of one simple command, and at the program that was found in them. */
export function unreadableIn(
  text: string,
  words: readonly Span[],
  found: FoundProgram | undefined,
): Unreadable | undefined {
  return search(text, words, found, 0);
}

function search(
  text: string,
  words: readonly Span[],
  found: FoundProgram | undefined,
  depth: number,
): Unreadable | undefined {
  const behind = found === undefined ? behindSomethingElse(text, words, depth) : undefined;
  if (behind !== undefined) return behind;
  for (const word of words) {
    const written = text.slice(...word);
    if (written.startsWith("'") || !/\$\(|`/.test(written)) continue;
    for (const [whole, round, back] of written.matchAll(substitution)) {
      if (!runsSweep(round ?? back ?? '', depth + 1)) continue;
      const start = word[0] + written.indexOf(whole);
      return { at: [start, start + whole.length], message: nested };
    }
  }
  return undefined;
}

/** A Python command in words that begin with none. */
function behindSomethingElse(text: string, words: readonly Span[], depth: number): Unreadable | undefined {
  const texts = words.map((word) => fieldsOf(text, word, noVariables)[0]?.text ?? '');
  const program = texts.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word));
  const name = baseName(texts[program] ?? '');
  if (silent.has(name)) return undefined;
  const python = texts.findIndex((word, index) => index >= program && namesPython(word));
  const swept = words.findIndex((word, index) => index > python && isSwept(text, word));
  const [first, named] = [words[program], words[python]];
  if (python >= 0 && swept > python && first && named) {
    const written = texts[python] ?? '';
    if (written.endsWith('.py')) {
      const message = `${written} has several values, and nothing says that Python runs it. Write: python ${written}.`;
      return { at: named, message };
    }
    // such as `python -c`, which has no overrides
    if (findProgram(text, words.slice(python)) === undefined) return undefined;
    const message = `${texts[program] ?? ''} is no launcher that is known here, so the jobs of the command behind it can't be counted. Start Python by itself, or by a launcher such as srun or mpirun.`;
    return { at: [first[0], named[1]], message };
  }
  for (const at of scriptsAmong(texts)) {
    const word = words[at];
    const script = word && literalField(text, word, noVariables)?.text;
    if (word && script !== undefined && runsSweep(script, depth + 1)) return { at: word, message: nested };
  }
  return undefined;
}

const nested =
  "A Python command with several values stands in a text that another shell runs, so its jobs can't be counted. Write it on a line of its own.";

/** Which words are scripts: behind `bash -c`, and those of `eval`. */
function scriptsAmong(words: readonly string[]): readonly number[] {
  const evaluated = words.indexOf('eval');
  if (evaluated >= 0) return words.flatMap((_, index) => (index > evaluated ? [index] : []));
  const shell = words.findIndex((word) => shells.test(baseName(word)));
  if (shell < 0) return [];
  const option = words.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(word));
  return option < 0 ? [] : [option + 1];
}

/** Whether a text has a Python command with several values. */
function runsSweep(script: string, depth: number): boolean {
  if (depth > deepest || !mayRunPython(script)) return false;
  const { tokens } = tokenize(script);
  let words: Span[] = [];
  for (const { kind, start, end } of tokens) {
    if (kind === 'word') words.push([start, end]);
    else if (kind !== 'redirection') {
      if (isSweptCommand(script, words, depth)) return true;
      words = [];
    }
  }
  return isSweptCommand(script, words, depth);
}

function isSweptCommand(text: string, words: readonly Span[], depth: number): boolean {
  const found = findProgram(text, words);
  if (found && words.some((word, index) => index > found.word && isSwept(text, word))) return true;
  return search(text, words, found, depth) !== undefined;
}

function isSwept(text: string, word: Span): boolean {
  const written = literalField(text, word, noVariables)?.text;
  return written !== undefined && isSweptOverride(written);
}

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);
