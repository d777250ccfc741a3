/**
 * Which process a pid means: pids are reused, a pid together with the time at which its process started
 * is not. And which machine that is, because a pid says nothing about another machine or container.
 */
import fs from 'node:fs';
import os from 'node:os';
import { execa, execaSync } from 'execa';
import { errorCode } from './atomic-file.ts';

/** Start times of living processes by pid, opaque texts that differ between two processes with one pid. */
type StartTimes = ReadonlyMap<number, string>;

/** A system program that lists processes: fixed arguments and pids, never a shell. */
interface Listing {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Exit codes that mean "looked, and answered". */
  readonly exitCodes: readonly number[];
  readonly parse: (stdout: string) => StartTimes;
}

const LISTINGS: Readonly<Record<'darwin' | 'win32', (pids: readonly number[]) => Listing>> = {
  darwin: (pids) => ({
    program: 'ps',
    args: ['-o', 'pid=,stat=,lstart=', '-p', pids.join(',')],
    // lstart is written in the locale and the time zone of the one who asks
    environment: { LC_ALL: 'C', TZ: 'UTC' },
    exitCodes: [0, 1],
    parse: parsePs,
  }),
  win32: (pids) => ({
    program: 'powershell.exe',
    args: [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      `Get-CimInstance Win32_Process -Filter '${pids.map((pid) => `ProcessId=${pid}`).join(' OR ')}' | ` +
        `ForEach-Object { '{0} {1}' -f $_.ProcessId, $_.CreationDate.ToUniversalTime().ToString('o') }`,
    ],
    environment: {},
    exitCodes: [0],
    parse: parseCim,
  }),
};

/**
 * When a process started, as a text to compare with itself; undefined when it is dead, a zombie included.
 * @throws Error with a sentence when this system can't be asked.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  return (await identitiesOf([pid])).get(pid);
}

/** `identityOf` many pids with one question to the system; dead ones are missing from the map. */
export async function identitiesOf(pids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const asked = pids.filter(isPid);
  const listing = listingOf(asked);
  if (listing === undefined || asked.length === 0) return readProc(asked);
  const result = await execa(listing.program, listing.args, {
    env: listing.environment,
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
  });
  return understand(listing, result);
}

/** Like `identityOf`, blocking: at once on Linux, some milliseconds on macOS, about a second on Windows. */
export function identityOfSync(pid: number): string | undefined {
  if (!isPid(pid)) return undefined;
  const listing = listingOf([pid]);
  if (listing === undefined) return readProc([pid]).get(pid);
  const result = execaSync(listing.program, listing.args, {
    env: listing.environment,
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
  });
  return understand(listing, result).get(pid);
}

/** Whether the process that had this pid and start time still lives. Throws when this system can't be asked. */
export async function isAlive(pid: number, startTime: string): Promise<boolean> {
  const now = await identityOf(pid);
  return now !== undefined && (now === startTime || now === HIDDEN);
}

/** `isAlive`, blocking; see `identityOfSync`. */
export function isAliveSync(pid: number, startTime: string): boolean {
  const now = identityOfSync(pid);
  return now !== undefined && (now === startTime || now === HIDDEN);
}

const isPid = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0;

function listingOf(pids: readonly number[]): Listing | undefined {
  const platform = process.platform;
  return platform === 'darwin' || platform === 'win32' ? LISTINGS[platform](pids) : undefined;
}

function understand(
  listing: Listing,
  result: {
    readonly exitCode?: number | undefined;
    readonly stdout: string;
    readonly shortMessage?: string | undefined;
  },
): StartTimes {
  if (result.exitCode === undefined || !listing.exitCodes.includes(result.exitCode)) {
    throw new Error(
      `Can't find out which processes are alive: ${result.shortMessage ?? `${listing.program} failed`}.`,
    );
  }
  return listing.parse(result.stdout);
}

/** The start time of a process that lives but may not be looked at (a /proc mounted with hidepid). */
const HIDDEN = 'hidden';

function readProc(pids: readonly number[]): StartTimes {
  const found = new Map<number, string>();
  for (const pid of pids) {
    const startTime = readStat(pid);
    if (startTime !== undefined) found.set(pid, startTime);
  }
  return found;
}

function readStat(pid: number): string | undefined {
  try {
    return parseStat(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    // ESRCH: it ended between the opening and the reading
    if (errorCode(error) === 'ESRCH') return undefined;
    return exists(pid) ? HIDDEN : undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * The start time in ticks since boot of a line of /proc/<pid>/stat (proc(5), field 22); undefined for a
 * process that is dead but not yet collected by its parent. The second field is the program's name in
 * parentheses and may itself hold spaces and parentheses.
 */
export function parseStat(stat: string): string | undefined {
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || 'ZXx'.includes(state)) return undefined;
  return fields[22 - 4];
}

/** Reads `ps -o pid=,stat=,lstart=`; zombies are left out. */
export function parsePs(stdout: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const line of stdout.split('\n')) {
    const [pid, state, ...started] = line.trim().split(/\s+/);
    if (state === undefined || started.length === 0 || state.startsWith('Z')) continue;
    found.set(Number(pid), started.join(' '));
  }
  return found;
}

/** Reads lines of "<pid> <creation date>". */
export function parseCim(stdout: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const line of stdout.split(/\r?\n/)) {
    const match = /^(\d+) (\S+)$/.exec(line.trim());
    if (match?.[1] !== undefined && match[2] !== undefined) found.set(Number(match[1]), match[2]);
  }
  return found;
}

/** What tells machines and their process tables apart. Undefined: this system doesn't say. */
export interface MachineIdentity {
  readonly host: string;
  /** Stays over reboots. Copied disk images may share it. */
  readonly machine?: string;
  /** Differs after every reboot, and between machines. */
  readonly boot?: string;
  /** Linux: containers have their own pids. */
  readonly pidNamespace?: string;
}

let identity: Promise<MachineIdentity> | undefined;

/** This machine, as this process sees it. Asked once. */
export function machineIdentity(): Promise<MachineIdentity> {
  identity ??= askMachine();
  return identity;
}

async function askMachine(): Promise<MachineIdentity> {
  const host = os.hostname();
  switch (process.platform) {
    case 'darwin':
      return withKnown(host, {
        machine: parseIoreg(await ask('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'])),
        boot: (await ask('sysctl', ['-n', 'kern.bootsessionuuid'])).trim(),
      });
    case 'win32':
      return withKnown(host, {
        machine: parseMachineGuid(
          await ask('reg.exe', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid']),
        ),
      });
    default:
      return withKnown(host, {
        machine: readFirstLine('/etc/machine-id'),
        boot: readFirstLine('/proc/sys/kernel/random/boot_id'),
        pidNamespace: readLink('/proc/self/ns/pid'),
      });
  }
}

function withKnown(
  host: string,
  parts: Readonly<Record<'machine', string> & Partial<Record<'boot' | 'pidNamespace', string>>>,
): MachineIdentity {
  return { host, ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== '')) };
}

/** What a program prints; nothing when it isn't there. */
async function ask(program: string, args: readonly string[]): Promise<string> {
  const result = await execa(program, args, { reject: false, stdin: 'ignore', timeout: 10_000 });
  return result.exitCode === 0 ? result.stdout : '';
}

/** Nothing when the file isn't there: containers often have no machine id. */
function readFirstLine(file: string): string {
  try {
    return (fs.readFileSync(file, 'utf8').split('\n')[0] ?? '').trim();
  } catch {
    return '';
  }
}

function readLink(link: string): string {
  try {
    return fs.readlinkSync(link);
  } catch {
    return '';
  }
}

/** The hardware's id in the output of `ioreg -rd1 -c IOPlatformExpertDevice`; empty when it isn't there. */
export function parseIoreg(stdout: string): string {
  return /"IOPlatformUUID"\s*=\s*"([^"]+)"/.exec(stdout)?.[1] ?? '';
}

/** The installation's id in the output of `reg query ... /v MachineGuid`; empty when it isn't there. */
export function parseMachineGuid(stdout: string): string {
  return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(stdout)?.[1] ?? '';
}

/** The pid namespace of a Linux machine itself (`PROC_PID_INIT_INO`): every other one is a container's. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** How the process table in which a pid was written down relates to ours. */
export type ProcessTable =
  /** The same: its pids can be looked up. */
  | 'same'
  /** The same machine, started anew since: nothing of it lives. */
  | 'rebooted'
  /** Another machine or container, or nobody can say: its pids mean nothing here. */
  | 'elsewhere';

/** Compares where a pid was written down with where we are. In doubt it is elsewhere. */
export function compareProcessTables(theirs: MachineIdentity, ours: MachineIdentity): ProcessTable {
  if (theirs.host !== ours.host) return 'elsewhere';
  if (theirs.pidNamespace !== ours.pidNamespace) return 'elsewhere';
  if (ours.boot !== undefined && theirs.boot === ours.boot) return 'same';
  // two machines may well have one name ("ubuntu"), or copies of one disk in containers
  if (ours.machine === undefined || theirs.machine !== ours.machine) return 'elsewhere';
  if (ours.boot === undefined && theirs.boot === undefined) return 'same';
  if (ours.boot === undefined || theirs.boot === undefined) return 'elsewhere';
  const contained = ours.pidNamespace !== undefined && ours.pidNamespace !== INITIAL_PID_NAMESPACE;
  return contained ? 'elsewhere' : 'rebooted';
}
