/** Sweeps on a batch system: an emulated LSF with one slot, whose commands the runner has put on the PATH. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { JobState } from '#engine/sweep-state.ts';
import type { SweepdeckApi } from '../../../client/src/editor/extension.ts';
import type { JobNode } from '../../../client/src/editor/views/nodes.ts';
import type { QueuedNode, SystemNode } from '../../../client/src/editor/views/queue-view.ts';
import { eventually, inWorkspace, settled, sweepdeck, sweepOf, treeLines, whenSweep } from './support.ts';

/** Jobs that stay until a file is there. */
const sweep = `program: wait.sh
command: [/bin/sh, '\${program}', '\${args}']
method: grid
parameters:
  lr: {values: [0.1, 0.2, 0.3]}
launch:
  queue: night
`;
const program = 'while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.1; done\necho "ran $*"\n';

describe('a sweep on a cluster', () => {
  let api: SweepdeckApi;
  let id: string;

  before(async () => {
    api = await sweepdeck();
    await vscode.workspace.fs.writeFile(inWorkspace('cluster', 'wait.sh'), Buffer.from(program));
    await vscode.workspace.fs.writeFile(inWorkspace('cluster', 'sweep.yaml'), Buffer.from(sweep));
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const job = (index: number): JobState | undefined => sweepOf(api, id).view.job(index);
  const nodeOf = (index: number): JobNode => {
    const { key } = sweepOf(api, id);
    return { kind: 'job', id: `${key}/running/${index}`, sweep: key, group: 'running', job: index };
  };
  const linesOfRunning = (): readonly string[] => {
    const top = api.tree.getChildren().find((node) => node.sweep === sweepOf(api, id).key);
    const group = api.tree.getChildren(top).find((node) => node.kind === 'group' && node.group === 'running');
    return treeLines(api, group);
  };

  it('finds the batch systems of the machine and writes a queue into the settings', async () => {
    const name = await vscode.commands.executeCommand<string>('sweepdeck.addQueue', {
      system: 'lsf',
      name: 'night',
      directives: ['-W 10'],
    });
    assert.equal(name, 'night');
    const written = vscode.workspace.getConfiguration('sweepdeck').inspect('queues')?.workspaceValue;
    assert.deepEqual(written, { night: { system: 'lsf', directives: ['-W 10'], prologue: [] } });
    assert.match(vscode.window.activeTextEditor?.document.uri.path ?? '', /settings\.json$/);
    const systems = await eventually(() => (api.facts.hasSystems ? api.facts.systems() : undefined));
    assert.deepEqual(
      systems.map(({ title, names }) => `${title}: ${names.join(', ')}`),
      ['LSF: night'],
    );
  });

  it('shows native ids, states and reasons of jobs that wait there', async () => {
    await vscode.workspace
      .getConfiguration('sweepdeck')
      .update(
        'queues',
        { night: { system: 'lsf', directives: ['-W 10'], pollInterval: 1 } },
        vscode.ConfigurationTarget.Workspace,
      );
    const launched = await vscode.commands.executeCommand<string>(
      'sweepdeck.launch',
      inWorkspace('cluster', 'sweep.yaml'),
    );
    id = launched;
    await whenSweep(api, id, ({ state }) => state.counts.running === 1 && state.counts.submitted === 2);
    const [first, second, third] = linesOfRunning();
    assert.match(first ?? '', /^#0 lr=0\.1 .*· \d+\[1\]/);
    assert.match(second ?? '', /^#1 lr=0\.2 pending · \d+\[2\]/);
    assert.match(third ?? '', /^#2 lr=0\.3 pending · \d+\[3\]/);
    const top = api.tree.getChildren().find((node) => node.sweep === sweepOf(api, id).key);
    assert.ok(treeLines(api, top).includes('Running 1 · 2 waiting'), treeLines(api, top).join('; '));
  });

  it('holds a job and releases it', async () => {
    await vscode.commands.executeCommand('sweepdeck.holdJob', nodeOf(2));
    await whenSweep(api, id, () => job(2)?.reason === 'held');
    const item = api.tree.getTreeItem(nodeOf(2));
    assert.match(item.contextValue ?? '', /\bheld\b/);
    assert.doesNotMatch(item.contextValue ?? '', /\bholdable\b/);
    assert.match(String(item.description), /^held · \d+\[3\]/);
    await vscode.commands.executeCommand('sweepdeck.releaseJob', nodeOf(2));
    await whenSweep(api, id, () => job(2)?.reason !== 'held');
    assert.match(api.tree.getTreeItem(nodeOf(2)).contextValue ?? '', /\bholdable\b/);
  });

  it('copies the native id, and shows what the system says of the job', async () => {
    await vscode.commands.executeCommand('sweepdeck.copyNativeId', nodeOf(1));
    const native = await vscode.env.clipboard.readText();
    assert.match(native, /^\d+\[2\]$/);
    await vscode.commands.executeCommand('sweepdeck.openNativeDetails', nodeOf(1));
    const page = vscode.window.activeTextEditor?.document;
    assert.ok(page);
    assert.equal(page.uri.scheme, 'sweepdeck-native');
    const [command = '', , , ...answer] = page.getText().split('\n');
    assert.ok(command.startsWith('$ bjobs') && command.includes(native), command);
    assert.ok(answer.join('\n').includes(native.replace(/\[.*/, '')), answer.join('\n'));
  });

  it('lists what runs and waits in the queue, and leads from there to the job', async () => {
    const [system] = (await api.queue.getChildren()) as SystemNode[];
    assert.ok(system);
    const rows = (await api.queue.getChildren(system)) as QueuedNode[];
    const labels = rows.map((row) => {
      const { label } = api.queue.getTreeItem(row);
      return typeof label === 'string' ? label : '';
    });
    assert.deepEqual(
      labels.map((label) => label.replace(/^\d+/, 'N')),
      [`N[1] ${id}/0`, `N[2] ${id}/1`, `N[3] ${id}/2`],
    );
    assert.match(
      String(api.queue.getTreeItem(system).description),
      /^1 running, 2 waiting · as of .* · night$/,
    );
    await vscode.commands.executeCommand('sweepdeck.revealQueuedJob', rows[1]);
    const selected = await eventually(() => api.tree.view.selection[0]);
    assert.ok(selected.kind === 'job' && selected.job === 1);
  });

  it('runs the jobs to their end, and keeps their native ids', async () => {
    await vscode.workspace.fs.writeFile(inWorkspace('cluster', 'go'), Buffer.from(''));
    const view = await settled(api, id);
    assert.equal(view.state.phase, 'finished');
    assert.equal(view.state.counts.done, 3);
    assert.match(view.state.jobs[2]?.native?.word ?? '', /./);
    const item = api.tree.getTreeItem({ ...nodeOf(2), group: 'finished', id: `${nodeOf(2).id}-done` });
    assert.match(item.contextValue ?? '', /\bnative\b/);
  });

  it('is launched on a queue that is named, instead of one that nobody has heard of', async () => {
    const uri = inWorkspace('cluster', 'other-sweep.yaml');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(sweep.replace('night', 'day')));
    const other = await vscode.commands.executeCommand<string>('sweepdeck.launchOn', uri, { queue: 'night' });
    const view = await settled(api, other);
    assert.equal(view.state.queue, 'night');
    assert.equal(view.state.counts.done, 3);
  });

  it('marks the line of the settings that the system refused, leads there, and goes on once it is mended', async () => {
    const write = (directive: string): Thenable<void> =>
      vscode.workspace
        .getConfiguration('sweepdeck')
        .update(
          'queues',
          { far: { system: 'lsf', directives: ['-W 10', directive], pollInterval: 1 } },
          vscode.ConfigurationTarget.Workspace,
        );
    const marks = (): readonly (readonly [vscode.Uri, vscode.Diagnostic])[] =>
      vscode.languages
        .getDiagnostics()
        .flatMap(([uri, found]) => found.map((one) => [uri, one] as const))
        .filter(([{ path }]) => path.endsWith('settings.json'));
    await write('-q nosuch');
    const uri = inWorkspace('cluster', 'sweep.yaml');
    const refused = await vscode.commands.executeCommand<string>('sweepdeck.launchOn', uri, { queue: 'far' });
    await whenSweep(api, refused, ({ state }) => state.phase === 'paused');
    const [settings, mark] = await eventually(() => marks()[0]);
    assert.match(mark.message, new RegExp(`No such queue[^]*then resume ${refused}`));
    await vscode.commands.executeCommand('sweepdeck.showRefusal', refused);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), settings.toString());
    assert.equal(editor.document.getText(editor.selection), '"-q nosuch"');
    assert.equal(editor.document.getText(mark.range), '"-q nosuch"');
    await write('-q batch');
    await eventually(() => (marks().length === 0 ? true : undefined));
    await vscode.commands.executeCommand('sweepdeck.resume', refused);
    const view = await settled(api, refused);
    assert.equal(view.state.counts.done, 3);
  });
});
