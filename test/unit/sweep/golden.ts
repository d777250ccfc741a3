/** Golden files of sweep files; golden-text.ts says what they look like. The JSON behind a name is the file's surroundings. */
import { readSweep } from '#core/sweep/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import { annotateWith, sectionsOf } from '../golden-text.ts';

export { annotateWith, applyFix } from '../golden-text.ts';

export interface Case {
  readonly name: string;
  readonly head: string;
  readonly text: string;
  readonly surroundings: Surroundings;
  /** The text with the expectations in it. */
  readonly annotated: string;
}

interface Settings {
  readonly program?: 'missing' | 'not executable';
  readonly metrics?: readonly string[];
  readonly unset?: readonly string[];
  readonly queues?: readonly string[];
}

export const casesOf = (file: string): readonly Case[] =>
  sectionsOf(file).map(({ settings, ...section }) => ({
    ...section,
    surroundings: Object.keys(settings as Settings).length === 0 ? {} : surroundingsOf(settings as Settings),
  }));

const surroundingsOf = ({ program, unset, queues, metrics }: Settings): Surroundings => ({
  findProgram: () =>
    program === 'missing' ? program : { folder: '/work', executable: program !== 'not executable' },
  metricNames: () => metrics,
  hasEnvironmentVariable: (name) => unset?.includes(name) !== true,
  ...(queues && { queues }),
});

/** The text with its problems written under the lines. */
export const annotate = (text: string, surroundings: Surroundings): string =>
  annotateWith(text, readSweep(text, surroundings).problems);
