import { MiB } from '../values/size.ts';
import { clock, parseOarTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import { countIndexes } from '../values/indexes.ts';
import { fromPatterns, toPatterns, type Draft, type Line, type Patterns, type Written } from './fields.ts';
import { slotsPerNode, type MailEvent, type Request } from './request.ts';
import { dependencyWords } from './sge.ts';

const patterns: Patterns = [
  ['{id}', '%jobid%'],
  ['{name}', '%jobname%'],
];
const tags: readonly (readonly [MailEvent, string])[] = [
  ['begin', 'RUNNING'],
  ['end', 'END'],
  ['fail', 'ERROR'],
];
/** Linux's numbers of the signals that programs use for saving their work. */
const signals: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  CONT: 18,
  STOP: 19,
};

/** Takes what the option says into the draft; false when there is no place for it, or for a part of it. */
export function fromOar({ spec, value = '', parsed }: ReadOption, draft: Draft): boolean {
  if (parsed === undefined) return false;
  switch (spec.key) {
    case 'name':
      draft.name = value;
      return true;
    case 'queue':
      draft.queue = value;
      return true;
    case 'project':
      draft.account = value;
      return true;
    case 'resource':
      return fromResources(value, draft);
    case 'property': {
      const memory = /^\s*mem(?:node)?\s*>=?\s*'?(\d+)'?\s*$/.exec(value);
      if (memory) draft.memoryPerNode = Number(memory[1]) * MiB;
      return memory !== null;
    }
    case 'directory':
      draft.directory = value;
      return true;
    case 'stdout':
      draft.output = fromPatterns(value, patterns);
      return true;
    case 'stderr':
      draft.error = fromPatterns(value, patterns);
      return true;
    case 'array':
      draft.array = { ranges: [{ from: 1, to: Number(value), step: 1 }] };
      return true;
    case 'anterior':
      draft.dependencies = [...(draft.dependencies ?? []), { when: 'any', jobs: [value] }];
      return true;
    case 'notify': {
      const match = /^(?:\[([A-Z, ]*)\])?\s*mail:(.+)$/i.exec(value);
      if (!match) return false;
      const words = (match[1] ?? 'RUNNING,END,ERROR').toUpperCase().split(/\s*,\s*/);
      draft.mailEvents = tags.filter(([, tag]) => words.includes(tag)).map(([event]) => event);
      draft.mailAddress = match[2] ?? '';
      return words.every((word) => tags.some(([, tag]) => tag === word));
    }
    case 'hold':
      draft.held = true;
      return true;
    case 'type':
      if (value === 'idempotent') draft.requeue = true;
      else if (value === 'besteffort') draft.qos = 'besteffort';
      else return false;
      return true;
    case 'checkpoint':
      draft.warning = { signal: draft.warning?.signal ?? 'USR2', seconds: Number(value) };
      return true;
    case 'signal': {
      const name = Object.entries(signals).find(([, number]) => number === Number(value))?.[0];
      if (name !== undefined) draft.warning = { signal: name, seconds: draft.warning?.seconds ?? 60 };
      return name !== undefined;
    }
    default:
      return false;
  }
}

function fromResources(value: string, draft: Draft): boolean {
  // a second line is an alternative, not an addition
  if (draft.walltime !== undefined || draft.nodes !== undefined) return false;
  let whole = true;
  for (const part of value.split(',')) {
    const [, time] = /^\s*walltime\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    if (time !== undefined) {
      draft.walltime = parseOarTime(time);
      continue;
    }
    if (/[{+]/.test(part)) return false;
    // each level stands inside the one before
    let cpus = 1;
    for (const level of part.split('/').filter((one) => one.trim() !== '')) {
      const [, name = '', count = ''] = /^\s*(\w+)\s*=\s*(\d+)\s*$/.exec(level) ?? [];
      if (/^(nodes|host|network_address)$/.test(name)) draft.nodes = Number(count);
      else if (name === 'core' || name === 'cpu') {
        cpus *= Number(count);
        draft.cpusPerTask = cpus;
        if (name === 'cpu') whole = false;
      } else if (name === 'gpu') {
        draft.gpusPerNode = { count: Number(count) };
        cpus *= Number(count);
      } else whole = false;
    }
  }
  return whole;
}

export function toOar(request: Request): Written {
  const lines: Line[] = [];
  const losses: string[] = [];
  const add = (option: string, value?: string) =>
    lines.push(value === undefined ? { option } : { option, value });
  const {
    array,
    nodes,
    tasks,
    gpusPerNode: gpus,
    mailEvents,
    mailAddress,
    warning,
    variables = [],
  } = request;
  if (request.name !== undefined) add('-n', request.name);
  if (request.queue !== undefined) add('-q', request.queue);
  if (request.account !== undefined) add('--project', request.account);
  if (request.qos === 'besteffort') add('-t', 'besteffort');
  else if (request.qos !== undefined) losses.push(`quality of service '${request.qos}'`);
  const slots = slotsPerNode(request);
  const sized =
    nodes !== undefined ||
    tasks !== undefined ||
    request.tasksPerNode !== undefined ||
    request.cpusPerTask !== undefined;
  const levels = [
    ...(sized || gpus ? [`/nodes=${nodes ?? 1}`] : []),
    ...(gpus ? [`/gpu=${gpus.count}`] : []),
    ...(sized && !request.exclusive
      ? [`/core=${gpus ? Math.max(1, Math.ceil(slots / Math.max(1, gpus.count))) : slots}`]
      : []),
  ];
  if (gpus && sized && slots % Math.max(1, gpus.count) !== 0) losses.push('CPUs per GPU are rounded up');
  if (request.exclusive) losses.push('exclusive nodes: whole nodes are asked for');
  const path = levels.join('') || (request.walltime === undefined ? '' : '/nodes=1');
  const time = request.walltime === undefined ? '' : `,walltime=${clock(request.walltime)}`;
  if (path !== '') add('-l', `${path}${time}`);
  if (gpus?.type !== undefined) losses.push(`GPU type '${gpus.type}': a property of the site`);
  const memory =
    request.memoryPerNode ?? (request.memoryPerCpu === undefined ? undefined : request.memoryPerCpu * slots);
  if (memory !== undefined) {
    add('-p', `mem >= ${Math.ceil(memory / MiB)}`);
    losses.push('memory chooses nodes here and is no limit');
  }
  if (request.directory !== undefined) add('-d', request.directory);
  const error = request.merged ? request.output : request.error;
  for (const [option, file] of [
    ['-O', request.output],
    ['-E', error],
  ] as const) {
    if (file === undefined) continue;
    const written = toPatterns(file, patterns);
    if (written === undefined)
      losses.push(`array index in the file name '${file}': each task has its own job id`);
    add(
      option,
      written ??
        file
          .replace(/\{id\}[_.-]?\{index\}|\{index\}/g, '%jobid%')
          .replaceAll('{name}', '%jobname%')
          .replaceAll('{id}', '%jobid%'),
    );
  }
  if (array && array.ranges.length > 0) {
    const count = countIndexes(array);
    add('--array', String(count));
    const [first] = array.ranges;
    if (array.ranges.length > 1 || first?.from !== 1 || first.step !== 1)
      losses.push(`array indexes are 1 to ${count} here: work them out in the script`);
    if (array.limit !== undefined) losses.push(`at most ${array.limit} tasks at once`);
  }
  for (const { when, jobs } of request.dependencies ?? []) {
    for (const job of jobs) add('-a', job);
    if (when !== 'any')
      losses.push(`dependency ${dependencyWords[when]} of ${jobs.join(', ')}: waits for any end`);
  }
  if (mailEvents && mailAddress !== undefined && mailEvents.length > 0)
    add(
      '--notify',
      `[${tags
        .filter(([event]) => mailEvents.includes(event))
        .map(([, tag]) => tag)
        .join(',')}]mail:${mailAddress}`,
    );
  else if (mailEvents && mailEvents.length > 0) losses.push('mail needs an address here');
  if (variables.length > 0) losses.push(`variables ${variables.join(', ')}: export them in the script`);
  if (request.held) add('--hold');
  if (request.requeue === true) add('-t', 'idempotent');
  if (warning) {
    add('--checkpoint', String(warning.seconds));
    const number = signals[warning.signal];
    if (number === undefined) losses.push(`signal ${warning.signal}: SIGUSR2 comes in its place`);
    else add('--signal', String(number));
  }
  return { lines, losses };
}
