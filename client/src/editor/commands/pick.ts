/** Which sweep and which jobs a command is about: what was clicked, or what a person picks. */
import * as vscode from 'vscode';
import type { JobState } from '#engine/sweep-state.ts';
import { groups, jobsOf } from '../presentation/groups.ts';
import { jobDescription, jobIcon, jobLabel, jobWords } from '../presentation/job.ts';
import { sweepDescription, sweepIcon, sweepWords } from '../presentation/sweep.ts';
import type { Node } from '../views/nodes.ts';
import type { OpenSweep, Workspaces } from '../workspaces.ts';

export interface JobChoice {
  readonly sweep: OpenSweep;
  readonly jobs: readonly number[];
}

const mostPicked = 200;

/**
 * The sweep an argument names: a node of the tree, a key or an id. Without one, a person picks among those that have
 * the word (`pausable`, …); `none` is shown when there are none. Throws when the sweep is gone.
 */
export async function chooseSweep(
  workspaces: Workspaces,
  argument: unknown,
  choice: { readonly word: string; readonly title: string; readonly none: string },
): Promise<OpenSweep | undefined> {
  const key = isNode(argument) ? argument.sweep : argument;
  if (typeof key === 'string') {
    const sweep = workspaces.find(key);
    if (sweep === undefined) throw new Error(`There is no sweep ${key} any more.`);
    return sweep;
  }
  await workspaces.ready();
  const candidates = workspaces
    .list()
    .filter((sweep) => sweepWords(sweep.view).split(' ').includes(choice.word));
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage(choice.none);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    candidates.map((sweep) => ({
      label: `$(${sweepIcon(sweep.view).name}) ${sweep.view.id}`,
      description: sweepDescription(
        sweep.view,
        workspaces.folders.length > 1 ? sweep.folder.name : undefined,
      ),
      sweep,
    })),
    { title: choice.title, placeHolder: vscode.l10n.t('Choose a sweep'), matchOnDescription: true },
  );
  return picked?.sweep;
}

/**
 * The jobs that were selected in the tree (of all sweeps, those with the word only), or one that a person picks, or
 * the job of a sweep named by id and index.
 */
export async function chooseJobs(
  workspaces: Workspaces,
  args: readonly unknown[],
  choice: { readonly word: string; readonly title: string; readonly none: string },
): Promise<readonly JobChoice[]> {
  const [first, second] = args;
  if (isNode(first) && first.kind === 'job') {
    const selected = Array.isArray(second) ? second.filter(isNode) : [];
    return selectedJobs(workspaces, selected.includes(first) ? selected : [first], choice.word);
  }
  const sweep = await chooseSweep(workspaces, first, { ...choice, word: 'sweep' });
  if (sweep === undefined) return [];
  if (typeof second === 'number') return [{ sweep, jobs: [second] }];
  const job = await pickJob(sweep, choice);
  return job === undefined ? [] : [{ sweep, jobs: [job] }];
}

/** Like `chooseJobs` for commands that are about one job. */
export async function chooseJob(
  workspaces: Workspaces,
  args: readonly unknown[],
  choice: { readonly word: string; readonly title: string; readonly none: string },
): Promise<{ readonly sweep: OpenSweep; readonly job: number } | undefined> {
  const [chosen] = await chooseJobs(workspaces, isNode(args[0]) ? args.slice(0, 1) : args, choice);
  const job = chosen?.jobs[0];
  return chosen === undefined || job === undefined ? undefined : { sweep: chosen.sweep, job };
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'sweep' in value &&
    typeof value.sweep === 'string'
  );
}

function selectedJobs(workspaces: Workspaces, nodes: readonly Node[], word: string): readonly JobChoice[] {
  const bySweep = new Map<string, number[]>();
  for (const node of nodes) {
    if (node.kind !== 'job') continue;
    const job = workspaces.find(node.sweep)?.view.job(node.job);
    if (job === undefined || !jobWords(job).split(' ').includes(word)) continue;
    bySweep.set(node.sweep, [...(bySweep.get(node.sweep) ?? []), node.job]);
  }
  return [...bySweep].flatMap(([key, jobs]) => {
    const sweep = workspaces.find(key);
    return sweep === undefined ? [] : [{ sweep, jobs }];
  });
}

async function pickJob(
  { view }: OpenSweep,
  choice: { readonly word: string; readonly title: string; readonly none: string },
): Promise<number | undefined> {
  const now = Date.now();
  const jobs: JobState[] = [];
  for (const group of groups) {
    if (jobs.length >= mostPicked) break;
    const found = jobsOf(view, group.name, mostPicked - jobs.length);
    jobs.push(...found.filter((job) => jobWords(job).split(' ').includes(choice.word)));
  }
  if (jobs.length === 0) {
    void vscode.window.showInformationMessage(choice.none);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    jobs.map((job) => ({
      label: `$(${jobIcon(job).name}) ${jobLabel(job)}`,
      description: jobDescription(view.state, job, view.metricsOf(job.index), now),
      job: job.index,
    })),
    { title: choice.title, placeHolder: vscode.l10n.t('Choose a job'), matchOnDescription: true },
  );
  return picked?.job;
}
