import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import {
  CancellationTokenSource,
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CompletionList,
  type DocumentSymbol,
} from 'vscode-languageserver/node';
import { language } from '../../../server/src/language.ts';
import { startServer } from '../../../server/src/server.ts';
import { Editor } from './lsp-client.ts';

const uri = 'untitled:large.yaml';
const largeSweep = `program: train.py\nmethod: random\nparameters:\n${Array.from(
  { length: 5000 },
  (_, index) => `  p${index}:\n    min: ${index}.5\n    max: ${index + 1}.5\n`,
).join('')}`;
const here = { textDocument: { uri }, position: { line: 7502, character: 4 } };
const everywhere = { start: { line: 0, character: 0 }, end: { line: 15_000, character: 0 } };

const kinds: Readonly<Record<string, object>> = {
  'textDocument/hover': here,
  'textDocument/completion': here,
  'textDocument/definition': here,
  'textDocument/documentSymbol': { textDocument: { uri } },
  'textDocument/documentLink': { textDocument: { uri } },
  'textDocument/inlayHint': { textDocument: { uri }, range: everywhere },
  'textDocument/codeAction': { textDocument: { uri }, range: everywhere, context: { diagnostics: [] } },
};

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code;
const requestCancelled = -32800;
const contentModified = -32801;

describe('requests about a large document', () => {
  it('are all taken back while the server is busy, and what is asked later is answered', async () => {
    const editor = await Editor.start();
    try {
      await editor.open(uri, largeSweep);
      // reading the whole file for this one takes longer than sending all that follows
      const busy = editor.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', {
        textDocument: { uri },
      });
      const withdrawn = Object.entries(kinds).flatMap(([method, params]) =>
        [1, 2, 3].map(async () => {
          const source = new CancellationTokenSource();
          const answer = editor.connection.sendRequest(method, params, source.token);
          source.cancel();
          return answer.then(() => `${method} was answered`, codeOf);
        }),
      );
      const range = { start: { line: 3, character: 2 }, end: { line: 3, character: 4 } };
      await editor.change(uri, 2, { range, text: 'renamed' });
      const after = editor.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', {
        textDocument: { uri },
      });
      assert.deepEqual(
        await Promise.all(withdrawn),
        withdrawn.map(() => requestCancelled),
      );
      const nameIn = (symbols: readonly DocumentSymbol[]) =>
        symbols.find(({ name }) => name === 'parameters')?.children?.[0]?.name;
      assert.equal(nameIn(await busy), 'p0');
      assert.equal(nameIn(await after), 'renamed');
      assert.equal((await editor.diagnostics(uri, 2)).version, 2);
    } finally {
      assert.equal(await editor.close(), 0);
    }
  });
});

const textDocument = { uri: 'untitled:one.yaml' };

/** The server in this process, with a language that keeps count of what is analysed. */
async function startCounting(): Promise<{
  readonly client: ReturnType<typeof createProtocolConnection>;
  readonly analysed: string[];
  readonly tellSettings: () => void;
  /** Closes the document, so that nothing is looked at any more, and then the connection. */
  readonly end: () => Promise<void>;
}> {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const analysed: string[] = [];
  const counting = language<string>({
    analyse: (text) => {
      analysed.push(text);
      return text;
    },
    diagnostics: () => [],
    hover: (text, { line, character }) => ({
      markdown: text,
      range: { start: { line, character }, end: { line, character } },
    }),
    completion: (text, { line, character }) => {
      const at = { line, character };
      return [{ label: text, kind: 'value', edit: { range: { start: at, end: at }, newText: text } }];
    },
    symbols: (text) => [{ name: text, kind: 'text', range: everywhere, selection: everywhere, children: [] }],
  });
  startServer(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), {
    languages: new Map([['sweep', counting]]),
    surroundingsOf: () => ({}),
    forgetSurroundings: () => undefined,
    onSurroundingsChanged: () => undefined,
  });
  const client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  let tellSettings: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (tellSettings = resolve));
  client.onRequest('workspace/configuration', async ({ items }: { items: readonly unknown[] }) => {
    await told;
    return items.map(() => ({ diagnostics: { enabled: false } }));
  });
  client.listen();
  await client.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    workspaceFolders: [],
    capabilities: { workspace: { configuration: true } },
  });
  await client.sendNotification('initialized', {});
  const end = async () => {
    await client.sendNotification('textDocument/didClose', { textDocument });
    await client.sendRequest('shutdown');
    client.dispose();
    up.end();
    down.end();
  };
  return { client, analysed, tellSettings, end };
}

describe('requests that wait', () => {
  const position = { line: 0, character: 1 };
  const open = { textDocument: { ...textDocument, languageId: 'sweep', version: 1, text: 'first' } };
  const edit = { textDocument: { ...textDocument, version: 2 }, contentChanges: [{ text: 'second' }] };

  it('cost no analysis when they are withdrawn', async () => {
    const { client, analysed, tellSettings, end } = await startCounting();
    await client.sendNotification('textDocument/didOpen', open);
    const source = new CancellationTokenSource();
    const all = [1, 2, 3].map(() =>
      client
        .sendRequest('textDocument/hover', { textDocument, position }, source.token)
        .then(() => 0, codeOf),
    );
    source.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    tellSettings();
    assert.deepEqual(await Promise.all(all), [requestCancelled, requestCancelled, requestCancelled]);
    assert.deepEqual(analysed, []);
    await end();
  });

  it('are refused about a place that an edit may have moved, and answered about the new text as a whole', async () => {
    const { client, analysed, tellSettings, end } = await startCounting();
    await client.sendNotification('textDocument/didOpen', open);
    const hover = client.sendRequest('textDocument/hover', { textDocument, position }).then(() => 0, codeOf);
    const symbols = client.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument });
    await client.sendNotification('textDocument/didChange', edit);
    const later = client.sendRequest<{ contents: { value: string } }>('textDocument/hover', {
      textDocument,
      position,
    });
    tellSettings();
    assert.equal(await hover, contentModified);
    assert.equal((await symbols)[0]?.name, 'second');
    assert.equal((await later).contents.value, 'second');
    assert.deepEqual(analysed, ['second']);
    await end();
  });

  it('offer what was asked for to somebody who types on', async () => {
    const { client, tellSettings, end } = await startCounting();
    await client.sendNotification('textDocument/didOpen', open);
    const completion = client.sendRequest<CompletionList>('textDocument/completion', {
      textDocument,
      position,
    });
    await client.sendNotification('textDocument/didChange', edit);
    tellSettings();
    assert.deepEqual(
      (await completion).items.map(({ label }) => label),
      ['first'],
    );
    await end();
  });
});
