/** A batch script as lines: where its directives are, where its commands begin. Reads any text. */
import { marks, type Mark } from './systems.ts';

export type Span = readonly [start: number, end: number];

/** A line that a batch system may read as options. */
export interface DirectiveLine {
  readonly mark: Mark;
  readonly line: number;
  /** The mark itself. */
  readonly markSpan: Span;
  /** What stands behind the mark. */
  readonly body: Span;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** The line without its break. */
  readonly span: Span;
  /** Whether blanks stand before the mark. */
  readonly indented: boolean;
  /** Whether a command stands above it. */
  readonly late: boolean;
  /** Whether it stands inside a here-document: text for another script, unless the system reads the whole file. */
  readonly inHereDocument: boolean;
}

/** Why a line that looks like a directive is none. */
export type NearMissReason = 'blank' | 'hashes' | 'case' | 'spelling' | 'indented';

export interface NearMiss {
  readonly reason: NearMissReason;
  /** What it should begin with. */
  readonly mark: Mark;
  readonly line: number;
  /** What stands there instead, blanks before it included. */
  readonly markSpan: Span;
  readonly span: Span;
}

/** A line with anything else than blanks and comments. */
export interface CodeLine {
  readonly line: number;
  readonly span: Span;
}

export interface Script {
  readonly text: string;
  /** Where each line begins. */
  readonly starts: readonly number[];
  readonly shebang: Span | undefined;
  readonly directives: readonly DirectiveLine[];
  readonly nearMisses: readonly NearMiss[];
  readonly firstCommand: CodeLine | undefined;
  /** Whether any line ends in CR LF. */
  readonly carriageReturns: boolean;
  /** Whether there is nothing but blanks. */
  readonly empty: boolean;
  /** Whether a comment may speak to us: `# sweepdeck: ...`. */
  readonly addressesUs: boolean;
}

/** Of tens of thousands of lines hardly anybody asks for the spans. */
class Directive implements DirectiveLine {
  readonly mark: Mark;
  readonly line: number;
  readonly late: boolean;
  readonly inHereDocument: boolean;
  readonly #start: number;
  readonly #markStart: number;
  readonly #end: number;

  constructor(
    mark: Mark,
    line: number,
    late: boolean,
    inHereDocument: boolean,
    start: number,
    markStart: number,
    end: number,
  ) {
    this.mark = mark;
    this.line = line;
    this.late = late;
    this.inHereDocument = inHereDocument;
    this.#start = start;
    this.#markStart = markStart;
    this.#end = end;
  }

  get indented(): boolean {
    return this.#markStart > this.#start;
  }

  get markSpan(): Span {
    return [this.#markStart, this.bodyStart];
  }

  get bodyStart(): number {
    return this.#markStart + this.mark.length;
  }

  get bodyEnd(): number {
    return this.#end;
  }

  get body(): Span {
    return [this.bodyStart, this.#end];
  }

  get span(): Span {
    return [this.#start, this.#end];
  }
}

const space = 32;
const tab = 9;
const hash = 35;
const carriageReturn = 13;

/** Letters of a mark, told from the rest of the line. */
const known: readonly (readonly [Mark, string])[] = marks.map((mark) => [mark, mark.slice(1)]);

/** `#`s, blanks and a word, then what looks like an option. */
const nearly = /^([ \t]*)(#+)([ \t]*)([A-Za-z]{3,8}|\$)([ \t]*)(--?[A-Za-z])/;

const misspellings: Readonly<Record<string, Mark>> = {
  SBACTH: '#SBATCH',
  SBATH: '#SBATCH',
  SBTACH: '#SBATCH',
  SBACH: '#SBATCH',
  SBATCHH: '#SBATCH',
  SBBATCH: '#SBATCH',
  SABTCH: '#SBATCH',
  SBAT: '#SBATCH',
  SBATC: '#SBATCH',
  SLURM: '#SBATCH',
  BATCH: '#SBATCH',
  QSUB: '#PBS',
  PSB: '#PBS',
  BPS: '#PBS',
  PBSS: '#PBS',
  BUSB: '#BSUB',
  BSBU: '#BSUB',
  SBUB: '#BSUB',
  BSUBB: '#BSUB',
  LSF: '#BSUB',
  MUSB: '#MSUB',
  MSBU: '#MSUB',
  OARS: '#OAR',
  OARSUB: '#OAR',
  ORA: '#OAR',
};

/** Splits the text into lines and finds what batch systems would read there. Never throws; takes time linear in the text. */
export function readScript(text: string): Script {
  const starts: number[] = [];
  const directives: DirectiveLine[] = [];
  const nearMisses: NearMiss[] = [];
  let firstCommand: CodeLine | undefined;
  let carriageReturns = false;
  let empty = true;
  let heredocs: readonly HereDocument[] = [];
  // where the next here-document may begin; most scripts have none
  let shift = text.indexOf('<<');
  let line = 0;
  for (let start = 0; ; line++) {
    starts.push(start);
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline;
    let end = next;
    if (end > start && text.charCodeAt(end - 1) === carriageReturn) {
      if (newline >= 0) carriageReturns = true;
      end--;
    }
    const first = firstVisible(text, start, end);
    const heredoc = heredocs[0];
    if (first < end) {
      empty = false;
      if (text.charCodeAt(first) === hash) {
        const mark = markAt(text, first, end);
        if (mark !== undefined) {
          directives.push(
            new Directive(mark, line, firstCommand !== undefined, heredoc !== undefined, start, first, end),
          );
        } else if (heredoc === undefined) {
          const miss = nearMiss(text, start, end, line);
          if (miss !== undefined) nearMisses.push(miss);
        }
      } else if (heredoc === undefined) {
        firstCommand ??= { line, span: [first, end] };
      }
      if (heredoc !== undefined) {
        if (endsHereDocument(text.slice(start, end), heredoc)) heredocs = heredocs.slice(1);
      } else if (shift >= 0 && shift < end) {
        if (text.charCodeAt(first) !== hash) heredocs = hereDocuments(text.slice(first, end));
      }
      if (shift >= 0 && shift < end) shift = text.indexOf('<<', end);
    }
    if (newline < 0) break;
    start = newline + 1;
  }
  const shebang: Span | undefined = text.startsWith('#!') ? [0, endOfFirstLine(text)] : undefined;
  return {
    text,
    starts,
    shebang,
    directives,
    nearMisses,
    firstCommand,
    carriageReturns,
    empty,
    // much faster than `includes`, in a text without it
    addressesUs: /sweepdeck: *\w/.test(text),
  };
}

function firstVisible(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code !== space && code !== tab) break;
    at++;
  }
  return at;
}

function markAt(text: string, at: number, end: number): Mark | undefined {
  for (const [mark, letters] of known) {
    if (!text.startsWith(letters, at + 1)) continue;
    const behind = at + mark.length;
    // `#$` begins many a commented-out line: only options make it a directive
    if (mark === '#$') {
      const word = firstVisible(text, behind, end);
      if (word < end && !/^--?[A-Za-z@]/.test(text.slice(word, word + 3))) return undefined;
      return word < end || behind === end ? mark : undefined;
    }
    const code = text.charCodeAt(behind);
    const separated = behind >= end || code === space || code === tab || code === 45; // -
    return separated ? mark : undefined;
  }
  return undefined;
}

function nearMiss(text: string, start: number, end: number, line: number): NearMiss | undefined {
  const found = nearly.exec(text.slice(start, Math.min(end, start + 200)));
  if (found === null) return undefined;
  const [, indent = '', hashes = '', gap = '', word = ''] = found;
  const upper = word.toUpperCase();
  const exact = marks.find((mark) => mark.slice(1) === upper);
  // `# $ -x` is a comment about a command in most scripts
  if (exact === '#$' && hashes.length > 1) return undefined;
  const mark = exact ?? misspellings[upper];
  if (mark === undefined) return undefined;
  // `# batch -x` and the like speak of something else
  if (exact === undefined && (gap !== '' || hashes.length > 1 || word !== upper)) return undefined;
  // words in small letters, with a blank before them, are prose
  if (gap !== '' && word !== upper && word.toLowerCase() === word) return undefined;
  const reason: NearMissReason =
    exact === undefined
      ? 'spelling'
      : hashes.length > 1
        ? 'hashes'
        : gap !== ''
          ? 'blank'
          : word !== upper
            ? 'case'
            : 'indented';
  const markEnd = start + indent.length + hashes.length + gap.length + word.length;
  return { reason, mark, line, markSpan: [start, markEnd], span: [start, end] };
}

interface HereDocument {
  readonly end: string;
  readonly stripsTabs: boolean;
}

const hereDocument = /<<(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|\\?([A-Za-z_][\w.-]*))/g;

function hereDocuments(command: string): readonly HereDocument[] {
  if (command.includes('<<<') || command.includes('((')) return [];
  return [...command.matchAll(hereDocument)].map(([, dash, single, double, bare]) => ({
    end: single ?? double ?? bare ?? '',
    stripsTabs: dash === '-',
  }));
}

function endsHereDocument(line: string, { end, stripsTabs }: HereDocument): boolean {
  return (stripsTabs ? line.replace(/^\t+/, '') : line) === end;
}

function endOfFirstLine(text: string): number {
  const newline = text.indexOf('\n');
  const end = newline < 0 ? text.length : newline;
  return end > 0 && text[end - 1] === '\r' ? end - 1 : end;
}
