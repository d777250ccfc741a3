/** What of a listed job is put on record when it changes. Pure. */
import type { JobReason } from '../../events.ts';
import type { NativeJob } from './batch-system.ts';

/** Reasons that come and go while a job waits its turn or starts: they are shown live and not put on record. */
const PASSING: ReadonlySet<JobReason> = new Set(['pending', 'limit', 'starting', 'finishing']);

/** Equal for two sights of a job between which nothing changed that is worth a record. */
export function shownKey({
  stage,
  word,
  reason,
  detail,
  stuck,
}: Pick<NativeJob, 'stage' | 'word' | 'reason' | 'detail' | 'stuck'>): string {
  const durable = reason === undefined || PASSING.has(reason) ? '' : reason;
  return [stage, durable, stuck === true ? (detail ?? 'stuck') : '', stage === 'unknown' ? word : ''].join(
    '\n',
  );
}

/** The key of a job of which nothing is known but whether it runs. */
export const plainKey = (isRunning: boolean): string =>
  [isRunning ? 'running' : 'waiting', '', '', ''].join('\n');
