/**
 * Starts jobs through one shell per slot that lives on between jobs. A fork of a small shell costs a
 * fraction of a fork of the editor, and the shell itself has to be loaded once, not once a job. Each shell
 * leads a session and process group of its own and runs one job at a time, so that the group is the job's.
 *
 * When the engine goes, the shell finishes its job, exit record included, finds its input ended, and goes too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { SCRIPT_FILE } from '../../job-directory.ts';
import { jobBaseEnvironment, type Launched, type Launcher, shellLauncher, type Start } from './launcher.ts';
import { groupSince, type ProcessTree } from './process-tree.ts';

/**
 * Arguments: host, slot, machine, token. A line of input per job: boot time, `-` and the GPUs, the script.
 * A line of output per job: its exit code. The subshell keeps what a script does to itself from the next one.
 */
const LOOP = `
host=$1 slot=$2 machine=$3 token=$4
trap : TERM INT HUP
while IFS=' ' read -r boot gpus script; do
  ( set -- "$boot" "$host" "$slot" "\${gpus#-}" "$machine" "$token"; . "$script" )
  echo $?
done
`;

/** A shell that got nothing to do for this long is let go. */
const IDLE_MS = 10_000;

/** A job in a slot's shell: what the queue sees of a child process. */
class ShellJob extends EventEmitter implements Launched {
  readonly pid: number;
  readonly tree: ProcessTree;
  readonly #shell: SlotShell;

  constructor(pid: number, shell: SlotShell) {
    super();
    this.pid = pid;
    this.#shell = shell;
    this.tree = groupSince(pid, os.uptime());
  }

  /** Nobody waits for it any more: the shell goes with it, so that whoever takes the job over sees its group end. */
  unref(): void {
    this.#shell.end();
    this.#shell.unref();
  }
}

class SlotShell {
  readonly #process: ChildProcess;
  readonly #idle: NodeJS.Timeout;
  #job: ShellJob | undefined;
  #isOver = false;

  constructor({ host, slot, machine }: Start, env: NodeJS.ProcessEnv) {
    const token = randomBytes(12).toString('hex');
    this.#process = spawn('/bin/sh', ['-c', LOOP, 'sweepdeck', host, String(slot), machine, token], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env,
    });
    this.#idle = setTimeout(() => this.end(), IDLE_MS).unref();
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#onCode(text));
    // a shell that is gone says so by its exit
    this.#process.stdin?.on('error', () => (this.#isOver = true));
    this.#process.once('exit', (code, signal) => this.#onExit(code, signal));
    this.#process.once('error', (error) => {
      this.#isOver = true;
      this.#job?.emit('error', error);
    });
  }

  get isFree(): boolean {
    return !this.#isOver && this.#job === undefined && this.#process.pid !== undefined;
  }

  /** Undefined when the shell itself couldn't be started. */
  run(start: Start): ShellJob | undefined {
    const { pid } = this.#process;
    if (pid === undefined) return undefined;
    clearTimeout(this.#idle);
    this.#process.ref();
    const job = new ShellJob(pid, this);
    this.#job = job;
    this.#process.stdin?.write(
      `${bootTime()} -${start.gpus.join()} ${path.join(start.directory, SCRIPT_FILE)}\n`,
    );
    return job;
  }

  unref(): void {
    this.#process.unref();
    for (const pipe of [this.#process.stdin, this.#process.stdout]) if (pipe instanceof Socket) pipe.unref();
  }

  end(): void {
    this.#isOver = true;
    this.#process.stdin?.end();
  }

  #onCode(text: string): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#job = undefined;
    this.unref();
    this.#idle.refresh();
    job.emit('exit', Number.parseInt(text, 10), null);
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#isOver = true;
    clearTimeout(this.#idle);
    this.#job?.emit('exit', code, signal);
    this.#job = undefined;
  }
}

/** Milliseconds since 1970 at which /proc/uptime was 0, by the wall clock as it is now. */
function bootTime(): number {
  return Math.round(Date.now() - os.uptime() * 1000);
}

/** A shell reads a path up to the end of the line and drops blanks at its end. */
function fitsInALine(directory: string): boolean {
  return !/[\n\r]|\s$/.test(directory);
}

/** For POSIX systems with /proc. */
export function slotShellLauncher(environment: NodeJS.ProcessEnv): Launcher {
  const env = jobBaseEnvironment(environment);
  const alone = shellLauncher(environment);
  const shells = new Map<number, SlotShell>();
  return (start) => {
    if (!fitsInALine(start.directory)) return alone(start);
    let shell = shells.get(start.slot);
    if (shell?.isFree !== true) {
      shell?.end();
      shell = new SlotShell(start, env);
      shells.set(start.slot, shell);
    }
    return shell.run(start) ?? alone(start);
  };
}
