/** The lines of the tree: what a node looks like, from the engine's memory and the pure functions of presentation/. */
import * as vscode from 'vscode';
import type { JobState } from '#engine/sweep-state.ts';
import {
  countOf,
  groupCount,
  groupLabel,
  groupNamed,
  isActive,
  visibleGroups,
} from '../presentation/groups.ts';
import { jobDescription, jobIcon, jobLabel, jobSpoken, jobWords, type Icon } from '../presentation/job.ts';
import type { Live } from '../presentation/native.ts';
import { hasFailures, sweepDescription, sweepIcon, sweepSpoken, sweepWords } from '../presentation/sweep.ts';
import type { OpenSweep } from '../workspaces.ts';
import type { GroupNode, MoreNode, Node } from './nodes.ts';

/** `severalFolders`: the line says which one the sweep belongs to. */
export function sweepItem({ view, folder }: OpenSweep, severalFolders: boolean): vscode.TreeItem {
  const groups = visibleGroups(view.state.phase, view.state.counts);
  const state = isActive(view.state.phase)
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(
    view.state.id,
    groups.length === 0 ? vscode.TreeItemCollapsibleState.None : state,
  );
  item.description = sweepDescription(view, severalFolders ? folder.name : undefined);
  item.iconPath = themed(sweepIcon(view));
  item.contextValue = sweepWords(view);
  item.accessibilityInformation = { label: sweepSpoken(view) };
  return item;
}

export function groupItem({ view }: OpenSweep, node: GroupNode): vscode.TreeItem {
  const group = groupNamed(node.group);
  const label = groupLabel(group, view.state.phase);
  const count = countOf(group, view.state.counts);
  // a sweep without end always has a next job
  const endless = node.group === 'queued' && view.state.total === undefined && isActive(view.state.phase);
  const state =
    count === 0 && !endless
      ? vscode.TreeItemCollapsibleState.None
      : node.group === 'running'
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(label, state);
  item.description = endless ? '∞' : groupCount(group, view.state);
  item.iconPath = new vscode.ThemeIcon(group.icon);
  item.contextValue = `group ${node.group}${node.group === 'failed' && hasFailures(view.state) ? ' retryable' : ''}`;
  item.accessibilityInformation = { label: `${label}, ${endless ? 'endlessly many' : count} jobs` };
  return item;
}

export function jobItem({ view }: OpenSweep, job: JobState, live: Live): vscode.TreeItem {
  const metrics = view.metricsOf(job.index);
  const now = Date.now();
  const item = new vscode.TreeItem(jobLabel(job), vscode.TreeItemCollapsibleState.None);
  item.description = jobDescription(view.state, job, metrics, now, live);
  item.iconPath = themed(jobIcon(job));
  item.contextValue = jobWords(job);
  item.accessibilityInformation = { label: jobSpoken(view.state, job, metrics, now, live) };
  return item;
}

export function moreItem({ view }: OpenSweep, node: MoreNode, shown: number): vscode.TreeItem {
  const left = countOf(groupNamed(node.group), view.state.counts) - shown;
  const item = new vscode.TreeItem(vscode.l10n.t('Show {0} more…', Math.min(pageSize(), Math.max(left, 1))));
  item.description = vscode.l10n.t('{0} not shown', Math.max(left, 1));
  item.contextValue = 'more';
  item.command = { command: 'sweepdeck.showMore', title: vscode.l10n.t('Show more jobs'), arguments: [node] };
  return item;
}

/** The id keeps selection and expansion over refreshes. */
export function identified(node: Node, item: vscode.TreeItem): vscode.TreeItem {
  item.id = node.id;
  return item;
}

export function themed(icon: Icon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(
    icon.name,
    icon.color === undefined ? undefined : new vscode.ThemeColor(icon.color),
  );
}

export function markdown(text: string): vscode.MarkdownString {
  return new vscode.MarkdownString(text, true);
}

/** Jobs that a group shows at first, and more of at each request. */
export function pageSize(): number {
  const size = vscode.workspace.getConfiguration('sweepdeck').get<unknown>('tree.pageSize');
  return typeof size === 'number' && size >= 1 ? Math.floor(size) : 200;
}
