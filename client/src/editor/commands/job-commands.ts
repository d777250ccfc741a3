/** Commands about jobs: those selected in the tree, or one that a person picks. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { parametersYaml } from '../presentation/parameters-yaml.ts';
import type { OpenSweep } from '../workspaces.ts';
import type { Command, Deck } from './command.ts';
import { openFolder } from './open-folder.ts';
import { chooseJob, chooseJobs, type JobChoice } from './pick.ts';

export interface Choice {
  readonly word: string;
  readonly title: string;
  readonly none: string;
}

const anyLogged: Omit<Choice, 'title'> = {
  word: 'logged',
  none: vscode.l10n.t('No job of this sweep has started yet.'),
};
const any: Omit<Choice, 'title'> = { word: 'job', none: vscode.l10n.t('This sweep has no jobs yet.') };

/** A command about all jobs that were selected or picked. */
export const forEach = (
  name: string,
  choice: Choice,
  act: (choice: JobChoice, deck: Deck) => Promise<void>,
): Command => ({
  name,
  run: async (deck, ...args) => {
    for (const chosen of await chooseJobs(deck.workspaces, args, choice)) await act(chosen, deck);
  },
});

/** A command about one job. */
export const forOne = (
  name: string,
  choice: Choice,
  act: (sweep: OpenSweep, job: number, deck: Deck) => unknown,
): Command => ({
  name,
  run: async (deck, ...args) => {
    const chosen = await chooseJob(deck.workspaces, args, choice);
    if (chosen !== undefined) await act(chosen.sweep, chosen.job, deck);
  },
});

export const jobCommands: readonly Command[] = [
  forEach(
    'cancelJob',
    {
      word: 'cancellable',
      title: vscode.l10n.t('Cancel job'),
      none: vscode.l10n.t('No job of this sweep is queued or running.'),
    },
    ({ sweep, jobs }) => sweep.sweeps.request(sweep.view.id, { type: 'cancel', jobs }),
  ),
  forEach(
    'retryJob',
    {
      word: 'retryable',
      title: vscode.l10n.t('Retry job'),
      none: vscode.l10n.t('No job of this sweep has failed or was cancelled.'),
    },
    ({ sweep, jobs }) => sweep.sweeps.request(sweep.view.id, { type: 'retry', jobs }),
  ),
  forOne('showLog', { ...anyLogged, title: vscode.l10n.t('Show log') }, (sweep, job, { logs }) =>
    logs.show(sweep, job),
  ),
  forOne('openStdout', { ...anyLogged, title: vscode.l10n.t('Open stdout log') }, (sweep, job) =>
    openLog(sweep, job, 'stdout'),
  ),
  forOne('openStderr', { ...anyLogged, title: vscode.l10n.t('Open stderr log') }, (sweep, job) =>
    openLog(sweep, job, 'stderr'),
  ),
  forOne(
    'openJobFolder',
    { ...anyLogged, word: 'foldered', title: vscode.l10n.t('Open job folder') },
    (sweep, job) => openFolder(sweep.view.jobDirectory(job)),
  ),
  forEach(
    'copyParameters',
    { ...any, title: vscode.l10n.t('Copy parameters as YAML') },
    async ({ sweep, jobs }) => {
      const texts: string[] = [];
      for (const index of jobs) {
        const job = sweep.view.job(index);
        if (job !== undefined) texts.push(await parametersYaml(job.parameters));
      }
      await vscode.env.clipboard.writeText(texts.join('---\n'));
      vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the parameters as YAML.'), 3000);
    },
  ),
  forEach('copyJobId', { ...any, title: vscode.l10n.t('Copy job id') }, async ({ sweep, jobs }) => {
    await vscode.env.clipboard.writeText(jobs.map((job) => `${sweep.view.id}/${job}`).join('\n'));
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the job id.'), 3000);
  }),
];

async function openLog({ view }: OpenSweep, job: number, stream: 'stdout' | 'stderr'): Promise<void> {
  const file = view.jobLogs(job)[stream];
  try {
    await stat(file);
  } catch (error) {
    throw new Error(
      `Job ${view.id}/${job} has no ${path.basename(file)} yet: it is made when the job starts.`,
      {
        cause: error,
      },
    );
  }
  await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
}
