/** Runs the commands of a batch system, here or on another host. */
import path from 'node:path';
import { execa } from 'execa';
import { shellQuote } from '../../shell-quote.ts';
import type { Answer, Invocation } from './batch-system.ts';
import { cleanEnvironment } from './environment.ts';

/** Runs one command to its end. Never rejects: what went wrong is in the answer. */
export type RunCommand = (invocation: Invocation) => Promise<Answer>;

export interface CommandOptions {
  /** Seconds after which a command that has not answered is ended. */
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_SECONDS = 60;
/** A listing of 100,000 jobs is about 10 MB. */
const MOST_OUTPUT = 100_000_000;
/** A directory without anybody's defaults files, for commands that need none of their own. */
const NEUTRAL = '/';

/** Runs commands on this machine. */
export function localCommands({
  timeout = TIMEOUT_SECONDS,
  environment = process.env,
}: CommandOptions = {}): RunCommand {
  return async ({ program, args, stdin, directory = NEUTRAL, environment: own }) => {
    const result = await execa(program, args, {
      cwd: directory,
      env: { ...cleanEnvironment(environment, directory), ...own },
      extendEnv: false,
      ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
      timeout: timeout * 1000,
      forceKillAfterDelay: 2_000,
      maxBuffer: MOST_OUTPUT,
      reject: false,
      stripFinalNewline: false,
      windowsHide: true,
    });
    // what could not be started has no output
    const { exitCode: code, stdout = '', stderr = '', shortMessage = '' } = result as Partial<typeof result>;
    if (code !== undefined) return { code, stdout, stderr };
    const trouble = result.timedOut ? 'timed-out' : result.code === 'ENOENT' ? 'not-found' : 'killed';
    return { code, stdout, stderr: stderr === '' ? shortMessage : stderr, trouble };
  };
}

/** A folder that this machine and another one see under different paths. */
export interface SharedFolder {
  /** Absolute paths. */
  readonly local: string;
  readonly remote: string;
}

/** The path on the other host of a file in the shared folder; a path outside is the same on both. */
export function remotePath(local: string, folder: SharedFolder | undefined): string {
  if (folder === undefined) return local;
  const inside = path.relative(folder.local, local);
  if (inside === '') return folder.remote;
  if (inside.startsWith('..') || path.isAbsolute(inside)) return local;
  return path.posix.join(folder.remote, ...inside.split(path.sep));
}

/** How ssh itself ends when it failed, whatever it says, if it says anything: the command may have run. */
const SSH_FAILED = 255;
/** How a command ends there that would end like that (ssh(1), EXIT STATUS). No batch system's command ends so by itself. */
const INSTEAD = 254;

/** Runs commands on `host` by the system's own ssh, as its configuration says; it must not ask for anything. */
export function sshCommands(host: string, run: RunCommand): RunCommand {
  return async (invocation) => {
    const answer = await run({
      program: 'ssh',
      args: [...SSH_OPTIONS, '--', host, remoteCommand(invocation)],
      ...(invocation.stdin === undefined ? {} : { stdin: invocation.stdin }),
    });
    if (answer.trouble === 'not-found') {
      return { ...answer, trouble: 'killed', stderr: 'ssh was not found on this machine.' };
    }
    if (answer.code === SSH_FAILED) return { ...answer, code: undefined, trouble: 'killed' };
    if (answer.code === INSTEAD) return { ...answer, code: SSH_FAILED };
    if (answer.code === 127) return { ...answer, code: undefined, trouble: 'not-found' };
    return answer;
  };
}

const SSH_OPTIONS = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '-o', 'ServerAliveInterval=15', '-T'];

const SAYING_ITS_CODE = `env "$@"; code=$?; [ $code -ne ${SSH_FAILED} ] || code=${INSTEAD}; exit $code`;

/** The command as the shell of a login reads it back: each word quoted. It never ends with the code by which ssh ends itself. */
export function remoteCommand({ program, args, directory = NEUTRAL, environment = {} }: Invocation): string {
  const words = [program, ...args].map(shellQuote).join(' ');
  const place = shellQuote(directory);
  const own = Object.entries(environment).map(([name, value]) => `${name}=${shellQuote(value)} `);
  // the shell of a login may be none of POSIX's, so what it reads itself is as little as can be
  return `cd ${place} && exec /bin/sh -c ${shellQuote(SAYING_ITS_CODE)} sh LC_ALL=C PWD=${place} ${own.join('')}${words}`;
}
