import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, inWorkspace, openUntitled, sweepdeck } from './support.ts';

describe('a workspace that is not trusted', () => {
  before(() => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('has language features', async () => {
    await sweepdeck();
    const document = await openUntitled('method: randon\n');
    const diagnostics = await diagnosticsOf(document, ({ length }) => length > 0);
    assert.ok(diagnostics.some(({ range }) => document.getText(range) === 'randon'));
  });

  it('has previews', async () => {
    await vscode.commands.executeCommand('sweepdeck.preview', inWorkspace('quadratic', 'sweep.yaml'));
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /24 jobs/);
  });

  it('launches nothing', async () => {
    const api = await sweepdeck();
    const id = await vscode.commands.executeCommand(
      'sweepdeck.launch',
      inWorkspace('quadratic', 'sweep.yaml'),
    );
    assert.equal(id, undefined);
    assert.deepEqual(api.sweeps.list(), []);
    const entries = await vscode.workspace.fs.readDirectory(inWorkspace());
    assert.ok(!entries.some(([name]) => name === '.sweeps'));
  });
});
