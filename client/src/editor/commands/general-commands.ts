/** Commands about the workspace as a whole. */
import * as vscode from 'vscode';
import { defaults } from '../engine-settings.ts';
import { isNode } from './pick.ts';
import type { Command } from './command.ts';

const mostWorkers = 1024;

export const generalCommands: readonly Command[] = [
  { name: 'setWorkers', run: setWorkers },
  { name: 'refresh', run: ({ tree }) => tree.refreshAll() },
  { name: 'showOutput', run: ({ output }) => output.show(true) },
  {
    name: 'openWalkthrough',
    run: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'sweepdeck.sweepdeck#start', false),
  },
  { name: 'editAsSweepFile', run: editAsSweepFile },
  { name: 'disableRule', run: (_deck, code) => disableRule(code) },
  {
    name: 'showMore',
    run: ({ tree }, node) => {
      if (isNode(node) && node.kind === 'more') tree.showMore(node);
    },
  },
];

/** Whatever the file is called and whatever it holds. */
async function editAsSweepFile(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) throw new Error(vscode.l10n.t('Open the file first.'));
  await vscode.languages.setTextDocumentLanguage(document, 'sweep');
}

/** What a code action of the language server asks for: the rule is switched off in this workspace. */
async function disableRule(code: unknown): Promise<void> {
  if (typeof code !== 'string') return;
  const configuration = vscode.workspace.getConfiguration('sweepdeck');
  const rules = configuration.get<readonly string[]>('validation.disabledRules') ?? [];
  if (rules.includes(code)) return;
  await configuration.update('validation.disabledRules', [...rules, code], settingsTarget());
}

const settingsTarget = (): vscode.ConfigurationTarget =>
  vscode.workspace.workspaceFolders === undefined
    ? vscode.ConfigurationTarget.Global
    : vscode.ConfigurationTarget.Workspace;

async function setWorkers(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('sweepdeck');
  const now = configuration.get<number>('workers') ?? defaults.workers;
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Set number of workers'),
    prompt: vscode.l10n.t('Jobs that run at once on this machine. Running jobs are not ended.'),
    value: String(now),
    validateInput: (text) =>
      /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= mostWorkers
        ? undefined
        : vscode.l10n.t('A whole number from 1 to {0}.', mostWorkers),
  });
  if (answer === undefined) return;
  await configuration.update('workers', Number(answer), settingsTarget());
}
