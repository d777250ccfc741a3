/** Commands about queues as a whole: adding one to the settings, and launching on one that a person chooses. */
import * as vscode from 'vscode';
import { dialects, type System, systems } from '#core/batch/systems.ts';
import type { DetectedSystem } from '#engine/queues/clusters.ts';
import {
  newQueueEntry,
  queueChoices,
  queueNameTrouble,
  suggestedQueueName,
  type QueueChoice,
} from '../presentation/queue-choices.ts';
import type { Folder } from '../workspaces.ts';
import type { Command, Deck } from './command.ts';

export const queueCommands: readonly Command[] = [{ name: 'addQueue', run: addQueue }];

/** What the command may be told beforehand, so that nobody is asked. */
interface Wanted {
  readonly system: System;
  readonly name: string;
  readonly directives: readonly string[];
}

/** Finds the batch systems of this machine and writes an entry for one into the settings. Returns its name. */
async function addQueue(deck: Deck, ...args: readonly unknown[]): Promise<string | undefined> {
  needTrust();
  const configured = vscode.workspace.getConfiguration('sweepdeck').get<unknown>('queues');
  const queues = isRecord(configured) ? configured : {};
  const wanted = wantedOf(args[0]) ?? (await ask(deck, Object.keys(queues)));
  if (wanted === undefined) return undefined;
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  const there = vscode.workspace.getConfiguration('sweepdeck').inspect<unknown>('queues');
  const before = target === vscode.ConfigurationTarget.Workspace ? there?.workspaceValue : there?.globalValue;
  const entry = newQueueEntry(wanted.system, wanted.directives);
  await vscode.workspace
    .getConfiguration('sweepdeck')
    .update('queues', { ...(isRecord(before) ? before : {}), [wanted.name]: entry }, target);
  deck.output.info(`Added the queue ${wanted.name} to sweepdeck.queues.`);
  await vscode.commands.executeCommand(
    target === vscode.ConfigurationTarget.Workspace
      ? 'workbench.action.openWorkspaceSettingsFile'
      : 'workbench.action.openSettingsJson',
    { revealSetting: { key: 'sweepdeck.queues', edit: false } },
  );
  return wanted.name;
}

async function ask({ facts, workspaces }: Deck, taken: readonly string[]): Promise<Wanted | undefined> {
  await workspaces.ready();
  const title = vscode.l10n.t('Add queue');
  const found = await lookingForSystems(() => facts.detect());
  const system = await chooseSystem(title, found);
  if (system === undefined) return undefined;
  const isHere = found.some((one) => one.system === system);
  const partition = isHere ? await choosePartition(title, system, facts) : { name: '', directives: [] };
  if (partition === undefined) return undefined;
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Name of the queue, as sweep files write it: launch: {queue: …}'),
    value: suggestedQueueName(system, partition.name, taken),
    validateInput: (text) => queueNameTrouble(text.trim(), taken),
  });
  return name === undefined ? undefined : { system, name: name.trim(), directives: partition.directives };
}

async function chooseSystem(title: string, found: readonly DetectedSystem[]): Promise<System | undefined> {
  const here = found.map(({ system, version }) => ({
    label: `$(server) ${dialects[system].title}`,
    description: vscode.l10n.t('{0}, answers on this machine', version),
    system,
  }));
  const others = systems
    .filter((system) => !found.some((one) => one.system === system))
    .map((system) => ({
      label: dialects[system].title,
      description: vscode.l10n.t('not found here: reached by ssh, or installed elsewhere'),
      system,
    }));
  const picked = await vscode.window.showQuickPick([...here, ...others], {
    title,
    placeHolder:
      here.length === 0
        ? vscode.l10n.t('No batch system answers on this machine. Which one is it?')
        : vscode.l10n.t('Which batch system?'),
  });
  return picked?.system;
}

async function choosePartition(
  title: string,
  system: System,
  facts: Deck['facts'],
): Promise<{ readonly name: string; readonly directives: readonly string[] } | undefined> {
  const partitions = await facts.partitions(system);
  if (partitions.length === 0) return { name: '', directives: [] };
  const picked = await vscode.window.showQuickPick(
    [
      { label: vscode.l10n.t("The system's default"), name: '', directives: [] },
      ...partitions.map(({ name, directive }) => ({
        label: name,
        description: directive,
        name,
        directives: [directive],
      })),
    ],
    { title, placeHolder: vscode.l10n.t('Which of its partitions?') },
  );
  return picked;
}

/**
 * Lets a person choose among the queues of a folder: this machine, those of the settings, and systems found here.
 * `saying`: why they are asked. undefined: they thought better of it.
 */
export async function chooseQueue(
  { facts, settings }: Pick<Deck, 'facts' | 'settings'>,
  folder: Folder,
  saying: string,
): Promise<string | undefined> {
  const known = await lookingForSystems(() => facts.known(folder));
  const broken = Object.keys(settings.of(folder).brokenQueues ?? {});
  const choices: readonly QueueChoice[] = queueChoices(known, broken);
  const add = vscode.l10n.t('$(add) Add queue…');
  const picked = await vscode.window.showQuickPick(
    [...choices, { label: add, description: '', name: undefined }],
    { title: vscode.l10n.t('Choose a queue'), placeHolder: saying, matchOnDescription: true },
  );
  if (picked === undefined) return undefined;
  if (picked.name !== undefined) return picked.name;
  return vscode.commands.executeCommand<string | undefined>('sweepdeck.addQueue');
}

function lookingForSystems<T>(look: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Looking for batch systems'),
    },
    look,
  );
}

function needTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(
    vscode.l10n.t(
      'Looking for batch systems runs their commands: trust this workspace first (Manage Workspace Trust).',
    ),
  );
}

function wantedOf(argument: unknown): Wanted | undefined {
  if (!isRecord(argument)) return undefined;
  const { name, directives = [] } = argument;
  const system = systems.find((one) => one === argument['system']);
  if (system === undefined || typeof name !== 'string' || !Array.isArray(directives)) return undefined;
  return { system, name, directives: directives.filter((line) => typeof line === 'string') };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
