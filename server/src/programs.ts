/** The programs that sweep files name, read from the disk. None is ever run. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ProgramFiles, ProgramOptions } from '#core/program/options.ts';
import { readProgram } from '#core/program/read-program.ts';

/** Bytes. A larger file was not written by hand. */
const largest = 1_000_000;
/** Milliseconds for which files are taken to be as they were. */
const remembered = 1000;
/** Programs that are kept; a workspace has a few. */
const mostKept = 50;

interface ReadProgram {
  readonly options: ProgramOptions | undefined;
  /** Every file that was asked for, with the stamp that it had. */
  readonly stamps: ReadonlyMap<string, string>;
  until: number;
}

/** Options of programs by path; a program is read again when it, or a file that was read with it, has changed. */
export class ProgramsOnDisk {
  readonly #now: () => number;
  readonly #read = new Map<string, ReadProgram>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What the program declares; undefined for a file that isn't there, isn't Python or is too large. */
  optionsOf(file: string): ProgramOptions | undefined {
    if (!file.endsWith('.py')) return undefined;
    const known = this.#read.get(file);
    const now = this.#now();
    if (known) {
      if (known.until > now) return known.options;
      if ([...known.stamps].every(([one, stamp]) => stampOf(one) === stamp)) {
        known.until = now + remembered;
        return known.options;
      }
    }
    if (this.#read.size >= mostKept) this.#read.clear();
    const read = readFromDisk(file, now + remembered);
    this.#read.set(file, read);
    return read.options;
  }

  /** Looks at the files again when they are asked for the next time. */
  forget(): void {
    for (const read of this.#read.values()) read.until = -Infinity;
  }
}

function readFromDisk(file: string, until: number): ReadProgram {
  const stamps = new Map<string, string>();
  const texts = new Map<string, string | undefined>();
  const textOf = (one: string): string | undefined => {
    if (!texts.has(one)) {
      // the stamp first: a file that changes in between is read once more
      const stamp = stampOf(one);
      stamps.set(one, stamp);
      texts.set(one, stamp === missing ? undefined : contentOf(one));
    }
    return texts.get(one);
  };
  const folder = path.dirname(file);
  const files: ProgramFiles = { read: (one) => textOf(path.join(folder, one)) };
  const text = textOf(file);
  return { options: text === undefined ? undefined : readProgram(text, files), stamps, until };
}

const missing = 'missing';

/** What changes when a file does; `missing` for one that isn't there or is too large to be read. */
function stampOf(file: string): string {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size > largest) return missing;
    return `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  } catch {
    // Not ours to look at, or a name that can't be one: the same as not there.
    return missing;
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Gone since it was looked at, or not ours to read.
    return undefined;
  }
}
