/** What the emulations of TORQUE and PBS Pro (and Moab's `msub`) have in common. */
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import {
  directiveWords,
  getopt,
  refused,
  type Call,
  type Options,
  type Outcome,
  type Reply,
} from './command.ts';
import type { Dependency, Job, JobRequest, Scheduler, Spooled } from './scheduler.ts';

export const server = 'node1.cluster';
export const user = userInfo().username;
/** Queues that exist, with the longest walltime in seconds. */
export const queues: ReadonlyMap<string, number> = new Map([
  ['batch', Infinity],
  ['short', 300],
]);

/** The script of a submission: an operand, or standard input. */
export function scriptOf(call: Call, operands: readonly string[]): { readonly script: string } | Outcome {
  const [file] = operands;
  if (file === undefined) return call.stdin === undefined ? 'stdin' : { script: call.stdin };
  try {
    return { script: readFileSync(path.resolve(call.directory, file), 'utf8') };
  } catch {
    return refused(1, `${call.program}: script file cannot be loaded: No such file or directory\n`);
  }
}

/** Options of the script's directives under those of the command line. */
export function mergedOptions(
  script: string,
  mark: string,
  args: readonly string[],
  letters: string,
): Options {
  const inside = getopt(directiveWords(script, mark), letters);
  const outside = getopt(args, letters);
  return {
    values: new Map([...inside.values, ...outside.values]),
    operands: outside.operands,
    unknown: outside.unknown ?? inside.unknown,
  };
}

const first = (options: Options, letter: string): string | undefined => options.values.get(letter)?.at(-1);

/** `name=value` pairs of all `-l`, the first of a name counts. */
export function resourcesOf(options: Options): ReadonlyMap<string, string> {
  const resources = new Map<string, string>();
  for (const list of options.values.get('l') ?? [])
    for (const pair of list.split(',')) {
      const [name = '', ...value] = pair.split('=');
      if (!resources.has(name)) resources.set(name, value.join('='));
    }
  return resources;
}

const RESOURCES = new Set([
  'walltime',
  'nodes',
  'mem',
  'vmem',
  'pmem',
  'ncpus',
  'select',
  'place',
  'cput',
  'procs',
]);

/** Seconds of `[[H:]M:]S`. */
export const pbsSeconds = (text: string): number =>
  text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

export const clock = (seconds: number): string =>
  [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');

/** What TORQUE, PBS Pro and msub check alike; the codes are PBS error numbers modulo 256. */
export function jobRequest(
  call: Call,
  script: string,
  options: Options,
): { readonly request: JobRequest } | Reply {
  const { program } = call;
  const name = first(options, 'N') ?? path.basename(options.operands[0] ?? 'STDIN');
  if (/\s/.test(name) || name.length > 15 || !/^[A-Za-z]/.test(name))
    return refused(1, `${program}: illegal -N value\n`);
  const queue = first(options, 'q') ?? 'batch';
  const longest = queues.get(queue);
  if (longest === undefined)
    return refused(170, `${program}: submit error (Unknown queue MSG=requested queue not found)\n`);
  const resources = resourcesOf(options);
  for (const resource of resources.keys())
    if (!RESOURCES.has(resource))
      return refused(
        187,
        `${program}: submit error (Unknown resource type MSG=cannot decode attribute Resource_List.${resource})\n`,
      );
  const walltime = resources.get('walltime');
  if (walltime !== undefined && pbsSeconds(walltime) > longest)
    return refused(
      188,
      `${program}: submit error (Job exceeds queue resource limits MSG=cannot satisfy queue max walltime requirement)\n`,
    );
  const depend = (options.values.get('W') ?? [])
    .find((value) => value.startsWith('depend='))
    ?.slice('depend='.length);
  const home = call.environment['HOME'] ?? '/';
  const exported = (options.values.get('v') ?? [])
    .join(',')
    .split(',')
    .filter((pair) => pair !== '');
  const environment: Record<string, string> = options.values.has('V') ? { ...call.environment } : {};
  for (const pair of exported) {
    const [variable = '', ...value] = pair.split('=');
    environment[variable] = value.length > 0 ? value.join('=') : (call.environment[variable] ?? '');
  }
  return {
    request: {
      name,
      script,
      directory: first(options, 'd') ?? home,
      environment: {
        ...environment,
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: home,
        USER: user,
        LOGNAME: user,
        PBS_ENVIRONMENT: 'PBS_BATCH',
        PBS_O_WORKDIR: call.directory,
        PBS_O_HOST: hostname(),
        PBS_O_HOME: home,
        PBS_O_QUEUE: queue,
        PBS_QUEUE: queue,
        PBS_JOBNAME: name,
      },
      queue,
      ...(walltime !== undefined && { walltime: pbsSeconds(walltime) }),
      held: options.values.has('h'),
      ...(depend !== undefined && { dependency: dependencyOf(depend) }),
      rerunnable: first(options, 'r') !== 'n',
      stdout: first(options, 'o'),
      stderr: first(options, 'e'),
      join: first(options, 'j')?.startsWith('oe') === true,
      submittedFrom: call.directory,
      submitArguments: call.args,
    },
  };
}

function dependencyOf(text: string): Dependency {
  const [kind = '', ...ids] = text.split(':');
  return {
    kind: kind === 'afterok' || kind === 'afternotok' ? kind : 'afterany',
    on: ids.map((id) => Number.parseInt(id, 10)),
  };
}

/** Copies a job's output to where it asked for, as an execution host does when a job has ended. */
export function deliverOutput(job: Job, spooled: Spooled, suffix: string, explicitSuffix: string): void {
  const place = (asked: string | undefined, letter: 'o' | 'e'): string => {
    const plain = `${job.name}.${letter}${job.number}${suffix}`;
    if (asked === undefined) return path.join(job.submittedFrom, plain);
    const file = path.resolve(job.submittedFrom, asked.replace(/^[^/]*:/, ''));
    return asked.endsWith('/') || isDirectory(file) ? path.join(file, plain) : `${file}${explicitSuffix}`;
  };
  copy(spooled.stdout, place(job.stdout, 'o'));
  if (!job.join) copy(spooled.stderr, place(job.stderr, 'e'));
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function copy(from: string, to: string): void {
  // where the directory is gone the output is lost, and mail tells
  if (isDirectory(path.dirname(to)) || to === '/dev/null') copyFileSync(from, to);
}

export function ensureDirectory(directory: string): string {
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** The exit status as PBS counts: 256 + n for signal n, below 0 for what the system did. */
export function exitStatus(job: Job, walltime: number): number | undefined {
  if (job.endedBy === 'walltime') return walltime;
  if (job.signal !== undefined) return 256 + job.signal;
  return job.exitCode;
}

export interface Found {
  readonly jobs: readonly Job[];
  /** Whether the whole array was meant. */
  readonly whole: boolean;
}

/** The jobs behind `123`, `123.server`, `123[].server`, `123[4].server`, `123[0-5].server`; undefined: unknown. */
export function findPbs(scheduler: Scheduler, id: string): Found | undefined {
  const [, number, index, rest] = /^(\d+)(\[[\d,-]*\])?(\..*)?$/.exec(id) ?? [];
  if (number === undefined || (rest !== undefined && !`.${server}`.startsWith(rest))) return undefined;
  const all = scheduler.jobs.filter((job) => job.number === Number(number));
  if (all.length === 0 || (index === undefined) !== (all[0]?.task === undefined)) return undefined;
  if (index === undefined || index === '[]') return { jobs: all, whole: index !== undefined };
  const jobs = selectTasks(all, index.slice(1, -1));
  return jobs.length === 0 ? undefined : { jobs, whole: false };
}

export function selectTasks(jobs: readonly Job[], list: string): readonly Job[] {
  const ranges = list.split(',').map((part) => part.split('-').map(Number));
  return jobs.filter(({ task }) =>
    ranges.some(([from = NaN, to = from]) => task !== undefined && task >= from && task <= to),
  );
}

/**
 * Does something to each id, complaining of those that are unknown (exit 153) or not in the right state (168).
 */
export function requestEach(
  call: Call,
  scheduler: Scheduler,
  ids: readonly string[],
  act: (job: Job) => boolean,
  tasks?: string,
): Reply {
  let code = 0;
  let stderr = '';
  for (const id of ids) {
    const found = findPbs(scheduler, id);
    const jobs = tasks === undefined ? found?.jobs : selectTasks(found?.jobs ?? [], tasks);
    if (jobs === undefined || jobs.length === 0) {
      code = 153;
      stderr += `${call.program}: Unknown Job Id ${id}\n`;
      continue;
    }
    const done = jobs.map(act);
    // of an array's tasks those that are over are passed over
    if (done.includes(true)) continue;
    code = 168;
    stderr += `${call.program}: Request invalid for state of job MSG=invalid state for job - ${jobs[0]?.state === 'ended' ? 'COMPLETE' : 'QUEUED'} ${id}\n`;
  }
  return { code, stdout: '', stderr };
}

export const over = (job: Job): boolean => job.state === 'ended';

/** `qdel`, `qhold`, `qrls`, `qrerun` in their common part. */
export function pbsRequests(
  arrayOption: 't' | undefined,
): Record<string, (call: Call, scheduler: Scheduler) => Reply> {
  const make =
    (act: (scheduler: Scheduler, job: Job) => boolean) =>
    (call: Call, scheduler: Scheduler): Reply => {
      const options = getopt(call.args, arrayOption === undefined ? 'h:W:xp' : 'h:t:m:W:p');
      const tasks = arrayOption === undefined ? undefined : options.values.get(arrayOption)?.[0];
      if (options.unknown !== undefined || options.operands.length === 0)
        return refused(2, `usage: ${call.program} job_identifier...\n`);
      return requestEach(call, scheduler, options.operands, (job) => act(scheduler, job), tasks);
    };
  return {
    qdel: make((scheduler, job) => {
      if (over(job)) return false;
      scheduler.cancel(job);
      return true;
    }),
    qhold: make((scheduler, job) => {
      if (over(job)) return false;
      scheduler.hold(job);
      return true;
    }),
    qrls: make((scheduler, job) => {
      if (over(job)) return false;
      scheduler.release(job);
      return true;
    }),
    qrerun: make((scheduler, job) => {
      if (job.state !== 'running') return false;
      scheduler.requeue(job);
      return true;
    }),
  };
}

/** A connection that is refused, as both programs say it. */
export const noServer = (program: string): Reply =>
  refused(
    111,
    `Connection refused\n${program}: cannot connect to server ${server} (errno=111) Connection refused\n`,
  );

/** One that breaks after the request was taken. */
export const brokenConnection = (program: string): Reply =>
  refused(183, `${program}: End of File\n${program}: submit error (Protocol failure in Batch Request)\n`);
