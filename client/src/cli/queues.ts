/** The queues that a command may use: those of a file that was named, else those of the workspace's editor settings. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ReadQueues, readQueues } from '#engine/queues/queue-settings.ts';
import { queueNames } from '#engine/queues/queues.ts';
import { CommandFailure } from './failure.ts';
import { shownPath } from './workspace.ts';

const KEY = 'sweepdeck.queues';

/**
 * @param named the file of `--queues`: the object that `sweepdeck.queues` is, or settings that hold it
 * @throws CommandFailure when a file can't be used.
 */
export function queuesFor(root: string, named: string | undefined, cwd: string): ReadQueues {
  if (named !== undefined) {
    const file = path.resolve(cwd, named);
    const value = readSettings(file, cwd);
    if (value === undefined)
      throw new CommandFailure('not-found', `There is no file ${shownPath(file, cwd)}.`);
    return readQueues(KEY in value ? value[KEY] : value);
  }
  return readQueues(readSettings(path.join(root, '.vscode', 'settings.json'), cwd)?.[KEY]);
}

/** The names that a sweep file may use. @throws CommandFailure as `queuesFor`. */
export function queueNamesFor(root: string, named: string | undefined, cwd: string): readonly string[] {
  const { queues, broken: brokenQueues } = queuesFor(root, named, cwd);
  return queueNames({ queues, brokenQueues });
}

/** undefined: no such file. */
function readSettings(file: string, cwd: string): Readonly<Record<string, unknown>> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandFailure('refused', `${shownPath(file, cwd)} can't be read: ${message}.`, [], error);
  }
  try {
    const value: unknown = JSON.parse(withoutComments(text));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandFailure('refused', `${shownPath(file, cwd)} is not JSON: ${error.message}.`, [], error);
  }
  throw new CommandFailure('refused', `${shownPath(file, cwd)} must hold a JSON object.`);
}

/** The editor's settings may have comments, and commas behind the last entry. Strings stay as they are. */
export function withoutComments(text: string): string {
  const plain = text.replace(/^\uFEFF/, '');
  const bare = plain.replace(
    /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_all, kept?: string) => kept ?? ' ',
  );
  return bare.replace(
    /("(?:[^"\\]|\\.)*")|,(\s*[}\]])/g,
    (_all, kept?: string, end?: string) => kept ?? end ?? '',
  );
}
