/** From a batch script to a preview of its jobs, or to their submission. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { SubmissionPreview, SubmitOptions } from '#engine/sweeps.ts';
import { submissionQuestion } from '../presentation/submission-text.ts';
import { begin, saved } from './begin.ts';
import type { Command, Deck } from './command.ts';

export const submitCommands: readonly Command[] = [
  { name: 'submitScript', run: submit },
  { name: 'runScript', run: (deck, ...args) => submit(deck, args[0], { queue: 'local' }) },
  { name: 'previewScript', run: preview },
];

/** Returns the id of the new sweep, or undefined when somebody thought better of it. */
async function submit(deck: Deck, ...args: readonly unknown[]): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new Error(
      vscode.l10n.t('Batch scripts run programs: trust this workspace first (Manage Workspace Trust).'),
    );
  }
  const chosen = await chooseScript(args[0]);
  const uri = chosen === undefined ? undefined : await saved(chosen);
  if (uri === undefined) return undefined;
  const file = uri.fsPath;

  await deck.workspaces.ready();
  const folder = deck.workspaces.folderOf(file);
  if (folder === undefined) {
    throw new Error(
      vscode.l10n.t('{0} is in no folder of this workspace. Open its folder to submit it.', file),
    );
  }
  await deck.settings.refresh(folder.folder);
  const text = (await vscode.workspace.openTextDocument(uri)).getText();
  const options = await withQueue(submitOptions(args[1]), (given) =>
    deck.previews.ofScript({ file, text }, 0, given),
  );
  if (options === undefined) return undefined;
  const question = submissionQuestion(
    path.basename(file),
    await deck.previews.ofScript({ file, text }, 0, options),
  );
  if (question !== undefined && !(await confirmed(question))) return undefined;

  return begin(deck, uri, () => folder.sweeps.submit(file, options));
}

async function preview(deck: Deck, ...args: readonly unknown[]): Promise<void> {
  const uri = await chooseScript(args[0]);
  if (uri !== undefined) await deck.pages.showScript(uri);
}

/** A script without directives doesn't say where its jobs go: then the person does. */
async function withQueue(
  options: SubmitOptions,
  previewWith: (options: SubmitOptions) => Promise<SubmissionPreview>,
): Promise<SubmitOptions | undefined> {
  if (options.queue !== undefined) return options;
  const { problems, queues } = await previewWith(options);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0 || errors.some(({ code }) => code !== 'multirun-no-system')) return options;
  const queue = await vscode.window.showQuickPick([...queues], {
    title: vscode.l10n.t('Submit batch script'),
    placeHolder: vscode.l10n.t('The script has no directives: choose the queue for its jobs'),
  });
  return queue === undefined ? undefined : { ...options, queue };
}

/** What was clicked, else the file being edited, else one that a person picks. */
async function chooseScript(argument: unknown): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument === 'string') {
    return /^[a-z][a-z0-9+.-]+:/i.test(argument) && !path.isAbsolute(argument)
      ? vscode.Uri.parse(argument)
      : vscode.Uri.file(argument);
  }
  const edited = vscode.window.activeTextEditor?.document;
  if (edited?.languageId === 'shellscript' && edited.uri.scheme === 'file') return edited.uri;
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose a batch script'),
      canSelectMany: false,
    })) ?? [];
  return picked;
}

function submitOptions(argument: unknown): SubmitOptions {
  if (typeof argument !== 'object' || argument === null) return {};
  return {
    ...('seed' in argument && typeof argument.seed === 'number' ? { seed: argument.seed } : {}),
    ...('queue' in argument && typeof argument.queue === 'string' ? { queue: argument.queue } : {}),
  };
}

async function confirmed(question: string): Promise<boolean> {
  const submitIt = vscode.l10n.t('Submit');
  return (await vscode.window.showWarningMessage(question, { modal: true }, submitIt)) === submitIt;
}
