/**
 * A real VS Code for tests: server and extension host of the browser edition on a loopback port, each
 * with a home, settings, extensions and workspace of its own, and a headless Chromium for the workbench.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { installVscode, type InstalledVscode } from '../../scripts/install-vscode.ts';
import { findChromium } from './machine.ts';
import { cleanUpOnSignal, endGroup, startGroup } from './processes.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
/** Where logs and screenshots go. */
export const outFolder = path.join(root, 'test', 'out');

/** Nothing that asks, tips, updates or looks around on the network. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.wordBasedSuggestions': 'off',
  'extensions.autoCheckUpdates': false,
  // A boolean would be migrated, that is rewritten, while tests change settings.
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'files.hotExit': 'off',
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export interface VscodeOptions {
  /** Names the log files: `test/out/<name>.server.log`. */
  readonly name: string;
  /** Folder to open, itself or a copy that is deleted at the end. */
  readonly workspace: { readonly copyOf: string } | { readonly open: string };
  /** Extension to install: path of a .vsix. */
  readonly vsix?: string;
  /** User settings beside the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `true`: every workspace is trusted. `false`: the workspace is restricted until somebody trusts it. */
  readonly trusted: boolean;
  /** Environment of the server, the extension host and what they start. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningVscode {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Opens the workspace. */
  readonly url: string;
  /** Absolute path of the opened folder. */
  readonly workspace: string;
  /** Copies VS Code's own logs, and the extension's, to `test/out/<name>.logs`. */
  keepLogs(): void;
  /** Ends the server, the extension host, and the jobs that run in a copied workspace. */
  close(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was given'));
        else resolve(address.port);
      });
    });
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch (error) {
    // Nobody listens yet, or not in time.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))
      return false;
    throw error;
  }
}

/** The folder of the real python3. A version switcher on PATH would look for its versions below HOME, which is ours here. */
function pythonFolder(): string | undefined {
  try {
    const executable = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    });
    return path.dirname(executable.trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function environment(home: string, added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // What a VS Code or npm around this one set for itself is not for this one.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|npm_|PORT$|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [pythonFolder(), process.env['PATH']].filter((part) => part !== undefined).join(path.delimiter),
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_RUNTIME_DIR: home,
    // No marketplace.
    EXTENSIONS_GALLERY: '{}',
    ...added,
  };
}

/** Copies a folder of sweeps without what earlier runs left in it. */
export function copyWorkspace(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (source) => !['.sweeps', '__pycache__'].includes(path.basename(source)),
  });
}

/** How each VS Code that runs is ended; done as well when this process is told to end. */
const running = new Set<() => Promise<void>>();
let cleansUp = false;

/** Starts a VS Code and resolves when it answers. */
export async function startVscode(options: VscodeOptions): Promise<RunningVscode> {
  const installed = await installVscode((line) => {
    console.log(`  ${line}`);
  });
  mkdirSync(outFolder, { recursive: true });
  // A short path: VS Code makes Unix sockets below it.
  const home = mkdtempSync(path.join(os.tmpdir(), 'sd-'));
  const workspace = 'open' in options.workspace ? options.workspace.open : path.join(home, 'workspace');
  if ('copyOf' in options.workspace) copyWorkspace(options.workspace.copyOf, workspace);
  const userData = path.join(home, 'user');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  writeFileSync(
    path.join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2),
  );
  const config = path.join(home, 'config.yaml');
  writeFileSync(config, 'auth: none\ncert: false\n');
  const env = environment(home, options.env ?? {});
  const common = [
    '--config',
    config,
    '--user-data-dir',
    userData,
    '--extensions-dir',
    path.join(home, 'extensions'),
  ];

  const logs = path.join(outFolder, `${options.name}.logs`);
  rmSync(logs, { recursive: true, force: true });
  const keepLogs = (): void => {
    const source = path.join(userData, 'logs');
    if (existsSync(source)) cpSync(source, logs, { recursive: true });
  };
  const stop: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    running.delete(close);
    for (const step of stop) await step();
    endJobsBelow(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  if (!cleansUp) {
    cleansUp = true;
    cleanUpOnSignal(async () => {
      await Promise.all([...running].map((end) => end()));
    });
  }
  running.add(close);
  try {
    if (options.vsix !== undefined) installExtension(installed, options.vsix, common, env);
    const port = await freePort();
    const log = openSync(path.join(outFolder, `${options.name}.server.log`), 'w');
    const server = startGroup(
      [
        installed.node,
        installed.entry,
        ...common,
        '--auth',
        'none',
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-getting-started-override',
        '--disable-proxy',
        ...(options.trusted ? ['--disable-workspace-trust'] : []),
        '--bind-addr',
        `127.0.0.1:${port}`,
      ],
      { env, cwd: home, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    stop.push(() => endGroup(server));
    const origin = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + 60_000;
    while (!(await answers(`${origin}/healthz`))) {
      if (Date.now() > deadline || server.exitCode !== null)
        throw new Error(`VS Code did not start: see test/out/${options.name}.server.log.`);
      await sleep(50);
    }
    return { origin, url: `${origin}/?folder=${encodeURIComponent(workspace)}`, workspace, keepLogs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function installExtension(
  { node, entry }: InstalledVscode,
  vsix: string,
  common: readonly string[],
  env: NodeJS.ProcessEnv,
): void {
  execFileSync(node, [entry, ...common, '--install-extension', vsix], {
    env,
    stdio: 'pipe',
    timeout: 60_000,
  });
}

/**
 * Kills the jobs that run below a folder. They lead process groups of their own and outlive the editor by
 * design, so a test that stops in the middle would leave them behind. Known by their environment (Linux only).
 */
export function endJobsBelow(folder: string): void {
  if (process.platform !== 'linux') return;
  const mark = `SWEEPDECK_JOB_DIR=${folder}${path.sep}`;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const variables = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0');
      if (variables.some((variable) => variable.startsWith(mark))) process.kill(Number(name), 'SIGKILL');
    } catch (error) {
      // Gone meanwhile, or somebody else's.
      if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
    }
  }
}

/** A headless Chromium that finds nobody but this machine. */
export function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined || !existsSync(executablePath)) throw new Error('There is no Chromium.');
  return chromium.launch({
    executablePath,
    args: [
      // Chromium has no sandbox for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** A page of the size that screenshots have. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return context.newPage();
}
