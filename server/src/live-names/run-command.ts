/** Runs a command of a batch system and takes what it prints. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { commandEnvironment } from '#core/batch/command-environment.ts';

/** Milliseconds. A system that is well answers in a fraction of a second. */
export const patience = 5000;
/** Bytes of output that are kept; more than the largest sites print. */
const most = 16 * 1024 * 1024;

/** Nobody's own settings are found there, and nothing that a workspace holds. */
const neutral = path.parse(process.cwd()).root;

const running = new Set<number>();

/** A process that is still asked when this one ends is of no use to anybody. */
process.on('exit', () => {
  for (const leader of running) endGroup(leader);
});

/**
 * On Windows, where batch systems have no commands of this kind, resolves to undefined at once. Elsewhere
 * resolves to the standard output of a program that exits with 0; to undefined when it isn't there, fails, prints
 * too much or takes longer than `timeout` milliseconds, after which it and what it started are ended. Never rejects.
 */
export function runCommand(
  argv: readonly [string, ...string[]],
  timeout = patience,
): Promise<string | undefined> {
  if (process.platform === 'win32') return Promise.resolve(undefined);
  // the system may refuse any new process at all: the same as a program that fails
  return outputOf(argv, timeout).catch(() => undefined);
}

function outputOf(
  [program, ...words]: readonly [string, ...string[]],
  timeout: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd: neutral,
      env: commandEnvironment(process.env, neutral),
      // many of these programs are scripts that start others
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const { pid } = child;
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (output: string | undefined) => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      child.stdout.destroy();
      resolve(output);
    };
    const giveUp = () => {
      if (pid !== undefined) endGroup(pid);
      finish(undefined);
    };
    const timer = setTimeout(giveUp, timeout);
    if (pid !== undefined) running.add(pid);
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) giveUp();
    });
    // not on this machine, or not allowed to be run
    child.on('error', () => {
      finish(undefined);
    });
    child.on('close', (code) => {
      finish(code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined);
    });
  });
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
