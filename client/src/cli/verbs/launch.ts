import path from 'node:path';
import { readSweepFile } from '#engine/sweep-file.ts';
import { runInForeground } from '../foreground.ts';
import { refuseErrors } from '../problems.ts';
import { queueNamesFor } from '../queues.ts';
import { readNamedFile, withSweeps } from '../session.ts';
import type { Verb } from '../verb.ts';
import { shownPath } from '../workspace.ts';

/** Flags that say how jobs are run. */
export const RUN_FLAGS = [
  'queues',
  'workers',
  'gpus',
  'gpus-per-job',
  'grace',
  'interpreter',
  'no-brakes',
  'max-consecutive-failures',
] as const;

export const launch: Verb = {
  name: 'launch',
  synopsis: 'FILE',
  summary: 'run the sweep that FILE describes, until it ends',
  arity: { least: 1, most: 1 },
  flags: ['root', 'seed', 'queue', ...RUN_FLAGS],
  run: async (call) => {
    const { positionals, flags, terminal, output } = call;
    const [named = ''] = positionals;
    const file = path.resolve(terminal.cwd, named);
    const text = await readNamedFile(file, terminal.cwd);
    return withSweeps(
      call,
      async ({ sweeps, root }) => {
        const { queue, seed } = flags;
        const queues = queueNamesFor(root, flags.queues, terminal.cwd);
        const choice = queue === undefined ? { queues } : { queue };
        refuseErrors(named, text, readSweepFile(file, text, root, choice).problems, output);
        const view = await sweeps.launch(file, {
          ...(seed === undefined ? {} : { seed }),
          ...(queue === undefined ? {} : { queue }),
        });
        output.note(`Launched ${view.id} in ${shownPath(view.directory, terminal.cwd)}`);
        return runInForeground(sweeps, view, call);
      },
      path.dirname(file),
    );
  },
};
