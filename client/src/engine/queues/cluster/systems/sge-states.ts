/** Grid Engine's job states, letter by letter, and the ends that its accounting tells (qstat(1), sge_status(5), accounting(5)). */
import type { NativeEnd, NativeJob, NativeStage } from '../batch-system.ts';

type SgeState = Pick<NativeJob, 'reason' | 'detail' | 'stuck' | 'end'> & { readonly stage: NativeStage };

/**
 * What a state such as `hRwq` says. Its letters are a set: E error, d being deleted, h held, R started again, q and w
 * waiting, t starting, r running, s S T suspended (by a person, by its queue, by a threshold), z gone. Any other letter makes it unknown.
 */
export function sgeState(word: string, predecessors?: string): SgeState {
  if (!/^[EdhRqwtrsSTz]{1,8}$/.test(word)) return { stage: 'unknown' };
  const has = (...letters: readonly string[]): boolean => letters.some((letter) => word.includes(letter));
  const runs = has('r', 't', 's', 'S', 'T');
  if (has('E'))
    return {
      stage: 'waiting',
      reason: 'error-state',
      stuck: true,
      detail:
        'Grid Engine could not start it and tries no more. The details of the job say why; clear the error or cancel it.',
    };
  if (has('z')) return { stage: 'ended', end: { outcome: 'unknown' } };
  if (has('d'))
    return runs
      ? { stage: 'running', reason: 'finishing', detail: 'Is being deleted.' }
      : { stage: 'waiting', reason: 'pending', detail: 'Is being deleted.' };
  if (has('s', 'S', 'T')) return { stage: 'running', reason: 'suspended' };
  if (has('t')) return { stage: 'running', reason: 'starting' };
  if (has('r')) return { stage: 'running' };
  if (has('h'))
    return predecessors === undefined
      ? { stage: 'waiting', reason: 'held', stuck: true, detail: 'Is held; release it to let it run.' }
      : { stage: 'waiting', reason: 'dependency', detail: `Waits for the end of job ${predecessors}.` };
  if (!has('q', 'w')) return { stage: 'unknown' };
  return has('R')
    ? { stage: 'requeued', reason: 'requeued-by-system' }
    : { stage: 'waiting', reason: 'pending' };
}

/** One block of qacct's output: a field's name and value. */
export type SgeRecord = ReadonlyMap<string, string>;

const launchFailures: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 18, 20, 26, 27, 28, 38,
]);
const ofTheEpilogue: ReadonlySet<number> = new Set([0, 12, 13, 14, 15, 16]);

/** How a run ended; undefined when the record's `failed` or `exit_status` is not what qacct prints. */
export function sgeEnd(record: SgeRecord): SgeState | undefined {
  const failed = /^(\d{1,3})(?:\s*:\s*(.*))?$/.exec(record.get('failed') ?? '');
  const status = /^(\d{1,3})(?:\s+\(.*\))?$/.exec(record.get('exit_status') ?? '');
  if (failed === null || status === null) return undefined;
  const code = Number(failed[1]);
  const exit = Number(status[1]);
  const said = failed[2] === undefined || failed[2] === '' ? {} : { detail: failed[2] };
  if (ofTheEpilogue.has(code)) return { stage: 'ended', end: programEnd(exit) };
  if (code === 24 || code === 25) return { stage: 'requeued', reason: 'requeued-by-system', ...said };
  if (code === 30) return sgeState('Eqw');
  // the job ran when its node went away
  if (code === 19 || code === 21)
    return { stage: 'ended', end: { outcome: 'failed', reason: 'node-failure' }, ...said };
  if (launchFailures.has(code))
    return { stage: 'ended', end: { outcome: 'failed', reason: 'launch-failure' }, ...said };
  const deleter = record.get('deleted_by') ?? 'NONE';
  if (deleter !== 'NONE' && deleter !== '')
    return { stage: 'ended', end: { outcome: 'cancelled' }, detail: `Was deleted by ${deleter}.` };
  if (code === 37)
    return {
      stage: 'ended',
      end: { ...signalled(exit), outcome: 'failed', reason: limitOf(record) },
      ...said,
    };
  if (code === 100 || code === 17)
    return { stage: 'ended', end: { ...signalled(exit), outcome: 'failed', reason: 'signal' }, ...said };
  return { stage: 'ended', end: { outcome: 'unknown' }, ...said };
}

function programEnd(exit: number): NativeEnd {
  if (exit === 0) return { outcome: 'done', exitCode: 0 };
  const signal = signalled(exit);
  return {
    outcome: 'failed',
    reason: 'signal' in signal ? 'signal' : 'exit-code',
    exitCode: exit,
    ...signal,
  };
}

/** The shell's convention: 128 and the signal's number. */
const signalled = (exit: number): Pick<NativeEnd, 'signal'> =>
  exit > 128 && exit <= 128 + 64 ? { signal: exit - 128 } : {};

/** Time or memory: Grid Engine has one code for both, so what the job asked for is compared with what it took. */
function limitOf(record: SgeRecord): 'timeout' | 'out-of-memory' {
  const category = record.get('category') ?? '';
  const memory = sgeBytes(/\bh_vmem=([^\s,]+)/.exec(category)?.[1]);
  const used = sgeBytes(record.get('maxvmem')?.replace(/B$/, ''));
  const time = /\bh_rt=(\d+)/.exec(category)?.[1];
  const elapsed = /^(\d+)(?:\.\d+)?s?$/.exec(record.get('ru_wallclock') ?? '')?.[1];
  if (time !== undefined && elapsed !== undefined && Number(elapsed) >= Number(time)) return 'timeout';
  // it was killed before it had all that it asked for
  if (memory !== undefined && used !== undefined && used >= 0.8 * memory) return 'out-of-memory';
  return 'timeout';
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};

function sgeBytes(text: string | undefined): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmgtKMGT]?)$/.exec(text ?? '') ?? [];
  const factor = units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
