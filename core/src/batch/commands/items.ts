/** A script in pieces: ordinary lines, Python commands, and the literal loops around them. */
import type { ScriptProblemCode } from '../problem-list.ts';
import type { Script, Span } from '../script.ts';
import { lineEnd, type Token } from './lexer.ts';
import { findProgram, mayRunPython, mentionsOfPython, type FoundProgram } from './program.ts';
import {
  statementsOf,
  type Block,
  type ForLoop,
  type Node,
  type SimpleCommand,
  type Statement,
} from './tree.ts';
import { unreadableIn } from './unreadable.ts';
import { fieldsOf, noVariables } from './words.ts';

/** A Python command as it stands in the script. */
export interface CommandSource {
  /** The whole statement: with what is joined to the command by `&&` or `|`, or in one group with it. */
  readonly statement: Span;
  /** The statement with the bodies of its here-documents, without a separator. */
  readonly text: Span;
  readonly found: FoundProgram;
  readonly simple: SimpleCommand;
  readonly interpreter: Span;
  readonly program: Span;
  /** The words and redirections behind the program. */
  readonly rest: readonly Token[];
  /** Which part it is, from 0, when the statement is one pipeline. */
  readonly pipelinePlace: number | undefined;
}

export interface LoopSource {
  readonly variable: string;
  readonly values: readonly string[];
  readonly header: Span;
  readonly end: number;
  readonly items: readonly Item[];
}

export type Item =
  /** Whole lines, without the break of the last one. */
  | { readonly kind: 'lines'; readonly text: string }
  | { readonly kind: 'command'; readonly command: CommandSource }
  | { readonly kind: 'loop'; readonly loop: LoopSource };

/** Python commands that can't become jobs, and why. */
export interface Obstacle {
  readonly code: ScriptProblemCode;
  readonly at: Span;
  readonly message: string;
  readonly commands: readonly CommandSource[];
}

export interface ScriptItems {
  readonly items: readonly Item[];
  readonly obstacles: readonly Obstacle[];
  /** The first quote or bracket that is never closed. */
  readonly unclosed: Span | undefined;
}

/** Takes a script apart; never throws, takes time linear in the text. */
export function itemsOf(script: Script): ScriptItems {
  const { text, shebang } = script;
  if (!mayRunPython(text)) return { items: [], obstacles: [], unclosed: undefined };
  const mentions = mentionsOfPython(text);
  const { statements, comments, unclosed } = statementsOf(text, shebang?.[1] ?? 0, mentions);
  const splitter = new Splitter(script, mentions, comments);
  const items = splitter.split(statements, [0, text.length]);
  return { items, obstacles: splitter.obstacles, unclosed };
}

interface SimpleProgram {
  readonly simple: SimpleCommand;
  readonly words: readonly Span[];
  readonly found: FoundProgram | undefined;
}

/** A stretch of the text that is no ordinary line, and what stands for it. */
interface Cut {
  readonly span: Span;
  readonly item: Item | undefined;
}

class Splitter {
  readonly obstacles: Obstacle[] = [];
  readonly #script: Script;
  readonly #text: string;
  readonly #comments: readonly Span[];
  /** Where something may begin that runs Python, in order. */
  readonly #mentions: readonly number[];

  constructor(script: Script, mentions: readonly number[], comments: readonly number[]) {
    this.#script = script;
    this.#text = script.text;
    this.#mentions = mentions;
    const begun = new Set(comments);
    // what only looks like a directive, inside of a quoted text, stays there
    this.#comments = script.directives
      .filter(({ markSpan }) => begun.has(markSpan[0]))
      .map(({ line }) => [script.starts[line] ?? 0, script.starts[line + 1] ?? script.text.length] as const);
  }

  /** The pieces between two offsets; `statements` are those that stand there. */
  split(statements: readonly Statement[], [from, to]: Span): readonly Item[] {
    const cuts: Cut[] = this.#comments
      .filter(([start, end]) => start >= from && end <= to)
      .map((span) => ({ span, item: undefined }));
    const { shebang } = this.#script;
    if (from === 0 && shebang) cuts.push({ span: this.#lines(shebang), item: undefined });
    for (const statement of statements) {
      const cut = this.#cut(statement);
      if (cut) cuts.push(cut);
    }
    cuts.sort((a, b) => a.span[0] - b.span[0]);
    const items: Item[] = [];
    let at = from;
    for (const { span, item } of cuts) {
      if (span[0] >= at) {
        items.push(...this.#ordinary(at, span[0]));
        at = span[1];
      }
      if (item) items.push(item);
    }
    items.push(...this.#ordinary(at, to));
    return items;
  }

  #ordinary(from: number, to: number): readonly Item[] {
    if (from >= to) return [];
    // without the empty lines at both ends
    const between = this.#text.slice(from, to).trimEnd();
    const indented = between.replace(/^(?:[ \t\r]*\n)+/, '');
    // what stands behind a command on its line begins a line of its own
    const behind = indented === between && from > 0 && this.#text[from - 1] !== '\n';
    const text = behind ? indented.trimStart() : indented;
    return text === '' ? [] : [{ kind: 'lines', text }];
  }

  #cut(statement: Statement): Cut | undefined {
    const simples = this.#programsOf(statement);
    this.#checkReadable(simples);
    const commands = this.#commandsOf(statement, simples);
    const [first, second] = commands;
    if (first === undefined) return undefined;
    const span = this.#lines([statement.span[0], statement.end]);
    const [node] = statement.nodes;
    if (node?.kind === 'for' && statement.nodes.length === 1) {
      const loop = this.#loop(node, commands);
      return { span, item: loop && { kind: 'loop', loop } };
    }
    const block = statement.nodes
      .map((one) => blockAround(one, first.simple))
      .find((one) => one !== undefined);
    if (block) this.#obstruct(block, commands);
    else if (second) {
      this.obstacles.push({
        code: 'multirun-several-commands',
        at: [second.interpreter[0], second.program[1]],
        message:
          'Two Python commands stand in one statement, so that neither is a job of its own. Put each on a line of its own.',
        commands,
      });
    } else return { span, item: { kind: 'command', command: first } };
    return { span, item: undefined };
  }

  #loop(node: ForLoop, commands: readonly CommandSource[]): LoopSource | undefined {
    const { variable, words } = node;
    const values = words?.map((word) => loopValues(this.#text, word));
    const open = values?.findIndex((value) => value === undefined) ?? 0;
    const refuse = (at: Span, message: string): void => {
      this.obstacles.push({ code: 'multirun-block', at, message, commands });
    };
    if (variable === undefined || values === undefined || open >= 0 || values.length === 0) {
      refuse(
        words?.[open] ?? node.keyword,
        'The values of this loop are only known when the script runs, so its jobs cannot be counted. Write them one by one, as in: for seed in 1 2 3; do.',
      );
      return undefined;
    }
    if (node.redirected) {
      refuse(node.keyword, 'This loop has a redirection behind done, which cannot be parted among jobs.');
      return undefined;
    }
    const jump = jumpIn(this.#text, node.body);
    if (jump) {
      const word = this.#text.slice(...jump);
      refuse(jump, `Each round of this loop becomes a job of its own, where ${word} has nothing to leave.`);
      return undefined;
    }
    return {
      variable,
      values: values.flatMap((value) => value ?? []),
      header: node.header,
      end: node.span[1],
      items: this.split(node.body, node.inside),
    };
  }

  #obstruct(node: Block | ForLoop, commands: readonly CommandSource[]): void {
    const message =
      node.kind === 'for'
        ? 'A loop around a Python command must stand alone, not joined to other commands by | or &&.'
        : `A Python command stands inside ${blockNames[node.block]}, so nobody can tell before the script runs how many jobs it is. Take it out, or use a loop over values such as: for seed in 1 2 3; do.`;
    this.obstacles.push({ code: 'multirun-block', at: node.keyword, message, commands });
  }

  /** The whole lines of a span, as far as nothing else stands on them. */
  #lines([start, end]: Span): Span {
    const text = this.#text;
    let from = start;
    while (from > 0 && (text[from - 1] === ' ' || text[from - 1] === '\t')) from--;
    if (from > 0 && text[from - 1] !== '\n') from = start;
    if (text[end - 1] === '\n') return [from, end];
    const stop = lineEnd(text, end);
    if (!/^[ \t;]*(?:#.*)?$/.test(text.slice(end, stop))) return [from, end];
    const next = text.indexOf('\n', stop);
    return [from, next < 0 ? text.length : next + 1];
  }

  #mentionsPython([start, end]: Span): boolean {
    let low = 0;
    let high = this.#mentions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#mentions[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return (this.#mentions[low] ?? Infinity) < end;
  }

  /** The simple commands that may run Python, with the program that each runs. */
  #programsOf(statement: Statement): readonly SimpleProgram[] {
    if (!this.#mentionsPython(statement.span)) return [];
    return simplesOf(statement.nodes)
      .filter(({ span }) => this.#mentionsPython(span))
      .map((simple) => {
        const words = wordsOf(simple);
        return { simple, words, found: findProgram(this.#text, words) };
      });
  }

  #checkReadable(simples: readonly SimpleProgram[]): void {
    for (const { words, found } of simples) {
      const unreadable = unreadableIn(this.#text, words, found);
      if (unreadable)
        this.obstacles.push({ code: 'multirun-unreadable-command', ...unreadable, commands: [] });
    }
  }

  #pipelinePlace({ nodes, span }: Statement, simple: SimpleCommand): number | undefined {
    const place = nodes.findIndex((node) => node === simple);
    const begins = [span[0], ...nodes.map((node) => node.span[1])];
    const joints = nodes.map((node, index) => this.#text.slice(begins[index], node.span[0]).trim());
    const isPipeline =
      nodes.length > 1 && joints[0] === '' && joints.slice(1).every((one) => /^\|&?$/.test(one));
    return isPipeline && place >= 0 ? place : undefined;
  }

  #commandsOf(statement: Statement, simples: readonly SimpleProgram[]): readonly CommandSource[] {
    return simples.flatMap(({ simple, words, found }) => {
      const program = found && words[found.word];
      const interpreter = found && words[found.interpreter];
      if (!found || !program || !interpreter) return [];
      const separated = this.#text.slice(statement.span[1], statement.end);
      const bodies = separated.trim().includes('\n') || /^[ \t]*(?:#.*)?\r?\n[^]/.test(separated);
      return [
        {
          statement: statement.span,
          text: [statement.span[0], bodies ? statement.end : statement.span[1]],
          found,
          simple,
          interpreter,
          program,
          rest: simple.parts.filter(({ start }) => start >= program[1]),
          pipelinePlace: this.#pipelinePlace(statement, simple),
        } satisfies CommandSource,
      ];
    });
  }
}

const blockNames: Readonly<Record<Block['block'], string>> = {
  for: 'a loop',
  while: 'a loop',
  until: 'a loop',
  select: 'a loop',
  if: 'a condition',
  case: 'a condition',
  function: 'a function',
};

const wordsOf = ({ parts }: SimpleCommand): readonly Span[] =>
  parts.filter(({ kind }) => kind === 'word').map(({ start, end }): Span => [start, end]);

function simplesOf(nodes: readonly Node[]): readonly SimpleCommand[] {
  return nodes.flatMap((node) =>
    node.kind === 'simple' ? [node] : node.body.flatMap((statement) => simplesOf(statement.nodes)),
  );
}

/** The outermost loop, condition or function that holds the command. */
function blockAround(node: Node, command: SimpleCommand): Block | ForLoop | undefined {
  if (node.kind === 'simple' || !simplesOf([node]).includes(command)) return undefined;
  if (node.kind !== 'group') return node;
  return node.body
    .flatMap(({ nodes }) => nodes)
    .map((inner) => blockAround(inner, command))
    .find((one) => one !== undefined);
}

const numbers = /^\{(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?\}$/;
/** Longer ranges are no list that somebody wrote. */
const longestRange = 10_000;

/** What a word of a `for` gives: itself, or the numbers of `{1..5}`; undefined when only a shell knows. */
function loopValues(text: string, word: Span): readonly string[] | undefined {
  const [, low, high, by] = numbers.exec(text.slice(...word)) ?? [];
  if (low !== undefined && high !== undefined && !/^-?0\d/.test(low) && !/^-?0\d/.test(high)) {
    const step = Math.abs(Number(by ?? 1)) || 1;
    const count = Math.floor(Math.abs(Number(high) - Number(low)) / step) + 1;
    if (count > longestRange) return undefined;
    const sign = Number(low) <= Number(high) ? 1 : -1;
    return Array.from({ length: count }, (_, index) => String(Number(low) + sign * index * step));
  }
  const fields = fieldsOf(text, word, noVariables);
  return fields.every(({ expansions }) => expansions.length === 0)
    ? fields.map((field) => field.text)
    : undefined;
}

/** A `break` or `continue` that belongs to the loop with this body. */
function jumpIn(text: string, body: readonly Statement[]): Span | undefined {
  for (const { nodes } of body) {
    for (const node of nodes) {
      if (node.kind === 'simple') {
        const [first] = node.parts;
        if (first && /^(?:break|continue)$/.test(text.slice(first.start, first.end)))
          return [first.start, first.end];
      } else if (
        node.kind === 'group' ||
        (node.kind === 'block' && !/while|until|for|select|function/.test(node.block))
      ) {
        const found = jumpIn(text, node.body);
        if (found) return found;
      }
    }
  }
  return undefined;
}
