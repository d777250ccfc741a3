/** Signals to all processes of a job: its process group, or on Windows its process tree. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
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

/** Clock ticks per second in which /proc tells times: 100 on every Linux (sysconf(3), _SC_CLK_TCK). */
const TICKS = 100;

/**
 * The processes of a group that began at `uptime` (seconds since the machine's start) or later, without
 * the leader. For a group whose leader outlives its jobs: what an earlier job left behind is not this one's.
 */
export function groupSince(leader: number, uptime: number): ProcessTree {
  const first = Math.floor(uptime * TICKS);
  const each = (name: NodeJS.Signals): void => {
    for (const pid of membersSince(leader, first)) signal(pid, name);
  };
  return {
    stop: () => each('SIGTERM'),
    kill: () => each('SIGKILL'),
    exists: () => membersSince(leader, first).length > 0,
  };
}

function membersSince(group: number, ticks: number): readonly number[] {
  const members: number[] = [];
  for (const name of fs.readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === group) continue;
    const fields = statFields(pid);
    // proc_pid_stat(5), counted from the state: 0 state, 2 process group, 19 start time
    if (fields?.[0] !== 'Z' && Number(fields?.[2]) === group && Number(fields?.[19]) >= ticks)
      members.push(pid);
  }
  return members;
}

/** What follows the parenthesised name in /proc/<pid>/stat; undefined when the process is gone. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

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
