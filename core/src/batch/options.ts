/** From the words of directive lines to options with their values, as each system reads them. */
import type { OptionSpec } from './catalogue.ts';
import { placeOptions } from './line-options.ts';
import { readOptionLine } from './option-line.ts';
import { OptionList, type GivenOption } from './option-list.ts';
import { replacing, type BatchProblems, type SpanFix } from './problem-list.ts';
import type { DirectiveLine, Span } from './script.ts';
import type { Dialect } from './systems.ts';
import { splitWords, type Word } from './words.ts';

export type { GivenOption } from './option-list.ts';

/** Reads the options of the lines, in order; what is wrong with their form goes to `problems`. */
export function readOptions(
  text: string,
  lines: readonly DirectiveLine[],
  dialect: Dialect,
  problems: BatchProblems,
): readonly GivenOption[] {
  const list = new OptionList(text, dialect, problems);
  for (const directive of lines) if (!placeOptions(directive, list, readLine)) readLine(directive, list);
  return list.given;
}

/** Reads one line where it stands; `readOptions` remembers what lines say. */
export function readLine(directive: DirectiveLine, list: OptionList): void {
  if (list.dialect.syntax === 'one-per-line') readOptionLine(directive, list);
  else new DirectiveReader(directive, list).read();
}

/** Reads a line whose words are options and values. */
class DirectiveReader {
  readonly #directive: DirectiveLine;
  readonly #list: OptionList;
  readonly #text: string;
  readonly #dialect: Dialect;
  #words: readonly Word[] = [];
  #at = 0;

  constructor(directive: DirectiveLine, list: OptionList) {
    this.#directive = directive;
    this.#list = list;
    this.#text = list.text;
    this.#dialect = list.dialect;
  }

  read(): void {
    const { words, unclosed } = splitWords(
      this.#text,
      this.#directive.body,
      this.#dialect.system === 'slurm' ? 'anywhere' : 'word-start',
    );
    if (unclosed) {
      const quote = this.#text[unclosed[0]] ?? '"';
      this.#list.problems.add('unclosed-quote', unclosed, `The quote ${quote} is not closed on this line.`, {
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
  }

  #readWord(word: Word): void {
    const { text } = word;
    if (!/^-./.test(text) || text === '--') {
      // sbatch reads `hetjob` between the parts of a heterogeneous job
      if (this.#dialect.system === 'slurm' && (text === 'hetjob' || text === 'packjob')) {
        this.#list.part++;
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
        if (text.startsWith('--')) this.#list.unknown(word.span, text);
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
    const last = this.#list.given.at(-1);
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
    const refused = refusesStrayText.has(this.#dialect.system);
    this.#list.problems.add(
      'stray-text',
      whole,
      `'${text}' belongs to no option${refused ? `, so ${this.#dialect.submit} refuses the script` : ''}.`,
      {
        ...(refused && { severity: 'error' }),
        fix: (before && joining(before, end, this.#text)) ?? this.#asValue(whole) ?? this.#asOption(whole),
      },
    );
  }

  /** `--exclusive user`: a value that may be left out stands behind =. */
  #asValue(at: Span): SpanFix | undefined {
    const last = this.#list.given.at(-1);
    if (last?.directive !== this.#directive || last.spec.takes !== 'optional-value') return undefined;
    const value = this.#text.slice(...at);
    if (!last.spec.words.includes(value)) return undefined;
    return replacing(`Change to '${last.spec.name}=${value}'`, [last.nameSpan[1], at[1]], `=${value}`);
  }

  /** `nodes=2`, `—nodes=2`: hyphens that are missing, or that an editor has made a dash. */
  #asOption([start, end]: Span): SpanFix | undefined {
    if (this.#dialect.syntax !== 'getopt-long') return undefined;
    const written = /^[\u2010-\u2015\u2212]*([a-z][a-z-]*)=\S/.exec(this.#text.slice(start, end));
    if (written === null || !this.#list.catalogue.options.has(written[1] ?? '')) return undefined;
    const behind = start + written[0].length - 2 - (written[1] ?? '').length;
    return replacing(`Change to '--${written[1] ?? ''}'`, [start, behind], '--');
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
      if (inline !== undefined) this.#list.superfluous(spec, [nameSpan[1], word.span[1]]);
      this.#list.addBare(this.#directive, spec, nameSpan);
      return;
    }
    if (inline !== undefined) {
      if (inline === '') this.#list.empty(this.#directive, spec, [nameSpan[0], word.span[1]]);
      else this.#list.add(this.#directive, spec, nameSpan, inline, inlineSpan, !word.quoted);
      return;
    }
    if (spec.takes === 'optional-value') {
      this.#list.addBare(this.#directive, spec, nameSpan);
      return;
    }
    this.#takeNext(spec, nameSpan);
  }

  #byLongName(name: string, at: Span): OptionSpec | undefined {
    const { options } = this.#list.catalogue;
    const exact = options.get(name);
    if (exact) return exact;
    const begins = name === '' ? [] : [...options.keys()].filter((key) => key.startsWith(name));
    const [only] = begins;
    if (begins.length === 1 && only !== undefined) return options.get(only);
    // getopt takes a beginning of several names when nothing tells them apart, else refuses it
    const usual = otherNames[name.replaceAll('_', '-').toLowerCase()];
    if (begins.length > 1) {
      const [shortest = name] = begins.toSorted((a, b) => a.length - b.length);
      const meant = usual !== undefined && begins.includes(usual) ? usual : shortest;
      this.#list.problems.add(
        'ambiguous-option',
        at,
        `'--${name}' is the beginning of ${listedOptions(begins)}. Write the name in full.`,
        { fix: replacing(`Change to '--${meant}'`, at, `--${meant}`) },
      );
      return undefined;
    }
    const dashed =
      options.get(name.replaceAll('_', '-').toLowerCase())?.key ??
      usual ??
      this.#list.nearest(name, [...options.keys()]);
    this.#list.unknown(at, `--${name}`, dashed === undefined ? undefined : `--${dashed}`);
    return undefined;
  }

  /** `-n4`, `-n 4`, `-Hk`. */
  #readLetters(word: Word): void {
    const { text, span } = word;
    for (let at = 1; at < text.length; at++) {
      const letter = text[at] ?? '';
      const spec = this.#list.catalogue.byLetter.get(letter);
      const nameSpan: Span = at === 1 ? [span[0], span[0] + 2] : [span[0] + at, span[0] + at + 1];
      if (spec === undefined) {
        // `-time`: one dash too few
        const whole = text.slice(1).split('=')[0] ?? '';
        const long = at === 1 && whole.length > 1 ? this.#longFor(whole) : undefined;
        if (long) this.#list.unknown([span[0], span[0] + 1 + whole.length], `-${whole}`, long);
        else this.#list.unknown(nameSpan, `-${letter}`, this.#letterFor(letter));
        if (at === text.length - 1) this.#skipValue();
        return;
      }
      const rest = text.slice(at + 1);
      if (spec.takes === 'nothing') {
        if (at === 1 && rest.startsWith('=')) {
          this.#list.superfluous(spec, [nameSpan[1], span[1]]);
          this.#list.addBare(this.#directive, spec, nameSpan);
          return;
        }
        this.#list.addBare(this.#directive, spec, nameSpan);
        continue;
      }
      // `-time=1:00` would be `-t` with the value `ime=1:00`
      const whole = text.slice(1).split('=')[0] ?? '';
      if (at === 1 && whole.length > 3 && this.#longFor(whole, true) !== undefined) {
        this.#list.unknown([span[0], span[0] + 1 + whole.length], `-${whole}`, this.#longFor(whole, true));
        if (!text.includes('=')) this.#skipValue();
        return;
      }
      if (rest !== '')
        this.#list.add(this.#directive, spec, nameSpan, rest, [nameSpan[1], span[1]], !word.quoted);
      else if (spec.takes === 'optional-value') this.#list.addBare(this.#directive, spec, nameSpan);
      else this.#takeNext(spec, nameSpan);
      return;
    }
  }

  #longFor(word: string, exactly = false): string | undefined {
    if (this.#dialect.syntax !== 'getopt-long') return undefined;
    const { options } = this.#list.catalogue;
    const name =
      options.get(word)?.key ?? (exactly ? undefined : this.#list.nearest(word, [...options.keys()]));
    return name === undefined ? undefined : `--${name}`;
  }

  #letterFor(letter: string): string | undefined {
    // qsub's -l has nothing to do with licences
    if (letter === 'l' && this.#dialect.system === 'slurm') return undefined;
    const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return this.#list.catalogue.byLetter.has(other) ? `-${other}` : undefined;
  }

  #readSingleDash(word: Word): void {
    const name = word.text.slice(1);
    const { options } = this.#list.catalogue;
    const exact = options.get(name);
    if (exact) {
      if (exact.takes === 'nothing') this.#list.addBare(this.#directive, exact, word.span);
      else this.#takeNext(exact, word.span);
      return;
    }
    // LSF takes `-n4` and `-W1:00`
    const letter = this.#dialect.system === 'lsf' ? options.get(name.slice(0, 1)) : undefined;
    if (letter && letter.takes !== 'nothing' && /^["'\d/[%]/.test(name.slice(1))) {
      const nameSpan: Span = [word.span[0], word.span[0] + 2];
      this.#list.add(
        this.#directive,
        letter,
        nameSpan,
        name.slice(1),
        [nameSpan[1], word.span[1]],
        !word.quoted,
      );
      return;
    }
    const other = this.#list.nearest(
      name.replace(/^-/, ''),
      [...options.keys()].filter((key) => key.length > 1),
    );
    const letterCase = name.length === 1 ? this.#letterFor(name) : undefined;
    this.#list.unknown(word.span, word.text, letterCase ?? (other === undefined ? undefined : `-${other}`));
    this.#skipValue();
  }

  #takeNext(spec: OptionSpec, nameSpan: Span): void {
    const first = this.#words[this.#at];
    if (first?.text.startsWith('=') === true && this.#dialect.syntax === 'getopt-long') {
      this.#takeBehindBlank(spec, nameSpan, first);
      return;
    }
    // a value that begins with a dash is rather the next option
    if (first === undefined || looksLikeOption(first, spec)) {
      this.#list.missing(this.#directive, spec, nameSpan);
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
    this.#list.add(
      this.#directive,
      spec,
      nameSpan,
      parts.join(' '),
      valueSpan,
      this.#text.slice(...valueSpan) === parts.join(' '),
    );
  }

  /** `--time = 1:00`: one mistake, however many words the system makes of it. */
  #takeBehindBlank(spec: OptionSpec, nameSpan: Span, equals: Word): void {
    this.#at++;
    const next = equals.text === '=' ? this.#words[this.#at] : undefined;
    const value: Word | undefined =
      equals.text === '='
        ? next
        : { text: equals.text.slice(1), span: [equals.span[0] + 1, equals.span[1]], quoted: equals.quoted };
    const end = value?.span[0] ?? equals.span[1];
    this.#list.problems.add(
      'malformed-value',
      equals.text === '=' ? equals.span : [equals.span[0], equals.span[0] + 1],
      'No blank can stand around the = between an option and its value.',
      value === undefined ? {} : { fix: replacing('Remove the blanks', [nameSpan[1], end], '=') },
    );
    if (value === undefined) return;
    if (next !== undefined) this.#at++;
    this.#list.add(this.#directive, spec, nameSpan, value.text, value.span, !value.quoted);
  }

  /** The word behind an option that nobody knows is probably its value. */
  #skipValue(): void {
    const next = this.#words[this.#at];
    if (next && !/^-\D/.test(next.text)) this.#at++;
  }
}

/** Systems that refuse a directive with words that belong to no option ("Invalid directive", "directive error"). */
const refusesStrayText: ReadonlySet<string> = new Set(['slurm', 'torque', 'pbspro']);

/** What options of sbatch are called elsewhere, or in short. */
const otherNames: Readonly<Record<string, string>> = {
  n: 'ntasks',
  walltime: 'time',
  queue: 'partition',
  name: 'job-name',
  project: 'account',
  cpu: 'cpus-per-task',
  cpus: 'cpus-per-task',
  cores: 'cpus-per-task',
  tasks: 'ntasks',
  'tasks-per-node': 'ntasks-per-node',
  workdir: 'chdir',
  stdout: 'output',
  stderr: 'error',
  email: 'mail-user',
};

/** Negative numbers are values. */
const looksLikeOption = (word: Word, { kind }: OptionSpec): boolean =>
  !word.quoted &&
  word.text.startsWith('-') &&
  !(/^-\d/.test(word.text) && /int|time|environment/.test(kind)) &&
  word.text !== '-';

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
  if (spec.kind.endsWith('-job-name')) {
    const name = whole.replace(/\s+/g, '_');
    return replacing(`Change to '${name}'`, at, name);
  }
  if (spec.kind.endsWith('-size') && /^\d+\s+[kmgt]b?$/i.test(whole)) {
    const joined = whole.replace(/\s+/, '');
    return replacing(`Change to '${joined}'`, at, joined);
  }
  return undefined;
}

const quotedValue = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`);
