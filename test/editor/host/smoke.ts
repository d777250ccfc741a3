import assert from 'node:assert/strict';
import { extensions, workspace } from 'vscode';

describe('the extension', () => {
  it('is known to VS Code', () => {
    assert.ok(extensions.getExtension('sweepdeck.sweepdeck'));
  });

  it('has the examples as its workspace', () => {
    assert.equal(workspace.workspaceFolders?.length, 1);
  });
});
