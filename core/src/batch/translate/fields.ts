/** What readers and writers of requests share. */
import { formatIndexes, parseIndexes, type IndexRange, type Indexes } from '../values/indexes.ts';
import { pieces } from '../values/lists.ts';
import type { MailEvent, Request } from './request.ts';
import { oursAmong, theirsAmong, type Vocabulary } from './take.ts';

/** A request while it is put together. */
export type Draft = { -readonly [Key in keyof Request]?: Request[Key] | undefined };

/** One directive that the target gets. */
export interface Line {
  readonly option: string;
  readonly value?: string;
}

/** What a target gets of a request. */
export interface Written {
  readonly lines: readonly Line[];
  /** What it can not say, or says in another way, as sentences. */
  readonly losses: readonly string[];
}

export const anyIndexes = { lists: true, steps: true, singles: true, limit: true, lowest: 0 } as const;

export function indexesOf(text: string): Indexes | undefined {
  const indexes = parseIndexes(text, anyIndexes);
  return typeof indexes === 'string' ? undefined : indexes;
}

/** Job id, index and name in file names: `{id}` and so on, and each system's own. */
export type Patterns = readonly (readonly ['{id}' | '{index}' | '{name}', string])[];

export const fromPatterns = (text: string, patterns: Patterns): string =>
  patterns.reduce((result, [ours, theirs]) => result.replaceAll(theirs, ours), text);

/** undefined when the target has no word for one of them. */
export function toPatterns(text: string, patterns: Patterns): string | undefined {
  const written = patterns.reduce((result, [ours, theirs]) => result.replaceAll(ours, theirs), text);
  return /\{(id|index|name)\}/.test(written) ? undefined : written;
}

const letters: Vocabulary<MailEvent> = [
  ['begin', 'b'],
  ['end', 'e'],
  ['fail', 'a'],
];

export const mailFromLetters = (text: string): readonly MailEvent[] => oursAmong(Array.from(text), letters);

export const mailToLetters = (events: readonly MailEvent[]): string =>
  theirsAmong(events, letters).join('') || 'n';

/** `NAME=value,...` of options such as `-v`, after those that are there already. */
export const moreVariables = ({ variables = [] }: Draft, value: string): readonly string[] => [
  ...variables,
  ...pieces(value, ',').map(({ text }) => text),
];

/** `train[0-9]%4`: a name and the indexes of an array behind it. */
export function namedArray(text: string): { readonly name: string; readonly indexes: string } | undefined {
  const [, name = '', list, limit = ''] = /^([^[\]]*)\[([^\]]*)\](%\d+)?$/.exec(text) ?? [];
  return list === undefined ? undefined : { name, indexes: `${list}${limit}` };
}

/** The same the other way round. */
export function formatNamedArray(name: string, indexes: Indexes): string {
  const [list = '', limit] = formatIndexes(indexes).split('%');
  return `${name}[${list}]${limit === undefined ? '' : `%${limit}`}`;
}

export interface ArrayRules {
  readonly lists: boolean;
  readonly steps: boolean;
  readonly singles: boolean;
  readonly lowest: 0 | 1;
}

export interface FittedArray {
  readonly indexes: Indexes;
  readonly losses: readonly string[];
}

/** The array in a form that the target takes: moved to begin at 1, steps written out, several ranges as one. */
export function fitArray(array: Indexes, { lists, steps, singles, lowest }: ArrayRules): FittedArray {
  const losses: string[] = [];
  let ranges: readonly IndexRange[] = array.ranges;
  const least = Math.min(...ranges.map(({ from }) => from));
  if (least < lowest) {
    ranges = ranges.map(({ from, to, step }) => ({ from: from + 1, to: to + 1, step }));
    losses.push('array indexes begin at 1 here: subtract 1 from the index in the script');
  }
  if (!steps && ranges.some(({ step }) => step !== 1)) {
    const written = ranges.reduce((sum, { from, to, step }) => sum + Math.floor((to - from) / step) + 1, 0);
    if (lists && written <= 500)
      ranges = ranges.flatMap(({ from, to, step }) =>
        Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => single(from + i * step)),
      );
    else {
      losses.push('array steps are not known here: the array has the indexes between as well');
      ranges = ranges.map(({ from, to }) => ({ from, to, step: 1 }));
    }
  }
  if (!lists && ranges.length > 1) {
    losses.push(
      'only one range of array indexes is possible here: the array has the indexes between as well',
    );
    ranges = [
      {
        from: Math.min(...ranges.map(({ from }) => from)),
        to: Math.max(...ranges.map(({ to }) => to)),
        step: 1,
      },
    ];
  }
  if (!singles && ranges.length === 1 && ranges[0]?.from === ranges[0]?.to) {
    const [only] = ranges;
    losses.push('a single array index is not possible here: the array has one task more');
    ranges = only === undefined ? [] : [{ from: only.from, to: only.to + 1, step: 1 }];
  }
  return { indexes: { ranges, ...(array.limit !== undefined && { limit: array.limit }) }, losses };
}

const single = (index: number): IndexRange => ({ from: index, to: index, step: 1 });

/** A name that PBS takes: no blanks, a letter first, at most so many characters. */
export function fitName(name: string, longest: number): string {
  const plain = name.replace(/\s+/g, '_').replace(/^(?![A-Za-z])/, 'j');
  return plain.slice(0, longest);
}
