/** Keys that may stand in a map and don't yet, each with the beginning of its value. */
import type { Completion, TextEdit } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import type { KeyCaret } from './caret.ts';
import { defaultOf, example, kindOf, paragraphs } from './documentation.ts';
import type { OutlinePlace } from './outline-schema.ts';
import { firstValues, optionNames } from './program.ts';
import { dereferenced, distributionSchema, parameterReference, propertyOf, type Schema } from './schema.ts';
import {
  commandItems,
  definitionOf,
  entriesUnder,
  inBrackets,
  inLines,
  literal,
  offeredDistributions,
  type SnippetEntry,
} from './snippets.ts';

export function completeKey(
  analysis: SweepAnalysis,
  caret: KeyCaret,
  place: OutlinePlace,
): readonly Completion[] {
  if (caret.hasColon && caret.misplaced) return [];
  const { schema, definition } = place;
  if (definition !== undefined && definition.shape === undefined)
    return [...openDefinition(analysis, caret), ...wholeDistributions(analysis, caret)];
  if (isParameters(schema))
    return [...ofProgram(analysis, caret), ...(caret.hasColon ? [] : newParameters(analysis, caret))];
  return keysIn(analysis, caret, schema);
}

const isParameters = ({ additionalProperties }: Schema): boolean =>
  typeof additionalProperties === 'object' && additionalProperties.$ref === parameterReference;

/** Those without which the map is not complete come first. */
function keysIn(analysis: SweepAnalysis, caret: KeyCaret, schema: Schema): readonly Completion[] {
  const required = new Set(
    schema.required ?? (schema.properties?.['method'] && ['program', 'method', 'parameters']),
  );
  return Object.keys(schema.properties ?? {})
    .filter((key) => !caret.taken.has(key))
    .sort((a, b) => Number(required.has(b)) - Number(required.has(a)))
    .flatMap((key) => keyCompletion(analysis, caret, key, dereferenced(propertyOf(schema, key) ?? {})));
}

/** The keys that tell what kind of parameter it will be. */
const openings: readonly (readonly [key: string, description: string])[] = [
  ['values', 'The choices, as a list.'],
  ['min', 'Lower bound of a range.'],
  ['max', 'Upper bound of a range.'],
  ['value', 'The same value in every job.'],
  ['distribution', 'Names the distribution.'],
  ['parameters', 'A group of parameters.'],
];

const openDefinition = (analysis: SweepAnalysis, caret: KeyCaret): readonly Completion[] =>
  openings
    .filter(([key]) => !caret.taken.has(key))
    .flatMap(([key, description]) => {
      const types: Readonly<Record<string, string>> = { values: 'array', parameters: 'object' };
      return keyCompletion(analysis, caret, key, { description, type: types[key] ?? 'number' });
    });

/** Whole definitions; none of their keys may be there already. */
function wholeDistributions(analysis: SweepAnalysis, caret: KeyCaret): readonly Completion[] {
  if (caret.hasColon) return [];
  return offeredDistributions.flatMap((name): Completion[] => {
    const entries = definitionOf(name);
    if (entries.some(([key]) => caret.taken.has(key))) return [];
    return [
      {
        ...distributionDocumentation(name),
        label: name,
        kind: 'snippet',
        snippet: true,
        ...placed(analysis, caret, name, bodyText(caret, entries)),
      },
    ];
  });
}

/** The parameters that the program takes; nested ones have names that it can't tell. */
function ofProgram(analysis: SweepAnalysis, caret: KeyCaret): readonly Completion[] {
  if (caret.path.length !== 1) return [];
  const { outline, surroundings } = analysis;
  const program = outline.children.find(({ name }) => name === 'program')?.word;
  return optionNames(surroundings, program, caret.taken).map(({ name, option, detail, documentation }) => {
    const values = `values: [\${1:${literal(firstValues(option))}}]`;
    const definition =
      caret.style === 'flow' ? `${name}: {${values}}` : `${name}:\n${' '.repeat(caret.column + 2)}${values}`;
    return {
      label: name,
      kind: 'key' as const,
      ...(detail !== '' && { detail }),
      documentation,
      ...(!caret.hasColon && { snippet: true as const }),
      ...placed(analysis, caret, name, caret.hasColon ? name : definition),
    };
  });
}

/** A parameter's name can be anything, so what is offered is its definition. */
function newParameters(analysis: SweepAnalysis, caret: KeyCaret): readonly Completion[] {
  return offeredDistributions.map((name) => {
    const entries = renumbered(definitionOf(name));
    const newText =
      caret.style === 'flow'
        ? `\${1:name}: {${inBrackets(entries)}}`
        : `\${1:name}:\n${' '.repeat(caret.column + 2)}${inLines(entries, caret.column + 2)}`;
    const label = `${name} parameter`;
    return {
      ...distributionDocumentation(name),
      label,
      kind: 'snippet' as const,
      snippet: true as const,
      ...placed(analysis, caret, label, newText),
    };
  });
}

/** Tab stops one further, since the name comes first. */
const renumbered = (entries: readonly SnippetEntry[]): readonly SnippetEntry[] =>
  entries.map(([key, value]) => [
    key,
    value.replace(/\$\{(\d+)/g, (_, digits: string) => `\${${Number(digits) + 1}`),
  ]);

function distributionDocumentation(name: string): Pick<Completion, 'detail' | 'documentation'> {
  const schema = distributionSchema(name);
  return {
    ...(schema?.title !== undefined && { detail: schema.title }),
    documentation: paragraphs(schema?.description, schema && example(schema)),
  };
}

const bodyText = (caret: KeyCaret, entries: readonly SnippetEntry[]): string =>
  caret.style === 'flow' ? inBrackets(entries) : inLines(entries, caret.column);

function keyCompletion(
  analysis: SweepAnalysis,
  caret: KeyCaret,
  key: string,
  schema: Schema,
): readonly Completion[] {
  const begun = caret.hasColon ? { newText: key } : beginning(caret, key, schema);
  return [
    {
      label: key,
      kind: 'key',
      ...(schema.title !== undefined && { detail: schema.title }),
      documentation: paragraphs(`**${key}**${kindOf(schema)}`, schema.description, defaultOf(schema)),
      ...('snippet' in begun && { snippet: true }),
      ...('continues' in begun && { continues: true }),
      ...placed(analysis, caret, key, begun.newText),
    },
  ];
}

/** The key with what comes after it: a blank, an indented line, the first item. */
function beginning(
  { style, column }: KeyCaret,
  key: string,
  schema: Schema,
): { readonly newText: string; readonly snippet?: true; readonly continues?: true } {
  const below = ' '.repeat(Math.max(0, column) + 2);
  const entries = entriesUnder(key);
  const isMap = [schema, ...(schema.anyOf ?? [])].some((one) => {
    const { type, properties } = dereferenced(one);
    return type === 'object' || properties !== undefined;
  });
  const flow = style === 'flow';
  if (entries !== undefined) {
    const newText = flow
      ? `${key}: {${inBrackets(entries)}}`
      : `${key}:\n${below}${inLines(entries, column + 2)}`;
    return { newText, snippet: true };
  }
  if (key === 'command') {
    const items = commandItems.map(literal);
    const newText = flow
      ? `${key}: [${items.map((item) => `"${item}"`).join(', ')}]`
      : `${key}:\n${items.map((item) => `${below}- ${item}`).join('\n')}`;
    return { newText, snippet: true };
  }
  if (isParameters(schema))
    return flow
      ? { newText: `${key}: {\${1:name}: {$2}}`, snippet: true }
      : { newText: `${key}:\n${below}\${1:name}:\n${below}  $0`, snippet: true, continues: true };
  if (schema.type === 'array') return { newText: `${key}: [$1]`, snippet: true };
  if (isMap)
    return flow
      ? { newText: `${key}: {$1}`, snippet: true, continues: true }
      : { newText: `${key}:\n${below}$0`, snippet: true, continues: true };
  if (typeof schema.const === 'string') return { newText: `${key}: ${schema.const}` };
  return { newText: `${key}: `, ...(hasWords(key, schema) && { continues: true }) };
}

const hasWords = (key: string, { enum: words, type }: Schema): boolean =>
  words !== undefined || type === 'boolean' || ['distribution', 'queue', 'name'].includes(key);

/** Where the text goes: in place of what is typed, its indentation put right where it is not. */
function placed(
  { lines, text }: SweepAnalysis,
  { lead, token, column, misplaced }: KeyCaret,
  label: string,
  newText: string,
): { readonly edit: TextEdit; readonly filter?: string } {
  if (!misplaced) return { edit: { range: lines.range(...token), newText } };
  return {
    edit: { range: lines.range(lead[0], token[1]), newText: ' '.repeat(column) + newText },
    filter: text.slice(...lead) + label,
  };
}
