/** What times and arrays come to, where the figures alone are easily misread. */
import { positionIn } from '#core/batch/problem-list.ts';
import type { ReadOption } from '#core/batch/validate.ts';
import type { Range } from '#core/text.ts';
import type { InlayHint } from '../language.ts';
import type { BatchAnalysis } from './analysis.ts';
import { meaning } from './wording.ts';

/** Hints behind the values on the range's lines. */
export function inlayHints({ script, options }: BatchAnalysis, { start, end }: Range): readonly InlayHint[] {
  return options
    .filter(({ directive }) => directive.line >= start.line && directive.line <= end.line)
    .filter(isEasilyMisread)
    .flatMap((option) => {
      const text = meaning(option);
      return text === undefined
        ? []
        : [{ position: positionIn(script, option.valueSpan[1]), text: `= ${text}` }];
    });
}

/** `90` and `1:30` mean something else in every system; `01:30:00` does not. */
const isEasilyMisread = ({ spec, value = '' }: ReadOption): boolean =>
  (spec.kind.endsWith('-time') && /^\d+(:\d+)?$/.test(value) && value !== '0') ||
  (/-array$|^lsf-name$/.test(spec.kind) && /\d/.test(value)) ||
  (spec.kind.endsWith('resources') && /(?:walltime|h_rt)=\d+(?::\d+)?(?![\d:])/.test(value));
