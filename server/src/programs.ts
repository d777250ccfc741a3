/** The programs that sweep files and batch scripts name, read from the disk. None is ever run. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  readHydraProgram,
  type ConfigRequest,
  type FolderFiles,
  type HydraProgram,
} from '#core/program/hydra-program.ts';
import type { ProgramOptions } from '#core/program/options.ts';
import { readProgram } from '#core/program/read-program.ts';

/** Bytes. A larger file was not written by hand. */
const largest = 1_000_000;
/** Milliseconds for which files are taken to be as they were. */
const remembered = 1000;
/** Programs that are kept; a workspace has a few. */
const mostKept = 50;

interface Reading<Result> {
  readonly result: Result;
  /** Every file that was asked for, with the stamp that it had. */
  readonly stamps: ReadonlyMap<string, string>;
  until: number;
}

/** What was read of programs by path; it is read again when a file that was read for it has changed. */
export class ProgramsOnDisk {
  readonly #now: () => number;
  readonly #options = new Map<string, Reading<ProgramOptions | undefined>>();
  readonly #hydra = new Map<string, Reading<HydraProgram>>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What the program declares; undefined for a file that isn't there, isn't Python or is too large. */
  optionsOf(file: string): ProgramOptions | undefined {
    if (!file.endsWith('.py')) return undefined;
    return this.#reading(this.#options, file, path.dirname(file), (files) => {
      const text = files.read(path.basename(file));
      return text === undefined ? undefined : readProgram(text, files);
    });
  }

  /**
   * What the program's text and its configuration say about overrides.
   * @param file the program; undefined when there is none, and only the folder is looked at
   * @param folder where configurations are looked for: the program's own when there is one
   */
  hydraOf(file: string | undefined, folder: string, request: ConfigRequest): HydraProgram {
    const key = JSON.stringify([file, folder, request.name, request.folder, [...request.choices]]);
    return this.#reading(this.#hydra, key, folder, (files) => {
      const text = file?.endsWith('.py') ? files.read(path.relative(folder, file)) : undefined;
      return readHydraProgram(text, files, request);
    });
  }

  #reading<Result>(
    known: Map<string, Reading<Result>>,
    key: string,
    folder: string,
    read: (files: FolderFiles) => Result,
  ): Result {
    const before = known.get(key);
    const now = this.#now();
    if (before) {
      if (before.until > now) return before.result;
      if ([...before.stamps].every(([one, stamp]) => stampOf(one) === stamp)) {
        before.until = now + remembered;
        return before.result;
      }
    }
    if (known.size >= mostKept) known.clear();
    const { files, stamps } = filesOf(folder);
    const result = read(files);
    known.set(key, { result, stamps, until: now + remembered });
    return result;
  }

  /** Looks at the files again when they are asked for the next time. */
  forget(): void {
    for (const reading of [...this.#options.values(), ...this.#hydra.values()]) reading.until = -Infinity;
  }
}

/** Files by their path from a folder, and the stamps of all that were asked for. */
function filesOf(folder: string): {
  readonly files: FolderFiles;
  readonly stamps: ReadonlyMap<string, string>;
} {
  const stamps = new Map<string, string>();
  const texts = new Map<string, string | undefined>();
  const read = (name: string): string | undefined => {
    const one = path.join(folder, name);
    if (!texts.has(one)) {
      // the stamp first: a file that changes in between is read once more
      const stamp = stampOf(one);
      stamps.set(one, stamp);
      texts.set(one, stamp === missing ? undefined : contentOf(one));
    }
    return texts.get(one);
  };
  const list = (name: string): readonly string[] | undefined => {
    const one = path.join(folder, name);
    stamps.set(one, stampOf(one));
    return namesIn(one);
  };
  return { files: { read, list }, stamps };
}

const missing = 'missing';

/** What changes when a file, or what is in a folder, does; `missing` for one that isn't there or is too large to be read. */
function stampOf(file: string): string {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return `folder ${stats.mtimeMs}`;
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

/** Names in a folder, those of folders with a `/` at the end. */
function namesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((one) =>
      one.isDirectory() ? `${one.name}/` : one.name,
    );
  } catch {
    // No folder, or not ours to look into.
    return undefined;
  }
}
