/** A Python source as tokens with their brackets, lines and blocks. Nothing of it is ever run. */
import type { Span } from '../sweep/problem-list.ts';
import { tokenize, type Token } from './tokens.ts';

/** Tokens from the first to before the second. */
export type Stretch = readonly [from: number, to: number];

/** One line as Python counts them: a statement, or the head of a block. */
export interface LogicalLine {
  readonly from: number;
  readonly to: number;
  readonly column: number;
  /** The line that this one is indented under; -1 at the top. */
  readonly parent: number;
}

/** One argument of a call. */
export interface Argument {
  /** Of a keyword argument. */
  readonly name: string | undefined;
  /** `*args` or `**kwargs`. */
  readonly unpacked: boolean;
  readonly value: Stretch;
}

/** A function that is defined in the file. */
export interface FunctionDefinition {
  readonly name: string;
  readonly line: number;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly name: string;
  /** `''`, `*` or `**`. */
  readonly star: string;
  readonly annotation: Stretch | undefined;
  readonly default: Stretch | undefined;
  readonly at: number;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const closing: ReadonlySet<string> = new Set(Object.values(closers));
const noTokens: readonly number[] = [];

export class PythonSource {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly lines: readonly LogicalLine[];
  /** Whether the text isn't quite Python, so that nothing certain can be said of it. */
  readonly broken: boolean;
  readonly #match: Int32Array;
  readonly #enclosing: Int32Array;
  readonly #lineOf: Int32Array;
  readonly #names = new Map<string, number[]>();
  #functions: ReadonlyMap<string, readonly FunctionDefinition[]> | undefined;

  constructor(text: string) {
    const { tokens, broken } = tokenize(text);
    this.text = text;
    this.tokens = tokens;
    this.#match = new Int32Array(tokens.length).fill(-1);
    this.#enclosing = new Int32Array(tokens.length).fill(-1);
    this.#lineOf = new Int32Array(tokens.length);
    this.lines = this.#linesOf();
    const paired = this.#pair();
    this.broken = broken || !paired;
  }

  #pair(): boolean {
    const open: number[] = [];
    let paired = true;
    let index = -1;
    for (const { kind, text } of this.tokens) {
      index++;
      if (kind === 'name') {
        const known = this.#names.get(text);
        if (known) known.push(index);
        else this.#names.set(text, [index]);
      } else if (kind === 'newline') {
        paired &&= open.length === 0;
        open.length = 0;
      } else if (kind === 'operator' && closing.has(text)) {
        const opening = open.at(-1);
        if (opening !== undefined && closers[this.tokens[opening]?.text ?? ''] === text) {
          open.pop();
          this.#match[index] = opening;
          this.#match[opening] = index;
        } else paired = false;
      }
      this.#enclosing[index] = open.at(-1) ?? -1;
      if (kind === 'operator' && closers[text] !== undefined) open.push(index);
    }
    return paired;
  }

  #linesOf(): readonly LogicalLine[] {
    const lines: LogicalLine[] = [];
    const blocks: number[] = [];
    let from = 0;
    let index = -1;
    for (const token of this.tokens) {
      index++;
      this.#lineOf[index] = lines.length;
      if (token.kind !== 'newline') continue;
      const column = this.#column(this.tokens[from]?.start ?? 0);
      while (blocks.length > 0 && (lines[blocks.at(-1) ?? 0]?.column ?? 0) >= column) blocks.pop();
      const parent = blocks.at(-1) ?? -1;
      blocks.push(lines.length);
      lines.push({ from, to: index, column, parent });
      from = index + 1;
    }
    return lines;
  }

  /** The indentation before an offset, tabs to every eighth column as Python counts them. */
  #column(offset: number): number {
    let start = offset;
    while (start > 0 && /[ \t\f]/.test(this.text.charAt(start - 1))) start--;
    let column = 0;
    for (let at = start; at < offset; at++)
      column = this.text[at] === '\t' ? column - (column % 8) + 8 : column + 1;
    return column;
  }

  is(index: number, text: string): boolean {
    const token = this.tokens[index];
    return token?.text === text && token.kind !== 'string';
  }

  isName(index: number): boolean {
    return this.tokens[index]?.kind === 'name';
  }

  /** The name at a place; undefined when something else stands there. */
  nameAt(index: number): string | undefined {
    const token = this.tokens[index];
    return token?.kind === 'name' ? token.text : undefined;
  }

  /** Whether a statement ends before this token. */
  isEnd(index: number): boolean {
    const token = this.tokens[index];
    return token === undefined || token.kind === 'newline' || this.is(index, ';');
  }

  /** Where a name occurs, as a variable, an attribute or a keyword. */
  occurrences(name: string): readonly number[] {
    return this.#names.get(name) ?? noTokens;
  }

  /** Where a name occurs other than behind a dot. */
  variables(name: string): readonly number[] {
    return this.occurrences(name).filter((index) => !this.is(index - 1, '.'));
  }

  /** The other bracket of a pair; -1 for none. */
  partner(index: number): number {
    return this.#match[index] ?? -1;
  }

  /** The innermost bracket open around a token; -1 outside of all. */
  enclosing(index: number): number {
    return this.#enclosing[index] ?? -1;
  }

  lineOf(index: number): number {
    return this.#lineOf[index] ?? 0;
  }

  /** The lines that this one is indented under, innermost first. */
  *blocks(line: number): Generator<LogicalLine> {
    for (let at = this.lines[line]?.parent ?? -1; at >= 0; at = this.lines[at]?.parent ?? -1) {
      const block = this.lines[at];
      if (block) yield block;
    }
  }

  /** The function that a line is in; undefined at the top and in the body of a class. */
  functionAround(line: number): string | undefined {
    for (const { from } of this.blocks(line)) {
      const def = this.is(from, 'async') ? from + 1 : from;
      if (this.is(def, 'def')) return this.nameAt(def + 1);
      if (this.is(def, 'class')) return undefined;
    }
    return undefined;
  }

  /** The functions of this name. */
  functionsNamed(name: string): readonly FunctionDefinition[] {
    this.#functions ??= this.#readFunctions();
    return this.#functions.get(name) ?? [];
  }

  /** The function whose head is this line. */
  functionAt(line: number): FunctionDefinition | undefined {
    const head = this.lines[line];
    if (!head) return undefined;
    const def = this.is(head.from, 'async') ? head.from + 1 : head.from;
    const name = this.is(def, 'def') ? this.nameAt(def + 1) : undefined;
    if (name === undefined) return undefined;
    // the type parameters of `def f[T](x: T)` stand in square brackets before
    const open = this.is(def + 2, '[') ? this.partner(def + 2) + 1 : def + 2;
    return { name, line, parameters: this.is(open, '(') ? this.#parameters(open) : [] };
  }

  #readFunctions(): ReadonlyMap<string, readonly FunctionDefinition[]> {
    const functions = new Map<string, FunctionDefinition[]>();
    for (const index of this.occurrences('def')) {
      const found = this.functionAt(this.lineOf(index));
      if (found) functions.set(found.name, [...(functions.get(found.name) ?? []), found]);
    }
    return functions;
  }

  #parameters(open: number): readonly Parameter[] {
    return this.pieces(open).flatMap(([from, to]) => {
      const star = this.is(from, '*') ? '*' : this.is(from, '**') ? '**' : '';
      const at = star === '' ? from : from + 1;
      const name = at < to ? this.nameAt(at) : undefined;
      if (name === undefined) return [];
      const equals = this.find('=', at, to);
      const annotation: Stretch | undefined = this.is(at + 1, ':')
        ? [at + 2, equals < 0 ? to : equals]
        : undefined;
      return [{ name, star, annotation, default: equals < 0 ? undefined : [equals + 1, to], at }];
    });
  }

  /** Where an operator stands outside of brackets; -1 when it doesn't. */
  find(operator: string, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      if (this.is(at, operator)) return at;
      const partner = this.partner(at);
      if (partner > at) at = partner;
    }
    return -1;
  }

  /** What stands between the commas of a pair of brackets. */
  pieces(open: number): readonly Stretch[] {
    const end = this.partner(open);
    const pieces: Stretch[] = [];
    let from = open + 1;
    while (from < end) {
      const comma = this.find(',', from, end);
      const to = comma < 0 ? end : comma;
      if (to > from) pieces.push([from, to]);
      from = to + 1;
    }
    return pieces;
  }

  /** The arguments of the call whose opening bracket this is. */
  arguments(open: number): readonly Argument[] {
    return this.pieces(open).map(([from, to]) => {
      if (this.is(from, '*') || this.is(from, '**'))
        return { name: undefined, unpacked: true, value: [from + 1, to] };
      if (this.isName(from) && this.is(from + 1, '='))
        return { name: this.nameAt(from), unpacked: false, value: [from + 2, to] };
      return { name: undefined, unpacked: false, value: [from, to] };
    });
  }

  /** `a.b.c` as it ends at a token, with its beginning; undefined when it hangs on something else. */
  pathEndingAt(last: number): { readonly path: readonly string[]; readonly from: number } | undefined {
    const path: string[] = [];
    for (let at = last; ; at -= 2) {
      const name = this.nameAt(at);
      if (name === undefined) return undefined;
      path.unshift(name);
      if (!this.is(at - 1, '.')) return { path, from: at };
    }
  }

  /** Where a stretch stands in the text. */
  span([from, to]: Stretch): Span {
    const start = this.tokens[from]?.start ?? this.text.length;
    let end = start;
    // what is inside an f-string comes after it, and ends before it
    for (let at = from; at < to; at++) end = Math.max(end, this.tokens[at]?.end ?? 0);
    return [start, end];
  }

  /** A stretch as it is written, on one line. */
  written(stretch: Stretch): string {
    if (stretch[1] <= stretch[0]) return '';
    return this.text.slice(...this.span(stretch)).replace(/\s*[\r\n]\s*/g, ' ');
  }
}
