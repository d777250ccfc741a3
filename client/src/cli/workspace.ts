import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder whose `.sweeps` a command works on: `root` when it is given, else the nearest of `start` and its parents
 * that has `.sweeps` or `.git`, else `start` itself. All absolute, or relative to `cwd`.
 */
export function workspaceFolder(start: string, root: string | undefined, cwd: string): string {
  if (root !== undefined) return path.resolve(cwd, root);
  const first = path.resolve(cwd, start);
  for (let folder = first; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.sweeps')) || existsSync(path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return first;
  }
}

/** `file` as a person in `cwd` would name it: relative when it is inside, else absolute. */
export function shownPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  if (relative === '') return '.';
  const outside = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return outside ? file : relative;
}
