/** What may stand in the value of an option: names that the site knows, words, resources, amounts with their units. */
import type { OptionSpec, ResourceSpec } from '#core/batch/catalogue.ts';
import { siteNameWords } from '#core/batch/site-names.ts';
import type { Completion, Completions, TextEdit } from '../language.ts';
import { amountsOf, resourceMeaning, valueMeaning, type Amount } from './amounts.ts';
import type { BatchAnalysis } from './analysis.ts';
import { describeOption, describeResource } from './wording.ts';

/** The caret in an option's value. Numbers are characters of the line. */
export interface ValuePlace {
  readonly spec: OptionSpec;
  readonly line: number;
  /** The text of the line. */
  readonly text: string;
  /** Where the value begins, behind its quote. */
  readonly from: number;
  readonly caret: number;
  /** Where the word at the caret ends. */
  readonly end: number;
}

export function completeValue(analysis: BatchAnalysis, place: ValuePlace): Completions {
  const { spec } = place;
  if (spec.kind === 'oar-resources') return oarResources(analysis, place);
  if (spec.resources !== undefined) return resources(analysis, place, spec.resources);
  const names = siteNames(analysis, place);
  if (names.items.length > 0) return names;
  const amounts = optionAmounts(place);
  const others = spec.words.length > 0 ? words(place) : amounts.items.length > 0 ? [] : examples(place);
  return {
    items: [...amounts.items, ...others],
    isIncomplete: names.isIncomplete || amounts.isIncomplete,
  };
}

/** The part of a list at the caret. */
interface Part {
  readonly start: number;
  readonly end: number;
  /** What of it stands before the caret. */
  readonly typed: string;
}

/** `separators`: a class of characters that part the list. */
function partOf({ text, from, caret, end }: ValuePlace, separators: RegExp): Part {
  let start = caret;
  while (start > from && !separators.test(text[start - 1] ?? '')) start--;
  let stop = caret;
  while (stop < end && !separators.test(text[stop] ?? '')) stop++;
  return { start, end: stop, typed: text.slice(start, caret) };
}

const edit = ({ line }: ValuePlace, start: number, end: number, newText: string): TextEdit => ({
  range: { start: { line, character: start }, end: { line, character: end } },
  newText,
});

/** What parts names from each other where it isn't a comma. */
const separators: Readonly<Record<string, RegExp>> = {
  feature: /[&|,()[\]*!]/,
  host: /\s/,
  'parallel-environment': /\s/,
};

const separatorsOf = ({ system, live = '' }: OptionSpec): RegExp =>
  system === 'lsf' && live === 'queue' ? /\s/ : (separators[live] ?? /,/);

/** More names than anybody reads. */
const most = 500;

function siteNames({ siteNames: of }: BatchAnalysis, place: ValuePlace): Completions {
  const { spec, text, from, end: valueEnd } = place;
  if (spec.live === undefined) return { items: [], isIncomplete: false };
  const known = of(spec.system, spec.live);
  if (known === 'pending') return { items: [], isIncomplete: true };
  const parting = separatorsOf(spec);
  const { start, end, typed } = partOf(place, parting);
  // a name that stands elsewhere in the list is of no more use
  const others = new Set([
    ...text.slice(from, start).split(parting),
    ...text.slice(end, valueEnd).split(parting),
  ]);
  const fitting = (known ?? []).filter(({ name }) => !others.has(name));
  const near = fitting.length > most ? fitting.filter(({ name }) => name.startsWith(typed)) : fitting;
  // the number of slots follows
  const behind = spec.live === 'parallel-environment' && text.slice(end).trim() === '' ? ' ' : '';
  return {
    items: near.slice(0, most).map(({ name, detail }) => ({
      label: name,
      kind: 'value',
      detail:
        detail === undefined
          ? siteNameWords(spec.live ?? '')
          : `${siteNameWords(spec.live ?? '')}, ${detail}`,
      documentation: describeOption(spec),
      edit: edit(place, start, end, `${name}${behind}`),
    })),
    isIncomplete: near.length > most || fitting.length > most,
  };
}

function words(place: ValuePlace): readonly Completion[] {
  const { spec, text, from, end: valueEnd } = place;
  const isList = spec.kind === 'words';
  const { start, end } = isList ? partOf(place, /,/) : { start: from, end: valueEnd };
  const chosen = new Set(
    isList ? `${text.slice(from, start)},${text.slice(end, valueEnd)}`.toUpperCase().split(',') : [],
  );
  return spec.words
    .filter((word) => !chosen.has(word.toUpperCase()))
    .map((word) => ({
      label: word,
      kind: 'value',
      documentation: describeOption(spec),
      edit: edit(place, start, end, word),
    }));
}

function examples(place: ValuePlace): readonly Completion[] {
  const { spec, from, end } = place;
  const values = spec.kind === 'yes-no' || spec.kind === 'y-n' ? ['y', 'n'] : spec.examples;
  return values.map((value) => ({
    label: value,
    kind: 'value',
    detail: valueMeaning(spec, value) ?? 'example',
    documentation: describeOption(spec),
    edit: edit(place, from, end, value),
  }));
}

const amountKinds = /-(?:time|size)$/;

/** The number that is typed, with units behind it. */
function optionAmounts(place: ValuePlace): Completions {
  const { spec, text, from, caret, end } = place;
  const typed = text.slice(from, caret);
  if (spec.kind === 'lsf-resources') {
    // the amounts inside rusage[..] are written as those of -M
    const [, number = ''] = /\b(?:mem|swp|tmp)=(\d+[a-z]*)$/i.exec(typed) ?? [];
    const amounts = amountsOf('lsf-size', number, (one) => resourceMeaning('lsf-size', spec, one));
    const stop = caret + (/^[a-z]*/i.exec(text.slice(caret))?.[0].length ?? 0);
    return {
      items: toCompletions(place, amounts, caret - number.length, stop, number, describeOption(spec)),
      isIncomplete: amounts.length > 0,
    };
  }
  if (!amountKinds.test(spec.kind)) return { items: [], isIncomplete: false };
  const amounts = amountsOf(spec.kind, typed, (one) => valueMeaning(spec, one));
  return {
    items: toCompletions(place, amounts, from, end, typed, describeOption(spec)),
    // the next digit makes other amounts
    isIncomplete: true,
  };
}

const toCompletions = (
  place: ValuePlace,
  amounts: readonly Amount[],
  start: number,
  end: number,
  typed: string,
  documentation: string,
): readonly Completion[] =>
  amounts.map(({ text, detail }) => ({
    label: text,
    kind: 'value',
    detail,
    documentation,
    edit: edit(place, start, end, text),
    // a time need not begin with the digits that are typed
    filter: typed,
  }));

/** `name=value` lists: names that are not there yet, or values of the one at the caret. */
function resources(
  analysis: BatchAnalysis,
  place: ValuePlace,
  known: ReadonlyMap<string, ResourceSpec>,
): Completions {
  const { spec, text, line, from } = place;
  const { start, end: partEnd, typed } = partOf(place, /,/);
  const equals = typed.indexOf('=');
  if (equals >= 0) {
    const resource = known.get(typed.slice(0, equals));
    return resource === undefined
      ? { items: [], isIncomplete: false }
      : resourceValues({ ...place, from: start + equals + 1, end: partEnd }, resource);
  }
  const here = new Set(text.slice(from, start).split(',').map(nameOf));
  const given = new Set(
    analysis.options
      .filter(({ spec: other, directive }) => other.key === spec.key && directive.line !== line)
      .flatMap(({ value = '' }) => value.split(',').map(nameOf)),
  );
  const behind = text.slice(start, partEnd).indexOf('=');
  const end = behind < 0 ? partEnd : start + behind;
  const joint = text[end] === '=' ? '' : '=';
  const live = spec.live === undefined ? undefined : analysis.siteNames(spec.system, spec.live);
  const own = (typeof live === 'object' ? live : [])
    .filter(({ name }) => !known.has(name))
    .map(({ name, detail = '' }) => ({ name, description: detail, documentation: '' }));
  return {
    items: [...[...known.values()].map((one) => ({ ...one, documentation: describeResource(one) })), ...own]
      .filter(({ name }) => !here.has(name) && !given.has(name))
      .map(({ name, description, documentation }) => ({
        label: name,
        kind: 'parameter',
        detail: description,
        documentation: documentation === '' ? describeOption(spec) : documentation,
        edit: edit(place, start, end, `${name}${joint}`),
        ...(joint !== '' && { continues: true as const }),
      })),
    isIncomplete: live === 'pending',
  };
}

const nameOf = (assignment: string): string => assignment.split('=')[0] ?? '';

/** Values that show the form where a kind has no units. */
const resourceExamples: Readonly<Record<string, readonly string[]>> = {
  'sge-time': ['1:00:00', '12:00:00', '24:00:00'],
  'pbs-time': ['01:00:00', '12:00:00', '24:00:00'],
  'sge-size': ['4G', '16G'],
  'pbs-size': ['4gb', '16gb'],
  'pbs-nodes': ['1:ppn=1', '2:ppn=8', '1:ppn=4:gpus=1'],
  'pbs-select': ['1:ncpus=1:mem=4gb', '2:ncpus=8:mpiprocs=8', '1:ncpus=4:ngpus=1:mem=16gb'],
  'pbs-place': ['free', 'pack', 'scatter', 'vscatter', 'scatter:excl'],
  'torque-dependency': ['afterok:', 'afterany:', 'afternotok:', 'after:'],
  'pbspro-dependency': ['afterok:', 'afterany:', 'afternotok:', 'after:'],
};

function resourceValues(place: ValuePlace, resource: ResourceSpec): Completions {
  const { spec, text, from, caret, end } = place;
  const typed = text.slice(from, caret);
  const meaning = (one: string) => resourceMeaning(resource.kind, spec, one);
  const amounts = amountsOf(resource.kind, typed, meaning);
  const documentation = describeResource(resource);
  return {
    items:
      amounts.length > 0
        ? toCompletions(place, amounts, from, end, typed, documentation)
        : (resourceExamples[resource.kind] ?? []).map((value) => ({
            label: value,
            kind: 'value',
            detail: meaning(value) ?? 'example',
            documentation,
            edit: edit(place, from, end, value),
          })),
    isIncomplete: amountKinds.test(resource.kind),
  };
}

/** What every OAR has below `-l`; the other properties are the site's. */
const usualProperties = ['nodes', 'core', 'cpu', 'gpu'];

/** `/nodes=1/core=4,walltime=2:00:00`: properties as a path, then the time. */
function oarResources(analysis: BatchAnalysis, place: ValuePlace): Completions {
  const { spec, text, from, caret } = place;
  const { start, end, typed } = partOf(place, /[/+,]/);
  const documentation = describeOption(spec);
  const time = /^walltime=(.*)$/.exec(typed);
  if (time) {
    const [, number = ''] = time;
    const amounts = amountsOf('pbs-time', number, (one) => resourceMeaning('pbs-time', spec, one));
    return {
      items: toCompletions(place, amounts, caret - number.length, end, number, documentation),
      isIncomplete: true,
    };
  }
  if (typed.includes('=')) return { items: [], isIncomplete: false };
  const live = spec.live === undefined ? undefined : analysis.siteNames(spec.system, spec.live);
  const before = text[start - 1];
  const properties =
    before === ',' && start > from
      ? ['walltime']
      : [...new Set([...usualProperties, ...(typeof live === 'object' ? live.map(({ name }) => name) : [])])];
  const used = new Set(text.slice(from, start).split(/[/+,]/).map(nameOf));
  const shown = start === from ? examples(place) : [];
  return {
    items: [
      ...properties
        .filter((name) => !used.has(name))
        .map((name) => ({
          label: name,
          kind: 'parameter' as const,
          detail: name === 'walltime' ? 'hours:minutes:seconds' : 'property',
          documentation,
          edit: edit(place, start, end, `${start === from ? '/' : ''}${name}${text[end] === '=' ? '' : '='}`),
        })),
      ...shown,
    ],
    isIncomplete: live === 'pending',
  };
}
