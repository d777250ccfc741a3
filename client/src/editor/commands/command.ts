import type * as vscode from 'vscode';
import type { ClusterFacts } from '../cluster-facts.ts';
import type { JobLogs } from '../logs/job-logs.ts';
import type { Previews } from '../previews.ts';
import type { Settings } from '../settings.ts';
import type { NativePages } from '../views/native-pages.ts';
import type { PreviewPages } from '../views/preview-pages.ts';
import type { QueueView } from '../views/queue-view.ts';
import type { Refusals } from '../views/refusals.ts';
import type { SweepFiles } from '../views/sweep-files.ts';
import type { SweepsTree } from '../views/sweeps-tree.ts';
import type { Workspaces } from '../workspaces.ts';

/** What commands work with. */
export interface Deck {
  readonly workspaces: Workspaces;
  readonly settings: Settings;
  readonly previews: Previews;
  readonly pages: PreviewPages;
  readonly files: SweepFiles;
  readonly tree: SweepsTree;
  readonly logs: JobLogs;
  readonly facts: ClusterFacts;
  readonly natives: NativePages;
  readonly queue: QueueView;
  readonly refusals: Refusals;
  readonly output: vscode.LogOutputChannel;
}

/** One row of the table of commands. */
export interface Command {
  /** Without the `sweepdeck.` before it. */
  readonly name: string;
  /** Its result is the command's; what it throws is shown as it is. */
  run(deck: Deck, ...args: readonly unknown[]): unknown;
}
