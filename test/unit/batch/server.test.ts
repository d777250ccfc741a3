import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction } from 'vscode-languageserver/node';
import { Editor } from '../server/lsp-client.ts';

describe('the language server with batch scripts', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-batch-'));
  let editor: Editor;
  before(async () => {
    editor = await Editor.start({ roots: [pathToFileURL(folder).href] });
  });
  after(async () => {
    assert.equal(await editor.close(), 0);
    rmSync(folder, { recursive: true });
  });

  it('says what is wrong in a shell script that carries directives, with a link to its own page', async () => {
    const uri = 'untitled:one.sh';
    await editor.open(uri, '#!/bin/bash\n#SBATCH --tme=10\n./run\n', 'shellscript');
    const { diagnostics } = await editor.diagnostics(uri, 1);
    assert.deepEqual(
      diagnostics.map(({ code, codeDescription }) => [code, codeDescription?.href]),
      [['unknown-option', 'file:///sweepdeck/docs/batch-scripts.md#unknown-option']],
    );
  });

  it('has nothing to say about other shell scripts', async () => {
    const uri = 'untitled:two.sh';
    await editor.open(uri, '#!/bin/bash\nls --tme\n', 'shellscript');
    assert.deepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
  });

  it('rewrites the directives for another system', async () => {
    const uri = 'untitled:three.sh';
    await editor.open(uri, '#!/bin/bash\n#SBATCH -t 10\n', 'shellscript');
    const at = { line: 1, character: 3 };
    const actions = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics: [], only: ['refactor.rewrite'] },
    });
    assert.equal(actions.length, 6);
    const oar = actions.find(({ title }) => title.includes('OAR'));
    assert.match(oar?.edit?.changes?.[uri]?.[0]?.newText ?? '', /^#OAR -l \/nodes=1,walltime=00:10:00$/m);
  });

  it('looks for the folders of output files from the script and from the workspace', async () => {
    mkdirSync(path.join(folder, 'logs'));
    mkdirSync(path.join(folder, 'jobs'));
    const uri = pathToFileURL(path.join(folder, 'jobs', 'four.sh')).href;
    const script = (output: string) => `#!/bin/bash\n#SBATCH -t 10 -o ${output}\n./run\n`;
    await editor.open(uri, script('logs/%j.out'), 'shellscript');
    assert.deepEqual((await editor.diagnostics(uri, 1)).diagnostics, []);
    await editor.change(uri, 2, { text: script('lgos/%j.out') });
    const { diagnostics } = await editor.diagnostics(uri, 2);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['output-folder-missing'],
    );
    // another machine's disk
    await editor.change(uri, 3, { text: script('/no-such-disk/me/logs/%j.out') });
    assert.deepEqual((await editor.diagnostics(uri, 3)).diagnostics, []);
  });
});
