/**
 * The folders of sweeps: `<root>/.sweeps/<id>`. A folder appears whole, by a rename, and disappears by one.
 * An id is taken by a marker in `.sweeps/.ids/` that outlives its sweep, so that no id is used twice.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  errorCode,
  makeFolderSync,
  rename,
  StorageError,
  storageError,
  syncFolderSync,
} from './atomic-file.ts';

const SWEEPS = '.sweeps';
const IDS = '.ids';
/** Names that begin with a dot are not sweeps. */
const BEGUN = '.new-';
const DELETED = '.deleted-';

const ID = /^[a-z0-9][a-z0-9-]*-\d+$/;
const LONGEST_STEM = 40;

/** Where everything of a sweep lies. All paths are absolute when the root is. */
export interface SweepPaths {
  readonly directory: string;
  readonly journal: string;
  readonly inbox: string;
  /** The launched file, frozen. */
  readonly sweepFile: string;
  /** The batch script that was submitted, frozen, and what else decided on its jobs. */
  readonly script: string;
  readonly submission: string;
  readonly jobs: string;
}

/** Paths inside the folder of a sweep. @throws Error when `id` isn't the id of a sweep. */
export function sweepPaths(root: string, id: string): SweepPaths {
  if (!isSweepId(id)) throw new Error(`"${id}" is not the id of a sweep. An id looks like "quadratic-7".`);
  return pathsIn(path.join(root, SWEEPS, id));
}

/** Paths inside a folder that is, or is going to be, a sweep's. */
export function pathsIn(directory: string): SweepPaths {
  return {
    directory,
    journal: path.join(directory, 'journal.jsonl'),
    inbox: path.join(directory, 'inbox'),
    sweepFile: path.join(directory, 'sweep.yaml'),
    script: path.join(directory, 'script.sh'),
    submission: path.join(directory, 'submission.json'),
    jobs: path.join(directory, 'jobs'),
  };
}

/** The folder that holds a root's sweeps. */
export function sweepsFolder(root: string): string {
  return path.join(root, SWEEPS);
}

/** The directory of one job. */
export function jobPath(paths: SweepPaths, job: number): string {
  return path.join(paths.jobs, String(job));
}

/** Whether a text has the form of an id. Nothing else is ever used as a folder's name. */
export function isSweepId(text: string): boolean {
  return ID.test(text);
}

/** What a sweep is called: the `name` in its file, else the file's, else (for `sweep.yaml`) its folder's. */
export function sweepName(file: string, name?: string): string {
  if (name !== undefined && name.trim() !== '') return name.trim();
  const stem = path.basename(file).replace(/\.ya?ml$/i, '');
  if (stem.toLowerCase() !== 'sweep') return stem;
  return path.basename(path.dirname(path.resolve(file))) || stem;
}

/** A name as the speakable part of an id: lower-case letters, digits and single hyphens, at most 40. */
export function idStem(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_STEM + 1)
    .replace(/^-+/, '')
    .slice(0, LONGEST_STEM)
    .replace(/-+$/, '');
  return words === '' ? 'sweep' : words;
}

/**
 * Creates the folder of a new sweep and returns its id, e.g. `quadratic-7`. `prepare` fills a temporary
 * folder; when it is done the folder appears under its id, whole. Any number of processes may do this at once.
 * @throws StorageError when the folder can't be written, or whatever `prepare` throws; nothing is left then.
 */
export async function createSweepFolder(
  root: string,
  name: string,
  prepare: (temporaryFolder: string, id: string) => void | Promise<void>,
): Promise<string> {
  const sweeps = sweepsFolder(root);
  try {
    makeFolderSync(path.join(sweeps, IDS), { parents: 1 });
    await ignoreInGit(sweeps);
    await removeLeftovers(sweeps);
  } catch (error) {
    throw storageError('create a sweep in', sweeps, error);
  }
  for (;;) {
    const id = await takeId(sweeps, idStem(name));
    const temporary = path.join(sweeps, `${BEGUN}${id}-${unique()}`);
    try {
      await fs.promises.mkdir(temporary);
      await prepare(temporary, id);
      await syncFilesIn(temporary);
      await rename(temporary, path.join(sweeps, id));
      syncFolderSync(sweeps);
      return id;
    } catch (error) {
      await fs.promises.rm(temporary, { recursive: true, force: true });
      // a folder of that name without its marker: somebody cleared `.ids`; the marker is there again now
      if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '') && fs.existsSync(path.join(sweeps, id)))
        continue;
      await giveBackId(sweeps, id);
      throw errorCode(error) === undefined ? error : storageError('create a sweep in', sweeps, error);
    }
  }
}

/** Else a power cut soon after the rename could leave a sweep of empty files. */
async function syncFilesIn(folder: string): Promise<void> {
  for (const entry of await fs.promises.readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const handle = await fs.promises.open(path.join(folder, entry.name), 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  syncFolderSync(folder);
}

const unique = (): string => randomBytes(5).toString('hex');

/** `wx` gives a name to exactly one of those who ask, over all machines. */
async function takeId(sweeps: string, stem: string): Promise<string> {
  const ids = path.join(sweeps, IDS);
  try {
    const taken = [...(await fs.promises.readdir(ids)), ...(await fs.promises.readdir(sweeps))];
    for (let n = highestNumber(taken, stem) + 1; ; n++) {
      const id = `${stem}-${n}`;
      try {
        await fs.promises.writeFile(path.join(ids, id), '', { flag: 'wx' });
        return id;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw storageError('create a sweep in', sweeps, error);
  }
}

function highestNumber(names: readonly string[], stem: string): number {
  const start = `${stem}-`;
  return names
    .filter((name) => name.startsWith(start) && /^\d{1,9}$/.test(name.slice(start.length)))
    .reduce((highest, name) => Math.max(highest, Number(name.slice(start.length))), 0);
}

/** An id under which nothing ever appeared is free again. */
async function giveBackId(sweeps: string, id: string): Promise<void> {
  try {
    await fs.promises.rm(path.join(sweeps, IDS, id), { force: true });
  } catch (error) {
    // a number is lost, nothing else; the caller reports why nothing could be written
    if (errorCode(error) === undefined) throw error;
  }
}

async function ignoreInGit(sweeps: string): Promise<void> {
  try {
    await fs.promises.writeFile(path.join(sweeps, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Finishes deletions that were interrupted and clears away launches that a crash cut short a day ago. */
async function removeLeftovers(sweeps: string): Promise<void> {
  for (const name of await fs.promises.readdir(sweeps)) {
    const leftover = path.join(sweeps, name);
    if (name.startsWith(DELETED) || (name.startsWith(BEGUN) && (await ageOf(leftover)) > DAY_MS)) {
      await fs.promises
        .rm(leftover, { recursive: true, force: true, maxRetries: 3 })
        .catch((error: unknown) => {
          // in use, or somebody else is at it: a later launch tries again
          if (errorCode(error) === undefined) throw error;
        });
    }
  }
}

async function ageOf(folder: string): Promise<number> {
  try {
    return Date.now() - (await fs.promises.stat(folder)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** Ids of the sweeps in a root, by name and then by number. A root without sweeps has none. */
export async function listSweepFolders(root: string): Promise<readonly string[]> {
  try {
    const entries = await fs.promises.readdir(sweepsFolder(root), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isSweepId(entry.name))
      .map((entry) => entry.name)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw storageError('read', sweepsFolder(root), error);
  }
}

/**
 * Deletes a sweep's folder: it is renamed first, so that half a deletion never looks like a sweep.
 * The caller sees to it that the sweep isn't active.
 * @throws StorageError when it doesn't exist or can't be deleted.
 */
export async function deleteSweepFolder(root: string, id: string): Promise<void> {
  const { directory } = sweepPaths(root, id);
  const aside = path.join(sweepsFolder(root), `${DELETED}${id}-${unique()}`);
  try {
    await rename(directory, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      throw new StorageError(`There is no sweep ${id} in ${root}.`, { path: directory, cause: error });
    throw storageError('delete', directory, error);
  }
  try {
    await fs.promises.rm(aside, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch (error) {
    throw storageError(`delete all of the sweep ${id}; what is left is in`, aside, error);
  }
}
