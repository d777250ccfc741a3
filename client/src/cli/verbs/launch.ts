import path from 'node:path';
import { runInForeground } from '../foreground.ts';
import { readNamedFile, withSweeps } from '../session.ts';
import type { Verb } from '../verb.ts';
import { shownPath } from '../workspace.ts';

/** Flags that say how jobs are run. */
export const RUN_FLAGS = [
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
  flags: ['root', 'seed', ...RUN_FLAGS],
  run: async (call) => {
    const { positionals, flags, terminal, output } = call;
    const file = path.resolve(terminal.cwd, positionals[0] ?? '');
    await readNamedFile(file, terminal.cwd);
    return withSweeps(
      call,
      async ({ sweeps }) => {
        const view = await sweeps.launch(file, flags.seed === undefined ? {} : { seed: flags.seed });
        output.note(`Launched ${view.id} in ${shownPath(view.directory, terminal.cwd)}`);
        return runInForeground(sweeps, view, call);
      },
      path.dirname(file),
    );
  },
};
