import { MiB } from '../values/size.ts';
import { clock, parseOarTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import { countIndexes } from '../values/indexes.ts';
import { fromPatterns, toPatterns, type Draft, type Patterns, type Written } from './fields.ts';
import { memoryOfNode, slotsPerNode, type MailEvent, type Request } from './request.ts';
import { oursAmong, oursFor, takePlain, theirsAmong, type PlainOptions, type Vocabulary } from './take.ts';
import { dependencyWords, Writing } from './writing.ts';

const patterns: Patterns = [
  ['{id}', '%jobid%'],
  ['{name}', '%jobname%'],
];
const plain: PlainOptions = {
  texts: { name: 'name', queue: 'queue', project: 'account', directory: 'directory' },
  facts: { hold: { held: true } },
};
const tags: Vocabulary<MailEvent> = [
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
export function fromOar(option: ReadOption, draft: Draft): boolean {
  const { spec, value = '', parsed } = option;
  if (parsed === undefined) return false;
  if (takePlain(option, draft, plain)) return true;
  switch (spec.key) {
    case 'resource':
      return fromResources(value, draft);
    case 'property': {
      const memory = /^\s*mem(?:node)?\s*>=?\s*'?(\d+)'?\s*$/.exec(value);
      if (memory) draft.memoryPerNode = Number(memory[1]) * MiB;
      return memory !== null;
    }
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
      draft.mailEvents = oursAmong(words, tags);
      draft.mailAddress = match[2] ?? '';
      return words.every((word) => oursFor(word, tags) !== undefined);
    }
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
  const to = new Writing();
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
  to.give('-n', request.name);
  to.give('-q', request.queue);
  to.give('--project', request.account);
  if (request.qos === 'besteffort') to.give('-t', 'besteffort');
  else if (request.qos !== undefined) to.lose(`quality of service '${request.qos}'`);
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
  if (gpus && sized && slots % Math.max(1, gpus.count) !== 0) to.lose('CPUs per GPU are rounded up');
  if (request.exclusive) to.lose('exclusive nodes: whole nodes are asked for');
  const path = levels.join('') || (request.walltime === undefined ? '' : '/nodes=1');
  const time = request.walltime === undefined ? '' : `,walltime=${clock(request.walltime)}`;
  if (path !== '') to.give('-l', `${path}${time}`);
  if (gpus?.type !== undefined) to.lose(`GPU type '${gpus.type}': a property of the site`);
  const memory = memoryOfNode(request);
  if (memory !== undefined) {
    to.give('-p', `mem >= ${Math.ceil(memory / MiB)}`);
    to.lose('memory chooses nodes here and is no limit');
  }
  to.give('-d', request.directory);
  const error = request.merged ? request.output : request.error;
  for (const [option, file] of [
    ['-O', request.output],
    ['-E', error],
  ] as const) {
    if (file === undefined) continue;
    const written = toPatterns(file, patterns);
    if (written === undefined)
      to.lose(`array index in the file name '${file}': each task has its own job id`);
    to.give(
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
    to.give('--array', String(count));
    const [first] = array.ranges;
    if (array.ranges.length > 1 || first?.from !== 1 || first.step !== 1)
      to.lose(`array indexes are 1 to ${count} here: work them out in the script`);
    if (array.limit !== undefined) to.lose(`at most ${array.limit} tasks at once`);
  }
  for (const { when, jobs } of request.dependencies ?? []) {
    for (const job of jobs) to.give('-a', job);
    if (when !== 'any')
      to.lose(`dependency ${dependencyWords[when]} of ${jobs.join(', ')}: waits for any end`);
  }
  if (mailEvents && mailAddress !== undefined && mailEvents.length > 0)
    to.give('--notify', `[${theirsAmong(mailEvents, tags).join(',')}]mail:${mailAddress}`);
  else if (mailEvents && mailEvents.length > 0) to.lose('mail needs an address here');
  if (variables.length > 0) to.lose(`variables ${variables.join(', ')}: export them in the script`);
  to.flag('--hold', request.held === true);
  if (request.requeue === true) to.give('-t', 'idempotent');
  if (warning) {
    to.give('--checkpoint', String(warning.seconds));
    const number = signals[warning.signal];
    if (number === undefined) to.lose(`signal ${warning.signal}: SIGUSR2 comes in its place`);
    else to.give('--signal', String(number));
  }
  return to;
}
