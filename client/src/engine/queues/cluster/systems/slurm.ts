/**
 * Slurm: sbatch, squeue, sacct, scancel and scontrol, by their manual pages and by what version 22.05 prints.
 * Its text forms only: its JSON differs from version to version and ignores filters.
 */
import { chunks } from '../chunks.ts';
import type { Answer, BatchSystem, NativeId, NativeJob, SubmitAnswer, Verdict } from '../batch-system.ts';
import { done, failed, failureSentence, listed, named, submitTrouble, wordsOf } from './answers.ts';
import { replacing } from './replaced.ts';
import { readEither, readSacct, readSqueue, sacctFields, squeueFormat } from './slurm-rows.ts';
import { byBase, rangesOf } from './tasks.ts';

/** A word of a directive: sbatch takes double quotes, and a backslash before the next character. */
const word = (text: string): string =>
  /^[\w./:@=+,%-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;

/** A file name pattern: `%` is Slurm's own sign. */
const pattern = (path: string): string =>
  word(
    path
      .split('%t')
      .map((part) => part.replaceAll('%', '%%'))
      .join('%a'),
  );

/** Ids as scancel and scontrol take them: `12`, `13_[0-4,7]`. */
function idWords(ids: readonly NativeId[]): readonly string[] {
  return [...byBase(ids)].flatMap(([base, tasks]) =>
    tasks.length === 0 ? [base] : chunks(rangesOf(tasks)).map((ranges) => `${base}_[${ranges.join(',')}]`),
  );
}

const tooMany = /submit limit/i;
/** Limits of what one job may ask for, which Slurm names beside that sentence on all kinds of limits: waiting doesn't help. */
const tooLarge = /\b(Assoc|QOS)(?!\w*Submit)\w*Limit\b|\b(Assoc|QOS)\w*NotSatisfied\b/;
const busy =
  /Unable to contact slurm controller|temporarily unable to accept|Resource temporarily unavailable|standby mode|(authentication|Munge).*(error|fail)|Invalid authentication/i;
const unclear = /Socket timed out|Zero Bytes|Connection (reset|closed|timed out)|Unexpected message/i;
const refusal = /sbatch: (error|fatal)|unrecognized option|invalid option|requires an argument|ambiguous/i;

/** Words of a refusal, and the options of the catalogue that it is about; the first match counts. */
const causes: readonly (readonly [RegExp, readonly string[]])[] = [
  // its sentence goes on with `or account/partition combination`
  [/invalid account/i, ['account']],
  [/partition/i, ['partition']],
  [/time limit/i, ['time']],
  [/array specification/i, ['array']],
  [/\bgres\b|generic resource/i, ['gres', 'gpus', 'gpus-per-node', 'gpus-per-task']],
  [/memory/i, ['mem', 'mem-per-cpu', 'mem-per-gpu']],
  [/account/i, ['account']],
  [/\bqos\b/i, ['qos']],
  [/feature/i, ['constraint']],
  [/dependency/i, ['dependency']],
  [/reservation/i, ['reservation']],
  [/processors|CPU count/i, ['cpus-per-task', 'ntasks']],
  [/node count|node configuration/i, ['nodes', 'ntasks', 'cpus-per-task']],
  [/licenses?/i, ['licenses']],
];

function readSubmit(answer: Answer): SubmitAnswer {
  // a site's wrapper may print more: the last line that looks like an id counts
  const lines = answer.stdout.split('\n').reverse();
  for (const form of [
    /^(\d{1,18})(?:;\S+)?\s*$/,
    /^Submitted batch job (\d{1,18})(?: on cluster \S+)?\s*$/,
  ]) {
    for (const line of lines) {
      const id = form.exec(line)?.[1];
      if (id !== undefined) return { kind: 'accepted', id };
    }
  }
  const trouble = submitTrouble(answer, 'sbatch');
  if (trouble !== undefined) return trouble;
  const text = answer.stderr;
  if (unclear.test(text)) return { kind: 'unclear', sentence: failureSentence(answer, 'sbatch') };
  if (answer.code !== 0 && busy.test(text)) return { kind: 'busy', sentence: wordsOf(answer) };
  if (answer.code !== 0 && tooMany.test(text) && !tooLarge.test(text))
    return { kind: 'busy', sentence: wordsOf(answer), tooMany: true };
  if (answer.code === 0 || !refusal.test(text))
    return { kind: 'unclear', sentence: failureSentence(answer, 'sbatch') };
  const written =
    /unrecognized option '([^'=]+)/.exec(text)?.[1] ??
    /Invalid directive found in batch script: (.+)/.exec(text)?.[1];
  const option = /Invalid --([\w-]+) specification/.exec(text)?.[1];
  const options = option === undefined ? causes.find(([form]) => form.test(text))?.[1] : [option];
  const about = {
    ...(written !== undefined && { text: written }),
    ...(written === undefined && options && { options }),
  };
  return {
    kind: 'refused',
    sentence: wordsOf(answer, /^Try "sbatch --help"/).replaceAll('sbatch: error: ', ''),
    ...(Object.keys(about).length > 0 && { about }),
  };
}

/**
 * What a submission leaves behind, in the listing and in the accounts, that the controller refused because of its
 * resources: a job that never was, over in the second of its submission, without nodes.
 */
const wasRefused = ({ word: state, end, nodes, submittedAt, startedAt, endedAt }: NativeJob): boolean =>
  state === 'FAILED' &&
  (end?.exitCode ?? 1) === 1 &&
  nodes === undefined &&
  submittedAt !== undefined &&
  submittedAt === startedAt &&
  submittedAt === endedAt;

function readCancel(answer: Answer): Verdict {
  // unknown and finished ids: silent, and exit code 0
  return answer.code === 0 ? done : failed(answer, 'scancel');
}

/** scontrol tells of an array's tasks range by range, and fails when one of them was over. */
function readHold(answer: Answer): Verdict {
  if (answer.code === 0) return done;
  const lines = answer.stderr.split('\n').filter((line) => line.trim() !== '');
  const harmless =
    /: (Job has already finished|No error|Job is pending execution)$|^slurm_suspend error: Job has already finished$/;
  return answer.code === 1 && lines.length > 0 && lines.every((line) => harmless.test(line))
    ? done
    : failed(answer, 'scontrol');
}

/**
 * sacct has one record for all tasks that never began, and cuts their indices after 64 characters unless this is 0
 * (sacct(1), ENVIRONMENT VARIABLES): the ends of tasks that lie far apart would be missing.
 */
const unfolded = { SLURM_BITSTR_LEN: '0' };

/** How far back a lost submission is looked for. */
const searched = 'now-60days';

export const slurm: BatchSystem = {
  system: 'slurm',
  title: 'Slurm',
  longestName: 100,
  // MaxArraySize is 1001 unless the site changed it: the largest index is 1000
  arrays: { firstTask: 0, most: 1000, variable: 'SLURM_ARRAY_TASK_ID' },
  output: 'directly',
  magicExitCodes: [],
  idVariable: '${SLURM_ARRAY_JOB_ID-${SLURM_JOB_ID-}}${SLURM_ARRAY_TASK_ID:+_}${SLURM_ARRAY_TASK_ID-}',
  restartVariable: '${SLURM_RESTART_COUNT-0}',

  headerFor: ({ name, directory, stdout, stderr, tasks, held }) => [
    `#SBATCH --job-name=${word(name)}`,
    `#SBATCH --chdir=${word(directory)}`,
    `#SBATCH --output=${pattern(stdout)}`,
    `#SBATCH --error=${pattern(stderr)}`,
    '#SBATCH --open-mode=append',
    ...(tasks === undefined
      ? []
      : [`#SBATCH --array=0-${tasks.count - 1}${tasks.atOnce === undefined ? '' : `%${tasks.atOnce}`}`]),
    ...(held === true ? ['#SBATCH --hold'] : []),
  ],
  ...replacing('slurm', [
    'job-name',
    'chdir',
    'output',
    'error',
    'open-mode',
    'array',
    'parsable',
    'quiet',
    'wait',
    'test-only',
    'wrap',
  ]),

  submit: ({ script, directory }) => ({ program: 'sbatch', args: ['--parsable', script], directory }),
  readSubmit,

  list: ({ user }) => [
    { program: 'squeue', args: ['-a', '-r', '-t', 'all', '-u', user, '-o', squeueFormat] },
  ],
  readList: readSqueue,

  // by base: tasks that were cancelled before they started have one record, which an index doesn't find
  history: (ids) =>
    chunks([...byBase(ids).keys()]).map((bases) => ({
      program: 'sacct',
      args: ['-X', '-P', '-j', bases.join(','), '-o', sacctFields],
      environment: unfolded,
    })),
  readHistory: readSacct,

  find: ({ user, name }) => [
    { program: 'squeue', args: ['-a', '-r', '-t', 'all', '-u', user, '-n', name, '-o', squeueFormat] },
    {
      program: 'sacct',
      args: ['-X', '-P', '-S', searched, '-u', user, `--name=${name}`, '-o', sacctFields],
      environment: unfolded,
    },
  ],
  readFind: (answer, name) => {
    const listing = named(readEither(answer), name);
    return listing.kind === 'failed' ? listing : listed(listing.jobs.filter((job) => !wasRefused(job)));
  },

  cancel: (ids) => chunks(idWords(ids)).map((words) => ({ program: 'scancel', args: words })),
  readCancel,
  hold: (ids) =>
    chunks(idWords(ids)).map((words) => ({ program: 'scontrol', args: ['hold', words.join(',')] })),
  release: (ids) =>
    chunks(idWords(ids)).map((words) => ({ program: 'scontrol', args: ['release', words.join(',')] })),
  readHold,

  details: ({ base, task }) => ({
    program: 'scontrol',
    args: ['show', 'job', task === undefined ? base : `${base}_${task}`],
  }),
  // arrays folded: a site may have a hundred thousand tasks waiting
  queue: () => ({ program: 'squeue', args: ['-a', '-o', squeueFormat] }),
  readQueue: readSqueue,
  probe: { program: 'sbatch', args: ['--version'] },
  readProbe: ({ code, stdout }) => {
    const version = /^slurm(?:-wlm)? (\S+)/m.exec(stdout)?.[1];
    return code === 0 && version !== undefined ? { version } : undefined;
  },
};
