/** Options and their values in words for people. */
import type { OptionSpec, ResourceSpec } from '#core/batch/catalogue.ts';
import { dialects } from '#core/batch/systems.ts';
import { sizeInWords } from '#core/batch/values/size.ts';
import { inWords } from '#core/batch/values/time.ts';
import type { ReadOption } from '#core/batch/validate.ts';
import { isMap, type Value } from '#core/value.ts';

/** What an option is for, what it takes, and an example; Markdown. */
export function describeOption(spec: OptionSpec): string {
  const names = spec.short === undefined ? code(spec.name) : `${code(spec.name)}, ${code(spec.short)}`;
  return paragraphs(
    `**${names}** · ${spec.title}`,
    spec.description,
    spec.takes === 'nothing'
      ? 'Takes no value.'
      : `Takes ${spec.takes === 'value' ? '' : 'nothing, or '}${spec.forms}.`,
    spec.words.length > 0 ? spec.words.map(code).join(' | ') : undefined,
    spec.since === undefined ? undefined : `From version ${spec.since} on.`,
    spec.administrators ? 'For administrators only.' : undefined,
    spec.commandLine ? `Belongs on the command line of ${dialects[spec.system].submit}.` : undefined,
    example(spec),
  );
}

export const describeResource = ({ name, short, description }: ResourceSpec): string =>
  paragraphs(`**${code(name)}**${short === undefined ? '' : `, ${code(short)}`} · resource`, description);

function example({ examples: [first], name, system, takes }: OptionSpec): string | undefined {
  if (first === undefined || takes === 'nothing') return undefined;
  const { mark, syntax } = dialects[system];
  return `\`\`\`sh\n${mark} ${name}${syntax === 'getopt-long' ? '=' : ' '}${first}\n\`\`\``;
}

/** What a value comes to, where that is not what is written: a duration, an amount of memory, a number of jobs. */
export function meaning({ spec, parsed }: ReadOption): string | undefined {
  if (parsed === undefined) return undefined;
  if (/-time$|^seconds$/.test(spec.kind) && typeof parsed === 'number') return duration(parsed, spec);
  if (spec.kind.endsWith('-size') && typeof parsed === 'number') return sizeInWords(parsed);
  if (isMap(parsed)) {
    if (typeof parsed['count'] === 'number')
      return parsed['count'] === 1 ? '1 job' : `${parsed['count']} jobs`;
    const walltime = wallTime(parsed);
    if (walltime !== undefined) return inWords(walltime);
  }
  return undefined;
}

function duration(seconds: number, { kind }: OptionSpec): string {
  const rounded = kind === 'slurm-time' && seconds % 60 > 0;
  return rounded
    ? `${inWords(seconds)}, rounded up to ${inWords(Math.ceil(seconds / 60) * 60)}`
    : inWords(seconds);
}

function wallTime(resources: Readonly<Record<string, Value>>): number | undefined {
  const seconds = resources['walltime'] ?? resources['h_rt'];
  return typeof seconds === 'number' ? seconds : undefined;
}

export const code = (text: string): string => `\`${text}\``;

export const paragraphs = (...texts: readonly (string | undefined)[]): string =>
  texts.filter((text) => text !== undefined && text !== '').join('\n\n');
