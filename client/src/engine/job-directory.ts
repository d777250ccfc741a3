/**
 * A job's directory: the contract between whoever decides about a job and whoever runs it. What to do
 * goes in, output, metrics, a claim and an exit record come out. All calls are synchronous and cheap:
 * a directory is written in well under a millisecond.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseJson, stringifyJson } from '#core/value.ts';
import {
  errorCode,
  makeFolderSync,
  renameSync,
  storageError,
  writeFileAtomicallySync,
} from './atomic-file.ts';
import {
  type Claim,
  type ExitRecord,
  parseClaim,
  parseExitRecord,
  recoveryClaimText,
} from './exit-record.ts';
import {
  JOB_LOGS,
  type JobDescription,
  METRICS_FILE,
  MLXP_LOGS,
  PARAMETERS_FILE,
  wandbConfigFile,
} from './job-environment.ts';
import { wandbConfig } from './wandb-config.ts';
import { type ScriptOptions, renderScript } from './wrapper.ts';

export interface JobDirectoryOptions {
  /** Text of `args.json`, for a command with the `args_json_file` macro. */
  readonly argsJson?: string;
  readonly script?: Omit<ScriptOptions, 'directory'>;
  /** The path by which the machine that runs the job knows a local file; the same by default. */
  readonly pathThere?: (local: string) => string;
}

export const SCRIPT_FILE = 'script.sh';
const DESCRIPTION_FILE = 'job.json';
const EXIT_FILE = 'exit.json';
const ATTEMPTS = 'attempts';
/** What an attempt leaves behind. Claims stay where they are: a claim that moved could be made again. */
const OUTPUTS = [
  JOB_LOGS.stdout,
  JOB_LOGS.stderr,
  MLXP_LOGS.stdout,
  MLXP_LOGS.stderr,
  METRICS_FILE,
  'result.json',
  EXIT_FILE,
] as const;

/** Path of the file that `args_json_file` becomes. */
export function argsJsonPath(directory: string): string {
  return path.join(directory, 'args.json');
}

/**
 * Writes what a job needs to run. Can be called again for the same attempt, also after a crash half-way
 * through: nothing an attempt wrote is lost, what earlier attempts left is in `attempts/<attempt>/`.
 * @throws StorageError with a sentence when the disk is at fault.
 * @throws ShellQuoteError when the command can't be passed to a program.
 */
export function writeJobDirectory(
  directory: string,
  job: JobDescription,
  options: JobDirectoryOptions = {},
): void {
  const script = renderFor(job, directory, options);
  try {
    const fresh = makeDirectory(directory);
    if (!fresh) setAside(directory, job.attempt);
    fs.writeFileSync(path.join(directory, PARAMETERS_FILE), stringifyJson(job.parameters));
    fs.writeFileSync(path.join(directory, wandbConfigFile(job)), wandbConfig(job.parameters));
    writeScript(path.join(directory, SCRIPT_FILE), script, fresh);
    if (options.argsJson !== undefined) fs.writeFileSync(argsJsonPath(directory), options.argsJson);
    // last, and in one step when it replaces another one: it says whose outputs the directory holds
    const description = `${stringifyJson(job)}\n`;
    if (fresh) fs.writeFileSync(path.join(directory, DESCRIPTION_FILE), description);
    else writeFileAtomicallySync(path.join(directory, DESCRIPTION_FILE), description);
  } catch (error) {
    throw storageError('write the job directory', directory, error);
  }
}

function renderFor(job: JobDescription, directory: string, options: JobDirectoryOptions): string {
  const { script, pathThere } = options;
  if (pathThere === undefined) return renderScript(job, { publish: 'in-place', ...script, directory });
  const { workingDirectory, pythonPath } = job;
  return renderScript(
    { ...job, workingDirectory: pathThere(workingDirectory), pythonPath: pathThere(pythonPath) },
    { publish: 'rename', ...script, directory: pathThere(directory) },
  );
}

/** An earlier attempt that was given up may still run: its shell reads on in the file that it began. OAR runs the file itself. */
function writeScript(file: string, text: string, fresh: boolean): void {
  const mode = 0o755;
  if (fresh) fs.writeFileSync(file, text, { mode });
  else writeFileAtomicallySync(file, text, { mode });
}

/**
 * `job.json`, or undefined when the directory holds none that is whole.
 * @throws StorageError when it is there and can't be read.
 */
export function readJobDescription(directory: string): JobDescription | undefined {
  const text = readIfPresent(path.join(directory, DESCRIPTION_FILE));
  if (text?.endsWith('\n') !== true) return undefined;
  try {
    return parseJson(text) as JobDescription;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The attempt's exit record once it is whole, also when a later attempt has set it aside. */
export function readExitRecord(directory: string, attempt: number): ExitRecord | undefined {
  for (const place of [directory, path.join(directory, ATTEMPTS, String(attempt))]) {
    const text = readIfPresent(path.join(place, EXIT_FILE));
    const record = text === undefined ? undefined : parseExitRecord(text);
    if (record?.attempt === attempt) return record;
  }
  return undefined;
}

/** Who runs the attempt; `unfinished` for the moment in which the claim is being written. */
export function readClaim(directory: string, attempt: number): Claim | 'unfinished' | undefined {
  const text = readIfPresent(claimPath(directory, attempt));
  return text === undefined ? undefined : (parseClaim(text) ?? 'unfinished');
}

/** When the attempt was claimed, in ms since 1970; undefined when it was not. */
export function claimedAt(directory: string, attempt: number): number | undefined {
  return fs.statSync(claimPath(directory, attempt), { throwIfNoEntry: false })?.mtimeMs;
}

/** Whether the attempt was started, or settled never to start. */
export function wasClaimed(directory: string, attempt: number): boolean {
  return fs.existsSync(claimPath(directory, attempt));
}

/**
 * Takes the attempt away from a wrapper that may still be about to start: once `claimed`, it never runs.
 * Otherwise the claim that was there first.
 * @throws StorageError when the claim can't be written.
 */
export function claimForRecovery(
  directory: string,
  attempt: number,
  host: string,
): 'claimed' | 'unfinished' | Claim {
  const file = claimPath(directory, attempt);
  try {
    fs.writeFileSync(file, recoveryClaimText(host), { flag: 'wx' });
    return 'claimed';
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw storageError('write', file, error);
    return readClaim(directory, attempt) ?? 'unfinished';
  }
}

function claimPath(directory: string, attempt: number): string {
  return path.join(directory, `claim-${attempt}`);
}

/** Returns whether the directory is new. */
function makeDirectory(directory: string): boolean {
  try {
    fs.mkdirSync(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (errorCode(error) !== 'ENOENT') throw error;
    return fs.mkdirSync(directory, { recursive: true }) !== undefined;
  }
}

/**
 * Moves what earlier attempts left. `job.json` still names the attempt the outputs belong to, unless a
 * batch system began later ones by itself: those are known by their claims.
 */
function setAside(directory: string, attempt: number): void {
  const described = readJobDescription(directory)?.attempt ?? attempt - 1;
  const earlier = Math.max(described, latestClaim(directory, attempt - 1));
  if (earlier < 1 || earlier >= attempt) return;
  const place = path.join(directory, ATTEMPTS, String(earlier));
  makeFolderSync(place, { parents: 1 });
  for (const name of OUTPUTS) {
    const from = path.join(directory, name);
    if (fs.existsSync(from)) renameSync(from, path.join(place, name));
  }
}

/** The latest attempt up to `most` that somebody claimed; 0 for none. */
function latestClaim(directory: string, most: number): number {
  for (let attempt = most; attempt > 0; attempt--) if (wasClaimed(directory, attempt)) return attempt;
  return 0;
}

function readIfPresent(file: string): string | undefined {
  // asking first: a failing read costs an Error with its stack
  if (!fs.existsSync(file)) return undefined;
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw storageError('read', file, error);
  }
}
