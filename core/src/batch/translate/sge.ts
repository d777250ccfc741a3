import { assignments } from '../values/lists.ts';
import { formatSize, parseSgeSize } from '../values/size.ts';
import { clock, parseSgeTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import {
  fitArray,
  fromPatterns,
  indexesOf,
  mailFromLetters,
  mailToLetters,
  moreVariables,
  toPatterns,
  type Draft,
  type Patterns,
  type Written,
} from './fields.ts';
import { formatIndexes } from '../values/indexes.ts';
import { slotsPerNode, type Request } from './request.ts';
import { takePlain, type PlainOptions } from './take.ts';
import { dependencyWords, isMerged, outputFiles, Writing } from './writing.ts';

const patterns: Patterns = [
  ['{id}', '$JOB_ID'],
  ['{index}', '$TASK_ID'],
  ['{name}', '$JOB_NAME'],
];

const plain: PlainOptions = {
  texts: { N: 'name', P: 'account', wd: 'directory', M: 'mailAddress', S: 'shell' },
  facts: { V: { environment: 'all' }, h: { held: true } },
};

/** Names of parallel environments whose slots are on one host. */
const onOneHost =
  /^(smp|shm|shared|thread|threads|threaded|multithread|openmp|omp|sharedmem|local|serial|single|parallel_smp)/i;

/** Takes what the option says into the draft; false when there is no place for it, or for a part of it. */
export function fromSge(option: ReadOption, draft: Draft): boolean {
  const { spec, value = '', parsed } = option;
  if (parsed === undefined) return false;
  if (takePlain(option, draft, plain)) return true;
  switch (spec.key) {
    case 'q':
      draft.queue = value;
      return !/[@,*]/.test(value);
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
    case 'v':
      draft.variables = moreVariables(draft, value);
      return true;
    case 'r':
      draft.requeue = parsed === true;
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
  const to = new Writing();
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
  to.give('-S', request.shell ?? '/bin/bash');
  if (request.name !== undefined) {
    const name = request.name.replace(/[\s/:@\\*?]/g, '_').replace(/^(?=\d)/, 'j');
    if (name !== request.name) to.lose(`job name '${request.name}' is changed`);
    to.give('-N', name);
  }
  to.give('-q', request.queue);
  to.give('-P', request.account);
  if (request.qos !== undefined) to.lose(`quality of service '${request.qos}'`);
  if (walltime !== undefined) to.give('-l', `h_rt=${clock(walltime)}`);
  const slots = slotsPerNode(request);
  const total = slots * (nodes ?? 1);
  const spread = (nodes ?? 1) > 1 || (nodes === undefined && tasks !== undefined && tasks > 1);
  if (spread) {
    to.give('-pe', `mpi ${total}`);
    to.lose(
      nodes === undefined
        ? "the parallel environment is called 'mpi' here: take the site's name"
        : `${nodes} nodes with ${slots} slots each: the site's parallel environment decides how slots are spread`,
    );
  } else if (total > 1 || request.cpusPerTask !== undefined) {
    to.give('-pe', `smp ${total}`);
    to.lose("the parallel environment is called 'smp' here: take the site's name");
  }
  const perSlot = memoryPerNode === undefined ? request.memoryPerCpu : Math.ceil(memoryPerNode / slots);
  if (perSlot !== undefined) to.give('-l', `h_vmem=${formatSize(perSlot, { mega: 'M', giga: 'G' })}`);
  if (gpus) {
    to.give('-l', `gpu=${gpus.count}`);
    to.lose("the resource for GPUs is called 'gpu' here: take the site's name");
    if (gpus.type !== undefined) to.lose(`GPU type '${gpus.type}'`);
  }
  if (request.exclusive) to.give('-l', 'exclusive=true');
  if (request.directory === undefined) to.flag('-cwd');
  else to.give('-wd', request.directory);
  for (const [option, file] of outputFiles(request, ['-o', '-e']))
    to.give(option, toPatterns(file, patterns) ?? file);
  if (isMerged(request)) to.give('-j', 'y');
  if (array && array.ranges.length > 0) {
    const fitted = fitArray(array, { lists: false, steps: true, singles: true, lowest: 1 });
    to.lose(...fitted.losses);
    to.give('-t', formatIndexes({ ranges: fitted.indexes.ranges }));
    if (array.limit !== undefined) to.give('-tc', String(array.limit));
  }
  for (const { when, jobs } of dependencies ?? []) {
    to.give(when === 'task' ? '-hold_jid_ad' : '-hold_jid', jobs.join(','));
    if (when !== 'any' && when !== 'task')
      to.lose(`dependency ${dependencyWords[when]} of ${jobs.join(', ')}: waits for any end`);
  }
  if (request.mailEvents) to.give('-m', mailToLetters(request.mailEvents));
  to.give('-M', request.mailAddress);
  if (request.environment === 'all') to.flag('-V');
  if (variables && variables.length > 0) to.give('-v', variables.join(','));
  to.flag('-h', request.held === true);
  if (request.requeue !== undefined) to.give('-r', request.requeue ? 'y' : 'n');
  if (warning && walltime !== undefined && walltime > warning.seconds) {
    to.give('-l', `s_rt=${clock(walltime - warning.seconds)}`);
    if (warning.signal !== 'USR1') to.lose(`signal ${warning.signal}: USR1 comes in its place`);
  } else if (warning) to.lose(`signal ${warning.signal} before the limit`);
  return to;
}
