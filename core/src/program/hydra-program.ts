/** What a program's text and its folder of configurations say about overrides on its command line. */
import { configPlaceOf, readConfig } from './hydra.ts';
import type { ProgramFiles, ProgramOption } from './options.ts';
import { readProgram } from './read-program.ts';
import { SweepDocument } from '../sweep/document.ts';
import { PythonSource } from './source.ts';

/** What a command line says about the configuration beside its overrides. */
export interface ConfigRequest {
  /** `--config-name`. */
  readonly name?: string;
  /** `--config-path` or `--config-dir`, from the program's folder. */
  readonly folder?: string;
  /** Options that the command line chooses, by the path of their group. */
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

export interface HydraConfig {
  /** Keys as dotted paths and groups with slashes, as the program would find them without more overrides. */
  readonly options: readonly ProgramOption[];
  /** Whether these are certainly all. */
  readonly closed: boolean;
  /** Whether this is certainly the folder that the program reads, and the only source of its groups. */
  readonly certain: boolean;
  /** Options of every group of the folder, in the order of the alphabet, by its path. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Keys to which its `hydra.sweeper.params` gives values of its own. */
  readonly sweptKeys: readonly string[];
}

export interface HydraProgram {
  /** Whether the program takes overrides; undefined when its text does not tell. */
  readonly takesOverrides: boolean | undefined;
  /** Whether MLXP starts it. */
  readonly mlxp: boolean;
  /** Undefined when no configuration was found. */
  readonly config: HydraConfig | undefined;
}

/** Files beside a program, with a look into folders. */
export interface FolderFiles extends ProgramFiles {
  /** Names in a folder, those of folders with a `/` at the end; undefined when it isn't there. */
  list(path: string): readonly string[] | undefined;
}

/** Where configurations are when the program doesn't say so. */
const usualFolders = ['conf', 'config', 'configs'];
/** Groups within groups; more folders than this are not looked into. */
const mostFolders = 200;
const commandLines: ReadonlySet<string> = new Set(['argparse', 'click', 'typer', 'absl', 'fire']);

/**
 * Reads a program and its configuration; nothing is run. Never throws.
 * @param text of the program; undefined when there is no such file
 */
export function readHydraProgram(
  text: string | undefined,
  files: FolderFiles,
  request: ConfigRequest,
): HydraProgram {
  const source = text === undefined ? undefined : new PythonSource(text);
  const place = source && configPlaceOf(source);
  if (text !== undefined && place === undefined) {
    const { style, closed } = readProgram(text, files);
    const other = closed && style !== undefined && commandLines.has(style);
    if (other) return { takesOverrides: false, mlxp: false, config: undefined };
  }
  const config = configOf(place?.folder, place?.name, files, request);
  return {
    takesOverrides: place ? true : undefined,
    mlxp: place?.mlxp === true,
    config: config && {
      ...config,
      closed: config.closed && place?.open === false,
      certain: config.certain && place?.open === false,
    },
  };
}

function configOf(
  placeFolder: string | undefined,
  placeName: string | undefined,
  files: FolderFiles,
  request: ConfigRequest,
): HydraConfig | undefined {
  const name = (request.name ?? placeName ?? 'config').replace(/\.ya?ml$/, '');
  const given = request.folder ?? placeFolder;
  const folders = given === undefined ? usualFolders : [given];
  const folder = folders.find((one) => files.read(under(one, `${name}.yaml`)) !== undefined);
  if (folder === undefined) return undefined;
  const { options, closed } = readConfig(files, folder, name, request.choices);
  const certain = given !== undefined && (request.name ?? placeName) !== undefined;
  const sweptKeys = sweptKeysIn(files.read(under(folder, `${name}.yaml`)) ?? '');
  return { options, closed: closed && certain, certain, groups: groupsOf(files, folder), sweptKeys };
}

/** The keys below `hydra.sweeper.params` of a configuration's text. */
function sweptKeysIn(text: string): readonly string[] {
  if (!text.includes('sweeper')) return [];
  const document = new SweepDocument(text);
  const value: unknown = document.root && document.value(document.root);
  const params = ['hydra', 'sweeper', 'params'].reduce<unknown>(memberOf, value);
  return typeof params === 'object' && params !== null && !Array.isArray(params) ? Object.keys(params) : [];
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** Options of the groups below a folder: files by name, without `.yaml`. */
function groupsOf(files: FolderFiles, root: string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>();
  const pending = [''];
  for (let looked = 0; looked < mostFolders; looked++) {
    const group = pending.shift();
    if (group === undefined) break;
    const names = files.list(under(root, group)) ?? [];
    const options = names.filter((one) => one.endsWith('.yaml')).map((one) => one.slice(0, -'.yaml'.length));
    if (group !== '' && options.length > 0) groups.set(group, options.sort());
    const inner = names
      .filter((one) => one.endsWith('/') && !/^[._]/.test(one))
      .map((one) => one.slice(0, -1));
    pending.push(...inner.map((one) => under(group, one)));
  }
  return groups;
}

const under = (folder: string, name: string): string =>
  folder === '' ? name : name === '' ? folder : `${folder}/${name}`;
