/**
 * Golden files of batch scripts; golden-text.ts says what they look like. The
 * JSON behind a name says what is around the script: `"missing": ["logs"]` folders that are not there, `"executable":
 * false` a file that can't be started, `"names": {"queue": ["fast"]}` what the batch system knows. `"crlf": true`
 * is read with CR LF line ends. A case without any command gets one at its end, unless it says `"bare": true`.
 */
import type { BatchSurroundings } from '#core/batch/job-checks.ts';
import { readBatchScript } from '#core/batch/read.ts';
import type { Problem } from '#core/text.ts';
import { annotateWith, sectionsOf } from '../golden-text.ts';

export { applyFix } from '../golden-text.ts';

export interface Case {
  readonly name: string;
  readonly text: string;
  readonly surroundings: BatchSurroundings;
  /** The case with the expectations in it. */
  readonly annotated: string;
}

interface Settings {
  readonly missing?: readonly string[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly executable?: boolean;
  readonly crlf?: boolean;
  readonly bare?: boolean;
}

const command = './run\n';

export const casesOf = (file: string): readonly Case[] =>
  sectionsOf(file).map(({ name, settings, annotated, text }) => {
    const { missing = [], names = {}, executable = true, crlf = false, bare = false } = settings as Settings;
    const added = bare || /^[^#\s]/m.test(text) ? '' : command;
    const whole = text + added;
    return {
      name,
      annotated: annotated + added,
      text: crlf ? whole.replaceAll('\n', '\r\n') : whole,
      surroundings: {
        hasFolder: (folder) => !missing.includes(folder),
        isExecutable: () => executable,
        siteNames: (_, kind) => names[kind]?.map((one) => ({ name: one })),
      },
    };
  });

/** The text with its problems written under the lines. */
export const annotate = (
  text: string,
  surroundings: BatchSurroundings,
  problems: readonly Problem[] = readBatchScript(text, surroundings).problems,
): string => annotateWith(text, problems);
