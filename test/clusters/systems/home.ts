/** The directory of one test system: its daemons, its clients, its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clear, remember } from './clear.ts';
import { end, identify, type ProcessIdentity } from './processes.ts';
import type { Account, ClientEnd, ClientOptions } from './system.ts';

export interface Daemon {
  readonly name: string;
  readonly process: ProcessIdentity;
  /** True until it has ended. */
  lives(): boolean;
  /** Sends `signal`, SIGKILL after `seconds` more; resolves when it is gone. */
  stop(signal: NodeJS.Signals, seconds: number): Promise<void>;
}

export interface DaemonOptions {
  /** Its whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly account?: Account;
  /** What ends it when the directory is cleared; SIGKILL otherwise, since all it could save is thrown away. */
  readonly signal?: NodeJS.Signals;
}

/** Everything that is started for a test begins with this environment, so that nothing of the developer's leaks in. */
export const plainEnvironment = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
} as const;

export const root: Account = { name: 'root', uid: 0, gid: 0, home: '/root' };

/** The account of that name in /etc/passwd; throws when there is none. */
export function accountOf(name: string): Account {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [login, , uid, gid, , home] = line.split(':');
    if (login === name && uid !== undefined && gid !== undefined && home !== undefined)
      return { name, uid: Number(uid), gid: Number(gid), home };
  }
  throw new Error(
    `There is no account "${name}" on this machine: install the packages of the batch system first.`,
  );
}

/** `count` different TCP ports on which nobody listens on loopback. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            if (address === null || typeof address === 'string') reject(new Error('a port was expected'));
            else resolve(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Runs a program to its end, without a shell. Rejects when it can't be started or takes longer than `seconds`. */
export async function run(
  argv: readonly [string, ...string[]],
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly account: Account;
    readonly seconds: number;
    readonly input?: string;
  },
): Promise<ClientEnd> {
  const [program, ...args] = argv;
  const { account, cwd } = options;
  const identity = { HOME: account.home, USER: account.name, LOGNAME: account.name, PWD: cwd };
  const child = spawn(program, args, {
    cwd,
    env: { ...plainEnvironment, ...identity, ...options.environment },
    ...asAccount(account),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // EPIPE: the program ended without reading, and says with its exit code what that means.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ClientEnd>((resolve, reject) => {
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`"${argv.join(' ')}" did not end within ${options.seconds} s.`));
      }, options.seconds * 1000);
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({
          code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15),
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString(),
        });
      });
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Who is root changes to the account; anybody else stays who he is. */
const asAccount = (account: Account): { uid?: number; gid?: number } =>
  account.uid === 0 ? {} : { uid: account.uid, gid: account.gid };

export class SystemHome {
  readonly directory: string;
  readonly #guard: ChildProcess;
  #cleared: Promise<void> | undefined;

  /** Makes a new directory below `parent` and a guard that clears it should this process end before `clear`. */
  constructor(name: string, parent: string = tmpdir()) {
    this.directory = mkdtempSync(path.join(parent, `sweepdeck-${name}-`));
    chmodSync(this.directory, 0o755);
    mkdirSync(this.path('log'));
    const log = openSync(this.path('log/guard.log'), 'a');
    this.#guard = spawn(process.execPath, [path.join(import.meta.dirname, 'guard.ts'), this.directory], {
      stdio: ['pipe', log, log],
      // a session of its own: it survives a Ctrl-C and the end of the test run's process group
      detached: true,
      env: { ...plainEnvironment },
      cwd: '/',
    });
    closeSync(log);
    this.#guard.unref();
  }

  path(...parts: readonly string[]): string {
    return path.join(this.directory, ...parts);
  }

  /** Starts a daemon that stays in the foreground; what it prints goes to `log/<name>.out`. */
  start(name: string, argv: readonly [string, ...string[]], options: DaemonOptions): Daemon {
    const [program, ...args] = argv;
    const log = openSync(this.path('log', `${name}.out`), 'a');
    const child = spawn(program, args, {
      cwd: this.directory,
      env: { ...options.environment },
      ...(options.account && asAccount(options.account)),
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    child.unref();
    // told below: there is no process then
    child.once('error', () => undefined);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) throw new Error(`${program} did not start: is it installed?`);
    remember(this.directory, {
      kind: 'process',
      name,
      process: identity,
      signal: options.signal ?? 'SIGKILL',
    });
    return {
      name,
      process: identity,
      lives: () => child.exitCode === null && child.signalCode === null,
      stop: (signal, seconds) => end([identity], signal, seconds),
    };
  }

  /** To be called before a file of the machine is made or changed: `clear` puts it back as it is now. */
  keep(file: string): void {
    if (!existsSync(file)) {
      remember(this.directory, { kind: 'file', file, text: null, mode: 0, uid: 0, gid: 0 });
      return;
    }
    const { mode, uid, gid } = statSync(file);
    const text = readFileSync(file, 'utf8');
    remember(this.directory, { kind: 'file', file, text, mode: mode & 0o777, uid, gid });
  }

  /** Asks until the answer is true, 20 times a second. Throws after `seconds`. */
  async until(what: string, seconds: number, ask: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (!(await ask())) {
      if (performance.now() > deadline) throw new Error(`It was not seen within ${seconds} s that ${what}.`);
      await sleep(50);
    }
  }

  /** Runs a command with the system's directory as working directory; throws when its exit code is not 0. */
  async must(
    argv: readonly [string, ...string[]],
    environment: Readonly<Record<string, string>>,
    options: ClientOptions & { readonly account?: Account } = {},
  ): Promise<string> {
    const result = await this.run(argv, environment, options);
    if (result.code !== 0)
      throw new Error(
        `"${argv.join(' ')}" ended with exit code ${result.code}: ${result.stderr}${result.stdout}`,
      );
    return result.stdout;
  }

  run(
    argv: readonly [string, ...string[]],
    environment: Readonly<Record<string, string>>,
    options: ClientOptions & { readonly account?: Account } = {},
  ): Promise<ClientEnd> {
    return run(argv, {
      environment,
      cwd: options.cwd ?? this.directory,
      account: options.account ?? root,
      seconds: options.seconds ?? 30,
      ...(options.input !== undefined && { input: options.input }),
    });
  }

  /** Does what starts a system; when that fails, clears the directory and throws what went wrong with the daemons' logs. */
  async startup<Running>(start: (home: this) => Promise<Running>): Promise<Running> {
    try {
      return await start(this);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      const logs = this.#endsOfLogs();
      await this.clear();
      throw new Error(`The batch system did not start: ${sentence}\n${logs}`, { cause: error });
    }
  }

  #endsOfLogs(): string {
    const names = readdirSync(this.path('log'));
    return names
      .filter((name) => !(name.endsWith('.out') && names.includes(name.replace(/\.out$/, '.log'))))
      .map((name) => {
        const lines = readFileSync(this.path('log', name), 'utf8').trimEnd().split('\n');
        return `--- ${name}\n${lines.slice(-12).join('\n')}`;
      })
      .join('\n');
  }

  clear(): Promise<void> {
    this.#cleared ??= clear(this.directory).then(() => {
      this.#guard.stdin?.end();
    });
    return this.#cleared;
  }
}
