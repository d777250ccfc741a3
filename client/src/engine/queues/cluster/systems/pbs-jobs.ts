/**
 * A job of TORQUE or PBS Pro from its attributes (pbs_job_attributes(7B)), whatever form they were printed in.
 */
import { signalOf } from '../../../exit-record.ts';
import type { JobReason } from '../../../events.ts';
import type { NativeEnd, NativeJob } from '../batch-system.ts';
import { parsePbsId } from './pbs-commands.ts';
import { ctime, epochTime } from './times.ts';

/** Attributes of a job by their names as `qstat -f` shows them: `job_state`, `Resource_List.walltime`. */
export type PbsAttributes = ReadonlyMap<string, string>;

export type NegativeEnds = ReadonlyMap<number, JobReason>;

interface Stage {
  readonly stage: NativeJob['stage'];
  readonly reason?: JobReason;
}

const STAGES: ReadonlyMap<string, Stage> = new Map<string, Stage>([
  ['Q', { stage: 'waiting', reason: 'pending' }],
  ['T', { stage: 'waiting', reason: 'pending' }],
  ['M', { stage: 'waiting', reason: 'pending' }],
  ['W', { stage: 'waiting', reason: 'begin-time' }],
  ['H', { stage: 'waiting', reason: 'held' }],
  ['B', { stage: 'running' }],
  ['R', { stage: 'running' }],
  ['E', { stage: 'running', reason: 'finishing' }],
  ['S', { stage: 'running', reason: 'suspended' }],
  ['U', { stage: 'running', reason: 'suspended' }],
  ['C', { stage: 'ended' }],
  ['F', { stage: 'ended' }],
  ['X', { stage: 'ended' }],
]);

/** Where the two systems name the same thing differently. */
export interface PbsAttributeNames {
  readonly exitStatus: string;
  readonly starts: string;
  readonly started: string;
  /** Whether a task's name is the array's with `-` and its index behind it. */
  readonly indexInNames: boolean;
  /** States that only the other system has. */
  readonly foreign: readonly string[];
  readonly ends: NegativeEnds;
}

/**
 * A job from its attributes; undefined when the id can't be read.
 * @param times Reads the system's times to ms since 1970.
 */
export function pbsJob(
  idText: string,
  attributes: PbsAttributes,
  names: PbsAttributeNames,
): { readonly job: NativeJob; readonly whole: boolean } | undefined {
  const parsed = parsePbsId(idText.trim());
  if (parsed === undefined) return undefined;
  const { id, base, task, whole } = parsed;
  const word = attributes.get('job_state') ?? '';
  const known = names.foreign.includes(word) ? undefined : STAGES.get(word);
  const starts = count(attributes.get(names.starts));
  const waiting = known?.stage === 'waiting';
  const hold = waiting && word === 'H' ? holdOf(attributes) : undefined;
  const reason = hold?.reason ?? known?.reason;
  const owner = attributes.get('Job_Owner')?.split('@')[0];
  const comment = attributes.get('comment');
  const nodes = attributes.get('exec_host');
  const partition = attributes.get('queue');
  const name = attributes.get('Job_Name');
  const restarts = starts === undefined ? undefined : waiting ? starts : Math.max(0, starts - 1);
  const job: NativeJob = {
    id,
    base,
    ...(task !== undefined && { task }),
    ...(name !== undefined && {
      name: task === undefined || !names.indexInNames ? name : withoutSuffix(name, `-${task}`),
    }),
    stage: waiting && (starts ?? 0) > 0 ? 'requeued' : (known?.stage ?? 'unknown'),
    word,
    ...(reason !== undefined && { reason }),
    ...(comment !== undefined && comment !== '' && { detail: comment }),
    ...(hold?.stuck === true && { stuck: true }),
    ...(known?.stage === 'ended' && { end: endOf(attributes, names) }),
    ...(restarts !== undefined && { restarts }),
    ...(nodes !== undefined && { nodes }),
    ...(partition !== undefined && { partition }),
    ...(owner !== undefined && owner !== '' && { user: owner }),
    ...time('submittedAt', attributes.get('qtime')),
    ...time('startedAt', attributes.get(names.started)),
    ...time('endedAt', attributes.get('comp_time')),
    ...time('expectedStartAt', attributes.get('estimated.start_time')),
  };
  return { job, whole };
}

const withoutSuffix = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;

/** Seconds since 1970, or `Fri Nov 11 17:57:05 2016`. */
function time(
  key: 'submittedAt' | 'startedAt' | 'endedAt' | 'expectedStartAt',
  text: string | undefined,
): Partial<NativeJob> {
  const value = text !== undefined && /^\d{1,11}$/.test(text) ? epochTime(Number(text)) : ctime(text);
  return value === undefined ? {} : { [key]: value };
}

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;

/** `Hold_Types` has the letters u (user), o (operator), s (system, which is also what waits for other jobs). */
function holdOf(attributes: PbsAttributes): { readonly reason: JobReason; readonly stuck: boolean } {
  const types = attributes.get('Hold_Types') ?? '';
  // l: its array has as many tasks running as it may
  if (types === 'l') return { reason: 'limit', stuck: false };
  if (!/[uop]/.test(types) && attributes.has('depend')) return { reason: 'dependency', stuck: false };
  return { reason: 'held', stuck: true };
}

const SIGTERM = 15;

/** Exit status: 0-255 the program's, 256 + n by signal n, below 0 what the system did or could not do. */
function endOf(attributes: PbsAttributes, names: PbsAttributeNames): NativeEnd {
  const text = attributes.get(names.exitStatus);
  const started = ['session_id', 'resources_used.walltime', names.started].some((name) =>
    attributes.has(name),
  );
  // deleted before it ran: nothing of it could end with a status
  if (text === undefined) return { outcome: started ? 'unknown' : 'cancelled' };
  return /^-?\d{1,5}$/.test(text)
    ? endOfStatus(Number(text), names.ends, tookItsTime(attributes))
    : { outcome: 'unknown' };
}

/** @param late Whether the job had used up its walltime. */
export function endOfStatus(status: number, ends: NegativeEnds, late: boolean): NativeEnd {
  if (status === 0) return { outcome: 'done', exitCode: 0 };
  if (status < 0) {
    const reason = ends.get(status);
    return reason === undefined ? { outcome: 'unknown' } : { outcome: 'failed', reason };
  }
  const signal = status > 256 ? status - 256 : signalOf(status);
  if (status > 255 && (signal === null || signal > 64)) return { outcome: 'unknown' };
  if (signal === null) return { outcome: 'failed', reason: 'exit-code', exitCode: status };
  if (late) return { outcome: 'failed', reason: 'timeout', signal };
  // qdel sends it, and nobody else does who doesn't say so
  if (status === 256 + SIGTERM) return { outcome: 'cancelled', signal };
  return { outcome: 'failed', reason: 'signal', signal, ...(status < 256 && { exitCode: status }) };
}

function tookItsTime(attributes: PbsAttributes): boolean {
  const used = seconds(attributes.get('resources_used.walltime'));
  const limit = seconds(attributes.get('Resource_List.walltime'));
  return used !== undefined && limit !== undefined && limit > 0 && used >= limit;
}

/** Seconds of `[[[D:]H:]M:]S`. */
function seconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+(:\d+){0,3}$/.test(text)) return undefined;
  const units = [1, 60, 3600, 86_400];
  return text
    .split(':')
    .reverse()
    .reduce((sum, part, place) => sum + Number(part) * (units[place] ?? 0), 0);
}
