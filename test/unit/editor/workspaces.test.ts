import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Sweeps, SweepsChange, SweepView } from '#engine/sweeps.ts';
import { NodeStore } from '../../../client/src/editor/views/nodes.ts';
import { Workspaces, type Folder, type WorkspacesChange } from '../../../client/src/editor/workspaces.ts';
import { sampleView } from './sample-view.ts';

class MemorySweeps implements Sweeps {
  readonly views: SweepView[];
  readonly listeners = new Set<(change: SweepsChange) => void>();
  closed = false;
  constructor(...views: SweepView[]) {
    this.views = views;
  }
  tell(change: SweepsChange): void {
    for (const listener of this.listeners) listener(change);
  }
  open = (): Promise<void> => Promise.resolve();
  list = (): readonly SweepView[] => this.views;
  get = (id: string): SweepView | undefined => this.views.find((view) => view.id === id);
  launch = (): Promise<SweepView> => Promise.reject(new Error('This folder only remembers.'));
  submit = (): Promise<SweepView> => Promise.reject(new Error('This folder only remembers.'));
  request = (): Promise<void> => Promise.resolve();
  delete = (): Promise<void> => Promise.resolve();
  settled = (): Promise<SweepView> => Promise.reject(new Error('This folder only remembers.'));
  onDidChange(listener: (change: SweepsChange) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const lab: Folder = { name: 'lab', path: path.resolve('/lab') };
const inner: Folder = { name: 'inner', path: path.resolve('/lab/inner') };
const keyOf = (folder: Folder, id: string): string => path.join(folder.path, '.sweeps', id);

function setUp() {
  const made = new Map<string, MemorySweeps>([
    [lab.path, new MemorySweeps(sampleView({ id: 'q-1', launchedAt: 10 }))],
    [inner.path, new MemorySweeps(sampleView({ id: 'q-1', launchedAt: 20 }))],
  ]);
  const failures: string[] = [];
  const workspaces = new Workspaces(
    (folder) => {
      const sweeps = made.get(folder.path);
      return sweeps === undefined ? Promise.reject(new Error('unreadable')) : Promise.resolve(sweeps);
    },
    (folder, error) => failures.push(`${folder.name}: ${String(error)}`),
  );
  const changes: WorkspacesChange[] = [];
  workspaces.onDidChange((change) => changes.push(change));
  return { workspaces, made, failures, changes };
}

describe('workspace folders', () => {
  it('are one list, newest first, with keys that differ where ids are equal', async () => {
    const { workspaces } = setUp();
    await workspaces.setFolders([lab, inner]);
    assert.deepEqual(
      workspaces.list().map((sweep) => sweep.key),
      [keyOf(inner, 'q-1'), keyOf(lab, 'q-1')],
    );
    assert.equal(workspaces.find(keyOf(lab, 'q-1'))?.folder, lab);
    assert.equal(workspaces.find('q-1')?.folder, inner);
    assert.equal(workspaces.find(keyOf(lab, 'q-9')), undefined);
  });

  it('know the innermost folder of a file', async () => {
    const { workspaces } = setUp();
    await workspaces.setFolders([lab, inner]);
    assert.equal(workspaces.folderOf(path.join(inner.path, 'sweep.yaml'))?.folder, inner);
    assert.equal(workspaces.folderOf(path.join(lab.path, '..x', 'sweep.yaml'))?.folder, lab);
    assert.equal(workspaces.folderOf(path.resolve('/laboratory/sweep.yaml')), undefined);
  });

  it('pass on changes under the key of the sweep', async () => {
    const { workspaces, made, changes } = setUp();
    await workspaces.setFolders([lab]);
    made.get(lab.path)?.tell({ type: 'changed', sweep: 'q-1', jobs: [3], phase: true });
    assert.deepEqual(changes, [
      { type: 'reset' },
      { type: 'changed', key: keyOf(lab, 'q-1'), jobs: [3], phase: true },
    ]);
  });

  it('come and go, and those that stay are left alone', async () => {
    const { workspaces, made } = setUp();
    await workspaces.setFolders([lab, inner]);
    await workspaces.setFolders([lab]);
    assert.equal(made.get(inner.path)?.closed, true);
    assert.equal(made.get(inner.path)?.listeners.size, 0);
    assert.equal(made.get(lab.path)?.closed, false);
    await workspaces.reopen();
    assert.equal(made.get(lab.path)?.closed, true);
    assert.equal(workspaces.folders.length, 1);
  });

  it('go on without one that cannot be read', async () => {
    const { workspaces, failures } = setUp();
    await workspaces.setFolders([{ name: 'broken', path: path.resolve('/broken') }, lab]);
    assert.deepEqual(failures, ['broken: Error: unreadable']);
    assert.equal(workspaces.list().length, 1);
  });
});

describe('nodes of the tree', () => {
  it('are the same object whenever they stand for the same thing', () => {
    const nodes = new NodeStore();
    const sweep = nodes.sweep('/a');
    assert.equal(nodes.sweep('/a'), sweep);
    assert.equal(nodes.knownJob('/a', 'running', 1), undefined);
    assert.equal(nodes.job('/a', 'running', 1), nodes.knownJob('/a', 'running', 1));
    assert.notEqual(nodes.job('/a', 'finished', 1).id, nodes.job('/a', 'running', 1).id);
    nodes.drop('/a');
    assert.notEqual(nodes.sweep('/a'), sweep);
  });
});
