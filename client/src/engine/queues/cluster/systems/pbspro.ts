/**
 * PBS Pro and OpenPBS, driven by `qsub`, `qstat -f -x`, `qselect`, `qdel`, `qhold` and `qrls`. The text of `qstat -f`
 * is read, not `-F json`: versions exist whose JSON can't be parsed (openpbs issues 1255 and 2541) or holds only
 * the first of several jobs (2672), and old ones have none.
 */
import { dialects } from '#core/batch/systems.ts';
import type { JobReason } from '../../../events.ts';
import type { Answer, BatchSystem, Invocation, Listing, NativeEnd, NativeId } from '../batch-system.ts';
import { chunks } from '../chunks.ts';
import { failed, listed } from './answers.ts';
import {
  basesOf,
  parsePbsId,
  pbsAnswered,
  pbsHeader,
  pbsId,
  readPbsRequest,
  readPbsSubmit,
  readSelected,
  type PbsArrays,
} from './pbs-commands.ts';
import { pbsJob, type PbsAttributeNames, type PbsAttributes } from './pbs-jobs.ts';
import { readQstatText } from './qstat-text.ts';
import { replacing } from './replaced.ts';
import { byBase, rangesOf } from './tasks.ts';

const ARRAYS: PbsArrays = {
  flag: '-J',
  // a range of one index is refused; this one holds only 0
  range: (count) => (count === 1 ? '0-1:2' : `0-${count - 1}`),
  taskPath: (file) => file.replaceAll('%t', '^array_index^'),
};

/** JOB_EXEC_... of job.h: what the execution host says instead of the program's exit status. */
const ENDS: ReadonlyMap<number, JobReason> = new Map<number, JobReason>([
  [-1, 'launch-failure'],
  [-2, 'launch-failure'],
  [-3, 'launch-failure'],
  [-4, 'node-failure'],
  [-5, 'node-failure'],
  [-6, 'node-failure'],
  [-10, 'launch-failure'],
  [-11, 'launch-failure'],
  [-14, 'launch-failure'],
  [-16, 'launch-failure'],
  [-17, 'launch-failure'],
  [-20, 'launch-failure'],
  [-21, 'launch-failure'],
  [-24, 'limit'],
  [-25, 'limit'],
  [-26, 'out-of-memory'],
  [-27, 'out-of-memory'],
  [-28, 'timeout'],
  [-29, 'timeout'],
]);

const NAMES: PbsAttributeNames = {
  exitStatus: 'Exit_status',
  starts: 'run_count',
  started: 'stime',
  indexInNames: false,
  foreign: ['C'],
  ends: ENDS,
};

export const pbspro: BatchSystem = {
  system: 'pbspro',
  title: 'PBS Pro',
  longestName: 15,
  arrays: { firstTask: 0, most: dialects.pbspro.arrayLimit, variable: dialects.pbspro.indexVariable },
  output: 'at-end',
  magicExitCodes: [],
  idVariable: '${PBS_JOBID-}',

  headerFor: (request) => pbsHeader('#PBS', request, ARRAYS),
  ...replacing('pbspro', ['N', 'o', 'e', 'j', 'k', 'R', 'J', 'I', 'z']),

  submit: ({ script, directory }) => ({ program: 'qsub', args: [script], directory }),
  readSubmit: readPbsSubmit,

  // -x: those that are over, too; -t: the tasks of arrays one by one
  list: ({ ids }) =>
    chunks(basesOf(ids)).map((some) => ({ program: 'qstat', args: ['-f', '-x', '-t', ...some] })),
  readList: (answer) => readJobs(answer, 'ours'),

  history: (ids) => chunks(ids.map(pbsId)).map((some) => ({ program: 'qstat', args: ['-f', '-x', ...some] })),
  readHistory: (answer) => readJobs(answer, 'ours'),

  find: ({ user, name }) => [{ program: 'qselect', args: ['-x', '-u', user, '-N', name] }],
  readFind: readSelected,

  cancel: (ids) => requests('qdel', ids),
  readCancel: (answer) => readPbsRequest('qdel', answer),
  holdsOnlyWholeArrays: true,
  hold: (ids) => requests('qhold', ids),
  release: (ids) => requests('qrls', ids),
  readHold: (answer) => readPbsRequest('qhold', answer),

  details: (id) => ({ program: 'qstat', args: ['-f', '-x', pbsId(id)] }),
  queue: () => ({ program: 'qstat', args: ['-f'] }),
  readQueue: (answer) => readJobs(answer, 'everybody'),
  probe: { program: 'qstat', args: ['--version'] },
  readProbe: ({ code, stdout, stderr }) => {
    const version = /^pbs_version *= *(\S+)/m.exec(`${stdout}\n${stderr}`)?.[1];
    return code === 0 && version !== undefined ? { version } : undefined;
  },
};

/** Tasks as ranges: `123[0-5].server`. The system holds and releases arrays only as a whole, and says so otherwise. */
function requests(program: string, ids: readonly NativeId[]): readonly Invocation[] {
  const words = [...byBase(ids)].flatMap(([base, tasks]) =>
    tasks.length === 0 ? [base] : rangesOf(tasks).map((range) => base.replace('[]', `[${range}]`)),
  );
  return chunks(words).map((some) => ({ program, args: some }));
}

/** @param whose With everybody's jobs, none at all may be the answer, and arrays count as one. */
function readJobs(answer: Answer, whose: 'ours' | 'everybody'): Listing {
  const everybody = whose === 'everybody';
  if (!pbsAnswered(answer)) return failed(answer, 'qstat');
  if (answer.stdout.trim() === '')
    return everybody || answer.code !== 0 ? listed([]) : failed(answer, 'qstat');
  const blocks = readQstatText(answer.stdout);
  if (blocks.length === 0) return failed(answer, 'qstat');
  const held = new Set(
    blocks.filter(({ attributes }) => isHeld(attributes)).map(({ id }) => parsePbsId(id)?.base),
  );
  return listed(
    blocks.flatMap(({ id, attributes }) => {
      const found = pbsJob(id, attributes, NAMES);
      if (found === undefined || (found.whole && !everybody)) return [];
      const { job } = found;
      if (job.end !== undefined) return [{ ...job, end: deletedOr(job.end, attributes) }];
      return [job.reason === 'pending' && held.has(job.base) ? { ...job, ...HELD } : job];
    }),
  );
}

/** Tasks have no state for a hold: they are queued, and their array is held. */
const HELD = { reason: 'held', stuck: true } as const;

const isHeld = (attributes: PbsAttributes): boolean => /[uop]/.test(attributes.get('Hold_Types') ?? '');

/** Substate 91: deleted on request, while running or before. */
function deletedOr(end: NativeEnd, attributes: PbsAttributes): NativeEnd {
  const deleted = attributes.get('substate') === '91';
  return deleted && end.reason === 'signal' ? { ...end, outcome: 'cancelled' } : end;
}
