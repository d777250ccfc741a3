import type { SweepView } from '#engine/sweeps.ts';
import { bestText, hasFailures, sweepWords } from './sweep.ts';

export interface MenuEntry {
  readonly label: string;
  readonly description: string;
  /** Command that takes the sweep's key. */
  readonly command: string;
}

interface Row {
  readonly word: string;
  readonly icon: string;
  readonly label: string;
  readonly command: string;
  readonly describe: (view: SweepView) => string;
}

const running = ({ state }: SweepView): number => state.counts.running + state.counts.submitted;

const jobs = (view: SweepView): string => {
  const count = running(view);
  const kind = view.state.queue === 'local' ? 'running' : 'submitted';
  return count === 1 ? `1 ${kind} job` : `${count} ${kind} jobs`;
};

const rows: readonly Row[] = [
  {
    word: 'refused',
    icon: 'warning',
    label: 'Show what was refused',
    command: 'showRefusal',
    describe: () => 'the line, and the words of the batch system',
  },
  {
    word: 'resumable',
    icon: 'debug-continue',
    label: 'Resume',
    command: 'resume',
    describe: (view) => `${view.state.counts.queued} jobs wait`,
  },
  {
    word: 'pausable',
    icon: 'debug-pause',
    label: 'Pause',
    command: 'pause',
    describe: () => 'running jobs go on, no new ones start',
  },
  {
    word: 'stoppable',
    icon: 'debug-stop',
    label: 'Stop',
    command: 'stop',
    describe: (view) => (running(view) === 0 ? 'start no more jobs' : `let ${jobs(view)} end, start no more`),
  },
  {
    word: 'cancellable',
    icon: 'close-all',
    label: 'Cancel',
    command: 'cancel',
    describe: (view) => (running(view) === 0 ? 'start no more jobs' : `end ${jobs(view)} now`),
  },
  {
    word: 'retryable',
    icon: 'debug-rerun',
    label: 'Retry failed',
    command: 'retryFailed',
    describe: ({ state }) => `${state.counts.failed + state.counts.lost} jobs`,
  },
  {
    word: 'rated',
    icon: 'star-full',
    label: 'Show best job',
    command: 'showBest',
    describe: ({ state }) => `#${state.best?.job ?? 0}, ${bestText(state) ?? ''}`,
  },
  {
    word: 'sweep',
    icon: 'go-to-file',
    label: 'Open frozen sweep file',
    command: 'openSweepFile',
    describe: () => '',
  },
  {
    word: 'sweep',
    icon: 'folder-opened',
    label: 'Open sweep folder',
    command: 'openSweepFolder',
    describe: () => '',
  },
  {
    word: 'deletable',
    icon: 'trash',
    label: 'Delete',
    command: 'delete',
    describe: () => 'with its logs and results',
  },
];

/** What can be done with a sweep as it is now, most wanted first. */
export function controlMenu(view: SweepView): readonly MenuEntry[] {
  const words = new Set(sweepWords(view).split(' '));
  const entries = rows
    .filter((row) => words.has(row.word))
    .map((row) => ({
      label: `$(${row.icon}) ${row.label}`,
      description: row.describe(view),
      command: `sweepdeck.${row.command}`,
    }));
  if (!hasFailures(view.state)) return entries;
  const failed = { label: '$(error) Show failed jobs', description: '', command: 'sweepdeck.showFailed' };
  const place = entries.findIndex((entry) => entry.command === 'sweepdeck.openSweepFile');
  return [...entries.slice(0, place), failed, ...entries.slice(place)];
}
