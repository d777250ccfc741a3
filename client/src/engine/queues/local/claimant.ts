/** Whether the process that claimed an attempt, perhaps under an earlier engine, still lives. */
import fs from 'node:fs';
import { errorCode } from '../../atomic-file.ts';
import { type Claim, plainHostName } from '../../exit-record.ts';
import {
  compareProcessTables,
  identityOf,
  isAlive,
  isAliveSync,
  type MachineIdentity,
} from '../../process-identity.ts';
import { processExists } from './process-tree.ts';

/** Where the process of a claim is: among ours, beyond our sight, or gone with a reboot. */
export type Whereabouts = 'here' | 'elsewhere' | 'gone';

export function whereIs(claim: Claim, here: MachineIdentity): Whereabouts {
  if (claim.pid === 0) return 'gone';
  if (claim.machine === undefined) return claim.host === plainHostName(here.host) ? 'here' : 'elsewhere';
  switch (compareProcessTables(claim.machine, here)) {
    case 'same':
      return 'here';
    case 'rebooted':
      return 'gone';
    case 'elsewhere':
      return 'elsewhere';
  }
}

/** A file's time is cut to whole seconds on some file systems. */
const CLOCK_GRAIN_MS = 2_000;

/**
 * Whether the process that made the claim lives, a reused pid told apart.
 * @param claimedAt ms since 1970; where the claim holds no start time (Windows), a process that started
 * after it is another one.
 */
export async function isRunning(claim: Claim, claimedAt: number | undefined): Promise<boolean> {
  try {
    if (claim.startTime !== undefined) return await isAlive(claim.pid, claim.startTime);
    if (claim.token !== undefined) return hasArgument(claim.pid, claim.token);
    const started = await identityOf(claim.pid);
    if (started === undefined) return false;
    const startedAt = process.platform === 'win32' ? Date.parse(started) : Number.NaN;
    return !(startedAt > (claimedAt ?? Infinity) + CLOCK_GRAIN_MS);
  } catch {
    // the system can't list its processes just now; the bare pid is the next best witness
    return processExists(claim.pid);
  }
}

/** A quick look, many times a second, at a process that `isRunning` was true for. */
export function seemsRunning(claim: Claim): boolean {
  if (process.platform !== 'linux') return processExists(claim.pid);
  if (claim.startTime !== undefined) return isAliveSync(claim.pid, claim.startTime);
  return claim.token === undefined ? processExists(claim.pid) : hasArgument(claim.pid, claim.token);
}

/** Whether there is a process with this pid and this argument (proc_pid_cmdline(5)); a dead one not yet collected has none. */
function hasArgument(pid: number, word: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return false;
    // hidden from us, so not one of ours, or there is no looking at it: the bare pid has to do
    return processExists(pid);
  }
}
