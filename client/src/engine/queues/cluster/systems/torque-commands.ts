/**
 * The TORQUE commands that Slurm brings along: `qsub`, `qstat -f`, `qdel`, `qhold` and `qrls`, by what those of
 * version 22.05 do. They know no arrays, no `qselect` and no `qstat -x`, and of an end they say no more than that it came.
 */
import type { Answer, BatchSystem, Listing, NativeEnd, NativeJob, SubmitAnswer } from '../batch-system.ts';
import { chunks } from '../chunks.ts';
import { done, failed, listed, named } from './answers.ts';
import { basesOf, pbsAnswered, readPbsSubmit } from './pbs-commands.ts';
import { pbsJob, type PbsAttributeNames, type PbsAttributes } from './pbs-jobs.ts';
import { readQstatText } from './qstat-text.ts';
import { slurm } from './slurm.ts';
import { ctime } from './times.ts';
import { torque } from './torque.ts';

const NAMES: PbsAttributeNames = {
  exitStatus: 'exit_status',
  starts: 'start_count',
  started: 'mtime',
  indexInNames: false,
  foreign: ['B', 'E', 'F', 'H', 'M', 'T', 'U', 'W', 'X'],
  ends: new Map(),
};

/** Options of TORQUE's that are Slurm's by another name. */
const OPTIONS: readonly (readonly [option: string, ofSlurm: readonly string[]])[] = [
  ['q', ['partition']],
  ['A', ['account']],
  ['W', ['dependency']],
  ['l', ['time', 'nodes', 'ntasks', 'cpus-per-task', 'mem', 'mem-per-cpu', 'gres', 'constraint']],
];

export const torqueCommands: BatchSystem = {
  ...torque,
  title: 'TORQUE (commands of Slurm)',
  arrays: undefined,
  output: 'directly',

  // they hand their arguments to a shell, and Slurm puts its own words for % into the names of files
  pathTrouble: (path) => {
    const character = /[^\w./:@+=,\-\u0080-\uffff]/.exec(path)?.[0];
    return character === undefined
      ? undefined
      : `The TORQUE commands of Slurm can't use the path ${path}: they give ${JSON.stringify(character)} a meaning of its own. Slurm's own commands (system "slurm") can.`;
  },

  submit: ({ script, directory, text }) => ({
    program: 'qsub',
    args: [...outputOptions(text), script],
    directory,
  }),
  readSubmit,

  list: ({ ids }) => chunks(basesOf(ids)).map((some) => ({ program: 'qstat', args: ['-f', ...some] })),
  readList: readJobs,
  readHistory: readJobs,
  find: () => [{ program: 'qstat', args: ['-f'] }],
  readFind: (answer, name) => named(readJobs(answer), name),

  cancel: (ids) => chunks(basesOf(ids)).map((some) => ({ program: 'qdel', args: some })),
  // of jobs that are over or unknown it says nothing, and fails
  readCancel: (answer) =>
    ended(answer) && `${answer.stdout}${answer.stderr}`.trim() === '' ? done : failed(answer, 'qdel'),
  hold: (ids) => chunks(basesOf(ids)).map((some) => ({ program: 'qhold', args: ['-h', 'u', ...some] })),
  release: (ids) => chunks(basesOf(ids)).map((some) => ({ program: 'qrls', args: some })),
  readHold: (answer) => {
    const lines = answer.stdout.split('\n').filter((line) => line.trim() !== '');
    const past = /already completing or completed|Invalid job id specified|already finished/;
    return answer.code === 0 || (ended(answer) && lines.length > 0 && lines.every((line) => past.test(line)))
      ? done
      : failed(answer, 'qhold');
  },

  details: ({ base }) => ({ program: 'qstat', args: ['-f', base] }),
  queue: () => ({ program: 'qstat', args: ['-f'] }),
  readQueue: readJobs,
  readProbe: (answer) => (isTorqueCommands(answer) ? { version: 'over Slurm' } : undefined),
};

/** Whether the answer to `qstat --version` is that of Slurm's `qstat`. */
export function isTorqueCommands({ code, stderr }: Answer): boolean {
  return code === 2 && /^Unknown option: version$/m.test(stderr) && stderr.includes('qstat [-f] [-a|-i|-r]');
}

const ended = ({ code, trouble }: Answer): boolean => code !== undefined && trouble === undefined;

/** Without them `qsub` names the output files itself, whatever the script says. */
function outputOptions(text: string): readonly string[] {
  const value = (option: string): string | undefined =>
    new RegExp(`^#PBS -${option} (.+)$`, 'm').exec(text)?.[1];
  const [stdout, stderr] = [value('o'), value('e')];
  return [
    ...(stdout === undefined ? [] : ['-o', stdout]),
    ...(value('j') === 'oe' ? ['-j', 'oe'] : stderr === undefined ? [] : ['-e', stderr]),
  ];
}

/** A refusal holds what sbatch said, between quotes; its lines but the first are indented. */
function readSubmit(answer: Answer): SubmitAnswer {
  const said = /^and the output was:\n'([^]*)'\s*$/m.exec(answer.stdout)?.[1];
  if (said === undefined || answer.code === 0) return readPbsSubmit(answer);
  const submitted = slurm.readSubmit({ ...answer, stdout: '', stderr: said.replaceAll(/^ +/gm, '') });
  if (submitted.kind !== 'refused') return submitted;
  const { about, ...refused } = submitted;
  const unknown = /invalid option -- '(\w)'/.exec(said)?.[1];
  if (unknown !== undefined) return { ...refused, about: { text: `-${unknown}` } };
  const options = OPTIONS.filter(([, ofSlurm]) => ofSlurm.some((one) => about?.options?.includes(one)));
  return options.length === 0
    ? refused
    : { ...refused, about: { options: options.map(([option]) => option) } };
}

function readJobs(answer: Answer): Listing {
  if (!pbsAnswered(answer)) return failed(answer, 'qstat');
  const jobs = readQstatText(answer.stdout).flatMap(({ id, attributes }) => {
    const read = pbsJob(id, attributes, NAMES);
    return read === undefined ? [] : [jobOf(read.job, attributes)];
  });
  // with code 0 there is something to be read
  return jobs.length === 0 && answer.code === 0 ? failed(answer, 'qstat') : listed(jobs);
}

function jobOf({ startedAt, ...job }: NativeJob, attributes: PbsAttributes): NativeJob {
  switch (job.stage) {
    case 'waiting':
      return {
        ...job,
        ...(startedAt !== undefined && { expectedStartAt: startedAt }),
        ...(attributes.get('Priority') === '0' && {
          reason: 'held',
          stuck: true,
          detail: 'Is held; release it to let it run.',
        }),
      };
    case 'ended': {
      const endedAt = ctime(attributes.get('ctime'));
      return {
        ...job,
        ...(startedAt !== undefined && { startedAt }),
        ...(endedAt !== undefined && { endedAt }),
        end: endOf(startedAt, endedAt, attributes.get('Resource_List.walltime')),
      };
    }
    default:
      return { ...job, ...(startedAt !== undefined && { startedAt }) };
  }
}

/** `C` is every end: the exit record has to tell. Only that the time was over can be seen. */
function endOf(startedAt: number | undefined, endedAt: number | undefined, walltime = ''): NativeEnd {
  const [, hours, minutes, seconds] = /^(\d{1,6}):(\d\d):(\d\d)$/.exec(walltime)?.map(Number) ?? [];
  if (startedAt === undefined || endedAt === undefined) return { outcome: 'unknown' };
  if (hours === undefined || minutes === undefined || seconds === undefined) return { outcome: 'unknown' };
  const limit = (hours * 3600 + minutes * 60 + seconds) * 1000;
  return limit > 0 && endedAt - startedAt >= limit
    ? { outcome: 'failed', reason: 'timeout' }
    : { outcome: 'unknown' };
}
