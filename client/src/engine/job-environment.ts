/** What a job is and what its program finds in its environment, whatever shell or system starts it. */
import path from 'node:path';
import { type Parameters, stringifyJson } from '#core/value.ts';

/** `job.json`: everything about one attempt of a job that is known before it runs. */
export interface JobDescription {
  /** `quadratic-7/12`. */
  readonly id: string;
  /** `quadratic-7`. */
  readonly sweep: string;
  readonly index: number;
  /** 1 for the first. */
  readonly attempt: number;
  readonly parameters: Parameters;
  /** The command, one word each; never empty. */
  readonly argv: readonly string[];
  /** Variables beside the ones every job gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path of the folder the command runs in. */
  readonly workingDirectory: string;
  /** Absolute path of the folder that holds the `sweepdeck` Python package. */
  readonly pythonPath: string;
  /** What a cluster's queue should ask for; JSON only. */
  readonly resources?: Readonly<Record<string, unknown>>;
  /** Where what it prints goes; `stdout.log` and `stderr.log` when absent. */
  readonly logs?: LogNames;
}

/** Names of the files with what a job prints. */
export interface LogNames {
  readonly stdout: string;
  readonly stderr: string;
}

export const JOB_LOGS: LogNames = { stdout: 'stdout.log', stderr: 'stderr.log' };
/** The names that MLXP gives them. */
export const MLXP_LOGS: LogNames = { stdout: 'log.stdout', stderr: 'log.stderr' };

/** File names inside a job directory. */
export const PARAMETERS_FILE = 'params.json';
export const METRICS_FILE = 'metrics.jsonl';

/** W&B's name of a job: letters, digits, `_`, `-` only. */
export function runId(sweep: string, index: number): string {
  return `${sweep}-${index}`;
}

/** The file in W&B's form that `WANDB_SWEEP_PARAM_PATH` names. */
export function wandbConfigFile(job: JobDescription): string {
  return `config-${runId(job.sweep, job.index)}.yaml`;
}

/** Linux takes no variable beyond 128 KiB (MAX_ARG_STRLEN in execve(2)); longer parameters are read from the file. */
const LONGEST_VARIABLE = 100_000;

/**
 * The variables a job's program gets on top of the ones it inherits, undefined for one it must not
 * inherit; `PYTHONPATH` (job.pythonPath before the inherited one) and a slot's `CUDA_VISIBLE_DEVICES`
 * are added where the job starts.
 */
export function jobEnvironment(
  job: JobDescription,
  directory: string,
): Readonly<Record<string, string | undefined>> {
  const parameters = stringifyJson(job.parameters);
  return {
    ...job.environment,
    SWEEPDECK_SWEEP_ID: job.sweep,
    SWEEPDECK_JOB: String(job.index),
    SWEEPDECK_ATTEMPT: String(job.attempt),
    SWEEPDECK_JOB_DIR: directory,
    SWEEPDECK_METRICS: path.join(directory, METRICS_FILE),
    SWEEPDECK_PARAMS_FILE: path.join(directory, PARAMETERS_FILE),
    SWEEPDECK_PARAMS: Buffer.byteLength(parameters) <= LONGEST_VARIABLE ? parameters : undefined,
    WANDB_SWEEP_ID: job.sweep,
    WANDB_RUN_ID: runId(job.sweep, job.index),
    WANDB_SWEEP_PARAM_PATH: path.join(directory, wandbConfigFile(job)),
  };
}
