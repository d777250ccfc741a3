/** TORQUE, PBS Pro and Moab, which share most of their options. */
import { isMap } from '../../value.ts';
import { formatIndexes } from '../values/indexes.ts';
import { assignments } from '../values/lists.ts';
import { formatSize, parsePbsSize } from '../values/size.ts';
import { clock, parsePbsTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import {
  fitArray,
  fitName,
  formatNamedArray,
  indexesOf,
  mailFromLetters,
  mailToLetters,
  moreVariables,
  namedArray,
  toPatterns,
  type Draft,
  type Patterns,
  type Written,
} from './fields.ts';
import { memoryOfNode, slotsPerNode, type Dependency, type Request } from './request.ts';
import {
  readDependencies,
  takePlain,
  writeDependencies,
  type PlainOptions,
  type Vocabulary,
} from './take.ts';
import { isMerged, outputFiles, Writing } from './writing.ts';

type Pbs = 'torque' | 'pbspro' | 'moab';

const plain: PlainOptions = {
  texts: { N: 'name', A: 'account', d: 'directory', M: 'mailAddress', S: 'shell' },
  facts: { n: { exclusive: true }, V: { environment: 'all' }, h: { held: true } },
};
const whens: Vocabulary<Dependency['when']> = [
  ['ok', 'afterok'],
  ['notok', 'afternotok'],
  ['any', 'afterany'],
  ['start', 'after'],
];

/** Takes what the option says into the draft; false when there is no place for it, or for a part of it. */
export function fromPbs(option: ReadOption, draft: Draft): boolean {
  const { spec, value = '', parsed } = option;
  if (parsed === undefined) return false;
  if (takePlain(option, draft, plain)) return true;
  switch (spec.key) {
    case 'q':
      draft.queue = value;
      return !value.includes('@');
    case 'P':
      if (spec.system !== 'pbspro') return false;
      draft.account = value;
      return true;
    case 'l':
      return fromResources(value, draft);
    case 'o':
      draft.output = value.replaceAll('^array_index^', '{index}');
      return !/[$^]/.test(draft.output);
    case 'e':
      draft.error = value.replaceAll('^array_index^', '{index}');
      return !/[$^]/.test(draft.error);
    case 'j':
      if (value === 'oe') draft.merged = true;
      return value === 'oe' || value === 'n';
    case 't':
    case 'J': {
      const named = namedArray(value);
      const array = indexesOf(named?.indexes ?? value);
      if (!array) return false;
      draft.array = array;
      if (named && named.name !== '') draft.name ??= named.name;
      return true;
    }
    case 'm':
      draft.mailEvents = value === 'n' ? [] : mailFromLetters(value);
      return /^(n|[abe]+)$/.test(value);
    case 'v':
      draft.variables = moreVariables(draft, value);
      return true;
    case 'r':
      draft.requeue = value.toLowerCase() === 'y';
      return true;
    case 'W': {
      const depend = /^depend=(.*)$/.exec(value) ?? /^x=depend:(.*)$/.exec(value);
      const dependencies = depend && readDependencies(depend[1] ?? '', whens);
      if (dependencies) draft.dependencies = dependencies;
      return Boolean(dependencies);
    }
    default:
      return false;
  }
}

function fromResources(value: string, draft: Draft): boolean {
  let whole = true;
  for (const { name, value: assigned } of assignments(value)) {
    const text = assigned?.text ?? '';
    if (!fromResource(name, text, draft)) whole = false;
  }
  return whole;
}

function fromResource(name: string, text: string, draft: Draft): boolean {
  switch (name) {
    case 'walltime': {
      const seconds = parsePbsTime(text);
      if (seconds !== undefined) draft.walltime = seconds;
      return seconds !== undefined;
    }
    case 'nodes':
      return fromNodes(text, draft);
    case 'select':
      return fromSelect(text, draft);
    case 'place':
      if (/\bexcl(host)?\b/.test(text)) draft.exclusive = true;
      return /^(scatter|pack|free|excl)(:excl)?$/.test(text);
    case 'procs':
      draft.tasks = Number(text);
      return true;
    case 'ncpus':
      draft.nodes ??= 1;
      draft.cpusPerTask = Number(text);
      return true;
    case 'mem': {
      const bytes = parsePbsSize(text);
      if (bytes === undefined) return false;
      // the whole job's; nodes may still come
      draft.memoryPerNode = bytes;
      return true;
    }
    case 'pmem': {
      const bytes = parsePbsSize(text);
      if (bytes !== undefined) draft.memoryPerCpu = bytes;
      return bytes !== undefined;
    }
    case 'qos':
      draft.qos = text;
      return true;
    case 'naccesspolicy':
      if (text.toLowerCase() === 'singlejob') draft.exclusive = true;
      return draft.exclusive === true;
    case 'depend': {
      const dependencies = readDependencies(text, whens);
      if (dependencies) draft.dependencies = dependencies;
      return dependencies !== undefined;
    }
    case 'signal': {
      const match = /^(\w+)@(\d+)$/.exec(text);
      if (match) draft.warning = { signal: match[1] ?? '', seconds: Number(match[2]) };
      return match !== null;
    }
    default:
      return false;
  }
}

function fromNodes(text: string, draft: Draft): boolean {
  const [count = '', ...rest] = text.split(':');
  if (!/^\d+$/.test(count) || text.includes('+')) return false;
  draft.nodes = Number(count);
  let whole = true;
  for (const piece of rest) {
    const [name = '', value = ''] = piece.split('=');
    if (name === 'ppn') draft.tasksPerNode = Number(value);
    else if (name === 'gpus') draft.gpusPerNode = { count: Number(value) };
    else whole = false;
  }
  return whole;
}

function fromSelect(text: string, draft: Draft): boolean {
  if (text.includes('+')) return false;
  const parts = text.split(':');
  const count = /^\d+$/.test(parts[0] ?? '') ? Number(parts.shift()) : 1;
  draft.nodes = count;
  let whole = true;
  let cpus: number | undefined;
  let tasks: number | undefined;
  for (const part of parts) {
    const [name = '', value = ''] = part.split('=');
    const bytes = name === 'mem' ? parsePbsSize(value) : undefined;
    if (name === 'ncpus') cpus = Number(value);
    else if (name === 'mpiprocs') tasks = Number(value);
    else if (name === 'ngpus') draft.gpusPerNode = { count: Number(value) };
    else if (bytes !== undefined) draft.memoryPerNode = bytes;
    else whole = false;
  }
  if (tasks !== undefined && cpus !== undefined && cpus % tasks === 0) {
    draft.tasksPerNode = tasks;
    draft.cpusPerTask = cpus / tasks;
  } else {
    if (cpus !== undefined) draft.cpusPerTask = cpus;
    if (tasks !== undefined && cpus === undefined) draft.tasksPerNode = tasks;
    else if (tasks !== undefined) whole = false;
  }
  return whole;
}

/** What only the end of the script tells: TORQUE's memory is the whole job's. */
export function finishPbs(options: readonly ReadOption[], draft: Draft): void {
  const perChunk = options.some(({ parsed }) => parsed !== undefined && isMap(parsed) && 'select' in parsed);
  if (!perChunk && draft.memoryPerNode !== undefined)
    draft.memoryPerNode = Math.ceil(draft.memoryPerNode / (draft.nodes ?? 1));
}

const letters = { mega: 'mb', giga: 'gb' };
/** Job id and index in file names. */
const patterns: Readonly<Record<Pbs, Patterns>> = {
  torque: [],
  pbspro: [['{index}', '^array_index^']],
  moab: [['{id}', '$(JOBID)']],
};

export const toPbs =
  (system: Pbs) =>
  (request: Request): Written => {
    const to = new Writing();
    const {
      array,
      nodes,
      tasks,
      gpusPerNode: gpus,
      memoryPerNode,
      memoryPerCpu,
      dependencies,
      variables,
    } = request;
    const moab = system === 'moab';
    if (request.name !== undefined) {
      const name = fitName(request.name, system === 'pbspro' ? 230 : 15);
      if (name !== request.name) to.lose(`job name '${request.name}' is shortened or changed`);
      if (!(moab && array)) to.give('-N', name);
    }
    to.give('-q', request.queue);
    to.give('-A', request.account);
    if (request.qos !== undefined) {
      if (system === 'pbspro') to.lose(`quality of service '${request.qos}': choose a queue in its place`);
      else to.give('-l', `qos=${request.qos}`);
    }
    if (request.walltime !== undefined) to.give('-l', `walltime=${clock(request.walltime)}`);
    const slots = slotsPerNode(request);
    const placed =
      nodes !== undefined || request.tasksPerNode !== undefined || request.cpusPerTask !== undefined || gpus;
    const perNode = memoryOfNode(request);
    if (system === 'pbspro') {
      if (placed || tasks !== undefined || perNode !== undefined) {
        const count = nodes ?? 1;
        const tasksHere =
          request.tasksPerNode ?? (tasks === undefined ? undefined : Math.ceil(tasks / count));
        const chunk = [
          String(count),
          `ncpus=${slots}`,
          ...(tasksHere !== undefined ? [`mpiprocs=${tasksHere}`] : []),
          ...(gpus ? [`ngpus=${gpus.count}`] : []),
          ...(perNode !== undefined ? [`mem=${formatSize(perNode, letters)}`] : []),
        ];
        to.give('-l', `select=${chunk.join(':')}`);
        const place = [...(count > 1 ? ['scatter'] : []), ...(request.exclusive ? ['excl'] : [])];
        if (place.length > 0) to.give('-l', `place=${place.join(':')}`);
      } else if (request.exclusive) to.give('-l', 'place=excl');
      if (request.directory !== undefined)
        to.lose(`working directory: begin the script with cd ${request.directory}`);
    } else {
      if (placed) to.give('-l', `nodes=${nodes ?? 1}:ppn=${slots}${gpus ? `:gpus=${gpus.count}` : ''}`);
      else if (tasks !== undefined) to.give('-l', `procs=${tasks}`);
      // mem is the whole job's, pmem one process's
      if (memoryPerNode !== undefined)
        to.give('-l', `mem=${formatSize(memoryPerNode * (nodes ?? 1), letters)}`);
      else if (memoryPerCpu !== undefined) to.give('-l', `pmem=${formatSize(memoryPerCpu, letters)}`);
      if (request.exclusive) {
        if (moab) to.give('-l', 'naccesspolicy=singlejob');
        else to.flag('-n');
      }
      to.give('-d', request.directory);
    }
    if (gpus?.type !== undefined) to.lose(`GPU type '${gpus.type}'`);
    for (const [option, file] of outputFiles(request, ['-o', '-e'])) {
      const written = toPatterns(file, patterns[system]);
      if (written === undefined)
        to.lose(`job id, index or name in the file name '${file}': the default name has them`);
      else to.give(option, written);
    }
    if (isMerged(request)) to.give('-j', 'oe');
    if (array) {
      const fitted = fitArray(array, {
        lists: system !== 'pbspro',
        steps: system === 'pbspro',
        singles: system !== 'pbspro',
        lowest: 0,
      });
      to.lose(...fitted.losses);
      if (system === 'pbspro') to.give('-J', formatIndexes(fitted.indexes));
      else if (moab) to.give('-t', formatNamedArray(fitName(request.name ?? 'job', 15), fitted.indexes));
      else to.give('-t', formatIndexes(fitted.indexes));
    }
    if (dependencies) {
      const corresponding = dependencies.some(({ when }) => when === 'task');
      if (corresponding) to.lose('dependency task by task: the job waits for all tasks');
      const text = writeDependencies(
        dependencies.map(({ when, jobs }) => ({ when: when === 'task' ? 'ok' : when, jobs })),
        whens,
      );
      if (moab) to.give('-W', `x=depend:${text}`);
      else to.give('-W', `depend=${text}`);
    }
    if (request.mailEvents) to.give('-m', mailToLetters(request.mailEvents));
    to.give('-M', request.mailAddress);
    if (request.environment === 'all') to.flag('-V');
    if (variables && variables.length > 0) to.give('-v', variables.join(','));
    to.flag('-h', request.held === true);
    if (request.requeue !== undefined) to.give('-r', request.requeue ? 'y' : 'n');
    if (request.warning) {
      if (moab) to.give('-l', `signal=${request.warning.signal}@${request.warning.seconds}`);
      else to.lose(`signal ${request.warning.signal} ${request.warning.seconds} s before the limit`);
    }
    to.give('-S', request.shell);
    return to;
  };
