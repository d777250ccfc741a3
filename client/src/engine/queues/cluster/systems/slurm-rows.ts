/** Rows of squeue and sacct. Both begin with a header, which tells an empty listing from no answer. */
import type { Answer, Listing, NativeEnd, NativeJob } from '../batch-system.ts';
import { failed, listed } from './answers.ts';
import { slurmStates, waitReason, type SlurmState } from './slurm-states.ts';
import { tasksIn } from './tasks.ts';
import { isoTime } from './times.ts';

/** Format for `squeue -o`; the name comes last because it may hold the separator. */
export const squeueFormat = '%i|%F|%K|%T|%r|%V|%S|%e|%N|%P|%u|%j';
const squeueHeader =
  'JOBID|ARRAY_JOB_ID|ARRAY_TASK_ID|STATE|REASON|SUBMIT_TIME|START_TIME|END_TIME|NODELIST|PARTITION|USER|NAME';

/** Fields for `sacct -P -o`. */
export const sacctFields =
  'JobID,JobIDRaw,State,ExitCode,Reason,Submit,Start,End,NodeList,Partition,User,JobName';
const sacctHeader = sacctFields.replaceAll(',', '|');

/** The answer of `squeue -o <squeueFormat>`, with header. */
export function readSqueue(answer: Answer): Listing {
  return readTable(answer, 'squeue', squeueHeader, squeueJobs);
}

/** The answer of `sacct -X -P -o <sacctFields>`, with header. Where no accounts are kept, or can't be read at all, the history is empty. */
export function readSacct(answer: Answer): Listing {
  if (answer.trouble === 'not-found') return listed([]);
  if (answer.code === 1 && /accounting storage is disabled/i.test(answer.stderr)) return listed([]);
  return readTable(answer, 'sacct', sacctHeader, sacctJobs);
}

/** An answer of either program. */
export function readEither(answer: Answer): Listing {
  return answer.stdout.includes(squeueHeader) || answer.stderr.includes('squeue')
    ? readSqueue(answer)
    : readSacct(answer);
}

function readTable(
  answer: Answer,
  program: string,
  header: string,
  read: (fields: readonly string[]) => readonly NativeJob[],
): Listing {
  // every line of a whole answer ends; what follows the last end was cut
  const lines = answer.stdout.split('\n');
  const cut = lines.pop() !== '';
  const start = lines.indexOf(header);
  if (answer.code !== 0 || answer.trouble !== undefined || cut || start < 0) return failed(answer, program);
  const columns = header.split('|').length;
  const jobs: NativeJob[] = [];
  for (const line of lines.slice(start + 1)) {
    const fields = line.split('|');
    if (fields.length < columns) continue;
    jobs.push(...read([...fields.slice(0, columns - 1), fields.slice(columns - 1).join('|')]));
  }
  return listed(jobs);
}

const jobId = /^(\d{1,18})(?:_(\d{1,9})|_\[([^\]]*)\])?(?:\+\d+)?$/;

function squeueJobs(fields: readonly string[]): readonly NativeJob[] {
  const [
    id = '',
    base = '',
    task = '',
    word = '',
    reason = '',
    submitted,
    start,
    end,
    nodes,
    partition,
    user,
    name,
  ] = fields;
  const match = jobId.exec(id);
  if (match?.[1] !== base) return [];
  // a folded array (`9_[6-9%2]`) has no index of one task
  if (match[2] !== undefined && match[2] !== task) return [];
  const state = stateOf(word, reason);
  const startTime = isoTime(start);
  const endTime = isoTime(end);
  return [
    {
      ...common({ id, base, word, state, nodes, partition, user, name }),
      ...(match[2] !== undefined && { task: Number(match[2]) }),
      ...optional('submittedAt', isoTime(submitted)),
      ...(state.stage === 'waiting'
        ? optional('expectedStartAt', startTime)
        : state.stage === 'requeued'
          ? {}
          : optional('startedAt', startTime)),
      ...(state.stage === 'ended' && optional('endedAt', endTime)),
    },
  ];
}

/** The name of a record whose beginning reaches the accounts after its end. */
const unsettled = 'allocation';

function sacctJobs(fields: readonly string[]): readonly NativeJob[] {
  const [id = '', , words = '', exit = '', reason = '', submitted, start, end, nodes, partition, user, name] =
    fields;
  const match = jobId.exec(id);
  if (match === null) return [];
  const [, base = '', task, folded] = match;
  // `CANCELLED by 1001`, and `CANCELLED+` where a column was too narrow
  const word = words.replace(/( by \d+|\+)$/, '');
  // the reason is the last one for which it waited, stale once it began; nobody is named where Slurm itself cancelled
  const state = withExit(
    words === 'CANCELLED' && reason.startsWith('Dependency')
      ? stateOf(word, 'DependencyNeverSatisfied')
      : stateOf(word, word === 'PENDING' ? reason : ''),
    exit,
  );
  if (state === undefined) return [];
  const row = {
    ...common({ id, base, word: words, state, nodes, partition, user, ...(name !== unsettled && { name }) }),
    ...optional('submittedAt', isoTime(submitted)),
    ...optional('startedAt', isoTime(start)),
    ...(state.stage === 'ended' && optional('endedAt', isoTime(end))),
  };
  if (folded === undefined) return [task === undefined ? row : { ...row, task: Number(task) }];
  // tasks that never started have one record together; `%2` is how many may run at once
  const tasks = tasksIn(folded.replace(/%\d+$/, '').replace(/,?\.\.\.$/, '')) ?? [];
  return tasks.map((index) => ({ ...row, id: `${base}_${index}`, task: index }));
}

interface Common {
  readonly id: string;
  readonly base: string;
  readonly word: string;
  readonly state: SlurmState;
  readonly nodes: string | undefined;
  readonly partition: string | undefined;
  readonly user: string | undefined;
  readonly name?: string | undefined;
}

function common({ id, base, word, state, nodes, partition, user, name }: Common): NativeJob {
  const { stage, reason, stuck, detail, end } = state;
  return {
    id,
    base,
    stage,
    word,
    ...optional('reason', reason),
    ...optional('detail', detail),
    ...optional('stuck', stuck),
    ...optional('end', end),
    ...(nodes !== 'None assigned' && optional('nodes', nodes)),
    ...optional('partition', partition),
    ...optional('user', user),
    ...optional('name', name),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Partial<Record<K, V>>);
}

function stateOf(word: string, reason: string): SlurmState {
  const state = slurmStates.get(word) ?? { stage: 'unknown' };
  if (word === 'PENDING') return waitReason(reason);
  if (word === 'CANCELLED' && reason === 'DependencyNeverSatisfied')
    return {
      stage: 'ended',
      end: { outcome: 'failed', reason: 'dependency-never-satisfied' },
      detail: 'A job that it depends on ended otherwise than asked for.',
    };
  if (word === 'FAILED' && reason === 'NonZeroExitCode')
    return { stage: 'ended', end: { outcome: 'failed', reason: 'exit-code' } };
  // why a job ended is more than "None"
  if (state.stage === 'ended' && reason !== 'None' && reason !== '') return { ...state, detail: reason };
  return state;
}

/** Linux has signals up to 64; sacct shows other things above (`0:125`: out of memory). */
const lastSignal = 64;
/** What slurmd says when it can't open the output files or the working directory. */
const launchFailure = 53;

/** The state with what `ExitCode` (`code:signal`) says; undefined when an ended job's is no such thing. */
function withExit(state: SlurmState, exit: string): SlurmState | undefined {
  if (state.end === undefined) return state;
  const match = /^(\d{1,3}):(\d{1,3})$/.exec(exit);
  if (match === null) return undefined;
  const [code = 0, signal = 0] = match.slice(1).map(Number);
  const { outcome, reason } = state.end;
  // a job that worked has no exit code but 0
  if (outcome === 'done' && (code !== 0 || signal !== 0)) return { ...state, end: { outcome: 'unknown' } };
  if (outcome === 'failed' && reason === undefined && code === 0 && signal === launchFailure)
    return {
      ...state,
      end: { outcome, reason: 'launch-failure' },
      detail: 'Its output files or its working directory could not be opened.',
    };
  const end: NativeEnd = {
    outcome,
    ...optional(
      'reason',
      reason ?? (outcome === 'failed' ? (signal > 0 ? 'signal' : 'exit-code') : undefined),
    ),
    ...((code > 0 || outcome === 'done') && { exitCode: code }),
    ...(signal > 0 && signal <= lastSignal && { signal }),
  };
  return { ...state, end };
}
