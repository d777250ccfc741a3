/** TORQUE's `qsub`, `qstat`, `qselect`, `qdel`, `qhold`, `qrls` and `qrerun`. */
import { refused, getopt, parseRange, said, type Call, type Emulation, type Outcome } from './command.ts';
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
  pbsRequests,
  scriptOf,
  server,
  user,
  type Found,
} from './pbs.ts';
import type { Job, Scheduler, SchedulerOptions } from './scheduler.ts';

const LETTERS = 'a:A:b:c:C:d:D:e:fhi:Ij:k:K:l:L:m:M:nN:o:p:P:q:r:S:t:T:u:v:Vw:W:xXz';

const STATES = {
  queued: 'Q',
  held: 'H',
  waiting: 'W',
  running: 'R',
  suspended: 'S',
  exiting: 'E',
  ended: 'C',
} as const;

export function torqueEmulation(
  _: string,
  options: EmulatorOptions,
): Emulation & Pick<SchedulerOptions, 'variables' | 'deliver'> {
  const suffix = options.serverSuffix ? `.${server}` : '';
  const idOf = ({ number, task }: Pick<Job, 'number' | 'task'>): string =>
    `${number}${task === undefined ? '' : `[${task}]`}${suffix}`;
  const arrayOf = ({ number }: Job): string => `${number}[]${suffix}`;
  const nameOf = ({ name, task }: Job): string => (task === undefined ? name : `${name}-${task}`);

  /** Tasks beyond the slot limit are held by the server: hold type l. */
  const limited = (scheduler: Scheduler, job: Job): boolean =>
    job.state === 'queued' &&
    job.throttle !== undefined &&
    scheduler.jobs.filter(({ number, state }) => number === job.number && state === 'running').length >=
      job.throttle;

  const letterOf = (scheduler: Scheduler, job: Job): string => {
    if (limited(scheduler, job) || (job.state === 'queued' && job.dependency !== undefined)) return 'H';
    return STATES[job.state];
  };

  function attributes(
    scheduler: Scheduler,
    job: Job,
    whole: boolean,
  ): readonly (readonly [string, string])[] {
    const holds = `${job.state === 'held' ? 'u' : ''}${limited(scheduler, job) ? 'l' : ''}${job.dependency !== undefined && job.state === 'queued' ? 's' : ''}`;
    const used =
      job.startedAt === undefined ? undefined : ((job.endedAt ?? Date.now()) - job.startedAt) / 1000;
    const status = job.state === 'ended' ? exitStatus(job, -11) : undefined;
    const seconds = (time: number | undefined): string => String(Math.floor((time ?? 0) / 1000));
    const rows: (readonly [string, string] | false)[] = [
      ['Job_Name', whole ? job.name : nameOf(job)],
      ['Job_Owner', `${user}@${server}`],
      used !== undefined && ['resources_used.cput', '00:00:00'],
      used !== undefined && ['resources_used.walltime', clock(used)],
      ['job_state', letterOf(scheduler, job)],
      ['queue', job.queue],
      ['server', server],
      ['Checkpoint', 'u'],
      ['ctime', seconds(job.submittedAt)],
      job.dependency !== undefined && ['depend', `${job.dependency.kind}:${job.dependency.on.join(':')}`],
      ['Error_Path', `${server}:${job.stderr ?? ''}`],
      job.startedAt !== undefined && ['exec_host', 'node1/0'],
      ['Hold_Types', holds === '' ? 'n' : holds],
      ['Join_Path', job.join ? 'oe' : 'n'],
      ['Keep_Files', 'n'],
      ['Mail_Points', 'a'],
      ['mtime', seconds(job.endedAt ?? job.startedAt ?? job.submittedAt)],
      ['Output_Path', `${server}:${job.stdout ?? ''}`],
      ['Priority', '0'],
      ['qtime', seconds(job.submittedAt)],
      ['Rerunable', job.rerunnable ? 'True' : 'False'],
      ['Resource_List.nodes', '1:ppn=1'],
      job.limit !== undefined && ['Resource_List.walltime', clock(job.limit)],
      job.pid !== undefined && ['session_id', String(job.pid)],
      [
        'Variable_List',
        Object.entries(job.environment)
          .map(([name, value]) => `${name}=${value}`)
          .join(','),
      ],
      ['euser', user],
      ['etime', seconds(job.submittedAt)],
      !whole && status !== undefined && ['exit_status', String(status)],
      ['submit_args', job.submitArguments.join(' ')],
      job.task !== undefined && ['job_array_id', String(job.task)],
      job.startedAt !== undefined && ['start_time', seconds(job.startedAt)],
      ['start_count', String(job.starts)],
      job.state === 'ended' && ['comp_time', seconds(job.endedAt)],
      ['submit_host', server],
    ];
    return rows.filter((row) => row !== false);
  }

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
    const list = all.values.get('t')?.at(-1);
    const range = list === undefined ? undefined : parseRange(list);
    if (list !== undefined && range === undefined) return refused(1, 'qsub: illegal -t value\n');
    if (range !== undefined && range.indices.length > options.arrayLimit)
      return refused(3, 'qsub: submit error (Array size is larger than the server allows)\n');
    const number = scheduler.submit(checked.request, range);
    return said(`${number}${range === undefined ? '' : '[]'}${suffix}\n`);
  }

  function qstat(call: Call, scheduler: Scheduler): Outcome {
    if (call.args.includes('--version')) return said('Version: 6.1.2\n');
    const asked = getopt(call.args, 'acefilnqrstxu:W:BQGMR1C');
    if (asked.unknown !== undefined)
      return refused(2, `qstat: invalid option -- '${asked.unknown}'\nusage:\nqstat [-f [-1]] ...\n`);
    let stdout = '';
    let stderr = '';
    let code = 0;
    const expand = asked.values.has('t');
    const rowsOf = ({ jobs, whole }: Found): (readonly [string, Job, boolean])[] => {
      const [job] = jobs;
      if (whole && !expand && job !== undefined) return [[arrayOf(job), job, true]];
      return jobs.map((one) => [idOf(one), one, false]);
    };
    const show = (rows: readonly (readonly [string, Job, boolean])[]): string => {
      if (rows.length === 0) return '';
      if (asked.values.has('x')) {
        const jobs = rows.map(
          ([id, job, whole]) =>
            `<Job><Job_Id>${id}</Job_Id>${xmlOf(attributes(scheduler, job, whole))}</Job>`,
        );
        return `<Data>${jobs.join('')}</Data>\n`;
      }
      return rows
        .map(([id, job, whole]) => {
          const lines = attributes(scheduler, job, whole).map(
            ([name, value]) => `    ${name} = ${value.replaceAll('\n', '\n\t')}\n`,
          );
          return `Job Id: ${id}\n${lines.join('')}\n`;
        })
        .join('');
    };
    if (asked.operands.length === 0) {
      const numbers = [...new Set(scheduler.jobs.map(({ number }) => number))];
      const found = numbers.map((number) => {
        const jobs = scheduler.jobs.filter((job) => job.number === number);
        return { jobs, whole: jobs[0]?.task !== undefined };
      });
      return said(show(found.flatMap(rowsOf)));
    }
    for (const id of asked.operands) {
      const found = findPbs(scheduler, id);
      if (found === undefined) {
        code = 153;
        stderr += `qstat: Unknown Job Id Error ${id}\n`;
      } else stdout += show(rowsOf(found));
    }
    return { code, stdout, stderr };
  }

  function qselect(call: Call, scheduler: Scheduler): Outcome {
    const asked = getopt(call.args, 'a:A:c:h:l:N:p:q:r:s:u:');
    const name = asked.values.get('N')?.[0];
    const owner = asked.values.get('u')?.[0];
    const ids = scheduler.jobs
      .filter(
        (job) => (name === undefined || nameOf(job) === name) && (owner === undefined || owner === user),
      )
      .map(idOf);
    return said(ids.map((id) => `${id}\n`).join(''));
  }

  return {
    commands: { qsub, qstat, qselect, ...pbsRequests('t') },
    unreachable: noServer,
    cutOff: brokenConnection,
    jobs: (scheduler) =>
      scheduler.jobs.map((job) => ({ id: idOf(job), name: job.name, state: letterOf(scheduler, job) })),
    find: (scheduler, id) => findPbs(scheduler, id)?.jobs ?? [],
    variables: (job) => ({
      PBS_JOBID: idOf(job),
      PBS_SERVER: server,
      ...(job.task !== undefined && { PBS_ARRAYID: String(job.task) }),
    }),
    deliver: (job, spooled) => {
      const index = job.task === undefined ? '' : `-${job.task}`;
      deliverOutput(job, spooled, index, index);
    },
  };
}

/** `Resource_List.nodes` stands inside `Resource_List`. */
function xmlOf(attributes: readonly (readonly [string, string])[]): string {
  let text = '';
  let open = '';
  for (const [name, value] of attributes) {
    const [group = '', member] = name.split('.');
    if (open !== '' && (member === undefined || group !== open)) {
      text += `</${open}>`;
      open = '';
    }
    if (member !== undefined && open === '') {
      text += `<${group}>`;
      open = group;
    }
    const tag = member ?? name;
    text += `<${tag}>${escaped(value)}</${tag}>`;
  }
  return open === '' ? text : `${text}</${open}>`;
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
