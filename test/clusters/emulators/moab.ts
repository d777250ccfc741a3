/** Moab's `msub`, `showq`, `checkjob`, `mjobctl` and `canceljob`. */
import { getopt, refused, said, type Call, type Emulation, type Outcome, type Reply } from './command.ts';
import { deliverOutput, exitStatus, jobRequest, mergedOptions, over, scriptOf, server, user } from './pbs.ts';
import type { Job, Scheduler, SchedulerOptions } from './scheduler.ts';
import { escaped } from './torque.ts';

const LETTERS = 'a:A:c:C:d:e:o:EF:hIj:k:Kl:m:M:N:p:q:r:S:t:u:v:Vw:W:xz';

const STATES = {
  queued: 'Idle',
  held: 'UserHold',
  waiting: 'Idle',
  running: 'Running',
  suspended: 'Suspended',
  exiting: 'Canceling',
  ended: 'Completed',
} as const;

const idOf = ({ number }: Job): string => `Moab.${number}`;

const stateOf = (job: Job): string =>
  over(job) && job.endedBy !== undefined ? 'Removed' : STATES[job.state];

const error = (words: string): Reply => refused(1, `ERROR:    ${words}\n\n`);

function completionCode(job: Job): string {
  if (job.endedBy === 'walltime') return 'CNCLD(walltime)';
  return job.endedBy === undefined ? String(exitStatus(job, 0) ?? 0) : 'CNCLD';
}

function jobElement(job: Job): string {
  const seconds = (time: number | undefined): string => String(Math.floor((time ?? 0) / 1000));
  const used = job.startedAt === undefined ? 0 : ((job.endedAt ?? Date.now()) - job.startedAt) / 1000;
  const attributes = {
    AWDuration: String(Math.floor(used)),
    Class: job.queue,
    ...(over(job) && { CompletionCode: completionCode(job), CompletionTime: seconds(job.endedAt) }),
    DRMJID: `${job.number}.${server}`,
    EEDuration: '0',
    GJID: idOf(job),
    Group: user,
    JobID: idOf(job),
    JobName: job.name,
    ...(job.startedAt !== undefined && { MasterHost: 'node1' }),
    ReqAWDuration: String(Math.floor(job.limit ?? 8_640_000)),
    ReqProcs: '1',
    StartPriority: '1',
    StartTime: seconds(job.startedAt),
    State: stateOf(job),
    SubmissionTime: seconds(job.submittedAt),
    SuspendDuration: '0',
    User: user,
  };
  return `<job ${Object.entries(attributes)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ')}></job>`;
}

function showq(call: Call, scheduler: Scheduler): Outcome {
  if (call.args.includes('--version')) return said('Moab client version: 7.2.10 (revision 12)\n');
  const asked = getopt(call.args, 'bcghilnoprRsu:vw:');
  if (asked.unknown !== undefined) return error(`invalid option '-${asked.unknown}'`);
  const owner = asked.values.get('w')?.[0]?.replace(/^user=/, '') ?? user;
  const mine = owner === user ? scheduler.jobs : [];
  const of = (option: string, jobs: readonly Job[]): string =>
    `<queue count="${jobs.length}" option="${option}">${jobs.map(jobElement).join('')}</queue>`;
  const queues = asked.values.has('c')
    ? of('completed', mine.filter(over))
    : of(
        'active',
        mine.filter(({ pid }) => pid !== undefined),
      ) +
      of(
        'eligible',
        mine.filter(({ state }) => state === 'queued'),
      ) +
      of(
        'blocked',
        mine.filter(({ state }) => state === 'held' || state === 'waiting'),
      );
  if (!asked.values.has('--xml')) return said('\nactive jobs------------------------\n');
  return said(
    `<Data><Object>queue</Object><cluster LocalUpNodes="1" time="${Math.floor(Date.now() / 1000)}"></cluster>${queues}</Data>\n`,
  );
}

function msub(call: Call, scheduler: Scheduler): Outcome {
  const given = call.args.filter((word) => word !== '--xml');
  const source = scriptOf(call, getopt(given, LETTERS).operands);
  if (source === 'stdin' || !('script' in source)) return source;
  const { script } = source;
  const all = mergedOptions(script, '#MSUB', given, LETTERS);
  if (all.unknown !== undefined) return error(`invalid option '-${all.unknown}'`);
  const checked = jobRequest(call, script, all);
  if (!('request' in checked)) {
    const why = checked.stderr.includes('queue')
      ? 'class does not exist or its limits are exceeded'
      : checked.stderr.trim();
    return error(`cannot submit job - ${why}`);
  }
  const id = `Moab.${scheduler.submit(checked.request)}`;
  return said(call.args.includes('--xml') ? `<Data><job JobID="${id}"/></Data>\n` : `\n${id}\n`);
}

const findMoab = (scheduler: Scheduler, id: string): readonly Job[] =>
  scheduler.jobs.filter((job) => idOf(job) === id || String(job.number) === id);

function forEach(scheduler: Scheduler, list: string, act: (job: Job) => string): Reply {
  let stdout = '';
  let stderr = '';
  for (const id of list.split(',')) {
    const [job] = findMoab(scheduler, id);
    if (job === undefined || over(job)) stderr += `ERROR:  invalid job specified (${id})\n\n`;
    else stdout += `\njob '${id}' ${act(job)}\n`;
  }
  return { code: stderr === '' ? 0 : 1, stdout, stderr };
}

function mjobctl(call: Call, scheduler: Scheduler): Outcome {
  const [option, ...rest] = call.args;
  const list = rest.at(-1) ?? '';
  switch (option) {
    case '-c':
      return forEach(scheduler, list, (job) => {
        scheduler.cancel(job);
        return 'cancelled';
      });
    case '-h':
      return forEach(scheduler, list, (job) => {
        scheduler.hold(job);
        return 'holds modified';
      });
    case '-u':
      return forEach(scheduler, list, (job) => {
        scheduler.release(job);
        return 'holds modified';
      });
    case '-R':
      return forEach(scheduler, list, (job) => {
        scheduler.requeue(job);
        return 'requeued';
      });
    default:
      return error(`invalid flag '${option ?? ''}'`);
  }
}

function checkjob(call: Call, scheduler: Scheduler): Outcome {
  const asked = getopt(call.args, 'v');
  const [job] = findMoab(scheduler, asked.operands[0] ?? '');
  if (job === undefined) return error(`invalid job specified (${asked.operands[0] ?? ''})`);
  if (asked.values.has('--xml')) return said(`<Data>${jobElement(job)}</Data>\n`);
  const code = over(job) ? `Completion Code: ${completionCode(job)}\n` : '';
  return said(
    `job ${idOf(job)}\n\nAName: ${job.name}\nState: ${stateOf(job)}\n${code}Creds:  user:${user}  class:${job.queue}\n`,
  );
}

export function moabEmulation(): Emulation & Pick<SchedulerOptions, 'variables' | 'deliver'> {
  return {
    commands: {
      msub,
      showq,
      checkjob,
      mjobctl,
      canceljob: (call, scheduler) => mjobctl({ ...call, args: ['-c', ...call.args] }, scheduler),
    },
    unreachable: () => error(`cannot send request to server ${server}:42559 (server may not be running)`),
    cutOff: () => error(`client timed out after 30 seconds (hostname:port=${server}:42559)`),
    jobs: (scheduler) =>
      scheduler.jobs.map((job) => ({ id: idOf(job), name: job.name, state: stateOf(job) })),
    find: findMoab,
    variables: (job) => ({
      MOAB_JOBID: idOf(job),
      MOAB_JOBNAME: job.name,
      PBS_JOBID: `${job.number}.${server}`,
    }),
    deliver: (job, spooled) => {
      deliverOutput(job, spooled, '', '');
    },
  };
}
