/** A sweep made from a sweep file: its frozen copy is `sweep.yaml`, job n lies in `jobs/<n>`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { planOf } from '#core/search/plan-of.ts';
import { expandCommand } from '#core/sweep/command.ts';
import { readSweep } from '#core/sweep/read.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';
import { pythonJson } from '#core/python-text.ts';
import { argsJsonPath, writeJobDirectory } from '../job-directory.ts';
import { JOB_LOGS, runId } from '../job-environment.ts';
import { MetricsFile } from '../metrics/metrics-file.ts';
import { type JobScript, jobScriptFor, pythonPathFor } from '../queues/queues.ts';
import { planScheduler } from '../schedulers/search.ts';
import { pathsIn } from '../sweep-folder.ts';
import type { OpenSource, SweepPlace, SweepSource } from './source.ts';

/** The directory of a job of the sweep in `directory`. */
export function jobDirectory(directory: string, job: number): string {
  return path.join(directory, 'jobs', String(job));
}

export function sweepFileSource(place: SweepPlace): SweepSource {
  const directoryOf = (job: number): string => jobDirectory(place.directory, job);
  return {
    frozenFile: pathsIn(place.directory).sweepFile,
    logs: JOB_LOGS,
    jobDirectory: directoryOf,
    metricsReader: (job) => new MetricsFile(directoryOf(job)),
    open: () => openSweep(place),
  };
}

function openSweep({ directory, state }: SweepPlace): OpenSource {
  const sweep = frozenSweep(pathsIn(directory).sweepFile);
  const plan = planOf(sweep, state.seed);
  if (plan === undefined)
    throw new Error(`${state.id} uses method ${sweep.method}, which this version can't run.`);
  let pythonPath: string | undefined;
  return {
    scheduler: planScheduler(plan),
    concurrency: sweep.scheduler?.form === 'launch' ? sweep.scheduler.numWorkers : undefined,
    ...(sweep.launch?.resourceArgs === undefined ? {} : { resourceArgs: sweep.launch.resourceArgs }),
    write(job, attempt, parameters, settings) {
      const script = jobScriptFor(state.queue, settings, path.dirname(path.dirname(directory)));
      pythonPath ??= pythonPathFor(state.queue, settings, directory);
      writeJob(
        { sweep, state, job, attempt, parameters, directory: jobDirectory(directory, job) },
        { interpreter: settings.interpreter, pythonPath, script },
      );
    },
  };
}

function frozenSweep(file: string): Sweep {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`The frozen sweep file ${file} can't be read: ${String(error)}`, { cause: error });
  }
  const { sweep, problems } = readSweep(text);
  if (sweep !== undefined) return sweep;
  const problem = problems.find((each) => each.severity === 'error');
  throw new Error(`The frozen sweep file ${file} can't be read: ${problem?.message ?? 'it has errors'}`);
}

interface Job {
  readonly sweep: Sweep;
  readonly state: SweepPlace['state'];
  readonly job: number;
  readonly attempt: number;
  readonly parameters: Parameters;
  readonly directory: string;
}

interface HowToRun {
  readonly interpreter: string;
  readonly pythonPath: string;
  /** undefined: a process of this machine. */
  readonly script: JobScript | undefined;
}

function writeJob(
  { sweep, state, job, attempt, parameters, directory }: Job,
  { interpreter, pythonPath, script }: HowToRun,
): void {
  const there = script?.pathThere(directory) ?? directory;
  const place = { id: state.id, job, directory: there, parameters, interpreter };
  const { argv, usesArgsJsonFile } = commandLine(sweep, place);
  writeJobDirectory(
    directory,
    {
      id: `${state.id}/${job}`,
      sweep: state.id,
      index: job,
      attempt,
      parameters,
      argv,
      environment: {},
      workingDirectory: state.workingDirectory,
      pythonPath,
    },
    {
      ...(usesArgsJsonFile ? { argsJson: pythonJson(parameters) } : {}),
      ...(script === undefined
        ? {}
        : { script: { publish: 'rename', cluster: script.cluster }, pathThere: script.pathThere }),
    },
  );
}

export interface JobPlace {
  /** The sweep's id. */
  readonly id: string;
  readonly job: number;
  /** Absolute path of the job directory. */
  readonly directory: string;
  readonly parameters: Parameters;
  readonly interpreter: string;
}

/**
 * The exact command line of a job.
 * @throws CommandError when it can't be made, e.g. because an environment variable is not set.
 */
export function commandLine(
  sweep: Sweep,
  place: JobPlace,
): { readonly argv: readonly string[]; readonly usesArgsJsonFile: boolean } {
  return expandCommand(sweep.command, {
    program: sweep.program,
    interpreter: place.interpreter,
    platform: process.platform === 'win32' ? 'windows' : 'posix',
    parameters: place.parameters,
    sweepId: place.id,
    runId: runId(place.id, place.job),
    jobDirectory: place.directory,
    argsJsonFile: argsJsonPath(place.directory),
    environment: (name) => process.env[name],
  });
}
