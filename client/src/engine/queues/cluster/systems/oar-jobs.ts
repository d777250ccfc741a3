/** OAR's jobs as `oarstat -J` prints them: one object, a job's id as key. */
import type { JobReason } from '../../../events.ts';
import type { Answer, Listing, NativeEnd, NativeJob, NativeStage } from '../batch-system.ts';
import { failed, listed } from './answers.ts';
import { epochTime } from './times.ts';

type OarState = Pick<NativeJob, 'reason' | 'detail' | 'stuck' | 'end'> & { readonly stage: NativeStage };

const states: ReadonlyMap<string, OarState> = new Map<string, OarState>([
  ['Waiting', { stage: 'waiting', reason: 'pending' }],
  ['toAckReservation', { stage: 'waiting', reason: 'pending' }],
  ['Hold', { stage: 'waiting', reason: 'held', stuck: true, detail: 'Is held; release it to let it run.' }],
  ['toLaunch', { stage: 'running', reason: 'starting' }],
  ['Launching', { stage: 'running', reason: 'starting' }],
  ['Running', { stage: 'running' }],
  ['Suspended', { stage: 'running', reason: 'suspended' }],
  ['Resuming', { stage: 'running', reason: 'suspended' }],
  ['Finishing', { stage: 'running', reason: 'finishing' }],
  // on their way to an end whose events are still being written
  ['toTerminate', { stage: 'running', reason: 'finishing' }],
  ['toError', { stage: 'running', reason: 'finishing' }],
]);

/** What an event says of a job in state Error, the first that is there. */
const causes: readonly (readonly [RegExp, NativeEnd['outcome'], JobReason | undefined])[] = [
  [/^WALLTIME$/, 'failed', 'timeout'],
  [/^BESTEFFORT_KILL$/, 'failed', 'preempted'],
  [/^FRAG_JOB_REQUEST$/, 'cancelled', undefined],
  [
    /^(OUTPUT_FILES|WORKING_DIRECTORY|USER_SHELL|.*PROLOGUE.*|CPUSET_.*|CANNOT_(WRITE|CREATE)_.*|LAUNCHING_.*)$/,
    'failed',
    'launch-failure',
  ],
  [/SUSPECTED|^BIPBIP_|^EXTERMINATE/, 'failed', 'node-failure'],
];

/** The answer of `oarstat -J`, with `-f` or without. Where nothing matches, OAR prints nothing at all. */
export function readOarstat(answer: Answer): Listing {
  if (answer.code !== 0 || answer.trouble !== undefined) return failed(answer, 'oarstat');
  const text = answer.stdout.trim();
  if (text === '') return answer.stderr.trim() === '' ? listed([]) : failed(answer, 'oarstat');
  const rows = parsed(text);
  if (rows === undefined) return failed(answer, 'oarstat');
  const ids = Object.entries(rows).flatMap(([id, row]) => {
    const job = isRecord(row) ? jobOf(id, row) : undefined;
    return job === undefined ? [] : [job];
  });
  const arrays = new Set(ids.filter(({ id, base }) => id !== base).map(({ base }) => base));
  // a job alone is the first task of an array of one, as OAR sees it
  return listed(
    ids.map(({ task, ...job }) => (task === undefined || !arrays.has(job.base) ? job : { ...job, task })),
  );
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // anything else than broken JSON is our own mistake
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jobOf(id: string, row: Readonly<Record<string, unknown>>): NativeJob | undefined {
  if (!isId(id) || idText(row['Job_Id']) !== id) return undefined;
  const word = row['state'];
  if (typeof word !== 'string' || word === '') return undefined;
  const index = row['array_index'];
  const base = idText(row['array_id']) ?? id;
  const state = stateOf(word, row);
  const start = epochTime(row['startTime']);
  const stop = epochTime(row['stopTime']);
  const predicted = epochTime(row['scheduledStart']);
  const submitted = epochTime(row['submissionTime']);
  const again = resubmittedAs(row['events']);
  const text = (field: string, key: 'name' | 'user' | 'partition'): Partial<NativeJob> => {
    const value = row[field];
    return typeof value === 'string' && value !== '' ? { [key]: value } : {};
  };
  const nodes = row['assigned_network_address'];
  const named = Array.isArray(nodes) ? nodes.filter((node): node is string => typeof node === 'string') : [];
  return {
    id,
    base,
    ...(typeof index === 'number' && Number.isSafeInteger(index) && index > 0 && { task: index }),
    word,
    ...state,
    ...text('name', 'name'),
    ...text('owner', 'user'),
    ...text('queue', 'partition'),
    ...(named.length > 0 && { nodes: named.join(',') }),
    ...(submitted !== undefined && { submittedAt: submitted }),
    ...(start !== undefined && state.stage !== 'waiting' && { startedAt: start }),
    ...(stop !== undefined && state.stage === 'ended' && { endedAt: stop }),
    ...(predicted !== undefined && state.stage === 'waiting' && { expectedStartAt: predicted }),
    ...(again !== undefined && { resubmittedAs: again }),
  };
}

/** The new id stands in an event of the old job; `resubmit_job_id` is the new job's, and names the old one. */
function resubmittedAs(events: unknown): string | undefined {
  for (const { type, description } of eventsIn(events) ?? []) {
    if (type !== 'RESUBMIT_JOB_AUTOMATICALLY') continue;
    const match = /\(new id = (\d+)\)|=> (\d+)/.exec(description);
    return idText(match?.[1] ?? match?.[2]);
  }
  return undefined;
}

/** undefined: the answer holds no events, since it was asked without `-f`. */
function eventsIn(
  value: unknown,
): readonly { readonly type: string; readonly description: string }[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isRecord).map(({ type, description }) => ({
    type: typeof type === 'string' ? type : '',
    description: typeof description === 'string' ? description : '',
  }));
}

const isId = (text: string): boolean => /^[1-9]\d{0,17}$/.test(text);

function idText(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return isId(text) ? text : undefined;
}

function stateOf(word: string, row: Readonly<Record<string, unknown>>): OarState {
  if (word === 'Terminated') return { stage: 'ended', end: endOf(row['exit_code']) };
  if (word === 'Error') return errorOf(row);
  const state = states.get(word) ?? { stage: 'unknown' };
  if (word !== 'Waiting') return state;
  const { message, dependencies } = row;
  const said = typeof message === 'string' && message !== '' ? { detail: message } : {};
  return Array.isArray(dependencies) && dependencies.length > 0
    ? { ...state, ...said, reason: 'dependency' }
    : { ...state, ...said };
}

/** `exit_code` is a wait status: the code times 256, the signal in the lowest seven bits. Only `-f` tells it. */
function endOf(status: unknown): NativeEnd {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 0 || status > 0xffff)
    return { outcome: 'unknown' };
  const code = status >> 8;
  const signal = status & 0x7f;
  if (status === 0) return { outcome: 'done', exitCode: 0 };
  return signal === 0
    ? { outcome: 'failed', reason: 'exit-code', exitCode: code }
    : { outcome: 'failed', reason: 'signal', signal };
}

function errorOf(row: Readonly<Record<string, unknown>>): OarState {
  const known = eventsIn(row['events']);
  if (known === undefined) return { stage: 'ended', end: { outcome: 'unknown' } };
  for (const [form, outcome, reason] of causes) {
    const event = known.find(({ type }) => form.test(type));
    if (event !== undefined)
      return {
        stage: 'ended',
        end: { outcome, ...(reason && { reason }) },
        ...(event.description !== '' && { detail: event.description }),
      };
  }
  const end = endOf(row['exit_code']);
  return { stage: 'ended', end: end.outcome === 'failed' ? end : { outcome: 'failed' } };
}
