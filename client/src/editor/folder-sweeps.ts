/** Opens the engine on a folder. It is loaded on the first use, and its worker slots are shared by all folders. */
import * as vscode from 'vscode';
import type { LocalWorkers } from '#engine/queues/local.ts';
import type { Sweeps } from '#engine/sweeps.ts';
import type { Settings } from './settings.ts';
import type { Folder } from './workspaces.ts';

export interface FolderSweepsOptions {
  /** Version of Sweepdeck, written to journals. */
  readonly version: string;
  readonly settings: Settings;
  readonly log: (line: string) => void;
}

/** Returns what makes the sweeps of a folder; they only run while the workspace is trusted. */
export function folderSweeps({
  version,
  settings,
  log,
}: FolderSweepsOptions): (folder: Folder) => Promise<Sweeps> {
  let workers: LocalWorkers | undefined;
  return async (folder) => {
    await settings.refresh(folder);
    const { createSweeps, createWorkers } = await import('#engine/create-sweeps.ts');
    workers ??= createWorkers(() => settings.of(folder));
    return createSweeps(
      {
        root: folder.path,
        program: 'editor',
        version,
        settings: () => settings.of(folder),
        run: vscode.workspace.isTrusted,
        log,
      },
      workers,
    );
  };
}
