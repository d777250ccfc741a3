/** The sweep files of the workspace, by name: for the quick pick and for the welcome text of an empty tree. */
import * as vscode from 'vscode';
import { Throttle } from '#engine/throttle.ts';
import { isFrozen, notOursGlob, sweepFilesGlob } from '../presentation/sweep-file.ts';

const most = 500;

export class SweepFiles implements vscode.Disposable {
  readonly #log: (error: unknown) => void;
  readonly #throttle = new Throttle(2000, () => this.#announce());
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(log: (error: unknown) => void) {
    this.#log = log;
    const watcher = vscode.workspace.createFileSystemWatcher(sweepFilesGlob, false, true, false);
    const ofInterest = (uri: vscode.Uri): void => {
      if (!isFrozen(uri.fsPath)) this.#throttle.request();
    };
    this.#disposables = [
      this.#throttle,
      watcher,
      watcher.onDidCreate(ofInterest),
      watcher.onDidDelete(ofInterest),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#throttle.request()),
    ];
    this.#throttle.request();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** At most 500, in the order of their paths, and those that are open as sweep files whatever their names. */
  async list(): Promise<readonly vscode.Uri[]> {
    const named = await vscode.workspace.findFiles(sweepFilesGlob, notOursGlob, most);
    const open = vscode.workspace.textDocuments
      .filter((document) => document.languageId === 'sweep' && document.uri.scheme === 'file')
      .map((document) => document.uri);
    const files = new Map(
      [...named, ...open].filter((uri) => !isFrozen(uri.fsPath)).map((uri) => [uri.fsPath, uri]),
    );
    return [...files.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, uri]) => uri);
  }

  #announce(): void {
    Promise.resolve(vscode.workspace.findFiles(sweepFilesGlob, notOursGlob, 1))
      .then((found) =>
        vscode.commands.executeCommand('setContext', 'sweepdeck.hasSweepFiles', found.length > 0),
      )
      .catch(this.#log);
  }
}
