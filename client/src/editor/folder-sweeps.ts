/** Opens the engine on a folder. It is loaded on the first use, and its worker slots are shared by all folders. */
import * as vscode from 'vscode';
import type { LocalWorkers } from '#engine/queues/local.ts';
import type { Clusters } from '#engine/queues/clusters.ts';
import type { Connections } from '#engine/queues/queues.ts';
import type { Sweeps } from '#engine/sweeps.ts';
import type { Settings } from './settings.ts';
import type { Folder } from './workspaces.ts';

export interface FolderSweepsOptions {
  /** Version of Sweepdeck, written to journals. */
  readonly version: string;
  readonly settings: Settings;
  readonly log: (line: string) => void;
  /** The engine is there, and with it somebody to ask about batch systems. */
  readonly onClusters: (clusters: Clusters) => void;
}

export class FolderSweeps {
  readonly #options: FolderSweepsOptions;
  #workers: LocalWorkers | undefined;
  #connections: Connections | undefined;
  #clusters: Clusters | undefined;

  constructor(options: FolderSweepsOptions) {
    this.#options = options;
  }

  /** The sweeps of a folder, not opened yet; they only run while the workspace is trusted. */
  async create(folder: Folder): Promise<Sweeps> {
    const { version, settings, log } = this.#options;
    await settings.refresh(folder);
    const { createSweeps, createWorkers } = await import('#engine/index.ts');
    this.#workers ??= createWorkers(() => settings.of(folder));
    await this.clusters();
    return createSweeps(
      {
        root: folder.path,
        program: 'editor',
        version,
        settings: () => settings.of(folder),
        run: vscode.workspace.isTrusted,
        log,
      },
      this.#workers,
      this.#connections,
    );
  }

  /** Who can be asked about batch systems. Loads the engine. */
  async clusters(): Promise<Clusters> {
    const { Clusters, Connections } = await import('#engine/index.ts');
    if (this.#clusters !== undefined) return this.#clusters;
    this.#connections = new Connections();
    this.#connections.setFocused(vscode.window.state.focused);
    this.#clusters = new Clusters(this.#connections);
    this.#options.onClusters(this.#clusters);
    return this.#clusters;
  }

  /** Batch systems are asked less while nobody looks. */
  focusChanged(focused: boolean): void {
    this.#connections?.setFocused(focused);
  }

  /** There may be more slots by now. */
  settingsChanged(): void {
    this.#workers?.offer();
  }
}
