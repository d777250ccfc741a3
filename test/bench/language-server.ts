/**
 * (c) The language server beside yaml-language-server with the same schema: time to `initialize`, from open
 * to diagnostics, from an edit to diagnostics. Each edit makes or mends one mistake; both servers' debounce is included.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  type ProtocolConnection,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { figure, median, type Row } from './measure.ts';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const schema = pathToFileURL(path.join(project, 'schemas/sweep.schema.json')).href;

interface Server {
  readonly name: string;
  readonly script: string;
  readonly language: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const SERVERS: readonly Server[] = [
  { name: 'Sweepdeck', script: 'dist/server.cjs', language: 'sweep', settings: {} },
  {
    name: 'yaml-language-server',
    script: 'node_modules/yaml-language-server/bin/yaml-language-server',
    language: 'yaml',
    settings: { yaml: { validate: true, schemaStore: { enable: false }, schemas: { [schema]: '*.yaml' } } },
  },
];

/** A sweep file of about `lines` lines; `goal` is the word the edits change. */
export function flatSweep(lines: number, goal = 'minimize'): string {
  const head = [
    'method: random',
    'metric:',
    '  name: loss',
    `  goal: ${goal}`,
    'command: ["true"]',
    'parameters:',
  ];
  const body = Array.from({ length: Math.max(1, Math.floor((lines - head.length) / 4)) }, (_, index) =>
    [`  p${index}:`, '    distribution: uniform', `    min: ${index}.5`, `    max: ${index + 1}.5`].join(
      '\n',
    ),
  );
  return [...head, ...body, ''].join('\n');
}

interface Timing {
  readonly initialize: number;
  readonly open: number;
  readonly edit: number;
}

async function measure(server: Server, lines: number, edits: number): Promise<Timing> {
  const child = spawn(process.execPath, [path.join(project, server.script), '--stdio'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: project,
  });
  const began = performance.now();
  const connection: ProtocolConnection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly { section?: string }[] }) =>
    items.map(({ section }) => (section === undefined ? {} : (server.settings[section] ?? {}))),
  );
  connection.onRequest(RegistrationRequest.type, () => undefined);
  let told: (count: number) => void = () => undefined;
  connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) =>
    told(diagnostics.length),
  );
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the protocol's types still require it
    rootUri: null,
    workspaceFolders: [],
    capabilities: {
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      textDocument: { publishDiagnostics: { versionSupport: true } },
    },
  });
  const initialize = performance.now() - began;
  await connection.sendNotification(InitializedNotification.type, {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings: server.settings });
  // a person opens a file some time after the start
  await new Promise((resolve) => setTimeout(resolve, 500));

  const uri = 'file:///bench/flat-sweep.yaml';
  /** Resolves when diagnostics arrive of which there are `count`. */
  const arrived = (count: (count: number) => boolean): Promise<number> => {
    const since = performance.now();
    return new Promise((resolve) => {
      told = (found) => {
        if (count(found)) resolve(performance.now() - since);
      };
    });
  };
  const opened = arrived((count) => count === 1);
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: server.language, version: 1, text: flatSweep(lines, 'minimise-it') },
  });
  const open = await opened;
  const times: number[] = [];
  let word = 'minimise-it';
  for (let version = 2; version < 2 + edits; version += 1) {
    const next = word === 'minimize' ? 'minimise-it' : 'minimize';
    const done = arrived((count) => count === (next === 'minimize' ? 0 : 1));
    await connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [
        {
          range: { start: { line: 3, character: 8 }, end: { line: 3, character: 8 + word.length } },
          text: next,
        },
      ],
    });
    times.push(await done);
    word = next;
  }
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  connection.dispose();
  child.kill();
  return { initialize, open, edit: median(times) };
}

/** Rows: server and lines, medians in ms over the rounds; servers take turns. */
export async function measureLanguageServers(rounds: number): Promise<readonly Row[]> {
  readFileSync(path.join(project, 'dist/server.cjs')); // built before
  const rows: Row[] = [];
  for (const [lines, edits] of [
    [100, 21],
    [1_000, 21],
    [10_000, 11],
  ] as const) {
    const timings = new Map<string, Timing[]>(SERVERS.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const server of SERVERS) timings.get(server.name)?.push(await measure(server, lines, edits));
    }
    for (const [name, all] of timings) {
      rows.push({
        'language server': name,
        lines,
        'initialize ms': figure(median(all.map(({ initialize }) => initialize))),
        'open to diagnostics ms': figure(median(all.map(({ open }) => open))),
        'edit to diagnostics ms': figure(median(all.map(({ edit }) => edit))),
      });
    }
  }
  return rows;
}
