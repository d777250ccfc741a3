/**
 * Puts a real VS Code into .vscode-real/: code-server (VS Code's own server, extension host and workbench)
 * from npm, run by the pinned Node. Nothing is compiled but the logger and the watchdog, nothing is
 * downloaded from anywhere but the npm registry. Linux only.
 *
 *     node scripts/install-vscode.ts      prints where it is
 *
 * Takes about a minute and 700 MB the first time.
 */
import { execFile, type ExecFileOptions } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** VS Code 1.139.1. Later ones may want another Node: see its `engines`. */
const codeServerVersion = '4.139.1';

const root = path.dirname(import.meta.dirname);
const run = promisify(execFile);

export interface InstalledVscode {
  /** The Node that runs it. */
  readonly node: string;
  /** Absolute path of code-server's main script. */
  readonly entry: string;
}

/** Runs npm with the Node of this process first on PATH, without the settings that the calling npm handed down. */
async function npm(folder: string, ...args: readonly string[]): Promise<void> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('npm_') || name === 'npm_execpath',
  );
  const options: ExecFileOptions = {
    cwd: folder,
    maxBuffer: 1 << 26,
    env: {
      ...Object.fromEntries(inherited),
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      // Headers of the Node that will load what is compiled, whatever ~/.npmrc says.
      npm_config_nodedir: nodeHeaders(),
    },
  };
  const script = process.env['npm_execpath'];
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  await (script?.endsWith('.js') === true
    ? run(process.execPath, [script, ...args, ...flags], options)
    : run('npm', [...args, ...flags], options));
}

/** The folder that holds `include/node`: the npm package of the Node binary ships it. */
function nodeHeaders(): string | undefined {
  const packages = path.join(root, 'node_modules', 'node', 'node_modules');
  const folder = path.join(packages, `node-${process.platform}-${process.arch}`);
  return existsSync(path.join(folder, 'include', 'node')) ? folder : undefined;
}

/**
 * Installs VS Code when it is not there yet, and says where it is. Several callers at once may each
 * install; the first to finish wins and the others throw theirs away.
 * @throws when npm can't install it; the message holds npm's own.
 */
export async function installVscode(log: (line: string) => void): Promise<InstalledVscode> {
  const home = path.join(root, '.vscode-real');
  const name = `code-server-${codeServerVersion}-node-${process.versions.node}`;
  const target = path.join(home, name);
  const entryIn = (folder: string): string => path.join(folder, 'node_modules/code-server/out/node/entry.js');
  const installed: InstalledVscode = { node: realpathSync(process.execPath), entry: entryIn(target) };
  if (existsSync(path.join(target, 'complete'))) return installed;

  log(`installing VS Code (code-server ${codeServerVersion}) into .vscode-real: about a minute`);
  const draft = path.join(home, `${name}.${process.pid}.draft`);
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(path.join(draft, 'package.json'), '{"private":true}\n');
    const scriptless = ['--ignore-scripts', '--omit=dev'];
    await npm(
      draft,
      'install',
      '--no-save',
      '--no-package-lock',
      ...scriptless,
      `code-server@${codeServerVersion}`,
    );
    // What code-server's own postinstall does, less the native parts that no test needs.
    const vscode = path.join(draft, 'node_modules/code-server/lib/vscode');
    await npm(vscode, 'install', ...scriptless);
    await npm(path.join(vscode, 'extensions'), 'install', ...scriptless);
    try {
      await npm(vscode, 'rebuild', '@vscode/spdlog', '@vscode/native-watchdog');
    } catch (error) {
      log(`VS Code runs without its native logger, which could not be compiled: ${firstLine(error)}`);
    }
    writeFileSync(path.join(draft, 'complete'), '');
    try {
      renameSync(draft, target);
    } catch (error) {
      if (!existsSync(path.join(target, 'complete'))) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return installed;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

if (import.meta.main) {
  const { entry } = await installVscode((line) => {
    console.log(line);
  });
  const { version } = JSON.parse(readFileSync(path.join(entry, '../../../package.json'), 'utf8')) as {
    version: string;
  };
  console.log(`code-server ${version}: ${entry}`);
}
