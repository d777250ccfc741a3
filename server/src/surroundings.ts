/** What the disk and the environment answer about the surroundings of a document. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, programFolders } from '#core/sweep/program-folder.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { ProgramsOnDisk } from './programs.ts';

/** Milliseconds for which an answer counts: long enough for a burst of typing, too short to be noticed when a program is added. */
const remembered = 2000;

const kind = process.platform === 'win32' ? 'windows' : 'posix';

/** Whether files are there; the disk is asked at most once in `remembered` milliseconds for each path. */
export class FilesOnDisk {
  readonly #now: () => number;
  readonly #answers = new Map<string, { readonly found: boolean; readonly until: number }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  has(file: string): boolean {
    const time = this.#now();
    const answer = this.#answers.get(file);
    if (answer !== undefined && answer.until > time) return answer.found;
    // Every keystroke in a program's name asks for another path: keep what still counts.
    for (const [known, { until }] of this.#answers) if (until <= time) this.#answers.delete(known);
    const found = isFile(file);
    this.#answers.set(file, { found, until: time + remembered });
    return found;
  }

  forget(): void {
    this.#answers.clear();
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // Not ours to read, a loop of links, a name that can't be one: it can't be run either.
    return false;
  }
}

function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // A file URI that is no path on this platform.
    return undefined;
  }
}

/**
 * The surroundings of the document. Without a place on this disk (untitled, virtual workspace) most
 * questions go unanswered. Without `programs`, no program is read.
 */
export function surroundingsOf(
  uri: string,
  roots: readonly string[],
  files: FilesOnDisk,
  programs?: ProgramsOnDisk,
): Surroundings {
  const file = pathOf(uri);
  if (file === undefined) return {};
  const folder = path.dirname(file);
  const root = roots
    .flatMap((one) => pathOf(one) ?? [])
    .filter((one) => !path.relative(one, folder).startsWith('..'))
    // The innermost of nested workspace folders.
    .sort((a, b) => b.length - a.length)[0];
  const find = (program: string) =>
    findProgram(program, programFolders(folder, root, kind), (candidate) => files.has(candidate), kind);
  return {
    findProgram: find,
    ...(programs && {
      programOptions: (program: string) => {
        const found = find(program);
        return found === 'missing' ? undefined : programs.optionsOf(path.resolve(found.folder, program));
      },
    }),
    hasEnvironmentVariable: (name) => process.env[name] !== undefined,
  };
}
