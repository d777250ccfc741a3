/** One line of progress, and a tooltip that is a small control panel. */
import * as vscode from 'vscode';
import { Pace } from '../pace.ts';
import { statusText } from '../presentation/status.ts';
import type { Workspaces } from '../workspaces.ts';

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('sweepdeck.status', vscode.StatusBarAlignment.Left, 10);
  readonly #workspaces: Workspaces;
  readonly #pace = new Pace(250, () => this.#show());
  readonly #subscription: { dispose(): void };
  #hiding: NodeJS.Timeout | undefined;
  #shown: string | undefined;

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
    this.#item.name = 'Sweeps';
    this.#subscription = workspaces.onDidChange(() => this.#pace.request());
  }

  /** What is shown now; undefined while hidden. */
  get text(): string | undefined {
    return this.#shown;
  }

  dispose(): void {
    clearTimeout(this.#hiding);
    this.#pace.dispose();
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show(): void {
    clearTimeout(this.#hiding);
    const now = Date.now();
    const sweeps = this.#workspaces.list();
    const status = statusText(sweeps, now);
    this.#shown = status?.text;
    if (status === undefined) {
      this.#item.hide();
      return;
    }
    const tooltip = new vscode.MarkdownString(status.tooltip, true);
    tooltip.isTrusted = {
      enabledCommands: ['pause', 'resume', 'stop', 'cancel', 'showBest'].map((name) => `sweepdeck.${name}`),
    };
    this.#item.text = status.text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: status.spoken, role: 'button' };
    this.#item.backgroundColor = status.alarming
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    const key = sweeps[status.primary]?.key;
    this.#item.command = {
      command: 'sweepdeck.controlMenu',
      title: vscode.l10n.t('Control sweep'),
      arguments: key === undefined ? [] : [key],
    };
    this.#item.show();
    if (status.until !== undefined) {
      this.#hiding = setTimeout(() => this.#show(), Math.max(1000, status.until - now));
    }
  }
}
