/** The lines of the queue view: what runs and waits in a batch system now, our own jobs first. */
import type { NativeJob, NativeStage } from '#engine/queues/cluster/batch-system.ts';
import type { QueueListing } from '#engine/queues/clusters.ts';
import type { OwnJob } from '#engine/queues/own-jobs.ts';
import { clock } from './clock.ts';
import { formatDuration } from './duration.ts';
import type { Icon } from './job.ts';
import { escapeMarkdown, tableRow } from './markdown.ts';
import { shortReason } from './native.ts';

const icons: Readonly<Record<NativeStage, Icon>> = {
  running: { name: 'play-circle', color: 'charts.blue' },
  requeued: { name: 'history', color: 'charts.yellow' },
  waiting: { name: 'clock', color: 'descriptionForeground' },
  unknown: { name: 'question', color: 'descriptionForeground' },
  ended: { name: 'circle-slash', color: 'descriptionForeground' },
};

export function queueRowIcon(row: NativeJob): Icon {
  if (row.reason === 'held') return { name: 'debug-pause', color: 'charts.yellow' };
  return row.stuck === true ? { name: 'warning', color: 'charts.yellow' } : icons[row.stage];
}

/** `4711_12 quadratic-7/12` for our own, `4711 train` for others. */
export function queueRowLabel(row: NativeJob, own: OwnJob | undefined): string {
  const name = own?.name ?? row.name;
  return name === undefined || name === '' ? row.id : `${row.id} ${name}`;
}

/** `alice · PENDING · Resources · gpu · starts about 14:05`; of our own jobs it goes without saying whose they are. */
export function queueRowDescription(row: NativeJob, own: OwnJob | undefined, now: number): string {
  const { user, word, stage, detail, partition, nodes, startedAt, position, expectedStartAt } = row;
  const waits = stage === 'waiting' || stage === 'requeued';
  return [
    own === undefined ? user : undefined,
    word,
    waits ? shortReason(detail) : undefined,
    partition,
    stage === 'running' ? shortNodes(nodes) : undefined,
    stage === 'running' && startedAt !== undefined ? formatDuration(now - startedAt) : undefined,
    waits && position !== undefined ? `place ${position}` : undefined,
    waits && expectedStartAt !== undefined && expectedStartAt > now
      ? `starts about ${clock(expectedStartAt, now)}`
      : undefined,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}

const shortNodes = (nodes: string | undefined): string | undefined =>
  nodes === undefined || nodes.length <= 24 ? nodes : `${nodes.slice(0, 23)}…`;

/** Markdown: everything that the system's listing says of a job. */
export function queueRowTooltip(row: NativeJob, own: OwnJob | undefined, now: number): string {
  const time = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : clock(at, now);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Sweep job', own?.name],
    ['Name', row.name],
    ['User', row.user],
    ['State', row.word],
    ['Reason', row.detail],
    ['Partition', row.partition],
    ['Nodes', row.nodes],
    ['Submitted', time(row.submittedAt)],
    ['Started', time(row.startedAt)],
    ['Place in the queue', row.position?.toString()],
    ['Expected start', row.stage === 'running' ? undefined : time(row.expectedStartAt)],
  ];
  return [
    `**${escapeMarkdown(row.id)}**`,
    [
      '| | |',
      '| :-- | :-- |',
      ...facts.flatMap(([name, value]) =>
        value === undefined || value === '' ? [] : [tableRow(name, value)],
      ),
    ].join('\n'),
  ].join('\n\n');
}

/** What stands behind the name of a system: `12 running, 214 waiting · as of 12:04 · gpu, cpu`. */
export function queueDescription(
  names: readonly string[],
  answer: QueueListing | undefined,
  now: number,
): string {
  if (answer === undefined) return names.join(', ');
  const { listing, askedAt } = answer;
  if (listing.kind === 'failed') return ['does not answer', names.join(', ')].join(' · ');
  const count = (...stages: readonly NativeStage[]): number =>
    listing.jobs.reduce((sum, row) => (stages.includes(row.stage) ? sum + tasksIn(row) : sum), 0);
  const running = count('running');
  const waiting = count('waiting', 'requeued');
  return [`${running} running, ${waiting} waiting`, `as of ${clock(askedAt, now)}`, names.join(', ')].join(
    ' · ',
  );
}

/** How many jobs stand behind a line: an array's waiting rest may be listed as one, `4711_[3-9%2]`. */
function tasksIn({ id, task }: NativeJob): number {
  const list = task === undefined ? /\[([\d,:-]+)(?:%\d+)?\]/.exec(id)?.[1] : undefined;
  if (list === undefined) return 1;
  return list.split(',').reduce((sum, part) => {
    const [, first = '', last = first, step = '1'] = /^(\d+)(?:-(\d+))?(?::(\d+))?$/.exec(part) ?? [];
    const tasks = Math.floor((Number(last) - Number(first)) / Number(step)) + 1;
    return sum + (first !== '' && tasks >= 1 ? tasks : 1);
  }, 0);
}

/** Whether a listing is old enough to be asked for again beside a status query: 30 s, and 5 times what it took. */
export function isDue(answer: Pick<QueueListing, 'askedAt' | 'duration'> | undefined, now: number): boolean {
  return answer === undefined || dueIn(answer, now) <= 0;
}

/** ms until then. */
export function dueIn(
  { askedAt, duration }: Pick<QueueListing, 'askedAt' | 'duration'>,
  now: number,
): number {
  return askedAt + Math.max(30_000, 5 * duration) - now;
}
