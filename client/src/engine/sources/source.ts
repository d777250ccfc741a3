/**
 * What a sweep is made from: a sweep file or a batch script. The engine's loop, the views and the requests are
 * the same for both; a source says what the jobs are, where their files lie and what goes into them.
 */
import type { Json } from '#core/sweep/sweep.ts';
import type { Parameters } from '#core/value.ts';
import type { LogNames } from '../job-environment.ts';
import type { MetricsReader } from '../metrics/metrics-file.ts';
import type { PreparedScript } from '../queues/queue.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import type { EngineSettings } from '../settings.ts';
import type { JobState, SweepState } from '../sweep-state.ts';
import { batchScriptSource } from './batch-script.ts';
import { sweepFileSource } from './sweep-file.ts';

export interface SweepSource {
  /** Absolute path of the frozen file. */
  readonly frozenFile: string;
  /** Names of the files in a job's directory that hold what it printed. */
  readonly logs: LogNames;
  /** Absolute path. @throws Error with a sentence when what the sweep was launched with can't be read. */
  jobDirectory(job: number): string;
  /** Follows what the job reports, from its beginning. */
  metricsReader(job: number): MetricsReader;
  /**
   * Reads the frozen file.
   * @throws Error with a sentence when it can't be read, or this version can't run it.
   */
  open(): OpenSource;
}

/** The frozen file, read. */
export interface OpenSource {
  readonly scheduler: Scheduler;
  /** Jobs at once that the file itself allows. */
  readonly concurrency: number | undefined;
  /** What the file asks of the batch system beside what the queue asks (`launch.resource_args`). */
  readonly resourceArgs?: Readonly<Record<string, Json>>;
  /**
   * Writes the job's directory, as `JobFiles.write`.
   * @throws StorageError when the disk is at fault, any other Error with a sentence when the job can't run.
   */
  write(job: number, attempt: number, parameters: Parameters, settings: EngineSettings): void;
  /** The script that is submitted as it is, once it was written; for sources that make one for a batch system. */
  prepared?(job: number, attempt: number): PreparedScript;
  /** Told after each change of a job, for files that are kept up to date for others to read. */
  readonly follow?: (job: JobState) => void;
}

/** Where a sweep is, and what its journal says of it. */
export interface SweepPlace {
  /** Absolute path of `.sweeps/<id>`. */
  readonly directory: string;
  readonly state: Pick<SweepState, 'id' | 'source' | 'file' | 'seed' | 'workingDirectory' | 'queue'>;
}

/** The source of a sweep; nothing is read yet. */
export function sourceOf(place: SweepPlace): SweepSource {
  switch (place.state.source) {
    case 'sweep-file':
      return sweepFileSource(place);
    case 'batch-script':
      return batchScriptSource(place);
  }
}
