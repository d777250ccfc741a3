/** What the engine does in the job directories of one sweep: the command of a point becomes files, files become metrics. */
import path from 'node:path';
import { expandCommand } from '#core/sweep/command.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';
import { pythonJson } from '#core/python-text.ts';
import type { JobFiles } from './engine.ts';
import { argsJsonPath, wasClaimed, writeJobDirectory } from './job-directory.ts';
import { runId } from './job-environment.ts';
import { readFinalMetrics } from './metrics/final-metrics.ts';
import type { EngineSettings } from './settings.ts';

export interface SweepJobs {
  /** `quadratic-7`. */
  readonly id: string;
  /** Absolute path of `.sweeps/<id>`. */
  readonly directory: string;
  readonly sweep: Sweep;
  readonly workingDirectory: string;
  readonly settings: () => EngineSettings;
}

export function jobDirectory(sweepDirectory: string, job: number): string {
  return path.join(sweepDirectory, 'jobs', String(job));
}

export function jobFiles(jobs: SweepJobs): JobFiles {
  const directoryOf = (job: number): string => jobDirectory(jobs.directory, job);
  return {
    wasClaimed: (job, attempt) => wasClaimed(directoryOf(job), attempt),
    directory: directoryOf,
    metrics: (job) => readFinalMetrics(directoryOf(job)),
    write(job, attempt, parameters) {
      const directory = directoryOf(job);
      const { interpreter, pythonPath } = jobs.settings();
      const { argv, usesArgsJsonFile } = commandLine(jobs.sweep, {
        id: jobs.id,
        job,
        directory,
        parameters,
        interpreter,
      });
      writeJobDirectory(
        directory,
        {
          id: `${jobs.id}/${job}`,
          sweep: jobs.id,
          index: job,
          attempt,
          parameters,
          argv,
          environment: {},
          workingDirectory: jobs.workingDirectory,
          pythonPath,
        },
        usesArgsJsonFile ? { argsJson: pythonJson(parameters) } : {},
      );
    },
  };
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
