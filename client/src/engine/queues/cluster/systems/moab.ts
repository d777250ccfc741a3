/**
 * Moab (MWM), driven by `msub`, `showq --xml`, `showq -c --xml`, `checkjob` and `mjobctl`. Arrays are left alone: their
 * ids and where their indices begin differ between sites and resource managers.
 * Source: the commands overview of the Moab Workload Manager administrator guide.
 */
import { signalOf } from '../../../exit-record.ts';
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
import { pbsHeader } from './pbs-commands.ts';
import { replacing } from './replaced.ts';
import { epochTime } from './times.ts';
import { elementsNamed, readXml, type XmlElement } from './xml.ts';

/** `Moab.4`, `881218`, `881218.server`. */
const ID = /^(?:[A-Za-z][\w-]*\.)?\d+(?:\.[A-Za-z][\w.-]*)?$/;

/** The server was not there. */
const UNREACHABLE =
  /cannot connect|could not connect|connection refused|server may (be down|not be running)|cannot send request|unable to (contact|connect)|no route to host/i;
/** It was, but what it did is not known. */
const BROKEN = /timed out|lost connection|connection (reset|closed)|communication error/i;
const PAST =
  /invalid job specified|unknown job|cannot locate job|job .*(already|not active|completed|not found)/i;

export const moab: BatchSystem = {
  system: 'moab',
  title: 'Moab',
  longestName: 15,
  arrays: undefined,
  output: 'at-end',
  magicExitCodes: [],
  idVariable: '${MOAB_JOBID-${PBS_JOBID-${SLURM_JOB_ID-}}}',

  headerFor: (request) => pbsHeader('#MSUB', request),
  ...replacing('moab', ['N', 'o', 'e', 'j', 'k', 'K', 't', 'I', 'z']),

  submit: ({ script, directory }) => ({ program: 'msub', args: ['--xml', script], directory }),
  readSubmit,

  list: ({ user }) => [{ program: 'showq', args: ['--xml', '-w', `user=${user}`] }],
  readList: readShowq,

  // one call for all of them: what is over stays there for JOBCPURGETIME, five minutes by default
  history: (ids) => (ids.length === 0 ? [] : [{ program: 'showq', args: ['-c', '--xml'] }]),
  readHistory: readShowq,

  find: ({ user }) => [
    { program: 'showq', args: ['--xml', '-w', `user=${user}`] },
    { program: 'showq', args: ['-c', '--xml', '-w', `user=${user}`] },
  ],
  readFind: (answer, name) => once(named(readShowq(answer), name)),

  cancel: (ids) => requests(['-c'], ids),
  readCancel: readRequest,
  hold: (ids) => requests(['-h', 'user'], ids),
  release: (ids) => requests(['-u', 'user'], ids),
  readHold: readRequest,

  details: ({ base }) => ({ program: 'checkjob', args: ['-v', base] }),
  queue: () => ({ program: 'showq', args: ['--xml'] }),
  readQueue: (answer) => once(readShowq(answer)),
  probe: { program: 'showq', args: ['--version'] },
  readProbe: ({ code, stdout, stderr }) => {
    const version = /\bmoab\b[^\n]*?version:? *(\d[\w.-]*)/i.exec(`${stdout}\n${stderr}`)?.[1];
    return code === 0 && version !== undefined ? { version } : undefined;
  },
};

function requests(option: readonly string[], ids: readonly NativeId[]): readonly Invocation[] {
  const bases = [...new Set(ids.map(({ base }) => base))];
  return chunks(bases).map((some) => ({ program: 'mjobctl', args: [...option, some.join(',')] }));
}

/** `<Data><job JobID="881218"/></Data>`, or without `--xml` an empty line and then the id. */
function readSubmit(answer: Answer): SubmitAnswer {
  const trouble = submitTrouble(answer, 'msub');
  if (trouble !== undefined) return trouble;
  const text = answer.stdout.trim();
  const root = text.startsWith('<') ? readXml(text) : undefined;
  const ids =
    root === undefined
      ? text.split('\n').map((line) => line.trim())
      : elementsNamed(root, 'job').map(({ attributes }) => attributes['JobID'] ?? '');
  const taken = ids.filter((id) => ID.test(id));
  const [id] = taken;
  if (answer.code === 0 && taken.length === 1 && id !== undefined) return { kind: 'accepted', id };
  const words = wordsOf(answer)
    .replaceAll(/<[^>]*>/g, ' ')
    .trim();
  const sentence =
    words === '' ? `msub ended with exit code ${String(answer.code)} and named no job.` : words;
  if (taken.length > 0 || BROKEN.test(words)) return { kind: 'unclear', sentence };
  if (UNREACHABLE.test(words)) return { kind: 'busy', sentence };
  // a refusal has words
  return words === '' || (answer.code === 0 && !/error/i.test(words))
    ? { kind: 'unclear', sentence }
    : { kind: 'refused', sentence };
}

interface Stage {
  readonly stage: NativeJob['stage'];
  readonly reason?: JobReason;
  readonly stuck?: boolean;
}

const STAGES: ReadonlyMap<string, Stage> = new Map<string, Stage>([
  ['Idle', { stage: 'waiting', reason: 'pending' }],
  ['Migrated', { stage: 'waiting', reason: 'pending' }],
  ['Staging', { stage: 'waiting', reason: 'pending' }],
  ['Blocked', { stage: 'waiting', reason: 'held' }],
  ['Deferred', { stage: 'waiting', reason: 'held' }],
  ['Hold', { stage: 'waiting', reason: 'held', stuck: true }],
  ['UserHold', { stage: 'waiting', reason: 'held', stuck: true }],
  ['SystemHold', { stage: 'waiting', reason: 'held', stuck: true }],
  ['BatchHold', { stage: 'waiting', reason: 'error-state', stuck: true }],
  ['NotQueued', { stage: 'waiting', reason: 'error-state', stuck: true }],
  ['Starting', { stage: 'running', reason: 'starting' }],
  ['Running', { stage: 'running' }],
  ['Suspended', { stage: 'running', reason: 'suspended' }],
  ['Canceling', { stage: 'running', reason: 'finishing' }],
  ['Completed', { stage: 'ended' }],
  ['Removed', { stage: 'ended' }],
  ['Vacated', { stage: 'ended' }],
]);

/** Reads `showq --xml` and `showq -c --xml`: `<Data>` with a `<queue option="..">` for each kind. */
function readShowq(answer: Answer): Listing {
  if (answer.trouble !== undefined || answer.code !== 0) return failed(answer, 'showq');
  const root = readXml(answer.stdout);
  const queues = root?.name === 'Data' ? root.children.filter(({ name }) => name === 'queue') : [];
  if (queues.length === 0) return failed(answer, 'showq');
  return listed(
    queues.flatMap(({ attributes, children }) =>
      children
        .filter(({ name }) => name === 'job')
        .flatMap((job, place) => jobsOf(job, attributes['option'] ?? '', place)),
    ),
  );
}

/** Every job under the id it has now alone. */
const once = (listing: Listing): Listing =>
  listing.kind === 'failed' ? listing : listed(listing.jobs.filter(({ id, base }) => id === base));

/** The job under the id it has now, and under the one it was submitted with where that is another. */
function jobsOf({ attributes }: XmlElement, queue: string, place: number): readonly NativeJob[] {
  const word = attributes['State'] ?? '';
  const known = STAGES.get(word);
  const blocked = queue === 'blocked' && word === 'Idle';
  const reason = blocked ? 'limit' : known?.reason;
  const completion = attributes['CompletionCode'];
  const job = {
    ...(attributes['JobName'] !== undefined && { name: attributes['JobName'] }),
    stage: known?.stage ?? 'unknown',
    word,
    ...(reason !== undefined && { reason }),
    ...(attributes['BlockReason'] !== undefined && { detail: asLine(attributes['BlockReason']) }),
    ...(known?.stuck === true && { stuck: true }),
    ...(known?.stage === 'ended' && { end: endOf(word, completion ?? '', attributes) }),
    ...(attributes['MasterHost'] !== undefined && { nodes: attributes['MasterHost'] }),
    ...(attributes['Class'] !== undefined && { partition: attributes['Class'] }),
    ...(attributes['User'] !== undefined && { user: attributes['User'] }),
    ...(queue === 'eligible' && { position: place + 1 }),
    ...time('submittedAt', attributes['SubmissionTime']),
    ...time('startedAt', attributes['StartTime']),
    ...time('endedAt', attributes['CompletionTime']),
  } as const;
  const ids = [...new Set([attributes['JobID'] ?? '', attributes['GJID'] ?? ''])].filter((id) => ID.test(id));
  const [id] = ids;
  return id === undefined ? [] : ids.map((base) => ({ id, base, ...job }));
}

function time(key: 'submittedAt' | 'startedAt' | 'endedAt', text: string | undefined): Partial<NativeJob> {
  const value = text !== undefined && /^\d{1,11}$/.test(text) ? epochTime(Number(text)) : undefined;
  return value === undefined ? {} : { [key]: value };
}

/** `CompletionCode`: the exit status as the resource manager gave it, or `CNCLD`, `CNCLD(reason)`. */
function endOf(word: string, code: string, attributes: XmlElement['attributes']): NativeEnd {
  const used = Number(attributes['AWDuration'] ?? NaN);
  const limit = Number(attributes['ReqAWDuration'] ?? NaN);
  const late = limit > 0 && used >= limit;
  if (word === 'Vacated') return { outcome: 'failed', reason: 'node-failure' };
  if (/^CNCLD\b/.test(code))
    return late || /wall|limit/i.test(code)
      ? { outcome: 'failed', reason: 'timeout' }
      : { outcome: 'cancelled' };
  if (!/^\d{1,3}$/.test(code)) return { outcome: 'unknown' };
  const status = Number(code);
  if (status === 0) return word === 'Completed' ? { outcome: 'done', exitCode: 0 } : { outcome: 'unknown' };
  const signal = status > 256 ? status - 256 : signalOf(status);
  if (late) return { outcome: 'failed', reason: 'timeout' };
  if (signal === null) return { outcome: 'failed', reason: 'exit-code', exitCode: status };
  if (signal > 64) return { outcome: 'unknown' };
  return { outcome: 'failed', reason: 'signal', signal };
}

function readRequest(answer: Answer): Verdict {
  if (answer.trouble !== undefined || answer.code === undefined) return failed(answer, 'mjobctl');
  const errors = `${answer.stdout}\n${answer.stderr}`.split('\n').filter((line) => /error/i.test(line));
  const serious = errors.find((line) => !PAST.test(line));
  if (serious !== undefined) return { kind: 'failed', sentence: asLine(serious) };
  return answer.code === 0 || errors.length > 0 ? done : failed(answer, 'mjobctl');
}
