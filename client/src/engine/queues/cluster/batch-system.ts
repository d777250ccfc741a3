/**
 * How one batch system talks: text in, text out. An adapter runs nothing, reads no clock and keeps
 * nothing; the cluster queue (one driver for all systems) runs the invocations and decides. A new batch
 * system is one such record of functions and one directive catalogue.
 */
import type { System } from '#core/batch/systems.ts';
import type { JobReason, NativeStage } from '../../events.ts';

export type { NativeStage } from '../../events.ts';

/** A command to run: no shell, arguments as a list, `LC_ALL=C`, a cleaned environment (environment.ts). */
export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
  /** Text for standard input; closed at once without it. */
  readonly stdin?: string;
  /** Directory to run in; `PWD` is set to it too (OAR believes the variable). A neutral one by default. */
  readonly directory?: string;
  /** Variables that this command needs beside those that it gets anyway. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a command gave back. */
export interface Answer {
  /** Exit code; undefined when the program was ended by a signal, by the time-out or never started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code: the program is not installed, took too long, or died. */
  readonly trouble?: 'not-found' | 'timed-out' | 'killed';
}

/** One submission: a single job, or an array when `tasks` is there. */
export interface Submission {
  /** Native name, unique for this submission and attempt: at most 15 characters, a letter first, `[A-Za-z0-9_-]`. */
  readonly name: string;
  /** Absolute path of the script. It carries all directives, those of `headerFor` included. */
  readonly script: string;
  /** Its text, for systems that read the script on standard input. */
  readonly text: string;
  /** Absolute path of the directory to submit from. */
  readonly directory: string;
}

/** What the driver wants of every submission, beside the person's own directives. */
export interface HeaderRequest {
  readonly name: string;
  /** Absolute path of the working directory. */
  readonly directory: string;
  /**
   * Absolute paths of the files for the batch system's own output. For an array `%t` stands where the
   * task's native index belongs; the adapter writes its system's word for it.
   */
  readonly stdout: string;
  readonly stderr: string;
  /** Array of tasks `first .. first + count - 1` in the driver's numbers, which are the native ones (0- or 1-based: `firstTask`). */
  readonly tasks?: { readonly count: number; readonly atOnce?: number };
  readonly held?: boolean;
  /** Absolute path of the program that runs the script, for systems that may not go by its first line; `/bin/sh` by default. */
  readonly shell?: string;
}

export type SubmitAnswer =
  /** `id` is the base id of an array. `taskIds` where every task has an id of its own (OAR), in order. */
  | { readonly kind: 'accepted'; readonly id: string; readonly taskIds?: readonly string[] }
  /** Final: bad directive, unknown partition... `sentence` holds the system's own words; `line` is 1-based in the script. */
  | {
      readonly kind: 'refused';
      readonly sentence: string;
      readonly line?: number;
      /** What the refusal is about: keys of options in the directive catalogue, or a piece of the line itself. */
      readonly about?: { readonly options?: readonly string[]; readonly text?: string };
    }
  /** Certainly not taken, and worth another try later (controller down; `tooMany`: jobs of this person are there). */
  | { readonly kind: 'busy'; readonly sentence: string; readonly tooMany?: true }
  /** May have been taken: look for the name before submitting again. */
  | { readonly kind: 'unclear'; readonly sentence: string };

/** How an ended job ended, as far as the system says. The exit record of the wrapper is the truth about success. */
export interface NativeEnd {
  /** `unknown`: over, but how is not said here (look at the history, or only the exit record knows). */
  readonly outcome: 'done' | 'failed' | 'cancelled' | 'unknown';
  readonly reason?: JobReason;
  readonly exitCode?: number;
  readonly signal?: number;
}

/**
 * One job or array task as a listing shows it. Stages: `waiting`: accepted, does not run. `running`: holds
 * resources. `ended`: over. `requeued`: back in the queue by the system itself. `unknown`: a word we don't
 * know: changes nothing.
 */
export interface NativeJob {
  /** As the system's commands take it: `123`, `123_4`, `123[4].server`, `8.4` ... unique within the system. */
  readonly id: string;
  /** Id of the array (or of the job itself) and index of the task. */
  readonly base: string;
  readonly task?: number;
  readonly name?: string;
  readonly stage: NativeStage;
  /** The system's own word: `PENDING`, `Eqw`. Shown as it is. */
  readonly word: string;
  /** Why it waits or what it does, one of our words; and the system's own sentence or reason word. */
  readonly reason?: JobReason;
  readonly detail?: string;
  /** Whether it will not go on by itself: somebody must act (held, error state, dependency never satisfied). */
  readonly stuck?: boolean;
  readonly end?: NativeEnd;
  /** How often the system itself started it again, where it counts that. */
  readonly restarts?: number;
  /** New id under which the system submitted it again (OAR). */
  readonly resubmittedAs?: string;
  readonly nodes?: string;
  /** Milliseconds since 1970. */
  readonly submittedAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly expectedStartAt?: number;
  /** Place in the queue, 1 for the next, where the system tells. */
  readonly position?: number;
  readonly partition?: string;
  readonly user?: string;
}

/** `failed`: the command did not work: that says nothing about any job. */
export type Listing =
  | { readonly kind: 'listed'; readonly jobs: readonly NativeJob[] }
  | { readonly kind: 'failed'; readonly sentence: string };

/** What became of a request such as cancelling. */
export type Verdict = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly sentence: string };

/** An array task or a job, as the driver knows it from submission. */
export interface NativeId {
  readonly base: string;
  readonly task?: number;
  /** Its own id where tasks have one (OAR). */
  readonly id?: string;
}

export interface BatchSystem {
  readonly system: System;
  /** `Slurm`. */
  readonly title: string;
  /** Longest native name that is safe. */
  readonly longestName: number;
  /** Arrays: index of the first task and how many fit in one; undefined: no arrays, one submission per job. */
  readonly arrays:
    | {
        readonly firstTask: number;
        readonly most: number;
        readonly variable: string;
        /** The system can't limit how many tasks run at once (OAR): `atOnce` is ignored, submit less at a time. */
        readonly unthrottled?: true;
      }
    | undefined;
  /**
   * `directly`: the system writes the output files while the job runs, so that they can be followed.
   * `at-end`: it spools them and copies them over when the job ended.
   */
  readonly output: 'directly' | 'at-end';
  /** Exit codes of a script by which the system does something of its own (Grid Engine 99, 100; OAR 99). */
  readonly magicExitCodes: readonly number[];
  /** Shell text that is the native job id inside a job, e.g. `${SLURM_JOB_ID-}`. */
  readonly idVariable: string;
  /** Shell text of a number that grows when the system itself starts the job again; undefined: it doesn't tell. */
  readonly restartVariable?: string;
  /** What the system starts again by itself comes back under another id (OAR). */
  readonly restartsUnderNewId?: true;

  /** Directive lines (without line ends) that say what the driver wants, to stand before the person's own. */
  readonly headerFor: (request: HeaderRequest) => readonly string[];
  /** Among a person's directive lines those that the driver's replace (name, output, error, array...): matched lines are left out, with a remark. */
  readonly isReplaced: (directive: string) => boolean;
  /**
   * What stays of a person's directive line (`#SBATCH -J x -p gpu` -> `#SBATCH -p gpu`): the same text when nothing in
   * it is replaced, undefined when nothing is left. Write this instead of the line. `systems/replaced.ts` makes both.
   */
  readonly keptOf: (directive: string) => string | undefined;

  /** Why the system can't take this path for a script, a directory or an output file (`%t` apart), as a sentence; undefined: it can. */
  readonly pathTrouble?: (path: string) => string | undefined;

  readonly submit: (submission: Submission) => Invocation;
  readonly readSubmit: (answer: Answer) => SubmitAnswer;

  /** One call for all unfinished jobs of the user, or for the given ids where the system needs them. At least one invocation. */
  readonly list: (query: {
    readonly user: string;
    readonly ids: readonly NativeId[];
  }) => readonly Invocation[];
  readonly readList: (answer: Answer) => Listing;

  /** The end of jobs that left the listing; chunked. Empty where the system keeps no history. */
  readonly history: (ids: readonly NativeId[]) => readonly Invocation[];
  readonly readHistory: (answer: Answer) => Listing;

  /** Jobs of the user by native name, unfinished and finished: finds a submission whose answer was lost. */
  readonly find: (query: { readonly user: string; readonly name: string }) => readonly Invocation[];
  /** All rows of the answer that carry `name`. */
  readonly readFind: (answer: Answer, name: string) => Listing;

  /** One call for many; tasks as ranges where the system takes them; chunked. */
  readonly cancel: (ids: readonly NativeId[]) => readonly Invocation[];
  /** "Already over" and "unknown" are success. */
  readonly readCancel: (answer: Answer) => Verdict;
  /** Whether it holds and releases arrays only as a whole (PBS Pro). */
  readonly holdsOnlyWholeArrays?: true;
  readonly hold: (ids: readonly NativeId[]) => readonly Invocation[];
  readonly release: (ids: readonly NativeId[]) => readonly Invocation[];
  readonly readHold: (answer: Answer) => Verdict;

  /** The system's own long description of one job, for people. */
  readonly details: (id: NativeId) => Invocation;
  /** Everybody's jobs, for the queue view. */
  readonly queue: () => Invocation;
  readonly readQueue: (answer: Answer) => Listing;
  /** Tells whether the system is here: exit code 0, and `title` and version for people. */
  readonly probe: Invocation;
  readonly readProbe: (answer: Answer) => { readonly version: string } | undefined;
  /** Another system that brings commands of the same names along, which talk otherwise: known by its answer to the probe. */
  readonly lookalike?: { readonly isIt: (answer: Answer) => boolean; readonly system: BatchSystem };
}
