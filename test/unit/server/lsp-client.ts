/** The other end of the protocol: starts the server as a program and talks to it as an editor does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Hover,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

export interface EditorOptions {
  /** URIs of the workspace's folders. */
  readonly roots?: readonly string[];
  /** What the editor answers to `workspace/configuration`; undefined: it can't be asked. */
  readonly settings?: unknown;
  /** Program to run; the sources by default. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the workspace is trusted from the beginning; otherwise the server isn't told anything about trust. */
  readonly trusted?: true;
  /** Whether the editor has commands that submit batch scripts. */
  readonly submits?: true;
}

type Waiting = (params: PublishDiagnosticsParams) => boolean;

/** An editor with one language server. */
export class Editor {
  readonly initializeResult: InitializeResult;
  readonly connection: ProtocolConnection;
  /** Everything that was published, in order. */
  readonly published: PublishDiagnosticsParams[] = [];
  settings: unknown;
  readonly #server: ChildProcess;
  readonly #waiting = new Set<Waiting>();

  private constructor(
    server: ChildProcess,
    connection: ProtocolConnection,
    result: InitializeResult,
    settings: unknown,
  ) {
    this.#server = server;
    this.connection = connection;
    this.initializeResult = result;
    this.settings = settings;
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const waiting of this.#waiting) if (waiting(params)) this.#waiting.delete(waiting);
    });
    connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
      items.map(() => this.settings),
    );
    connection.onRequest('client/registerCapability', () => null);
  }

  static async start(options: EditorOptions = {}): Promise<Editor> {
    const program = options.program ?? path.join(root, 'server', 'src', 'main.ts');
    const server = spawn(process.execPath, [program, '--stdio'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...options.env },
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(server.stdout),
      new StreamMessageWriter(server.stdin),
    );
    connection.listen();
    const result = await connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      initializationOptions: {
        problemsPage: 'file:///sweepdeck/docs/problems.md',
        ...(options.trusted && { workspaceTrusted: true }),
        ...(options.submits && { submitsScripts: true }),
      },
      workspaceFolders: (options.roots ?? []).map((uri) => ({ uri, name: path.basename(uri) })),
      capabilities: {
        workspace: {
          configuration: 'settings' in options,
          didChangeConfiguration: { dynamicRegistration: true },
          workspaceFolders: true,
        },
      },
    });
    const editor = new Editor(server, connection, result, options.settings);
    await connection.sendNotification('initialized', {});
    return editor;
  }

  get pid(): number | undefined {
    return this.#server.pid;
  }

  /** Resolves with the first diagnostics of the document that are of this version or a later one. */
  diagnostics(uri: string, version: number): Promise<PublishDiagnosticsParams> {
    return this.#published((params) => params.uri === uri && (params.version ?? -1) >= version);
  }

  /** Resolves with what is published next for the document. */
  nextDiagnostics(uri: string): Promise<PublishDiagnosticsParams> {
    const before = this.published.length;
    return this.#published((params) => params.uri === uri && this.published.length > before);
  }

  open(uri: string, text: string, languageId = 'sweep'): Promise<void> {
    return this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  change(
    uri: string,
    version: number,
    ...contentChanges: readonly TextDocumentContentChangeEvent[]
  ): Promise<void> {
    return this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  hover(uri: string, position: Position): Promise<Hover | null> {
    return this.connection.sendRequest<Hover | null>('textDocument/hover', {
      textDocument: { uri },
      position,
    });
  }

  /** Ends the server by the protocol; resolves to its exit code. */
  async close(): Promise<number | null> {
    const exit = once(this.#server, 'exit');
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    const [code] = (await exit) as [number | null];
    this.connection.dispose();
    return code;
  }

  #published(wanted: Waiting): Promise<PublishDiagnosticsParams> {
    const known = this.published.findLast(wanted);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      this.#waiting.add((params) => {
        if (!wanted(params)) return false;
        resolve(params);
        return true;
      });
    });
  }
}
