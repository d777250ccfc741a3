import type { JobReason, JobStateName, Metrics } from '#engine/events.ts';
import type { JobState, SweepState } from '#engine/sweep-state.ts';
import { formatDuration } from './duration.ts';
import { escapeMarkdown, tableRow } from './markdown.ts';
import {
  advice,
  isStuck,
  type Live,
  nativeFacts,
  nativeParts,
  nativeWord,
  nativeWords,
  seen,
  staleSentence,
} from './native.ts';
import { flatParameters, formatMetric, formatValue, parametersLabel } from './parameters.ts';

export interface Icon {
  readonly name: string;
  /** Id of a theme colour. */
  readonly color?: string;
}

const icons: Readonly<Record<JobStateName, Icon>> = {
  queued: { name: 'clock', color: 'descriptionForeground' },
  submitted: { name: 'ellipsis', color: 'charts.blue' },
  running: { name: 'sync~spin', color: 'charts.blue' },
  done: { name: 'pass', color: 'testing.iconPassed' },
  failed: { name: 'error', color: 'testing.iconFailed' },
  cancelled: { name: 'circle-slash', color: 'testing.iconSkipped' },
  pruned: { name: 'scissors', color: 'testing.iconSkipped' },
  lost: { name: 'question', color: 'testing.iconErrored' },
};

const stateWords: Readonly<Record<JobStateName, string>> = {
  queued: 'queued',
  submitted: 'starting',
  running: 'running',
  done: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  pruned: 'stopped early',
  lost: 'lost',
};

const reasons: Readonly<Record<JobReason, string>> = {
  'exit-code': 'The program ended with an error.',
  signal: 'The program was ended by a signal.',
  timeout: 'The job ran longer than it was allowed to.',
  'out-of-memory': 'The job ran out of memory.',
  'node-failure': 'The machine that ran the job failed.',
  preempted: 'The job had to make room for another one.',
  'submit-rejected': 'The queue did not accept the job.',
  'spawn-failed': 'The program could not be started.',
  storage: 'The job directory could not be written.',
  requested: 'Somebody asked for it.',
  'early-stop': 'Its metric was too far behind the other jobs.',
  'no-exit-record':
    'The job vanished without an exit record: the machine was switched off, or its processes were killed.',
  retry: 'The job is tried again.',
  pending: 'The job waits its turn in the queue.',
  held: 'The job is held: it starts once somebody releases it.',
  dependency: 'The job waits for another one.',
  'dependency-never-satisfied': 'The job waits for one that failed, so it never starts by itself.',
  'begin-time': 'The job waits for its begin time.',
  limit: 'The job waits because of a limit on what may run at once.',
  'error-state': 'The batch system stopped the job: somebody has to act.',
  starting: 'The job is being started.',
  suspended: 'The job is suspended.',
  finishing: 'The job is ending.',
  'host-unreachable': 'The machine that runs the job does not answer.',
  'requeued-by-system': 'The batch system put the job back into the queue.',
  'launch-failure': 'The batch system could not start the job.',
};

export function jobIcon(job: JobState): Icon {
  // whoever holds a job knows; what nobody asked for is an alarm
  if (job.native !== undefined && job.state === 'submitted' && job.reason === 'held')
    return { name: 'debug-pause', color: 'charts.yellow' };
  if (isStuck(job)) return { name: 'warning', color: 'charts.yellow' };
  if (job.native !== undefined && job.state === 'submitted') return { name: 'clock', color: 'charts.blue' };
  return icons[job.state];
}

export function stateWord(job: JobState): string {
  return nativeWord(job) ?? stateWords[job.state];
}

/** `#12 lr=0.1 batch=32` */
export function jobLabel(job: JobState): string {
  const parameters = parametersLabel(job.parameters);
  return parameters === '' ? `#${job.index}` : `#${job.index} ${parameters}`;
}

/** The sweep's metric, or the first one reported when the sweep names none: `loss 0.031`. */
export function metricText(sweep: SweepState, metrics: Metrics): string | undefined {
  const name = sweep.metric?.name ?? Object.keys(metrics)[0];
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? undefined : `${name} ${formatMetric(value)}`;
}

/** Time the job has run, in ms at `now`; undefined when it never started. */
export function runTime(job: JobState, now: number): number | undefined {
  if (job.startedAt === undefined || job.state === 'queued') return undefined;
  return (job.endedAt ?? now) - job.startedAt;
}

/** What stands grey behind the label: `loss 0.031 · 12 s · attempt 2`, `pending · 4711_12 · Resources`. */
export function jobDescription(
  sweep: SweepState,
  job: JobState,
  metrics: Metrics,
  now: number,
  { row }: Live = {},
): string {
  const current = seen(job, row);
  const time = runTime(job, now);
  return [
    metricText(sweep, metrics),
    job.state === 'failed' ? failureWord(job) : undefined,
    time === undefined ? undefined : formatDuration(time),
    ...nativeParts(current, row, now),
    job.attempt > 1 ? `attempt ${job.attempt}` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function failureWord(job: JobState): string | undefined {
  if (job.signal !== undefined) return job.signal;
  if (job.exitCode !== undefined) return `exit ${job.exitCode}`;
  return job.reason?.replaceAll('-', ' ');
}

/** Why the job is in its state, as a sentence; undefined when there is nothing to explain. */
export function reasonSentence(job: JobState): string | undefined {
  if (job.native !== undefined && !hasEnded(job) && job.reason !== undefined) {
    // what a batch system says of a job is often one word, and the word is worth a sentence
    const { detail = '' } = job;
    const own = reasons[job.reason];
    if (/\s/.test(detail)) return `${own} ${detail}${/[.!?)]$/.test(detail) ? '' : '.'}`;
    return detail === '' ? own : `${own.replace(/\.$/, '')} (${detail}).`;
  }
  if (job.detail !== undefined && job.detail !== '') return job.detail;
  return job.reason === undefined ? undefined : reasons[job.reason];
}

/** How the job ended, for the last line of its log. */
export function endSentence(id: string, job: JobState): string {
  const code =
    job.signal !== undefined
      ? ` by ${job.signal}`
      : job.exitCode !== undefined
        ? ` with exit code ${job.exitCode}`
        : '';
  const time = runTime(job, job.endedAt ?? 0);
  const after = time === undefined ? '' : ` after ${formatDuration(time)}`;
  const reason = job.state === 'done' ? undefined : reasonSentence(job);
  return `${id} ${stateWord(job)}${code}${after}.${reason === undefined ? '' : ` ${reason}`}`;
}

export function hasEnded(job: JobState): boolean {
  return endStates.has(job.state);
}

const endStates: ReadonlySet<JobStateName> = new Set<JobStateName>([
  'done',
  'failed',
  'cancelled',
  'pruned',
  'lost',
]);
const cancellable: ReadonlySet<JobStateName> = new Set<JobStateName>(['queued', 'submitted', 'running']);
const retryable: ReadonlySet<JobStateName> = new Set<JobStateName>(['failed', 'lost', 'cancelled', 'pruned']);

/** Whether the job's directory was written. */
const hasFolder = ({ state, attempt }: JobState): boolean => state !== 'queued' || attempt > 1;

/** Whether the job, or an earlier attempt of it, may have printed something: one that waits in a batch system has not. */
const hasLog = (job: JobState): boolean =>
  hasFolder(job) && (job.native === undefined || job.state !== 'submitted' || job.attempt > 1);

/** The set of words that menus match: `job failed retryable logged`. */
export function jobWords(job: JobState): string {
  return [
    'job',
    job.state,
    cancellable.has(job.state) ? 'cancellable' : undefined,
    retryable.has(job.state) ? 'retryable' : undefined,
    hasFolder(job) ? 'foldered' : undefined,
    hasLog(job) ? 'logged' : undefined,
    ...nativeWords(job),
  ]
    .filter((word) => word !== undefined)
    .join(' ');
}

/** Read by screen readers instead of label and description. */
export function jobSpoken(
  sweep: SweepState,
  job: JobState,
  metrics: Metrics,
  now: number,
  live: Live = {},
): string {
  const rest = jobDescription(sweep, job, metrics, now, live).replaceAll(' · ', ', ');
  return [`Job ${job.index}`, stateWord(job), parametersLabel(job.parameters), rest]
    .filter((part) => part !== '')
    .join(', ');
}

/** Markdown: state and reason, then parameters, metrics and facts as tables. `directoryUri` is a `file:` URI. */
export function jobTooltip(
  sweep: SweepState,
  job: JobState,
  metrics: Metrics,
  directoryUri: string | undefined,
  now: number,
  live: Live = {},
): string {
  return tooltipOf(sweep, seen(job, live.row), metrics, directoryUri, now, live);
}

function tooltipOf(
  sweep: SweepState,
  job: JobState,
  metrics: Metrics,
  directoryUri: string | undefined,
  now: number,
  live: Live,
): string {
  const title = `**${escapeMarkdown(`${sweep.id}/${job.index}`)}** — ${stateWord(job)}`;
  const reason = reasonSentence(job);
  const toDo = advice(job);
  const stale = job.native === undefined || hasEnded(job) ? undefined : staleSentence(live.freshness, now);
  const time = runTime(job, now);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Started', job.startedAt === undefined ? undefined : new Date(job.startedAt).toLocaleString()],
    ['Ended', job.endedAt === undefined ? undefined : new Date(job.endedAt).toLocaleString()],
    ['Ran for', time === undefined ? undefined : formatDuration(time)],
    ['Attempt', job.attempt > 1 ? String(job.attempt) : undefined],
    ['Requeued', requeuesText(job.requeues)],
    ['Exit code', job.exitCode === undefined ? undefined : String(job.exitCode)],
    ['Signal', job.signal],
    [
      'Process',
      job.pid === undefined ? undefined : `${job.pid}${job.host === undefined ? '' : ` on ${job.host}`}`,
    ],
    ['GPUs', job.gpus === undefined || job.gpus.length === 0 ? undefined : job.gpus.join(', ')],
    ...nativeFacts(job, live, now),
  ];
  return [
    title,
    reason === undefined ? undefined : escapeMarkdown(reason),
    toDo === undefined ? undefined : `$(warning) ${escapeMarkdown(toDo)}`,
    stale === undefined ? undefined : `$(warning) ${escapeMarkdown(stale)}`,
    table(
      'Parameter',
      capped(flatParameters(job.parameters).map(([name, value]) => [name, formatValue(value)] as const)),
    ),
    table(
      'Metric',
      capped(Object.entries(metrics).map(([name, value]) => [name, formatMetric(value)] as const)),
    ),
    table(
      'Job',
      facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ),
    directoryUri === undefined ? undefined : `[Job folder](${directoryUri})`,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function requeuesText(requeues: number | undefined): string | undefined {
  if (requeues === undefined || requeues === 0) return undefined;
  return requeues === 1 ? 'once' : `${requeues} times`;
}

const mostRows = 40;

function capped(rows: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return rows.length <= mostRows
    ? rows
    : [...rows.slice(0, mostRows), ['…', `${rows.length - mostRows} more`] as const];
}

function table(heading: string, rows: readonly (readonly [string, string])[]): string | undefined {
  if (rows.length === 0) return undefined;
  return [`| ${heading} | |`, '| :-- | :-- |', ...rows.map(([name, value]) => tableRow(name, value))].join(
    '\n',
  );
}
