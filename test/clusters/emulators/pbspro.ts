/** PBS Pro's `qsub`, `qstat`, `qselect`, `qdel`, `qhold`, `qrls` and `qrerun`. */
import { getopt, parseRange, refused, said, type Call, type Emulation, type Outcome } from './command.ts';
import type { EmulatorOptions } from './options.ts';
import {
  brokenConnection,
  clock,
  deliverOutput,
  exitStatus,
  findPbs,
  jobRequest,
  mergedOptions,
  noServer,
  over,
  pbsRequests,
  scriptOf,
  server,
  user,
} from './pbs.ts';
import type { Job, Scheduler, SchedulerOptions } from './scheduler.ts';

const LETTERS = 'a:A:c:C:e:fhIG:Xj:J:k:l:m:M:N:o:p:P:q:r:R:S:u:v:VW:z';

const STATES = {
  queued: 'Q',
  held: 'H',
  waiting: 'W',
  running: 'R',
  suspended: 'S',
  exiting: 'E',
  ended: 'F',
} as const;

const idOf = ({ number, task }: Pick<Job, 'number' | 'task'>): string =>
  `${number}${task === undefined ? '' : `[${task}]`}.${server}`;

const tasksOf = (scheduler: Scheduler, job: Job): readonly Job[] =>
  scheduler.jobs.filter(({ number }) => number === job.number);

/** A task that is over is X while its array lives on, then F as the array. */
function letterOf(scheduler: Scheduler, job: Job): string {
  if (over(job) && job.task !== undefined && !tasksOf(scheduler, job).every(over)) return 'X';
  // subjobs have no state of their own for a hold: the array has it
  if (job.state === 'held' && job.task !== undefined) return 'Q';
  return job.state === 'queued' && job.dependency !== undefined ? 'H' : STATES[job.state];
}

function arrayLetter(tasks: readonly Job[]): string {
  if (tasks.every(over)) return 'F';
  return tasks.some(({ starts }) => starts > 0) ? 'B' : tasks[0] === undefined ? 'Q' : STATES[tasks[0].state];
}

type Row = readonly [name: string, value: string] | false;

/** As ctime(3) has it. */
function ctime(milliseconds: number | undefined): string {
  const [day = '', month = '', date = '', year = '', time = ''] = new Date(milliseconds ?? 0)
    .toString()
    .split(' ');
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`;
}

function attributes(scheduler: Scheduler, job: Job): readonly (readonly [string, string])[] {
  const status = over(job) ? exitStatus(job, -29) : undefined;
  const used = job.startedAt === undefined ? undefined : ((job.endedAt ?? Date.now()) - job.startedAt) / 1000;
  const substate = !over(job) ? '42' : job.endedBy === 'request' ? '91' : status === 0 ? '92' : '93';
  const rows: Row[] = [
    ['Job_Name', job.name],
    ['Job_Owner', `${user}@${server}`],
    used !== undefined && ['resources_used.walltime', clock(used)],
    ['job_state', letterOf(scheduler, job)],
    ['queue', job.queue],
    ['server', server],
    ['Checkpoint', 'u'],
    ['ctime', ctime(job.submittedAt)],
    job.dependency !== undefined && ['depend', `${job.dependency.kind}:${job.dependency.on.join(':')}`],
    ['Error_Path', `${server}:${job.stderr ?? ''}`],
    job.startedAt !== undefined && ['exec_host', 'node1/0'],
    job.startedAt !== undefined && ['exec_vnode', '(node1:ncpus=1)'],
    [
      'Hold_Types',
      job.state === 'held' && job.task === undefined
        ? 'u'
        : job.dependency !== undefined && job.state === 'queued'
          ? 's'
          : 'n',
    ],
    ['Join_Path', job.join ? 'oe' : 'n'],
    ['Keep_Files', 'n'],
    ['Mail_Points', 'a'],
    ['mtime', ctime(job.endedAt ?? job.startedAt ?? job.submittedAt)],
    ['Output_Path', `${server}:${job.stdout ?? ''}`],
    ['Priority', '0'],
    ['qtime', ctime(job.submittedAt)],
    ['Rerunable', job.rerunnable ? 'True' : 'False'],
    ['Resource_List.ncpus', '1'],
    job.limit !== undefined && ['Resource_List.walltime', clock(job.limit)],
    job.startedAt !== undefined && ['stime', ctime(job.startedAt)],
    job.pid !== undefined && ['session_id', String(job.pid)],
    ['substate', substate],
    [
      'Variable_List',
      Object.entries(job.environment)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
    ],
    [
      'comment',
      over(job)
        ? 'Job run at and finished'
        : job.startedAt === undefined
          ? 'Not Running: Not enough free nodes available'
          : 'Job run on (node1:ncpus=1)',
    ],
    ['etime', ctime(job.submittedAt)],
    ['run_count', String(job.starts)],
    status !== undefined && ['Exit_status', String(status)],
    job.task !== undefined && ['array_id', `${job.number}[].${server}`],
    job.task !== undefined && ['array_index', String(job.task)],
    ['project', '_pbs_project_default'],
  ];
  return rows.filter((row) => row !== false);
}

function arrayAttributes(tasks: readonly Job[]): readonly (readonly [string, string])[] {
  const [job] = tasks;
  if (job === undefined) return [];
  return [
    ['Job_Name', job.name],
    ['Job_Owner', `${user}@${server}`],
    ['job_state', arrayLetter(tasks)],
    ['queue', job.queue],
    ['Hold_Types', tasks.some(({ state }) => state === 'held') ? 'u' : 'n'],
    ['array', 'True'],
    ['array_indices_submitted', `0-${tasks.length - 1}`],
  ];
}

/** Lines of 79 characters at most, gone on with behind a tab. */
function block(id: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, value]) => {
    let line = `    ${name} = ${value}`;
    let text = '';
    while (line.length > 79) {
      text += `${line.slice(0, 79)}\n\t`;
      line = line.slice(79);
    }
    return `${text}${line}\n`;
  });
  return `Job Id: ${id}\n${lines.join('')}\n`;
}

function qstat(call: Call, scheduler: Scheduler): Outcome {
  if (call.args.includes('--version')) return said('pbs_version = 20.0.1\n');
  const asked = getopt(call.args, 'fF:EJptxwan1siru:GMHqQBD:');
  if (asked.unknown !== undefined)
    return refused(2, `qstat: invalid option -- '${asked.unknown}'\nusage:\nqstat [-E] ...\n`);
  const history = asked.values.has('x');
  const expand = asked.values.has('t');
  let stdout = '';
  let stderr = '';
  let code = 0;
  const show = (jobs: readonly Job[], whole: boolean): void => {
    const [job] = jobs;
    if (whole && job !== undefined) stdout += block(`${job.number}[].${server}`, arrayAttributes(jobs));
    if (!whole || expand) for (const one of jobs) stdout += block(idOf(one), attributes(scheduler, one));
  };
  const ids =
    asked.operands.length > 0
      ? asked.operands
      : [...new Set(scheduler.jobs.map(({ number, task }) => `${number}${task === undefined ? '' : '[]'}`))];
  for (const id of ids) {
    const found = findPbs(scheduler, id);
    if (found === undefined) {
      code = 153;
      stderr += `qstat: Unknown Job Id ${id}\n`;
      continue;
    }
    const family = found.jobs[0] === undefined ? [] : tasksOf(scheduler, found.jobs[0]);
    if (!history && family.every(over)) {
      if (asked.operands.length === 0) continue;
      code = 35;
      stderr += `qstat: ${id} Job has finished, use -x or -H to obtain historical job information\n`;
      continue;
    }
    show(found.jobs, found.whole);
  }
  return { code, stdout, stderr };
}

function qselect(call: Call, scheduler: Scheduler): Outcome {
  const asked = getopt(call.args, 'a:A:c:h:Hl:JN:p:q:r:s:t:Tu:x');
  const name = asked.values.get('N')?.[0];
  const owner = asked.values.get('u')?.[0];
  const ids = scheduler.jobs
    .filter((job) => (name === undefined || job.name === name) && (owner === undefined || owner === user))
    .filter((job) => asked.values.has('x') || !tasksOf(scheduler, job).every(over))
    .map((job) => (job.task === undefined ? idOf(job) : `${job.number}[].${server}`));
  return said([...new Set(ids)].map((id) => `${id}\n`).join(''));
}

export function pbsproEmulation(
  _: string,
  options: EmulatorOptions,
): Emulation & Pick<SchedulerOptions, 'variables' | 'deliver'> {
  function qsub(call: Call, scheduler: Scheduler): Outcome {
    const source = scriptOf(call, getopt(call.args, LETTERS).operands);
    if (source === 'stdin' || !('script' in source)) return source;
    const { script } = source;
    const all = mergedOptions(script, '#PBS', call.args, LETTERS);
    if (all.unknown !== undefined)
      return refused(
        2,
        `qsub: invalid option -- '${all.unknown}'\nusage: qsub [-a date_time] [-A account_string] ...\n`,
      );
    const checked = jobRequest(call, script, all);
    if (!('request' in checked)) return checked;
    const list = all.values.get('J')?.at(-1);
    const range = list === undefined ? undefined : parseRange(list);
    const [, from, to] = /^(\d+)-(\d+)/.exec(list ?? '') ?? [];
    if (list !== undefined && (range === undefined || from === undefined || Number(from) >= Number(to)))
      return refused(1, 'qsub: illegal -J value\n');
    if (range !== undefined && range.indices.length > options.arrayLimit)
      return refused(3, 'qsub: Array job exceeds server or queue size limit\n');
    const number = scheduler.submit(checked.request, range);
    return said(`${number}${range === undefined ? '' : '[]'}.${server}\n`);
  }
  const requests = pbsRequests(undefined);
  const wholeOnly =
    (command: 'qhold' | 'qrls') =>
    (call: Call, scheduler: Scheduler): Outcome => {
      const task = call.args.find((word) => /\[\d/.test(word));
      if (task !== undefined) return refused(168, `${command}: Request invalid for state of job ${task}\n`);
      return requests[command]?.(call, scheduler) ?? refused(1, '');
    };
  return {
    commands: { ...requests, qsub, qstat, qselect, qhold: wholeOnly('qhold'), qrls: wholeOnly('qrls') },
    unreachable: noServer,
    cutOff: brokenConnection,
    jobs: (scheduler) =>
      scheduler.jobs.map((job) => ({ id: idOf(job), name: job.name, state: letterOf(scheduler, job) })),
    find: (scheduler, id) => findPbs(scheduler, id)?.jobs ?? [],
    variables: (job) => ({
      PBS_JOBID: idOf(job),
      NCPUS: '1',
      ...(job.task !== undefined && {
        PBS_ARRAY_INDEX: String(job.task),
        PBS_ARRAY_ID: `${job.number}[].${server}`,
      }),
    }),
    deliver: (job, spooled) => {
      const index = String(job.task ?? '');
      const expand = (file: string | undefined): string | undefined =>
        file?.replaceAll('^array_index^', index);
      const asked = { ...job, stdout: expand(job.stdout), stderr: expand(job.stderr) };
      const given = `${job.stdout ?? ''}${job.stderr ?? ''}`.includes('^array_index^');
      deliverOutput(
        asked,
        spooled,
        job.task === undefined ? '' : `.${index}`,
        job.task === undefined || given ? '' : `.${index}`,
      );
    },
  };
}
