/** `npm start`: builds, runs the first example on this machine, and says how to see it in the editor. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const file = path.join('examples', 'quadratic', 'sweep.yaml');

/** Runs one of our programs in the foreground and ends with its exit code when it fails. */
function run(...argv: readonly string[]): void {
  const { status, error } = spawnSync(process.execPath, argv, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

run('scripts/build.ts');
console.log(`\nLaunching ${file}\n`);
// The folder that the editor opens, so that both show the same sweeps.
run('dist/cli.cjs', 'launch', file, '--root', 'examples');
console.log('\nTo see it in the editor, with its jobs, metrics and logs: npm run editor');
