/** Processes as /proc shows them: who belongs to a test system, who has ended. Linux only. */
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that can't be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's (proc(5), stat, field 22). */
  readonly started: string;
}

interface Entry extends ProcessIdentity {
  readonly parent: number;
}

/** undefined when there is no such process, or only a zombie of it. */
function entryOf(pid: number): Entry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  // The second field is the program's name in parentheses, which may itself hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const started = fields[19];
  if (started === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, started, parent: Number(parent) };
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');

/** The living process with this pid; undefined when there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = entryOf(pid);
  return entry && { pid, started: entry.started };
}

export const lives = (one: ProcessIdentity): boolean => entryOf(one.pid)?.started === one.started;

function everyone(): readonly Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => entryOf(Number(name)) ?? []);
}

function startedWith(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(text);
  } catch (error) {
    // ended meanwhile, or (EACCES, EPERM) somebody else's: not ours to touch
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

export interface Kinship {
  readonly roots?: readonly ProcessIdentity[];
  /** Text somewhere in the environment with which a process was started. */
  readonly environment?: string;
}

/**
 * The living processes that are in `roots` or were started with that environment, and what descends from all of these.
 * This process and its ancestors are never among them.
 */
export function family({ roots = [], environment }: Kinship): readonly ProcessIdentity[] {
  const entries = everyone();
  const parents = new Map(entries.map(({ pid, parent }) => [pid, parent]));
  const spared = new Set<number>([1]);
  for (let pid: number | undefined = process.pid; pid !== undefined && pid > 0; pid = parents.get(pid))
    spared.add(pid);
  const found = new Set(
    entries
      .filter(({ pid, started }) => roots.some((root) => root.pid === pid && root.started === started))
      .map(({ pid }) => pid),
  );
  if (environment !== undefined)
    for (const { pid } of entries) if (!spared.has(pid) && startedWith(pid, environment)) found.add(pid);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of entries) if (found.has(parent) && !spared.has(pid)) found.add(pid);
  }
  return entries.filter(({ pid }) => found.has(pid) && !spared.has(pid));
}

/** Sends a signal to those that live; who has ended meanwhile is passed over. */
export function signalAll(ones: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const one of ones) {
    if (!lives(one)) continue;
    try {
      process.kill(one.pid, signal);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Resolves to true when all have ended, to false when some live on after `seconds`. */
export async function ended(ones: readonly ProcessIdentity[], seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (ones.some(lives)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Ends processes: the signal first, SIGKILL for those that live on after `seconds`. Throws when that doesn't help. */
export async function end(
  ones: readonly ProcessIdentity[],
  signal: NodeJS.Signals,
  seconds: number,
): Promise<void> {
  signalAll(ones, signal);
  if (await ended(ones, seconds)) return;
  signalAll(ones, 'SIGKILL');
  if (await ended(ones, 10)) return;
  const pids = ones.filter(lives).map(({ pid }) => pid);
  throw new Error(`The processes ${pids.join(', ')} live on although they were sent SIGKILL.`);
}
