import * as vscode from 'vscode';
import type { EngineSettings } from '#engine/settings.ts';
import { engineSettings } from './engine-settings.ts';
import type { Interpreters } from './interpreter.ts';
import type { Folder } from './workspaces.ts';

/** Reads `sweepdeck.*` as it stands for the folder at each call. */
export class Settings {
  readonly #interpreters: Interpreters;
  readonly #pythonPath: string;

  /** `pythonPath`: absolute path of the folder that holds the `sweepdeck` Python package. */
  constructor(interpreters: Interpreters, pythonPath: string) {
    this.#interpreters = interpreters;
    this.#pythonPath = pythonPath;
  }

  of(folder: Folder): EngineSettings {
    const configuration = vscode.workspace.getConfiguration('sweepdeck', vscode.Uri.file(folder.path));
    return engineSettings((key) => configuration.get<unknown>(key), {
      interpreter: this.#interpreters.of(folder),
      pythonPath: this.#pythonPath,
    });
  }

  /** Finds out what takes time, so that the next `of` is up to date. */
  async refresh(folder: Folder): Promise<void> {
    await this.#interpreters.refresh(folder);
  }
}
