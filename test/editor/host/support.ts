/** What the suites in the extension host have in common. */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SweepView } from '#engine/sweeps.ts';
import type { SweepdeckApi } from '../../../client/src/editor/extension.ts';
import type { OpenSweep } from '../../../client/src/editor/workspaces.ts';

/** Activates the extension and waits until it has read the workspace and the language server answers. */
export async function sweepdeck(): Promise<SweepdeckApi> {
  const extension = vscode.extensions.getExtension<SweepdeckApi>('sweepdeck.sweepdeck');
  assert.ok(extension);
  const api = await extension.activate();
  await api.ready;
  await api.languageServer;
  return api;
}

/** URI of a file of the workspace. */
export function inWorkspace(...names: readonly string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, ...names);
}

/** Resolves as soon as `found` gives something; asks again whenever `event` fires. */
export async function when<T>(event: vscode.Event<unknown>, found: () => T | undefined): Promise<T> {
  for (;;) {
    const now = found();
    if (now !== undefined) return now;
    // Subscribing happens before the next turn: nothing can fire in between.
    await new Promise<void>((resolve) => {
      const subscription = event(() => {
        subscription.dispose();
        resolve();
      });
    });
  }
}

/** For what tells nobody when it changes: asks until there is something. Mocha's limit ends the waiting. */
export async function eventually<T>(found: () => T | undefined): Promise<T> {
  for (;;) {
    const now = found();
    if (now !== undefined) return now;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Opens a text as a sweep file that lies nowhere. */
export const openUntitled = (content: string): Promise<vscode.TextDocument> => openText('sweep', content);

/** Opens a text that lies nowhere. It may get the name of one that was closed, and then VS Code may fill it from the backup of that one. */
export async function openText(language: string, content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  await vscode.window.showTextDocument(document);
  if (document.getText() !== content) await replaceText(document, content);
  return document;
}

/** Resolves with the document's diagnostics as soon as they are what is `wanted`. */
export const diagnosticsOf = (
  document: vscode.TextDocument,
  wanted: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> =>
  when(vscode.languages.onDidChangeDiagnostics, () => {
    const diagnostics = vscode.languages.getDiagnostics(document.uri);
    return wanted(diagnostics) ? diagnostics : undefined;
  });

/** Replaces the document's whole text. */
export async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Launches a sweep file by the command, as the palette does. */
export async function launch(uri: vscode.Uri): Promise<string> {
  const id = await vscode.commands.executeCommand<string | undefined>('sweepdeck.launch', uri);
  assert.ok(id !== undefined, `${path.basename(uri.fsPath)} was launched`);
  return id;
}

export function sweepOf(api: SweepdeckApi, id: string): OpenSweep {
  const sweep = api.sweeps.find(id);
  assert.ok(sweep, `there is a sweep ${id}`);
  return sweep;
}

/** Resolves when the sweep has ended, or is paused with nothing running. */
export const settled = (api: SweepdeckApi, id: string): Promise<SweepView> =>
  sweepOf(api, id).sweeps.settled(id);

/** Resolves as soon as the sweep is in the state that is `wanted`. */
export const whenSweep = (
  api: SweepdeckApi,
  id: string,
  wanted: (view: SweepView) => boolean,
): Promise<SweepView> =>
  when(
    (listener) => {
      const subscription = api.sweeps.onDidChange(listener);
      return new vscode.Disposable(() => {
        subscription.dispose();
      });
    },
    () => {
      const view = api.sweeps.find(id)?.view;
      return view !== undefined && wanted(view) ? view : undefined;
    },
  );

/** The lines of the tree below a node, as `label description`. */
export const treeLines = (
  api: SweepdeckApi,
  ...parent: Parameters<SweepdeckApi['tree']['getChildren']>
): string[] =>
  api.tree.getChildren(...parent).map((node) => {
    const { label, description } = api.tree.getTreeItem(node);
    const title = typeof label === 'string' ? label : (label?.label ?? '');
    return `${title} ${String(description ?? '')}`.trimEnd();
  });
