/** Options whose value goes into a draft as it stands, or whose presence says it all. */
import type { ReadOption } from '../validate.ts';
import type { Draft } from './fields.ts';
import type { Dependency } from './request.ts';

type TextField = 'name' | 'queue' | 'account' | 'qos' | 'directory' | 'mailAddress' | 'shell';
type CountField = 'nodes' | 'tasks' | 'tasksPerNode' | 'cpusPerTask';

/** By the option's key. */
export interface PlainOptions {
  readonly texts: Readonly<Record<string, TextField>>;
  readonly counts?: Readonly<Record<string, CountField>>;
  readonly facts?: Readonly<Record<string, Draft>>;
}

/** Takes the option into the draft where it is a plain one; false otherwise. */
export function takePlain(
  { spec: { key }, value = '' }: ReadOption,
  draft: Draft,
  { texts, counts = {}, facts = {} }: PlainOptions,
): boolean {
  const text = texts[key];
  const count = counts[key];
  const fact = facts[key];
  if (text !== undefined) draft[text] = value;
  else if (count !== undefined) draft[count] = Number(value);
  else if (fact !== undefined) Object.assign(draft, fact);
  return text !== undefined || count !== undefined || fact !== undefined;
}

/** Our words and a system's own for the same things. */
export type Vocabulary<Ours> = readonly (readonly [ours: Ours, theirs: string])[];

export const oursFor = <Ours>(theirs: string, vocabulary: Vocabulary<Ours>): Ours | undefined =>
  vocabulary.find(([, word]) => word === theirs)?.[0];

export const theirsFor = <Ours>(ours: Ours, vocabulary: Vocabulary<Ours>): string | undefined =>
  vocabulary.find(([word]) => word === ours)?.[1];

/** Those of the vocabulary that `given` has, in the vocabulary's order. */
export const oursAmong = <Ours>(given: readonly string[], vocabulary: Vocabulary<Ours>): readonly Ours[] =>
  vocabulary.filter(([, theirs]) => given.includes(theirs)).map(([ours]) => ours);

export const theirsAmong = <Ours>(given: readonly Ours[], vocabulary: Vocabulary<Ours>): readonly string[] =>
  vocabulary.filter(([ours]) => given.includes(ours)).map(([, theirs]) => theirs);

/** `afterok:12:13,afterany:14`; undefined where a type is no word of the vocabulary, or a job's id doesn't match. */
export function readDependencies(
  text: string,
  vocabulary: Vocabulary<Dependency['when']>,
  job = /^/,
): readonly Dependency[] | undefined {
  const found = text.split(',').map((part) => {
    const [type = '', ...jobs] = part.split(':');
    const when = oursFor(type, vocabulary);
    return when === undefined || !jobs.every((one) => job.test(one)) ? undefined : { when, jobs };
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

export const writeDependencies = (
  dependencies: readonly Dependency[],
  vocabulary: Vocabulary<Dependency['when']>,
): string =>
  dependencies.map(({ when, jobs }) => `${theirsFor(when, vocabulary) ?? ''}:${jobs.join(':')}`).join(',');
