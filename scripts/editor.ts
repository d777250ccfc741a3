/**
 * `npm run editor`: builds, and opens the examples in VS Code with the extension: in the desktop's `code`
 * where there is one, else in the browser edition on a loopback address.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startVscode } from '../test/harness/vscode.ts';
import { packageExtension } from './package.ts';

const root = path.dirname(import.meta.dirname);
const examples = path.join(root, 'examples');

execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });

/** Opens the desktop's VS Code; false when there is none. */
function openDesktop(): boolean {
  // On Windows `code` is a batch file, which only a shell can start; no value of a user's is in the line.
  const { error, status } = spawnSync(
    'code',
    ['--new-window', `--extensionDevelopmentPath=${root}`, examples].map((argument) =>
      process.platform === 'win32' ? `"${argument}"` : argument,
    ),
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return error === undefined && status === 0;
}

async function openInBrowser(): Promise<void> {
  if (process.platform !== 'linux') {
    console.error(
      'There is no `code` on PATH. Install VS Code, and in it run "Shell Command: Install \'code\' command".',
    );
    process.exitCode = 1;
    return;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-vsix-'));
  const vsix = path.join(folder, 'sweepdeck.vsix');
  await packageExtension(vsix);
  const { url } = await startVscode({
    name: 'editor',
    workspace: { open: examples },
    vsix,
    settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    trusted: true,
  });
  rmSync(folder, { recursive: true });
  // The server keeps this program alive; a signal ends both (harness/vscode.ts).
  console.log(
    `\nVS Code is at ${url}\nOpen a sweep file and launch it: F1, "Sweeps: Launch sweep". Ctrl-C ends the editor; jobs go on.`,
  );
}

if (!openDesktop()) await openInBrowser();
