/**
 * What directive lines say, by their text: an edit changes one of a script's lines, and the options of the others are
 * what they were, at another place at most.
 */
import { OptionList } from './option-list.ts';
import { PlacedOption, type LineOption } from './placed-option.ts';
import { BatchProblems } from './problem-list.ts';
import { readScript, type DirectiveLine, type Span } from './script.ts';
import type { Dialect, System } from './systems.ts';
import { readOne } from './validate.ts';

/** Of so many lines it is remembered what they say, and of as many that were used before those. */
const kept = 10_000;
/** Longer lines are rare. */
const longest = 400;

/** `undefined`: something is wrong in the line, so that it is read where it stands. */
type LineMeaning = readonly LineOption[] | undefined;

/**
 * What lines of a system say. It follows from their texts alone, so nothing ever has to be forgotten but for
 * room: the lines that were not used for longest go, thousands at once.
 */
class RememberedLines {
  #recent = new Map<string, LineMeaning>();
  #older = new Map<string, LineMeaning>();

  /** What the line's text says; worked out when it isn't remembered. */
  meaningOf(text: string, dialect: Dialect, reading: LineReading): LineMeaning {
    const recent = this.#recent.get(text);
    if (recent !== undefined || this.#recent.has(text)) return recent;
    if (this.#recent.size >= kept) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    // a copy, since a part of the script's text would keep the whole of it in memory
    const copy = ` ${text}`.slice(1);
    const meaning = this.#older.has(text) ? this.#older.get(text) : meaningOf(copy, dialect, reading);
    this.#recent.set(copy, meaning);
    return meaning;
  }
}

const remembered = new Map<System, RememberedLines>();

/** Reads a line's options into a list. */
export type LineReading = (directive: DirectiveLine, list: OptionList) => void;

/** Puts the line's options into the list, with their values, when there is nothing wrong in it; false otherwise. */
export function placeOptions(directive: DirectiveLine, list: OptionList, reading: LineReading): boolean {
  const { text, dialect } = list;
  const { bodyStart, bodyEnd } = directive;
  if (bodyEnd - bodyStart > longest) return false;
  let lines = remembered.get(dialect.system);
  if (lines === undefined) remembered.set(dialect.system, (lines = new RememberedLines()));
  const meaning = lines.meaningOf(text.slice(bodyStart, bodyEnd), dialect, reading);
  if (meaning === undefined) return false;
  for (const option of meaning) list.given.push(new PlacedOption(option, directive, list.part));
  return true;
}

function meaningOf(body: string, dialect: Dialect, reading: LineReading): LineMeaning {
  // the line alone, as if its mark ended where the text begins
  const problems = new BatchProblems(readScript(''));
  const list = new OptionList(body, dialect, problems);
  const span: Span = [0, body.length];
  reading(
    {
      mark: dialect.mark,
      line: 0,
      markSpan: [0, 0],
      body: span,
      bodyStart: 0,
      bodyEnd: body.length,
      span,
      indented: false,
      late: false,
      inHereDocument: false,
    },
    list,
  );
  const options = list.given.map((option): LineOption => ({
    spec: option.spec,
    value: option.value,
    verbatim: option.verbatim,
    nameSpan: option.nameSpan,
    valueSpan: option.valueSpan,
    span: option.span,
    parsed: readOne(body, option, problems),
  }));
  // the word between the parts of a job counts for the lines below
  return problems.isEmpty && list.part === 0 ? options : undefined;
}
