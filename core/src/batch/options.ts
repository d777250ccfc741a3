/** From the words of directive lines to options with their values, as each system reads them. */
import { nearest as nearestWord } from '../sweep/spelling.ts';
import { catalogueOf, type Catalogue, type OptionSpec } from './catalogue.ts';
import type { BatchProblems } from './problem-list.ts';
import { replacing, type SpanFix } from './problem-list.ts';
import type { DirectiveLine, Span } from './script.ts';
import type { Dialect } from './systems.ts';
import { splitWords, type Word } from './words.ts';

/** An option that the script gives. */
export interface GivenOption {
  readonly spec: OptionSpec;
  readonly directive: DirectiveLine;
  /** The option as it is written. */
  readonly nameSpan: Span;
  /** The value without quotes; undefined when there is none. */
  readonly value: string | undefined;
  /** The value with its quotes. */
  readonly valueSpan: Span;
  /** Whether the value's characters stand where its span says: nothing was unquoted. */
  readonly verbatim: boolean;
  /** From the option to the end of its value. */
  readonly span: Span;
  /** Which part of a heterogeneous job it is for. */
  readonly part: number;
}

/** Reads the options of the lines, in order; what is wrong with their form goes to `problems`. */
export function readOptions(
  text: string,
  lines: readonly DirectiveLine[],
  dialect: Dialect,
  problems: BatchProblems,
): readonly GivenOption[] {
  const catalogue = catalogueOf(dialect.system);
  const given: GivenOption[] = [];
  let part = 0;
  for (const directive of lines) {
    const reader = new DirectiveReader(text, directive, dialect, catalogue, problems, given, part);
    part = reader.read();
  }
  return given;
}

class DirectiveReader {
  readonly #text: string;
  readonly #directive: DirectiveLine;
  readonly #dialect: Dialect;
  readonly #catalogue: Catalogue;
  readonly #problems: BatchProblems;
  readonly #given: GivenOption[];
  #words: readonly Word[] = [];
  #at = 0;
  #part: number;

  constructor(
    text: string,
    directive: DirectiveLine,
    dialect: Dialect,
    catalogue: Catalogue,
    problems: BatchProblems,
    given: GivenOption[],
    part: number,
  ) {
    this.#text = text;
    this.#directive = directive;
    this.#dialect = dialect;
    this.#catalogue = catalogue;
    this.#problems = problems;
    this.#given = given;
    this.#part = part;
  }

  /** Reads the line; returns the part that the next line is for. */
  read(): number {
    if (this.#dialect.syntax === 'one-per-line') {
      this.#readWholeLine();
      return this.#part;
    }
    const { words, unclosed } = splitWords(
      this.#text,
      this.#directive.body,
      this.#dialect.system === 'slurm' ? 'anywhere' : 'word-start',
    );
    if (unclosed) {
      const quote = this.#text[unclosed[0]] ?? '"';
      this.#problems.add('unclosed-quote', unclosed, `The quote ${quote} is not closed on this line.`, {
        fix: replacing('Close the quote', [unclosed[1], unclosed[1]], quote),
      });
    }
    this.#words = words;
    while (this.#at < words.length) {
      const word = words[this.#at];
      if (word === undefined) break;
      this.#at++;
      this.#readWord(word);
    }
    return this.#part;
  }

  #readWord(word: Word): void {
    const { text } = word;
    if (!/^-./.test(text) || text === '--') {
      // sbatch reads `hetjob` between the parts of a heterogeneous job
      if (this.#dialect.system === 'slurm' && (text === 'hetjob' || text === 'packjob')) {
        this.#part++;
        return;
      }
      if (text === '--') return;
      this.#strayText(word);
      return;
    }
    switch (this.#dialect.syntax) {
      case 'getopt-long':
        if (text.startsWith('--')) this.#readLong(word);
        else this.#readLetters(word);
        return;
      case 'getopt':
        if (text.startsWith('--')) this.#unknown(word.span, text);
        else this.#readLetters(word);
        return;
      case 'single-dash':
        this.#readSingleDash(word);
        return;
      case 'one-per-line':
        return;
    }
  }

  #strayText(word: Word): void {
    const last = this.#given.at(-1);
    const before = last?.directive === this.#directive && last.value !== undefined ? last : undefined;
    // the rest of the words goes with the first: one mistake, one problem
    let end = word.span[1];
    for (let next = this.#words[this.#at]; next && !/^-./.test(next.text); next = this.#words[this.#at]) {
      end = next.span[1];
      this.#at++;
    }
    // a command that was to be run: its first word is marked already
    if (before?.value?.includes('$(') || before?.value?.includes('`')) return;
    const whole: Span = [word.span[0], end];
    const text = this.#text.slice(...whole);
    this.#problems.add(
      'stray-text',
      whole,
      `'${text}' belongs to no option, so ${this.#dialect.submit} ignores it.`,
      {
        fix: before && joining(before, end, this.#text),
      },
    );
  }

  #readLong(word: Word): void {
    const equals = word.text.indexOf('=');
    const name = equals < 0 ? word.text.slice(2) : word.text.slice(2, equals);
    const nameSpan: Span = [word.span[0], word.span[0] + 2 + name.length];
    const spec = this.#byLongName(name, nameSpan);
    const inline = equals < 0 ? undefined : word.text.slice(equals + 1);
    const inlineSpan: Span = [Math.min(nameSpan[1] + 1, word.span[1]), word.span[1]];
    if (spec === undefined) {
      if (equals < 0) this.#skipValue();
      return;
    }
    if (spec.takes === 'nothing') {
      if (inline !== undefined) this.#superfluous(spec, [nameSpan[1], word.span[1]]);
      this.#add(spec, nameSpan, undefined, [nameSpan[1], nameSpan[1]], true);
      return;
    }
    if (inline !== undefined) {
      if (inline === '') this.#missing(spec, [nameSpan[0], word.span[1]]);
      else this.#add(spec, nameSpan, inline, inlineSpan, !word.quoted);
      return;
    }
    if (spec.takes === 'optional-value') {
      this.#add(spec, nameSpan, undefined, [nameSpan[1], nameSpan[1]], true);
      return;
    }
    this.#takeNext(spec, nameSpan);
  }

  #byLongName(name: string, at: Span): OptionSpec | undefined {
    const { options } = this.#catalogue;
    const exact = options.get(name);
    if (exact) return exact;
    const begins = name === '' ? [] : [...options.keys()].filter((key) => key.startsWith(name));
    const [only] = begins;
    if (begins.length === 1 && only !== undefined) return options.get(only);
    // getopt takes a beginning of several names when nothing tells them apart, else refuses it
    if (begins.length > 1) {
      this.#problems.add(
        'ambiguous-option',
        at,
        `'--${name}' is the beginning of ${listedOptions(begins)}. Write the name in full.`,
        only === undefined ? {} : { fix: replacing(`Change to '--${only}'`, at, `--${only}`) },
      );
      return undefined;
    }
    const dashed =
      options.get(name.replaceAll('_', '-').toLowerCase())?.key ?? this.#nearest(name, [...options.keys()]);
    this.#unknown(at, `--${name}`, dashed === undefined ? undefined : `--${dashed}`);
    return undefined;
  }

  /** `-n4`, `-n 4`, `-Hk`. */
  #readLetters(word: Word): void {
    const { text, span } = word;
    for (let at = 1; at < text.length; at++) {
      const letter = text[at] ?? '';
      const spec = this.#catalogue.byLetter.get(letter);
      const nameSpan: Span = at === 1 ? [span[0], span[0] + 2] : [span[0] + at, span[0] + at + 1];
      if (spec === undefined) {
        // `-time`: one dash too few
        const whole = text.slice(1).split('=')[0] ?? '';
        const long = at === 1 && whole.length > 1 ? this.#longFor(whole) : undefined;
        if (long) this.#unknown([span[0], span[0] + 1 + whole.length], `-${whole}`, long);
        else this.#unknown(nameSpan, `-${letter}`, this.#letterFor(letter));
        if (at === text.length - 1) this.#skipValue();
        return;
      }
      const rest = text.slice(at + 1);
      if (spec.takes === 'nothing') {
        if (at === 1 && rest.startsWith('=')) {
          this.#superfluous(spec, [nameSpan[1], span[1]]);
          this.#add(spec, nameSpan, undefined, [nameSpan[1], nameSpan[1]], true);
          return;
        }
        this.#add(spec, nameSpan, undefined, [nameSpan[1], nameSpan[1]], true);
        continue;
      }
      // `-time=1:00` would be `-t` with the value `ime=1:00`
      const whole = text.slice(1).split('=')[0] ?? '';
      if (at === 1 && whole.length > 3 && this.#longFor(whole, true) !== undefined) {
        this.#unknown([span[0], span[0] + 1 + whole.length], `-${whole}`, this.#longFor(whole, true));
        if (!text.includes('=')) this.#skipValue();
        return;
      }
      if (rest !== '') this.#add(spec, nameSpan, rest, [nameSpan[1], span[1]], !word.quoted);
      else if (spec.takes === 'optional-value')
        this.#add(spec, nameSpan, undefined, [nameSpan[1], nameSpan[1]], true);
      else this.#takeNext(spec, nameSpan);
      return;
    }
  }

  #longFor(word: string, exactly = false): string | undefined {
    if (this.#dialect.syntax !== 'getopt-long') return undefined;
    const { options } = this.#catalogue;
    const name = options.get(word)?.key ?? (exactly ? undefined : this.#nearest(word, [...options.keys()]));
    return name === undefined ? undefined : `--${name}`;
  }

  #letterFor(letter: string): string | undefined {
    const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return this.#catalogue.byLetter.has(other) ? `-${other}` : undefined;
  }

  #readSingleDash(word: Word): void {
    const name = word.text.slice(1);
    const { options } = this.#catalogue;
    const exact = options.get(name);
    if (exact) {
      if (exact.takes === 'nothing')
        this.#add(exact, word.span, undefined, [word.span[1], word.span[1]], true);
      else this.#takeNext(exact, word.span);
      return;
    }
    // LSF takes `-n4` and `-W1:00`
    const letter = this.#dialect.system === 'lsf' ? options.get(name.slice(0, 1)) : undefined;
    if (letter && letter.takes !== 'nothing' && /^["'\d/[%]/.test(name.slice(1))) {
      const nameSpan: Span = [word.span[0], word.span[0] + 2];
      this.#add(letter, nameSpan, name.slice(1), [nameSpan[1], word.span[1]], !word.quoted);
      return;
    }
    const other = this.#nearest(
      name.replace(/^-/, ''),
      [...options.keys()].filter((key) => key.length > 1),
    );
    const letterCase = name.length === 1 ? this.#letterFor(name) : undefined;
    this.#unknown(word.span, word.text, letterCase ?? (other === undefined ? undefined : `-${other}`));
    this.#skipValue();
  }

  #readWholeLine(): void {
    const [from, to] = this.#directive.body;
    const match = /^(\s*)(-{1,2}[A-Za-z][\w-]*|-)?(=?)(\s*)(.*?)\s*$/s.exec(this.#text.slice(from, to));
    const [, gap = '', written = '', equals = '', blank = '', rest = ''] = match ?? [];
    const start = from + gap.length;
    if (gap === '' && from < to) return;
    if (written === '') {
      if (rest !== '')
        this.#problems.add(
          'stray-text',
          [start, start + rest.length],
          'OAR refuses a #OAR line that does not begin with an option.',
          { severity: 'error' },
        );
      return;
    }
    const long = written.startsWith('--');
    let name = written;
    let value = rest;
    let nameEnd = start + written.length;
    let valueStart = nameEnd + equals.length + blank.length;
    let spec = long ? this.#catalogue.options.get(written.slice(2)) : undefined;
    if (!long) {
      // `-l/nodes=1`: one letter, the value may follow at once
      name = written.slice(0, 2);
      spec = this.#catalogue.byLetter.get(name.slice(1));
      nameEnd = start + name.length;
      if (written.length > 2) {
        valueStart = nameEnd;
        value = this.#text.slice(
          nameEnd,
          start + written.length + equals.length + blank.length + rest.length,
        );
      }
    }
    const nameSpan: Span = [start, nameEnd];
    const valueSpan: Span = [valueStart, valueStart + value.length];
    if (spec === undefined) {
      const keys = [...this.#catalogue.options.keys()];
      const meant = this.#nearest(written.replace(/^-+/, ''), keys);
      const span: Span = [start, start + written.length];
      this.#unknown(span, written, meant === undefined ? undefined : `--${meant}`);
      return;
    }
    if (long && equals !== '') {
      const at: Span = [nameEnd, nameEnd + 1];
      this.#problems.add(
        'malformed-value',
        at,
        `OAR takes a blank between ${name} and its value; the = would become part of the value.`,
        { fix: replacing('Put a blank in its place', [nameEnd, valueStart], ' ') },
      );
      return;
    }
    if (spec.takes === 'nothing') {
      if (value !== '') this.#superfluous(spec, [nameEnd, valueSpan[1]]);
      this.#add(spec, nameSpan, undefined, [nameEnd, nameEnd], true);
    } else if (value === '') this.#missing(spec, nameSpan);
    else {
      const quoted = /^(["']).*\1$/.exec(value);
      if (quoted) {
        this.#problems.add(
          'quotes-taken-literally',
          valueSpan,
          'OAR does not take quotes off: they become part of the value.',
          { fix: replacing('Remove the quotes', valueSpan, value.slice(1, -1)) },
        );
        this.#add(spec, nameSpan, value.slice(1, -1), valueSpan, false);
      } else this.#add(spec, nameSpan, value, valueSpan, true);
    }
  }

  #takeNext(spec: OptionSpec, nameSpan: Span): void {
    const first = this.#words[this.#at];
    // a value that begins with a dash is rather the next option
    if (first === undefined || looksLikeOption(first, spec)) {
      this.#missing(spec, nameSpan);
      return;
    }
    let last = first;
    this.#at++;
    const parts = [first.text];
    const many = spec.kind === 'sge-binding' && /^(env|pe|set)$/.test(first.text) ? 2 : spec.wordCount;
    for (let count = 1; count < many; count++) {
      const next = this.#words[this.#at];
      if (next === undefined || /^-[A-Za-z]/.test(next.text)) break;
      parts.push(next.text);
      last = next;
      this.#at++;
    }
    const valueSpan: Span = [first.span[0], last.span[1]];
    this.#add(spec, nameSpan, parts.join(' '), valueSpan, this.#text.slice(...valueSpan) === parts.join(' '));
  }

  /** The word behind an option that nobody knows is probably its value. */
  #skipValue(): void {
    const next = this.#words[this.#at];
    if (next && !/^-\D/.test(next.text)) this.#at++;
  }

  #add(
    spec: OptionSpec,
    nameSpan: Span,
    value: string | undefined,
    valueSpan: Span,
    verbatim: boolean,
  ): void {
    const span: Span = [nameSpan[0], Math.max(nameSpan[1], valueSpan[1])];
    this.#given.push({
      spec,
      directive: this.#directive,
      nameSpan,
      value,
      valueSpan,
      verbatim,
      span,
      part: this.#part,
    });
  }

  #nearest(word: string, allowed: readonly string[]): string | undefined {
    return this.#problems.isFull ? undefined : nearestWord(word, allowed);
  }

  #unknown(at: Span, written: string, meant?: string): void {
    const { title, system } = this.#dialect;
    if (system === 'slurm' && meant === undefined && written.startsWith('--') && !this.#problems.isFull) {
      this.#problems.add(
        'unknown-option',
        at,
        `sbatch itself has no option '${written}', and refuses it unless a plugin of the site brings it.`,
        { severity: 'warning' },
      );
      return;
    }
    this.#problems.add(
      'unknown-option',
      at,
      `${title} has no option '${written}'.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
      meant === undefined ? {} : { fix: replacing(`Change to '${meant}'`, at, meant) },
    );
  }

  #missing(spec: OptionSpec, at: Span): void {
    this.#problems.add('missing-value', at, `${nameOf(spec)} needs a value: ${spec.forms}.`);
    this.#add(spec, at, undefined, [at[1], at[1]], true);
  }

  #superfluous(spec: OptionSpec, at: Span): void {
    this.#problems.add('unexpected-value', at, `${nameOf(spec)} takes no value.`, {
      fix: replacing('Remove the value', at, ''),
    });
  }
}

/** Negative numbers are values. */
const looksLikeOption = (word: Word, { kind }: OptionSpec): boolean =>
  !word.quoted &&
  word.text.startsWith('-') &&
  !(/^-\d/.test(word.text) && /int|time|environment/.test(kind)) &&
  word.text !== '-';

const nameOf = ({ name, short }: OptionSpec): string => (short === undefined ? name : `${name} (${short})`);

const listedOptions = (keys: readonly string[]): string => {
  const names = keys.slice(0, 6).map((key) => `--${key}`);
  return keys.length > 6
    ? `${names.join(', ')} and others`
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
};

/** The value together with the words behind it: in quotes, or for an amount with its unit without the blank. */
function joining({ spec, valueSpan }: GivenOption, end: number, text: string): SpanFix | undefined {
  const at: Span = [valueSpan[0], end];
  const whole = text.slice(...at);
  if (spec.kind === 'text') return replacing('Put the value in quotes', at, quotedValue(whole));
  if (spec.kind.endsWith('-size') && /^\d+\s+[kmgt]b?$/i.test(whole)) {
    const joined = whole.replace(/\s+/, '');
    return replacing(`Change to '${joined}'`, at, joined);
  }
  return undefined;
}

const quotedValue = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`);
