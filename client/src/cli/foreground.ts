import type { Value } from '#core/value.ts';
import type { Sweeps, SweepView } from '#engine/sweeps.ts';
import { summaryDocument } from './documents.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { follow } from './follow.ts';
import { interruptionExit } from './interruption.ts';
import { closingReport, exitCodeOf } from './report.ts';
import type { Call } from './verb.ts';

/** Runs a sweep that this process owns until it has settled, and reports; `documentOf` is for `--json`. */
export async function runInForeground(
  sweeps: Sweeps,
  view: SweepView,
  call: Call,
  documentOf: (view: SweepView) => Value = summaryDocument,
): Promise<ExitCode> {
  const ending = await follow(sweeps, view.id, call, { role: 'run' });
  switch (ending.cause) {
    case 'settled':
      closingReport(view, call);
      call.output.document(documentOf(view));
      return ending.interrupted === undefined ? exitCodeOf(view.state) : interruptionExit(ending.interrupted);
    case 'left':
      call.output.document(documentOf(view));
      return interruptionExit(ending.signal);
    case 'abandoned':
    case 'removed':
      call.output.warn(`${view.id} was deleted while it was shown.`);
      call.output.document(documentOf(view));
      return EXIT.unfinished;
  }
}
