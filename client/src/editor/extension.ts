/** Composition root: joins engine, views and commands. Activation registers and returns; everything slow comes after. */
import * as vscode from 'vscode';
import { ClusterFacts } from './cluster-facts.ts';
import { registerCommands } from './commands/index.ts';
import { FolderSweeps } from './folder-sweeps.ts';
import { Interpreters } from './interpreter.ts';
import { JobLogs } from './logs/job-logs.ts';
import { Previews } from './previews.ts';
import { ServerOnDemand } from './server-on-demand.ts';
import { Settings } from './settings.ts';
import { offerTerminalCommand } from './terminal-command.ts';
import { CodeLenses } from './views/code-lenses.ts';
import { Notifications } from './views/notifications.ts';
import { NativePages } from './views/native-pages.ts';
import { PreviewPages } from './views/preview-pages.ts';
import { QueueView } from './views/queue-view.ts';
import { Refusals } from './views/refusals.ts';
import { StatusBar } from './views/status-bar.ts';
import { SweepFiles } from './views/sweep-files.ts';
import { SweepLanguage } from './views/sweep-language.ts';
import { SweepsTree } from './views/sweeps-tree.ts';
import { Workspaces, type Folder } from './workspaces.ts';

/** What other extensions, and the tests, may use. */
export interface SweepdeckApi {
  readonly sweeps: Workspaces;
  readonly tree: SweepsTree;
  readonly queue: QueueView;
  readonly facts: ClusterFacts;
  readonly statusBar: StatusBar;
  /** Resolves when every sweep of the workspace was read once. */
  readonly ready: Promise<void>;
  /** Resolves when the language server answers; asking for it starts it where no document needed it yet. */
  readonly languageServer: Promise<void>;
  /** How long `activate` took, in ms. */
  readonly activationTime: number;
}

let open: Workspaces | undefined;

export function activate(context: vscode.ExtensionContext): SweepdeckApi {
  const began = performance.now();
  const output = vscode.window.createOutputChannel('Sweepdeck', { log: true });
  const logError = (error: unknown): void => output.error(error instanceof Error ? error : String(error));

  const interpreters = new Interpreters((line) => output.warn(line));
  const settings = new Settings(interpreters, context.asAbsolutePath('python'));
  const folderSweeps = new FolderSweeps({
    version: versionOf(context),
    settings,
    log: (line) => output.info(line),
    onClusters: (clusters) => facts.attach(clusters),
  });
  const workspaces = new Workspaces(
    (folder) => folderSweeps.create(folder),
    (folder, error) => {
      logError(error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('The sweeps of {0} cannot be read: {1}', folder.path, messageOf(error)),
      );
    },
  );
  open = workspaces;
  const facts = new ClusterFacts({
    load: () => folderSweeps.clusters(),
    settings: (folder) => settings.of(folder),
    workspaces,
  });

  const offerCommand = (): void =>
    offerTerminalCommand(
      context,
      vscode.workspace.getConfiguration('sweepdeck').get<boolean>('terminal.command', true),
    );

  const previews = new Previews(workspaces, settings);
  const pages = new PreviewPages(previews);
  const tree = new SweepsTree(workspaces, facts);
  const queue = new QueueView(facts);
  const natives = new NativePages();
  const statusBar = new StatusBar(workspaces, facts);
  const logs = new JobLogs(workspaces, (line) => output.warn(line));
  const files = new SweepFiles(logError);
  const refusals = new Refusals(workspaces, settings, logError);
  context.subscriptions.push(
    output,
    pages,
    facts,
    tree,
    queue,
    natives,
    statusBar,
    logs,
    files,
    new SweepLanguage(logError),
    new CodeLenses(previews),
    new Notifications(workspaces, logError, (line) => output.warn(line)),
    refusals,
    registerCommands({
      workspaces,
      settings,
      previews,
      pages,
      files,
      tree,
      logs,
      output,
      facts,
      natives,
      queue,
      refusals,
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void workspaces.setFolders(localFolders())),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void workspaces.reopen()),
    vscode.window.onDidChangeWindowState(({ focused }) => folderSweeps.focusChanged(focused)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('sweepdeck')) folderSweeps.settingsChanged();
      if (change.affectsConfiguration('sweepdeck.queues')) facts.settingsChanged();
      if (change.affectsConfiguration('sweepdeck.tree')) tree.refreshAll();
      if (change.affectsConfiguration('sweepdeck.terminal')) offerCommand();
    }),
  );

  offerCommand();

  const ready = afterActivation(() => workspaces.setFolders(localFolders()));
  const server = new ServerOnDemand(() =>
    afterActivation(() => startLanguageClient(context)).catch((error: unknown) => {
      logError(error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('The language server did not start: {0}', messageOf(error)),
      );
    }),
  );
  context.subscriptions.push(server);
  return {
    sweeps: workspaces,
    tree,
    queue,
    facts,
    statusBar,
    ready,
    get languageServer() {
      return server.started();
    },
    activationTime: performance.now() - began,
  };
}

/** Lets go of the sweeps in order; their jobs go on. */
export async function deactivate(): Promise<void> {
  await open?.close();
  open = undefined;
}

async function startLanguageClient(context: vscode.ExtensionContext): Promise<void> {
  const client = await import('./language-client.ts');
  context.subscriptions.push(await client.startLanguageClient(context));
}

/** Sweeps need files on a disk: folders of virtual workspaces have language features only. */
function localFolders(): readonly Folder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => ({ name: folder.name, path: folder.uri.fsPath }));
}

function afterActivation(task: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    setImmediate(() => void task().then(resolve, reject));
  });
}

function versionOf(context: vscode.ExtensionContext): string {
  const manifest = context.extension.packageJSON as { readonly version?: unknown };
  return typeof manifest.version === 'string' ? manifest.version : '0.0.0';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
