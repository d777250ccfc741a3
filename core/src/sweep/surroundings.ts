import type { Program } from '../batch/commands/program.ts';
import type { SiteNames } from '../batch/site-names.ts';
import type { System } from '../batch/systems.ts';
import type { ConfigRequest, HydraProgram } from '../program/hydra-program.ts';
import type { ProgramOptions } from '../program/options.ts';

/** What reading a sweep file may ask of the world around it; every question may go unanswered. */
export interface Surroundings {
  /**
   * Where `program` is: the folder it was found from (the commands' working directory), `missing`, or
   * undefined when nobody can tell (untitled file, virtual workspace). See program-folder.ts.
   */
  findProgram?(program: string):
    | {
        readonly folder: string;
        /** Whether the system can start the file itself; undefined where that means nothing. */
        readonly executable?: boolean;
      }
    | 'missing'
    | undefined;
  /** Whether the environment variable is set where jobs would run. */
  hasEnvironmentVariable?(name: string): boolean | undefined;
  /**
   * Whether the folder is there; relative to the document's folder or to a folder above it in the workspace.
   * undefined when nobody can tell, as for a path of another machine.
   */
  hasFolder?(folder: string): boolean | undefined;
  /** Whether the system can start the document's file itself; undefined where that means nothing. */
  isExecutable?(): boolean | undefined;
  /** The names of a kind that the batch system here knows: partitions, queues, accounts... */
  siteNames?(system: System, kind: string): SiteNames;
  /** Names of `launch.queue` values that can run here; undefined: don't check. */
  readonly queues?: readonly string[];
  /** Paths of programs near the document, relative to its folder, the nearest first; undefined when nobody can tell. */
  nearbyPrograms?(): readonly string[] | undefined;
  /** Names of the metrics that earlier runs of the program reported; undefined or empty: nobody knows. */
  metricNames?(program: string): readonly string[] | undefined;
  /** The options that the program's text declares; undefined when it can't be read or isn't to be. */
  programOptions?(program: string): ProgramOptions | undefined;
  /** What the program's text and its configuration say about overrides; undefined when they aren't to be read. */
  hydraProgram?(program: Program, request: ConfigRequest): HydraProgram | undefined;
}
