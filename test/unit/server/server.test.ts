import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CancellationTokenSource, type CodeAction, type Diagnostic } from 'vscode-languageserver/node';
import { Editor, type EditorOptions } from './lsp-client.ts';

const uri = 'untitled:sweep.yaml';
const good = 'program: train.py\nmethod: random\nparameters:\n  lr:\n    values: [1, 2]\n';
const codes = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-server-'));
after(() => {
  rmSync(folder, { recursive: true });
});

describe('the language server', () => {
  let editor: Editor;
  const start = async (options: EditorOptions = {}) => (editor = await Editor.start(options));
  afterEach(async () => {
    assert.equal(await editor.close(), 0);
  });

  it('answers initialize with incremental edits and hover', async () => {
    const { initializeResult } = await start();
    assert.deepEqual(initializeResult.capabilities.textDocumentSync, {
      openClose: true,
      change: 2,
      save: true,
    });
    assert.equal(initializeResult.capabilities.hoverProvider, true);
  });

  it('says what is wrong, of which version, where to read more, and how to fix it', async () => {
    await start();
    await editor.open(uri, good.replace('random', 'randon'));
    const { version, diagnostics } = await editor.diagnostics(uri, 1);
    assert.equal(version, 1);
    assert.equal(diagnostics.length, 1);
    const [diagnostic] = diagnostics;
    assert.ok(diagnostic);
    assert.deepEqual(diagnostic.range, {
      start: { line: 1, character: 8 },
      end: { line: 1, character: 14 },
    });
    assert.equal(diagnostic.source, 'sweepdeck');
    assert.equal(diagnostic.severity, 1);
    assert.equal(
      diagnostic.codeDescription?.href,
      `file:///sweepdeck/docs/problems.md#${String(diagnostic.code)}`,
    );
    assert.equal((diagnostic.data as { title: string }).title, "Change to 'random'");
  });

  it('follows edits of parts of the text', async () => {
    await start();
    await editor.open(uri, good.replace('random', 'randon'));
    assert.equal((await editor.diagnostics(uri, 1)).diagnostics.length, 1);
    const range = { start: { line: 1, character: 13 }, end: { line: 1, character: 14 } };
    await editor.change(uri, 2, { range, text: 'm' });
    assert.deepEqual((await editor.diagnostics(uri, 2)).diagnostics, []);
  });

  it('ends a storm of edits with the diagnostics of the last text', async () => {
    await start();
    await editor.open(uri, good);
    await editor.diagnostics(uri, 1);
    const at = (character: number) => ({ line: 1, character });
    for (let version = 2; version <= 101; version++) {
      await editor.change(uri, version, { range: { start: at(14), end: at(14) }, text: 'x' });
    }
    const last = await editor.diagnostics(uri, 101);
    assert.equal(last.version, 101);
    assert.deepEqual(last.diagnostics[0]?.range, { start: at(8), end: at(114) });
    assert.ok(editor.published.length < 100, 'typing is not checked key by key');
    assert.equal(editor.published.at(-1)?.version, 101);
  });

  it('explains what is under the pointer, of the newest text', async () => {
    await start();
    await editor.open(uri, good);
    await editor.change(uri, 2, { text: `# a line more\n${good}` });
    const hover = await editor.hover(uri, { line: 2, character: 2 });
    assert.match(JSON.stringify(hover?.contents), /\*\*method\*\*/);
    assert.deepEqual(hover?.range, { start: { line: 2, character: 0 }, end: { line: 2, character: 6 } });
  });

  it('does not answer a request that was withdrawn', async () => {
    await start();
    await editor.open(uri, good);
    // one that is answered before the withdrawal arrives is answered: that is nobody's fault, and rare
    const codes: unknown[] = [];
    for (let tries = 0; tries < 50 && !codes.includes(-32800); tries++) {
      const source = new CancellationTokenSource();
      const answer = editor.connection.sendRequest(
        'textDocument/hover',
        { textDocument: { uri }, position: { line: 1, character: 2 } },
        source.token,
      );
      source.cancel();
      codes.push(
        await answer.then(
          () => 'answered',
          (error: unknown) => (error as { readonly code?: unknown }).code,
        ),
      );
    }
    assert.equal(codes.at(-1), -32800, codes.join());
  });

  it('leaves documents of other languages alone', async () => {
    await start();
    await editor.open('untitled:other.yaml', 'method: randon', 'yaml');
    assert.equal(await editor.hover('untitled:other.yaml', { line: 0, character: 2 }), null);
    assert.deepEqual(editor.published, []);
  });

  it('takes the diagnostics away when the document is closed', async () => {
    await start();
    await editor.open(uri, 'method: randon');
    assert.notDeepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
    const next = editor.nextDiagnostics(uri);
    await editor.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    assert.deepEqual((await next).diagnostics, []);
  });

  it('knows the queues that the settings name, and the systems', async () => {
    await start({ settings: { queues: { gpu: {} } } });
    const sweep = (queue: string) =>
      `method: random\nprogram: train.py\nparameters: {a: {min: 0.5, max: 1.5}}\nlaunch: {queue: ${queue}}\n`;
    const codesFor = async (queue: string) => {
      const uri = `untitled:${queue}.yaml`;
      await editor.open(uri, sweep(queue));
      return (await editor.diagnostics(uri, 1)).diagnostics.map(({ code }) => code);
    };
    assert.deepEqual(await codesFor('gpu'), []);
    assert.deepEqual(await codesFor('slurm'), []);
    assert.deepEqual(await codesFor('gup'), ['unknown-queue']);
  });

  it('hides and shows problems as the settings say', async () => {
    await start({ settings: { diagnostics: { enabled: false } } });
    await editor.open(uri, 'method: randon');
    assert.deepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
    const next = editor.nextDiagnostics(uri);
    editor.settings = { diagnostics: { enabled: true } };
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    assert.notDeepEqual((await next).diagnostics, []);
  });

  it('offers fixes of the kinds that are asked for', async () => {
    await start();
    await editor.open(uri, good.replace('random', 'randon'));
    const { diagnostics } = await editor.diagnostics(uri, 1);
    const [diagnostic] = diagnostics;
    assert.ok(diagnostic);
    const ask = (only?: string[]) =>
      editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: diagnostic.range,
        context: { diagnostics, ...(only && { only }) },
      });
    const [first] = await ask();
    assert.equal(first?.title, "Change to 'random'");
    assert.equal(first.isPreferred, true);
    assert.deepEqual(first.diagnostics, [diagnostic]);
    assert.deepEqual(first.edit?.changes?.[uri], [{ range: diagnostic.range, newText: 'random' }]);
    const all = await ask(['source.fixAll']);
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['source.fixAll.sweepdeck'],
    );
  });

  it('leaves out the rules that are switched off, and shows errors all the same', async () => {
    await start({ settings: { validation: { disabledRules: ['yaml-1-1', 'unknown-value'] } } });
    await editor.open(uri, good.replace('random', 'randon').replace('[1, 2]', '[on, off]'));
    assert.deepEqual(codes((await editor.diagnostics(uri, 1)).diagnostics), ['unknown-value']);
  });

  it('finds the program from the folder of the file, and looks again when the file is saved', async () => {
    const file = pathToFileURL(path.join(folder, 'sweep.yaml')).href;
    await start({ roots: [pathToFileURL(folder).href] });
    await editor.open(file, good);
    assert.deepEqual(codes((await editor.diagnostics(file, 1)).diagnostics), ['program-not-found']);
    writeFileSync(path.join(folder, 'train.py'), '');
    const next = editor.nextDiagnostics(file);
    await editor.connection.sendNotification('textDocument/didSave', { textDocument: { uri: file } });
    assert.deepEqual((await next).diagnostics, []);
  });
});
