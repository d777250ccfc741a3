/**
 * Files that appear whole or not at all: written under another name, then renamed. A rename replaces a
 * file in one step on every local file system and on NFS and Lustre; a reader sees the old text or the new one.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The disk, not the job, is at fault: full, read-only, not permitted, gone. The message is a sentence. */
export class StorageError extends Error {
  /** The operating system's word, e.g. `ENOSPC`; undefined when there was none. */
  readonly code: string | undefined;
  readonly path: string;
  constructor(message: string, place: { readonly path: string; readonly cause?: unknown }) {
    super(message, { cause: place.cause });
    this.name = 'StorageError';
    this.code = errorCode(place.cause);
    this.path = place.path;
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space',
  EDQUOT: 'the disk quota is used up. Free some space or ask for more',
  EFBIG: 'the file would become larger than is allowed here (see "ulimit -f")',
  EROFS: 'the file system is read-only. Use a folder that can be written',
  EACCES: 'permission was denied. Check who owns the folder and its permissions',
  EPERM: 'the operation is not permitted. Check who owns the folder and its permissions',
  ENOENT: 'the folder does not exist (any more)',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EMFILE: 'too many files are open. Raise the limit (see "ulimit -n")',
  ENFILE: 'too many files are open on this machine',
  ENAMETOOLONG: 'the name is too long for this file system',
  EIO: 'the disk reported an error. Check its health before relying on it',
  ESTALE: 'the network file system lost track of it. Check that the server is reachable',
  EBUSY: 'another program is using it. Close that program',
};

/** Why an operation on a file failed, in words and without a full stop: "the disk is full. Free some space". */
export function storageCause(error: unknown): string {
  const code = errorCode(error);
  const words = code === undefined ? undefined : CAUSES[code];
  if (words !== undefined) return words;
  return error instanceof Error ? error.message : String(error);
}

/** A StorageError that says "Can't <action> <path>: <cause>." */
export function storageError(action: string, target: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  return new StorageError(`Can't ${action} ${target}: ${storageCause(cause)}.`, { path: target, cause });
}

/** The operating system's word for an error, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export interface AtomicOptions {
  /** Also survives a power cut: the text and then the folder are synced to the disk. Default: false. */
  readonly durable?: boolean;
  /** Permissions of the file, less what the process's mask takes away. Default: 0o666. */
  readonly mode?: number;
}

/**
 * Writes a whole file in one step. The folder must exist.
 * @throws StorageError; the old file, if there was one, is untouched then.
 */
export function writeFileAtomicallySync(
  target: string,
  content: string | Uint8Array,
  { durable = false, mode = 0o666 }: AtomicOptions = {},
): void {
  const temporary = temporaryPath(target);
  try {
    const file = fs.openSync(temporary, 'wx', mode);
    try {
      fs.writeFileSync(file, content);
      if (durable) fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    renameSync(temporary, target);
    if (durable) syncFolderSync(path.dirname(target));
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw storageError('write', target, error);
  }
}

/** Like `writeFileAtomicallySync`, without blocking the event loop. */
export async function writeFileAtomically(
  target: string,
  content: string | Uint8Array,
  { durable = false, mode = 0o666 }: AtomicOptions = {},
): Promise<void> {
  const temporary = temporaryPath(target);
  try {
    const file = await fs.promises.open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    if (durable) syncFolderSync(path.dirname(target));
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw storageError('write', target, error);
  }
}

/** A name beside `target` that nobody else uses. It begins with a dot: readers of a folder skip such files. */
export function temporaryPath(target: string): string {
  const unique = `${process.pid}-${randomBytes(6).toString('hex')}`;
  return path.join(path.dirname(target), `.${path.basename(target).slice(0, 100)}.${unique}.tmp`);
}

/** On Windows a virus scanner or an indexer may hold a fresh file for a moment. */
const PASSING = new Set(['EPERM', 'EACCES', 'EBUSY']);
const PAUSES_MS: readonly number[] = process.platform === 'win32' ? [5, 10, 20, 40, 80, 160, 320] : [];

/** `fs.renameSync` that outlasts a short hold on Windows. */
export function renameSync(from: string, to: string): void {
  for (const pause of PAUSES_MS) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      if (!PASSING.has(errorCode(error) ?? '')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
  fs.renameSync(from, to);
}

/** `fs.promises.rename` that outlasts a short hold on Windows. */
export async function rename(from: string, to: string): Promise<void> {
  for (const pause of PAUSES_MS) {
    try {
      await fs.promises.rename(from, to);
      return;
    } catch (error) {
      if (!PASSING.has(errorCode(error) ?? '')) throw error;
      await delay(pause);
    }
  }
  await fs.promises.rename(from, to);
}

/** File systems that can't sync a folder say one of these; the entry is then as safe as they make it. */
const CANT_SYNC_FOLDERS = new Set(['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP', 'EBADF']);

/** Makes new names in a folder survive a power cut. Windows syncs them with the file itself. */
export function syncFolderSync(folder: string): void {
  if (process.platform === 'win32') return;
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(folder, 'r');
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!CANT_SYNC_FOLDERS.has(errorCode(error) ?? '')) throw storageError('sync', folder, error);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/**
 * Creates a folder, and the one above it, where they are missing. Not `recursive`: on a read-only file
 * system Node then says that the folder doesn't exist, which hides the reason.
 */
export function makeFolderSync(folder: string, { parents = 0 }: { readonly parents?: number } = {}): void {
  if (parents > 0) makeFolderSync(path.dirname(folder), { parents: parents - 1 });
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
