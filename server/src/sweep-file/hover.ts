/** What a key or value of a sweep file means, in the words of schemas/sweep.schema.json. */
import { isScalar } from 'yaml';
import type { Step } from '#core/sweep/document.ts';
import { spanOf } from '#core/sweep/document.ts';
import { parametersToYaml, valueToYaml } from '#core/sweep/print.ts';
import type { Position } from '#core/text.ts';
import { isMap, type Value } from '#core/value.ts';
import type { HoverText } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import { describe, distributionSchema, type Schema } from './schema.ts';
import { parameterAt, summary } from './summary.ts';

/** Explains the key, parameter or chosen word at the position; undefined where there is nothing to say. */
export function hover({ document, sweep }: SweepAnalysis, position: Position): HoverText | undefined {
  const steps = document.stepsTo(document.lines.offset(position));
  const last = steps.at(-1);
  if (last?.kind !== 'entry') return undefined;
  const place = describe(document, steps);
  if (place === undefined) return undefined;
  const range = document.range(last.on === 'key' ? spanOf(last.entry.key) : last.entry.written);

  if (last.on === 'value') {
    // The inside of a list or map is its items' business.
    if (last.entry.value === undefined || !isScalar(last.entry.value)) return undefined;
    const chosen = distributionNamed(last);
    if (chosen !== undefined)
      return { markdown: paragraphs(heading(chosen), chosen.description, example(chosen)), range };
  }
  const { schema } = place;
  if (schema.description === undefined) return undefined;
  if (place.parameter !== undefined) {
    const parameter = sweep && parameterAt(sweep.parameters, place.parameter);
    const phrase = parameter && summary(parameter.distribution);
    const kind = schema.title === undefined ? '' : ` · ${schema.title}`;
    return {
      markdown: paragraphs(
        `**${escaped(place.parameter.join(' › '))}**${kind}`,
        phrase === undefined ? undefined : escaped(phrase),
        schema.description,
      ),
      range,
    };
  }
  return {
    markdown: paragraphs(
      `**${last.entry.name}**${kindOf(schema)}`,
      schema.description,
      defaultOf(schema),
      example(schema, last.entry.name),
    ),
    range,
  };
}

/** The distribution when the step is on the word after `distribution:`. */
function distributionNamed(step: Step & { kind: 'entry' }): Schema | undefined {
  if (step.entry.name !== 'distribution' || step.entry.value === undefined || !isScalar(step.entry.value))
    return undefined;
  return distributionSchema(step.entry.value.source);
}

const paragraphs = (...texts: readonly (string | undefined)[]): string =>
  texts.filter((text) => text !== undefined && text !== '').join('\n\n');

const heading = (schema: Schema): string => `**${schema.title ?? ''}**`;

const typeWords: Readonly<Record<string, string>> = {
  array: 'list',
  boolean: 'true or false',
  integer: 'whole number',
  number: 'number',
  object: 'map',
  string: 'text',
};

/** What may stand there: the allowed words, else the type with its bound. */
function kindOf({ type, enum: words, const: only, minimum, exclusiveMinimum }: Schema): string {
  if (typeof only === 'string') return ` · \`${only}\``;
  if (words !== undefined)
    return ` · ${[...new Set(words.map(String))].map((word) => `\`${word}\``).join(' | ')}`;
  if (type === undefined) return '';
  const names = [type].flat().map((name) => typeWords[name] ?? name);
  const bound =
    minimum !== undefined
      ? `, at least ${minimum}`
      : exclusiveMinimum !== undefined
        ? `, more than ${exclusiveMinimum}`
        : '';
  return ` · ${names.join(' or ')}${bound}`;
}

const defaultOf = ({ default: value }: Schema): string | undefined =>
  value === undefined ? undefined : `Default: \`${JSON.stringify(value)}\``;

function example({ examples }: Schema, key?: string): string | undefined {
  const [first] = examples ?? [];
  if (first === undefined) return undefined;
  const value = first as Value;
  const block = isMap(value) ? parametersToYaml(value).trimEnd() : valueToYaml(value);
  const text =
    key === undefined ? block : isMap(value) ? `${key}:\n${block.replace(/^/gm, '  ')}` : `${key}: ${block}`;
  return `\`\`\`yaml\n${text}\n\`\`\``;
}

/** Text from the file, shown as it is. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
