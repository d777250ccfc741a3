/** How an attempt ended, out of what is known: the exit record, the batch system's word, the claim. Pure. */
import type { JobReason } from '../../events.ts';
import type { ExitRecord } from '../../exit-record.ts';
import type { Outcome } from '../local/outcome.ts';
import type { NativeEnd } from './batch-system.ts';

export interface Evidence {
  /** Written last by the wrapper: the truth about success. */
  readonly record: ExitRecord | undefined;
  /** The record as an outcome in words. */
  readonly recorded: Outcome | undefined;
  /** What the system says of the end; undefined: nothing (yet). */
  readonly end: NativeEnd | undefined;
  /** The system's own word and sentence. */
  readonly word: string | undefined;
  readonly detail: string | undefined;
  /** Whether the attempt was begun. */
  readonly claimed: boolean;
  /** Whether we asked for the end. */
  readonly cancelled: boolean;
  /** Whether the system has called it over for so long that a record would have appeared, or the job be back in its queue. */
  readonly hasSettled: boolean;
  /** The last words of what the batch system itself wrote of the job; undefined: nothing. */
  readonly lastWords: string | undefined;
  /** `Slurm`. */
  readonly title: string;
}

export type Fate =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** It may be run again, if it has not been too often; otherwise it ended with `outcome`. */
  | { readonly kind: 'again'; readonly reason: JobReason; readonly outcome: Outcome }
  /** Not enough is known. */
  | { readonly kind: 'open' };

const OPEN: Fate = { kind: 'open' };

/** Ends that are not the program's doing: the job is run again. */
export const RUN_AGAIN: ReadonlySet<JobReason> = new Set(['preempted', 'node-failure', 'launch-failure']);

/** Causes that the system knows and the program's exit code doesn't tell. */
const CAUSES: Readonly<Partial<Record<JobReason, string>>> = {
  timeout: 'It was ended because its time was over. Ask for more time',
  'out-of-memory': 'It was ended because it used more memory than it asked for. Ask for more memory',
  'node-failure': 'The machine it ran on failed',
  preempted: 'It had to make room for other jobs',
  'launch-failure': 'The batch system could not start it',
  'dependency-never-satisfied': 'What it waited for failed',
};

export function fateOf(evidence: Evidence): Fate {
  const { record, recorded, end, cancelled, claimed, title } = evidence;
  if (record?.code === 0) return { kind: 'ended', outcome: { state: 'done', exitCode: 0 } };
  const wasStopped = record === undefined || record.stopped || record.signal !== null;
  const isOver = record !== undefined || (end !== undefined && end.outcome !== 'done');
  if (cancelled && wasStopped && isOver) {
    return ended({
      state: 'cancelled',
      reason: 'requested',
      detail: 'Cancelled on request.',
      ...exitOf(recorded),
    });
  }
  if (record !== undefined && recorded !== undefined) {
    if (end === undefined) return wasStopped ? OPEN : ended(recorded);
    const cause = causeOf(end, wasStopped);
    if (cause !== undefined) return withCause(cause, evidence);
    if (end.outcome === 'cancelled' && wasStopped) return cancelledThere(evidence);
    // a job that is put back into the queue is over for a moment too
    if (end.outcome === 'unknown' && wasStopped && !evidence.hasSettled) return OPEN;
    return ended(recorded);
  }
  if (end === undefined || end.outcome === 'unknown') return OPEN;
  if (end.outcome === 'cancelled') return cancelledThere(evidence);
  // record and claim may take their time to be seen here, where the folder is synchronised or its server slow
  if (!evidence.hasSettled) return OPEN;
  const cause = causeOf(end, true);
  if (cause !== undefined) return withCause(cause, evidence);
  if (!claimed) {
    if (end.outcome === 'done') return ended(withoutTrace(evidence));
    const how = end.exitCode === undefined ? '' : ` with exit code ${end.exitCode}`;
    return ended({
      state: 'failed',
      reason: 'launch-failure',
      detail: sentence(
        `${title} ran its script, which ended${how} before the command was started`,
        evidence.lastWords,
      ),
      ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
    });
  }
  if (end.outcome === 'done') {
    return ended({ state: 'done', exitCode: 0, detail: `${title} says so; there is no exit record.` });
  }
  return ended(withoutRecord(end, evidence));
}

function causeOf(end: NativeEnd, wasStopped: boolean): JobReason | undefined {
  const { reason } = end;
  if (reason === undefined || CAUSES[reason] === undefined) return undefined;
  // a program that failed by itself failed by itself; only memory can take a child and leave the program
  return wasStopped || reason === 'out-of-memory' ? reason : undefined;
}

function withCause(reason: JobReason, evidence: Evidence): Fate {
  const said = evidence.detail ?? evidence.word;
  const outcome: Outcome = {
    state: 'failed',
    reason,
    detail: `${CAUSES[reason] ?? ''} (${evidence.title}: ${said ?? reason}).`,
    ...exitOf(evidence.recorded),
  };
  return RUN_AGAIN.has(reason) ? { kind: 'again', reason, outcome } : ended(outcome);
}

function cancelledThere({ title, word, recorded }: Evidence): Fate {
  return ended({
    state: 'cancelled',
    reason: 'requested',
    detail: `Cancelled in ${title}, not from here${word === undefined ? '' : ` (${word})`}.`,
    ...exitOf(recorded),
  });
}

/** Neither done nor failed: its program may have run where its directory is not seen, or its script ended before it. */
function withoutTrace({ title, lastWords }: Evidence): Outcome {
  const what = `${title} says that it ended well, but its directory holds neither a claim nor an exit record`;
  const why = 'Its machine does not see this folder, or the prologue ended the script';
  return { state: 'lost', reason: 'no-exit-record', detail: sentence(`${what}. ${why}`, lastWords) };
}

function withoutRecord(end: NativeEnd, { title, word, lastWords }: Evidence): Outcome {
  const said = `${title} says ${word ?? 'that it failed'}; there is no exit record`;
  if (end.signal !== undefined) {
    return {
      state: 'failed',
      reason: 'signal',
      detail: sentence(`${said}. Ended by signal ${end.signal}`, lastWords),
    };
  }
  return {
    state: 'failed',
    reason: end.reason ?? 'exit-code',
    detail: sentence(said, lastWords),
    ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
  };
}

const ended = (outcome: Outcome): Fate => ({ kind: 'ended', outcome });

function exitOf(recorded: Outcome | undefined): Pick<Outcome, 'exitCode' | 'signal'> {
  const { exitCode, signal } = recorded ?? {};
  return { ...(exitCode === undefined ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }) };
}

function sentence(what: string, lastWords: string | undefined): string {
  return lastWords === undefined ? `${what}.` : `${what}. It said last: ${lastWords}`;
}
