/** What every batch system that is started for tests has in common. */

/** A job as the system's own commands list it, finished ones included. */
export interface NativeJob {
  /** As the system's commands take it; a task of an array by its own id (`12_3`, `12.3`). */
  readonly id: string;
  readonly name: string;
  /** The system's own word, unchanged (`PENDING`, `qw`, `Terminated`). */
  readonly state: string;
}

/** The account whose jobs run. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** How a client command ended. */
export interface ClientEnd {
  /** The exit code; 128 + signal number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientOptions {
  /** Working directory, also told as `PWD`; the system's directory otherwise. */
  readonly cwd?: string;
  /** Text for standard input. */
  readonly input?: string;
  /** Seconds after which the command is ended and `client` rejects; 30 otherwise. */
  readonly seconds?: number;
}

export type SystemName =
  'slurm' | 'slurm-torque' | 'grid-engine' | 'oar' | 'torque' | 'pbspro' | 'moab' | 'lsf';

/**
 * A batch system that runs on this machine, on loopback and in a directory of its own, until `stop`. When the
 * process that started it ends without calling `stop`, in whatever way, everything is stopped and removed as well.
 */
export interface RunningSystem<Controls> {
  readonly name: SystemName;
  /** Absolute path, removed by `stop`; daemons' logs are in `log/` below it. */
  readonly directory: string;
  /**
   * Variables that a process needs to reach the system, over those of this process: `{...process.env,
   * ...system.environment}`. `stop` also ends processes that were started with them.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly user: Account;
  readonly controls: Controls;
  /** Runs one of the system's commands as `user`; resolves whatever its exit code is. */
  client(argv: readonly [string, ...string[]], options?: ClientOptions): Promise<ClientEnd>;
  /** All jobs that the system knows, of all users, finished ones included, in no particular order. */
  jobs(): Promise<readonly NativeJob[]>;
  /** Stops daemons and jobs and removes the directory. Calling it again does nothing. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** An existing directory in which the system makes its own; the system's temporary folder otherwise. */
  readonly directory?: string;
}
