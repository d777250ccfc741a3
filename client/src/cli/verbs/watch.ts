import { summaryDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { interruptionExit } from '../interruption.ts';
import { findSweep } from '../naming.ts';
import { closingReport, exitCodeOf, takeOverCommand } from '../report.ts';
import { withSweeps } from '../session.ts';
import type { Verb } from '../verb.ts';

export const watch: Verb = {
  name: 'watch',
  synopsis: 'SWEEP',
  summary: 'follow a sweep that somebody else runs, until it ends',
  arity: { least: 1, most: 1 },
  flags: ['root'],
  run: (call) =>
    withSweeps(call, async ({ sweeps, root }) => {
      const { output } = call;
      const view = findSweep(sweeps.list(), call.positionals[0] ?? '', root);
      const ending = await follow(sweeps, view.id, call, {
        role: 'watch',
        onChange: (changed) => output.document(summaryDocument(changed)),
      });
      output.document(summaryDocument(view));
      switch (ending.cause) {
        case 'settled':
          closingReport(view, call);
          return exitCodeOf(view.state);
        case 'left':
          return interruptionExit(ending.signal);
        case 'abandoned':
          closingReport(view, call);
          output.warn(`Nobody runs ${view.id} now. Take it over with: ${takeOverCommand(view.state)}`);
          return EXIT.unfinished;
        case 'removed':
          output.warn(`${view.id} was deleted.`);
          return EXIT.unfinished;
      }
    }),
};
