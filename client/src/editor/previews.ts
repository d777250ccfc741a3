/** Asks the engine what a sweep file would run; the number of jobs is kept per version of the text. */
import path from 'node:path';
import type * as vscode from 'vscode';
import type { Preview, SubmissionPreview, SubmitOptions } from '#engine/sweeps.ts';
import type { Settings } from './settings.ts';
import type { Folder, Workspaces } from './workspaces.ts';

export interface SweepText {
  /** Absolute path of the file, also when it was never saved. */
  readonly file: string;
  readonly text: string;
}

export class Previews {
  readonly #workspaces: Workspaces;
  readonly #settings: Settings;
  readonly #counted = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly preview: Promise<Preview> }
  >();

  constructor(workspaces: Workspaces, settings: Settings) {
    this.#workspaces = workspaces;
    this.#settings = settings;
  }

  /** The first `limit` jobs. Without a seed, random choices differ from call to call. */
  async of({ file, text }: SweepText, limit: number, seed?: number): Promise<Preview> {
    // a file outside of every folder is read as if its own folder were open
    const folder: Folder = this.#workspaces.folderOf(file)?.folder ?? { name: '', path: path.dirname(file) };
    if (limit > 0) await this.#settings.refresh(folder);
    // loaded on the first use: reading YAML is no part of starting up
    const { previewSweep } = await import('#engine/index.ts');
    return previewSweep(file, text, {
      root: folder.path,
      settings: this.#settings.of(folder),
      limit,
      ...(seed === undefined ? {} : { seed }),
    });
  }

  /** The first `limit` jobs that a batch script would make. */
  async ofScript(
    { file, text }: SweepText,
    limit: number,
    options: SubmitOptions = {},
  ): Promise<SubmissionPreview> {
    const folder: Folder = this.#workspaces.folderOf(file)?.folder ?? { name: '', path: path.dirname(file) };
    const { previewSubmission, targetsOf } = await import('#engine/index.ts');
    const settings = this.#settings.of(folder);
    return previewSubmission(
      file,
      text,
      { ...options, limit, pythonPath: settings.pythonPath },
      { root: folder.path, targets: targetsOf(settings) },
    );
  }

  /** Number of jobs and problems of a document as it is now. */
  count(document: vscode.TextDocument): Promise<Preview> {
    const known = this.#counted.get(document);
    if (known?.version === document.version) return known.preview;
    const preview = this.of({ file: document.uri.fsPath, text: document.getText() }, 0);
    this.#counted.set(document, { version: document.version, preview });
    return preview;
  }
}
