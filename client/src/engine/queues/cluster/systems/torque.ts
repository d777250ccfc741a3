/** TORQUE, driven by `qsub`, `qstat -x`, `qselect`, `qdel`, `qhold` and `qrls`. */
import path from 'node:path/posix';
import { dialects } from '#core/batch/systems.ts';
import type { JobReason } from '../../../events.ts';
import type { Answer, BatchSystem, Invocation, Listing, NativeId } from '../batch-system.ts';
import { chunks } from '../chunks.ts';
import { failed, listed } from './answers.ts';
import {
  basesOf,
  pbsAnswered,
  pbsHeader,
  readPbsRequest,
  readPbsSubmit,
  readSelected,
  type PbsArrays,
} from './pbs-commands.ts';
import { pbsJob, type PbsAttributeNames, type PbsAttributes } from './pbs-jobs.ts';
import { readQstatText, type QstatBlock } from './qstat-text.ts';
import { replacing } from './replaced.ts';
import { byBase, rangesOf } from './tasks.ts';
import { readXml, textOf, type XmlElement } from './xml.ts';

const ARRAYS: PbsArrays = {
  flag: '-t',
  range: (count) => `0-${count - 1}`,
  // no word for the index in a path: in a directory, tasks get files by their default names, which hold it
  taskPath: (file) => {
    const end = file.indexOf('%t');
    return end < 0 ? file : `${path.dirname(`${file.slice(0, end)}x`)}/`;
  },
};

/** JOB_EXEC_... of resmon.h: what the execution host says instead of the program's exit status. */
const ENDS: ReadonlyMap<number, JobReason> = new Map<number, JobReason>([
  [-1, 'launch-failure'],
  [-2, 'launch-failure'],
  [-3, 'launch-failure'],
  [-4, 'node-failure'],
  [-5, 'node-failure'],
  [-6, 'node-failure'],
  [-8, 'launch-failure'],
  [-9, 'launch-failure'],
  [-10, 'out-of-memory'],
  [-11, 'timeout'],
  [-12, 'timeout'],
  [-13, 'launch-failure'],
]);

const NAMES: PbsAttributeNames = {
  exitStatus: 'exit_status',
  starts: 'start_count',
  started: 'start_time',
  indexInNames: true,
  foreign: ['B', 'F', 'M', 'U', 'X'],
  ends: ENDS,
};

export const torque: BatchSystem = {
  system: 'torque',
  title: 'TORQUE',
  longestName: 15,
  arrays: { firstTask: 0, most: dialects.torque.arrayLimit, variable: dialects.torque.indexVariable },
  output: 'at-end',
  magicExitCodes: [],
  idVariable: '${PBS_JOBID-}',

  headerFor: (request) => pbsHeader('#PBS', request, ARRAYS),
  ...replacing('torque', ['N', 'o', 'e', 'j', 'k', 't', 'I', 'z']),

  submit: ({ script, directory }) => ({ program: 'qsub', args: [script], directory }),
  readSubmit: readPbsSubmit,

  // -t: the tasks of arrays one by one
  list: ({ ids }) => chunks(basesOf(ids)).map((some) => ({ program: 'qstat', args: ['-x', '-t', ...some] })),
  readList: (answer) => readJobs(answer, false),

  // what has left the listing is gone from the server's memory: keep_completed seconds after its end
  history: () => [],
  readHistory: (answer) => readJobs(answer, false),

  // the tasks of an array are named after their index; servers differ in whether the array itself is selected
  find: ({ user, name }) =>
    [name, `${name}-0`].map((some) => ({ program: 'qselect', args: ['-u', user, '-N', some] })),
  readFind: readSelected,

  cancel: (ids) => requests('qdel', ids),
  readCancel: (answer) => readPbsRequest('qdel', answer),
  hold: (ids) => requests('qhold', ids),
  release: (ids) => requests('qrls', ids),
  readHold: (answer) => readPbsRequest('qhold', answer),

  details: (id) => ({
    program: 'qstat',
    args: ['-f', id.task === undefined ? id.base : id.base.replace('[]', `[${id.task}]`)],
  }),
  queue: () => ({ program: 'qstat', args: ['-x'] }),
  readQueue: (answer) => readJobs(answer, true),
  probe: { program: 'qstat', args: ['--version'] },
  readProbe: ({ code, stdout, stderr }) => {
    const version = /^version: *(\S+)/im.exec(`${stdout}\n${stderr}`)?.[1];
    return code === 0 && version !== undefined ? { version } : undefined;
  },
};

/** Whole jobs and arrays in few calls; tasks as a range, which needs a call per array. */
function requests(program: string, ids: readonly NativeId[]): readonly Invocation[] {
  const bases = [...byBase(ids)];
  const whole = bases.filter(([, tasks]) => tasks.length === 0).map(([base]) => base);
  return [
    ...chunks(whole).map((some) => ({ program, args: some })),
    ...bases.flatMap(([base, tasks]) =>
      chunks(rangesOf(tasks)).map((some) => ({ program, args: ['-t', some.join(','), base] })),
    ),
  ];
}

/**
 * Reads `qstat -x`: one `<Data>` document for each id asked for, one behind the other; or the text of `qstat -f`.
 * @param everybody Everybody's jobs were asked for, so that nothing at all may be the answer, and arrays count as one.
 */
function readJobs(answer: Answer, everybody: boolean): Listing {
  if (!pbsAnswered(answer)) return failed(answer, 'qstat');
  const text = answer.stdout.trim();
  if (text === '') return everybody || answer.code !== 0 ? listed([]) : failed(answer, 'qstat');
  const blocks = text.startsWith('<') ? readBlocks(text) : readQstatText(answer.stdout);
  if (blocks === undefined || blocks.length === 0) return failed(answer, 'qstat');
  const found = blocks.flatMap(({ id, attributes }) => pbsJob(id, attributes, NAMES) ?? []);
  return listed(found.filter(({ whole }) => everybody || !whole).map(({ job }) => job));
}

function readBlocks(text: string): readonly QstatBlock[] | undefined {
  const root = readXml(`<Answer>${text.replaceAll(/<\?xml[^>]*\?>/g, '')}</Answer>`);
  if (root === undefined || root.children.some(({ name }) => name !== 'Data')) return undefined;
  return root.children
    .flatMap(({ children }) => children)
    .flatMap((job) => {
      const id = job.name === 'Job' ? textOf(job, 'Job_Id') : undefined;
      return id === undefined ? [] : [{ id, attributes: attributesOf(job) }];
    });
}

function attributesOf(job: XmlElement): PbsAttributes {
  const attributes = new Map<string, string>();
  for (const { name, text, children } of job.children) {
    if (children.length === 0) attributes.set(name, text);
    for (const child of children) attributes.set(`${name}.${child.name}`, child.text);
  }
  return attributes;
}
