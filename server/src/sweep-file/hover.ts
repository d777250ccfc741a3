/** What a key or value of a sweep file means, in the words of schemas/sweep.schema.json. */
import { isScalar } from 'yaml';
import type { Step, SweepDocument, TreeNode } from '#core/sweep/document.ts';
import { spanOf } from '#core/sweep/document.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import type { Position } from '#core/text.ts';
import type { HoverText } from '../language.ts';
import type { SweepAnalysis } from './analysis.ts';
import { defaultOf, escaped, example, heading, kindOf, paragraphs } from './documentation.ts';
import { bandsInWords } from './bands.ts';
import { drawing, quantiles } from './drawing.ts';
import { excerptAt } from './excerpt.ts';
import { macroDescription } from './macros.ts';
import { optionText } from './program.ts';
import { sampleArguments } from './sample.ts';
import { describe, distributionSchema, type Schema } from './schema.ts';
import { parameterAt, summary } from './summary.ts';

/** Explains the key, parameter or chosen word at the position; undefined where there is nothing to say. */
export function hover(analysis: SweepAnalysis, position: Position): HoverText | undefined {
  const excerpt = excerptAt(analysis, position);
  if (excerpt === undefined) return hoverOver(analysis, position);
  const found = hoverOver(excerpt.analysis, excerpt.position);
  return found && { ...found, range: excerpt.original(found.range) };
}

function hoverOver(analysis: SweepAnalysis, position: Position): HoverText | undefined {
  const { document, sweep } = analysis;
  const offset = document.lines.offset(position);
  const steps = document.stepsTo(offset);
  const last = steps.at(-1);
  if (last?.kind === 'item' && steps.length === 2 && isNamed(steps[0], 'command'))
    return hoverOverItem(document, sweep, last.node, offset);
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
        parameter && fenced(drawing(parameter.distribution)),
        parameter && quantiles(parameter.distribution),
        schema.description,
        optionText(analysis, place.parameter),
      ),
      range,
    };
  }
  return {
    markdown: paragraphs(
      `**${last.entry.name}**${kindOf(schema)}`,
      schema.description,
      steps.length === 1 && last.entry.name === 'early_terminate' ? bandsInWords(sweep) : undefined,
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

const isNamed = (step: Step | undefined, name: string): boolean =>
  step?.kind === 'entry' && step.entry.name === name;

/** What a macro stands for, and what the whole item becomes for one job. */
function hoverOverItem(
  document: SweepDocument,
  sweep: Sweep | undefined,
  node: TreeNode,
  offset: number,
): HoverText | undefined {
  const [start, end] = spanOf(node);
  const source = document.text.slice(start, end);
  const macro = [...source.matchAll(/\$\$\{|\$\{([^{}]*)\}/g)].find(
    (match) => start + match.index <= offset && offset <= start + match.index + match[0].length,
  );
  const name = macro?.[1];
  if (macro === undefined || name === undefined) return undefined;
  const parameter = sweep?.parameters.find(({ path }) => path.join('.') === name);
  const about =
    macroDescription(name) ?? (parameter && escaped(`The parameter: ${summary(parameter.distribution)}`));
  if (about === undefined) return undefined;
  const at = start + macro.index;
  const item = sweep?.command.find(({ range }) => samePlace(range.start, document.position(start)));
  const sample = sweep && item && sampleArguments(sweep, item.parts);
  return {
    markdown: paragraphs(
      `**\`\${${escapedCode(name)}}\`**`,
      about,
      sample && 'For a sample job, this item becomes:',
      fenced(sample?.join('\n')),
    ),
    range: document.range([at, at + macro[0].length]),
  };
}

const samePlace = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character;

const escapedCode = (text: string): string => text.replaceAll('`', "'");

/** A block of text shown as it is, with a fence that the text itself doesn't have. */
function fenced(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${fence}text\n${text}\n${fence}`;
}
