/** Read-only pages with what a batch system says of a job: the command first, then its answer. */
import * as vscode from 'vscode';
import type { JobDetails } from '#engine/queues/clusters.ts';
import { detailsText } from '../presentation/details-text.ts';

export const nativeScheme = 'sweepdeck-native';

export class NativePages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changing = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: readonly { dispose(): unknown }[];

  readonly onDidChange = this.#changing.event;

  constructor() {
    this.#disposables = [
      this.#changing,
      vscode.workspace.registerTextDocumentContentProvider(nativeScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    // after a reload of the window nobody remembers what was answered
    return this.#texts.get(uri.toString()) ?? 'Open the native details again: they were not kept.\n';
  }

  /** Shows the answer; one page per job, written anew each time. */
  async show(name: string, details: JobDetails): Promise<vscode.TextDocument> {
    const uri = vscode.Uri.from({
      scheme: nativeScheme,
      path: `/${name.replaceAll('/', ' #')}, native details`,
    });
    this.#texts.set(uri.toString(), detailsText(details, new Date()));
    this.#changing.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
    return document;
  }
}
