import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { sweepdeck } from './support.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('activation', () => {
  it('registers every command that package.json contributes, and no other', async () => {
    await sweepdeck();
    const { contributes } = vscode.extensions.getExtension('sweepdeck.sweepdeck')?.packageJSON as Manifest;
    const contributed = contributes.commands.map(({ command }) => command).sort();
    const registered = (await vscode.commands.getCommands(true))
      // Those of a view (`sweepdeck.sweeps.focus`) and of a container are VS Code's.
      .filter((command) => /^sweepdeck\.[A-Za-z]+$/.test(command))
      .sort();
    assert.deepEqual(registered, contributed);
  });

  it('knows sweep files by their names', async () => {
    const api = await sweepdeck();
    assert.deepEqual(api.sweeps.list(), []);
    for (const uri of await vscode.workspace.findFiles('**/sweep.yaml', '**/.sweeps/**')) {
      const document = await vscode.workspace.openTextDocument(uri);
      assert.equal(document.languageId, 'sweep');
    }
  });
});
