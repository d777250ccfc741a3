/** Commands about one sweep. Asking for a change and showing something differ only in their rows. */
import * as vscode from 'vscode';
import type { SweepRequest } from '#engine/events.ts';
import { controlMenu } from '../presentation/control-menu.ts';
import type { OpenSweep } from '../workspaces.ts';
import type { Command, Deck } from './command.ts';
import { openFolder } from './open-folder.ts';
import { chooseSweep } from './pick.ts';

interface Row {
  readonly name: string;
  /** Word that a sweep needs to be offered. */
  readonly word: string;
  readonly title: string;
  readonly none: string;
  readonly act: (deck: Deck, sweep: OpenSweep) => unknown;
}

const request =
  (asked: SweepRequest) =>
  (_deck: Deck, { sweeps, view }: OpenSweep): Promise<void> =>
    sweeps.request(view.id, asked);

const rows: readonly Row[] = [
  {
    name: 'pause',
    word: 'pausable',
    title: vscode.l10n.t('Pause sweep'),
    none: vscode.l10n.t('No sweep is running.'),
    act: request({ type: 'pause' }),
  },
  {
    name: 'resume',
    word: 'resumable',
    title: vscode.l10n.t('Resume sweep'),
    none: vscode.l10n.t('No sweep is paused.'),
    act: request({ type: 'resume' }),
  },
  {
    name: 'stop',
    word: 'stoppable',
    title: vscode.l10n.t('Stop sweep: running jobs end, no new ones start'),
    none: vscode.l10n.t('No sweep is running.'),
    act: request({ type: 'stop' }),
  },
  {
    name: 'cancel',
    word: 'cancellable',
    title: vscode.l10n.t('Cancel sweep: running jobs are ended now'),
    none: vscode.l10n.t('No sweep is running.'),
    act: request({ type: 'cancel' }),
  },
  {
    name: 'retryFailed',
    word: 'retryable',
    title: vscode.l10n.t('Retry all failed jobs'),
    none: vscode.l10n.t('No sweep has failed jobs.'),
    act: request({ type: 'retry', jobs: 'failed' }),
  },
  {
    name: 'delete',
    word: 'deletable',
    title: vscode.l10n.t('Delete sweep'),
    none: vscode.l10n.t(
      'There is no sweep to delete: one that is active has to be stopped or cancelled first.',
    ),
    act: deleteSweep,
  },
  {
    name: 'showBest',
    word: 'rated',
    title: vscode.l10n.t('Show best job'),
    none: vscode.l10n.t('No job has reported the metric of its sweep yet.'),
    act: async ({ tree }, sweep) => {
      const { best } = sweep.view.state;
      if (best !== undefined) await tree.revealJob(sweep, best.job);
    },
  },
  {
    name: 'showFailed',
    word: 'retryable',
    title: vscode.l10n.t('Show failed jobs'),
    none: vscode.l10n.t('No sweep has failed jobs.'),
    act: ({ tree }, sweep) => tree.revealGroup(sweep, 'failed'),
  },
  {
    name: 'showRefusal',
    word: 'refused',
    title: vscode.l10n.t('Show what the batch system refused'),
    none: vscode.l10n.t('No sweep waits because a batch system refused its jobs.'),
    act: ({ refusals }, sweep) => refusals.show(sweep),
  },
  {
    name: 'openSweepFile',
    word: 'sweep',
    title: vscode.l10n.t('Open frozen sweep file'),
    none: vscode.l10n.t('No sweep was launched in this workspace yet.'),
    act: (_deck, { view }) => vscode.window.showTextDocument(vscode.Uri.file(view.frozenFile)),
  },
  {
    name: 'openSweepFolder',
    word: 'sweep',
    title: vscode.l10n.t('Open sweep folder'),
    none: vscode.l10n.t('No sweep was launched in this workspace yet.'),
    act: (_deck, { view }) => openFolder(view.directory),
  },
  {
    name: 'controlMenu',
    word: 'sweep',
    title: vscode.l10n.t('Control sweep'),
    none: vscode.l10n.t('No sweep was launched in this workspace yet.'),
    act: showControlMenu,
  },
];

export const sweepCommands: readonly Command[] = rows.map(({ name, word, title, none, act }) => ({
  name,
  run: async (deck, ...args) => {
    const sweep = await chooseSweep(deck.workspaces, args[0], { word, title, none });
    if (sweep === undefined) return undefined;
    await act(deck, sweep);
    return sweep.view.id;
  },
}));

async function deleteSweep({ output }: Deck, { sweeps, view, key }: OpenSweep): Promise<void> {
  const remove = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete {0} with all its logs and results?', view.id),
    { modal: true, detail: vscode.l10n.t('{0} is removed from the disk. This cannot be undone.', key) },
    remove,
  );
  if (answer !== remove) return;
  await sweeps.delete(view.id);
  output.info(`Deleted ${key}.`);
}

async function showControlMenu({ workspaces }: Deck, sweep: OpenSweep): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    [
      ...controlMenu(sweep.view),
      ...(workspaces.list().length > 1
        ? [{ label: vscode.l10n.t('$(list-selection) Other sweeps…'), description: '', command: undefined }]
        : []),
    ],
    { title: sweep.view.id, placeHolder: vscode.l10n.t('What should happen with {0}?', sweep.view.id) },
  );
  if (picked === undefined) return;
  if (picked.command === undefined) await vscode.commands.executeCommand('sweepdeck.controlMenu');
  else await vscode.commands.executeCommand(picked.command, sweep.key);
}
