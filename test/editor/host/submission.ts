import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SweepdeckApi } from '../../../client/src/editor/extension.ts';
import { eventually, inWorkspace, settled, sweepdeck, sweepOf, treeLines } from './support.ts';

const script = () => inWorkspace('multirun', 'train.sh');

describe('a batch script with a multirun command', () => {
  let api: SweepdeckApi;
  before(async () => {
    api = await sweepdeck();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('says above the text how many jobs it makes', async () => {
    await vscode.window.showTextDocument(script());
    const titles = async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        script(),
        20,
      );
      return lenses.map(({ command }) => command?.title ?? '');
    };
    // the language server starts with the first document that needs it
    let found = await titles();
    for (; found.length === 0; found = await titles()) await new Promise((done) => setTimeout(done, 50));
    assert.ok(
      found.some((title) => title.includes('8 jobs')),
      found.join(', '),
    );
    assert.ok(found.includes('Preview'), found.join(', '));
  });

  it('shows every job in a preview, and makes nothing', async () => {
    await vscode.commands.executeCommand('sweepdeck.previewScript', script());
    const page = await eventually(() =>
      vscode.window.visibleTextEditors
        .map(({ document }) => document.getText())
        .find((text) => text.includes('model=cubic')),
    );
    assert.equal(new Set(page.match(/model=(?:linear|cubic) penalty=(?:0\.01|1) seed=[01]/g)).size, 8);
    assert.ok(!existsSync(inWorkspace('multirun', 'logs').fsPath));
  });

  it('runs on this machine, each job in a directory of its own', async () => {
    const id = await vscode.commands.executeCommand<string | undefined>('sweepdeck.runScript', script());
    assert.ok(id !== undefined);
    await settled(api, id);
    const { state } = sweepOf(api, id).view;
    assert.equal(state.phase, 'finished');
    assert.equal(state.counts.done, 8);
    const sweep = api.tree.getChildren()[0];
    assert.ok(sweep);
    const [group] = api.tree.getChildren(sweep);
    assert.ok(treeLines(api, group).every((line) => /model=.*penalty=.*seed=/.test(line)));
    const logs = inWorkspace('multirun', 'logs').fsPath;
    for (let log = 1; log <= 8; log++) {
      const stdout = readFileSync(path.join(logs, String(log), 'log.stdout'), 'utf8');
      assert.match(stdout, /^on .*\n[^]*done$/m);
    }
  });
});
