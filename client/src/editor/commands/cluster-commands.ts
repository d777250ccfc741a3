/** Commands about jobs in batch systems, and about what else runs there. */
import * as vscode from 'vscode';
import { nativeIdOf } from '#engine/native-state.ts';
import { isQueueNode } from '../views/queue-view.ts';
import type { Command, Deck } from './command.ts';
import { forEach, forOne } from './job-commands.ts';

const anyNative = {
  word: 'native',
  none: vscode.l10n.t('No job of this sweep is in a batch system.'),
} as const;

export const clusterCommands: readonly Command[] = [
  forEach(
    'holdJob',
    {
      word: 'holdable',
      title: vscode.l10n.t('Hold job: it does not start until it is released'),
      none: vscode.l10n.t('No job of this sweep waits in a batch system.'),
    },
    ({ sweep, jobs }) => sweep.sweeps.request(sweep.view.id, { type: 'hold', jobs }),
  ),
  forEach(
    'releaseJob',
    {
      word: 'held',
      title: vscode.l10n.t('Release job'),
      none: vscode.l10n.t('No job of this sweep is held.'),
    },
    ({ sweep, jobs }) => sweep.sweeps.request(sweep.view.id, { type: 'release', jobs }),
  ),
  forOne(
    'openNativeDetails',
    { ...anyNative, title: vscode.l10n.t('Open native job details') },
    async (sweep, index, { facts, natives }) => {
      const job = sweep.view.job(index);
      if (job === undefined) return;
      const name = `${sweep.view.id}/${index}`;
      await natives.show(name, await asking(name, () => facts.details(sweep, job)));
    },
  ),
  forEach(
    'copyNativeId',
    { ...anyNative, title: vscode.l10n.t('Copy native id') },
    async ({ sweep, jobs }) => {
      const ids = jobs.flatMap((index) => {
        const native = sweep.view.job(index)?.native;
        return native === undefined ? [] : (nativeIdOf(native) ?? []);
      });
      if (ids.length === 0) throw new Error('The batch system has not given these jobs ids yet.');
      await vscode.env.clipboard.writeText(ids.join('\n'));
      vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the native id.'), 3000);
    },
  ),
  forOne(
    'openSystemOutput',
    {
      word: 'own-output',
      title: vscode.l10n.t("Open the batch system's own output"),
      none: vscode.l10n.t('No job of this sweep has started in a batch system yet.'),
    },
    async (sweep, index, { facts }) => {
      const native = sweep.view.job(index)?.native;
      const [file] = native === undefined ? [] : await facts.systemOutput(sweep, native);
      if (file === undefined) {
        throw new Error(
          `The batch system has written nothing of its own for ${sweep.view.id}/${index}: it does when the job ` +
            'runs, and a job of a batch script has everything in its own log.',
        );
      }
      await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
    },
  ),
  { name: 'refreshQueue', run: ({ queue }, node) => queue.refresh(systemNode(node)) },
  {
    name: 'showMoreQueued',
    run: ({ queue }, node) => {
      if (isQueueNode(node) && node.kind === 'more-queued') queue.showMore(node);
    },
  },
  { name: 'revealQueuedJob', run: reveal },
  {
    name: 'openQueuedDetails',
    run: async ({ facts, natives }, node) => {
      if (!isQueueNode(node) || node.kind !== 'queued') return;
      const { base, task, id } = node.row;
      const native = { base, id, ...(task === undefined ? {} : { task }) };
      const place = node.system.place;
      await natives.show(`Job ${id}`, await asking(id, () => facts.detailsOf(place, native)));
    },
  },
  {
    name: 'copyQueuedId',
    run: async (_deck, node) => {
      if (isQueueNode(node) && node.kind === 'queued') await vscode.env.clipboard.writeText(node.row.id);
    },
  },
];

function systemNode(node: unknown): Parameters<Deck['queue']['refresh']>[0] {
  return isQueueNode(node) && node.kind === 'system' ? node : undefined;
}

/** Leads from a line of the queue to the job of the sweep that stands behind it. */
async function reveal({ workspaces, tree }: Deck, node: unknown): Promise<void> {
  if (!isQueueNode(node) || node.kind !== 'queued' || node.own === undefined) return;
  const { sweep: key, job, name } = node.own;
  const sweep = workspaces.find(key);
  if (sweep === undefined) throw new Error(`There is no sweep ${name} any more.`);
  if (job === undefined) await tree.revealSweep(sweep);
  else await tree.revealJob(sweep, job);
}

/** A batch system may take its time to answer. */
function asking<T>(name: string, ask: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Asking about {0}', name) },
    ask,
  );
}
