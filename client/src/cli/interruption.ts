import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import type { Interruption } from './terminal.ts';

/** What an interruption of a sweep in the foreground asks for. */
export type Step = 'stop' | 'cancel' | 'leave';

/**
 * Ctrl-C gets harder each time: no new jobs, then end the running ones, then leave them alone and go.
 * SIGTERM and a closed terminal mean this process only: jobs go on.
 * `presses`: how many Ctrl-C came before.
 */
export function stepFor(signal: Interruption, presses: number): Step {
  if (signal !== 'SIGINT') return 'leave';
  return (['stop', 'cancel'] as const)[presses] ?? 'leave';
}

/** What to tell the person at each step. */
export function stepSentence(step: Step, sweep: string, running: number): string {
  const jobs = running === 1 ? '1 running job' : `${running} running jobs`;
  switch (step) {
    case 'stop':
      return `Stopping ${sweep}: no new jobs; waiting for ${jobs}. Ctrl-C again ends them now.`;
    case 'cancel':
      return `Cancelling ${sweep}: ending ${jobs}. Ctrl-C again leaves without waiting.`;
    case 'leave':
      return `Leaving ${sweep}; ${running === 0 ? 'nothing runs' : `${jobs} ${running === 1 ? 'goes' : 'go'} on`}. Continue with: sweepdeck resume ${sweep}`;
  }
}

const EXIT_CODES: Readonly<Record<Interruption, ExitCode>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hangup,
};

/** The exit code of a process that ended because of a signal. */
export function interruptionExit(signal: Interruption): ExitCode {
  return EXIT_CODES[signal];
}
