/** Starts the language server and connects it to the editor. A bundle of its own, loaded when it is needed. */
import path from 'node:path';
import { Disposable, Uri, workspace, type ExtensionContext } from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { workspaceTrusted, type InitializationOptions } from '#core/server-messages.ts';
import { previewScheme } from './presentation/preview-text.ts';
import { serverMemory } from './server-memory.ts';

/**
 * Resolves when the server is ready; disposing ends it. Rejects when it can't be started.
 * The server is a Node process of its own: a slow file never holds up the extension host.
 */
export async function startLanguageClient(context: ExtensionContext): Promise<Disposable> {
  // Node keeps the compiled code there and starts the server faster the next time.
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(context.globalStorageUri.fsPath, 'compiled') };
  const withFlags = (...flags: string[]) => ({
    module: context.asAbsolutePath(path.join('dist', 'server.cjs')),
    transport: TransportKind.ipc,
    options: { execArgv: [...serverMemory, ...flags], env },
  });
  const serverOptions: ServerOptions = { run: withFlags(), debug: withFlags('--nolazy', '--inspect=6009') };
  const initializationOptions: InitializationOptions = {
    problemsPage: Uri.joinPath(context.extensionUri, 'docs', 'problems.md').toString(),
    workspaceTrusted: workspace.isTrusted,
    submitsScripts: true,
  };
  const clientOptions: LanguageClientOptions = {
    // Any scheme: untitled and virtual documents are checked as well, as far as that goes without a disk.
    documentSelector: [{ language: 'sweep' }, { language: 'shellscript' }],
    initializationOptions,
    diagnosticCollectionName: 'sweepdeck',
    outputChannelName: 'Sweepdeck Language Server',
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: {
      // what a preview shows is written by us, and nobody can mend it there
      didOpen: (document, next) =>
        document.uri.scheme === previewScheme ? Promise.resolve() : next(document),
    },
  };
  const client = new LanguageClient('sweepdeck', 'Sweepdeck Language Server', serverOptions, clientOptions);
  await client.start();
  const trust = workspace.onDidGrantWorkspaceTrust(() => void client.sendNotification(workspaceTrusted));
  // granted while the server was starting
  if (workspace.isTrusted && !initializationOptions.workspaceTrusted)
    await client.sendNotification(workspaceTrusted);
  return new Disposable(() => {
    trust.dispose();
    return client.dispose();
  });
}
