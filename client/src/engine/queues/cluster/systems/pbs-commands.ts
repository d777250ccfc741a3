/**
 * What TORQUE and PBS Pro have in common: ids, directives, exit codes of the commands and the ends of jobs.
 * Sources: the manual pages qsub(1B), qstat(1B), qdel(1B), qselect(1B) and pbs_job_attributes(7B) of both.
 */
import { signalOf } from '../../../exit-record.ts';
import type { JobReason } from '../../../events.ts';
import type {
  Answer,
  HeaderRequest,
  Listing,
  NativeEnd,
  NativeId,
  NativeJob,
  SubmitAnswer,
  Verdict,
} from '../batch-system.ts';
import { directiveWord } from './directive-words.ts';
import { sentenceOf, troubleOf } from './said.ts';

/** `123`, `123.server`, an array `123[].server`, one of its tasks `123[4].server`. */
const ID = /^(\d+)(?:\[(\d*)\])?((?:\.[A-Za-z0-9][\w-]*)*)$/;

export interface PbsId {
  readonly id: string;
  readonly base: string;
  /** Whether the id is that of a whole array. */
  readonly whole: boolean;
  readonly task?: number;
}

/** The parts of an id; undefined when the text is none. */
export function parsePbsId(text: string): PbsId | undefined {
  const match = ID.exec(text);
  if (match === null) return undefined;
  const [, number = '', index, server = ''] = match;
  if (index === undefined) return { id: text, base: text, whole: false };
  const base = `${number}[]${server}`;
  return index === ''
    ? { id: text, base, whole: true }
    : { id: text, base, whole: false, task: Number(index) };
}

/** `123[4].server` of task 4 of `123[].server`. */
export function pbsId({ base, task }: NativeId): string {
  return task === undefined ? base : base.replace('[]', `[${task}]`);
}

/** The ids of jobs and arrays, each once. */
export function basesOf(ids: readonly NativeId[]): readonly string[] {
  return [...new Set(ids.map(({ base }) => base))];
}

export interface PbsDialect {
  /** What the command's own texts begin with names the command; this names the system. */
  readonly title: string;
  readonly arrayFlag: '-t' | '-J';
  readonly range: (count: number) => string;
  /** The output path of an array's tasks, from one with `%t` in it. */
  readonly taskPath: (path: string) => string;
}

/** `#PBS` lines for what the driver wants. */
export function pbsHeader(mark: '#PBS' | '#MSUB', request: HeaderRequest, dialect: PbsDialect): string[] {
  const pathOf = (path: string): string =>
    directiveWord(request.tasks === undefined ? path : dialect.taskPath(path));
  const { tasks } = request;
  return [
    `${mark} -N ${request.name}`,
    `${mark} -o ${pathOf(request.stdout)}`,
    ...(request.stderr === request.stdout
      ? [`${mark} -j oe`]
      : [`${mark} -e ${pathOf(request.stderr)}`, `${mark} -j n`]),
    ...(tasks === undefined
      ? []
      : [
          `${mark} ${dialect.arrayFlag} ${dialect.range(tasks.count)}` +
            (tasks.atOnce === undefined ? '' : `%${tasks.atOnce}`),
        ]),
    ...(request.held === true ? [`${mark} -h`] : []),
  ];
}

/** What an exit code of the commands means: the PBS error number modulo 256 (pbs_error.h: 15001 is an unknown job). */
const COMMAND_CODES: ReadonlyMap<number, 'unknown-job' | 'over' | 'busy' | 'unclear'> = new Map([
  [153, 'unknown-job'],
  // the job is over, in its last state or only in the history
  [168, 'over'],
  [35, 'over'],
  // system error, internal server error, protocol error, the execution host did not answer
  [162, 'unclear'],
  [163, 'unclear'],
  [183, 'unclear'],
  [193, 'unclear'],
  // bad credential, no free connections, no server, too many jobs, shutting down
  [171, 'busy'],
  [185, 'busy'],
  [13, 'busy'],
  [186, 'busy'],
  [198, 'busy'],
  [38, 'busy'],
  [212, 'busy'],
]);

/** The connection was never there, so nothing can have been taken. */
const UNREACHABLE =
  /cannot connect to (specified )?server|Connection refused|No route to host|Error communicating with|server is shutting down|No free connections|Maximum number of jobs already in queue|would exceed.*limit/i;
/** The connection broke in the middle. */
const BROKEN =
  /timed? ?out|Premature end|End of File|Communication failure|Protocol|Connection reset|Broken pipe|system error|internal server error/i;

/** Reads what `qsub` answered: one line with an id, or its complaint. */
export function readPbsSubmit(answer: Answer): SubmitAnswer {
  const trouble = troubleOf('qsub', answer);
  if (trouble !== undefined) return trouble;
  const ids = answer.stdout.split('\n').flatMap((line) => parsePbsId(line.trim()) ?? []);
  const [first] = ids;
  if (answer.code === 0) {
    if (ids.length === 1 && first !== undefined) return { kind: 'accepted', id: first.base };
    return { kind: 'unclear', sentence: sentenceOf(answer, 'qsub ended well but named no job.') };
  }
  // an id and a failure: taken perhaps
  const sentence = sentenceOf(answer, `qsub ended with exit code ${String(answer.code)}.`);
  if (ids.length > 0) return { kind: 'unclear', sentence };
  const meaning = COMMAND_CODES.get(answer.code ?? -1);
  if (meaning === 'busy' || UNREACHABLE.test(answer.stderr)) return { kind: 'busy', sentence };
  if (meaning === 'unclear' || BROKEN.test(answer.stderr)) return { kind: 'unclear', sentence };
  return { kind: 'refused', sentence };
}

/** Whether the answer of `qstat` or `qselect` can be read: it worked, or only some of the ids are unknown. */
export function pbsAnswered(answer: Answer): boolean {
  const meaning = COMMAND_CODES.get(answer.code ?? -1);
  return (
    answer.trouble === undefined && (answer.code === 0 || meaning === 'unknown-job' || meaning === 'over')
  );
}

/** A query that failed, as a listing. */
export function pbsFailed(program: string, answer: Answer): Listing {
  const trouble = troubleOf(program, answer);
  return {
    kind: 'failed',
    sentence:
      trouble?.sentence ?? sentenceOf(answer, `${program} ended with exit code ${String(answer.code)}.`),
  };
}

/** Jobs that are gone or over already: what a request wanted of them has no object any more. */
const PAST =
  /unknown job ?id|job has finished|has already (been deleted|finished)|state.*COMPLETE|invalid state for job - (EXITING|COMPLETE)|\bjob is (already )?exiting/i;

/** Reads what `qdel` answered: a job that is over or unknown is a success. */
export function readPbsCancel(answer: Answer): Verdict {
  return readRequest('qdel', answer, PAST);
}

/** Reads what `qhold` and `qrls` answered. */
export function readPbsHold(answer: Answer): Verdict {
  return readRequest('qhold', answer, PAST);
}

function readRequest(program: string, answer: Answer, past: RegExp): Verdict {
  const trouble = troubleOf(program, answer);
  if (trouble !== undefined) return { kind: 'failed', sentence: trouble.sentence };
  if (answer.code === 0) return { kind: 'done' };
  const complaints = answer.stderr.split('\n').filter((line) => line.trim() !== '');
  const meaning = COMMAND_CODES.get(answer.code ?? -1);
  const known = complaints.every((line) => past.test(line));
  if (complaints.length > 0 ? known : meaning === 'unknown-job' || meaning === 'over')
    return { kind: 'done' };
  const serious = complaints.find((line) => !past.test(line));
  return {
    kind: 'failed',
    sentence: serious?.trim() ?? `${program} ended with exit code ${String(answer.code)}.`,
  };
}

/** Reads ids, one a line, as `qselect` prints them; it says no more than that these jobs carry `name`. */
export function readSelected(answer: Answer, name: string): Listing {
  if (!pbsAnswered(answer)) return pbsFailed('qselect', answer);
  const lines = answer.stdout.split('\n').filter((line) => line.trim() !== '');
  const ids = lines.flatMap((line) => parsePbsId(line.trim()) ?? []);
  if (ids.length < lines.length)
    return { kind: 'failed', sentence: `qselect printed something else than job ids: ${lines.join(' ')}` };
  return {
    kind: 'listed',
    jobs: ids.map(({ id, base, task }) => ({
      id,
      base,
      ...(task !== undefined && { task }),
      name,
      stage: 'unknown',
      word: '',
    })),
  };
}

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
): (NativeJob & { readonly whole: boolean }) | undefined {
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
  return {
    id,
    base,
    whole,
    ...(task !== undefined && { task }),
    ...(name !== undefined && { name: task === undefined ? name : withoutSuffix(name, `-${task}`) }),
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
  };
}

const withoutSuffix = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;

/** Only times in seconds since 1970 are taken: texts such as `Fri Nov 11 17:57:05 2016` don't say their zone. */
function time(key: 'submittedAt' | 'startedAt' | 'endedAt', text: string | undefined): Partial<NativeJob> {
  return text !== undefined && /^[1-9]\d{8,10}$/.test(text) ? { [key]: Number(text) * 1000 } : {};
}

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;

/** `Hold_Types` has the letters u (user), o (operator), s (system, which is also what waits for other jobs). */
function holdOf(attributes: PbsAttributes): { readonly reason: JobReason; readonly stuck: boolean } {
  const types = attributes.get('Hold_Types') ?? '';
  if (!/[uop]/.test(types) && attributes.has('depend')) return { reason: 'dependency', stuck: false };
  return { reason: 'held', stuck: true };
}

const SIGTERM = 15;

/** Exit status: 0-255 the program's, 256 + n by signal n, below 0 what the system did or could not do. */
function endOf(attributes: PbsAttributes, names: PbsAttributeNames): NativeEnd {
  const text = attributes.get(names.exitStatus);
  const started = attributes.has(names.started) || attributes.has('session_id');
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
