/** Options and their values in words for people. */
import { siteNameWords, type SiteNames } from '#core/batch/site-names.ts';
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
export const meaning = ({ spec, parsed }: ReadOption): string | undefined =>
  parsed === undefined ? undefined : meaningOf(spec.kind, parsed);

/** The same for any value of a kind of the catalogues. */
export function meaningOf(kind: string, value: Value): string | undefined {
  if (/-time$|^seconds$/.test(kind) && typeof value === 'number') return duration(value, kind);
  if (kind.endsWith('-size') && typeof value === 'number') return sizeInWords(value);
  if (isMap(value)) {
    if (typeof value['count'] === 'number') return value['count'] === 1 ? '1 job' : `${value['count']} jobs`;
    const walltime = wallTime(value);
    if (walltime !== undefined) return inWords(walltime);
  }
  return undefined;
}

function duration(seconds: number, kind: string): string {
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

const shownNames = 20;

/** The names that the batch system here knows for the option; undefined where it tells none. */
export function describeSiteNames(
  { live }: OptionSpec,
  names: SiteNames,
  given: readonly string[],
): string | undefined {
  if (live === undefined || names === undefined || names === 'pending' || names.length === 0)
    return undefined;
  const told = names.filter(({ name, detail }) => detail !== undefined && given.includes(name));
  const more = names.length - shownNames;
  return paragraphs(
    ...told.map(({ name, detail = '' }) => `${code(name)}: ${detail}.`),
    `The ${siteNameWords(live)} can be ${names
      .slice(0, shownNames)
      .map(({ name }) => code(name))
      .join(', ')}${more > 0 ? ` or one of ${more} more` : ''}.`,
  );
}
