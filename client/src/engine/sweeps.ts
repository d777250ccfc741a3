/**
 * The sweeps of one workspace folder: what the editor and the command line talk to.
 * Whoever holds a sweep's lock runs it; everybody else follows its journal and sends requests by its inbox.
 * The same calls work in both roles.
 */
import type { System } from '#core/batch/systems.ts';
import type { Problem } from '#core/text.ts';
import type { Parameters } from '#core/value.ts';
import type { Metrics, SweepRequest } from './events.ts';
import type { EngineSettings } from './settings.ts';
import type { JobState, SweepState } from './sweep-state.ts';

export interface Disposable {
  dispose(): void;
}

export interface SweepsOptions {
  /** Absolute path of the folder that holds `.sweeps`. */
  readonly root: string;
  readonly program: 'editor' | 'cli';
  /** Version of Sweepdeck, written to journals. */
  readonly version: string;
  /** Read at every use, so that a changed setting counts at once. */
  readonly settings: () => EngineSettings;
  /** Own and run every unfinished sweep that nobody runs, now and later. `false`: only follow. */
  readonly run: boolean;
  /** For the output channel or stderr. */
  readonly log: (line: string) => void;
}

/** One sweep as it is now. Objects are live: read them again after a change event. */
export interface SweepView {
  readonly id: string;
  /** Absolute path of `.sweeps/<id>`. */
  readonly directory: string;
  readonly state: SweepState;
  /** Absolute path of the copy of the launched file. */
  readonly frozenFile: string;
  /** Who runs it: this process, another one (described in words), or nobody. */
  readonly owner:
    | { readonly kind: 'here' }
    | { readonly kind: 'elsewhere'; readonly description: string }
    | { readonly kind: 'nobody' };
  /** A sentence when the owner can't write (disk full, read-only folder); undefined when all is well. */
  readonly trouble: string | undefined;
  /** Absolute path of the job's directory. It may not exist yet for a queued job. */
  jobDirectory(job: number): string;
  /** Absolute paths of the files with what the job prints. They may not exist yet. */
  jobLogs(job: number): { readonly stdout: string; readonly stderr: string };
  /** Latest metrics of a job; for running jobs read from its `metrics.jsonl` within about a second. */
  metricsOf(job: number): Metrics;
  /** Any job by index, also one that was not asked for yet (grid and random); undefined beyond the end or unknowable. */
  job(index: number): JobState | undefined;
  /** Number of jobs waiting, and a page of them in the order in which they will run. Requeued ones come first. */
  queuedPage(offset: number, limit: number): readonly JobState[];
}

export type SweepsChange =
  /** A sweep appeared, or disappeared. */
  | { readonly type: 'added' | 'removed'; readonly sweep: string }
  /** Jobs or phase of one sweep changed; changes are gathered for at most 100 ms. */
  | {
      readonly type: 'changed';
      readonly sweep: string;
      readonly jobs: readonly number[];
      readonly phase: boolean;
    }
  /** The metrics of running jobs changed. */
  | { readonly type: 'metrics'; readonly sweep: string; readonly jobs: readonly number[] };

export interface LaunchOptions {
  /** Seed of random choices; a fresh one by default. Stored in the journal. */
  readonly seed?: number;
  /** Queue to use instead of the file's. */
  readonly queue?: string;
}

export interface SubmitOptions extends LaunchOptions {
  /** Absolute path of the directory to submit from; the script's own by default, or the root when its program is there. */
  readonly from?: string;
}

const REFUSED = Symbol.for('sweepdeck.LaunchRefused');

/** The file has errors; nothing was created. */
export class LaunchRefused extends Error {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly [REFUSED] = true;

  constructor(file: string, problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const first = errors[0];
    super(
      first === undefined
        ? `${file} can't be launched.`
        : `${file}:${first.range.start.line + 1}: ${first.message}` +
            (errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''),
    );
    this.name = 'LaunchRefused';
    this.file = file;
    this.problems = problems;
  }

  /** Each bundle has its own copy of this class, and errors travel from the engine's to the editor's. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return typeof error === 'object' && error !== null && REFUSED in error;
  }
}

export interface PreviewJob {
  readonly index: number;
  readonly parameters: Parameters;
  /** The exact command line; job_dir, run_id and sweep_id macros show the ids a launch would give first. */
  readonly argv: readonly string[];
}

/** What `sweepdeck preview` and "Preview sweep" show. Nothing is written or run. */
export interface Preview {
  /** null: never ends. */
  readonly count: bigint | null;
  /** What random choices were drawn with; undefined when nothing is random. */
  readonly seed: number | undefined;
  readonly jobs: readonly PreviewJob[];
  readonly problems: readonly Problem[];
}

/** One job that a batch script would make. */
export interface SubmissionJob {
  readonly index: number;
  /** The number it would get now; somebody else may be quicker. */
  readonly logId: number;
  /** Absolute path of the job's directory, which isn't there yet. */
  readonly directory: string;
  /** The words of its command: launchers, interpreter, program and arguments. */
  readonly argv: readonly string[];
  /** As Hydra prints them. */
  readonly overrides: readonly string[];
  readonly parameters: Parameters;
  /** Text of the script that is submitted. */
  readonly script: string;
}

/** What `sweepdeck submit --dry-run` and "Preview batch jobs" show. Nothing is written or run. */
export interface SubmissionPreview {
  /** Where the jobs would go; undefined while nobody knows. */
  readonly system: System | 'local' | undefined;
  readonly queue: string | undefined;
  /** Names of all queues that could be chosen. */
  readonly queues: readonly string[];
  readonly count: bigint;
  /** Absolute path of the directory that holds the jobs' own. */
  readonly logs: string;
  readonly jobs: readonly SubmissionJob[];
  readonly problems: readonly Problem[];
}

export interface Sweeps {
  /** Reads `.sweeps` and starts following; with `run`, adopts what nobody runs. Resolves when every sweep was read once. */
  open(): Promise<void>;
  /** Newest first. */
  list(): readonly SweepView[];
  get(id: string): SweepView | undefined;
  /** Checks, freezes and starts a sweep file. Throws LaunchRefused, or an Error with a sentence (e.g. read-only folder). */
  launch(file: string, options?: LaunchOptions): Promise<SweepView>;
  /** Checks a batch script and submits its jobs as a sweep. Throws as `launch`. */
  submit(file: string, options?: SubmitOptions): Promise<SweepView>;
  /** Resolves when the owner has taken the request (it is in the journal). Rejects with a sentence when it was refused, or when nobody runs the sweep and this process can't. */
  request(id: string, request: SweepRequest): Promise<void>;
  /** Deletes a sweep that is not active. Rejects with a sentence otherwise. */
  delete(id: string): Promise<void>;
  onDidChange(listener: (change: SweepsChange) => void): Disposable;
  /** Resolves when the sweep is in a final phase (finished, stopped, cancelled, failed), or paused with nothing running. */
  settled(id: string): Promise<SweepView>;
  /** Lets go of everything; jobs go on. */
  close(): Promise<void>;
}
