/**
 * The sweeps of all folders of the workspace as one list: views and commands see this and nothing else of the engine.
 * A sweep's key is its directory, which is unique where ids of two folders may be equal.
 */
import path from 'node:path';
import type { Disposable, Sweeps, SweepsChange, SweepView } from '#engine/sweeps.ts';

export interface Folder {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

export interface OpenFolder {
  readonly folder: Folder;
  readonly sweeps: Sweeps;
}

export interface OpenSweep extends OpenFolder {
  readonly key: string;
  readonly view: SweepView;
}

export type WorkspacesChange =
  /** Folders came or went, or were opened again: read everything anew. */
  | { readonly type: 'reset' }
  | { readonly type: 'added' | 'removed'; readonly key: string }
  | {
      readonly type: 'changed';
      readonly key: string;
      readonly jobs: readonly number[];
      readonly phase: boolean;
    }
  | { readonly type: 'metrics'; readonly key: string; readonly jobs: readonly number[] };

interface Opened extends OpenFolder {
  readonly subscription: Disposable;
}

export class Workspaces {
  readonly #create: (folder: Folder) => Promise<Sweeps>;
  readonly #report: (folder: Folder, error: unknown) => void;
  readonly #listeners = new Set<(change: WorkspacesChange) => void>();
  #opened: readonly Opened[] = [];
  #work: Promise<void> = Promise.resolve();

  /** `report` hears of folders that could not be opened or closed; the others go on. */
  constructor(create: (folder: Folder) => Promise<Sweeps>, report: (folder: Folder, error: unknown) => void) {
    this.#create = create;
    this.#report = report;
  }

  get folders(): readonly OpenFolder[] {
    return this.#opened;
  }

  /** Opens and closes folders until exactly these are open. Calls queue up; resolves when every sweep was read once. */
  setFolders(folders: readonly Folder[]): Promise<void> {
    return this.#enqueue(async () => {
      const wanted = new Set(folders.map((folder) => folder.path));
      const kept = this.#opened.filter(({ folder }) => wanted.has(folder.path));
      const have = new Set(kept.map(({ folder }) => folder.path));
      const gone = this.#opened.filter((opened) => !kept.includes(opened));
      const opened = await Promise.all(
        folders.filter((folder) => !have.has(folder.path)).map((folder) => this.#open(folder)),
      );
      this.#opened = [...kept, ...opened.filter((folder) => folder !== undefined)];
      await this.#close(gone);
      this.#tell({ type: 'reset' });
    });
  }

  /** Closes every folder and opens it again, for when what may run has changed. */
  reopen(): Promise<void> {
    return this.#enqueue(async () => {
      const folders = this.#opened.map(({ folder }) => folder);
      await this.#close(this.#opened);
      const opened = await Promise.all(folders.map((folder) => this.#open(folder)));
      this.#opened = opened.filter((folder) => folder !== undefined);
      this.#tell({ type: 'reset' });
    });
  }

  /** Lets go of everything; jobs go on. */
  close(): Promise<void> {
    return this.#enqueue(async () => {
      const opened = this.#opened;
      this.#opened = [];
      await this.#close(opened);
    });
  }

  /** Resolves when the work asked for so far is done. */
  ready(): Promise<void> {
    return this.#work;
  }

  /** Newest first, over all folders. */
  list(): readonly OpenSweep[] {
    const all = this.#opened.flatMap((opened) => opened.sweeps.list().map((view) => openSweep(opened, view)));
    return this.#opened.length <= 1
      ? all
      : all.sort((a, b) => b.view.state.launchedAt - a.view.state.launchedAt);
  }

  /** By key, or by id: then the newest of that id. */
  find(keyOrId: string): OpenSweep | undefined {
    if (!path.isAbsolute(keyOrId)) return this.list().find(({ view }) => view.id === keyOrId);
    const id = path.basename(keyOrId);
    for (const opened of this.#opened) {
      const view = opened.sweeps.get(id);
      if (view !== undefined && sweepKey(opened.folder, id) === keyOrId) return openSweep(opened, view);
    }
    return undefined;
  }

  /** The innermost open folder that holds the file. */
  folderOf(file: string): OpenFolder | undefined {
    return this.#opened
      .filter(({ folder }) => isWithin(folder.path, file))
      .sort((a, b) => b.folder.path.length - a.folder.path.length)[0];
  }

  onDidChange(listener: (change: WorkspacesChange) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task);
    return this.#work;
  }

  async #open(folder: Folder): Promise<Opened | undefined> {
    try {
      const sweeps = await this.#create(folder);
      try {
        await sweeps.open();
      } catch (error) {
        await sweeps.close();
        throw error;
      }
      // what changed until here is part of the `reset` that follows
      const subscription = sweeps.onDidChange((change) => this.#tell(translate(folder, change)));
      return { folder, sweeps, subscription };
    } catch (error) {
      this.#report(folder, error);
      return undefined;
    }
  }

  async #close(folders: readonly Opened[]): Promise<void> {
    await Promise.all(
      folders.map(async ({ folder, sweeps, subscription }) => {
        subscription.dispose();
        try {
          await sweeps.close();
        } catch (error) {
          this.#report(folder, error);
        }
      }),
    );
  }

  #tell(change: WorkspacesChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function sweepKey(folder: Folder, id: string): string {
  return path.join(folder.path, '.sweeps', id);
}

function openSweep({ folder, sweeps }: OpenFolder, view: SweepView): OpenSweep {
  return { key: sweepKey(folder, view.id), folder, sweeps, view };
}

function translate(folder: Folder, change: SweepsChange): WorkspacesChange {
  const key = sweepKey(folder, change.sweep);
  switch (change.type) {
    case 'added':
    case 'removed':
      return { type: change.type, key };
    case 'changed':
      return { type: 'changed', key, jobs: change.jobs, phase: change.phase };
    case 'metrics':
      return { type: 'metrics', key, jobs: change.jobs };
  }
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== '' &&
    relative !== '..' &&
    !relative.startsWith(`..${path.sep}`) &&
    !path.isAbsolute(relative)
  );
}
