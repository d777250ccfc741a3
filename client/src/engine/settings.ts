import type { QueueSettings } from './queues/queue-settings.ts';

/** What a person may set; the editor reads it from `sweepdeck.*`, the CLI from flags. */
export interface EngineSettings {
  /** Worker slots of the `local` queue; jobs that run at once on this machine. */
  readonly workers: number;
  /** GPU ids to hand out, one set per slot; `auto` asks nvidia-smi; empty list: no GPUs are assigned. */
  readonly gpus: 'auto' | readonly string[];
  readonly gpusPerJob: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly gracePeriod: number;
  /** What `${interpreter}` becomes. */
  readonly interpreter: string;
  readonly brakes: BrakeSettings;
  /** Absolute path of the folder that holds the `sweepdeck` Python package. */
  readonly pythonPath: string;
  /** Queues in front of batch systems, by the names that sweep files use. */
  readonly queues?: Readonly<Record<string, QueueSettings>>;
  /** Why entries of `sweepdeck.queues` can't be used, by their names, as sentences. */
  readonly brokenQueues?: Readonly<Record<string, string>>;
}

export interface BrakeSettings {
  /** `false` turns the flapping and failing brakes off. */
  readonly enabled: boolean;
  /** Consecutive failures that pause the sweep; 0: off. */
  readonly consecutive: number;
}
