import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Where this program is installed, and which version it is. */
export interface Installation {
  readonly version: string;
  /** Absolute path of the folder that holds the `sweepdeck` Python package. */
  readonly pythonPath: string;
}

/**
 * Finds the package that `script` (usually process.argv[1], perhaps a link in node_modules/.bin) belongs to.
 * Works from the sources and from dist alike. Throws when the files around the script are not Sweepdeck's.
 */
export function findInstallation(script: string): Installation {
  let folder = path.dirname(realpathSync(script));
  for (;;) {
    const version = sweepdeckVersion(path.join(folder, 'package.json'));
    if (version !== undefined) return { version, pythonPath: path.join(folder, 'python') };
    const parent = path.dirname(folder);
    if (parent === folder) {
      throw new Error(`${script} is not inside a complete installation of Sweepdeck: install it again.`);
    }
    folder = parent;
  }
}

function sweepdeckVersion(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest !== 'object' || manifest === null) return undefined;
  const { name, version } = manifest as { readonly name?: unknown; readonly version?: unknown };
  return name === 'sweepdeck' && typeof version === 'string' ? version : undefined;
}
