/** Grid Engine and its descendants: qsub, qstat, qacct, qdel, qhold and qrls, by their manual pages and what version 8.1.9 prints. */
import { chunks } from '../chunks.ts';
import type { Answer, BatchSystem, NativeId, SubmitAnswer, Verdict } from '../batch-system.ts';
import { done, failed, failureSentence, named, submitTrouble, wordsOf } from './answers.ts';
import { replacing } from './replaced.ts';
import { readQacct, readQstat } from './sge-rows.ts';
import { byBase, rangesOf } from './tasks.ts';

/** A word of a directive. Quotes keep blanks together; Grid Engine knows no way to write a quote itself (`pathTrouble`). */
const word = (text: string): string => (/\s/.test(text) ? `"${text}"` : text);

const taskInPath = (path: string): string => word(path.replaceAll('%t', '$TASK_ID'));

/** Ids as qdel, qhold and qrls take them: `12`, `13.1-4`. */
const idWords = (ids: readonly NativeId[]): readonly string[] =>
  [...byBase(ids)].flatMap(([base, tasks]) =>
    tasks.length === 0 ? [base] : rangesOf(tasks).map((range) => `${base}.${range}`),
  );

/** Every option that a file of defaults (`.sge_qstat`) could set otherwise; `-r` tells held jobs from waiting ones. */
const qstat = (user: string): readonly string[] => ['-xml', '-r', '-s', 'a', '-u', user];

const notSent = /commlib error|unable to (send message to|contact) qmaster|cannot connect/i;
const noAnswer = /time.?out|failed receiving|no response|sync(hronous)? receive/i;
const full = /jobs are allowed per user|max_u?_?jobs|maximum number of|job rejected: .*limit/i;
const refusal = /^Unable to (run job|read script file)|^qsub: |No such file or directory|^error: /m;

const causes: readonly (readonly [RegExp, readonly string[]])[] = [
  [/parallel environment|range of slots/i, ['pe']],
  [/project/i, ['P']],
  [/\bqueue "/i, ['q']],
  [/valid object name|job name/i, ['N']],
  [/task id/i, ['t']],
  [/advance reservation/i, ['ar']],
  [/checkpoint/i, ['ckpt']],
];

function readSubmit(answer: Answer): SubmitAnswer {
  const lines = answer.stdout.split('\n').reverse();
  for (const form of [/^(\d{1,10})(?:\.\d+-\d+:\d+)?\s*$/, /^Your job(?:-array)? (\d{1,10})[. ]/]) {
    for (const line of lines) {
      const id = form.exec(line)?.[1];
      if (id !== undefined) return { kind: 'accepted', id };
    }
  }
  const trouble = submitTrouble(answer, 'qsub');
  if (trouble !== undefined) return trouble;
  const text = answer.stderr;
  if (answer.code === 0 || noAnswer.test(text))
    return { kind: 'unclear', sentence: failureSentence(answer, 'qsub') };
  if (notSent.test(text) || full.test(text)) {
    const sentence = wordsOf(answer, /^Exiting\.$/);
    return { kind: 'busy', sentence, ...(full.test(text) && { tooMany: true }) };
  }
  if (!refusal.test(text)) return { kind: 'unclear', sentence: failureSentence(answer, 'qsub') };
  const written =
    /invalid option argument "([^"]+)"/.exec(text)?.[1] ??
    /(?:unknown resource|attribute) "([^"]+)"/.exec(text)?.[1];
  const options = causes.find(([form]) => form.test(text))?.[1];
  return {
    kind: 'refused',
    sentence: wordsOf(answer, /^Exiting\.$/).replace(/^Unable to run job: /, ''),
    ...(written !== undefined ? { about: { text: written } } : options && { about: { options } }),
  };
}

/** qdel tells of every id on standard output, and fails when one of them is not there (any more). */
function readCancel(answer: Answer): Verdict {
  const lines = linesOf(answer);
  const fine = /has registered the|has deleted|already in deletion|does not exist/;
  return answer.trouble === undefined &&
    answer.code !== undefined &&
    (answer.code === 0 || lines.length > 0) &&
    lines.every((line) => fine.test(line))
    ? done
    : failed(answer, 'qdel');
}

function readHold(answer: Answer): Verdict {
  const lines = linesOf(answer);
  const worked = lines.some((line) => line.startsWith('modified hold'));
  const fine = lines.every((line) => /^modified hold|does not exist/.test(line));
  return answer.trouble === undefined && (answer.code === 0 || (worked && fine))
    ? done
    : failed(answer, 'qhold');
}

/** Its XML, or that it failed; what is said of qacct names that one. */
const isOfQstat = ({ stdout, stderr }: Answer): boolean =>
  /^\s*<\?xml/.test(stdout) || stderr.includes('qstat');

const linesOf = ({ stdout, stderr }: Answer): readonly string[] =>
  `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');

export const sge: BatchSystem = {
  system: 'sge',
  title: 'Grid Engine',
  longestName: 100,
  // max_aj_tasks, unless the site changed it
  arrays: { firstTask: 1, most: 75_000, variable: 'SGE_TASK_ID' },
  output: 'directly',
  magicExitCodes: [99, 100],
  idVariable: '${JOB_ID-}',
  restartVariable: '${RESTARTED-0}',

  headerFor: ({ name, directory, stdout, stderr, tasks, held }) => [
    // the queue's own shell may win over the first line of the script
    '#$ -S /bin/sh',
    `#$ -N ${name}`,
    `#$ -wd ${word(directory)}`,
    `#$ -o ${taskInPath(stdout)}`,
    `#$ -e ${taskInPath(stderr)}`,
    '#$ -j n',
    // a person's own -r y follows, and the last one counts
    '#$ -r n',
    ...(tasks === undefined
      ? []
      : [`#$ -t 1-${tasks.count}`, ...(tasks.atOnce === undefined ? [] : [`#$ -tc ${tasks.atOnce}`])]),
    ...(held === true ? ['#$ -h'] : []),
  ],
  ...replacing('sge', [
    'N',
    'o',
    'e',
    'j',
    'wd',
    'cwd',
    'S',
    't',
    'tc',
    'terse',
    'sync',
    'now',
    'b',
    'verify',
  ]),
  pathTrouble: (path) => {
    const character = /["',:$\n]/.exec(path)?.[0];
    return character === undefined
      ? undefined
      : `Grid Engine can't use the path ${path}: it gives ${JSON.stringify(character)} a meaning of its own.`;
  },

  // a file of defaults may say -b y (no directives would be read) or -sync y (no id until the job ended)
  submit: ({ script, directory }) => ({
    program: 'qsub',
    args: ['-terse', '-b', 'n', '-sync', 'n', script],
    directory,
  }),
  readSubmit,

  list: ({ user }) => [{ program: 'qstat', args: qstat(user) }],
  readList: readQstat,

  // qacct takes one id at a time; an array's tasks come together
  history: (ids) => [...byBase(ids).keys()].map((base) => ({ program: 'qacct', args: ['-j', base] })),
  readHistory: readQacct,

  find: ({ user, name }) => [
    { program: 'qstat', args: qstat(user) },
    { program: 'qacct', args: ['-j', name] },
  ],
  readFind: (answer, name) => named(isOfQstat(answer) ? readQstat(answer) : readQacct(answer), name),

  cancel: (ids) => chunks(idWords(ids)).map((words) => ({ program: 'qdel', args: words })),
  readCancel,
  hold: (ids) => chunks(idWords(ids)).map((words) => ({ program: 'qhold', args: words })),
  release: (ids) => chunks(idWords(ids)).map((words) => ({ program: 'qrls', args: words })),
  readHold,

  details: ({ base }) => ({ program: 'qstat', args: ['-j', base] }),
  queue: () => ({ program: 'qstat', args: qstat('*') }),
  readQueue: readQstat,
  probe: { program: 'qstat', args: ['-help'] },
  readProbe: ({ stdout }) => {
    // TORQUE and PBS Pro have a qstat too
    const version = /^(?:SGE|UGE|AGE|OGE|GE|OGS\/GE|GridEngine) +(\d\S*)/m.exec(stdout)?.[1];
    return version === undefined ? undefined : { version };
  },
};
