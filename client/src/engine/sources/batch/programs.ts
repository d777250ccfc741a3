/** The Python programs that a batch script runs, as far as reading their files can tell. None is ever run. */
import fs from 'node:fs';
import path from 'node:path';
import type { Program } from '#core/batch/commands/read.ts';
import { importsMlxp, parentLogDirectoryOf } from '#core/batch/mlxp.ts';
import { configPlaceOf } from '#core/program/hydra.ts';
import {
  readHydraProgram,
  type ConfigRequest,
  type FolderFiles,
  type HydraProgram,
} from '#core/program/hydra-program.ts';
import { importsOf, type Import } from '#core/program/imports.ts';
import { PythonSource } from '#core/program/source.ts';
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
  /** Where MLXP starts it; undefined when that was not found. */
  readonly launch: Launch | undefined;
  readonly hydra: HydraProgram;
  readonly asked: Map<string, readonly string[]>;
}

/** The function that MLXP starts. */
interface Launch {
  readonly file: string;
  /** Where its configurations are, from the file's folder; undefined when the program doesn't say it in so many words. */
  readonly folder: string | undefined;
}

/** Files that are looked into for what MLXP starts. */
const MOST_MODULES = 100;

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
    const found = this.#find(program);
    return found?.hydra.takesOverrides ?? (found?.launch === undefined ? undefined : true);
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

  /** What the program's files say for a command line that asks for a certain configuration. */
  hydraOf(program: Program, request: ConfigRequest): HydraProgram | undefined {
    const file = this.fileOf(program);
    const text = file === undefined ? undefined : textOf(file);
    return file === undefined || text === undefined
      ? undefined
      : readHydraProgram(text, filesBeside(file), request);
  }

  /** What MLXP's settings file near the program says of the directory of logs. */
  parentLogDirectory(program: Program): string | undefined {
    const found = this.#find(program);
    if (found?.file === undefined) return undefined;
    const launch = found.launch ?? { file: found.file, folder: undefined };
    const names = launch.folder === undefined ? SETTINGS : [path.join(launch.folder, 'mlxp.yaml')];
    for (const name of names) {
      const text = textOf(path.join(path.dirname(launch.file), name));
      const directory = text === undefined ? undefined : parentLogDirectoryOf(text);
      if (directory !== undefined) return directory;
    }
    return undefined;
  }

  /** Everything that was asked about, to be kept. */
  known(): readonly KnownProgram[] {
    return [...this.#found.values()].map(({ program, file, mlxp, asked }) => ({
      kind: program.kind,
      name: program.name,
      file: file ?? null,
      takesOverrides: this.takesOverrides(program) ?? null,
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
    const files = filesBeside(file ?? path.join(this.#folders[0] ?? '.', 'x'));
    const hydra = readHydraProgram(text, files, { choices: new Map() });
    const launch = file === undefined || text === undefined ? undefined : this.#launch(file, text);
    // one that has a command line of its own only reads what MLXP wrote
    const imports = hydra.takesOverrides !== false && text !== undefined && importsMlxp(text);
    const found: Found = {
      program: { kind, name },
      file,
      mlxp: launch !== undefined || imports,
      launch,
      hydra,
      asked: new Map<string, readonly string[]>(),
    };
    this.#found.set(key, found);
    return found;
  }

  /** What MLXP starts, in the program itself or in a module of its own that it imports. */
  #launch(program: string, programText: string): Launch | undefined {
    const folders = [path.dirname(program), ...this.#folders];
    const seen = new Set([program]);
    const waiting: { file: string; text: string }[] = [{ file: program, text: programText }];
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const source = new PythonSource(one.text);
      const place = configPlaceOf(source);
      if (place !== undefined) {
        if (place.mlxp) return { file: one.file, folder: place.folder };
        // Hydra itself starts the program
        if (one.file === program) return undefined;
      }
      for (const imported of importsOf(source)) {
        for (const file of filesOf(imported, path.dirname(one.file), folders)) {
          if (seen.size > MOST_MODULES) return undefined;
          if (seen.has(file) || !isFile(file)) continue;
          seen.add(file);
          const text = textOf(file);
          if (text !== undefined) waiting.push({ file, text });
        }
      }
    }
    return undefined;
  }
}

function filesBeside(file: string): FolderFiles {
  const folder = path.dirname(file);
  return {
    read: (one) => textOf(path.join(folder, one)),
    list: (one) => namesIn(path.join(folder, one)),
  };
}

/** The files that an import may mean, from the folders in which modules are looked for. */
function filesOf({ module, member }: Import, own: string, folders: readonly string[]): readonly string[] {
  const [dots = ''] = /^\.*/.exec(module) ?? [];
  const name = module.slice(dots.length).replaceAll('.', '/');
  const from = dots === '' ? folders : [path.resolve(own, '../'.repeat(dots.length - 1))];
  const names = [name, ...(member === undefined || member === '*' ? [] : [path.join(name, member)])];
  return from.flatMap((folder) =>
    names
      .filter((one) => one !== '')
      .flatMap((one) => [path.join(folder, `${one}.py`), path.join(folder, one, '__init__.py')]),
  );
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
