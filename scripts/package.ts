/**
 * Builds, and makes sweepdeck-<version>.vsix, which every VS Code can install.
 *
 *     node scripts/package.ts [FILE]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

const root = path.dirname(import.meta.dirname);

/** Packs what dist/ and the white list in .vscodeignore hold into `file`. */
export async function packageExtension(file: string): Promise<void> {
  await createVSIX({
    cwd: root,
    packagePath: file,
    // Everything is in the bundles.
    dependencies: false,
    allowMissingRepository: true,
    // The pages that README links to are in the package.
    rewriteRelativeLinks: false,
  });
}

if (import.meta.main) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const file = path.resolve(process.argv[2] ?? path.join(root, `sweepdeck-${version}.vsix`));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
  await packageExtension(file);
  console.log(`${file}: ${(statSync(file).size / 1024).toFixed(0)} KiB`);
  console.log(`Install it with: code --install-extension ${path.relative(process.cwd(), file)}`);
}
