import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, inWorkspace, openText, replaceText, sweepdeck } from './support.ts';

const script = (walltime: string) =>
  `#!/bin/bash\n#SBATCH --job-name=train\n#SBATCH --time=${walltime}\n#SBATCH --mem=4G\n\npython train.py\n`;

const openScript = (content: string): Promise<vscode.TextDocument> => openText('shellscript', content);

const actionsAt = (document: vscode.TextDocument, range: vscode.Range, kind: vscode.CodeActionKind) =>
  vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind.value,
    10,
  );

describe('editing a batch script', () => {
  before(sweepdeck);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('marks a mistake in a directive, and takes the mark away when it is mended', async () => {
    const document = await openScript(script('banana'));
    const [diagnostic] = await diagnosticsOf(document, ({ length }) => length > 0);
    assert.ok(diagnostic);
    assert.equal(document.getText(diagnostic.range), 'banana');
    assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
    await replaceText(document, script('2:00:00'));
    await diagnosticsOf(document, ({ length }) => length === 0);
  });

  it('links a problem to the page that explains it', async () => {
    const document = await openScript(script('banana'));
    const [diagnostic] = await diagnosticsOf(document, ({ length }) => length > 0);
    const code = diagnostic?.code;
    assert.ok(typeof code === 'object');
    const page = await vscode.workspace.fs.readFile(code.target.with({ fragment: '' }));
    assert.match(Buffer.from(page).toString(), new RegExp(`^#+ .*\\b${String(code.value)}\\b`, 'm'));
  });

  it('takes a file ending in .sbatch for a batch script', async () => {
    const uri = inWorkspace('train.sbatch');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(script('banana')));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, 'shellscript');
    await diagnosticsOf(document, ({ length }) => length > 0);
  });

  it('leaves a shell script without directives alone', async () => {
    const plain = await openScript('#!/bin/sh\n# SBATCH is a program of Slurm\necho "$1"\n');
    // the answer to a later question says that the first text was looked at
    const marked = await openScript(script('banana'));
    await diagnosticsOf(marked, ({ length }) => length > 0);
    assert.deepEqual(vscode.languages.getDiagnostics(plain.uri), []);
  });

  it('says what a value comes to', async () => {
    const document = await openScript(script('90'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(2, 17),
    );
    const texts = hovers.flatMap(({ contents }) => contents);
    assert.match(
      texts.map((text) => (text instanceof vscode.MarkdownString ? text.value : '')).join('\n'),
      /1 h 30 min/,
    );
  });

  it('completes options that are not there yet', async () => {
    const document = await openScript(script('banana').replace('4G', '4G\n#SBATCH --'));
    await diagnosticsOf(document, (all) => all.some(({ range }) => document.getText(range) === 'banana'));
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(4, '#SBATCH --'.length),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(
      labels.some((label) => label.startsWith('--array')),
      labels.join(', '),
    );
    assert.ok(!labels.some((label) => label.startsWith('--job-name')), labels.join(', '));
  });

  it('translates the directives for another system', async () => {
    const document = await openScript(script('1:30:00'));
    const translate = async () => {
      const found = await actionsAt(document, new vscode.Range(2, 3, 2, 3), vscode.CodeActionKind.Refactor);
      return found.find(({ title }) => title.includes('Grid Engine'));
    };
    let action = await translate();
    // an untitled text reaches the server as plain text first, and a moment later as a shell script
    for (; action === undefined; action = await translate())
      await new Promise((done) => setTimeout(done, 25));
    assert.ok(action.edit && (await vscode.workspace.applyEdit(action.edit)));
    assert.match(document.getText(), /^#\$ -N train$/m);
    assert.match(document.getText(), /^#\$ -l h_rt=1?0?1:30:00$/m);
    assert.doesNotMatch(document.getText(), /^#SBATCH/m);
  });
});
