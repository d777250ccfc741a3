/** What may stand at the caret of a directive. Works on lines that are being written. */
import { catalogueOf, type OptionSpec } from '#core/batch/catalogue.ts';
import { lineText } from '#core/batch/problem-list.ts';
import { dialects, marks, systemsOf, type Dialect, type System } from '#core/batch/systems.ts';
import type { Position } from '#core/text.ts';
import type { Completion, Completions } from '../language.ts';
import type { BatchAnalysis } from './analysis.ts';
import { completeOverride } from './command-completion.ts';
import { completeValue } from './complete-values.ts';
import { describeOption } from './wording.ts';

const nothing: Completions = { items: [], isIncomplete: false };

/** Options, values and resources, the likelier first; never an option that the script has already. */
export function completion(analysis: BatchAnalysis, position: Position): Completions {
  const line = lineText(analysis.script, position.line);
  const before = line.slice(0, position.character);
  const mark = marks.find((one) => before.startsWith(one));
  if (mark === undefined || !/^(?:[\s-]|$)/.test(before.slice(mark.length))) {
    const items = completeOverride(analysis.commands, position) ?? completeMark(analysis, position, line);
    return { items, isIncomplete: false };
  }
  const system = systemFor(analysis, mark);
  const caret = new DirectiveCaret(analysis, position, line, mark.length, dialects[system]);
  return caret.completions();
}

function systemFor({ system }: BatchAnalysis, mark: (typeof marks)[number]): System {
  const [first, second] = systemsOf[mark];
  return system !== undefined && (system === first || system === second) ? system : first;
}

/** The beginning of a directive, above the first command. */
function completeMark(
  analysis: BatchAnalysis,
  { line, character }: Position,
  text: string,
): readonly Completion[] {
  const { script, system } = analysis;
  const before = text.slice(0, character);
  if (!/^#[A-Z$]*$/.test(before) || text.startsWith('#!')) return [];
  if (script.firstCommand && line > script.firstCommand.line) return [];
  const offered = system === undefined ? marks : [dialects[system].mark];
  // the rest of the word is replaced as well
  const end = character + (/^\w*/.exec(text.slice(character))?.[0].length ?? 0);
  return offered.map((mark) => ({
    label: mark,
    kind: 'key',
    detail: systemsOf[mark].flatMap((one) => (one ? dialects[one].title : [])).join(', '),
    edit: { range: { start: { line, character: 0 }, end: { line, character: end } }, newText: `${mark} ` },
    continues: true,
  }));
}

/** The caret in a directive's line. */
class DirectiveCaret {
  readonly #analysis: BatchAnalysis;
  readonly #dialect: Dialect;
  readonly #line: number;
  readonly #text: string;
  readonly #caret: number;
  /** Where the word at the caret begins and ends. */
  readonly #start: number;
  readonly #end: number;
  /** The words between the mark and the caret's. */
  readonly #words: readonly string[];

  constructor(
    analysis: BatchAnalysis,
    { line, character }: Position,
    text: string,
    from: number,
    dialect: Dialect,
  ) {
    this.#analysis = analysis;
    this.#dialect = dialect;
    this.#line = line;
    this.#text = text;
    this.#caret = Math.min(character, text.length);
    const body = text.slice(from, this.#caret);
    // blanks inside an open quote part no words
    const quote = dialect.syntax === 'one-per-line' ? undefined : openQuote(body);
    this.#start = from + (/\S*$/.exec(body.slice(0, quote))?.index ?? 0);
    this.#end = this.#caret + (/^[^\s"']*/.exec(text.slice(this.#caret))?.[0].length ?? 0);
    this.#words = text
      .slice(from, this.#start)
      .split(/\s+/)
      .filter((word) => word !== '');
  }

  completions(): Completions {
    const word = this.#text.slice(this.#start, this.#caret);
    if (this.#dialect.syntax === 'getopt-long') {
      const equals = /^(--[\w-]+)=/.exec(word);
      if (equals) return this.#value(this.#byName(equals[1] ?? ''), this.#start + equals[0].length);
    }
    const waiting = this.#waiting();
    if (waiting) return this.#value(waiting, this.#start);
    if (word !== '' && !word.startsWith('-')) return nothing;
    // OAR reads one option a line
    if (this.#dialect.syntax === 'one-per-line' && this.#words.length > 0) return nothing;
    return { items: this.#options(), isIncomplete: false };
  }

  /** The option before the caret whose value stands there. */
  #waiting(): OptionSpec | undefined {
    const { syntax } = this.#dialect;
    const last = syntax === 'one-per-line' ? this.#words[0] : this.#words.at(-1);
    if (last === undefined) return undefined;
    const spec = this.#byName(last);
    return spec?.takes === 'value' ? spec : undefined;
  }

  #byName(word: string): OptionSpec | undefined {
    const { options, byLetter } = catalogueOf(this.#dialect.system);
    if (word.startsWith('--')) return options.get(word.slice(2));
    if (!word.startsWith('-')) return undefined;
    return (
      byLetter.get(word.slice(1)) ??
      (this.#dialect.syntax === 'single-dash' ? options.get(word.slice(1)) : undefined)
    );
  }

  #options(): readonly Completion[] {
    const present = new Set(
      this.#analysis.options
        // what is being written here is no reason to leave it out
        .filter(
          ({ directive, nameSpan }) =>
            directive.line !== this.#line || !this.#holds(nameSpan, directive.span[0]),
        )
        .map(({ spec }) => spec.key),
    );
    return [...catalogueOf(this.#dialect.system).options.values()]
      .filter(
        (spec) => !spec.commandLine && !spec.administrators && (spec.repeatable || !present.has(spec.key)),
      )
      .map((spec) => this.#option(spec))
      .sort((a, b) => Number(b.common) - Number(a.common))
      .map(({ completion: one }) => one);
  }

  #holds([start, end]: readonly [number, number], lineStart: number): boolean {
    return start - lineStart <= this.#caret && this.#caret <= end - lineStart;
  }

  #option(spec: OptionSpec): { readonly common: boolean; readonly completion: Completion } {
    const joint = spec.takes === 'value' ? (this.#dialect.syntax === 'getopt-long' ? '=' : ' ') : '';
    // what follows the caret's word may be the value already
    const follows = this.#text.slice(this.#end).trimStart() !== '' && this.#start < this.#end;
    const end = this.#text.slice(this.#caret, this.#end).indexOf('=');
    const stop = end < 0 ? this.#end : this.#caret + end;
    return {
      common: common.has(spec.key),
      completion: {
        label: spec.name,
        kind: 'key',
        detail: spec.short === undefined ? spec.title : `${spec.short}  ${spec.title}`,
        documentation: describeOption(spec),
        edit: this.#edit(
          this.#start,
          stop,
          `${spec.name}${end >= 0 || (follows && joint === ' ') ? '' : joint}`,
        ),
        ...(joint !== '' && { continues: true as const }),
      },
    };
  }

  #value(spec: OptionSpec | undefined, start: number): Completions {
    if (spec === undefined) return nothing;
    // behind a quote that is opened here
    const from = start < this.#caret && /["']/.test(this.#text[start] ?? '') ? start + 1 : start;
    return completeValue(this.#analysis, {
      spec,
      line: this.#line,
      text: this.#text,
      from,
      caret: this.#caret,
      end: this.#end,
    });
  }

  #edit(start: number, end: number, newText: string): Completion['edit'] {
    const line = this.#line;
    return { range: { start: { line, character: start }, end: { line, character: end } }, newText };
  }
}

/** Where a quote begins that isn't closed; undefined when there is none. */
function openQuote(text: string): number | undefined {
  let open: number | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (open === undefined) {
      if (char === '"' || char === "'") open = at;
    } else if (char === text[open]) open = undefined;
  }
  return open;
}

/** What nearly every script gives comes first. */
const common: ReadonlySet<string> = new Set([
  ...['job-name', 'time', 'partition', 'nodes', 'ntasks', 'ntasks-per-node', 'cpus-per-task', 'mem', 'gres'],
  ...['gpus-per-node', 'output', 'error', 'array', 'account', 'mail-type', 'mail-user'],
  ...['name', 'resource', 'queue', 'project', 'stdout', 'stderr', 'directory'],
  ...['N', 'l', 'q', 'o', 'e', 'j', 'J', 'W', 'n', 'R', 'M', 'P', 'A', 'pe', 'cwd', 't', 'm', 'V'],
]);
