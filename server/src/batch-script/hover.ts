/** What a directive means, and what its value comes to. */
import { offsetIn, rangeIn } from '#core/batch/problem-list.ts';
import { namesIn } from '#core/batch/site-names.ts';
import { dialects, systemsOf } from '#core/batch/systems.ts';
import { partSpan, type ReadOption } from '#core/batch/validate.ts';
import { assignments } from '#core/batch/values/lists.ts';
import type { Position } from '#core/text.ts';
import type { HoverText } from '../language.ts';
import { resourceMeaning } from './amounts.ts';
import type { BatchAnalysis } from './analysis.ts';
import { hoverOverride } from './command-hover.ts';
import { code, describeOption, describeResource, describeSiteNames, meaning, paragraphs } from './wording.ts';

/** Explains the mark, option, resource or value at the position; undefined where there is nothing to say. */
export function hover(analysis: BatchAnalysis, position: Position): HoverText | undefined {
  const { script, options, system } = analysis;
  if (system === undefined) return undefined;
  const offset = offsetIn(script, position);
  const option = options.find(({ span }) => span[0] <= offset && offset <= span[1]);
  if (option) return ofResource(analysis, option, offset) ?? ofOption(analysis, option);
  const line = script.directives.find((one) => one.markSpan[0] <= offset && offset <= one.markSpan[1]);
  if (line === undefined) return hoverOverride(analysis.commands, position);
  const { title, submit, stopsAtCommand } =
    dialects[systemsOf[line.mark].includes(system) ? system : systemsOf[line.mark][0]];
  return {
    markdown: paragraphs(
      `**${line.mark}** · options for ${title}`,
      `${code(submit)} reads this line as if its options stood on the command line, ${stopsAtCommand ? 'as long as it stands before the first command' : 'wherever it stands in the file'}. To the shell it is a comment.`,
    ),
    range: rangeIn(script, line.markSpan),
  };
}

function ofOption({ script, siteNames }: BatchAnalysis, option: ReadOption): HoverText {
  const comesTo = meaning(option);
  const { spec } = option;
  const known = spec.live === undefined ? undefined : siteNames(spec.system, spec.live);
  return {
    markdown: paragraphs(
      describeOption(spec),
      describeSiteNames(
        spec,
        known,
        namesIn(option).map(({ text }) => text),
      ),
      comesTo === undefined ? undefined : `Here: ${comesTo}.`,
    ),
    range: rangeIn(script, option.span),
  };
}

function ofResource({ script }: BatchAnalysis, option: ReadOption, offset: number): HoverText | undefined {
  const { spec, value, valueSpan, verbatim } = option;
  if (spec.resources === undefined || value === undefined || !verbatim) return undefined;
  for (const { name, at, value: assigned } of assignments(value)) {
    const span = partSpan(script.text, value, valueSpan, verbatim, [at[0], assigned?.to ?? at[1]]);
    if (span[0] > offset || offset > span[1]) continue;
    const resource =
      spec.resources.get(name) ?? [...spec.resources.values()].find(({ short }) => short === name);
    if (resource === undefined) return undefined;
    const comesTo = assigned && resourceMeaning(resource.kind, spec, assigned.text);
    return {
      markdown: paragraphs(
        describeResource(resource),
        comesTo === undefined ? undefined : `Here: ${comesTo}.`,
      ),
      range: rangeIn(script, span),
    };
  }
  return undefined;
}
