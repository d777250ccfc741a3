/** How long the cluster queue waits for what; all in milliseconds. Tests shorten it. */
export interface Timing {
  /** Jobs that come within this time of each other go into one submission. */
  readonly gather: number;
  /** Between two submissions to one system. */
  readonly pause: number;
  /** Before a submission that was certainly not taken is tried again; the last one repeats. */
  readonly retries: readonly number[];
  /** Between two searches for a submission whose answer was lost. */
  readonly findAgain: number;
  /** After a submission or a request, before the first look. */
  readonly firstLook: number;
  /** How long an exit record may take to appear after the system said that the job is over. */
  readonly record: number;
  /** Before a job that is still there after it was cancelled is cancelled once more; doubled each time. */
  readonly cancelAgain: number;
  /** Between two looks for the exit records of lost jobs. */
  readonly lostAgain: number;
}

export const TIMING: Timing = {
  gather: 30,
  pause: 200,
  retries: [10_000, 30_000, 90_000, 300_000],
  findAgain: 5_000,
  firstLook: 1_000,
  record: 15_000,
  cancelAgain: 40_000,
  lostAgain: 30_000,
};
