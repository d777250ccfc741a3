/** LSF's `bsub`, `bjobs`, `bkill`, `bstop`, `bresume`, `brequeue`, `bhist` and `bqueues`. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  directiveWords,
  parseRange,
  refused,
  said,
  type Call,
  type Emulation,
  type Outcome,
  type Reply,
} from './command.ts';
import type { EmulatorOptions } from './options.ts';
import { ensureDirectory, over, queues, selectTasks, user } from './pbs.ts';
import type { Job, JobRequest, Scheduler, SchedulerOptions, Spooled } from './scheduler.ts';

/** Options are words here; these take none behind them. */
const BARE = new Set([
  '-a',
  '-w',
  '-l',
  '-noheader',
  '-A',
  '-H',
  '-r',
  '-rn',
  '-x',
  '-V',
  '-K',
  '-B',
  '-N',
  '-I',
]);
const BSUB = new Set([
  '-J',
  '-o',
  '-oo',
  '-e',
  '-eo',
  '-q',
  '-W',
  '-n',
  '-M',
  '-R',
  '-P',
  '-cwd',
  '-w',
  '-env',
  '-gpu',
  '-G',
  '-u',
  '-H',
  '-r',
  '-rn',
  '-x',
  '-B',
  '-N',
]);
const BARE_BSUB = new Set(['-H', '-r', '-rn', '-x', '-K', '-B', '-N', '-I']);

interface Words {
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

function words(args: readonly string[], bare: ReadonlySet<string>): Words {
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) operands.push(word);
    else values.set(word, bare.has(word) ? '' : (args[++at] ?? ''));
  }
  return { values, operands };
}

const notSubmitted = (why: string): Reply => refused(255, `${why}. Job not submitted.\n`);

/** Where LSF writes a job's output: the option decides whether what was there stays. */
type Asked = readonly [path: string, append: boolean];

function stateOf(job: Job): string {
  switch (job.state) {
    case 'queued':
    case 'waiting':
      return 'PEND';
    case 'held':
      return 'PSUSP';
    case 'running':
    case 'exiting':
      return 'RUN';
    case 'suspended':
      return 'USUSP';
    case 'ended':
      return job.exitCode === 0 && job.endedBy === undefined ? 'DONE' : 'EXIT';
  }
}

const TERMS = {
  request: 'TERM_OWNER: job killed by owner',
  walltime: 'TERM_RUNLIMIT: job killed after reaching LSF run time limit',
  dependency: 'TERM_ORPHAN_SYSTEM: job killed by LSF due to orphan job',
} as const;

const codeOf = (job: Job): number | undefined =>
  job.exitCode ?? (job.signal === undefined ? undefined : 128 + job.signal);
const idOf = ({ number, task }: Job): string => `${number}${task === undefined ? '' : `[${task}]`}`;

const FIELDS: Readonly<Record<string, (job: Job) => string>> = {
  jobid: ({ number }) => String(number),
  jobindex: ({ task }) => String(task ?? 0),
  stat: stateOf,
  exit_code: (job) => (over(job) && codeOf(job) !== 0 ? String(codeOf(job) ?? '-') : '-'),
  exit_reason: (job) => (job.endedBy === undefined || !over(job) ? '-' : TERMS[job.endedBy]),
  queue: ({ queue }) => queue,
  exec_host: ({ startedAt }) => (startedAt === undefined ? '-' : 'node1'),
  user: () => user,
  job_name: ({ name, task }) => `${name}${task === undefined ? '' : `[${task}]`}`,
};

function findLsf(scheduler: Scheduler, id: string): readonly Job[] {
  const [, number, list] = /^(\d+)(?:\[([\d,-]+)\])?$/.exec(id) ?? [];
  const all = scheduler.jobs.filter((job) => job.number === Number(number));
  return list === undefined ? all : selectTasks(all, list);
}

function bjobs(call: Call, scheduler: Scheduler): Outcome {
  if (call.args.includes('-V'))
    return {
      code: 0,
      stdout: '',
      stderr: 'IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022\n  binary type: linux3.10-glibc2.17-x86_64\n',
    };
  const { values, operands } = words(call.args, BARE);
  const format = values.get('-o') ?? 'jobid stat job_name';
  const [, names = '', separator = ' '] = /^(.*?)(?:\s*delimiter='(.)')?$/.exec(format) ?? [];
  const fields = names.trim().split(/\s+/);
  const wrong = fields.find((field) => FIELDS[field] === undefined);
  if (wrong !== undefined) return refused(255, `${wrong}: Bad field name. \n`);
  let stderr = '';
  const chosen =
    operands.length === 0
      ? scheduler.jobs
      : operands.flatMap((id) => {
          const found = findLsf(scheduler, id);
          if (found.length === 0) stderr += `Job <${id}> is not found\n`;
          return found;
        });
  const owner = values.get('-u') ?? user;
  const shown = chosen.filter(
    (job) => (owner === user || owner === 'all') && (!over(job) || values.has('-a') || operands.length > 0),
  );
  if (shown.length === 0 && stderr === '')
    return refused(255, values.has('-a') ? 'No job found\n' : 'No unfinished job found\n');
  const header = values.has('-noheader') ? '' : `${fields.join(separator).toUpperCase()}\n`;
  const rows = shown.map((job) => `${fields.map((field) => FIELDS[field]?.(job) ?? '-').join(separator)}\n`);
  return { code: stderr === '' ? 0 : 255, stdout: header + rows.join(''), stderr };
}

function request(call: Call, scheduler: Scheduler, act: (job: Job) => string): Reply {
  let stdout = '';
  let stderr = '';
  for (const id of words(call.args, new Set(['-r'])).operands) {
    const found = findLsf(scheduler, id);
    if (found.length === 0) stderr += `Job <${id}>: No matching job found\n`;
    for (const job of found)
      if (over(job)) stderr += `Job <${idOf(job)}>: Job has already finished\n`;
      else stdout += `Job <${idOf(job)}> ${act(job)}\n`;
  }
  return { code: stderr === '' ? 0 : 255, stdout, stderr };
}

/** `Mon Oct 22 09:22:06`. */
function stamp(milliseconds: number | undefined): string {
  const [day = '', month = '', date = '', , time = ''] = new Date(milliseconds ?? 0).toString().split(' ');
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${time}`;
}

/** Lines of 80 columns, gone on with behind 21 blanks. */
function folded(line: string): string {
  if (line.length <= 80) return `${line}\n`;
  const at = line.lastIndexOf(' ', 80);
  const cut = at > 25 ? at : 80;
  return `${line.slice(0, cut)}\n${folded(' '.repeat(21) + line.slice(cut).trimStart())}`;
}

function bhist(call: Call, scheduler: Scheduler): Outcome {
  const { operands } = words(call.args, BARE);
  const found = operands.flatMap((id) => findLsf(scheduler, id));
  if (found.length === 0) return refused(255, 'No matching job found\n');
  const paragraphs = found.map((job) => {
    const events = [
      `${stamp(job.submittedAt)}: Submitted from host <node1>, to Queue <${job.queue}>, CWD <${job.directory}>;`,
    ];
    if (job.startedAt !== undefined)
      events.push(
        `${stamp(job.startedAt)}: Dispatched to <node1>, Effective RES_REQ <select[type == local] order[r15s:pg] >;`,
        `${stamp(job.startedAt)}: Starting (Pid ${job.pid ?? 4711});`,
      );
    if (over(job)) {
      const reason = job.endedBy === undefined ? '' : `; ${TERMS[job.endedBy]}`;
      const well = stateOf(job) === 'DONE';
      events.push(
        `${stamp(job.endedAt)}: ${well ? 'Done successfully' : job.signal === undefined ? (job.exitCode === undefined ? 'Exited' : `Exited with exit code ${job.exitCode}`) : `Exited by signal ${job.signal}`}. The CPU time used is 0.1 seconds;`,
        `${stamp(job.endedAt)}: Completed <${well ? 'done' : 'exit'}>${reason}.`,
      );
    }
    const head = `Job <${idOf(job)}>, Job Name <${FIELDS['job_name']?.(job) ?? ''}>, User <${user}>, Project <default>, Command <${job.script.replaceAll('\n', ';')}>`;
    return [head, ...events].map(folded).join('');
  });
  return said(`${paragraphs.join(`${'-'.repeat(78)}\n\n`)}\n`);
}

export function lsfEmulation(
  directory: string,
  options: EmulatorOptions,
): Emulation & Pick<SchedulerOptions, 'variables' | 'deliver'> {
  const outputs = new Map<number, { readonly out: Asked | undefined; readonly err: Asked | undefined }>();

  function bsub(call: Call, scheduler: Scheduler): Outcome {
    if (call.stdin === undefined) return 'stdin';
    const script = call.stdin;
    const inside = words(directiveWords(script, '#BSUB'), BARE_BSUB).values;
    const outside = words(call.args, BARE_BSUB).values;
    const values = new Map([...inside, ...outside]);
    for (const option of values.keys())
      if (!BSUB.has(option)) return notSubmitted(`${option}: Illegal option`);
    const queue = values.get('-q') ?? 'batch';
    const longest = queues.get(queue);
    if (longest === undefined) return notSubmitted(`${queue}: No such queue`);
    const walltime = values.get('-W');
    const minutes = walltime?.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    if (Number.isNaN(minutes)) return notSubmitted(`${walltime ?? ''}: Bad run time limit`);
    if (minutes !== undefined && minutes * 60 > longest)
      return notSubmitted("RUNLIMIT: Cannot exceed queue's hard limit(s)");
    const [, name = 'NONAME', list] =
      /^([^[]*)(?:\[(.*)\](?:%\d+)?)?$/.exec(values.get('-J') ?? 'NONAME') ?? [];
    const throttle = /\]%(\d+)$/.exec(values.get('-J') ?? '')?.[1];
    const range = list === undefined ? undefined : parseRange(list);
    if (list !== undefined && (range === undefined || range.indices.includes(0)))
      return notSubmitted(`${values.get('-J') ?? ''}: Bad job name or array index list`);
    if (range !== undefined && range.indices.length > options.arrayLimit)
      return notSubmitted('Job array index too large');
    const of = (overwrite: string, append: string): Asked | undefined => {
      const [first, second] = [values.get(overwrite), values.get(append)];
      return first !== undefined ? [first, false] : second !== undefined ? [second, true] : undefined;
    };
    const job: JobRequest = {
      name,
      script,
      directory: values.get('-cwd') ?? call.directory,
      environment: { ...call.environment, LSB_QUEUE: queue, LS_SUBCWD: call.directory },
      queue,
      ...(minutes !== undefined && { walltime: minutes * 60 }),
      held: values.has('-H'),
      rerunnable: values.has('-r'),
      stdout: undefined,
      stderr: undefined,
      join: !values.has('-e') && !values.has('-eo'),
      submittedFrom: call.directory,
      submitArguments: call.args,
    };
    const number = scheduler.submit(
      job,
      range === undefined
        ? undefined
        : { indices: range.indices, ...(throttle !== undefined && { throttle: Number(throttle) }) },
    );
    outputs.set(number, { out: of('-oo', '-o'), err: of('-eo', '-e') });
    return said(`Job <${number}> is submitted to ${values.has('-q') ? '' : 'default '}queue <${queue}>.\n`);
  }

  function deliver(job: Job, spooled: Spooled): void {
    const asked = outputs.get(job.number);
    const report = `Sender: LSF System <lsfadmin@node1>\nSubject: Job ${idOf(job)}: <${job.name}> in cluster <test> ${stateOf({ ...job, state: 'ended' }) === 'DONE' ? 'Done' : 'Exited'}\n\nThe output (if any) follows:\n\n`;
    const put = (to: Asked | undefined, text: string): void => {
      if (to === undefined) return;
      const file = path.resolve(
        job.submittedFrom,
        to[0].replaceAll('%J', String(job.number)).replaceAll('%I', String(job.task ?? 0)),
      );
      try {
        if (to[1]) appendFileSync(file, text);
        else writeFileSync(file, text);
      } catch (error) {
        // where the directory is gone the output is mailed
        appendFileSync(
          path.join(ensureDirectory(path.join(directory, 'mail')), `${idOf(job)}.txt`),
          `${String(error)}\n${text}`,
        );
      }
    };
    const output = report + readFileSync(spooled.stdout, 'utf8');
    if (asked?.out === undefined)
      writeFileSync(path.join(ensureDirectory(path.join(directory, 'mail')), `${idOf(job)}.txt`), output);
    put(asked?.out, output);
    if (!job.join) put(asked?.err, readFileSync(spooled.stderr, 'utf8'));
  }

  return {
    commands: {
      bsub,
      bjobs,
      bhist,
      bqueues: () =>
        said(
          `QUEUE_NAME      PRIO STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN  SUSP \n${[...queues.keys()].map((queue) => `${queue.padEnd(15)}  30  Open:Active       -    -    -    -     0     0     0     0\n`).join('')}`,
        ),
      bkill: (call, scheduler) =>
        request(call, scheduler, (job) => {
          scheduler.cancel(job);
          return 'is being terminated';
        }),
      bstop: (call, scheduler) =>
        request(call, scheduler, (job) => {
          scheduler.hold(job);
          scheduler.suspend(job);
          return 'is being stopped';
        }),
      bresume: (call, scheduler) =>
        request(call, scheduler, (job) => {
          scheduler.release(job);
          scheduler.resume(job);
          return 'is being resumed';
        }),
      brequeue: (call, scheduler) =>
        request(call, scheduler, (job) => {
          scheduler.requeue(job);
          return 'is being requeued';
        }),
    },
    unreachable: (program) =>
      refused(
        255,
        program === 'bsub'
          ? 'LSF is down. Please wait ...\nFailed in an LSF library call: LIM is down; try later. Job not submitted.\n'
          : 'batch system daemon not responding ... still trying\nLSF is down. Please wait ...\n',
      ),
    cutOff: () => refused(255, 'Failed in an LSF library call: Communication time out\n'),
    jobs: (scheduler) =>
      scheduler.jobs.map((job) => ({ id: idOf(job), name: job.name, state: stateOf(job) })),
    find: findLsf,
    variables: (job) => ({
      LSB_JOBID: String(job.number),
      LSB_JOBINDEX: String(job.task ?? 0),
      LSB_BATCH_JID: idOf(job),
      LSB_JOBNAME: FIELDS['job_name']?.(job) ?? job.name,
    }),
    deliver,
  };
}
