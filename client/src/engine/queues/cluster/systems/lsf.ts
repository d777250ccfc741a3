/**
 * LSF from 9.1.3 on, driven by `bsub < script`, `bjobs -o`, `bhist`, `bkill`, `bstop` and `bresume`.
 * Sources: IBM Spectrum LSF command reference; termination reasons as in its administration guide.
 */
import { dialects } from '#core/batch/systems.ts';
import type { JobReason } from '../../../events.ts';
import type {
  Answer,
  BatchSystem,
  Invocation,
  Listing,
  NativeEnd,
  NativeId,
  NativeJob,
  SubmitAnswer,
  Verdict,
} from '../batch-system.ts';
import { chunks } from '../chunks.ts';
import { asLine, done, failed, listed, named, submitTrouble, wordsOf } from './answers.ts';
import { directiveWord } from './directive-words.ts';
import { endOfLsf, termOf } from './lsf-ends.ts';
import { readBhist } from './lsf-history.ts';
import { replacing } from './replaced.ts';
import { byBase, rangesOf } from './tasks.ts';

/** The name last: it may hold the separator. */
const FORMAT = "jobid jobindex stat exit_code exit_reason queue exec_host user job_name delimiter='|'";
const FIELDS = 9;

/** LSF waits for its own daemons and says so. */
const NOISE =
  /Please wait|is processing your request|daemon not responding|still trying|Retrying in \d+ seconds/i;
const BUSY =
  /LSF is down|LIM is down|cannot (connect|contact)|daemon not responding|Please wait|try later|(pending job|job slot).*(limit|threshold)|too many (jobs|processes)|system (call|service) failed/i;
const NONE = /no (unfinished )?job found|no matching job found/i;
const UNKNOWN = /^Job <[^>]*>(?: is|:)? (?:is )?not found|^Job <[^>]*>: No matching job found/i;
const PAST =
  /job has already (finished|been (killed|terminated))|not found|no matching job found|no unfinished job/i;

/** What a refusal is about, by its words. */
const CAUSES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/no such queue|cannot use (the|this) queue|queue .*(closed|not)/i, ['q']],
  [/run(time)? ?limit/i, ['W']],
  [/resource requirement/i, ['R']],
  [/job name|array index/i, ['J']],
  [/no such project/i, ['P']],
  [/memory limit/i, ['M']],
  [/number of (tasks|processors)|too many processors/i, ['n']],
];

export const lsf: BatchSystem = {
  system: 'lsf',
  title: 'LSF',
  longestName: 100,
  arrays: { firstTask: 1, most: dialects.lsf.arrayLimit, variable: dialects.lsf.indexVariable },
  // into a spool file, unless the site sets LSB_STDOUT_DIRECT
  output: 'at-end',
  magicExitCodes: [],
  idVariable: '${LSB_BATCH_JID-${LSB_JOBID-}}',

  headerFor: ({ name, stdout, stderr, tasks, held }) => {
    const pathOf = (path: string): string =>
      directiveWord(tasks === undefined ? path : path.replaceAll('%t', '%I'));
    const throttle = tasks?.atOnce === undefined ? '' : `%${tasks.atOnce}`;
    return [
      tasks === undefined ? `#BSUB -J ${name}` : `#BSUB -J "${name}[1-${tasks.count}]${throttle}"`,
      `#BSUB -oo ${pathOf(stdout)}`,
      ...(stderr === stdout ? [] : [`#BSUB -eo ${pathOf(stderr)}`]),
      ...(held === true ? ['#BSUB -H'] : []),
    ];
  },
  ...replacing('lsf', [
    'J',
    'o',
    'oo',
    'e',
    'eo',
    'outdir',
    'K',
    'I',
    'Ip',
    'Is',
    'IS',
    'ISp',
    'ISs',
    'IX',
    'tty',
  ]),

  // directives count only in a script that comes on standard input
  submit: ({ text, directory }) => ({ program: 'bsub', args: [], stdin: text, directory }),
  readSubmit,

  // -a: those that ended within the clean period (an hour unless configured), too
  list: ({ user }) => [{ program: 'bjobs', args: ['-a', '-noheader', '-u', user, '-o', FORMAT] }],
  readList: readBjobs,

  history: (ids) =>
    chunks(ids.map(lsfId)).map((some) => ({ program: 'bhist', args: ['-n', '2', '-l', ...some] })),
  readHistory: readBhist,

  // not -J: whether it finds arrays by their names depends on the version
  find: ({ user }) => [{ program: 'bjobs', args: ['-a', '-noheader', '-u', user, '-o', FORMAT] }],
  readFind: (answer, name) => named(readBjobs(answer), name),

  cancel: (ids) => requests('bkill', ids),
  readCancel: (answer) => readRequest('bkill', answer),
  hold: (ids) => requests('bstop', ids),
  release: (ids) => requests('bresume', ids),
  readHold: (answer) => readRequest('bstop', answer),

  details: (id) => ({ program: 'bjobs', args: ['-l', lsfId(id)] }),
  queue: () => ({ program: 'bjobs', args: ['-noheader', '-u', 'all', '-o', FORMAT] }),
  readQueue: readBjobs,
  probe: { program: 'bjobs', args: ['-V'] },
  readProbe: ({ code, stdout, stderr }) => {
    const version = /\bLSF\b[^\n]*?(\d+\.\d[\d.]*)/.exec(`${stdout}\n${stderr}`)?.[1];
    return code === 0 && version !== undefined ? { version } : undefined;
  },
};

/** `123[4]` of task 4 of job 123. */
function lsfId({ base, task }: NativeId): string {
  return task === undefined ? base : `${base}[${task}]`;
}

/** One call for many jobs; an array's tasks as a list of ranges: `123[1-5,9]`. */
function requests(program: string, ids: readonly NativeId[]): readonly Invocation[] {
  const words = [...byBase(ids)].flatMap(([base, tasks]) =>
    tasks.length === 0 ? [base] : chunks(rangesOf(tasks)).map((ranges) => `${base}[${ranges.join(',')}]`),
  );
  return chunks(words).map((some) => ({ program, args: some }));
}

function readSubmit(answer: Answer): SubmitAnswer {
  const taken = [...answer.stdout.matchAll(/^Job <(\d+)> is submitted/gm)].map(([, id]) => id);
  const [id] = taken;
  const trouble = submitTrouble(answer, 'bsub');
  if (trouble !== undefined) return trouble;
  if (answer.code === 0 && taken.length === 1 && id !== undefined) return { kind: 'accepted', id };
  const words = wordsOf(answer);
  const sentence = words === '' ? `bsub ended with exit code ${String(answer.code)}.` : words;
  if (answer.code === 0 || taken.length > 0) return { kind: 'unclear', sentence };
  const certain = /Job not submitted/i.test(words);
  if (BUSY.test(words)) return { kind: certain ? 'busy' : 'unclear', sentence };
  if (!certain) return { kind: 'unclear', sentence };
  const options = CAUSES.find(([form]) => form.test(words))?.[1];
  return { kind: 'refused', sentence, ...(options && { about: { options } }) };
}

interface Stage {
  readonly stage: NativeJob['stage'];
  readonly reason?: JobReason;
  readonly stuck?: boolean;
}

const STAGES: ReadonlyMap<string, Stage> = new Map<string, Stage>([
  ['PEND', { stage: 'waiting', reason: 'pending' }],
  ['WAIT', { stage: 'waiting', reason: 'pending' }],
  ['PROV', { stage: 'waiting', reason: 'pending' }],
  ['PSUSP', { stage: 'waiting', reason: 'held', stuck: true }],
  ['RUN', { stage: 'running' }],
  ['USUSP', { stage: 'running', reason: 'suspended' }],
  ['SSUSP', { stage: 'running', reason: 'suspended' }],
  ['UNKWN', { stage: 'running', reason: 'host-unreachable' }],
  ['ZOMBI', { stage: 'running', reason: 'host-unreachable' }],
  ['DONE', { stage: 'ended' }],
  ['EXIT', { stage: 'ended' }],
  ['PDONE', { stage: 'ended' }],
  ['PERR', { stage: 'ended' }],
]);

/** Exit 255 may come with valid rows: some ids, or all jobs of a listing, are not found. */
function readBjobs(answer: Answer): Listing {
  if (answer.trouble !== undefined || (answer.code !== 0 && answer.code !== 255))
    return failed(answer, 'bjobs');
  const lines = answer.stdout.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line));
  const complaints = answer.stderr.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line));
  const rows = lines.filter((line) => !NONE.test(line) && !UNKNOWN.test(line));
  const jobs = rows.flatMap((line) => jobOf(line) ?? []);
  if (jobs.length > 0) return listed(jobs);
  if (rows.length > 0 || !complaints.every((line) => NONE.test(line) || UNKNOWN.test(line)))
    return failed(answer, 'bjobs');
  const none = [...lines, ...complaints].some((line) => NONE.test(line) || UNKNOWN.test(line));
  return none ? listed([]) : failed(answer, 'bjobs');
}

function jobOf(line: string): NativeJob | undefined {
  const fields = line.split('|');
  const [number, index, word, code, reason, partition, nodes, user] = fields.map((field) => field.trim());
  // with LSB_BJOBS_DISPLAY_ENH the id of a task holds its index
  const [, base, inId] = /^(\d+)(?:\[(\d+)\])?$/.exec(number ?? '') ?? [];
  if (base === undefined || fields.length < FIELDS || word === undefined) return undefined;
  if (index === undefined || !/^(\d+|-)?$/.test(index)) return undefined;
  const task = Number(inId ?? (index === '-' || index === '' ? 0 : index));
  const known = STAGES.get(word);
  const said = (text: string | undefined): text is string =>
    text !== undefined && text !== '' && text !== '-';
  const name = fields
    .slice(FIELDS - 1)
    .join('|')
    .trim()
    .replace(/\[\d+\]$/, '');
  return {
    id: task === 0 ? base : `${base}[${task}]`,
    base,
    ...(task !== 0 && { task }),
    ...(said(name) && { name }),
    stage: known?.stage ?? 'unknown',
    word,
    ...(known?.reason !== undefined && { reason: known.reason }),
    ...(said(reason) && { detail: asLine(reason) }),
    ...(known?.stuck === true && { stuck: true }),
    ...(known?.stage === 'ended' && { end: endOf(word, code ?? '', reason ?? '') }),
    ...(said(nodes) && { nodes }),
    ...(said(partition) && { partition }),
    ...(said(user) && { user }),
  };
}

function endOf(word: string, code: string, reason: string): NativeEnd {
  if (word === 'DONE') return { outcome: 'done', exitCode: 0 };
  const number = /^\d{1,3}$/.test(code) ? Number(code) : undefined;
  // an EXIT with code 0 contradicts itself
  if (word === 'EXIT' && number === 0) return endOfLsf(undefined, termOf(reason));
  return endOfLsf(number, termOf(reason));
}

function readRequest(program: string, answer: Answer): Verdict {
  if (answer.trouble !== undefined || answer.code === undefined) return failed(answer, program);
  if (answer.code === 0) return done;
  const complaints = answer.stderr.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line));
  const serious = complaints.find(
    (line) => !PAST.test(line) && !/is being (terminated|stopped|resumed)/.test(line),
  );
  if (complaints.length > 0 && serious === undefined) return done;
  return serious === undefined ? failed(answer, program) : { kind: 'failed', sentence: asLine(serious) };
}
