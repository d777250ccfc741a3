import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeLens, CompletionList, Hover } from 'vscode-languageserver/node';
import { Editor } from '../server/lsp-client.ts';

const fixture = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch', 'commands', 'program');
const script = (...lines: readonly string[]) => `#!/bin/bash\n#SBATCH -t 10\n${lines.join('\n')}\n`;

describe('the language server with multirun commands', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-multirun-'));
  let editor: Editor;
  let opened = 0;
  const open = async (text: string) => {
    const uri = pathToFileURL(path.join(folder, `script-${opened++}.sh`)).href;
    await editor.open(uri, text, 'shellscript');
    return uri;
  };
  const lenses = async (uri: string) =>
    (await editor.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } })).map(
      ({ range, command }) => [range.start.line, command?.title, command?.command, command?.arguments],
    );
  const labels = async (uri: string, line: number, character: number) => {
    const list = await editor.connection.sendRequest<CompletionList>('textDocument/completion', {
      textDocument: { uri },
      position: { line, character },
    });
    return list.items.map(({ label }) => label);
  };
  before(async () => {
    cpSync(fixture, folder, { recursive: true });
    editor = await Editor.start({
      roots: [pathToFileURL(folder).href],
      settings: {},
      trusted: true,
      submits: true,
    });
  });
  after(async () => {
    assert.equal(await editor.close(), 0);
    rmSync(folder, { recursive: true });
  });

  it('offers to launch and preview, and counts each of several commands', async () => {
    const uri = await open(script('python main.py lr=1,2 seed=range(4)', 'python main.py lr=1'));
    assert.deepEqual(await lenses(uri), [
      [0, 'Launch multirun · 9 jobs', 'sweepdeck.submitScript', [uri]],
      [0, 'Preview', 'sweepdeck.previewScript', [uri]],
      [2, '8 jobs', '', undefined],
      [3, '1 job', '', undefined],
    ]);
  });

  it('shows the problems of a script that cannot be launched', async () => {
    const uri = await open(script('python main.py lr=interval(0,1)'));
    assert.deepEqual(await lenses(uri), [[0, '1 problem', 'workbench.actions.view.problems', undefined]]);
    const { diagnostics } = await editor.diagnostics(uri, 1);
    assert.deepEqual(
      diagnostics.map(({ code, codeDescription }) => [code, codeDescription?.href]),
      [['multirun-interval', 'file:///sweepdeck/docs/multirun.md#multirun-interval']],
    );
  });

  it('offers nothing above other scripts', async () => {
    assert.deepEqual(await lenses(await open('#!/bin/bash\npython main.py lr=1,2\n')), []);
    assert.deepEqual(await lenses(await open(script('./run'))), []);
    assert.deepEqual(await lenses(await open(script('while x; do python plain.py --lr 1; done'))), []);
  });

  it('follows the setting for lenses', async () => {
    const uri = await open(script('python main.py lr=1,2'));
    editor.settings = { codeLens: { enabled: false } };
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    assert.deepEqual(await lenses(uri), []);
    editor.settings = {};
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    assert.equal((await lenses(uri)).length, 2);
  });

  it('completes keys that the command has not yet, and options of groups', async () => {
    const line = 'python main.py lr=1,2 d';
    const uri = await open(script(line, 'python main.py model=cnn,', 'python main.py +'));
    const keys = await labels(uri, 2, line.length);
    assert.ok(keys.includes('data.root') && keys.includes('optimizer.momentum') && keys.includes('model'));
    assert.ok(!keys.includes('lr') && !keys.includes('data'));
    assert.deepEqual(await labels(uri, 3, 'python main.py model=cnn,'.length), ['vit']);
    assert.deepEqual(await labels(uri, 4, 'python main.py +'.length), ['db/engine']);
  });

  it('shows what the jobs get for an override, and the default of its key', async () => {
    const uri = await open(script('python main.py lr=1e-1,1e-7 seed=range(3)'));
    const hover = await editor.connection.sendRequest<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 2, character: 16 },
    });
    const text = JSON.stringify(hover.contents);
    for (const part of [
      '`lr` · 2 values',
      'default `0.1`',
      'lr=0.1\\nlr=1e-07',
      'makes 6 jobs',
      'conf/config.yaml, line 6',
    ])
      assert.ok(text.includes(part), text);
    assert.deepEqual(hover.range, { start: { line: 2, character: 15 }, end: { line: 2, character: 27 } });
  });

  it('reads no program when the setting says so', async () => {
    editor.settings = { program: { read: false } };
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    const uri = await open(script('python main.py lrr=1,2'));
    assert.deepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
    editor.settings = {};
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    const { diagnostics } = await editor.nextDiagnostics(uri);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['multirun-unknown-key'],
    );
  });

  it('sees a configuration that changes', async () => {
    const uri = await open(script('python main.py newcomer=1,2'));
    const { diagnostics } = await editor.diagnostics(uri, 1);
    assert.equal(diagnostics.length, 1);
    const config = path.join(folder, 'conf', 'config.yaml');
    writeFileSync(config, 'lr: 1\nnewcomer: 3\n');
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(config).href, type: 2 }],
    });
    assert.deepEqual((await editor.nextDiagnostics(uri)).diagnostics, []);
  });
});

describe('an editor that submits no scripts', () => {
  it('is offered no lenses', async () => {
    const editor = await Editor.start();
    assert.equal(editor.initializeResult.capabilities.codeLensProvider, undefined);
    assert.equal(await editor.close(), 0);
  });
});

describe('a workspace that is not trusted', () => {
  it('is asked for its trust before anything is submitted', async () => {
    const editor = await Editor.start({ submits: true });
    const uri = 'untitled:one.sh';
    await editor.open(uri, script('python main.py lr=1,2'), 'shellscript');
    const found = await editor.connection.sendRequest<CodeLens[]>('textDocument/codeLens', {
      textDocument: { uri },
    });
    assert.deepEqual(
      found.map(({ command }) => [command?.title, command?.command]),
      [
        ['Launch multirun · 2 jobs, waiting for workspace trust', 'workbench.trust.manage'],
        ['Preview', 'sweepdeck.previewScript'],
      ],
    );
    assert.equal(await editor.close(), 0);
  });
});
