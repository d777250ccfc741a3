/** Programs that a test run starts, each in a process group of its own, and their certain end. */
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

/** Groups that were started and not yet swept away; ended when this process is told to end. */
const alive = new Set<ChildProcess>();

/** Seconds between the polite signal and the certain one. */
const grace = 5;

export interface GroupOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: StdioOptions;
}

export type GroupEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out'; readonly seconds: number };

/** Starts a program as the leader of a new process group. End it with `endGroup`. */
export function startGroup(argv: readonly [string, ...string[]], options: GroupOptions = {}): ChildProcess {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    ...options,
    stdio: options.stdio ?? ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
  });
  alive.add(child);
  return child;
}

/** True while some process of the group lives. */
function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  const { pid } = child;
  if (pid === undefined) return false;
  try {
    if (process.platform === 'win32') {
      if (child.exitCode !== null || child.signalCode !== null) return false;
      if (signal !== 0) execFileSync('taskkill', ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore' });
    } else process.kill(-pid, signal);
    return true;
  } catch (error) {
    // ESRCH: nobody left. EPERM: only zombies left (macOS). taskkill fails when the tree is gone.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Ends a group: SIGTERM, SIGKILL when some of it lives on. Resolves when it is gone. */
export async function endGroup(child: ChildProcess): Promise<void> {
  alive.delete(child);
  if (!signalGroup(child, 'SIGTERM')) return;
  const deadline = Date.now() + grace * 1000;
  while (signalGroup(child, 0) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 25));
  signalGroup(child, 'SIGKILL');
}

/** Runs a program to its end, at most `seconds` long; whatever it started in its group ends with it. */
export async function runGroup(
  argv: readonly [string, ...string[]],
  seconds: number,
  options: GroupOptions = {},
): Promise<GroupEnd> {
  const child = startGroup(argv, options);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<GroupEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        resolve(code === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', code });
      });
      timer = setTimeout(() => {
        resolve({ kind: 'timed-out', seconds });
      }, seconds * 1000);
    });
  } finally {
    clearTimeout(timer);
    await endGroup(child);
  }
}

/** On SIGINT, SIGTERM and SIGHUP: cleans up, ends what is still alive, then this process with the shell's code for it. */
export function cleanUpOnSignal(cleanUp: () => Promise<void> | void): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => {
      void Promise.allSettled([cleanUp(), ...[...alive].map(endGroup)]).then(() => process.exit(code));
    });
}
