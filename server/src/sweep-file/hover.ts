/** What a key or value of a sweep file means, in the words of schemas/sweep.schema.json. */
import { isScalar } from 'yaml';
import type { Step } from '#core/sweep/document.ts';
import { spanOf } from '#core/sweep/document.ts';
import type { Position } from '#core/text.ts';
import type { HoverText } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import { defaultOf, escaped, example, heading, kindOf, paragraphs } from './documentation.ts';
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
