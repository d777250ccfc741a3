/** The options of a script as an outline. */
import { rangeIn } from '#core/batch/problem-list.ts';
import { dialects } from '#core/batch/systems.ts';
import type { DocumentSymbol } from '../language.ts';
import type { BatchAnalysis } from './analysis.ts';

/** One group with the script's options; none for a script without directives. */
export function symbols({ script, options, system }: BatchAnalysis): readonly DocumentSymbol[] {
  const first = options[0];
  const last = options.at(-1);
  if (system === undefined || first === undefined || last === undefined) return [];
  const { title } = dialects[system];
  return [
    {
      name: `${title} directives`,
      kind: 'group',
      range: rangeIn(script, [first.directive.span[0], last.directive.span[1]]),
      selection: rangeIn(script, first.directive.markSpan),
      children: options.map((option) => ({
        name: option.spec.name,
        ...(option.value !== undefined && { detail: option.value }),
        kind: 'key' as const,
        range: rangeIn(script, option.span),
        selection: rangeIn(script, option.nameSpan),
        children: [],
      })),
    },
  ];
}
