/**
 * What the process says to the script that called it. Numbers are part of the interface (docs/cli.md):
 * they are added to, never changed.
 */
export const EXIT = {
  ok: 0,
  fileErrors: 1,
  usage: 2,
  jobsFailed: 3,
  notFound: 4,
  refused: 5,
  unfinished: 6,
  internal: 70,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One row per code, in the order in which the help and docs/cli.md list them. */
export const EXIT_MEANINGS: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT.ok, meaning: 'done; for a sweep: it ended and no job failed' },
  { code: EXIT.fileErrors, meaning: 'the sweep file has errors; nothing was started' },
  { code: EXIT.usage, meaning: 'the command line was not understood' },
  { code: EXIT.jobsFailed, meaning: 'the sweep ended, and at least one job failed or was lost' },
  { code: EXIT.notFound, meaning: 'no such file, sweep or job' },
  { code: EXIT.refused, meaning: 'it could not be done, for the reason given' },
  { code: EXIT.unfinished, meaning: 'the sweep is paused, or was stopped or cancelled before its end' },
  { code: EXIT.internal, meaning: 'a defect in Sweepdeck' },
  { code: EXIT.hangup, meaning: 'the terminal was closed; jobs go on' },
  { code: EXIT.interrupted, meaning: 'ended by Ctrl-C' },
  { code: EXIT.terminated, meaning: 'ended by SIGTERM; jobs go on' },
];
