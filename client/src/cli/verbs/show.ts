import { sweepDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { isAbandoned } from '../follow.ts';
import { printable } from '../format/printable.ts';
import { findSweep } from '../naming.ts';
import { bestTable, clusterTable, failedTable, headline, runningTable, takeOverCommand } from '../report.ts';
import { withSweeps } from '../session.ts';
import type { Call, Verb } from '../verb.ts';
import { shownPath } from '../workspace.ts';
import type { SweepView } from '#engine/sweeps.ts';

const JOBS_SHOWN = 10;

export const show: Verb = {
  name: 'show',
  synopsis: 'SWEEP',
  summary: 'show the state, the jobs and the best results of a sweep',
  arity: { least: 1, most: 1 },
  flags: ['root', 'limit'],
  run: (call) =>
    withSweeps(call, ({ sweeps, root }) => {
      const view = findSweep(sweeps.list(), call.positionals[0] ?? '', root);
      call.output.document(sweepDocument(view));
      if (!call.output.json) describe(view, call);
      return Promise.resolve(EXIT.ok);
    }),
};

function describe(view: SweepView, call: Call): void {
  const { output, terminal, flags } = call;
  const { state } = view;
  const limit = flags.limit ?? JOBS_SHOWN;
  output.line(headline(view, Date.now()));
  if (state.phaseDetail !== undefined) output.line(printable(state.phaseDetail));
  output.line(`File: ${printable(shownPath(state.file, terminal.cwd))}`);
  output.line(`Folder: ${printable(shownPath(view.directory, terminal.cwd))}`);
  if (state.queue !== 'local') output.line(`Queue: ${printable(state.queue)}`);
  output.line(`Method: ${state.method}${state.method === 'random' ? `, seed ${state.seed}` : ''}`);
  if (state.counts.queued > 0) output.line(`Queued: ${state.counts.queued}`);
  if (view.owner.kind === 'elsewhere') output.line(`Run by: ${view.owner.description}`);
  if (isAbandoned(view)) output.line(`Nobody runs it now. Go on with: ${takeOverCommand(view.state)}`);
  else if (state.phase === 'paused') output.line(`Continue with: sweepdeck resume ${view.id}`);
  if (view.trouble !== undefined) output.line(output.paint('red', printable(view.trouble)));
  if (state.queue === 'local') runningTable(view, call, limit, Date.now());
  else clusterTable(view, call, limit, Date.now());
  bestTable(view, call, limit);
  failedTable(view, call, limit);
}
