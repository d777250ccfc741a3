/** Values that come to something else than they seem to. */
import type { Job } from './job-checks.ts';
import { partSpan, type ReadOption } from './validate.ts';
import { formatSlurmTime, inWords } from './values/time.ts';

export function checkUnits({ script, options, problems }: Job): void {
  for (const option of options) {
    const { spec, value, parsed } = option;
    // remarks are not worth their time among hundreds of problems
    if (problems.isFull) return;
    if (value === undefined || parsed === undefined) continue;
    if (spec.kind === 'slurm-time' && isRounded(value, parsed)) {
      const minutes = Math.ceil(parsed / 60) * 60;
      problems.add(
        'time-rounded-up',
        option.valueSpan,
        `Slurm counts whole minutes: ${inWords(parsed)} is taken as ${inWords(minutes)} (${formatSlurmTime(minutes)}).`,
      );
    }
    const bare = amountWithoutUnit(option);
    if (bare !== undefined)
      problems.add(
        'unit-missing',
        partSpan(script.text, value, option.valueSpan, option.verbatim, bare),
        'Without a unit the site decides what is counted (LSF_UNIT_FOR_LIMITS), KB unless it says otherwise. Write one, such as MB or GB.',
      );
  }
}

/** `23:59:59` is how people write a limit of a day: nobody is surprised by the second more. */
const isRounded = (value: string, parsed: ReadOption['parsed']): parsed is number =>
  typeof parsed === 'number' && parsed > 0 && parsed % 60 !== 0 && !value.endsWith(':59');

const reserved = /\brusage\s*\[[^\]]*?\b(?:mem|swp|tmp)\s*=\s*(\d+(?:\.\d+)?)(?![\d.]*\s*[KMGTPE])/i;

/** Where an amount of memory for LSF stands without a unit. */
function amountWithoutUnit({ spec, value = '' }: ReadOption): readonly [number, number] | undefined {
  if (spec.kind === 'lsf-size') return /^\d+(\.\d+)?!?$/.test(value) ? [0, value.length] : undefined;
  if (spec.kind !== 'lsf-resources') return undefined;
  const found = reserved.exec(value);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  return [end - (found[1] ?? '').length, end];
}
