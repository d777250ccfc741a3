/** Signals to all processes of a job: its process group, or on Windows its process tree. */
import { execFile } from 'node:child_process';
import { errorCode } from '../../atomic-file.ts';

export interface ProcessTree {
  /** Asks them to end. */
  stop(leader: number): void;
  /** Ends them. */
  kill(leader: number): void;
  /** Whether any of them is left; on Windows only the leader can be asked for. */
  exists(leader: number): boolean;
}

const processGroup: ProcessTree = {
  stop: (leader) => void signal(-leader, 'SIGTERM'),
  kill: (leader) => void signal(-leader, 'SIGKILL'),
  exists: (leader) => signal(-leader, 0),
};

const windowsTree: ProcessTree = {
  stop: (leader) => taskkill(leader),
  kill: (leader) => taskkill(leader, '/F'),
  exists: (leader) => signal(leader, 0),
};

export const processTree: ProcessTree = process.platform === 'win32' ? windowsTree : processGroup;

/** Whether there is a process with this pid, whosever it is. */
export function processExists(pid: number): boolean {
  return signal(pid, 0);
}

/** Returns whether there was a process to signal. */
function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, name);
    return true;
  } catch (error) {
    // EPERM: they are there, and belong to somebody else
    return errorCode(error) !== 'ESRCH';
  }
}

function taskkill(leader: number, ...force: readonly string[]): void {
  // a tree that is gone already, or that ignores the request, needs no answer: `exists` tells
  execFile('taskkill', ['/PID', String(leader), '/T', ...force], { windowsHide: true }, () => undefined);
}
