/**
 * The structure of a shell script, as far as it decides on when and how often a command runs (POSIX XCU 2.9,
 * with bash's `select`, `function` and `((`). Reads any text: what is never closed ends with it.
 */
import type { Span } from '../script.ts';
import type { Token } from './lexer.ts';
import { TokenReader } from './token-reader.ts';

/** Why a command may run another number of times than once. */
export type BlockKind = 'for' | 'while' | 'until' | 'select' | 'if' | 'case' | 'function';

export interface SimpleCommand {
  readonly kind: 'simple';
  /** Its words and redirections in their order. */
  readonly parts: readonly Token[];
  readonly span: Span;
}

/** Of most commands in a script nobody asks for the words. */
class TokenRun implements SimpleCommand {
  readonly kind = 'simple';
  readonly span: Span;
  readonly #tokens: readonly Token[];
  readonly #from: number;
  readonly #to: number;

  constructor(tokens: readonly Token[], from: number, to: number, span: Span) {
    this.#tokens = tokens;
    this.#from = from;
    this.#to = to;
    this.span = span;
  }

  get parts(): readonly Token[] {
    return this.#tokens.slice(this.#from, this.#to);
  }
}

export interface ForLoop {
  readonly kind: 'for';
  readonly keyword: Span;
  readonly variable: string | undefined;
  /** What stands behind `in`; undefined without it. */
  readonly words: readonly Span[] | undefined;
  readonly header: Span;
  readonly body: readonly Statement[];
  /** Where what stands between `do` and `done` begins and ends. */
  readonly inside: Span;
  readonly span: Span;
  /** Whether redirections stand behind `done`. */
  readonly redirected: boolean;
}

export interface Block {
  readonly kind: 'block';
  readonly block: BlockKind;
  readonly keyword: Span;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** `(...)` or `{ ...; }`, which runs once. */
export interface Group {
  readonly kind: 'group';
  readonly body: readonly Statement[];
  readonly span: Span;
}

export type Node = SimpleCommand | ForLoop | Block | Group;

/** What stands between two separators: commands joined by `|`, `&&` and `||`. */
export interface Statement {
  readonly nodes: readonly Node[];
  readonly span: Span;
  /** The separator behind it: `;`, `&`, a line break; none at the end. */
  readonly end: number;
}

/** Deeper nesting is taken for plain text. */
const deepest = 200;

export interface Statements {
  /** In their order; whole lines of which nobody wants to know are left out. */
  readonly statements: readonly Statement[];
  /** Where comments begin that stand outside of the statements. */
  readonly comments: readonly number[];
  /** The first quote or bracket that is never closed. */
  readonly unclosed: Span | undefined;
}

/**
 * The statements of a script from the offset on, as far as they matter: every one that holds one of the offsets
 * in `wanted`, which ascend, and some of the others.
 */
export function statementsOf(text: string, from: number, wanted: readonly number[]): Statements {
  const tokens = new TokenReader(text, from, wanted);
  const statements = new Parser(text, tokens).script();
  return { statements, comments: tokens.comments, unclosed: tokens.unclosed };
}

const closers: ReadonlySet<string> = new Set('then elif else fi do done esac } ) ;; ;& ;;&'.split(' '));
const none: ReadonlySet<string> = new Set();

class Parser {
  readonly #text: string;
  readonly #tokens: TokenReader;
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: TokenReader) {
    this.#text = text;
    this.#tokens = tokens;
  }

  script(): readonly Statement[] {
    const all: Statement[] = [];
    this.#tokens.skipOrdinaryLines(this.#at);
    for (let token = this.#token(); token; token = this.#token()) {
      const word = this.#word(token);
      // or a closing word that nothing has opened
      const isSeparator = token.kind === 'newline' || word === ';' || word === '&' || closers.has(word);
      const before = this.#at;
      const statement = isSeparator ? undefined : this.#statement();
      if (statement) all.push(statement);
      if (this.#at === before) this.#at++;
      if (token.kind === 'newline') this.#tokens.skipOrdinaryLines(this.#at);
    }
    return all;
  }

  /** Statements up to one of the words, which stays unread. */
  #list(until: ReadonlySet<string>): Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      this.#skipSeparators(until);
      const token = this.#token();
      if (token === undefined) return statements;
      const word = this.#word(token);
      if (until.has(word) || closers.has(word)) return statements;
      const before = this.#at;
      const statement = this.#statement();
      if (statement) statements.push(statement);
      if (this.#at === before) this.#at++;
    }
  }

  #skipSeparators(until: ReadonlySet<string>): void {
    for (let token = this.#token(); token; token = this.#next()) {
      if (token.kind === 'newline') continue;
      const word = this.#word(token);
      if (until.has(word) || !(word === ';' || word === '&')) return;
    }
  }

  #statement(): Statement | undefined {
    const first = this.#token();
    if (first === undefined) return undefined;
    const nodes: Node[] = [];
    for (;;) {
      const node = this.#command();
      if (node) nodes.push(node);
      const joint = this.#peek();
      if (joint !== '|' && joint !== '|&' && joint !== '&&' && joint !== '||') break;
      this.#at++;
      while (this.#token()?.kind === 'newline') this.#at++;
    }
    const last = this.#token(-1) ?? first;
    const separator = this.#token();
    const isSeparator = separator?.kind === 'newline' || this.#peek() === ';' || this.#peek() === '&';
    return {
      nodes,
      span: [first.start, Math.max(last.end, first.start)],
      end: isSeparator && separator ? separator.end : last.end,
    };
  }

  #command(): Node | undefined {
    const token = this.#token();
    if (token === undefined) return undefined;
    if (this.#depth >= deepest) return this.#simple();
    this.#depth++;
    const node = this.#compound(token, this.#word(token));
    this.#depth--;
    return node;
  }

  #compound(token: Token, word: string): Node | undefined {
    switch (word) {
      case '!':
        this.#at++;
        return this.#command();
      case '(':
        return this.#group(token, ')');
      case '{':
        return this.#group(token, '}');
      case 'if':
        return this.#block(token, 'if', 'fi');
      case 'while':
      case 'until':
        return this.#block(token, word, 'done');
      case 'for':
        return this.#for(token);
      case 'select':
        return this.#block(token, 'select', 'done');
      case 'case':
        return this.#case(token);
      case 'function':
        return this.#function(token, 2);
      default:
        break;
    }
    if (token.kind === 'word' && this.#isWord(1, '(') && this.#isWord(2, ')'))
      return this.#function(token, 3);
    return this.#simple();
  }

  #simple(): Node | undefined {
    const from = this.#at;
    const first = this.#token();
    const isTest = this.#peek() === '[[';
    for (let token = first; token; token = this.#next()) {
      if (token.kind === 'newline') break;
      // `[[ a && (b || c) ]]`
      if (token.kind === 'operator' && (!isTest || this.#word(this.#token(-1)) === ']]')) break;
    }
    const last = this.#at > from ? this.#token(-1) : undefined;
    return first && last && new TokenRun(this.#tokens.tokens, from, this.#at, [first.start, last.end]);
  }

  #group(open: Token, close: string): Group {
    this.#at++;
    const body = this.#until(close);
    this.#redirections();
    return { kind: 'group', body, span: this.#from(open) };
  }

  /** `if`, `while`, `until`, `select`: all lists between the keyword and its end are one body. */
  #block(open: Token, block: BlockKind, close: string): Block {
    this.#at++;
    const body = this.#until(close);
    this.#redirections();
    return { kind: 'block', block, keyword: [open.start, open.end], body, span: this.#from(open) };
  }

  /** Everything up to the closing word, which is read; other closing words in between only part it. */
  #until(close: string): Statement[] {
    const body: Statement[] = [];
    const until = new Set([close]);
    while (this.#token()) {
      body.push(...this.#list(until));
      const word = this.#peek();
      if (word === close) {
        this.#at++;
        break;
      }
      if (isOuter(word, close)) break;
      this.#at++;
    }
    return body;
  }

  #for(open: Token): Node {
    this.#at++;
    const keyword: Span = [open.start, open.end];
    if (this.#token()?.kind === 'arithmetic') {
      this.#at++;
      return this.#block({ ...open, end: open.start + 3 }, 'for', 'done');
    }
    const name = this.#token();
    const variable = name?.kind === 'word' ? this.#word(name) : '';
    if (variable !== '') this.#at++;
    while (this.#token()?.kind === 'newline') this.#at++;
    const words = this.#forWords();
    this.#skipSeparators(none);
    const header: Span = [open.start, this.#token(-1)?.end ?? open.end];
    const begin = this.#token();
    if (this.#peek() !== 'do' || begin === undefined) return this.#block(open, 'for', 'done');
    this.#at++;
    const body = this.#until('done');
    const closing = this.#token(-1);
    const inside: Span = [begin.end, Math.max(begin.end, closing?.start ?? begin.end)];
    const redirected = this.#redirections();
    const isName = /^[A-Za-z_]\w*$/.test(variable);
    return {
      kind: 'for',
      keyword,
      variable: isName ? variable : undefined,
      words,
      header,
      body,
      inside,
      span: this.#from(open),
      redirected,
    };
  }

  #forWords(): readonly Span[] | undefined {
    if (this.#peek() !== 'in') return undefined;
    const words: Span[] = [];
    for (let token = this.#next(); token?.kind === 'word'; token = this.#next())
      words.push([token.start, token.end]);
    return words;
  }

  #case(open: Token): Block {
    this.#at++;
    const body: Statement[] = [];
    while (this.#token() && this.#peek() !== 'in') this.#at++;
    this.#at++;
    for (;;) {
      while (this.#token()?.kind === 'newline') this.#at++;
      if (!this.#token() || this.#peek() === 'esac') break;
      // the pattern
      while (this.#token() && this.#peek() !== ')' && this.#peek() !== 'esac') this.#at++;
      if (this.#peek() === ')') this.#at++;
      body.push(...this.#list(caseEnds));
      const word = this.#peek();
      if (word === 'esac' || !this.#token()) break;
      this.#at++;
    }
    this.#at++;
    this.#redirections();
    return { kind: 'block', block: 'case', keyword: [open.start, open.end], body, span: this.#from(open) };
  }

  /** `name() body` or `function name body`; `words` come before the body. */
  #function(open: Token, words: number): Block {
    this.#at += words;
    if (words === 2 && this.#isWord(0, '(') && this.#isWord(1, ')')) this.#at += 2;
    while (this.#token()?.kind === 'newline') this.#at++;
    const first = this.#token();
    const node = this.#command();
    const body: Statement[] =
      node && first ? [{ nodes: [node], span: [first.start, node.span[1]], end: node.span[1] }] : [];
    return {
      kind: 'block',
      block: 'function',
      keyword: [open.start, open.end],
      body,
      span: this.#from(open),
    };
  }

  #redirections(): boolean {
    const before = this.#at;
    while (this.#token()?.kind === 'redirection') this.#at++;
    return this.#at > before;
  }

  #from(open: Token): Span {
    return [open.start, Math.max(open.end, this.#token(-1)?.end ?? open.end)];
  }

  #token(ahead = 0): Token | undefined {
    return this.#tokens.at(this.#at + ahead);
  }

  #next(): Token | undefined {
    return this.#tokens.at(++this.#at);
  }

  #peek(): string {
    return this.#word(this.#token());
  }

  #isWord(ahead: number, word: string): boolean {
    return this.#word(this.#token(ahead)) === word;
  }

  /** A short token's text: no reserved word or operator is longer. */
  #word(token: Token | undefined): string {
    if (token === undefined || token.end - token.start > longestWord) return '';
    if (token.kind !== 'word' && token.kind !== 'operator') return '';
    return this.#text.slice(token.start, token.end);
  }
}

/** Variables of loops are read by the same means. */
const longestWord = 64;
const caseEnds: ReadonlySet<string> = new Set([';;', ';&', ';;&', 'esac']);

/** Whether a closing word that isn't awaited belongs to something further out: half-written scripts have such. */
function isOuter(word: string, close: string): boolean {
  if (word === '') return false;
  const inner: Readonly<Record<string, readonly string[]>> = {
    fi: ['then', 'elif', 'else'],
    done: ['do'],
  };
  return closers.has(word) && !(inner[close]?.includes(word) ?? false);
}
