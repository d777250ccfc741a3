/**
 * The numbers of the directories in which MLXP keeps jobs: `logs/1`, `logs/2`... They grow for ever. Who wants
 * some writes down a block of them first, in `logs/.sweepdeck/ids/<n>`, the n-th block; a name is given to exactly
 * one of those who ask, so blocks never overlap, and a directory that was deleted doesn't give its number back.
 * MLXP itself may make directories meanwhile: making one is what claims it.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, StorageError, storageError } from '../atomic-file.ts';

/** Numbers from `first` to `last`, both included. */
export type LogIds = readonly [first: number, last: number];

const OWN = '.sweepdeck';
const NUMBER = /^[1-9]\d{0,14}$/;
/** Making many directories gives others their turn in between. */
const MADE_AT_A_STRETCH = 200;
const UNFINISHED_TRIES = 40;
const UNFINISHED_PAUSE_MS = 50;

/**
 * Makes `count` directories in `logs` that nobody had before and returns their numbers, ascending. Any number of
 * processes on any number of machines may do this at once.
 * @throws StorageError when it can't be done; none of the directories is left then.
 */
export async function claimLogIds(logs: string, count: number): Promise<readonly LogIds[]> {
  const claimed: LogIds[] = [];
  try {
    fs.mkdirSync(blocksFolder(logs), { recursive: true });
    for (let left = count; left > 0;) {
      const [first, last] = await takeBlock(logs, left);
      for (let id = first; id <= last; id++) {
        if ((id - first) % MADE_AT_A_STRETCH === MADE_AT_A_STRETCH - 1) await nextTurn();
        if (!makeDirectory(path.join(logs, String(id)))) continue;
        const before = claimed.at(-1);
        if (before?.[1] === id - 1) claimed[claimed.length - 1] = [before[0], id];
        else claimed.push([id, id]);
        left -= 1;
      }
    }
    return claimed;
  } catch (error) {
    releaseLogIds(logs, claimed);
    throw storageError('make the directories of the jobs in', logs, error);
  }
}

/** Removes directories that are empty still; their numbers are used up all the same. */
export function releaseLogIds(logs: string, ids: readonly LogIds[]): void {
  for (const [first, last] of ids) {
    for (let id = first; id <= last; id++) {
      try {
        fs.rmdirSync(path.join(logs, String(id)));
      } catch (error) {
        // somebody has put something there: it stays
        if (errorCode(error) === undefined) throw error;
      }
    }
  }
}

/** The numbers that `claimLogIds` would give now, to show them; somebody else may get them first. */
export function nextLogId(logs: string): number {
  return Math.max(highestDirectory(logs), lastBlock(logs)?.last ?? 0) + 1;
}

/** The number at a place. @throws RangeError when there are fewer. */
export function logIdAt(ids: readonly LogIds[], index: number): number {
  let rest = index;
  for (const [first, last] of ids) {
    const size = last - first + 1;
    if (rest < size) return first + rest;
    rest -= size;
  }
  throw new RangeError(`There is no job ${index}.`);
}

interface Block {
  /** Its place among the blocks, from 1. */
  readonly number: number;
  /** Its last id; undefined while it is being written. */
  readonly last: number | undefined;
}

async function takeBlock(logs: string, size: number): Promise<LogIds> {
  for (let tries = 0; ;) {
    const block = lastBlock(logs);
    if (block !== undefined && block.last === undefined) {
      if (++tries > UNFINISHED_TRIES) throw damaged(logs, block.number);
      await delay(UNFINISHED_PAUSE_MS);
      continue;
    }
    const first = Math.max(highestDirectory(logs), block?.last ?? 0) + 1;
    const last = first + size - 1;
    if (writeBlock(path.join(blocksFolder(logs), String((block?.number ?? 0) + 1)), `${first} ${last}\n`)) {
      return [first, last];
    }
  }
}

/** Returns whether the file is ours. It appears whole where the file system has hard links. */
function writeBlock(file: string, text: string): boolean {
  const temporary = path.join(path.dirname(file), `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    fs.writeFileSync(temporary, text, { flag: 'wx' });
    fs.linkSync(temporary, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(errorCode(error) ?? '')) throw error;
    return writeNew(file, text);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

function writeNew(file: string, text: string): boolean {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function lastBlock(logs: string): Block | undefined {
  const number = highestNumber(blocksFolder(logs));
  if (number === 0) return undefined;
  const text = fs.readFileSync(path.join(blocksFolder(logs), String(number)), 'utf8');
  const last = /^\d+ (\d+)\n$/.exec(text)?.[1];
  return { number, last: last === undefined ? undefined : Number(last) };
}

const blocksFolder = (logs: string): string => path.join(logs, OWN, 'ids');

const highestDirectory = (logs: string): number => highestNumber(logs);

function highestNumber(folder: string): number {
  let names: readonly string[];
  try {
    names = fs.readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
  return names.reduce((highest, name) => (NUMBER.test(name) ? Math.max(highest, Number(name)) : highest), 0);
}

function makeDirectory(directory: string): boolean {
  try {
    fs.mkdirSync(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function damaged(logs: string, block: number): StorageError {
  const file = path.join(blocksFolder(logs), String(block));
  return new StorageError(
    `${file} should hold the numbers of a submission and doesn't. Delete it when no submission is under way.`,
    { path: file },
  );
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
