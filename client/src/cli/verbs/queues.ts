/** Verbs about queues: which ones there are, and what runs in one. */
import { ownJob, ownJobsOf, sortedQueue } from '#engine/queues/own-jobs.ts';
import { Clusters, type KnownQueue } from '#engine/queues/clusters.ts';
import { Connections, LOCAL } from '#engine/queues/queues.ts';
import { queueDocument, queuesDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { formatDuration } from '../format/duration.ts';
import { printable, shorten } from '../format/printable.ts';
import { formatTable } from '../format/table.ts';
import { queuesFor } from '../queues.ts';
import { withSweeps } from '../session.ts';
import type { Verb } from '../verb.ts';
import { workspaceFolder } from '../workspace.ts';

const JOBS_SHOWN = 200;

export const queues: Verb = {
  name: 'queues',
  synopsis: '',
  summary: 'list the queues of the settings, and the batch systems of this machine',
  arity: { least: 0, most: 0 },
  flags: ['queues', 'root'],
  run: async ({ flags, terminal, output }) => {
    const root = workspaceFolder(terminal.cwd, flags.root, terminal.cwd);
    const read = queuesFor(root, flags.queues, terminal.cwd);
    const clusters = new Clusters(new Connections());
    try {
      const known = await clusters.known({ queues: read.queues }, root);
      output.document(queuesDocument(known, read.broken));
      for (const sentence of Object.values(read.broken)) output.warn(sentence);
      const rows = [[LOCAL, 'this machine', '', ''], ...known.map(queueCells)];
      for (const line of formatTable(QUEUES, rows, (header) => output.paint('faint', header)))
        output.line(line);
      return EXIT.ok;
    } finally {
      clusters.close();
    }
  },
};

const QUEUES = [{ title: 'QUEUE' }, { title: 'SYSTEM' }, { title: 'VERSION' }, { title: 'FROM' }] as const;

function queueCells({ name, title, version, configured, ssh }: KnownQueue): readonly string[] {
  return [
    printable(name),
    ssh === undefined ? title : `${title} on ${printable(ssh)}`,
    version === undefined ? 'does not answer' : printable(version),
    configured ? 'settings' : 'found here',
  ];
}

export const queue: Verb = {
  name: 'queue',
  synopsis: 'NAME',
  summary: "show what waits and runs in a queue's batch system, jobs of sweeps first",
  arity: { least: 1, most: 1 },
  flags: ['limit', 'queues', 'root'],
  run: (call) =>
    withSweeps(call, async ({ sweeps, root }) => {
      const { positionals, flags, terminal, output } = call;
      const [name = ''] = positionals;
      const { queues: usable, broken: brokenQueues } = queuesFor(root, flags.queues, terminal.cwd);
      const settings = { queues: usable, brokenQueues };
      const clusters = new Clusters(new Connections());
      try {
        const answer = await clusters.queue({ queue: name, root, settings: () => settings }).catch(refuse);
        const { listing, user } = answer;
        if (listing.kind === 'failed') throw new CommandFailure('refused', listing.sentence);
        const own = ownJobsOf(sweeps.list().map(({ id, state }) => ({ key: id, state })));
        const rows = sortedQueue(listing.jobs, user, own).map((row) => ({ row, own: ownJob(row, own) }));
        output.document(queueDocument(answer, rows));
        const now = Date.now();
        const shown = rows.slice(0, flags.limit ?? JOBS_SHOWN);
        if (rows.length === 0) output.note(`Nothing waits or runs in ${answer.title} now.`);
        else {
          const cells = shown.map(({ row, own: ours }) => [
            printable(row.id),
            ours?.name ?? '',
            shorten(printable(row.name ?? ''), 24),
            printable(row.user ?? ''),
            printable(row.word),
            printable(row.partition ?? ''),
            row.startedAt === undefined || row.stage !== 'running' ? '' : formatDuration(now - row.startedAt),
            shorten(printable((row.stage === 'running' ? row.nodes : row.detail) ?? ''), 40),
          ]);
          for (const line of formatTable(JOBS, cells, (header) => output.paint('faint', header)))
            output.line(line);
          if (rows.length > shown.length)
            output.line(output.paint('faint', `… and ${rows.length - shown.length} more`));
        }
        return EXIT.ok;
      } finally {
        clusters.close();
      }
    }),
};

const JOBS = [
  { title: 'ID' },
  { title: 'SWEEP JOB' },
  { title: 'NAME' },
  { title: 'USER' },
  { title: 'STATE' },
  { title: 'PARTITION' },
  { title: 'TIME', align: 'right' },
  { title: 'NODES OR REASON' },
] as const;

function refuse(error: unknown): never {
  throw new CommandFailure('not-found', error instanceof Error ? error.message : String(error), [], error);
}
