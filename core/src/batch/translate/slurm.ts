import { formatIndexes } from '../values/indexes.ts';
import { formatSize } from '../values/size.ts';
import { formatSlurmTime, unlimited } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import {
  fromPatterns,
  indexesOf,
  toPatterns,
  type Draft,
  type Line,
  type Patterns,
  type Written,
} from './fields.ts';
import type { Dependency, MailEvent, Request } from './request.ts';

const patterns: Patterns = [
  ['{id}', '%j'],
  ['{index}', '%a'],
  ['{name}', '%x'],
];
const whens: readonly (readonly [Dependency['when'], string])[] = [
  ['ok', 'afterok'],
  ['notok', 'afternotok'],
  ['any', 'afterany'],
  ['start', 'after'],
  ['task', 'aftercorr'],
];
const mails: readonly (readonly [MailEvent, string])[] = [
  ['begin', 'BEGIN'],
  ['end', 'END'],
  ['fail', 'FAIL'],
];

/** Takes what the option says into the draft; false when there is no place for it. */
export function fromSlurm({ spec, value = '', parsed }: ReadOption, draft: Draft): boolean {
  if (parsed === undefined && spec.takes === 'value') return false;
  switch (spec.key) {
    case 'job-name':
      draft.name = value;
      return true;
    case 'partition':
      if (value.includes(',')) return false;
      draft.queue = value;
      return true;
    case 'account':
      draft.account = value;
      return true;
    case 'qos':
      draft.qos = value;
      return true;
    case 'time':
      if (typeof parsed !== 'number' || parsed === unlimited || parsed === 0) return false;
      draft.walltime = parsed;
      return true;
    case 'nodes': {
      if (!/^\d+$/.test(value)) return false;
      draft.nodes = Number(value);
      return true;
    }
    case 'ntasks':
      draft.tasks = Number(value);
      return true;
    case 'ntasks-per-node':
      draft.tasksPerNode = Number(value);
      return true;
    case 'cpus-per-task':
      draft.cpusPerTask = Number(value);
      return true;
    case 'mem':
      if (typeof parsed !== 'number' || parsed === 0) return false;
      draft.memoryPerNode = parsed;
      return true;
    case 'mem-per-cpu':
      if (typeof parsed !== 'number') return false;
      draft.memoryPerCpu = parsed;
      return true;
    case 'gres':
    case 'gpus-per-node': {
      const match = (
        spec.key === 'gres' ? /^gpu(?::([A-Za-z][\w.-]*))?(?::(\d+))?$/ : /^(?:([A-Za-z][\w.-]*):)?(\d+)$/
      ).exec(value);
      if (!match) return false;
      draft.gpusPerNode = { count: Number(match[2] ?? 1), ...(match[1] !== undefined && { type: match[1] }) };
      return true;
    }
    case 'exclusive':
      if (value !== '') return false;
      draft.exclusive = true;
      return true;
    case 'chdir':
      draft.directory = value;
      return true;
    case 'output':
      draft.output = fromFile(value);
      return !/%(?!%)/.test(draft.output);
    case 'error':
      draft.error = fromFile(value);
      return !/%(?!%)/.test(draft.error);
    case 'array': {
      const array = indexesOf(value);
      if (array) draft.array = array;
      return array !== undefined;
    }
    case 'dependency': {
      const dependencies = readDependencies(value);
      if (dependencies) draft.dependencies = dependencies;
      return dependencies !== undefined;
    }
    case 'mail-type': {
      const words = value.toUpperCase().split(',');
      draft.mailEvents = words.includes('ALL')
        ? ['begin', 'end', 'fail']
        : mails.filter(([, word]) => words.includes(word)).map(([event]) => event);
      return words.every(
        (word) => word === 'NONE' || word === 'ALL' || mails.some(([, known]) => known === word),
      );
    }
    case 'mail-user':
      draft.mailAddress = value;
      return true;
    case 'export': {
      const [first = '', ...rest] = value.split(',');
      const upper = first.toUpperCase();
      draft.environment = upper === 'ALL' ? 'all' : 'none';
      draft.variables = upper === 'ALL' || upper === 'NONE' ? rest : [first, ...rest];
      return upper !== 'NIL';
    }
    case 'hold':
      draft.held = true;
      return true;
    case 'requeue':
    case 'no-requeue':
      draft.requeue = spec.key === 'requeue';
      return value === '';
    case 'signal': {
      const match = /^(?:B:)?(?:SIG)?(\w+)(?:@(\d+))?$/.exec(value);
      if (!match) return false;
      draft.warning = { signal: match[1] ?? '', seconds: Number(match[2] ?? 60) };
      return true;
    }
    default:
      return false;
  }
}

function fromFile(value: string): string {
  // %A_%a is the array's own way to say job and index
  return fromPatterns(value.replaceAll('%A', '%j').replaceAll('%J', '%j'), patterns);
}

function readDependencies(value: string): readonly Dependency[] | undefined {
  if (value.includes('?')) return undefined;
  const found: Dependency[] = [];
  for (const part of value.split(',')) {
    const [type = '', ...jobs] = part.split(':');
    const when = whens.find(([, word]) => word === type.toLowerCase())?.[0];
    if (when === undefined || jobs.some((job) => !/^\d+$/.test(job))) return undefined;
    found.push({ when, jobs });
  }
  return found;
}

export function toSlurm(request: Request): Written {
  const lines: Line[] = [];
  const losses: string[] = [];
  const add = (option: string, value?: string | number) =>
    lines.push(value === undefined ? { option } : { option, value: String(value) });
  const {
    array,
    gpusPerNode: gpus,
    dependencies,
    mailEvents,
    environment,
    variables = [],
    warning,
  } = request;
  if (request.name !== undefined) add('--job-name', request.name);
  if (request.queue !== undefined) add('--partition', request.queue);
  if (request.account !== undefined) add('--account', request.account);
  if (request.qos !== undefined) add('--qos', request.qos);
  if (request.walltime !== undefined) add('--time', formatSlurmTime(request.walltime));
  if (request.nodes !== undefined) add('--nodes', request.nodes);
  if (request.tasks !== undefined) add('--ntasks', request.tasks);
  if (request.tasksPerNode !== undefined) add('--ntasks-per-node', request.tasksPerNode);
  if (request.cpusPerTask !== undefined) add('--cpus-per-task', request.cpusPerTask);
  const letters = { mega: 'M', giga: 'G' };
  if (request.memoryPerNode !== undefined) add('--mem', formatSize(request.memoryPerNode, letters));
  else if (request.memoryPerCpu !== undefined)
    add('--mem-per-cpu', formatSize(request.memoryPerCpu, letters));
  if (gpus) add('--gpus-per-node', gpus.type === undefined ? gpus.count : `${gpus.type}:${gpus.count}`);
  if (request.exclusive) add('--exclusive');
  if (request.directory !== undefined) add('--chdir', request.directory);
  const file = (text: string) => toPatterns(text.replaceAll('{id}', array ? '%A' : '%j'), patterns) ?? text;
  if (request.output !== undefined) add('--output', file(request.output));
  if (request.error !== undefined && !request.merged) add('--error', file(request.error));
  if (array) add('--array', formatIndexes(array));
  if (dependencies)
    add(
      '--dependency',
      dependencies
        .map(({ when, jobs }) => `${whens.find(([ours]) => ours === when)?.[1] ?? ''}:${jobs.join(':')}`)
        .join(','),
    );
  if (mailEvents)
    add(
      '--mail-type',
      mails
        .filter(([event]) => mailEvents.includes(event))
        .map(([, word]) => word)
        .join(',') || 'NONE',
    );
  if (request.mailAddress !== undefined) add('--mail-user', request.mailAddress);
  if (environment !== undefined || variables.length > 0)
    add(
      '--export',
      [...(environment === 'none' ? (variables.length > 0 ? [] : ['NONE']) : ['ALL']), ...variables].join(
        ',',
      ),
    );
  if (request.held) add('--hold');
  if (request.requeue !== undefined) add(request.requeue ? '--requeue' : '--no-requeue');
  if (warning) add('--signal', `B:${warning.signal}@${warning.seconds}`);
  return { lines, losses };
}
