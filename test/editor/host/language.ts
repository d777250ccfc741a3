import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, inWorkspace, openUntitled, replaceText, sweepdeck, when } from './support.ts';

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

  it('mends a mistake by its quick fix', async () => {
    const document = await openUntitled(good.replace('random', 'randon'));
    const [diagnostic] = await diagnosticsOf(document, ({ length }) => length > 0);
    assert.ok(diagnostic);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.equal(fix?.title, "Change to 'random'");
    assert.ok(fix.edit && (await vscode.workspace.applyEdit(fix.edit)));
    await diagnosticsOf(document, ({ length }) => length === 0);
    assert.equal(document.getText(), good);
  });

  it('switches a rule off in the settings', async () => {
    const document = await openUntitled(good.replace('0.001', '1e-3'));
    const [diagnostic] = await diagnosticsOf(document, ({ length }) => length > 0);
    assert.ok(diagnostic);
    await vscode.commands.executeCommand('sweepdeck.disableRule', 'yaml-1-1');
    try {
      await diagnosticsOf(document, ({ length }) => length === 0);
    } finally {
      const settings = vscode.workspace.getConfiguration('sweepdeck');
      await settings.update('validation.disabledRules', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await diagnosticsOf(document, ({ length }) => length > 0);
  });

  it('completes keys that are not there yet, in a text that is no YAML', async () => {
    const document = await openUntitled('method: random\nmetric: {name: loss, \n');
    // the server has got it in its language: an untitled text is opened again when it gets one
    await diagnosticsOf(document, ({ length }) => length > 0);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(1, 21),
    );
    const labels = list.items
      .filter(({ kind }) => kind === vscode.CompletionItemKind.Property)
      .map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('goal') && !labels.includes('name'), labels.join(', '));
  });

  it('knows the queues of the settings', async () => {
    const document = await openUntitled(`${good}launch: {queue: gup}\n`);
    const settings = vscode.workspace.getConfiguration('sweepdeck');
    await diagnosticsOf(document, (all) => all.some(({ message }) => message.includes("No queue 'gup'")));
    await settings.update('queues', { gup: { system: 'slurm' } }, vscode.ConfigurationTarget.Global);
    try {
      await diagnosticsOf(document, ({ length }) => length === 0);
    } finally {
      await settings.update('queues', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('takes a YAML text with a method and parameters for a sweep, and respects another choice', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: good });
    const opened = document.uri.toString();
    const languageOf = () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === opened)?.languageId;
    await when(vscode.workspace.onDidOpenTextDocument, () => languageOf() === 'sweep' || undefined);
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    // what is opened later was looked at later
    const other = await vscode.workspace.openTextDocument({ language: 'yaml', content: good });
    await when(
      vscode.workspace.onDidOpenTextDocument,
      () =>
        vscode.workspace.textDocuments.find(({ uri }) => uri === other.uri)?.languageId === 'sweep' ||
        undefined,
    );
    assert.equal(languageOf(), 'yaml');
  });

  it('edits any file as a sweep file when told to', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: 'a: 1\n' });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('sweepdeck.editAsSweepFile');
    const now = vscode.window.activeTextEditor?.document;
    assert.equal(now?.languageId, 'sweep');
    await diagnosticsOf(now, ({ length }) => length > 0);
  });

  it('shows the outline, the way to the program, and counts', async () => {
    const uri = inWorkspace('quadratic', 'sweep.yaml');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    const parameters = symbols.find(({ name }) => name === 'parameters');
    assert.ok((parameters?.children.length ?? 0) > 0);
    const program = document
      .getText()
      .split('\n')
      .findIndex((line) => line.startsWith('program:'));
    const [target] = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      'vscode.executeDefinitionProvider',
      uri,
      new vscode.Position(program, 'program: '.length + 1),
    );
    assert.ok(target);
    assert.match(('targetUri' in target ? target.targetUri : target.uri).path, /\.py$/);
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      uri,
      new vscode.Range(0, 0, document.lineCount, 0),
    );
    assert.ok(
      hints.some(({ label }) => typeof label === 'string' && label.includes('24 jobs')),
      JSON.stringify(hints.map(({ label }) => label)),
    );
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
