/** Times and sizes as each system writes them, made from the number that is typed. */
import { readResource, readValue } from '#core/batch/values/kinds.ts';
import type { OptionSpec } from '#core/batch/catalogue.ts';
import { clock, formatLsfTime, formatSlurmTime } from '#core/batch/values/time.ts';
import { meaningOf } from './wording.ts';

export interface Amount {
  readonly text: string;
  /** What it comes to: `2 h`, `4 GiB`. */
  readonly detail: string;
}

const timeFormats: Readonly<Record<string, (seconds: number) => string>> = {
  'slurm-time': formatSlurmTime,
  'lsf-time': formatLsfTime,
  'sge-time': clock,
  'pbs-time': clock,
};
const sizeUnits: Readonly<Record<string, readonly string[]>> = {
  'slurm-size': ['G', 'M', 'T', 'K'],
  'sge-size': ['G', 'M', 'K', 'g', 'm'],
  'pbs-size': ['gb', 'mb', 'tb', 'kb'],
  'lsf-size': ['GB', 'MB', 'TB', 'KB'],
};
const minute = 60;
const hour = 3600;
const day = 86_400;

/** The number with each unit that may stand behind it; none for what is no number, or has no units. */
export function amountsOf(
  kind: string,
  typed: string,
  read: (text: string) => string | undefined,
): readonly Amount[] {
  const number = /^(\d{1,6})[a-z]*$/i.exec(typed)?.[1];
  if (number === undefined || Number(number) === 0) return [];
  const format = timeFormats[kind];
  const texts = format
    ? [minute, hour, day].map((unit) => format(Number(number) * unit))
    : (sizeUnits[kind] ?? []).map((unit) => `${number}${unit}`);
  return texts.flatMap((text) => {
    const detail = read(text);
    return detail === undefined ? [] : [{ text, detail }];
  });
}

/** What a value of the option would come to. */
export function valueMeaning(spec: OptionSpec, text: string): string | undefined {
  const parsed = readValue(spec, text);
  return parsed.ok ? meaningOf(spec.kind, parsed.value) : undefined;
}

/** What a value of a resource inside the option's value would come to. */
export function resourceMeaning(kind: string, spec: OptionSpec, text: string): string | undefined {
  const parsed = readResource(kind, spec, text);
  return parsed.ok ? meaningOf(kind, parsed.value) : undefined;
}
