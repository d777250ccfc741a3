/** One line of progress, and a tooltip that is a small control panel. */
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ClusterFacts } from '../cluster-facts.ts';
import { Throttle } from '#engine/throttle.ts';
import { statusText, type StatusText } from '../presentation/status.ts';
import type { Workspaces } from '../workspaces.ts';

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('sweepdeck.status', vscode.StatusBarAlignment.Left, 10);
  readonly #workspaces: Workspaces;
  readonly #throttle = new Throttle(250, () => this.#show());
  readonly #facts: ClusterFacts;
  readonly #subscriptions: readonly { dispose(): void }[];
  #hiding: NodeJS.Timeout | undefined;
  #shown: StatusText | undefined;

  constructor(workspaces: Workspaces, facts: ClusterFacts) {
    this.#workspaces = workspaces;
    this.#facts = facts;
    this.#item.name = 'Sweeps';
    this.#subscriptions = [
      workspaces.onDidChange(() => this.#throttle.request()),
      facts.onDidChange(() => this.#throttle.request()),
    ];
  }

  /** What is shown now; undefined while hidden. */
  get text(): string | undefined {
    return this.#shown?.text;
  }

  dispose(): void {
    clearTimeout(this.#hiding);
    this.#throttle.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  #show(): void {
    clearTimeout(this.#hiding);
    const now = Date.now();
    const sweeps = this.#workspaces
      .list()
      .map((sweep) => ({ ...sweep, freshness: this.#facts.freshness(sweep) }));
    const status = statusText(sweeps, now);
    const before = this.#shown;
    this.#shown = status;
    if (status === undefined) {
      this.#item.hide();
      return;
    }
    if (status.until !== undefined) {
      this.#hiding = setTimeout(() => this.#show(), Math.max(1000, status.until - now));
    }
    // setting the same again would close the tooltip that somebody reads
    if (before === undefined || !isDeepStrictEqual(before, status))
      this.#write(status, sweeps[status.primary]?.key);
  }

  #write(status: StatusText, key: string | undefined): void {
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
    this.#item.command = {
      command: 'sweepdeck.controlMenu',
      title: vscode.l10n.t('Control sweep'),
      arguments: key === undefined ? [] : [key],
    };
    this.#item.show();
  }
}
