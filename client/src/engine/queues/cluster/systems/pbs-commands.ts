/**
 * What TORQUE and PBS Pro have in common: ids, directives, and what the exit codes and complaints of the
 * commands mean. Sources: the manual pages qsub(1B), qstat(1B), qdel(1B), qhold(1B), qselect(1B) of both.
 */
import type { Answer, HeaderRequest, Listing, NativeId, SubmitAnswer, Verdict } from '../batch-system.ts';
import { asLine, done, failed, failureSentence, listed, submitTrouble } from './answers.ts';
import { directiveWord } from './directive-words.ts';

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

/** How the two write what an array is. */
export interface PbsArrays {
  readonly flag: '-t' | '-J';
  readonly range: (count: number) => string;
  /** The output path of an array's tasks, from one with `%t` in it. */
  readonly taskPath: (path: string) => string;
}

/** `#PBS` lines for what the driver wants. */
export function pbsHeader(
  mark: '#PBS' | '#MSUB',
  request: HeaderRequest,
  arrays?: PbsArrays,
): readonly string[] {
  const pathOf = (path: string): string =>
    directiveWord(request.tasks === undefined ? path : (arrays?.taskPath(path) ?? path));
  const { tasks } = request;
  return [
    `${mark} -N ${request.name}`,
    `${mark} -o ${pathOf(request.stdout)}`,
    ...(request.stderr === request.stdout
      ? [`${mark} -j oe`]
      : [`${mark} -e ${pathOf(request.stderr)}`, `${mark} -j n`]),
    ...(tasks === undefined || arrays === undefined
      ? []
      : [
          `${mark} ${arrays.flag} ${arrays.range(tasks.count)}` +
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

/** The connection was never there, or the server takes no more: nothing of it can have been taken. */
const NOT_TAKEN =
  /cannot connect to (specified )?server|Connection refused|No route to host|Error communicating with|server is shutting down|No free connections/i;
const TOO_MANY = /Maximum number of jobs already in queue/i;
const TOO_MANY_CODES: ReadonlySet<number> = new Set([198, 38]);
/** The connection broke in the middle, or the server failed while it had the job. */
const PERHAPS_TAKEN =
  /timed? ?out|Premature end|End of File|Communication failure|Protocol|Connection reset|Broken pipe|system error|internal server error/i;

/** The command's own words without the usage text that may follow them. */
function complaintOf(program: string, answer: Answer): string {
  const [before = ''] = answer.stderr.split(/^usage:/im);
  const words = asLine(before);
  return words === '' ? failureSentence(answer, program) : words;
}

/** Reads what `qsub` answered: one line with an id, or its complaint. */
export function readPbsSubmit(answer: Answer): SubmitAnswer {
  const trouble = submitTrouble(answer, 'qsub');
  if (trouble !== undefined) return trouble;
  const ids = answer.stdout.split('\n').flatMap((line) => parsePbsId(line.trim()) ?? []);
  const [first] = ids;
  if (answer.code === 0 && ids.length === 1 && first !== undefined && first.task === undefined)
    return { kind: 'accepted', id: first.base };
  const sentence = complaintOf('qsub', answer);
  if (answer.code === 0 || ids.length > 0) return { kind: 'unclear', sentence };
  const meaning = COMMAND_CODES.get(answer.code ?? -1);
  const tooMany = TOO_MANY_CODES.has(answer.code ?? -1) || TOO_MANY.test(answer.stderr);
  if (meaning === 'busy' || tooMany || NOT_TAKEN.test(answer.stderr))
    return { kind: 'busy', sentence, ...(tooMany && { tooMany }) };
  // a refusal has words; without any it was ended by a signal, perhaps on another host
  const isMute = answer.stderr.trim() === '' && answer.stdout.trim() === '';
  if (meaning === 'unclear' || isMute || PERHAPS_TAKEN.test(answer.stderr))
    return { kind: 'unclear', sentence };
  const about = aboutOf(answer.stderr);
  return { kind: 'refused', sentence, ...(about && { about }) };
}

/** What a refusal is about: an option that it names, or that its words speak of. */
function aboutOf(words: string): Extract<SubmitAnswer, { kind: 'refused' }>['about'] {
  const unknown = /(?:invalid|illegal|unknown) option -- '?(\w)/.exec(words)?.[1];
  if (unknown !== undefined) return { text: `-${unknown}` };
  const option = /illegal -(\w) value/.exec(words)?.[1] ?? CAUSES.find(([form]) => form.test(words))?.[1];
  return option === undefined ? undefined : { options: [option] };
}

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/unknown queue|queue is not enabled|no access to (the )?queue|not authorized to use queue/i, 'q'],
  [/resource|walltime|\bnodes?\b/i, 'l'],
  [/depend/i, 'W'],
  [/account/i, 'A'],
];

/** Whether the answer of `qstat` or `qselect` can be read: it worked, or only some of the ids are unknown. */
export function pbsAnswered(answer: Answer): boolean {
  if (answer.trouble !== undefined || answer.code === undefined) return false;
  return answer.code === 0 || saysPast(answer);
}

/** Whether all that the command complains of is jobs that are over or unknown. */
function saysPast(answer: Answer): boolean {
  const complaints = complaintsIn(answer);
  const meaning = COMMAND_CODES.get(answer.code ?? -1);
  return complaints.length > 0
    ? complaints.every((line) => PAST.test(line))
    : meaning === 'unknown-job' || meaning === 'over';
}

const complaintsIn = (answer: Answer): readonly string[] =>
  answer.stderr.split('\n').filter((line) => line.trim() !== '');

/** Jobs that are gone or over already: what a request wanted of them has no object any more. */
const PAST =
  /unknown job ?id|job has finished|has already (been deleted|finished)|invalid state for job - (EXITING|COMPLETE)|unknown job array/i;

/** Reads what `qdel`, `qhold` or `qrls` answered: a job that is over or unknown is a success. */
export function readPbsRequest(program: string, answer: Answer): Verdict {
  if (answer.trouble === undefined && answer.code !== undefined && (answer.code === 0 || saysPast(answer)))
    return done;
  const serious = complaintsIn(answer).find((line) => !PAST.test(line));
  return serious === undefined || answer.code === undefined
    ? failed(answer, program)
    : { kind: 'failed', sentence: asLine(serious) };
}

/** Reads ids, one a line, as `qselect -N` prints them; it says no more than that these jobs carry `name`. */
export function readSelected(answer: Answer, name: string): Listing {
  if (!pbsAnswered(answer)) return failed(answer, 'qselect');
  const lines = answer.stdout.split('\n').filter((line) => line.trim() !== '');
  const ids = lines.flatMap((line) => parsePbsId(line.trim()) ?? []);
  if (ids.length < lines.length) return failed(answer, 'qselect');
  return listed(
    ids.map(({ id, base, task }) => ({
      id,
      base,
      ...(task !== undefined && { task }),
      name,
      stage: 'unknown',
      word: '',
    })),
  );
}
