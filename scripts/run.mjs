#!/usr/bin/env node
/*
 * Runs one of the project's TypeScript programs with the Node that package.json pins:
 *
 *     node scripts/run.mjs scripts/build.ts --watch
 *
 * Plain JavaScript, because it is the one file that the machine's own Node (18 or later) has to
 * understand: on a fresh clone it installs the dependencies first, the pinned Node among them.
 */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'node_modules', '.bin');
const pinnedNode = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Runs a program in the foreground; resolves to its exit code, 128 + signal number for a signal as a shell does. */
function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    // Ctrl-C reaches the whole foreground group by itself; a signal sent to this process alone is passed on.
    const pass = (signal) => child.kill(signal);
    const wait = () => undefined;
    process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', wait);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGTERM', pass).off('SIGHUP', pass).off('SIGINT', wait);
      resolve(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0));
    });
  });
}

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  console.error('Usage: node scripts/run.mjs PROGRAM.ts [ARGUMENT…]');
  process.exit(2);
}

const installed = path.join(root, 'node_modules', '.package-lock.json');
if (!existsSync(pinnedNode) || !existsSync(installed)) {
  console.log('node_modules is missing: running npm ci');
  // npm tells its scripts where it is; started without npm, a shell has to find npm (npm.cmd on Windows).
  const npm = process.env.npm_execpath;
  const code = await (npm === undefined
    ? run('npm ci', [], { shell: true })
    : run(process.execPath, [npm, 'ci']));
  if (code !== 0) {
    console.error('npm ci failed: see above.');
    process.exit(code);
  }
} else if (statSync(path.join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs + 60_000) {
  console.warn('package-lock.json is newer than node_modules: run npm ci if something is missing.');
}

process.exitCode = await run(pinnedNode, [program, ...args], {
  env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
});
