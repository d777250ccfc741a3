/** The activity-bar tree: sweep, group of jobs, job. It reads from memory only and refreshes one node at a time. */
import * as vscode from 'vscode';
import type { ClusterFacts } from '../cluster-facts.ts';
import { Throttle } from '#engine/throttle.ts';
import {
  countOf,
  groupNamed,
  groupOf,
  isActive,
  jobsOf,
  placeOf,
  visibleGroups,
  type GroupName,
} from '../presentation/groups.ts';
import { jobTooltip } from '../presentation/job.ts';
import { isOnCluster } from '../presentation/native.ts';
import { sweepTooltip } from '../presentation/sweep.ts';
import type { OpenSweep, Workspaces, WorkspacesChange } from '../workspaces.ts';
import {
  NodeStore,
  type GroupNode,
  type JobNode,
  type MoreNode,
  type Node,
  type SweepNode,
} from './nodes.ts';
import { groupItem, identified, jobItem, markdown, moreItem, pageSize, sweepItem } from './tree-items.ts';

/** ms between two refreshes of nodes. */
const refreshInterval = 400;
/** ms for which lines stand still after a tooltip was shown: any refresh would close it. What changes a job's state doesn't wait. */
const readingTime = 15_000;
/** ms between two ticks of running durations: a line that ticks too often shows no tooltip. */
const tickInterval = 5000;

export class SweepsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly view: vscode.TreeView<Node>;
  readonly #workspaces: Workspaces;
  readonly #facts: ClusterFacts;
  readonly #nodes = new NodeStore();
  readonly #changing = new vscode.EventEmitter<Node[] | undefined>();
  readonly #pages = new Map<string, number>();
  /** Running jobs that were shown last, by group node. */
  readonly #running = new Map<string, readonly JobNode[]>();
  readonly #dirty = new Set<Node>();
  readonly #throttle = new Throttle(refreshInterval, () => this.#refresh());
  readonly #disposables: { dispose(): void }[] = [];
  /** When a tooltip was asked for last. */
  #readAt = -Infinity;
  #allDirty = false;
  #ticking: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changing.event;

  constructor(workspaces: Workspaces, facts: ClusterFacts) {
    this.#workspaces = workspaces;
    this.#facts = facts;
    this.view = vscode.window.createTreeView('sweepdeck.sweeps', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#disposables.push(
      this.view,
      this.#changing,
      this.#throttle,
      workspaces.onDidChange((change) => this.#onChange(change)),
      facts.onDidChange(() => this.#onAnswer()),
      this.view.onDidChangeVisibility(() => this.#tickWhenSeen()),
    );
  }

  dispose(): void {
    clearInterval(this.#ticking);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Reads everything again. */
  refreshAll(): void {
    this.#allDirty = true;
    this.#throttle.request();
  }

  showMore(node: MoreNode): void {
    const group = this.#nodes.group(node.sweep, node.group);
    this.#pages.set(group.id, (this.#pages.get(group.id) ?? 1) + 1);
    this.#markDirty(group);
  }

  async revealSweep(sweep: OpenSweep): Promise<void> {
    await this.#reveal(this.#nodes.sweep(sweep.key), { select: true, focus: false, expand: true });
  }

  async revealGroup(sweep: OpenSweep, group: GroupName): Promise<void> {
    await this.#reveal(this.#nodes.group(sweep.key, group), { select: true, focus: true, expand: true });
  }

  /** Shows as many pages as it takes to reach the job. */
  async revealJob(sweep: OpenSweep, index: number): Promise<void> {
    const job = sweep.view.job(index);
    if (job === undefined) return;
    const name = groupOf(job.state);
    const group = this.#nodes.group(sweep.key, name);
    const pages = Math.floor((placeOf(sweep.view, job) ?? 0) / pageSize()) + 1;
    if (pages > (this.#pages.get(group.id) ?? 1)) {
      this.#pages.set(group.id, pages);
      this.#changing.fire([group]);
    }
    await this.#reveal(this.#nodes.job(sweep.key, name, index), { select: true, focus: true });
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.#workspaces.list().map((sweep) => this.#nodes.sweep(sweep.key));
    const sweep = this.#workspaces.find(node.sweep);
    if (sweep === undefined) return [];
    switch (node.kind) {
      case 'sweep':
        return visibleGroups(sweep.view.state.phase, sweep.view.state.counts).map((group) =>
          this.#nodes.group(node.sweep, group.name),
        );
      case 'group':
        return this.#jobNodes(sweep, node);
      case 'job':
      case 'more':
        return [];
    }
  }

  getParent(node: Node): Node | undefined {
    switch (node.kind) {
      case 'sweep':
        return undefined;
      case 'group':
        return this.#nodes.sweep(node.sweep);
      case 'job':
      case 'more':
        return this.#nodes.group(node.sweep, node.group);
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const sweep = this.#workspaces.find(node.sweep);
    // deleted between the listing and now: the refresh that removes the line is on its way
    if (sweep === undefined) return identified(node, new vscode.TreeItem(''));
    switch (node.kind) {
      case 'sweep':
        return identified(node, sweepItem(sweep, this.#workspaces.folders.length > 1));
      case 'group':
        return identified(node, groupItem(sweep, node));
      case 'job': {
        const job = sweep.view.job(node.job);
        return identified(
          node,
          job === undefined
            ? new vscode.TreeItem(`#${node.job}`)
            : jobItem(sweep, job, this.#facts.live(sweep, job)),
        );
      }
      case 'more':
        return identified(node, moreItem(sweep, node, this.#shown(node)));
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    const sweep = this.#workspaces.find(node.sweep);
    if (sweep === undefined) return item;
    this.#readAt = performance.now();
    if (node.kind === 'sweep') {
      item.tooltip = markdown(
        sweepTooltip(sweep.view, Date.now(), { freshness: this.#facts.freshness(sweep) }),
      );
    } else if (node.kind === 'job') {
      const job = sweep.view.job(node.job);
      if (job === undefined) return item;
      const directory =
        job.state === 'queued' ? undefined : vscode.Uri.file(sweep.view.jobDirectory(job.index));
      const metrics = sweep.view.metricsOf(job.index);
      item.tooltip = markdown(
        jobTooltip(
          sweep.view.state,
          job,
          metrics,
          directory?.toString(),
          Date.now(),
          this.#facts.live(sweep, job),
        ),
      );
    }
    return item;
  }

  /** The editor gives up on a node when a refresh comes in between; asked again, it knows it. */
  async #reveal(node: Node, options: Parameters<vscode.TreeView<Node>['reveal']>[1]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.view.reveal(node, options);
        return;
      } catch (error) {
        if (tries === 3) throw error;
        await new Promise((resolve) => setTimeout(resolve, refreshInterval));
      }
    }
  }

  #jobNodes(sweep: OpenSweep, node: GroupNode): Node[] {
    const limit = this.#shown(node);
    const jobs = jobsOf(sweep.view, node.group, limit);
    const nodes = jobs.map((job) => this.#nodes.job(node.sweep, node.group, job.index));
    if (node.group === 'running') this.#rememberRunning(node, nodes);
    const total = countOf(groupNamed(node.group), sweep.view.state.counts);
    return jobs.length < limit || total <= jobs.length
      ? nodes
      : [...nodes, this.#nodes.more(node.sweep, node.group)];
  }

  #shown(node: { readonly sweep: string; readonly group: GroupName }): number {
    return (this.#pages.get(this.#nodes.group(node.sweep, node.group).id) ?? 1) * pageSize();
  }

  #onChange(change: WorkspacesChange): void {
    switch (change.type) {
      case 'reset':
      case 'added':
        this.#allDirty = true;
        break;
      case 'removed':
        this.#forget(change.key);
        this.#allDirty = true;
        break;
      case 'changed':
        this.#dirty.add(this.#nodes.sweep(change.key));
        break;
      case 'metrics':
        // the tick that comes afterwards shows them
        if (this.#isRead()) return;
        for (const job of change.jobs) {
          const node = this.#nodes.knownJob(change.key, 'running', job);
          if (node !== undefined) this.#dirty.add(node);
        }
        break;
    }
    if (this.#allDirty || this.#dirty.size > 0) this.#throttle.request();
  }

  /** What a batch system told of jobs that wait there may have moved on, though nothing was put on record. */
  #onAnswer(): void {
    if (this.#isRead()) return;
    for (const node of [...this.#running.values()].flat()) {
      const job = this.#workspaces.find(node.sweep)?.view.job(node.job);
      if (job?.state === 'submitted' && job.native !== undefined) this.#dirty.add(node);
    }
    if (this.#dirty.size > 0) this.#throttle.request();
  }

  #markDirty(node: Node): void {
    this.#dirty.add(node);
    this.#throttle.request();
  }

  #refresh(): void {
    const nodes = [...this.#dirty];
    this.#dirty.clear();
    if (this.#allDirty) this.#changing.fire(undefined);
    else if (nodes.length > 0) this.#changing.fire(withoutDescendants(nodes));
    this.#allDirty = false;
    this.#summarise();
  }

  /** Badge, counts behind the title, and the word on restricted mode. */
  #summarise(): void {
    let running = 0;
    let waiting = 0;
    let queued = 0;
    const sweeps = this.#workspaces.list();
    for (const { view } of sweeps) {
      if (!isActive(view.state.phase)) continue;
      running += view.state.counts.running;
      // on this machine a job waits for moments only
      if (isOnCluster(view.state)) waiting += view.state.counts.submitted;
      else running += view.state.counts.submitted;
      queued += view.state.counts.queued;
    }
    this.view.badge =
      running === 0
        ? undefined
        : {
            value: running,
            tooltip:
              running === 1 ? vscode.l10n.t('1 running job') : vscode.l10n.t('{0} running jobs', running),
          };
    this.view.description = [
      running === 0 ? undefined : vscode.l10n.t('{0} running', running),
      waiting === 0 ? undefined : vscode.l10n.t('{0} waiting', waiting),
      queued === 0 ? undefined : vscode.l10n.t('{0} queued', queued),
    ]
      .filter((part) => part !== undefined)
      .join(' · ');
    this.view.message =
      sweeps.length > 0 && !vscode.workspace.isTrusted
        ? vscode.l10n.t('This workspace is not trusted: sweeps are shown, but nothing runs.')
        : '';
    void vscode.commands.executeCommand('setContext', 'sweepdeck.hasSweeps', sweeps.length > 0);
  }

  #forget(sweep: string): void {
    for (const id of [...this.#pages.keys(), ...this.#running.keys()]) {
      if (!id.startsWith(`${sweep}/`)) continue;
      this.#pages.delete(id);
      this.#running.delete(id);
    }
    this.#nodes.drop(sweep);
  }

  #rememberRunning(group: GroupNode, nodes: readonly JobNode[]): void {
    if (nodes.length === 0) this.#running.delete(group.id);
    else this.#running.set(group.id, nodes);
    this.#tickWhenSeen();
  }

  /** Jobs that have ended meanwhile are left to the refresh that moves them to another group. */
  #tick(): void {
    if (this.#isRead()) return;
    const running = [...this.#running.values()].flat().filter((node) => {
      const job = this.#workspaces.find(node.sweep)?.view.job(node.job);
      return job?.state === 'running' || (job?.state === 'submitted' && job.native === undefined);
    });
    if (running.length > 0) this.#changing.fire(running);
  }

  #isRead(): boolean {
    return performance.now() - this.#readAt < readingTime;
  }

  /** Durations tick only while somebody can see them and a job runs. */
  #tickWhenSeen(): void {
    const wanted = this.view.visible && this.#running.size > 0;
    if (!wanted) {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    } else {
      this.#ticking ??= setInterval(() => this.#tick(), tickInterval);
    }
  }
}

/** Refreshing a node refreshes what is below it. */
function withoutDescendants(nodes: readonly Node[]): Node[] {
  const sweeps = new Set(
    nodes.filter((node): node is SweepNode => node.kind === 'sweep').map((node) => node.sweep),
  );
  return nodes.filter((node) => node.kind === 'sweep' || !sweeps.has(node.sweep));
}
