/**
 * What `${interpreter}` becomes: the setting, else the Python extension's choice, else `python` or `python3` from the
 * PATH. Finding out takes time, launching reads it at once: so it is found beforehand and kept per folder.
 */
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Folder } from './workspaces.ts';

const pythonExtension = 'ms-python.python';

/** The part of the Python extension's public API that is used here; see the npm package `@vscode/python-extension`. */
interface PythonEnvironments {
  getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
  resolveEnvironment(
    environment: object,
  ): Promise<{ readonly executable?: { readonly uri?: vscode.Uri } } | undefined>;
}

export class Interpreters {
  readonly #found = new Map<string, string>();
  readonly #log: (line: string) => void;
  #onPath: Promise<string> | undefined;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** What was found last for the folder. */
  of(folder: Folder): string {
    return configured(folder) ?? this.#found.get(folder.path) ?? 'python';
  }

  /** Looks again; to be awaited before the answer of `of` matters. */
  async refresh(folder: Folder): Promise<void> {
    if (configured(folder) !== undefined) return;
    const selected = await this.#selected(folder);
    this.#onPath ??= firstOnPath(['python', 'python3']);
    this.#found.set(folder.path, selected ?? (await this.#onPath));
  }

  async #selected(folder: Folder): Promise<string | undefined> {
    const environments = pythonEnvironments();
    if (environments === undefined) return undefined;
    try {
      const active = environments.getActiveEnvironmentPath(vscode.Uri.file(folder.path));
      const resolved = await environments.resolveEnvironment(active);
      return resolved?.executable?.uri?.fsPath;
    } catch (error) {
      this.#log(`The Python extension did not say which interpreter is selected: ${String(error)}`);
      return undefined;
    }
  }
}

function configured(folder: Folder): string | undefined {
  const value = vscode.workspace
    .getConfiguration('sweepdeck', vscode.Uri.file(folder.path))
    .get<unknown>('interpreter');
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function pythonEnvironments(): PythonEnvironments | undefined {
  const extension = vscode.extensions.getExtension<unknown>(pythonExtension);
  if (extension?.isActive !== true) return undefined;
  const exported = extension.exports;
  if (typeof exported !== 'object' || exported === null || !('environments' in exported)) return undefined;
  const { environments } = exported;
  return isPythonEnvironments(environments) ? environments : undefined;
}

function isPythonEnvironments(value: unknown): value is PythonEnvironments {
  return (
    typeof value === 'object' &&
    value !== null &&
    'getActiveEnvironmentPath' in value &&
    typeof value.getActiveEnvironmentPath === 'function' &&
    'resolveEnvironment' in value &&
    typeof value.resolveEnvironment === 'function'
  );
}

/** The first name that is a program on the PATH, else the first name, so that the error speaks of something usual. */
async function firstOnPath(names: readonly [string, ...string[]]): Promise<string> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? (process.env['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  for (const name of names) {
    for (const folder of folders) {
      for (const ending of endings) {
        if (await isProgram(path.join(folder, name + ending))) return name;
      }
    }
  }
  return names[0];
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // not there, or not ours to run: either way it is no candidate
    return false;
  }
}
