/**
 * What runs and waits in the batch systems now, our own jobs first. A system is asked when somebody looks: when its
 * line is opened, at the button, and beside a status query of our own jobs if the last answer is old enough.
 */
import * as vscode from 'vscode';
import type { NativeJob } from '#engine/queues/cluster/batch-system.ts';
import type { QueueListing } from '#engine/queues/clusters.ts';
import type { ClusterFacts, SystemPlace } from '../cluster-facts.ts';
import { Throttle } from '#engine/throttle.ts';
import { ownJob, type OwnJob, type OwnJobs, sortedQueue } from '#engine/queues/own-jobs.ts';
import {
  dueIn,
  isDue,
  queueDescription,
  queueRowDescription,
  queueRowIcon,
  queueRowLabel,
  queueRowTooltip,
} from '../presentation/queue-rows.ts';
import { markdown, pageSize, themed } from './tree-items.ts';

export interface SystemNode {
  readonly kind: 'system';
  readonly id: string;
  readonly place: SystemPlace;
}
export interface QueuedNode {
  readonly kind: 'queued';
  readonly id: string;
  readonly system: SystemNode;
  readonly row: NativeJob;
  readonly own: OwnJob | undefined;
}
/** Why a system's jobs are not shown, or that there are none. */
export interface SaidNode {
  readonly kind: 'said';
  readonly id: string;
  readonly system: SystemNode;
  readonly sentence: string;
  readonly icon: string;
}
export interface MoreQueuedNode {
  readonly kind: 'more-queued';
  readonly id: string;
  readonly system: SystemNode;
  readonly left: number;
}
export type QueueNode = SystemNode | QueuedNode | SaidNode | MoreQueuedNode;

export function isQueueNode(value: unknown): value is QueueNode {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && 'id' in value && !('sweep' in value)
  );
}

interface Shown {
  readonly node: SystemNode;
  /** Pages of jobs. */
  pages: number;
  answer: QueueListing | undefined;
  asking: Promise<void> | undefined;
}

const refreshInterval = 500;

export class QueueView implements vscode.TreeDataProvider<QueueNode>, vscode.Disposable {
  readonly view: vscode.TreeView<QueueNode>;
  readonly #facts: ClusterFacts;
  readonly #changing = new vscode.EventEmitter<QueueNode | undefined>();
  readonly #throttle = new Throttle(refreshInterval, () => this.#onFacts());
  readonly #shown = new Map<string, Shown>();
  readonly #disposables: readonly { dispose(): unknown }[];
  #keys = '';
  #waking: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changing.event;

  constructor(facts: ClusterFacts) {
    this.#facts = facts;
    this.view = vscode.window.createTreeView('sweepdeck.queue', { treeDataProvider: this });
    this.#disposables = [
      this.view,
      this.#changing,
      this.#throttle,
      facts.onDidChange(() => this.#throttle.request()),
      this.view.onDidChangeVisibility(() => this.#askIfDue()),
    ];
  }

  dispose(): void {
    clearTimeout(this.#waking);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Sweeps came or went: with them systems may have. */
  systemsChanged(): void {
    this.#throttle.request();
  }

  /** Asks every system that is shown, or the one given, again. */
  async refresh(node?: SystemNode): Promise<void> {
    const wanted = node === undefined ? [...this.#shown.values()] : [this.#of(node.place)];
    await Promise.all(wanted.map((shown) => this.#ask(shown)));
  }

  showMore({ system }: MoreQueuedNode): void {
    this.#of(system.place).pages += 1;
    this.#changing.fire(system);
  }

  async getChildren(node?: QueueNode): Promise<QueueNode[]> {
    if (node === undefined) return this.#facts.systems().map((place) => this.#of(place).node);
    if (node.kind !== 'system') return [];
    const shown = this.#of(node.place);
    if (shown.answer === undefined) await this.#ask(shown);
    return this.#rows(shown);
  }

  getParent(node: QueueNode): QueueNode | undefined {
    return node.kind === 'system' ? undefined : node.system;
  }

  getTreeItem(node: QueueNode): vscode.TreeItem {
    const item = itemOf(node, this.#shown.get(node.kind === 'system' ? node.place.key : '')?.answer);
    item.id = node.id;
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: QueueNode): vscode.TreeItem {
    if (node.kind === 'queued') item.tooltip = markdown(queueRowTooltip(node.row, node.own, Date.now()));
    return item;
  }

  #of(place: SystemPlace): Shown {
    let shown = this.#shown.get(place.key);
    if (shown?.node.place.names.join() !== place.names.join()) {
      const node: SystemNode = { kind: 'system', id: `queue/${place.key}`, place };
      shown = { node, pages: shown?.pages ?? 1, answer: shown?.answer, asking: shown?.asking };
      this.#shown.set(place.key, shown);
    }
    return shown;
  }

  #ask(shown: Shown): Promise<void> {
    shown.asking ??= this.#facts
      .queue(shown.node.place)
      .catch((error: unknown) => failed(shown.node.place, error))
      .then((answer) => {
        shown.asking = undefined;
        // the line may have been made anew meanwhile
        const now = this.#of(shown.node.place);
        now.asking = undefined;
        now.answer = answer;
        this.#changing.fire(now.node);
      });
    return shown.asking;
  }

  #rows({ node, answer, pages }: Shown): QueueNode[] {
    if (answer === undefined) return [];
    const { listing, user } = answer;
    if (listing.kind === 'failed') return [said(node, listing.sentence, 'warning')];
    const own: OwnJobs = this.#facts.ownJobs();
    const rows = sortedQueue(listing.jobs, user, own);
    if (rows.length === 0) return [said(node, vscode.l10n.t('Nothing waits or runs there now.'), 'info')];
    const limit = pages * pageSize();
    const seen = new Set<string>();
    const nodes: QueueNode[] = rows.slice(0, limit).flatMap((row) => {
      const id = `${node.id}/${row.id}`;
      if (seen.has(id)) return [];
      seen.add(id);
      return [{ kind: 'queued', id, system: node, row, own: ownJob(row, own) }];
    });
    const left = rows.length - limit;
    if (left > 0) nodes.push({ kind: 'more-queued', id: `${node.id}/more`, system: node, left });
    return nodes;
  }

  /** A system answered a query of ours, or there are others than before. */
  #onFacts(): void {
    const systems = this.#facts.systems();
    void vscode.commands.executeCommand('setContext', 'sweepdeck.hasCluster', systems.length > 0);
    const keys = systems.map(({ key, names }) => `${key}:${names.join()}`).join(' ');
    if (keys !== this.#keys) {
      this.#keys = keys;
      this.#changing.fire(undefined);
    }
    this.#askIfDue();
  }

  #askIfDue(): void {
    if (!this.view.visible || !vscode.window.state.focused) return;
    const now = Date.now();
    clearTimeout(this.#waking);
    const waits: number[] = [];
    for (const shown of this.#shown.values()) {
      if (shown.answer === undefined) continue;
      if (isDue(shown.answer, now)) void this.#ask(shown);
      else waits.push(dueIn(shown.answer, now));
    }
    // the last of our jobs may just have ended, and no status query comes after it
    if (waits.length > 0) this.#waking = setTimeout(() => this.#askIfDue(), Math.min(...waits) + 1);
  }
}

function failed(place: SystemPlace, error: unknown): QueueListing {
  const sentence = error instanceof Error ? error.message : String(error);
  return {
    title: place.title,
    user: undefined,
    askedAt: Date.now(),
    duration: 0,
    listing: { kind: 'failed', sentence },
  };
}

function said(system: SystemNode, sentence: string, icon: string): SaidNode {
  return { kind: 'said', id: `${system.id}/said`, system, sentence, icon };
}

function itemOf(node: QueueNode, answer: QueueListing | undefined): vscode.TreeItem {
  switch (node.kind) {
    case 'system': {
      const item = new vscode.TreeItem(node.place.title, vscode.TreeItemCollapsibleState.Expanded);
      item.description = queueDescription(node.place.names, answer, Date.now());
      item.iconPath = new vscode.ThemeIcon('server');
      item.contextValue = 'system';
      return item;
    }
    case 'queued': {
      const { row, own } = node;
      const item = new vscode.TreeItem(queueRowLabel(row, own), vscode.TreeItemCollapsibleState.None);
      item.description = queueRowDescription(row, own, Date.now());
      item.iconPath = themed(queueRowIcon(row));
      item.contextValue = own === undefined ? 'queued-job' : 'queued-job ours';
      item.accessibilityInformation = {
        label: `Job ${queueRowLabel(row, own)}, ${item.description.replaceAll(' · ', ', ')}`,
      };
      if (own !== undefined) {
        item.command = {
          command: 'sweepdeck.revealQueuedJob',
          title: vscode.l10n.t('Show in sweeps'),
          arguments: [node],
        };
      }
      return item;
    }
    case 'said': {
      const item = new vscode.TreeItem(node.sentence, vscode.TreeItemCollapsibleState.None);
      item.iconPath = new vscode.ThemeIcon(node.icon);
      item.tooltip = node.sentence;
      item.contextValue = 'said';
      return item;
    }
    case 'more-queued': {
      const next = Math.min(pageSize(), node.left);
      const item = new vscode.TreeItem(vscode.l10n.t('Show {0} more…', next));
      item.description = vscode.l10n.t('{0} not shown', node.left);
      item.contextValue = 'more';
      item.command = {
        command: 'sweepdeck.showMoreQueued',
        title: vscode.l10n.t('Show more jobs'),
        arguments: [node],
      };
      return item;
    }
  }
}
