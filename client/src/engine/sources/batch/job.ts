/** One job of a batch script: its script, what is known of it, and what MLXP wants to find in its directory. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { commandWords } from '#core/batch/command-words.ts';
import { jobAt } from '#core/batch/commands/jobs.ts';
import type { MultirunScript, Program } from '#core/batch/commands/read.ts';
import { isMlxpOverride, mlxpOverrides, type MlxpInfo } from '#core/batch/mlxp.ts';
import {
  firstLineOf,
  interpreterOf,
  keptDirectives,
  namedIn,
  nativeName,
  renderLines,
  type Interpreter,
} from '#core/batch/render.ts';
import { SCRIPT_FILE } from '../../job-directory.ts';
import { type JobDescription, MLXP_LOGS } from '../../job-environment.ts';
import type { ScriptOptions } from '../../wrapper.ts';
import type { Target } from './target.ts';

/** What is known of the programs of a script. */
export interface ScriptPrograms {
  fileOf(program: Program): string | undefined;
  usesMlxp(program: Program): boolean;
}

/** What all jobs of a submission share. */
export interface SubmittedScript {
  /** The sweep's id. */
  readonly id: string;
  /** Absolute path of `.sweeps/<id>`. */
  readonly sweepDirectory: string;
  /** File name of the script, without its ending: the base of the jobs' names. */
  readonly stem: string;
  readonly script: MultirunScript;
  readonly programs: ScriptPrograms;
  /** Absolute paths. */
  readonly workingDirectory: string;
  readonly logs: string;
  readonly target: Target;
}

/** Which attempt of which job. */
export interface JobNumbers {
  readonly index: number;
  readonly logId: number;
  readonly attempt: number;
}

export interface RenderedJob {
  readonly description: JobDescription;
  readonly options: Omit<ScriptOptions, 'directory'>;
  /** As Hydra prints them; without those that were added for MLXP. */
  readonly overrides: readonly string[];
  readonly info: MlxpInfo;
  /** Absolute path of the job's directory. */
  readonly directory: string;
}

/** The native name of an attempt: unique, so that a submission whose answer was lost is found by it. */
export function jobName(
  submitted: SubmittedScript,
  { logId, attempt }: Omit<JobNumbers, 'index'>,
  longest: number,
): string {
  const { sweepDirectory, script, stem } = submitted;
  const tag = createHash('sha256')
    .update(`${sweepDirectory}\0${logId}\0${attempt}`)
    .digest('hex')
    .slice(0, 5);
  return nativeName(namedIn(script.batch) ?? stem, `${logId}-${tag}`, longest);
}

/**
 * Everything about one attempt of a job.
 * @throws RangeError when there is no such job.
 */
export function renderJob(submitted: SubmittedScript, numbers: JobNumbers, pythonPath: string): RenderedJob {
  const { id, script, programs, workingDirectory, logs, target } = submitted;
  const { index, logId, attempt } = numbers;
  const directory = path.join(logs, String(logId));
  const command = script.commands[jobAt(script, BigInt(index)).command];
  const usesMlxp = command !== undefined && programs.usesMlxp(command.program);
  const job = jobAt(
    script,
    BigInt(index),
    usesMlxp ? { add: mlxpOverrides(logId, logs), without: isMlxpOverride } : {},
  );
  const interpreter = interpreterOf(script.shebang);
  const text = renderLines({
    shebang: script.shebang,
    directory: workingDirectory,
    preamble: [...(target.kind === 'local' ? [] : target.prologue), ...job.preamble],
    commandLine: job.commandLine,
    pipelinePlace: job.pipelinePlace,
    epilogue: job.epilogue,
  });
  return {
    directory,
    overrides: job.overrides,
    description: {
      id: `${id}/${index}`,
      sweep: id,
      index,
      attempt,
      parameters: job.parameters,
      argv: commandWords(job.commandLine),
      environment: {},
      workingDirectory,
      pythonPath,
      logs: MLXP_LOGS,
    },
    options: {
      firstLine: firstLineOf(interpreter),
      lines: { text, interpreter: interpreter.words },
      ...scriptAround(submitted, interpreter, directory, numbers),
    },
    info: {
      status: 'STARTING',
      program: programs.fileOf(job.program),
      executable: command === undefined ? '' : script.batch.script.text.slice(...command.source.interpreter),
      workingDirectory,
      directory,
      logId,
      schedulerJobId: undefined,
    },
  };
}

function scriptAround(
  submitted: SubmittedScript,
  interpreter: Interpreter,
  directory: string,
  numbers: JobNumbers,
): Pick<ScriptOptions, 'publish' | 'header' | 'streams' | 'cluster'> {
  const { target, script, workingDirectory } = submitted;
  if (target.kind === 'local') {
    const { lines } = keptDirectives(script.batch, (line) => line);
    return { publish: 'in-place', header: linesText(lines) };
  }
  const { adapter } = target;
  const isLive = adapter.output === 'directly';
  const [shell] = firstLineOf(interpreter).slice(2).split(' ');
  const header = adapter.headerFor({
    name: jobName(submitted, numbers, adapter.longestName),
    directory: workingDirectory,
    stdout: path.join(directory, isLive ? MLXP_LOGS.stdout : 'batch.out'),
    stderr: path.join(directory, isLive ? MLXP_LOGS.stderr : 'batch.err'),
    ...(shell === undefined || path.basename(shell) === 'env' ? {} : { shell }),
  });
  const { lines } = keptDirectives(script.batch, adapter.keptOf);
  return {
    publish: 'rename',
    header: linesText([...header, ...target.directives, ...lines]),
    streams: isLive ? 'batch-system' : 'wrapper',
    cluster: {
      nativeId: adapter.idVariable,
      restartsUnderNewId: adapter.restartsUnderNewId === true,
      magicExitCodes: adapter.magicExitCodes,
    },
  };
}

const linesText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Absolute path of the script of the job in a directory. */
export const scriptIn = (directory: string): string => path.join(directory, SCRIPT_FILE);
