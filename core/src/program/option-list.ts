/** Options as they are found: in the order of the text, and each name once. */
import { Lines } from '../sweep/lines.ts';
import type { Value } from '../value.ts';
import { literalText, literalValue } from './literals.ts';
import type { OptionType, ProgramOption } from './options.ts';
import type { Argument, PythonSource, Stretch } from './source.ts';

/** What is left of an expression in a hover. */
const longestDefault = 80;

export interface DeclaredOption {
  readonly at: Stretch;
  readonly default?: Stretch | undefined;
  readonly type?: OptionType;
  readonly help?: string | undefined;
  readonly choices?: readonly Value[] | undefined;
  readonly ignoresCase?: boolean;
  readonly required?: boolean;
  readonly aliases?: readonly string[];
}

export class OptionList {
  readonly #source: PythonSource;
  readonly #lines: Lines;
  readonly #options = new Map<string, ProgramOption>();

  constructor(source: PythonSource) {
    this.#source = source;
    this.#lines = new Lines(source.text);
  }

  /** Adds an option; of two with one name, what both say alike is kept. */
  add(name: string, declared: DeclaredOption): void {
    const before = this.#options.get(name);
    const option = this.#option(name, declared);
    this.#options.set(name, before ? merged(before, option) : option);
  }

  get options(): readonly ProgramOption[] {
    return [...this.#options.values()].sort(
      ({ range: a }, { range: b }) => a.start.line - b.start.line || a.start.character - b.start.character,
    );
  }

  #option(name: string, declared: DeclaredOption): ProgramOption {
    const { at, type = 'other', help, choices, ignoresCase, required, aliases = [] } = declared;
    const written = declared.default && shortened(this.#source.written(declared.default));
    return {
      name,
      aliases,
      ...(written !== undefined && written !== '' && { default: written }),
      type,
      ...(help !== undefined && help !== '' && { help }),
      ...(choices && { choices }),
      ...(ignoresCase === true && { ignoresCase }),
      ...(required === true && { required }),
      range: this.#lines.range(...this.#source.span(at)),
    };
  }
}

const shortened = (text: string): string =>
  text.length > longestDefault ? `${text.slice(0, longestDefault - 1)}…` : text;

/** Two commands of one program may each have the option, or one branch or the other declares it. */
function merged(a: ProgramOption, b: ProgramOption): ProgramOption {
  const { choices, ...rest } = a;
  return {
    name: a.name,
    aliases: [...new Set([...a.aliases, ...b.aliases])],
    ...((a.default ?? b.default) !== undefined && { default: a.default ?? b.default ?? '' }),
    type: a.type === b.type ? a.type : 'other',
    ...((a.help ?? b.help) !== undefined && { help: a.help ?? b.help ?? '' }),
    ...(choices && b.choices && a.type === b.type && { choices: [...choices, ...b.choices] }),
    ...(rest.ignoresCase && { ignoresCase: true }),
    range: a.range,
  };
}

/** Keyword arguments by name; undefined when some of them are unpacked from elsewhere. */
export interface Keywords {
  readonly named: ReadonlyMap<string, Stretch>;
  readonly positional: readonly Stretch[];
  /** `**options`: there may be more than is written. */
  readonly open: boolean;
}

export function keywordsOf(source: PythonSource, open: number): Keywords {
  const all: readonly Argument[] = source.arguments(open);
  return {
    named: new Map(all.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const]))),
    positional: all.flatMap(({ name, unpacked, value }) => (name === undefined && !unpacked ? [value] : [])),
    open: all.some(({ unpacked }) => unpacked),
  };
}

/** The literal value of a keyword argument; undefined when it isn't there or isn't a literal. */
export function keywordValue(source: PythonSource, keywords: Keywords, name: string): Value | undefined {
  const stretch = keywords.named.get(name);
  return stretch && literalValue(source, stretch);
}

/** The literal text of a keyword argument, blanks and line breaks as one blank. */
export function keywordText(source: PythonSource, keywords: Keywords, name: string): string | undefined {
  const stretch = keywords.named.get(name);
  return (stretch && literalText(source, stretch))?.replace(/\s+/g, ' ').trim();
}

/** The last name of `a.b.c`; undefined for another expression. */
export function lastName(source: PythonSource, stretch: Stretch | undefined): string | undefined {
  if (!stretch) return undefined;
  const path = source.pathEndingAt(stretch[1] - 1);
  return path?.from === stretch[0] ? path.path.at(-1) : undefined;
}
