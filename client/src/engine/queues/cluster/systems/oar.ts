/** OAR: oarsub, oarstat, oardel, oarhold and oarresume, by their manual pages and what version 2.5.9 does. */
import { chunks } from '../chunks.ts';
import type { Answer, BatchSystem, NativeId, SubmitAnswer, Verdict } from '../batch-system.ts';
import { done, failed, failureSentence, named, submitTrouble, wordsOf } from './answers.ts';
import { readOarstat } from './oar-jobs.ts';
import { replacing } from './replaced.ts';

/**
 * The script's path as one word of the command line that OAR keeps for it. A shell reads it twice, to find the directives
 * and to run it, but OAR splits it at blanks before: a pattern that only a blank matches stands for one.
 */
export function commandWord(path: string): string {
  return path.replace(/[^\w./@%+=:,\-\u0080-\uffff]/g, (character) =>
    /\s/.test(character) ? '[[:space:]]' : `\\${character}`,
  );
}

/**
 * A file for output, as short as it goes: OAR refuses many characters there (`Invalid stdout file name`) that it takes in
 * the directory. There is no word for a task's index, but each task is a job.
 */
function outputPath(path: string, directory: string): string {
  const inside = path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
  return inside.replaceAll('%t', '%jobid%');
}

/** Every job has an id of its own. An array's first task has the array's. */
const ownIds = (ids: readonly NativeId[]): readonly string[] =>
  ids.flatMap(({ id, base, task }) =>
    id !== undefined ? [id] : task === undefined || task === 1 ? [base] : [],
  );

/** OAR's chatter: what a rule of admission did, and how an array is submitted. */
const noise =
  /^\[ADMISSION RULE\] (Set default|Modify)|^Simple array job|^Use of uninitialized|^OAR_(JOB|ARRAY)_ID=|^Generate a job key|Ignore script value|^\s*$/;
const refusal =
  /\[ERROR\]|^\/!\\ (?!Ignore)|^ERROR ?:|Cannot recognize|Not able to scan|not enough resources|Bad resource|# ADMISSION RULE|not allowed|verify your request/im;
const database = /DB connection|database|could not connect|Connection refused|Cannot connect/i;

const causes: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\bqueue\b/i, ['queue']],
  [/-- .*resource|not enough resources/i, ['resource', 'property']],
  [/walltime/i, ['resource']],
  [/stdout file name/, ['stdout']],
  [/stderr file name/, ['stderr']],
  [/project/i, ['project']],
  [/property|SQL/i, ['property']],
  [/\btype\b/i, ['type']],
];

function readSubmit(answer: Answer): SubmitAnswer {
  // refused submissions print OAR_JOB_ID=-5
  const taskIds = [...answer.stdout.matchAll(/^OAR_JOB_ID=([1-9]\d{0,17})[ \t]*$/gm)].map(
    ([, id = '']) => id,
  );
  const array = /^OAR_ARRAY_ID=([1-9]\d{0,17})[ \t]*$/m.exec(answer.stdout)?.[1];
  const [first] = taskIds;
  // the array's own line is the last: with it no task's id is missing
  if (first !== undefined && (array !== undefined || (answer.code === 0 && answer.trouble === undefined)))
    return { kind: 'accepted', id: array ?? first, taskIds };
  const trouble = submitTrouble(answer, 'oarsub');
  if (trouble !== undefined) return trouble;
  const text = `${answer.stderr}\n${answer.stdout}`;
  const bad = /column "([^"]+)" does not exist/.exec(text)?.[1];
  const unclear = answer.code === 0 || first !== undefined || !refusal.test(text);
  if (unclear || (bad === undefined && database.test(text)))
    return { kind: 'unclear', sentence: failureSentence(answer, 'oarsub') };
  const written = /Not able to scan file line: (#OAR.*?)\.?(?: at \/.*)?$/m.exec(text)?.[1] ?? bad;
  const options = causes.find(([form]) => form.test(text))?.[1];
  return {
    kind: 'refused',
    sentence: wordsOf(answer, noise).replace(
      / ?\[ERROR\] Oarsub failed, please verify your request syntax\.$/,
      '',
    ),
    ...(written !== undefined ? { about: { text: written } } : options && { about: { options } }),
  };
}

/** Tells whether every line that is no noise is one of the harmless, and any is there. */
function all(answer: Answer, harmless: RegExp): boolean {
  const lines = `${answer.stdout}\n${answer.stderr}`.split('\n').filter((line) => line.trim() !== '');
  return answer.trouble === undefined && lines.length > 0 && lines.every((line) => harmless.test(line));
}

/** An unknown id is called somebody else's; what is over "was already killed". */
function readCancel(answer: Answer): Verdict {
  const harmless =
    /^Deleting the job = \d+ \.\.\.(REGISTERED|ERROR)\.|^The job\(s\) \[|^Cannot frag \d+ ; (This job was already killed|You are not the right user)/;
  return all(answer, harmless) || (answer.code === 0 && answer.trouble === undefined)
    ? done
    : failed(answer, 'oardel');
}

/** Of many jobs some may have begun or ended: it worked when any of them took the request. */
function readHold(answer: Answer): Verdict {
  const worked = answer.stdout.includes('request was sent');
  const harmless =
    /request was sent|(not in the right state|not in the Hold or Suspended state|does not exist)/;
  return answer.trouble === undefined && (answer.code === 0 || (worked && all(answer, harmless)))
    ? done
    : failed(answer, 'oarhold');
}

const repeated = (ids: readonly string[]): readonly string[] => ids.flatMap((id) => ['-j', id]);
/** Text in SQL, where a quote is written twice. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const oar: BatchSystem = {
  system: 'oar',
  title: 'OAR',
  longestName: 100,
  // OAR has no limit; each task takes a line of the answer and a row of its database
  arrays: { firstTask: 1, most: 1000, variable: 'OAR_ARRAY_INDEX', unthrottled: true },
  output: 'directly',
  magicExitCodes: [99],
  idVariable: '${OAR_JOB_ID-}',
  restartsUnderNewId: true,

  headerFor: ({ name, directory, stdout, stderr, tasks, held }) => [
    `#OAR -n ${name}`,
    `#OAR -d ${directory}`,
    `#OAR -O ${outputPath(stdout, directory)}`,
    `#OAR -E ${outputPath(stderr, directory)}`,
    ...(tasks === undefined ? [] : [`#OAR --array ${tasks.count}`]),
    ...(held === true ? ['#OAR --hold'] : []),
  ],
  ...replacing('oar', ['name', 'directory', 'stdout', 'stderr', 'array', 'array-param-file']),
  pathTrouble: (path) => {
    const character = /['"\\`$\n]/.exec(path)?.[0];
    return character === undefined
      ? undefined
      : `OAR can't use the path ${path}: it gives ${JSON.stringify(character)} a meaning of its own.`;
  },

  submit: ({ script, directory }) => ({ program: 'oarsub', args: ['-S', commandWord(script)], directory }),
  readSubmit,

  list: ({ user }) => [{ program: 'oarstat', args: ['-J', '-u', user] }],
  readList: readOarstat,

  history: (ids) =>
    chunks(ownIds(ids)).map((own) => ({ program: 'oarstat', args: ['-f', '-J', ...repeated(own)] })),
  readHistory: readOarstat,

  find: ({ user, name }) => [
    {
      program: 'oarstat',
      args: ['-f', '-J', '--sql', `job_name = ${quoted(name)} AND job_user = ${quoted(user)}`],
    },
  ],
  readFind: (answer, name) => named(readOarstat(answer), name),

  cancel: (ids) => chunks(ownIds(ids)).map((own) => ({ program: 'oardel', args: own })),
  readCancel,
  hold: (ids) => chunks(ownIds(ids)).map((own) => ({ program: 'oarhold', args: own })),
  release: (ids) => chunks(ownIds(ids)).map((own) => ({ program: 'oarresume', args: own })),
  readHold,

  details: ({ id, base }) => ({ program: 'oarstat', args: ['-f', '-j', id ?? base] }),
  queue: () => ({ program: 'oarstat', args: ['-J'] }),
  readQueue: readOarstat,
  probe: { program: 'oarsub', args: ['--version'] },
  readProbe: ({ code, stdout }) => {
    const version = /OAR version : *(\d\S*)/.exec(stdout)?.[1];
    return code === 0 && version !== undefined ? { version } : undefined;
  },
};
