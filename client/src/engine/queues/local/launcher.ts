/** Starts the wrapper of a job as a process of its own that outlives this one. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { SCRIPT_FILE } from '../../job-directory.ts';
import type { ProcessTree } from './process-tree.ts';

export interface Start {
  /** Absolute path of the job directory. */
  readonly directory: string;
  /** Name of this host, as it goes into claim and exit record. */
  readonly host: string;
  readonly slot: number;
  readonly gpus: readonly string[];
  /** This machine as JSON (process-identity.ts). */
  readonly machine: string;
}

/** A job that was started: a process of ours, or work of one. */
export interface Launched {
  /** Leader of the process group that is the job's; undefined when it couldn't be started. */
  readonly pid?: number | undefined;
  /** How to reach its processes where that isn't the whole group of `pid`. */
  readonly tree?: ProcessTree;
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
  /** It no longer keeps this process alive. */
  unref(): void;
}

/** Throws, or emits `error` on what it returns, when the job can't be started. */
export type Launcher = (start: Start) => Launched;

/** Variables that mean something to the editor's own processes and must not reach a job. */
const EDITORS_OWN = /^(?:ELECTRON_|VSCODE_)/;

/** A copy of the environment without what the editor uses for itself. */
export function jobBaseEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !EDITORS_OWN.test(name)));
}

/** Runs `script.sh` (wrapper.ts) in a session of its own, so that no terminal's end reaches the job. */
export function shellLauncher(environment: NodeJS.ProcessEnv): Launcher {
  const env = jobBaseEnvironment(environment);
  return ({ directory, host, slot, gpus, machine }) => {
    const boot = Math.round(Date.now() - os.uptime() * 1000);
    const token = randomBytes(12).toString('hex');
    const script = path.join(directory, SCRIPT_FILE);
    return spawn('/bin/sh', [script, String(boot), host, String(slot), gpus.join(), machine, token], {
      detached: true,
      stdio: 'ignore',
      env,
    });
  };
}

/**
 * Runs the Node wrapper (wrapper-windows.ts) with this process' own runtime, for systems without a POSIX shell.
 * `wrapperFile` is the absolute path of the bundled wrapper.
 */
export function nodeLauncher(wrapperFile: string, environment: NodeJS.ProcessEnv): Launcher {
  const env = { ...jobBaseEnvironment(environment), ELECTRON_RUN_AS_NODE: '1' };
  return ({ directory, host, slot, gpus, machine }) =>
    spawn(process.execPath, [wrapperFile, directory, host, String(slot), gpus.join(), machine], {
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
      env,
    });
}
