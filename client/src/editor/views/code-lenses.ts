/** "Launch sweep · 24 jobs" and "Preview" above the text of a sweep file. The count is worked out when a lens is seen. */
import * as vscode from 'vscode';
import { countText } from '../presentation/preview-text.ts';
import { isFrozen, lensLine } from '../presentation/sweep-file.ts';
import type { Previews } from '../previews.ts';

class LaunchLens extends vscode.CodeLens {
  readonly document: vscode.TextDocument;
  constructor(range: vscode.Range, document: vscode.TextDocument) {
    super(range);
    this.document = document;
  }
}

export class CodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #previews: Previews;
  readonly #changing = new vscode.EventEmitter<void>();
  readonly #disposables: readonly { dispose(): unknown }[];

  readonly onDidChangeCodeLenses = this.#changing.event;

  constructor(previews: Previews) {
    this.#previews = previews;
    this.#disposables = [
      this.#changing,
      vscode.languages.registerCodeLensProvider(
        [
          { language: 'sweep', scheme: 'file' },
          { language: 'sweep', scheme: 'untitled' },
        ],
        this,
      ),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('sweepdeck.codeLens')) this.#changing.fire();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changing.fire()),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const enabled = vscode.workspace
      .getConfiguration('sweepdeck', document.uri)
      .get<unknown>('codeLens.enabled');
    if (enabled === false || isFrozen(document.uri.fsPath)) return [];
    const line = lensLine(document.getText());
    const range = new vscode.Range(line, 0, line, 0);
    return [
      new LaunchLens(range, document),
      new vscode.CodeLens(range, {
        command: 'sweepdeck.preview',
        title: vscode.l10n.t('Preview'),
        tooltip: vscode.l10n.t('Show the jobs and their command lines without running anything'),
        arguments: [document.uri],
      }),
    ];
  }

  async resolveCodeLens(lens: vscode.CodeLens): Promise<vscode.CodeLens> {
    if (!(lens instanceof LaunchLens)) return lens;
    const { document } = lens;
    const { count, problems } = await this.#previews.count(document);
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    if (errors > 0) {
      lens.command = {
        command: 'workbench.actions.view.problems',
        title: errors === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', errors),
      };
    } else if (vscode.workspace.isTrusted) {
      lens.command = {
        command: 'sweepdeck.launch',
        title: vscode.l10n.t('Launch sweep · {0}', countText(count)),
        arguments: [document.uri],
      };
    } else {
      lens.command = {
        command: 'workbench.trust.manage',
        title: vscode.l10n.t('{0}, waiting for workspace trust', countText(count)),
      };
    }
    return lens;
  }
}
