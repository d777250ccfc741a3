/**
 * Marks the directive that a batch system refused in the person's own script. The mark goes when the script is
 * edited, when it is submitted again, and when its jobs wait no longer because of it.
 */
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { refusalOf, refusedLine } from '../presentation/refusal.ts';
import type { Workspaces, WorkspacesChange } from '../workspaces.ts';

export class Refusals implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #log: (error: unknown) => void;
  readonly #marks = vscode.languages.createDiagnosticCollection('sweepdeck-submit');
  /** What was marked for which sweep, by the sweep's key: the file, and the words. */
  readonly #told = new Map<string, { readonly file: string; readonly refusal: string }>();
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(workspaces: Workspaces, log: (error: unknown) => void) {
    this.#workspaces = workspaces;
    this.#log = log;
    this.#disposables = [
      this.#marks,
      workspaces.onDidChange((change) => this.#onChange(change)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#marks.delete(document.uri);
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #onChange(change: WorkspacesChange): void {
    if (change.type === 'metrics') return;
    if (change.type === 'reset') {
      for (const { key } of this.#workspaces.list()) this.#look(key);
      return;
    }
    if (change.type !== 'changed' || change.phase) this.#look(change.key);
  }

  #look(key: string): void {
    const state = this.#workspaces.find(key)?.view.state;
    const before = this.#told.get(key);
    const refusal = state?.source === 'batch-script' ? refusalOf(state) : undefined;
    if (state === undefined || refusal === undefined) {
      if (before !== undefined) this.#marks.delete(vscode.Uri.file(before.file));
      this.#told.delete(key);
      // a script that is submitted anew is judged anew
      if (state?.source === 'batch-script' && state.phase === 'running')
        this.#marks.delete(vscode.Uri.file(state.file));
      return;
    }
    if (before?.refusal === refusal) return;
    const { file } = state;
    this.#told.set(key, { file, refusal });
    this.#mark(file, refusal).catch(this.#log);
  }

  async #mark(file: string, refusal: string): Promise<void> {
    const uri = vscode.Uri.file(file);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file);
    const found = refusedLine(refusal, open?.getText() ?? (await readFile(file, 'utf8')));
    if (found === undefined) return;
    const { line, start, end, message } = found;
    const diagnostic = new vscode.Diagnostic(
      new vscode.Range(line, start, line, end),
      message,
      vscode.DiagnosticSeverity.Error,
    );
    diagnostic.source = 'sweepdeck';
    this.#marks.set(uri, [diagnostic]);
  }
}
