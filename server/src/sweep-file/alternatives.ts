/**
 * Other ways out of a problem than its fix, worked out from the problem's code and place. One row per code;
 * a row gives edits that leave the file well formed, or nothing.
 */
import { isMap, isScalar } from 'yaml';
import { distributionNames, distributionsFor, meantInstead } from '#core/sweep/fitting-distributions.ts';
import type { Entry, MapNode, SweepDocument } from '#core/sweep/document.ts';
import { keyName } from '#core/sweep/document.ts';
import { insertion, removal, removalAt } from '#core/sweep/edits.ts';
import type { Span, SpanEdit } from '#core/sweep/problem-list.ts';
import { closest, editDistance, nearest } from '#core/sweep/spelling.ts';
import { isOffered } from '#core/sweep/wrong-values.ts';
import { floatText, quoted } from '#core/sweep/yaml-versions.ts';
import type { Fix, Problem } from '#core/text.ts';
import { numberOf } from '#core/value.ts';
import type { SweepAnalysis } from './analysis.ts';
import { asList, asRange, evenProbabilities, scaleProbabilities, validName } from './parameter-ways.ts';
import { allowsText, couldBe, describe } from './schema.ts';
import { entryOf, topOf, way, type Place, type Way, type Ways } from './ways.ts';

/** So many suggestions can be taken in at a glance. */
const most = 4;

const rows: Readonly<Record<string, Ways>> = {
  'unknown-value': otherWords,
  'unknown-queue': ({ analysis, ...place }) => rewordings(place, analysis.surroundings.queues ?? []),
  'unknown-key': (place) => [...otherKeys(place), removeEntry(place)],
  'duplicate-key': (place) => [removeDuplicate(place, 'this'), removeDuplicate(place, 'first')],
  'duplicate-value': (place) => [removeItem(place)],
  'wrong-type': (place) => [splitCommand(place)],
  'out-of-range': (place) => [raiseToMinimum(place)],
  'missing-key': (place) => insertMissing(place),
  'parameter-shape': (place) => [asRange(place)],
  'distribution-keys': otherDistributions,
  'parameter-name': (place) => [validName(place)],
  'parameter-collision': (place) => [removeEntry(place)],
  'probabilities-sum': (place) => [scaleProbabilities(place), evenProbabilities(place)],
  'probabilities-length': (place) => [evenProbabilities(place)],
  'grid-continuous': (place) => [asList(place), setMethod(place, 'random')],
  'run-cap-above-grid': (place) => [removeTop(place, 'run_cap')],
  'metric-required': (place) => [removeTop(place, 'early_terminate'), setMethod(place, 'random')],
  'nothing-to-search': (place) => [setMethod(place, 'random'), setMethod(place, 'grid')],
  'metric-conflict': (place) => [
    removeTop(place, 'metrics'),
    removeTop(place, 'metric'),
    setMethod(place, 'custom'),
  ],
  'goal-unstated': (place) => [stateGoal(place, 'minimize')],
  'job-and-image': (place) => [removeTop(place, 'image_uri'), removeTop(place, 'job')],
  'scheduler-engine': withoutEngine,
  'yaml-1-1': (place) => [withoutUnderscores(place), quoteValue(place)],
  'yaml-tab': ({ document, span }) => [tabsToSpaces(document, span)],
  'yaml-tag': ({ document, span }) => [removeTag(document, span)],
  'num-workers-ignored': (place) => [removeEntry(place)],
  'min-iter-ignored': (place) => [removeEntry(place)],
};

/** Ways out of the problem, apart from its fix. */
export function alternatives(analysis: SweepAnalysis, problem: Problem): readonly Fix[] {
  const row = Object.hasOwn(rows, problem.code) ? rows[problem.code] : undefined;
  if (row === undefined) return [];
  const { document } = analysis;
  const span: Span = [document.lines.offset(problem.range.start), document.lines.offset(problem.range.end)];
  const place: Place = { analysis, document, problem, span, steps: document.stepsTo(span[0]) };
  return row(place)
    .filter((way) => way !== undefined)
    .map(({ title, edits }) => ({
      title,
      edits: edits.map(({ at, newText }) => ({ range: document.range(at), newText })),
    }));
}

function rewordings({ document, span }: Pick<Place, 'document' | 'span'>, words: readonly string[]): Way[] {
  const word = document.text.slice(...span);
  return closest(word, words)
    .filter((other) => other !== word)
    .slice(0, most)
    .map((other) => ({ title: `Change to '${other}'`, edits: [{ at: span, newText: other }] }));
}

function otherWords(place: Place): readonly Way[] {
  const step = entryOf(place);
  if (step?.entry.written[0] !== place.span[0]) return [];
  if (step.entry.name === 'distribution') {
    // those that the other keys allow, as long as these are in order themselves
    const fitting = distributionsFor(place.document, step.map);
    return rewordings(place, fitting.length > 0 ? fitting : distributionNames);
  }
  const words = describe(place.document, place.steps)?.schema.enum ?? [];
  return rewordings(
    place,
    words.filter((word): word is string => typeof word === 'string' && isOffered(word)),
  );
}

/** The distributions of which the definition has the keys, the likeliest first. */
function otherDistributions({ document, span, steps }: Place): readonly Way[] {
  const map = entryOf({ steps })?.map;
  const stated = distributionNames.find((name) => name === document.text.slice(...span));
  if (map === undefined || stated === undefined) return [];
  const meant = meantInstead(document, map, stated);
  return distributionsFor(document, map)
    .toSorted((a, b) => Number(b === meant) - Number(a === meant))
    .slice(0, most)
    .map((name) => ({ title: `Change to '${name}'`, edits: [{ at: span, newText: name }] }));
}

function otherKeys({ document, span, steps }: Place): readonly Way[] {
  const step = entryOf({ steps });
  if (step?.on !== 'key' || step.entry.key.range[0] !== span[0]) return [];
  const known = describe(document, steps.slice(0, -1))?.schema.properties ?? {};
  const taken = new Set(document.entries(step.map).map(({ name }) => name));
  return closest(
    step.entry.name,
    Object.keys(known).filter((key) => !taken.has(key)),
  )
    .slice(0, most - 1)
    .filter((key) => isLike(step.entry.name, key) && couldBe(document, known[key], step.entry.value))
    .map((key) => ({ title: `Rename to '${key}'`, edits: [{ at: span, newText: key }] }));
}

/** Whether half of the letters agree at least. */
function isLike(word: string, other: string): boolean {
  const limit = Math.floor(Math.max(word.length, other.length) / 2);
  return nearest(word, [other]) !== undefined || editDistance(word.toLowerCase(), other, limit) <= limit;
}

function removeEntry({ document, steps }: Place): Way | undefined {
  const step = entryOf({ steps });
  if (step === undefined || holdsUsedAnchor(document, step.entry)) return undefined;
  return way(`Remove '${step.entry.name}'`, removal(document, step.map, step.entry));
}

/** Whether an alias elsewhere would lead nowhere without the entry. */
function holdsUsedAnchor({ text }: SweepDocument, { key, written }: Entry): boolean {
  const [start, end] = [key.range[0], written[1]];
  const around = `${text.slice(0, start)}\n${text.slice(end)}`;
  return [...text.slice(start, end).matchAll(/&([^\s,[\]{}]+)/g)].some(([, name = '']) =>
    around.includes(`*${name}`),
  );
}

function removeTop({ document }: Place, name: string): Way | undefined {
  const top = topOf(document);
  const entry = top && document.entry(top, name);
  return entry && way(`Remove '${name}'`, removal(document, top, entry));
}

/** The map in which a key stands at the offset, the one of a pair included that is no entry because of another. */
function mapWithKeyAt({ document, steps, span }: Place): MapNode | undefined {
  const around = [
    document.root,
    ...steps.map((step) => (step.kind === 'entry' ? step.entry.value : step.node)),
  ];
  return around.findLast(
    (node): node is MapNode =>
      node !== undefined && isMap(node) && node.items.some(({ key }) => key.range[0] === span[0]),
  );
}

function removeDuplicate(place: Place, which: 'this' | 'first'): Way | undefined {
  const { document, span } = place;
  const map = mapWithKeyAt(place);
  if (map === undefined) return undefined;
  const index = map.items.findIndex(({ key }) => key.range[0] === span[0]);
  const names = map.items.map(({ key }) => {
    const node = document.resolve(key);
    return node && keyName(node);
  });
  const extents = map.items.map(({ key, value }): Span => [key.range[0], (value ?? key).range[1]]);
  const chosen = which === 'this' ? index : names.indexOf(names[index]);
  const edit = removalAt(document, extents, chosen, map.flow === true ? 'flow' : 'block');
  return way(which === 'this' ? 'Remove this one' : `Remove the first '${names[index] ?? ''}'`, edit);
}

function removeItem({ document, steps }: Place): Way | undefined {
  const step = steps.findLast((one) => one.kind === 'item');
  if (step === undefined) return undefined;
  const extents = step.list.items.map((item): Span => [item.range[0], item.range[1]]);
  return way(
    'Remove this value',
    removalAt(document, extents, step.index, step.list.flow === true ? 'flow' : 'block'),
  );
}

function quoteValue({ document, span, steps }: Place): Way | undefined {
  const step = steps.at(-1);
  const node = step?.kind === 'item' ? step.node : step?.on === 'value' ? step.entry.value : undefined;
  if (!node || !isScalar(node) || node.range[0] !== span[0] || node.type !== 'PLAIN') return undefined;
  const source = document.text.slice(node.range[0], node.range[1]);
  if (source === '' || source !== node.source) return undefined;
  const wanted = describe(document, steps)?.schema;
  if (wanted !== undefined && !allowsText(wanted)) return undefined;
  return way('Put it in quotes', { at: [node.range[0], node.range[1]], newText: quoted(source) });
}

/** `1_000` as the number that it is elsewhere. */
function withoutUnderscores({ document, span }: Place): Way | undefined {
  const source = document.text.slice(...span);
  if (!/^-?[1-9][\d_]*(?:\.\d+)?$/.test(source) || !source.includes('_')) return undefined;
  const digits = source.replaceAll('_', '');
  return way(`Write ${digits}`, { at: span, newText: digits });
}

/** `command: python train.py` as the list that it has to be, unless a shell would be needed to read it. */
function splitCommand({ document, span, steps }: Place): Way | undefined {
  const entry = entryOf({ steps })?.entry;
  const source = document.text.slice(...span);
  if (entry?.name !== 'command' || steps.length !== 1 || /["'\\|&;<>`()*?[\]#\n]/.test(source))
    return undefined;
  const items = source.split(/\s+/).filter((item) => item !== '');
  return way('Make it a list of arguments', { at: span, newText: `[${items.map(quoted).join(', ')}]` });
}

/** Each of the things that an engine excludes has its own way out. */
function withoutEngine(place: Place): readonly (Way | undefined)[] {
  const [top] = place.steps;
  switch (top?.kind === 'entry' ? top.entry.name : undefined) {
    case 'early_terminate':
      return [removeTop(place, 'early_terminate')];
    case 'controller':
      return [removeTop(place, 'controller')];
    case 'method':
      return [setMethod(place, 'random'), setMethod(place, 'grid')];
    default:
      return [removeTop(place, 'scheduler')];
  }
}

function raiseToMinimum({ document, span, steps }: Place): Way | undefined {
  const minimum = describe(document, steps)?.schema.minimum;
  return minimum === undefined
    ? undefined
    : way(`Change to ${minimum}`, { at: span, newText: String(minimum) });
}

/** What to insert where a key is missing, by the key's name. */
const missingLines: Readonly<Record<string, string>> = {
  name: 'name: loss',
  min_iter: 'min_iter: 3',
  s: 's: 2',
  max_iter: 'max_iter: 27',
};

function insertMissing(place: Place): readonly (Way | undefined)[] {
  const { document, problem, steps } = place;
  const step = entryOf({ steps });
  if (step === undefined) return [];
  const inner = step.entry.value && isMap(step.entry.value) ? step.entry.value : step.map;
  const insert = (line: string) => way(`Insert '${line}'`, insertion(document, inner, [line]));
  const named = [...problem.message.matchAll(/'(\w+)'/g)].map((match) => match[1] ?? '');
  const wanted = named.filter((key) => key !== step.entry.name || inner === step.entry.value);
  if (wanted.includes('parameters')) return [];
  const bound = wanted.find((key) => key === 'min' || key === 'max');
  if (bound !== undefined) return [insert(otherBound(document, inner, bound))];
  return wanted
    .filter((key) => Object.hasOwn(missingLines, key) && !document.entry(inner, key))
    .slice(0, 1)
    .map((key) => insert(missingLines[key] ?? ''));
}

/** A bound on the other side of the one that is there, of the same kind of number. */
function otherBound(document: SweepDocument, map: MapNode, missing: 'min' | 'max'): string {
  const present = document.entry(map, missing === 'min' ? 'max' : 'min')?.value;
  const value = present && numberOf(document.value(present));
  const whole = present !== undefined && isScalar(present) && /^[-+]?\d+$/.test(present.source);
  if (value === undefined) return `${missing}: ${missing === 'min' ? 0 : 1}`;
  const guess = missing === 'min' ? (value > 0 ? 0 : value - 1) : value < 1 ? 1 : value * 10;
  return `${missing}: ${whole ? guess : floatText(guess)}`;
}

function setMethod({ document }: Place, method: string): Way | undefined {
  const top = topOf(document);
  const entry = top && document.entry(top, 'method');
  if (!entry?.value || !isScalar(entry.value) || entry.value.source === method) return undefined;
  if (entry.written[0] === entry.written[1]) return undefined;
  return way(`Change the method to '${method}'`, { at: entry.written, newText: method });
}

function stateGoal({ document, steps }: Place, goal: string): Way | undefined {
  const map = entryOf({ steps })?.map;
  return map && way(`Insert 'goal: ${goal}'`, insertion(document, map, [`goal: ${goal}`]));
}

/** All tabs that indent a line, each as two spaces. */
function tabsToSpaces({ text }: SweepDocument, span: Span): Way | undefined {
  const edits: SpanEdit[] = [];
  for (const match of text.matchAll(/^[ \t]*\t[ \t]*(?=\S)/gm))
    edits.push({
      at: [match.index, match.index + match[0].length],
      newText: match[0].replaceAll('\t', '  '),
    });
  const here = edits.some(({ at }) => at[0] <= span[0] && span[0] <= at[1]);
  return here ? { title: 'Indent with spaces instead of tabs', edits } : undefined;
}

function removeTag({ text }: SweepDocument, span: Span): Way | undefined {
  const tag = /^!\S*[ \t]*/.exec(text.slice(span[0]))?.[0];
  return tag === undefined
    ? undefined
    : way('Remove the tag', { at: [span[0], span[0] + tag.length], newText: '' });
}
