/** How an emulated system is set up. */
export interface EmulatorOptions {
  /** How many jobs run at a time. */
  readonly slots: number;
  /** Seconds for which ended jobs are remembered. */
  readonly keepCompleted: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly killDelay: number;
  /** TORQUE: whether ids carry the server's name. */
  readonly serverSuffix: boolean;
  /** Largest number of tasks of an array. */
  readonly arrayLimit: number;
}

export const defaultOptions: EmulatorOptions = {
  slots: 4,
  keepCompleted: 300,
  killDelay: 1,
  serverSuffix: true,
  arrayLimit: 10_000,
};
