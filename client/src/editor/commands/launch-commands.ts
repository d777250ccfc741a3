/** From a sweep file to a preview or a launch. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '#core/text.ts';
import type { LaunchOptions } from '#engine/sweeps.ts';
import { launchQuestion } from '../presentation/preview-text.ts';
import { isFrozen, isSweepFileName, newSweepFile } from '../presentation/sweep-file.ts';
import type { Folder } from '../workspaces.ts';
import { begin, saved } from './begin.ts';
import type { Command, Deck } from './command.ts';
import { chooseQueue } from './queue-commands.ts';

export const launchCommands: readonly Command[] = [
  { name: 'launch', run: (deck, ...args) => launch(deck, args[0], launchOptions(args[1])) },
  { name: 'launchOn', run: launchOn },
  { name: 'preview', run: preview },
  { name: 'newSweepFile', run: createSweepFile },
];

/** Returns the id of the new sweep, or undefined when somebody thought better of it. */
async function launch(
  deck: Deck,
  argument: unknown,
  options: LaunchOptions | 'ask-for-queue',
): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new Error(
      vscode.l10n.t('Sweeps run programs: trust this workspace first (Manage Workspace Trust).'),
    );
  }
  const chosen = await chooseFile(deck, argument, vscode.l10n.t('Launch sweep'));
  const uri = chosen === undefined ? undefined : await saved(chosen);
  if (uri === undefined) return undefined;
  const file = uri.fsPath;

  await deck.workspaces.ready();
  const folder = deck.workspaces.folderOf(file);
  if (folder === undefined) {
    throw new Error(
      vscode.l10n.t('{0} is in no folder of this workspace. Open its folder to launch it.', file),
    );
  }
  await deck.settings.refresh(folder.folder);
  const { count, problems } = await deck.previews.count(await vscode.workspace.openTextDocument(uri));
  const chosenOptions = await withQueue(deck, folder.folder, options, problems);
  if (chosenOptions === undefined) return undefined;
  const isElsewhere = chosenOptions.queue !== undefined;
  const refused = problems.some(
    ({ severity, code }) => severity === 'error' && !(isElsewhere && code === unknownQueue),
  );
  const question = refused ? undefined : launchQuestion(path.basename(file), count);
  if (question !== undefined && !(await confirmed(question))) return undefined;

  return begin(deck, uri, () => folder.sweeps.launch(file, chosenOptions));
}

/** Launches on a queue that a person chooses instead of the file's. */
function launchOn(deck: Deck, ...args: readonly unknown[]): Promise<string | undefined> {
  const options = launchOptions(args[1]);
  return launch(deck, args[0], options.queue === undefined ? 'ask-for-queue' : options);
}

const unknownQueue = 'unknown-queue';

/** A file that names a queue nobody has heard of is launched on one that the person chooses. */
async function withQueue(
  deck: Deck,
  folder: Folder,
  options: LaunchOptions | 'ask-for-queue',
  problems: readonly Problem[],
): Promise<LaunchOptions | undefined> {
  const given = options === 'ask-for-queue' ? {} : options;
  if (given.queue !== undefined) return given;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const unknown = errors.find(({ code }) => code === unknownQueue);
  const isOnlyTrouble = unknown !== undefined && errors.length === 1;
  if (options !== 'ask-for-queue' && !isOnlyTrouble) return given;
  if (errors.length > 0 && !isOnlyTrouble) return given;
  const queue = await chooseQueue(
    deck,
    folder,
    isOnlyTrouble ? unknown.message : vscode.l10n.t('Where should the jobs run?'),
  );
  return queue === undefined ? undefined : { ...given, queue };
}

async function preview(deck: Deck, ...args: readonly unknown[]): Promise<void> {
  const uri = await chooseFile(deck, args[0], vscode.l10n.t('Preview sweep'));
  if (uri !== undefined) await deck.pages.show(uri);
}

/** What was clicked, else the file being edited, else one that a person picks. */
async function chooseFile(deck: Deck, argument: unknown, title: string): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument === 'string') return vscode.Uri.file(argument);
  const edited = vscode.window.activeTextEditor?.document;
  if (edited !== undefined && isSweepDocument(edited)) return edited.uri;

  const files = await deck.files.list();
  if (files.length === 0) {
    const create = vscode.l10n.t('New sweep file');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('There is no sweep file in this workspace yet.'),
      create,
    );
    if (answer === create) await createSweepFile();
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    files.map((uri) => ({
      label: `$(file) ${path.basename(uri.fsPath)}`,
      description: vscode.workspace.asRelativePath(path.dirname(uri.fsPath)),
      uri,
    })),
    { title, placeHolder: vscode.l10n.t('Choose a sweep file'), matchOnDescription: true },
  );
  return picked?.uri;
}

function isSweepDocument({ uri, languageId }: vscode.TextDocument): boolean {
  if (isFrozen(uri.fsPath) || (uri.scheme !== 'file' && uri.scheme !== 'untitled')) return false;
  return languageId === 'sweep' || isSweepFileName(path.basename(uri.fsPath));
}

async function confirmed(question: string): Promise<boolean> {
  const launchIt = vscode.l10n.t('Launch');
  return (await vscode.window.showWarningMessage(question, { modal: true }, launchIt)) === launchIt;
}

function launchOptions(argument: unknown): LaunchOptions {
  if (typeof argument !== 'object' || argument === null) return {};
  return {
    ...('seed' in argument && typeof argument.seed === 'number' ? { seed: argument.seed } : {}),
    ...('queue' in argument && typeof argument.queue === 'string' ? { queue: argument.queue } : {}),
  };
}

/** Opens a sweep file to start from; nothing is written until the person saves it. */
async function createSweepFile(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const document =
    folder === undefined
      ? await vscode.workspace.openTextDocument({ language: 'sweep', content: newSweepFile })
      : await vscode.workspace.openTextDocument(await unusedFile(folder.uri));
  const editor = await vscode.window.showTextDocument(document);
  if (document.getText() === '') {
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), newSweepFile));
  }
}

/** `sweep.yaml`, else `sweep-2.yaml` and so on: the first name that is neither on the disk nor being written. */
async function unusedFile(folder: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const file = vscode.Uri.joinPath(folder, number === 1 ? 'sweep.yaml' : `sweep-${number}.yaml`);
    const free = await Promise.resolve(vscode.workspace.fs.stat(file)).then(
      () => false,
      () => true,
    );
    if (free) return file.with({ scheme: 'untitled' });
  }
}
