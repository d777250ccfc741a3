/** What the disk and the environment answer about the surroundings of a document. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from '#core/batch/commands/program.ts';
import type { ConfigRequest } from '#core/program/hydra-program.ts';
import { findProgram, programFolders } from '#core/sweep/program-folder.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { NearbyPrograms } from './nearby-programs.ts';
import type { ProgramsOnDisk } from './programs.ts';
import type { SeenMetrics } from './seen-metrics.ts';

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
    return this.#ask(file, file, isFile);
  }

  hasFolder(folder: string): boolean {
    // No file is called so, and the two questions have their own answers.
    return this.#ask(`${folder}/`, folder, isFolder);
  }

  isExecutable(file: string): boolean {
    return this.#ask(`${file}*`, file, isExecutable);
  }

  #ask(key: string, place: string, is: (place: string) => boolean): boolean {
    const time = this.#now();
    const answer = this.#answers.get(key);
    if (answer !== undefined && answer.until > time) return answer.found;
    // Every keystroke in a program's name asks for another path: keep what still counts.
    for (const [known, { until }] of this.#answers) if (until <= time) this.#answers.delete(known);
    const found = is(place);
    this.#answers.set(key, { found, until: time + remembered });
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

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // The system says no in this way only.
    return false;
  }
}

function isFolder(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // As for files.
    return false;
  }
}

/**
 * Whether `folder` is there, from one of the `bases` when it is relative. Where not even the folder above it
 * is there, the path is probably another machine's, and nobody can tell.
 */
export function findFolder(
  folder: string,
  bases: readonly string[],
  has: (folder: string) => boolean,
): boolean | undefined {
  const places = path.isAbsolute(folder) ? [folder] : bases.map((base) => path.resolve(base, folder));
  if (places.some(has)) return true;
  return places.some((place) => has(path.dirname(place))) ? false : undefined;
}

/** The files that a program may be, from the folder in which it is started. */
function filesOf({ kind: how, name }: Program): readonly string[] {
  if (name === undefined) return [];
  if (how === 'file') return [name];
  const module = name.replaceAll('.', '/');
  return [`${module}.py`, `${module}/__main__.py`];
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
 * questions go unanswered. Of `beside`, each may be missing: without `programs`, no program is read; without
 * `metrics`, nobody knows what was reported; without `nearby`, no program is offered.
 */
export function surroundingsOf(
  uri: string,
  roots: readonly string[],
  files: FilesOnDisk,
  beside: {
    readonly programs?: ProgramsOnDisk;
    readonly metrics?: SeenMetrics;
    readonly nearby?: NearbyPrograms;
  } = {},
): Surroundings {
  const { programs, metrics, nearby } = beside;
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
    findProgram: (program) => {
      const found = find(program);
      // Windows goes by the name of a file, not by what is allowed with it.
      if (found === 'missing' || kind === 'windows') return found;
      return { ...found, executable: files.isExecutable(path.resolve(found.folder, program)) };
    },
    ...(nearby && { nearbyPrograms: () => nearby.of(folder) }),
    ...(metrics && { metricNames: (program: string) => metrics.of(root ?? folder, program) }),
    ...(programs && {
      programOptions: (program: string) => {
        const found = find(program);
        return found === 'missing' ? undefined : programs.optionsOf(path.resolve(found.folder, program));
      },
      hydraProgram: (program: Program, request: ConfigRequest) => {
        for (const name of filesOf(program)) {
          const found = find(name);
          if (found === 'missing') continue;
          const one = path.resolve(found.folder, name);
          return programs.hydraOf(one, path.dirname(one), request);
        }
        return programs.hydraOf(undefined, folder, request);
      },
    }),
    hasFolder: (wanted) =>
      findFolder(wanted, programFolders(folder, root, kind), (candidate) => files.hasFolder(candidate)),
    isExecutable: () => (kind === 'windows' || !files.has(file) ? undefined : files.isExecutable(file)),
    hasEnvironmentVariable: (name) => process.env[name] !== undefined,
  };
}
