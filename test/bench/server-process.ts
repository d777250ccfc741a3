/** A language server as a process, talked to as an editor does and timed from the editor's side. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  InitializeRequest,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type Position,
  type ProtocolConnection,
  type Range,
} from 'vscode-languageserver/node';
import { serverMemory } from '../../client/src/editor/server-memory.ts';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const schema = pathToFileURL(path.join(project, 'schemas/sweep.schema.json')).href;

export interface ServerProgram {
  readonly name: string;
  readonly script: string;
  /** What its own client passes to Node. */
  readonly flags: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

export const sweepdeck: ServerProgram = {
  name: 'Sweepdeck',
  script: 'dist/server.cjs',
  flags: serverMemory,
  settings: {},
};

export const yamlLanguageServer: ServerProgram = {
  name: 'yaml-language-server',
  script: 'node_modules/yaml-language-server/bin/yaml-language-server',
  flags: [],
  settings: { yaml: { validate: true, schemaStore: { enable: false }, schemas: { [schema]: '*.yaml' } } },
};

/** Milliseconds after which an answer is no longer waited for. */
const patience = 10_000;

/** A server with one document open. Times are in milliseconds; NaN when no answer came. */
export class ServerProcess {
  readonly uri: string;
  /** From the start of the process to its answer to `initialize`. */
  readonly initializing: number;
  /** What was published last. */
  diagnostics: readonly Diagnostic[] = [];
  /** Of which version that was, when the server says so. */
  diagnosedVersion: number | undefined;
  readonly #child: ChildProcess;
  readonly #connection: ProtocolConnection;
  #version = 0;
  #published: () => void = () => undefined;

  private constructor(
    child: ChildProcess,
    connection: ProtocolConnection,
    initializing: number,
    uri: string,
  ) {
    this.#child = child;
    this.#connection = connection;
    this.initializing = initializing;
    this.uri = uri;
    connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      if (params.uri !== this.uri) return;
      this.diagnostics = params.diagnostics;
      this.diagnosedVersion = params.version;
      this.#published();
    });
  }

  static async start(program: ServerProgram, uri: string): Promise<ServerProcess> {
    const began = performance.now();
    const child = spawn(process.execPath, [...program.flags, path.join(project, program.script), '--stdio'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      cwd: project,
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    connection.onRequest('workspace/configuration', ({ items }: { items: readonly { section?: string }[] }) =>
      items.map(({ section }) => (section === undefined ? {} : (program.settings[section] ?? {}))),
    );
    connection.onRequest(RegistrationRequest.type, () => undefined);
    connection.listen();
    await connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the protocol's types still require it
      rootUri: null,
      workspaceFolders: [],
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: {
          publishDiagnostics: { versionSupport: true },
          hover: { contentFormat: ['markdown'] },
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        },
      },
    });
    const server = new ServerProcess(child, connection, performance.now() - began, uri);
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('workspace/didChangeConfiguration', { settings: program.settings });
    // a person opens a file some time after the start
    await pause(500);
    return server;
  }

  open(languageId: string, text: string): Promise<void> {
    this.#version = 1;
    return this.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.uri, languageId, version: this.#version, text },
    });
  }

  change(range: Range, text: string): Promise<void> {
    this.#version++;
    return this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri, version: this.#version },
      contentChanges: [{ range, text }],
    });
  }

  get version(): number {
    return this.#version;
  }

  /** From now to the first diagnostics that are as wanted; waits for at most `most`. */
  diagnosed(wanted: (diagnostics: readonly Diagnostic[]) => boolean, most = patience): Promise<number> {
    const since = performance.now();
    return new Promise((resolve) => {
      const over = (time: number) => {
        clearTimeout(timer);
        this.#published = () => undefined;
        resolve(time);
      };
      const timer = setTimeout(over, most, NaN);
      this.#published = () => {
        if (wanted(this.diagnostics)) over(performance.now() - since);
      };
    });
  }

  /** From asking to the answer. Throws when the answer is empty: that would be measuring nothing. */
  async ask(method: 'textDocument/completion' | 'textDocument/hover', position: Position): Promise<number> {
    const since = performance.now();
    const answer = await this.#connection.sendRequest(method, { textDocument: { uri: this.uri }, position });
    const time = performance.now() - since;
    const items = Array.isArray(answer) ? answer : (answer as { items?: unknown[] } | null)?.items;
    if (answer === null || items?.length === 0)
      throw new Error(`${method} had no answer at ${position.line + 1}:${position.character + 1}.`);
    return time;
  }

  /** Resident memory in MB (10^6 bytes) now and at its highest; NaN where /proc is not there. */
  memory(): { readonly now: number; readonly highest: number } {
    let status = '';
    try {
      status = readFileSync(`/proc/${this.#child.pid ?? 0}/status`, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const megabytes = (name: string) =>
      (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
    return { now: megabytes('VmRSS'), highest: megabytes('VmHWM') };
  }

  /** Milliseconds of processor time that all threads of the process have used; NaN where /proc is not there. */
  processorTime(): number {
    const tasks = `/proc/${this.#child.pid ?? 0}/task`;
    try {
      return readdirSync(tasks).reduce((sum, task) => {
        const [nanoseconds = ''] = readFileSync(path.join(tasks, task, 'schedstat'), 'utf8').split(' ');
        return sum + Number(nanoseconds) / 1e6;
      }, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return NaN;
    }
  }

  async stop(): Promise<void> {
    await this.#connection.sendRequest(ShutdownRequest.type);
    await this.#connection.sendNotification('exit');
    this.kill();
  }

  /** Ends a server that is too busy to be asked. */
  kill(): void {
    this.#connection.dispose();
    this.#child.kill();
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The range of `length` characters at a place within a line. */
export const within = (line: number, character: number, length = 0): Range => ({
  start: { line, character },
  end: { line, character: character + length },
});
