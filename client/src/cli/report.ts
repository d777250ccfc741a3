/** What a person reads about a sweep: the sentence of its state and the tables of its jobs. */
import { nativeIdOf } from '#engine/native-state.ts';
import { isActive, type JobState, type SweepState } from '#engine/sweep-state.ts';
import type { SweepView } from '#engine/sweeps.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { formatDuration } from './format/duration.ts';
import { bestJobs, durationOf, failedJobs, nativeReason, reasonOf } from './format/jobs.ts';
import { printable, shorten } from './format/printable.ts';
import { endedCount, metricValue } from './format/progress.ts';
import { formatTable, type Column } from './format/table.ts';
import { formatMetrics, formatParameters } from './format/values.ts';
import type { Call } from './verb.ts';
import { shownPath } from './workspace.ts';

const BEST_SHOWN = 5;
const FAILED_SHOWN = 10;

/** What a script should think of the state a sweep is in. */
export function exitCodeOf(state: SweepState): ExitCode {
  const failed = state.counts.failed + state.counts.lost > 0 || state.phase === 'failed';
  switch (state.phase) {
    case 'running':
    case 'paused':
    case 'stopping':
    case 'cancelling':
      return EXIT.unfinished;
    case 'finished':
    case 'failed':
      return failed ? EXIT.jobsFailed : EXIT.ok;
    case 'stopped':
    case 'cancelled':
      if (failed) return EXIT.jobsFailed;
      return state.phaseReason === 'target-reached' ? EXIT.ok : EXIT.unfinished;
  }
}

/** Prints the state, the best jobs and the failed ones, and what can be done next. */
export function closingReport(view: SweepView, call: Call): void {
  const { output } = call;
  output.line(headline(view, Date.now()));
  if (view.state.phaseDetail !== undefined) output.line(printable(view.state.phaseDetail));
  bestTable(view, call, BEST_SHOWN);
  const failed = failedTable(view, call, FAILED_SHOWN);
  const next = nextStep(view, failed);
  if (next !== undefined) output.line(`\n${next}`);
}

/** `quadratic-7 finished: 24 of 24 jobs ended (23 done, 1 failed) in 12 s.` */
export function headline({ state }: SweepView, now: number): string {
  const ended = endedCount(state.counts);
  const of = state.total === undefined ? `${ended} jobs` : `${ended} of ${state.total} jobs`;
  const parts = (['done', 'failed', 'lost', 'pruned', 'cancelled', 'running', 'submitted'] as const)
    .filter((name) => state.counts[name] > 0)
    .map((name) => `${state.counts[name]} ${name}`);
  const breakdown = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const time = formatDuration((state.endedAt ?? now) - state.launchedAt);
  // a detail is a sentence of its own, printed below
  const why = state.phaseDetail === undefined ? phaseReason(state) : undefined;
  return `${state.id} is ${state.phase}${why === undefined ? '' : ` (${why})`}: ${of} ended${breakdown} in ${time}.`;
}

/** Why the sweep is in its phase, when the phase alone does not say it; `phaseDetail` may say more. */
function phaseReason({ phaseReason: reason }: SweepState): string | undefined {
  switch (reason) {
    case 'launched':
    case 'all-jobs-ended':
      return undefined;
    case 'requested':
      return 'on request';
    case 'run-cap':
      return 'run_cap is reached';
    case 'target-reached':
      return 'the metric reached its target';
    case 'brake-flapping':
      return 'jobs failed one after the other right after launch';
    case 'brake-failing':
      return 'the first jobs failed';
    case 'brake-consecutive':
      return 'too many jobs failed in a row';
    case 'submit-rejected':
      return 'the batch system refused its jobs';
    case 'storage':
      return 'its folder could not be written';
    case 'scheduler-failed':
      return 'its scheduler failed';
  }
}

/** Prints the best jobs, if the sweep has a metric and any job is done. Returns how many. */
export function bestTable(view: SweepView, { output }: Call, most: number): number {
  const jobs = bestJobs(view.state, most);
  const { metric } = view.state;
  if (jobs.length === 0 || metric === undefined) return 0;
  output.line(`\n${output.paint('bold', `Best jobs by ${printable(metric.name)} (${metric.goal})`)}`);
  const columns: readonly Column[] = [
    { title: 'JOB', align: 'right' },
    { title: shorten(printable(metric.name).toUpperCase(), 20), align: 'right' },
    { title: 'TIME', align: 'right' },
    { title: 'PARAMETERS' },
  ];
  printTable(
    output,
    columns,
    jobs.map((job) => [
      String(job.index),
      metricValue(view.state, job.metrics),
      time(job),
      shorten(formatParameters(job.parameters), 120),
    ]),
  );
  return jobs.length;
}

/** Prints jobs that failed or were lost, with the reason and the log to read. Returns how many there are. */
export function failedTable(view: SweepView, call: Call, most: number): number {
  const { output, terminal } = call;
  const failed = failedJobs(view.state);
  if (failed.length === 0) return 0;
  output.line(`\n${output.paint('bold', 'Failed jobs')}`);
  printTable(
    output,
    [{ title: 'JOB', align: 'right' }, { title: 'REASON' }, { title: 'LOG' }],
    failed
      .slice(0, most)
      .map((job) => [
        String(job.index),
        output.paint('red', shorten(reasonOf(job) || job.state, 80)),
        printable(shownPath(view.jobLogs(job.index).stderr, terminal.cwd)),
      ]),
  );
  if (failed.length > most) output.line(output.paint('faint', `… and ${failed.length - most} more`));
  return failed.length;
}

/** Prints jobs in a queue's hands with what they have reported so far. */
export function runningTable(view: SweepView, { output }: Call, most: number, now: number): void {
  const running = view.state.jobs.filter((job) => isActive(job.state));
  if (running.length === 0) return;
  output.line(`\n${output.paint('bold', 'Running jobs')}`);
  printTable(
    output,
    [
      { title: 'JOB', align: 'right' },
      { title: 'TIME', align: 'right' },
      { title: 'METRICS' },
      { title: 'PARAMETERS' },
    ],
    running
      .slice(0, most)
      .map((job) => [
        String(job.index),
        time(job, now),
        shorten(formatMetrics(view.metricsOf(job.index)), 60),
        shorten(formatParameters(job.parameters), 120),
      ]),
  );
  if (running.length > most) output.line(output.paint('faint', `… and ${running.length - most} more`));
}

/** Prints jobs in a batch system: how it calls them, what it does with them, and why they wait; those that need somebody first. */
export function clusterTable(view: SweepView, { output }: Call, most: number, now: number): void {
  const active = view.state.jobs.filter((job) => isActive(job.state));
  if (active.length === 0) return;
  const isStuck = ({ native }: JobState): boolean => native?.stuck === true;
  const rank = (job: JobState): number => (isStuck(job) ? 0 : job.state === 'running' ? 1 : 2);
  const jobs = active.sort((a, b) => rank(a) - rank(b) || a.index - b.index);
  output.line(`\n${output.paint('bold', 'Jobs in the batch system')}`);
  printTable(
    output,
    [
      { title: 'JOB', align: 'right' },
      { title: 'NATIVE ID' },
      { title: 'STATE' },
      { title: 'WHY' },
      { title: 'TIME', align: 'right' },
      { title: 'METRICS' },
      { title: 'PARAMETERS' },
    ],
    jobs
      .slice(0, most)
      .map((job) => [
        String(job.index),
        printable((job.native && nativeIdOf(job.native)) ?? ''),
        printable(job.native?.word ?? job.state),
        isStuck(job)
          ? output.paint('red', shorten(`${nativeReason(job)}; needs somebody`, 60))
          : shorten(nativeReason(job), 60),
        time(job, now),
        shorten(formatMetrics(view.metricsOf(job.index)), 60),
        shorten(formatParameters(job.parameters), 120),
      ]),
  );
  if (jobs.length > most) output.line(output.paint('faint', `… and ${jobs.length - most} more`));
}

/** What to type to look after a sweep that nobody runs: it goes on in the direction it was going. */
export function takeOverCommand({ id, phase }: SweepState): string {
  const verb = phase === 'stopping' ? 'stop' : phase === 'cancelling' ? 'cancel' : 'resume';
  return `sweepdeck ${verb} ${id}`;
}

function nextStep({ id, state }: SweepView, failed: number): string | undefined {
  if (state.phase === 'paused') return `Continue with: sweepdeck resume ${id}`;
  if (failed > 0) return `Run failed jobs again: sweepdeck retry ${id}`;
  return undefined;
}

function printTable(
  { line, paint }: Call['output'],
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  for (const text of formatTable(columns, rows, (header) => paint('faint', header))) line(text);
}

function time(job: JobState, now = Date.now()): string {
  const duration = durationOf(job, now);
  return duration === undefined ? '' : formatDuration(duration);
}
