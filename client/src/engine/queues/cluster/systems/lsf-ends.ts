/** How LSF says that and why a job ended; source: the termination reasons of its administration guide. */
import { signalOf } from '../../../exit-record.ts';
import type { NativeEnd } from '../batch-system.ts';

/** Why LSF ended a job: the word before the colon of `exit_reason`. */
const TERMINATIONS: ReadonlyMap<string, NativeEnd> = new Map<string, NativeEnd>([
  ['TERM_RUNLIMIT', { outcome: 'failed', reason: 'timeout' }],
  ['TERM_CPULIMIT', { outcome: 'failed', reason: 'timeout' }],
  ['TERM_DEADLINE', { outcome: 'failed', reason: 'timeout' }],
  ['TERM_MEMLIMIT', { outcome: 'failed', reason: 'out-of-memory' }],
  ['TERM_SWAP', { outcome: 'failed', reason: 'out-of-memory' }],
  ['TERM_OWNER', { outcome: 'cancelled' }],
  ['TERM_FORCE_OWNER', { outcome: 'cancelled' }],
  ['TERM_ADMIN', { outcome: 'cancelled' }],
  ['TERM_FORCE_ADMIN', { outcome: 'cancelled' }],
  ['TERM_BUCKET_KILL', { outcome: 'cancelled' }],
  ['TERM_PREEMPT', { outcome: 'failed', reason: 'preempted' }],
  ['TERM_WINDOW', { outcome: 'failed', reason: 'preempted' }],
  ['TERM_LOAD', { outcome: 'failed', reason: 'preempted' }],
  ['TERM_RC', { outcome: 'failed', reason: 'preempted' }],
  ['TERM_ZOMBIE', { outcome: 'failed', reason: 'node-failure' }],
  ['TERM_REMOVE_HUNG_JOB', { outcome: 'failed', reason: 'node-failure' }],
  ['TERM_CWD_NOTEXIST', { outcome: 'failed', reason: 'launch-failure' }],
  ['TERM_PRE_EXEC_FAIL', { outcome: 'failed', reason: 'launch-failure' }],
  ['TERM_ORPHAN_SYSTEM', { outcome: 'failed', reason: 'dependency-never-satisfied' }],
  ['TERM_PROCESSLIMIT', { outcome: 'failed', reason: 'limit' }],
  ['TERM_THREADLIMIT', { outcome: 'failed', reason: 'limit' }],
]);

/**
 * How a job ended, from LSF's words.
 * @param code 0-255; above 128 a signal. undefined where LSF doesn't tell.
 * @param term `TERM_RUNLIMIT`; empty where LSF had no part in it.
 */
export function endOfLsf(code: number | undefined, term: string): NativeEnd {
  const known = TERMINATIONS.get(term);
  if (code === 0) return { outcome: 'done', exitCode: 0 };
  if (code === undefined) return known ?? { outcome: 'unknown' };
  const signal = signalOf(code);
  const codes = { exitCode: code, ...(signal !== null && { signal }) };
  if (known !== undefined) return { ...known, ...codes };
  return { outcome: 'failed', reason: signal === null ? 'exit-code' : 'signal', ...codes };
}

/** `TERM_RUNLIMIT` of `TERM_RUNLIMIT: job killed after reaching LSF run time limit`. */
export function termOf(reason: string): string {
  return /\bTERM_[A-Z_]+/.exec(reason)?.[0] ?? '';
}
