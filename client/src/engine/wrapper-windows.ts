/**
 * The wrapper for systems without a POSIX shell: the same claim, the same exit record as script.sh
 * (wrapper.ts), with the program started directly, so that no shell ever sees a value. Bundled as
 * dist/wrapper.cjs and run by the editor's own runtime: `wrapper.cjs <job directory> [host] [slot] [gpus] [machine]`.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '#core/value.ts';
import {
  exitRecordText,
  plainHostName,
  signalNumber,
  UNUSABLE_WORKING_DIRECTORY,
  WRAPPER_EXIT,
} from './exit-record.ts';
import { type JobDescription, jobEnvironment } from './job-environment.ts';

interface Place {
  readonly directory: string;
  readonly host: string;
  readonly slot: string;
  readonly gpus: string;
  readonly machine: string;
}

interface Ending {
  readonly code: number;
  readonly signal: number | null;
}

const NOT_EXECUTABLE: Ending = { code: 126, signal: null };
const NOT_FOUND: Ending = { code: 127, signal: null };
const RECORD_TRIES = 20;

let stopped = false;

async function run(place: Place): Promise<number> {
  process.chdir(place.directory);
  const job = parseJson(fs.readFileSync('job.json', 'utf8')) as JobDescription;
  if (!claim(job.attempt, place)) return WRAPPER_EXIT.alreadyClaimed;
  // a stop is for the program: the wrapper stays to write down how it ended
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => (stopped = true));
  const startedAt = Date.now();
  const { code, signal } = await runCommand(job, place);
  const { attempt } = job;
  await record(
    exitRecordText({ attempt, code, signal, stopped, startedAt, endedAt: Date.now(), host: place.host }),
  );
  return code;
}

/** Returns whether the attempt is ours. */
function claim(attempt: number, { host, slot, gpus, machine }: Place): boolean {
  const self = fs.existsSync('/proc/self/stat')
    ? fs.readFileSync('/proc/self/stat', 'utf8').trimEnd()
    : process.pid;
  try {
    fs.writeFileSync(`claim-${attempt}`, `${self}\n${host} ${slot} ${gpus}\n${machine}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function runCommand(job: JobDescription, place: Place): Promise<Ending> {
  const stdout = fs.openSync('stdout.log', 'w');
  const stderr = fs.openSync('stderr.log', 'w');
  if (fs.statSync(job.workingDirectory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    fs.writeSync(stderr, `${UNUSABLE_WORKING_DIRECTORY}\n`);
    return Promise.resolve(NOT_EXECUTABLE);
  }
  const [program = '', ...words] = job.argv;
  const unstarted = (error: NodeJS.ErrnoException): Ending => {
    fs.writeSync(
      stderr,
      `${program}: ${error.code === 'E2BIG' ? 'Argument list too long' : error.message}\n`,
    );
    return error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
  };
  return new Promise<Ending>((resolve) => {
    const child = spawn(program, words, {
      cwd: job.workingDirectory,
      env: environmentOf(job, place),
      stdio: ['ignore', stdout, stderr],
      windowsHide: true,
    });
    child.once('error', (error) => resolve(unstarted(error)));
    child.once('exit', (code, signal) => {
      if (signal === null) resolve({ code: code ?? 0, signal: null });
      else resolve({ code: 128 + signalNumber(signal), signal: signalNumber(signal) });
    });
    // some errors are thrown, others are events
  }).catch(unstarted);
}

function environmentOf(job: JobDescription, { directory, gpus }: Place): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...(gpus === '' ? {} : { CUDA_VISIBLE_DEVICES: gpus }),
    ...jobEnvironment(job, directory),
  };
  delete environment['ELECTRON_RUN_AS_NODE'];
  const inherited = environment['PYTHONPATH'];
  environment['PYTHONPATH'] = inherited ? `${job.pythonPath}${path.delimiter}${inherited}` : job.pythonPath;
  return environment;
}

/** A full disk may have room again in a moment. */
async function record(text: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      fs.writeFileSync('exit.json', text);
      return;
    } catch (error) {
      if (tries >= RECORD_TRIES) throw error;
      await delay(1_000);
    }
  }
}

// an async function instead of top-level await: the bundle is CommonJS
async function main(): Promise<void> {
  const [directory = '', host = '', slot = '', gpus = '', machine = ''] = process.argv.slice(2);
  try {
    process.exitCode = await run({
      directory,
      host: host || plainHostName(os.hostname()),
      slot,
      gpus,
      machine,
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = WRAPPER_EXIT.directoryUnusable;
  }
}

void main();
