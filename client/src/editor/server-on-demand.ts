/**
 * Starts the language server when there is something for it: a sweep file, or a shell script with directives.
 * Every other shell script activates the extension too, and needs no second process.
 */
import * as vscode from 'vscode';
import { isBatchFile } from '#core/batch/file-names.ts';
import { beginsDirective, carriesDirectives } from './presentation/batch-text.ts';

export class ServerOnDemand implements vscode.Disposable {
  readonly #start: () => Promise<void>;
  readonly #subscriptions: readonly vscode.Disposable[];
  #started: Promise<void> | undefined;

  /** `start` is called at most once and does not reject. */
  constructor(start: () => Promise<void>) {
    this.#start = start;
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (concerns(document)) void this.started();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (
          document.languageId === 'shellscript' &&
          contentChanges.some((change) => begins(document, change))
        )
          void this.started();
      }),
    ];
    if (vscode.workspace.textDocuments.some(concerns)) void this.started();
  }

  /** Resolves when the server answers; starts it if nothing did before. */
  started(): Promise<void> {
    if (this.#started === undefined) {
      this.#started = this.#start();
      this.dispose();
    }
    return this.#started;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

const concerns = (document: vscode.TextDocument): boolean =>
  document.languageId === 'sweep' ||
  (document.languageId === 'shellscript' &&
    (isBatchFile(document.uri.path) || carriesDirectives(document.getText())));

/** Whether a directive, or the beginning of one, stands on the lines that were edited. */
function begins(
  document: vscode.TextDocument,
  { range, text }: vscode.TextDocumentContentChangeEvent,
): boolean {
  const first = range.start.line;
  const last = Math.min(first + text.split('\n').length, document.lineCount) - 1;
  const written = document.getText(
    new vscode.Range(document.lineAt(first).range.start, document.lineAt(last).range.end),
  );
  return beginsDirective(written) || carriesDirectives(written);
}
