/** Bundles the suite that runs inside the extension host. */
import path from 'node:path';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(import.meta.dirname));

/** The suites, each in a VS Code of its own; test/editor/host/index.ts knows their files. */
export const hostSuites = [
  { name: 'trusted', trusted: true },
  { name: 'untrusted', trusted: false },
] as const;

/** Resolves to the absolute path of the bundle. */
export async function bundleHostSuite(): Promise<string> {
  const outfile = path.join(root, 'test', 'out', 'host', 'index.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/editor/host/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}
