/** What `--json` prints. The shapes are an interface: docs/cli.md describes them, fields are added, never changed. */
import type { Problem, Range } from '#core/text.ts';
import { Float, isList, isMap, type Value } from '#core/value.ts';
import { nativeIdOf, type NativeState } from '#engine/native-state.ts';
import type { NativeJob } from '#engine/queues/cluster/batch-system.ts';
import type { KnownQueue, QueueListing } from '#engine/queues/clusters.ts';
import type { OwnJob } from '#engine/queues/own-jobs.ts';
import type { JobState, SweepState } from '#engine/sweep-state.ts';
import type { Preview, SubmissionPreview, SweepView } from '#engine/sweeps.ts';
import type { CommandFailure } from './failure.ts';

type Document = Readonly<Record<string, Value>>;

/** `check`: one entry per file. */
export function checkDocument(
  files: readonly { readonly file: string; readonly problems: readonly Problem[] }[],
): Value {
  return files.map(({ file, problems }) => ({ file, problems: problems.map(problemDocument) }));
}

/** `preview`: `count` is null when the sweep never ends by itself, and exact however large it is. */
export function previewDocument(preview: Preview): Document {
  return {
    count: preview.count,
    jobs: preview.jobs.map(({ index, parameters, argv }) => ({
      index,
      parameters: strict(parameters),
      argv,
    })),
  };
}

/** `submit`: where the jobs go, and each of them. */
export function submissionDocument({
  system,
  queue,
  count,
  jobs,
}: Pick<SubmissionPreview, 'system' | 'queue' | 'count' | 'jobs'>): Document {
  return {
    system: system ?? null,
    queue: queue ?? null,
    count,
    jobs: jobs.map(({ logId, directory, argv, overrides, script }) => ({
      logId,
      directory,
      argv,
      overrides,
      script,
    })),
  };
}

/** `show`: the sweep and the jobs that were asked for. Times are milliseconds since 1970. */
export function sweepDocument(view: SweepView): Document {
  const { id, phase, counts, jobs } = view.state;
  return {
    id,
    state: phase,
    counts: { ...counts },
    best: bestDocument(view.state),
    jobs: jobs.map((job) => jobDocument(view, job)),
  };
}

/** `list`, `launch` and the verbs that change a sweep: the sweep without its jobs. */
export function summaryDocument(view: SweepView): Document {
  const { state, owner } = view;
  return {
    id: state.id,
    name: state.name,
    queue: state.queue,
    state: state.phase,
    reason: state.phaseReason,
    detail: state.phaseDetail ?? null,
    counts: { ...state.counts },
    total: state.total ?? null,
    best: bestDocument(state),
    owner: owner.kind === 'elsewhere' ? owner.description : owner.kind === 'here' ? 'this process' : null,
    file: state.file,
    directory: view.directory,
    launchedAt: state.launchedAt,
    endedAt: state.endedAt ?? null,
  };
}

/** Printed instead of a verb's own document when it failed. */
export function failureDocument(failure: CommandFailure): Document {
  return {
    error: {
      code: failure.kind,
      message: failure.message,
      ...(failure.problems.length === 0 ? {} : { problems: failure.problems.map(problemDocument) }),
    },
  };
}

function jobDocument(view: SweepView, job: JobState): Document {
  return {
    index: job.index,
    state: job.state,
    reason: job.reason ?? null,
    detail: job.detail ?? null,
    attempt: job.attempt,
    parameters: strict(job.parameters),
    metrics: { ...view.metricsOf(job.index) },
    startedAt: job.startedAt ?? null,
    endedAt: job.endedAt ?? null,
    directory: view.jobDirectory(job.index),
    requeues: job.requeues ?? 0,
    native: job.native === undefined ? null : nativeDocument(job.native),
  };
}

function nativeDocument(native: NativeState): Document {
  return {
    system: native.batch.system,
    id: nativeIdOf(native) ?? null,
    name: native.batch.name,
    state: native.word ?? null,
    stuck: native.stuck === true,
  };
}

/** `queues`: one entry per queue; entries of the settings that can't be used have a `problem`. */
export function queuesDocument(
  known: readonly KnownQueue[],
  broken: Readonly<Record<string, string>>,
): Value {
  return [
    ...known.map(({ name, system, configured, version, ssh }) => ({
      name,
      system,
      configured,
      version: version ?? null,
      ssh: ssh ?? null,
      problem: null,
    })),
    ...Object.entries(broken).map(([name, problem]) => ({
      name,
      system: null,
      configured: true,
      version: null,
      ssh: null,
      problem,
    })),
  ];
}

/** `queue`: everybody's jobs, ours first. */
export function queueDocument(
  { title, user, askedAt }: QueueListing,
  rows: readonly { readonly row: NativeJob; readonly own: OwnJob | undefined }[],
): Document {
  return {
    system: title,
    user: user ?? null,
    askedAt,
    jobs: rows.map(({ row, own }) => ({
      id: row.id,
      sweepJob: own?.name ?? null,
      name: row.name ?? null,
      user: row.user ?? null,
      state: row.word,
      reason: row.detail ?? null,
      partition: row.partition ?? null,
      nodes: row.nodes ?? null,
      position: row.position ?? null,
      submittedAt: row.submittedAt ?? null,
      startedAt: row.startedAt ?? null,
      expectedStartAt: row.expectedStartAt ?? null,
    })),
  };
}

function bestDocument({ best, metric, jobs }: SweepState): Value {
  if (best === undefined) return null;
  return {
    index: best.job,
    metric: metric?.name ?? null,
    value: best.value,
    parameters: strict(jobs[best.job]?.parameters ?? {}),
  };
}

function problemDocument({ code, severity, message, range }: Problem): Document {
  return { code, severity, message, range: rangeDocument(range) };
}

function rangeDocument({ start, end }: Range): Document {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}

/** Numbers that strict JSON has no word for become texts: `"NaN"`, `"Infinity"`, `"-Infinity"`. */
function strict(value: Value): Value {
  if (value instanceof Float) return Number.isFinite(value.value) ? value : String(value.value);
  if (isList(value)) return value.map(strict);
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, strict(item)]));
  return value;
}
