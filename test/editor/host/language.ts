import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, inWorkspace, openUntitled, replaceText, sweepdeck } from './support.ts';

const good = 'method: random\nprogram: train.py\nparameters:\n  lr: {min: 0.001, max: 0.1}\n';

async function hoverText(document: vscode.TextDocument, line: number, character: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(line, character),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n');
}

describe('editing a sweep file', () => {
  before(sweepdeck);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('marks a mistake where it is, and takes the mark away when it is mended', async () => {
    const document = await openUntitled(good.replace('random', 'randon'));
    const [diagnostic] = await diagnosticsOf(document, ({ length }) => length > 0);
    assert.ok(diagnostic);
    assert.equal(document.getText(diagnostic.range), 'randon');
    assert.equal(diagnostic.source, 'sweepdeck');
    assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
    await replaceText(document, good);
    await diagnosticsOf(document, ({ length }) => length === 0);
  });

  it('links a problem to the page that explains it', async () => {
    const document = await openUntitled('method: randon\n');
    const [diagnostic] = await diagnosticsOf(document, ({ length }) => length > 0);
    const code = diagnostic?.code;
    assert.ok(typeof code === 'object');
    assert.equal(code.target.fragment, String(code.value));
    const page = await vscode.workspace.fs.readFile(code.target.with({ fragment: '' }));
    assert.match(Buffer.from(page).toString(), new RegExp(`^#+ .*\\b${String(code.value)}\\b`, 'm'));
  });

  it('finds nothing wrong with the examples', async () => {
    for (const folder of ['quadratic', 'digits', 'shell']) {
      const document = await vscode.workspace.openTextDocument(inWorkspace(folder, 'sweep.yaml'));
      await vscode.window.showTextDocument(document);
      // The server answers in order: with the hover here, the diagnostics of the same text are on their way.
      assert.notEqual(
        await hoverText(document, document.getText().split('\n').indexOf('parameters:'), 2),
        '',
      );
      assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    }
  });

  it('explains keys and parameters on hover', async () => {
    const document = await openUntitled(good);
    assert.match(await hoverText(document, 0, 2), /\*\*method\*\*/);
    assert.match(await hoverText(document, 3, 3), /between 0\\\.001 and 0\\\.1/);
  });

  it('says above the text how many jobs a launch has', async () => {
    const uri = inWorkspace('quadratic', 'sweep.yaml');
    await vscode.window.showTextDocument(uri);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
      10,
    );
    assert.ok(
      lenses.some(({ command }) => command?.title.includes('24 jobs')),
      JSON.stringify(lenses),
    );
  });

  it('leaves the marks out when the setting says so, at once', async () => {
    const document = await openUntitled('method: randon\n');
    await diagnosticsOf(document, ({ length }) => length > 0);
    const settings = vscode.workspace.getConfiguration('sweepdeck');
    await settings.update('diagnostics.enabled', false, vscode.ConfigurationTarget.Global);
    try {
      await diagnosticsOf(document, ({ length }) => length === 0);
    } finally {
      await settings.update('diagnostics.enabled', undefined, vscode.ConfigurationTarget.Global);
    }
    await diagnosticsOf(document, ({ length }) => length > 0);
  });
});
