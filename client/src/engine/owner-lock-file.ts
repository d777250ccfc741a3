/**
 * The files of an owner lock: `owner.<generation>.lock`, each written whole by one process, marked once
 * when it is released, and touched by every heartbeat.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, storageError } from './atomic-file.ts';
import type { MachineIdentity } from './process-identity.ts';

export type OwnerProgram = 'editor' | 'cli';

/** What a lock file says. */
export interface OwnerDescription extends MachineIdentity {
  readonly generation: number;
  readonly pid: number;
  /** See `identityOf`. */
  readonly startTime: string;
  readonly program: OwnerProgram;
  /** Seconds between two heartbeats. */
  readonly heartbeat: number;
  readonly released: boolean;
}

/** Overwrites five bytes in place: needs no space on a full disk, and touches nobody else's file. */
export async function markReleased(file: string): Promise<void> {
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(file, 'r+');
  } catch (error) {
    // deleted with its folder, or by a later owner
    if (errorCode(error) === 'ENOENT') return;
    throw storageError('release the lock', file, error);
  }
  try {
    const text = await handle.readFile('latin1');
    const at = text.lastIndexOf(HELD);
    if (at >= 0) await handle.write(RELEASED, at, 'latin1');
  } catch (error) {
    throw storageError('release the lock', file, error);
  } finally {
    await handle.close();
  }
}

/** Of equal length: one is written over the other. */
const HELD = '"released":false';
const RELEASED = '"released":true ';

export const lockFile = (folder: string, generation: number): string =>
  path.join(folder, `owner.${generation}.lock`);

/** Generations of the lock files in a folder, ascending. */
export async function generationsIn(folder: string): Promise<readonly number[]> {
  let names: string[];
  try {
    names = await fs.promises.readdir(folder);
  } catch (error) {
    throw storageError('read the folder', folder, error);
  }
  return names
    .flatMap((name) => {
      const digits = /^owner\.(\d{1,15})\.lock$/.exec(name)?.[1];
      return digits === undefined ? [] : [Number(digits)];
    })
    .sort((a, b) => a - b);
}

/** A lock file's content, and a text that changes with every heartbeat; undefined when there is no such file. */
export async function readLock(
  file: string,
): Promise<{ readonly owner: OwnerDescription | undefined; readonly mark: string } | undefined> {
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw storageError('read the lock', file, error);
  }
  try {
    const text = await handle.readFile('utf8');
    const { mtimeNs, ino } = await handle.stat({ bigint: true });
    return { owner: parseOwner(text), mark: `${ino} ${mtimeNs} ${text}` };
  } catch (error) {
    throw storageError('read the lock', file, error);
  } finally {
    await handle.close();
  }
}

/** What a lock file says; undefined when it is empty, cut off or no lock. */
export function parseOwner(text: string): OwnerDescription | undefined {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isOwner(record) ? record : undefined;
}

const CHECKS: { readonly [Name in keyof OwnerDescription]-?: (value: unknown) => boolean } = {
  generation: (value) => Number.isSafeInteger(value),
  host: (value) => typeof value === 'string',
  machine: (value) => value === undefined || typeof value === 'string',
  boot: (value) => value === undefined || typeof value === 'string',
  pidNamespace: (value) => value === undefined || typeof value === 'string',
  pid: (value) => Number.isSafeInteger(value),
  startTime: (value) => typeof value === 'string',
  program: (value) => value === 'editor' || value === 'cli',
  heartbeat: (value) => typeof value === 'number' && value > 0,
  released: (value) => typeof value === 'boolean',
};

function isOwner(record: unknown): record is OwnerDescription {
  if (typeof record !== 'object' || record === null) return false;
  const fields = record as Readonly<Record<string, unknown>>;
  return Object.entries(CHECKS).every(([name, accepts]) => accepts(fields[name]));
}

/** File systems without hard links say one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'EACCES']);

/** Creates a file with its whole content; false when it exists already. */
export async function createExclusively(file: string, content: string): Promise<boolean> {
  const temporary = path.join(path.dirname(file), `.owner.${randomBytes(8).toString('hex')}.tmp`);
  try {
    await fs.promises.writeFile(temporary, content, { flag: 'wx' });
    try {
      await fs.promises.link(temporary, file);
      return true;
    } catch (error) {
      // NFS may repeat a request whose answer was lost, and then report that our own link exists
      if ((await fs.promises.stat(temporary)).nlink === 2) return true;
      if (errorCode(error) === 'EEXIST') return false;
      if (!NO_LINKS.has(errorCode(error) ?? '')) throw error;
    }
    await writeExclusively(file, content);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw storageError('write the lock', file, error);
  } finally {
    await fs.promises.rm(temporary, { force: true });
  }
}

/** Readers may see the file before its content: they take it for a lock that is being written. */
async function writeExclusively(file: string, content: string): Promise<void> {
  const handle = await fs.promises.open(file, 'wx');
  try {
    await handle.writeFile(content);
  } catch (error) {
    await fs.promises.rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

const LAST_BYTES = 64 * 1024;

/**
 * The highest generation that wrote to the end of a journal, 0 when there is none: a new lock must be
 * above it even if somebody deleted the lock files, else readers would ignore what it writes.
 */
export async function lastOwnerOf(journal: string): Promise<number> {
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(journal, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw storageError('read', journal, error);
  }
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - LAST_BYTES);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    const owners = bytes.toString('latin1', 0, bytesRead).matchAll(/"owner":(\d{1,15})\}(?:\n|$)/g);
    return [...owners].reduce((highest, match) => Math.max(highest, Number(match[1])), 0);
  } catch (error) {
    throw storageError('read', journal, error);
  } finally {
    await handle.close();
  }
}
