import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SweepdeckApi } from '../../../client/src/editor/extension.ts';
import {
  eventually,
  inWorkspace,
  launch,
  settled,
  sweepdeck,
  sweepOf,
  treeLines,
  when,
  whenSweep,
} from './support.ts';

describe('a sweep launched by the command', () => {
  let api: SweepdeckApi;
  let id: string;

  before(async () => {
    api = await sweepdeck();
    id = await launch(inWorkspace('quadratic', 'sweep.yaml'));
    await settled(api, id);
  });

  it('runs every job to its end', () => {
    const { state } = sweepOf(api, id).view;
    assert.equal(state.phase, 'finished');
    assert.equal(state.counts.done, 24);
    assert.equal(state.best?.value, 0);
  });

  it('is in the tree: sweep, groups, jobs', () => {
    const [sweep] = api.tree.getChildren();
    assert.ok(sweep);
    assert.match(treeLines(api)[0] ?? '', new RegExp(`^${id} `));
    assert.deepEqual(treeLines(api, sweep), ['Finished 24']);
    const [group] = api.tree.getChildren(sweep);
    const jobs = treeLines(api, group);
    assert.equal(jobs.length, 24);
    assert.ok(
      jobs.every((line) => /x=.*y=.*loss/.test(line)),
      jobs[0],
    );
  });

  it('is in the status bar with its best value', async () => {
    const text = await eventually(() =>
      api.statusBar.text?.includes('24/24') === true ? api.statusBar.text : undefined,
    );
    assert.match(text, new RegExp(`${id}.*loss`));
  });

  it('leaves its files on the disk as documented', () => {
    const { view } = sweepOf(api, id);
    assert.equal(
      readFileSync(path.join(view.directory, 'sweep.yaml'), 'utf8'),
      readFileSync(inWorkspace('quadratic', 'sweep.yaml').fsPath, 'utf8'),
    );
    for (const name of ['job.json', 'stdout.log', 'metrics.jsonl', 'exit.json'])
      assert.ok(existsSync(path.join(view.jobDirectory(0), name)), name);
  });

  it('gives the parameters of a job as YAML', async () => {
    const [sweep] = api.tree.getChildren();
    const [group] = api.tree.getChildren(sweep);
    const job = api.tree.getChildren(group).find((node) => node.kind === 'job' && node.job === 0);
    await vscode.commands.executeCommand('sweepdeck.copyParameters', job);
    assert.equal(await vscode.env.clipboard.readText(), 'x: -2\n"y": -1.0\n');
  });

  it('opens the log of a job in a terminal', async () => {
    const [sweep] = api.tree.getChildren();
    const [group] = api.tree.getChildren(sweep);
    const [job] = api.tree.getChildren(group);
    assert.ok(job?.kind === 'job');
    await vscode.commands.executeCommand('sweepdeck.showLog', job);
    const terminal = await when(vscode.window.onDidOpenTerminal, () =>
      vscode.window.terminals.find(({ name }) => name === `${id}/${job.job}`),
    );
    terminal.dispose();
  });
});

describe('a running sweep', () => {
  let api: SweepdeckApi;
  before(async () => {
    api = await sweepdeck();
  });

  it('is paused, resumed, and cancelled by commands', async () => {
    const id = await launch(inWorkspace('digits', 'sweep.yaml'));
    const { key } = sweepOf(api, id);
    await whenSweep(api, id, ({ state }) => state.counts.running > 0);
    await vscode.commands.executeCommand('sweepdeck.pause', key);
    assert.equal((await settled(api, id)).state.phase, 'paused');
    const done = sweepOf(api, id).view.state.counts.done;
    await vscode.commands.executeCommand('sweepdeck.resume', key);
    await whenSweep(api, id, ({ state }) => state.counts.running > 0 || state.counts.done > done);
    await vscode.commands.executeCommand('sweepdeck.cancel', key);
    const { state } = await settled(api, id);
    assert.equal(state.phase, 'cancelled');
    assert.equal(state.counts.running, 0);
  });

  it('takes a changed number of workers at once', async () => {
    const settings = vscode.workspace.getConfiguration('sweepdeck');
    await settings.update('workers', 4, vscode.ConfigurationTarget.Global);
    const id = await launch(inWorkspace('digits', 'sweep.yaml'));
    try {
      await whenSweep(api, id, ({ state }) => state.counts.running === 4);
    } finally {
      await settings.update('workers', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('sweepdeck.cancel', sweepOf(api, id).key);
      await settled(api, id);
    }
  });

  it('shows its jobs and command lines beforehand, and runs nothing', async () => {
    const before = api.sweeps.list().length;
    await vscode.commands.executeCommand('sweepdeck.preview', inWorkspace('quadratic', 'sweep.yaml'));
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /24 jobs/);
    assert.match(text, /quadratic\.py --x=-2 --y=-1\.0/);
    assert.equal(api.sweeps.list().length, before);
  });

  it('is not launched when the file has an error', async () => {
    const before = api.sweeps.list().length;
    const uri = inWorkspace('broken.sweep.yaml');
    await vscode.workspace.fs.writeFile(uri, Buffer.from('method: randon\nparameters:\n  x: {value: 1}\n'));
    const id = await vscode.commands.executeCommand('sweepdeck.launch', uri);
    assert.equal(id, undefined);
    assert.equal(api.sweeps.list().length, before);
  });
});
