/** How a job stands in its batch system, in words: its native id, why it waits, and what somebody has to do. */
import type { JobReason } from '#engine/events.ts';
import { nativeIdOf } from '#engine/native-state.ts';
import type { NativeJob } from '#engine/queues/cluster/batch-system.ts';
import type { SystemFreshness } from '#engine/queues/clusters.ts';
import type { JobState, SweepState } from '#engine/sweep-state.ts';
import { clock } from './clock.ts';

/** What is known only while the editor looks: never written down. */
export interface Live {
  /** The job as its system listed it last. */
  readonly row?: NativeJob | undefined;
  /** How fresh that is. */
  readonly freshness?: SystemFreshness | undefined;
}

const waitingWords: Readonly<Partial<Record<JobReason, string>>> = {
  held: 'held',
  dependency: 'waits for another job',
  'dependency-never-satisfied': 'never starts',
  'begin-time': 'waits for its time',
  limit: 'waits: limit',
  'error-state': 'stopped by an error',
  'requeued-by-system': 'requeued',
};

const runningWords: Readonly<Partial<Record<JobReason, string>>> = {
  starting: 'starting',
  suspended: 'suspended',
  finishing: 'ending',
  'host-unreachable': 'its machine does not answer',
};

const advices: Readonly<Partial<Record<JobReason, string>>> = {
  held: 'Release it to let it start; if it was held by an administrator, ask the people who run the cluster.',
  dependency: 'Cancel it if what it waits for will not end well.',
  'dependency-never-satisfied':
    'It stays in the queue until somebody cancels it. Cancel it, mend what it waits for, and retry it.',
  'error-state':
    'Open its native details to see the error. Cancel and retry it once the cause is mended, or have the error cleared by the people who run the cluster.',
  limit:
    'It asks for more than this queue ever gives. Cancel it, change the directives of the queue, and retry it.',
};

const anyAdvice =
  'It will not go on by itself. Open its native details for the reason; cancel and retry it once that is mended.';

/** Whether the sweep's jobs run in a batch system. */
export function isOnCluster(sweep: Pick<SweepState, 'queue'>): boolean {
  return sweep.queue !== 'local';
}

/**
 * The job with what its system says of it now: reasons that come and go, such as the system's word for why a job
 * waits its turn, are not put on record. A row that is about another state than the journal's adds nothing.
 */
export function seen(job: JobState, row: NativeJob | undefined): JobState {
  const { native, state } = job;
  if (row === undefined || native === undefined) return job;
  const isAboutNow =
    (state === 'submitted' && row.stage === 'waiting') || (state === 'running' && row.stage === 'running');
  if (!isAboutNow) return job;
  const { word, stage, reason, detail, stuck = false } = row;
  const now: { -readonly [Key in keyof JobState]: JobState[Key] } = {
    ...job,
    native: { ...native, word, stage, stuck },
  };
  delete now.reason;
  delete now.detail;
  if (reason !== undefined) now.reason = reason;
  if (detail !== undefined) now.detail = detail;
  return now;
}

/** What a job does in its batch system, in a word or two; undefined when there is nothing to add to its state. */
export function nativeWord({ state, reason, native }: JobState): string | undefined {
  if (native === undefined) return undefined;
  if (state === 'running') return reason === undefined ? undefined : runningWords[reason];
  if (state !== 'submitted') return undefined;
  if (nativeIdOf(native) === undefined) return 'being submitted';
  return (reason === undefined ? undefined : waitingWords[reason]) ?? 'pending';
}

/** Whether the job waits for a person. */
export function isStuck({ state, native }: JobState): boolean {
  return native?.stuck === true && (state === 'submitted' || state === 'running');
}

/** What to do about a stuck job, as sentences; undefined for one that goes on by itself. */
export function advice(job: JobState): string | undefined {
  if (!isStuck(job)) return undefined;
  return (job.reason === undefined ? undefined : advices[job.reason]) ?? anyAdvice;
}

/** What stands behind a job's label: `pending`, `4711_12`, `Resources`, `place 3`, `starts about 14:05`. */
export function nativeParts(job: JobState, row: NativeJob | undefined, now: number): readonly string[] {
  const { native, state, detail } = job;
  if (native === undefined || (state !== 'submitted' && state !== 'running')) return [];
  const word = nativeWord(job);
  const parts = [
    word,
    nativeIdOf(native),
    // a sentence is for the tooltip
    shortReason(detail),
    ...(state === 'submitted' ? expectations(row, now) : []),
    // who holds a job need not be told
    isStuck(job) && job.reason !== 'held' ? 'needs somebody' : undefined,
  ];
  return parts.filter((part) => part !== undefined);
}

/** What fits behind a label of the system's own reason: the word at the end of a sentence, `Resources`, or all of it when it is short. */
export function shortReason(detail: string | undefined): string | undefined {
  if (detail === undefined || detail === '') return undefined;
  const word = /\(([\w,.:]{1,40})\)$/.exec(detail)?.[1];
  return word ?? (detail.length <= 40 && !detail.includes('\n') ? detail : undefined);
}

function expectations(row: NativeJob | undefined, now: number): readonly (string | undefined)[] {
  if (row?.stage !== 'waiting') return [];
  const { position, expectedStartAt } = row;
  return [
    position === undefined ? undefined : `place ${position}`,
    // a system that fell behind tells of a start that has passed
    expectedStartAt === undefined || expectedStartAt <= now
      ? undefined
      : `starts about ${clock(expectedStartAt, now)}`,
  ];
}

/** Facts for the tooltip of a job, name and value. */
export function nativeFacts(
  job: JobState,
  { row, freshness }: Live,
  now: number,
): readonly (readonly [string, string | undefined])[] {
  const { native } = job;
  if (native === undefined) return [];
  const isThere = job.state === 'submitted' || job.state === 'running';
  const current = isThere ? row : undefined;
  return [
    ['Native id', nativeIdOf(native)],
    ['Native name', native.batch.name],
    ['Native state', native.word],
    ['Place in the queue', current?.position?.toString()],
    [
      'Expected start',
      current?.stage === 'waiting' && current.expectedStartAt !== undefined
        ? clock(current.expectedStartAt, now)
        : undefined,
    ],
    ['Partition', current?.partition],
    ['Nodes', current?.nodes],
    ['As of', isThere && freshness?.asOf !== undefined ? clock(freshness.asOf, now) : undefined],
  ];
}

/**
 * Why what is shown may be old: `Slurm has not answered since 12:04: … Jobs go on; they are shown as of 12:03.`
 * undefined while the system answers.
 */
export function staleSentence(freshness: SystemFreshness | undefined, now: number): string | undefined {
  if (freshness?.stale === undefined) return undefined;
  const { title, asOf, stale } = freshness;
  const said = stale.sentence.trim().replace(/[.\s]+$/, '');
  const shown = asOf === undefined ? '' : `; they are shown as of ${clock(asOf, now)}`;
  return `${title} has not answered since ${clock(stale.since, now)}: ${said}. Jobs go on${shown}.`;
}

/**
 * Words for menus: `native`: has an id in the batch system; `holdable`, `held`: can be held, or released;
 * `own-output`: the system may have written something of its own.
 */
export function nativeWords(job: JobState): readonly string[] {
  const { native, state, reason } = job;
  if (native === undefined || nativeIdOf(native) === undefined) return [];
  if (state !== 'submitted') return ['native', 'own-output'];
  return ['native', reason === 'held' ? 'held' : 'holdable'];
}
