import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { diagnosticsOf } from './support.ts';

/** Language servers that this process has started; asks Linux. */
function servers(): number {
  return readdirSync(`/proc/${process.pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${process.pid}/task/${task}/children`, 'utf8').split(' '))
    .filter((child) => child !== '')
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('server.cjs')).length;
}

/** Runs before the other suites, all of which need the server. */
describe('the language server', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  async function openScript(content: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument({ language: 'shellscript', content });
    await vscode.window.showTextDocument(document);
    return document;
  }

  it('is not started for a shell script without directives', async () => {
    const extension = vscode.extensions.getExtension<{ readonly ready: Promise<void> }>(
      'sweepdeck.sweepdeck',
    );
    assert.ok(extension);
    await openScript('#!/bin/sh\n# SBATCH is a program of Slurm\necho "$1"\n');
    await (
      await extension.activate()
    ).ready;
    assert.equal(servers(), 0);
  });

  it('is started when somebody writes a directive into it', async () => {
    const document = await openScript('#!/bin/sh\n\necho "$1"\n');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), '#SBATCH --tme=10');
    await vscode.workspace.applyEdit(edit);
    await diagnosticsOf(document, ({ length }) => length > 0);
    assert.equal(servers(), 1);
  });
});
