/** Says once what a person should hear of: the end of a sweep, a brake, trouble with the disk, a sweep taken over. */
import * as vscode from 'vscode';
import {
  announcement,
  remember,
  resumedText,
  type Announcement,
  type AnnouncementAction,
  type Remembered,
} from '../presentation/announcements.ts';
import { isActive } from '../presentation/groups.ts';
import type { OpenSweep, Workspaces, WorkspacesChange } from '../workspaces.ts';

/** How a sweep begins. */
const newborn: Remembered = { phase: 'running', braked: false, trouble: undefined, refused: undefined };

export class Notifications implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #remembered = new Map<string, Remembered>();
  /** Sweeps that were unfinished when they were first read and that nobody has taken over yet. */
  readonly #unowned = new Set<string>();
  readonly #subscription: { dispose(): void };
  readonly #log: (error: unknown) => void;
  readonly #keep: (line: string) => void;

  /** `keep` gets everything that is worth reading again later. */
  constructor(workspaces: Workspaces, log: (error: unknown) => void, keep: (line: string) => void) {
    this.#workspaces = workspaces;
    this.#log = log;
    this.#keep = keep;
    this.#subscription = workspaces.onDidChange((change) => this.#onChange(change));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #onChange(change: WorkspacesChange): void {
    switch (change.type) {
      case 'reset': {
        const present = new Set(this.#workspaces.list().map((sweep) => sweep.key));
        for (const key of this.#remembered.keys()) if (!present.has(key)) this.#forget(key);
        for (const sweep of this.#workspaces.list()) this.#meet(sweep);
        return;
      }
      case 'removed':
        this.#forget(change.key);
        return;
      case 'added':
      case 'changed': {
        const sweep = this.#workspaces.find(change.key);
        if (sweep === undefined) return;
        // a new sweep may have ended before anybody looked: its end is news as well
        if (change.type === 'added') this.#remembered.set(change.key, newborn);
        this.#follow(sweep);
        return;
      }
      case 'metrics':
        return;
    }
  }

  /** A sweep that was there before this window, or before the workspace was trusted. */
  #meet(sweep: OpenSweep): void {
    const known = this.#remembered.has(sweep.key);
    if (!known && isActive(sweep.view.state.phase)) this.#unowned.add(sweep.key);
    this.#follow(sweep);
  }

  #follow(sweep: OpenSweep): void {
    const { key, view } = sweep;
    if (this.#unowned.has(key) && view.owner.kind === 'here') {
      this.#unowned.delete(key);
      if (view.state.phase === 'running') {
        this.#say(key, { severity: 'information', text: resumedText(view), actions: [] });
      }
    }
    const said = announcement(this.#remembered.get(key), view);
    this.#remembered.set(key, remember(view));
    if (said !== undefined) this.#say(key, said);
  }

  #forget(key: string): void {
    this.#remembered.delete(key);
    this.#unowned.delete(key);
  }

  #say(key: string, { severity, text, actions }: Announcement): void {
    if (severity !== 'information') this.#keep(text);
    if (vscode.workspace.getConfiguration('sweepdeck').get<unknown>('notifications.enabled') === false)
      return;
    const titles = new Map(actions.map((action) => [titleOf(action), action]));
    Promise.resolve(show(severity, text, [...titles.keys()]))
      .then((chosen) => {
        const action = chosen === undefined ? undefined : titles.get(chosen);
        return action === undefined ? undefined : vscode.commands.executeCommand(`sweepdeck.${action}`, key);
      })
      .catch(this.#log);
  }
}

function show(
  severity: Announcement['severity'],
  text: string,
  choices: readonly string[],
): Thenable<string | undefined> {
  switch (severity) {
    case 'information':
      return vscode.window.showInformationMessage(text, ...choices);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...choices);
    case 'error':
      return vscode.window.showErrorMessage(text, ...choices);
  }
}

function titleOf(action: AnnouncementAction): string {
  switch (action) {
    case 'resume':
      return vscode.l10n.t('Continue');
    case 'showBest':
      return vscode.l10n.t('Best job');
    case 'showFailed':
      return vscode.l10n.t('Show failed');
    case 'showOutput':
      return vscode.l10n.t('Show output');
    case 'showRefusal':
      return vscode.l10n.t('Show line');
  }
}
