/**
 * Keys of a Hydra configuration, https://hydra.cc/docs/advanced/defaults_list/: the YAML file that
 * `@hydra.main` names, with the groups of its defaults list. Whatever needs more than reading files
 * (configuration stores, interpolated names) leaves the options open.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import { pythonStr } from '../python-text.ts';
import { SweepDocument, type MapNode, type TreeNode } from '../sweep/document.ts';
import { isMap as isMapValue, type Value } from '../value.ts';
import { decoratedFunctions } from './decorators.ts';
import { importsOf } from './imports.ts';
import { literalValue } from './literals.ts';
import { keywordsOf } from './option-list.ts';
import type { FoundOptions, OptionType, ProgramFiles, ProgramOption } from './options.ts';
import type { PythonSource } from './source.ts';

/** More files than this are not looked through. */
const mostFiles = 100;

/** Where a program finds its configuration. */
export interface ConfigPlace {
  /** Path from the program's folder; undefined when the program's text does not tell it. */
  readonly folder: string | undefined;
  /** The name of its primary configuration, without `.yaml`. */
  readonly name: string | undefined;
  /** Whether the text may not tell everything: arguments unpacked from elsewhere, configurations made by code. */
  readonly open: boolean;
  /** Whether MLXP starts the program, which has settings of its own under `mlxp`. */
  readonly mlxp: boolean;
}

interface Starter {
  /** The decorator: `@hydra.main`. */
  readonly member: string;
  readonly name: string | undefined;
}

/** Decorators that read overrides from the command line, by module; each takes `config_path` and `config_name`. */
const starters: ReadonlyMap<string, Starter> = new Map([
  ['hydra', { member: 'main', name: undefined }],
  ['mlxp', { member: 'launch', name: 'config' }],
  ['mlxp.launcher', { member: 'launch', name: 'config' }],
]);

/** The configuration of a program that Hydra or MLXP starts; undefined for another. */
export function configPlaceOf(source: PythonSource): ConfigPlace | undefined {
  const imports = importsOf(source).flatMap((one) => {
    const starter = starters.get(one.module);
    return starter ? [{ ...one, starter }] : [];
  });
  if (imports.length === 0) return undefined;
  const mains = decoratedFunctions(source).flatMap(({ decorators }) =>
    decorators.flatMap((decorator) => {
      const used = imports.find(({ name, member, module, starter }) =>
        member === starter.member
          ? decorator.path.join('.') === name
          : member === undefined &&
            [`${name}.${starter.member}`, `${module}.${starter.member}`].includes(decorator.path.join('.')),
      );
      return used ? [{ open: decorator.open, ...used }] : [];
    }),
  );
  const [main] = mains;
  if (!main) return undefined;
  const mlxp = main.module !== 'hydra';
  const unknown: ConfigPlace = { folder: undefined, name: undefined, open: true, mlxp };
  const { open, starter } = main;
  if (mains.length > 1 || open === undefined) return unknown;
  const keywords = keywordsOf(source, open);
  const value = (name: string, position: number): Value | undefined => {
    const stretch = keywords.named.get(name) ?? keywords.positional[position];
    return stretch ? literalValue(source, stretch) : null;
  };
  const folder = value('config_path', 0);
  const name = value('config_name', 1) ?? starter.name;
  const literal = typeof folder === 'string' && !/^(?:\/|pkg:|[A-Za-z]:)/.test(folder);
  return {
    folder: literal ? joined(folder) : undefined,
    name: typeof name === 'string' ? name.replace(/\.ya?ml$/, '') : undefined,
    open: keywords.open || source.occurrences('ConfigStore').length > 0,
    mlxp,
  };
}

/** The options of a program that uses Hydra; undefined for another. */
export function readHydra(source: PythonSource, files: ProgramFiles | undefined): FoundOptions | undefined {
  const place = configPlaceOf(source);
  if (!place || place.mlxp) return undefined;
  const { folder, name, open } = place;
  if (folder === undefined || name === undefined || !files)
    return { style: 'hydra', options: [], closed: false };
  const { options, closed } = readConfig(files, folder, name);
  return { style: 'hydra', options, closed: closed && !open };
}

/** A configuration with its groups, as far as its files tell. */
export interface ReadConfig {
  /** Keys as dotted paths, and groups with slashes, in the order in which they are met. */
  readonly options: readonly ProgramOption[];
  /** Whether these are certainly all. */
  readonly closed: boolean;
}

/**
 * The configuration `name` of a folder. `choices` are options of groups by the group's path that are read in
 * the place of those of the defaults lists; several for one group give the keys of all of them. Groups
 * that no defaults list names are added to it.
 */
export function readConfig(
  files: ProgramFiles,
  folder: string,
  name: string,
  choices: ReadonlyMap<string, readonly string[]> = new Map(),
): ReadConfig {
  const reader = new ConfigReader(files, folder, choices);
  reader.primary(name);
  return { options: reader.options, closed: reader.closed };
}

/** A folder without `.` and `..` where they can be resolved. */
function joined(...parts: readonly string[]): string {
  const path: string[] = [];
  for (const part of parts.flatMap((one) => one.split('/'))) {
    if (part === '' || part === '.') continue;
    if (part === '..' && path.length > 0 && path.at(-1) !== '..') path.pop();
    else path.push(part);
  }
  return path.join('/');
}

class ConfigReader {
  readonly #files: ProgramFiles;
  readonly #folder: string;
  readonly #choices: ReadonlyMap<string, readonly string[]>;
  readonly #chosen = new Set<string>();
  readonly #options = new Map<string, ProgramOption>();
  readonly #seen = new Set<string>();
  closed = true;

  constructor(files: ProgramFiles, folder: string, choices: ReadonlyMap<string, readonly string[]>) {
    this.#files = files;
    this.#folder = folder;
    this.#choices = choices;
  }

  get options(): readonly ProgramOption[] {
    return [...this.#options.values()];
  }

  primary(name: string): void {
    this.#config(name, '', '');
    for (const [group, choices] of this.#choices) {
      if (this.#chosen.has(group)) continue;
      for (const choice of choices) this.#config(joined(group, choice), group, group.replaceAll('/', '.'));
    }
  }

  /** One file: its keys below `place`, and what its own defaults list brings. */
  #config(path: string, group: string, place: string): void {
    const file = joined(this.#folder, `${path}.yaml`);
    if (this.#seen.has(`${file}\0${place}`)) return;
    this.#seen.add(`${file}\0${place}`);
    const text = this.#seen.size > mostFiles ? undefined : this.#files.read(file);
    if (text === undefined) {
      this.closed = false;
      return;
    }
    const document = new SweepDocument(text);
    const header = /^#\s*@package\s+(\S+)/m.exec(text)?.[1];
    const packaged = header === undefined ? place : packageOf(header, group, '');
    if (packaged === undefined || document.broken) this.closed = false;
    const root = document.root;
    if (!root) return;
    if (!isMap(root)) {
      this.closed = false;
      return;
    }
    const defaults = document.entry(root, 'defaults')?.value;
    if (defaults && isSeq(defaults)) {
      for (const item of document.items(defaults))
        if (item) this.#default(document, item, group, packaged ?? place, file);
    } else if (defaults) this.closed = false;
    this.#keys(document, root, packaged ?? place, file);
  }

  /** One item of a defaults list: `db: mysql`, `override db: mysql`, `base`, `_self_`. */
  #default(document: SweepDocument, item: TreeNode, group: string, place: string, file: string): void {
    const value = document.value(item);
    if (typeof value === 'string') {
      if (value === '_self_') return;
      const name = value.replace(/^optional\s+/, '');
      if (/[@$]/.test(name)) this.closed = false;
      else this.#config(resolved(name, group), folderOf(resolved(name, group)), place);
      return;
    }
    if (!isMapValue(value) || !isMap(item)) {
      this.closed = false;
      return;
    }
    for (const entry of document.entries(item)) {
      const words = entry.name.split(/\s+/);
      const key = words.at(-1) ?? '';
      const [named = '', at] = key.split('@');
      const path = resolved(named, group);
      // Hydra's own configuration is not the program's
      if (path === 'hydra' || path.startsWith('hydra/')) continue;
      const choice = entry.value && document.value(entry.value);
      const below =
        at === undefined
          ? under(place, named.replace(/^\//, '').replaceAll('/', '.'))
          : packageOf(at, path, place);
      const optional = words.includes('optional');
      if (!words.includes('override')) {
        this.#add({
          name: at === undefined ? path : `${path}@${below ?? at}`,
          aliases: [],
          type: 'other',
          ...(choice !== undefined && { default: pythonStr(choice) }),
          group: true,
          range: document.range([entry.key.range[0], entry.key.range[1]]),
          file,
        });
      }
      if (words.includes('override')) this.closed = false;
      const chosen = at === undefined ? this.#choices.get(path) : undefined;
      if (chosen && below !== undefined) {
        this.#chosen.add(path);
        for (const one of chosen) this.#config(joined(path, one), path, below);
        continue;
      }
      if (choice === null) continue;
      if (typeof choice !== 'string' || /[$?]/.test(choice) || below === undefined) {
        this.closed = false;
        continue;
      }
      if (optional) this.closed = false;
      this.#config(joined(path, choice.replace(/\.ya?ml$/, '')), path, below);
    }
  }

  #keys(document: SweepDocument, map: MapNode, place: string, file: string): void {
    for (const entry of document.entries(map)) {
      if (place === '' && (entry.name === 'defaults' || entry.name === 'hydra')) continue;
      if (entry.name === 'defaults' && map === document.root) continue;
      const name = under(place, entry.name);
      const value = entry.value && document.value(entry.value);
      this.#add({
        name,
        aliases: [],
        type:
          typeof value === 'object' && value !== null && !isMapValue(value)
            ? 'other'
            : ('other' satisfies OptionType),
        ...(entry.value && isScalar(entry.value) && value !== undefined && { default: pythonStr(value) }),
        range: document.range([entry.key.range[0], entry.key.range[1]]),
        file,
      });
      if (entry.value && isMap(entry.value)) this.#keys(document, entry.value, name, file);
    }
  }

  #add(option: ProgramOption): void {
    const before = this.#options.get(option.name);
    // a later file counts more, but a group stays one
    this.#options.set(option.name, before?.group ? { ...option, group: true } : option);
  }
}

const under = (place: string, name: string): string =>
  place === '' ? name : name === '' ? place : `${place}.${name}`;
const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
const resolved = (name: string, group: string): string =>
  name.startsWith('/') ? joined(name) : joined(group, name);

/** Where the keys of a file go by its package; undefined for a package that isn't understood. */
function packageOf(named: string, group: string, place: string): string | undefined {
  if (named === '_global_') return '';
  if (named === '_group_') return group.replaceAll('/', '.');
  if (named === '_here_') return place;
  if (named.startsWith('_global_.')) return named.slice('_global_.'.length);
  return /^[\w.]+$/.test(named) && !named.startsWith('_') ? under(place, named) : undefined;
}
