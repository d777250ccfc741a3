/** Words that may stand as the value of a key: those the schema knows, and names from around the file. */
import { distributionNames } from '#core/sweep/definition.ts';
import { isPlainText, quoted } from '#core/sweep/yaml-versions.ts';
import type { Completion } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import type { ValueCaret } from './caret.ts';
import { example, paragraphs } from './documentation.ts';
import type { OutlinePlace } from './outline-schema.ts';
import { definitions, distributionSchema, type Schema } from './schema.ts';
import { definitionOf, entriesUnder, inBrackets, offeredDistributions } from './snippets.ts';

type Word = Pick<Completion, 'label'> &
  Partial<Pick<Completion, 'detail' | 'documentation' | 'kind' | 'snippet'>> & {
    /** As it is written in the file, quotes of its own included. */
    readonly written?: string;
  };

export function completeValue(
  analysis: SweepAnalysis,
  caret: ValueCaret,
  place: OutlinePlace,
): readonly Completion[] {
  return wordsFor(analysis, caret, place).map((word) => complete(analysis, caret, word));
}

function wordsFor(
  analysis: SweepAnalysis,
  caret: ValueCaret,
  { schema, definition, name }: OutlinePlace,
): readonly Word[] {
  const { path } = caret;
  if (definition !== undefined) return path.at(-1)?.children.length === 0 ? definitionsInBrackets() : [];
  if (name === 'distribution') return distributions(caret);
  if (name === 'queue' && path[0]?.name === 'launch') return named(analysis.surroundings.queues ?? ['local']);
  if (name === 'name' && (path[0]?.name === 'metric' || path[0]?.name === 'metrics'))
    return named(metricNames(analysis));
  if (isProgramPlace(path.map((step) => step.name))) return programs(analysis);
  return wordsOf(schema, name);
}

/** Keys whose value is a program: a sweep's, or a job's where it is given as a path. */
function isProgramPlace(names: readonly string[]): boolean {
  const place = names.join('.');
  return place === 'program' || place === 'job' || place === 'scheduler.job' || place === 'scheduler.source';
}

const programs = ({ surroundings }: SweepAnalysis): readonly Word[] =>
  (surroundings.nearbyPrograms?.() ?? []).map((label) => ({ label, kind: 'file' }));

function metricNames({ surroundings, outline }: SweepAnalysis): readonly string[] {
  const program = outline.children.find(({ name }) => name === 'program')?.word;
  return (program === undefined ? undefined : surroundings.metricNames?.(program)) ?? [];
}

const named = (names: readonly string[]): readonly Word[] => names.map((label) => ({ label }));

/** What the schema allows, in words. */
function wordsOf(schema: Schema, name: string): readonly Word[] {
  if (typeof schema.const === 'string') return [{ label: schema.const }];
  if (schema.type === 'boolean') return [{ label: 'true' }, { label: 'false' }];
  const body = entriesUnder(name);
  if (body !== undefined) {
    const text = `{${inBrackets(body)}}`;
    return [{ label: `${name} in brackets`, kind: 'snippet', snippet: true, written: text }];
  }
  return (schema.enum ?? [])
    .filter((word): word is string => typeof word === 'string' && !word.endsWith('imise'))
    .map((label) => ({
      label,
      ...(label === schema.default && { detail: 'default' }),
      // a truth value in the text, but a word to the sweep
      ...(/^(?:true|false)$/.test(label) && { written: quoted(label) }),
    }));
}

/** Those that know the keys which are there already come first. */
function distributions({ path }: ValueCaret): readonly Word[] {
  const beside = path.at(-2)?.children.map(({ name }) => name) ?? [];
  const strangers = (name: string): number =>
    beside.filter((key) => !Object.hasOwn(definitions[name]?.properties ?? {}, key)).length;
  return distributionNames
    .map((name) => ({ name, strangers: strangers(name) }))
    .sort((a, b) => a.strangers - b.strangers)
    .map(({ name }) => {
      const schema = distributionSchema(name);
      return {
        label: name,
        ...(schema?.title !== undefined && { detail: schema.title }),
        documentation: paragraphs(schema?.description, schema && example(schema)),
      };
    });
}

/** `lr: |`: a definition on the line of its name. */
const definitionsInBrackets = (): readonly Word[] =>
  offeredDistributions.map((name) => {
    const schema = distributionSchema(name);
    return {
      label: name,
      kind: 'snippet',
      snippet: true,
      ...(schema?.title !== undefined && { detail: schema.title }),
      documentation: paragraphs(schema?.description, schema && example(schema)),
      written: `{${inBrackets(definitionOf(name))}}`,
    };
  });

function complete(
  { lines }: SweepAnalysis,
  { token, quote, needsBlank }: ValueCaret,
  { written, ...word }: Word,
): Completion {
  const text = written ?? (isPlainText(word.label) || isTruth(word.label) ? word.label : quoted(word.label));
  const kept = quote !== undefined && written === undefined ? `${quote}${word.label}${quote}` : text;
  const newText = (needsBlank ? ' ' : '') + kept;
  return {
    kind: 'value',
    ...word,
    edit: { range: lines.range(...token), newText },
    ...(quote !== undefined && { filter: kept }),
  };
}

const isTruth = (label: string): boolean => /^(?:true|false)$/.test(label);
