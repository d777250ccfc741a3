import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { sweepdeck } from './support.ts';

describe("the editor's terminals", () => {
  it('know the command sweepdeck, on the runtime of the editor', async () => {
    await sweepdeck();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-terminal-'));
    const said = path.join(folder, 'said');
    const terminal = vscode.window.createTerminal({
      name: 'version',
      shellPath: '/bin/sh',
      shellArgs: ['-c', `sweepdeck --version > '${said}' 2>&1`],
    });
    const { exitStatus } = await new Promise<vscode.Terminal>((resolve) => {
      const subscription = vscode.window.onDidCloseTerminal((closed) => {
        if (closed !== terminal) return;
        subscription.dispose();
        resolve(closed);
      });
    });
    const text = readFileSync(said, 'utf8');
    rmSync(folder, { recursive: true });
    assert.equal(exitStatus?.code, 0, text);
    const { version } = vscode.extensions.getExtension('sweepdeck.sweepdeck')?.packageJSON as {
      version: string;
    };
    assert.equal(text.trim(), version);
  });
});
