import { EXIT } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { findSweep } from '../naming.ts';
import { withSweeps } from '../session.ts';
import type { Verb } from '../verb.ts';

export const rm: Verb = {
  name: 'rm',
  synopsis: 'SWEEP…',
  summary: 'delete sweeps that have ended, with everything in their folders',
  arity: { least: 1, most: Infinity },
  flags: ['root', 'yes'],
  run: (call) =>
    withSweeps(call, async ({ sweeps, root }) => {
      const { output, terminal, positionals, flags } = call;
      const views = [...new Set(positionals.map((name) => findSweep(sweeps.list(), name, root)))];
      const ids = views.map(({ id }) => id);
      if (flags.yes !== true) {
        if (!terminal.interactive) {
          throw new CommandFailure('usage', `To delete ${ids.join(', ')} without being asked, add --yes.`);
        }
        const jobs = views.reduce((sum, { state }) => sum + state.jobs.length, 0);
        const answer = await terminal.ask(
          `Delete ${ids.join(', ')} with the logs and results of ${jobs === 1 ? '1 job' : `${jobs} jobs`}? [y/N] `,
        );
        if (!/^y(es)?$/i.test(answer.trim())) {
          output.warn('Nothing was deleted.');
          output.document({ removed: [] });
          return EXIT.refused;
        }
      }
      for (const id of ids) {
        await sweeps.delete(id);
        output.line(`Deleted ${id}.`);
      }
      output.document({ removed: ids });
      return EXIT.ok;
    }),
};
