import type { SweepView } from '#engine/sweeps.ts';
import { summaryDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { isAbandoned } from '../follow.ts';
import { formatDuration } from '../format/duration.ts';
import { printable } from '../format/printable.ts';
import { endedCount } from '../format/progress.ts';
import { formatTable } from '../format/table.ts';
import { formatMetric } from '../format/values.ts';
import { withSweeps } from '../session.ts';
import type { Verb } from '../verb.ts';
import { shownPath } from '../workspace.ts';

export const list: Verb = {
  name: 'list',
  synopsis: '',
  summary: 'list the sweeps of the workspace folder, newest first',
  arity: { least: 0, most: 0 },
  flags: ['root'],
  run: (call) =>
    withSweeps(call, ({ sweeps, root }) => {
      const { output, terminal } = call;
      const views = sweeps.list();
      output.document(views.map(summaryDocument));
      if (views.length === 0) output.note(`There are no sweeps in ${shownPath(root, terminal.cwd)}.`);
      else {
        const now = Date.now();
        const isOnCluster = views.some(({ state }) => state.queue !== LOCAL);
        const rows = views.map((view) => [...row(view, now), ...(isOnCluster ? queueCells(view) : [])]);
        const columns = isOnCluster ? [...COLUMNS, ...QUEUE_COLUMNS] : COLUMNS;
        for (const line of formatTable(columns, rows, (header) => output.paint('faint', header)))
          output.line(line);
      }
      return Promise.resolve(EXIT.ok);
    }),
};

const COLUMNS = [
  { title: 'SWEEP' },
  { title: 'STATE' },
  { title: 'JOBS', align: 'right' },
  { title: 'RUNNING', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'BEST' },
  { title: 'LAUNCHED' },
] as const;

/** Shown as soon as any sweep runs elsewhere. */
const QUEUE_COLUMNS = [{ title: 'QUEUE' }, { title: 'WAITING', align: 'right' }] as const;

const LOCAL = 'local';

function queueCells({ state: { queue, counts } }: SweepView): readonly string[] {
  return [printable(queue), queue === LOCAL ? '' : String(counts.submitted)];
}

function row(view: SweepView, now: number): readonly string[] {
  const { id, phase, counts, total, metric, best, launchedAt, queue } = view.state;
  return [
    id,
    isAbandoned(view) ? `${phase}, nobody runs it` : phase,
    total === undefined ? `${endedCount(counts)}` : `${endedCount(counts)}/${total}`,
    String(queue === LOCAL ? counts.running + counts.submitted : counts.running),
    String(counts.failed + counts.lost),
    best === undefined
      ? ''
      : `${printable(metric?.name ?? '')} ${formatMetric(best.value)} (job ${best.job})`,
    `${formatDuration(now - launchedAt)} ago`,
  ];
}
