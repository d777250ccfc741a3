import { assignments, pieces } from '../values/lists.ts';
import { formatSize, parseSgeSize } from '../values/size.ts';
import { clock, parseSgeTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import {
  fitArray,
  fromPatterns,
  indexesOf,
  mailFromLetters,
  mailToLetters,
  toPatterns,
  type Draft,
  type Line,
  type Patterns,
  type Written,
} from './fields.ts';
import { formatIndexes } from '../values/indexes.ts';
import { slotsPerNode, type Request } from './request.ts';

const patterns: Patterns = [
  ['{id}', '$JOB_ID'],
  ['{index}', '$TASK_ID'],
  ['{name}', '$JOB_NAME'],
];

/** Names of parallel environments whose slots are on one host. */
const onOneHost =
  /^(smp|shm|shared|thread|threads|threaded|multithread|openmp|omp|sharedmem|local|serial|single|parallel_smp)/i;

/** Takes what the option says into the draft; false when there is no place for it, or for a part of it. */
export function fromSge({ spec, value = '', parsed }: ReadOption, draft: Draft): boolean {
  if (parsed === undefined) return false;
  switch (spec.key) {
    case 'N':
      draft.name = value;
      return true;
    case 'q':
      draft.queue = value;
      return !/[@,*]/.test(value);
    case 'P':
      draft.account = value;
      return true;
    case 'A':
      draft.account ??= value;
      return true;
    case 'l':
      return fromResources(value, draft);
    case 'pe': {
      const [name = '', slots = ''] = value.split(/\s+/);
      if (!/^\d+$/.test(slots)) return false;
      if (onOneHost.test(name)) {
        draft.nodes = 1;
        draft.cpusPerTask = Number(slots);
      } else draft.tasks = Number(slots);
      return true;
    }
    case 'cwd':
      return true;
    case 'wd':
      draft.directory = value;
      return true;
    case 'o':
      draft.output = fromPatterns(value, patterns);
      return !draft.output.includes('$');
    case 'e':
      draft.error = fromPatterns(value, patterns);
      return !draft.error.includes('$');
    case 'j':
      if (parsed === true) draft.merged = true;
      return true;
    case 't': {
      const array = indexesOf(value);
      if (array)
        draft.array = { ...array, ...(draft.array?.limit !== undefined && { limit: draft.array.limit }) };
      return array !== undefined;
    }
    case 'tc':
      draft.array = { ranges: draft.array?.ranges ?? [], limit: Number(value) };
      return true;
    case 'hold_jid':
    case 'hold_jid_ad':
      draft.dependencies = [
        ...(draft.dependencies ?? []),
        { when: spec.key === 'hold_jid' ? 'any' : 'task', jobs: value.split(',') },
      ];
      return true;
    case 'm':
      draft.mailEvents = value === 'n' ? [] : mailFromLetters(value);
      return /^(n|[bea]+)$/.test(value);
    case 'M':
      draft.mailAddress = value;
      return true;
    case 'V':
      draft.environment = 'all';
      return true;
    case 'v':
      draft.variables = [...(draft.variables ?? []), ...pieces(value, ',').map(({ text }) => text)];
      return true;
    case 'h':
      draft.held = true;
      return true;
    case 'r':
      draft.requeue = parsed === true;
      return true;
    case 'S':
      draft.shell = value;
      return true;
    default:
      return false;
  }
}

function fromResources(value: string, draft: Draft): boolean {
  let whole = true;
  for (const { name, value: assigned } of assignments(value)) {
    const text = assigned?.text ?? '';
    if (name === 'h_rt') draft.walltime = parseSgeTime(text);
    else if (name === 'h_vmem' || (name === 'mem_free' && draft.memoryPerCpu === undefined))
      draft.memoryPerCpu = parseSgeSize(text);
    else if (/^n?gpus?$/.test(name) && /^\d+$/.test(text)) draft.gpusPerNode = { count: Number(text) };
    else if (name === 'exclusive' && /^(true|1)$/i.test(text)) draft.exclusive = true;
    else whole = false;
  }
  return whole;
}

export function toSge(request: Request): Written {
  const lines: Line[] = [];
  const losses: string[] = [];
  const add = (option: string, value?: string) =>
    lines.push(value === undefined ? { option } : { option, value });
  const {
    array,
    nodes,
    tasks,
    gpusPerNode: gpus,
    memoryPerNode,
    dependencies,
    variables,
    warning,
    walltime,
  } = request;
  add('-S', request.shell ?? '/bin/bash');
  if (request.name !== undefined) {
    const name = request.name.replace(/[\s/:@\\*?]/g, '_').replace(/^(?=\d)/, 'j');
    if (name !== request.name) losses.push(`job name '${request.name}' is changed`);
    add('-N', name);
  }
  if (request.queue !== undefined) add('-q', request.queue);
  if (request.account !== undefined) add('-P', request.account);
  if (request.qos !== undefined) losses.push(`quality of service '${request.qos}'`);
  if (walltime !== undefined) add('-l', `h_rt=${clock(walltime)}`);
  const slots = slotsPerNode(request);
  const total = slots * (nodes ?? 1);
  const spread = (nodes ?? 1) > 1 || (nodes === undefined && tasks !== undefined && tasks > 1);
  if (spread) {
    add('-pe', `mpi ${total}`);
    losses.push(
      nodes === undefined
        ? "the parallel environment is called 'mpi' here: take the site's name"
        : `${nodes} nodes with ${slots} slots each: the site's parallel environment decides how slots are spread`,
    );
  } else if (total > 1 || request.cpusPerTask !== undefined) {
    add('-pe', `smp ${total}`);
    losses.push("the parallel environment is called 'smp' here: take the site's name");
  }
  const perSlot = memoryPerNode === undefined ? request.memoryPerCpu : Math.ceil(memoryPerNode / slots);
  if (perSlot !== undefined) add('-l', `h_vmem=${formatSize(perSlot, { mega: 'M', giga: 'G' })}`);
  if (gpus) {
    add('-l', `gpu=${gpus.count}`);
    losses.push("the resource for GPUs is called 'gpu' here: take the site's name");
    if (gpus.type !== undefined) losses.push(`GPU type '${gpus.type}'`);
  }
  if (request.exclusive) add('-l', 'exclusive=true');
  if (request.directory === undefined) add('-cwd');
  else add('-wd', request.directory);
  for (const [option, file] of [
    ['-o', request.output],
    ['-e', request.merged ? undefined : request.error],
  ] as const) {
    if (file !== undefined) add(option, toPatterns(file, patterns) ?? file);
  }
  if (request.merged || (request.output !== undefined && request.error === undefined)) add('-j', 'y');
  if (array && array.ranges.length > 0) {
    const fitted = fitArray(array, { lists: false, steps: true, singles: true, lowest: 1 });
    losses.push(...fitted.losses);
    add('-t', formatIndexes({ ranges: fitted.indexes.ranges }));
    if (array.limit !== undefined) add('-tc', String(array.limit));
  }
  for (const { when, jobs } of dependencies ?? []) {
    add(when === 'task' ? '-hold_jid_ad' : '-hold_jid', jobs.join(','));
    if (when !== 'any' && when !== 'task')
      losses.push(`dependency ${dependencyWords[when]} of ${jobs.join(', ')}: waits for any end`);
  }
  if (request.mailEvents) add('-m', mailToLetters(request.mailEvents));
  if (request.mailAddress !== undefined) add('-M', request.mailAddress);
  if (request.environment === 'all') add('-V');
  if (variables && variables.length > 0) add('-v', variables.join(','));
  if (request.held) add('-h');
  if (request.requeue !== undefined) add('-r', request.requeue ? 'y' : 'n');
  if (warning && walltime !== undefined && walltime > warning.seconds) {
    add('-l', `s_rt=${clock(walltime - warning.seconds)}`);
    if (warning.signal !== 'USR1') losses.push(`signal ${warning.signal}: USR1 comes in its place`);
  } else if (warning) losses.push(`signal ${warning.signal} before the limit`);
  return { lines, losses };
}

export const dependencyWords = {
  ok: 'on the success',
  notok: 'on the failure',
  any: 'on the end',
  start: 'on the start',
  task: 'task by task',
} as const;
