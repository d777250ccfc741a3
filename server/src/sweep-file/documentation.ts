/** What the schema says of a key or value, as Markdown. */
import { parametersToYaml, valueToYaml } from '#core/sweep/print.ts';
import { isMap, type Value } from '#core/value.ts';
import type { Schema } from './schema.ts';

export const paragraphs = (...texts: readonly (string | undefined)[]): string =>
  texts.filter((text) => text !== undefined && text !== '').join('\n\n');

export const heading = (schema: Schema): string => `**${schema.title ?? ''}**`;

const typeWords: Readonly<Record<string, string>> = {
  array: 'list',
  boolean: 'true or false',
  integer: 'whole number',
  number: 'number',
  object: 'map',
  string: 'text',
};

/** What may stand there: the allowed words, else the type with its bound. */
export function kindOf({ type, enum: words, const: only, minimum, exclusiveMinimum }: Schema): string {
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

export const defaultOf = ({ default: value }: Schema): string | undefined =>
  value === undefined ? undefined : `Default: \`${JSON.stringify(value)}\``;

export function example({ examples }: Schema, key?: string): string | undefined {
  const [first] = examples ?? [];
  if (first === undefined) return undefined;
  const value = first as Value;
  const block = isMap(value) ? parametersToYaml(value).trimEnd() : valueToYaml(value);
  const text =
    key === undefined ? block : isMap(value) ? `${key}:\n${block.replace(/^/gm, '  ')}` : `${key}: ${block}`;
  return `\`\`\`yaml\n${text}\n\`\`\``;
}

/** Text from the file, shown as it is. */
export const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
