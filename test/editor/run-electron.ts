/**
 * `npm run test:electron`: the suites of the extension host in the desktop's VS Code, which is downloaded:
 * the oldest one that package.json allows, and the newest.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { copyWorkspace } from '../harness/vscode.ts';
import { bundleHostSuite, hostSuites, withSurroundings } from './bundle-host.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  engines: { vscode: string };
};

execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
const suite = await bundleHostSuite();
for (const version of [engines.vscode.replace(/^\^/, ''), 'stable'])
  for (const one of hostSuites) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sd-'));
    try {
      const workspace = path.join(folder, 'workspace');
      copyWorkspace(path.join(root, 'examples'), workspace);
      // Throws when a test fails.
      await withSurroundings(one, (env) =>
        runTests({
          version,
          extensionDevelopmentPath: root,
          extensionTestsPath: suite,
          extensionTestsEnv: { ...env, SWEEPDECK_HOST_SUITE: one.name },
          launchArgs: [
            workspace,
            '--disable-extensions',
            `--user-data-dir=${path.join(folder, 'user')}`,
            ...(one.trusted ? ['--disable-workspace-trust'] : []),
          ],
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    }
  }
