/** The Python programs that a batch script runs, as far as reading their files can tell. None is ever run. */
import fs from 'node:fs';
import path from 'node:path';
import type { Program } from '#core/batch/commands/read.ts';
import { importsMlxp, parentLogDirectoryOf } from '#core/batch/mlxp.ts';
import { readHydraProgram, type HydraProgram } from '#core/program/hydra-program.ts';
import { errorCode } from '../../atomic-file.ts';

/** What is known of a program when a script is submitted; kept with the submission, so that its jobs stay the same. */
export interface KnownProgram {
  readonly kind: Program['kind'];
  readonly name: string;
  /** Absolute path; null when it was not found. */
  readonly file: string | null;
  /** Whether it takes Hydra's overrides; null when its text doesn't tell. */
  readonly takesOverrides: boolean | null;
  readonly mlxp: boolean;
  /** Options of the configuration groups that `glob()` asked for. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** Bytes. A larger file was not written by hand. */
const LARGEST = 1_000_000;
/** Where MLXP's settings may be, from the program's folder. */
const SETTINGS = ['mlxp.yaml', 'configs/mlxp.yaml', 'config/mlxp.yaml', 'conf/mlxp.yaml'];

interface Found {
  readonly program: Program & { readonly name: string };
  readonly file: string | undefined;
  readonly mlxp: boolean;
  readonly hydra: HydraProgram;
  readonly asked: Map<string, readonly string[]>;
}

export class ProgramsOfScript {
  readonly #folders: readonly string[];
  readonly #found = new Map<string, Found>();

  /** `folders`: absolute paths from which programs are named, the first one first. */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Absolute path of the program's file. */
  fileOf(program: Program): string | undefined {
    return this.#find(program)?.file;
  }

  takesOverrides(program: Program): boolean | undefined {
    return this.#find(program)?.hydra.takesOverrides;
  }

  usesMlxp(program: Program): boolean {
    return this.#find(program)?.mlxp === true;
  }

  groupOptions(program: Program, group: string): readonly string[] | undefined {
    const found = this.#find(program);
    const options = found?.hydra.config?.groups.get(group);
    if (options !== undefined) found?.asked.set(group, options);
    return options;
  }

  /** What MLXP's settings file near the program says of the directory of logs. */
  parentLogDirectory(program: Program): string | undefined {
    const file = this.fileOf(program);
    if (file === undefined) return undefined;
    for (const name of SETTINGS) {
      const text = textOf(path.join(path.dirname(file), name));
      const directory = text === undefined ? undefined : parentLogDirectoryOf(text);
      if (directory !== undefined) return directory;
    }
    return undefined;
  }

  /** Everything that was asked about, to be kept. */
  known(): readonly KnownProgram[] {
    return [...this.#found.values()].map(({ program, file, mlxp, hydra, asked }) => ({
      kind: program.kind,
      name: program.name,
      file: file ?? null,
      takesOverrides: hydra.takesOverrides ?? null,
      mlxp,
      groups: Object.fromEntries(asked),
    }));
  }

  #find({ kind, name }: Program): Found | undefined {
    if (name === undefined) return undefined;
    const key = keyOf({ kind, name });
    const before = this.#found.get(key);
    if (before !== undefined) return before;
    const file = fileNamed({ kind, name }, this.#folders);
    const text = file === undefined ? undefined : textOf(file);
    const folder = path.dirname(file ?? path.join(this.#folders[0] ?? '.', 'x'));
    const files = {
      read: (one: string) => textOf(path.join(folder, one)),
      list: (one: string) => namesIn(path.join(folder, one)),
    };
    const hydra = readHydraProgram(text, files, { choices: new Map() });
    const mlxp = hydra.mlxp || (text !== undefined && importsMlxp(text));
    const found = { program: { kind, name }, file, mlxp, hydra, asked: new Map<string, readonly string[]>() };
    this.#found.set(key, found);
    return found;
  }
}

/** The same program has the same key. */
export function keyOf({ kind, name }: Program): string {
  return `${kind} ${name ?? ''}`;
}

function fileNamed(
  { kind, name }: { readonly kind: Program['kind']; readonly name: string },
  folders: readonly string[],
): string | undefined {
  const modules = name.replaceAll('.', '/');
  const names = kind === 'file' ? [name] : [`${modules}.py`, `${modules}/__main__.py`];
  for (const folder of folders) {
    const file = names.map((one) => path.resolve(folder, one)).find(isFile);
    if (file !== undefined) return file;
  }
  return undefined;
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** undefined for a file that isn't there, isn't ours to read, or is too large. */
function textOf(file: string): string | undefined {
  try {
    const status = fs.statSync(file, { throwIfNoEntry: false });
    return status?.isFile() === true && status.size <= LARGEST ? fs.readFileSync(file, 'utf8') : undefined;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] | undefined {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .map((one) => (one.isDirectory() ? `${one.name}/` : one.name));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
