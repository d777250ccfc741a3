/** Read-only pages that show what a launch would run, with a code lens that launches exactly that. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Preview } from '#engine/sweeps.ts';
import { shellQuote } from '#engine/shell-quote.ts';
import { countText, previewLimit, previewScheme, previewText } from '../presentation/preview-text.ts';
import { scriptLimit, submissionText } from '../presentation/submission-text.ts';
import type { Previews } from '../previews.ts';

type Kind = 'sweep' | 'script';

interface Page {
  readonly kind: Kind;
  readonly source: vscode.Uri;
  readonly seed: number;
  launchable: string | undefined;
}

export class PreviewPages
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #previews: Previews;
  readonly #pages = new Map<string, Page>();
  readonly #changing = new vscode.EventEmitter<vscode.Uri>();
  readonly #lenses = new vscode.EventEmitter<void>();
  readonly #disposables: readonly { dispose(): unknown }[];

  readonly onDidChange = this.#changing.event;
  readonly onDidChangeCodeLenses = this.#lenses.event;

  constructor(previews: Previews) {
    this.#previews = previews;
    this.#disposables = [
      this.#changing,
      this.#lenses,
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, this),
      vscode.languages.registerCodeLensProvider({ scheme: previewScheme }, this),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#lenses.fire()),
      vscode.workspace.onDidSaveTextDocument((document) => this.#renew(document.uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => setImmediate(() => this.#forgetClosed(uri))),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Opens the page of a sweep file beside nothing else: one page per file. */
  show(source: vscode.Uri): Promise<vscode.TextDocument> {
    return this.#open(pageUri(source, 'sweep'));
  }

  /** Opens the page of a batch script. */
  showScript(source: vscode.Uri): Promise<vscode.TextDocument> {
    return this.#open(pageUri(source, 'script'));
  }

  async #open(uri: vscode.Uri): Promise<vscode.TextDocument> {
    if (this.#pages.has(uri.toString())) this.#changing.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
    return vscode.languages.setTextDocumentLanguage(document, 'shellscript');
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const page = this.#page(uri);
    const document = await vscode.workspace.openTextDocument(page.source);
    const file = page.source.fsPath;
    const text = document.getText();
    if (page.kind === 'script') {
      const jobs = await this.#previews.ofScript({ file, text }, scriptLimit, { seed: page.seed });
      this.#setLaunchable(page, jobs);
      return submissionText(path.basename(file), jobs);
    }
    const preview = await this.#previews.of({ file, text }, previewLimit, page.seed);
    this.#setLaunchable(page, preview);
    return previewText(path.basename(file), preview, shellQuote);
  }

  #setLaunchable(page: Page, { problems, count }: Pick<Preview, 'problems' | 'count'>): void {
    const refused = problems.some(({ severity }) => severity === 'error');
    page.launchable = refused ? undefined : countText(count);
    this.#lenses.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const page = this.#pages.get(document.uri.toString());
    if (page?.launchable === undefined || !vscode.workspace.isTrusted) return [];
    return [
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
        command: page.kind === 'sweep' ? 'sweepdeck.launch' : 'sweepdeck.submitScript',
        title:
          page.kind === 'sweep'
            ? vscode.l10n.t('Launch sweep · {0}', page.launchable)
            : vscode.l10n.t('Submit batch script · {0}', page.launchable),
        arguments: [page.source, { seed: page.seed }],
      }),
    ];
  }

  /** A page restored after a reload has no memory of its seed and draws a new one. */
  #page(uri: vscode.Uri): Page {
    const key = uri.toString();
    let page = this.#pages.get(key);
    if (page === undefined) {
      page = {
        kind: uri.fragment === 'script' ? 'script' : 'sweep',
        source: vscode.Uri.parse(uri.query),
        seed: Math.floor(Math.random() * 2 ** 31),
        launchable: undefined,
      };
      this.#pages.set(key, page);
    }
    return page;
  }

  /** Giving a page its language closes it and opens it again: only one that stays closed is forgotten. */
  #forgetClosed(uri: vscode.Uri): void {
    const key = uri.toString();
    if (!vscode.workspace.textDocuments.some((open) => open.uri.toString() === key)) this.#pages.delete(key);
  }

  #renew(source: vscode.Uri): void {
    for (const kind of ['sweep', 'script'] as const) {
      const uri = pageUri(source, kind);
      if (this.#pages.has(uri.toString())) this.#changing.fire(uri);
    }
  }
}

function pageUri(source: vscode.Uri, kind: Kind): vscode.Uri {
  return vscode.Uri.from({
    scheme: previewScheme,
    path: `/Preview of ${path.posix.basename(source.path)}`,
    query: source.toString(),
    ...(kind === 'script' ? { fragment: kind } : {}),
  });
}
