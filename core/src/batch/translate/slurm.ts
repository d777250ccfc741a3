import { formatIndexes } from '../values/indexes.ts';
import { formatSize } from '../values/size.ts';
import { formatSlurmTime, unlimited } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import { fromPatterns, indexesOf, toPatterns, type Draft, type Patterns, type Written } from './fields.ts';
import type { Dependency, MailEvent, Request } from './request.ts';
import {
  oursAmong,
  oursFor,
  readDependencies,
  takePlain,
  theirsAmong,
  writeDependencies,
  type PlainOptions,
  type Vocabulary,
} from './take.ts';
import { outputFiles, Writing } from './writing.ts';

const patterns: Patterns = [
  ['{id}', '%j'],
  ['{index}', '%a'],
  ['{name}', '%x'],
];
const plain: PlainOptions = {
  texts: {
    'job-name': 'name',
    account: 'account',
    qos: 'qos',
    chdir: 'directory',
    'mail-user': 'mailAddress',
  },
  counts: { ntasks: 'tasks', 'ntasks-per-node': 'tasksPerNode', 'cpus-per-task': 'cpusPerTask' },
  facts: { hold: { held: true } },
};
const whens: Vocabulary<Dependency['when']> = [
  ['ok', 'afterok'],
  ['notok', 'afternotok'],
  ['any', 'afterany'],
  ['start', 'after'],
  ['task', 'aftercorr'],
];
const mails: Vocabulary<MailEvent> = [
  ['begin', 'BEGIN'],
  ['end', 'END'],
  ['fail', 'FAIL'],
];

/** Takes what the option says into the draft; false when there is no place for it. */
export function fromSlurm(option: ReadOption, draft: Draft): boolean {
  const { spec, value = '', parsed } = option;
  if (parsed === undefined && spec.takes === 'value') return false;
  if (takePlain(option, draft, plain)) return true;
  switch (spec.key) {
    case 'partition':
      if (value.includes(',')) return false;
      draft.queue = value;
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
      const dependencies = readDependencies(value.toLowerCase(), whens, /^\d+$/);
      if (dependencies) draft.dependencies = dependencies;
      return dependencies !== undefined;
    }
    case 'mail-type': {
      const words = value.toUpperCase().split(',');
      draft.mailEvents = words.includes('ALL') ? ['begin', 'end', 'fail'] : oursAmong(words, mails);
      return words.every((word) => word === 'NONE' || word === 'ALL' || oursFor(word, mails) !== undefined);
    }
    case 'export': {
      const [first = '', ...rest] = value.split(',');
      const upper = first.toUpperCase();
      draft.environment = upper === 'ALL' ? 'all' : 'none';
      draft.variables = upper === 'ALL' || upper === 'NONE' ? rest : [first, ...rest];
      return upper !== 'NIL';
    }
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

export function toSlurm(request: Request): Written {
  const to = new Writing();
  const {
    array,
    gpusPerNode: gpus,
    dependencies,
    mailEvents,
    environment,
    variables = [],
    warning,
  } = request;
  to.give('--job-name', request.name);
  to.give('--partition', request.queue);
  to.give('--account', request.account);
  to.give('--qos', request.qos);
  if (request.walltime !== undefined) to.give('--time', formatSlurmTime(request.walltime));
  to.give('--nodes', request.nodes);
  to.give('--ntasks', request.tasks);
  to.give('--ntasks-per-node', request.tasksPerNode);
  to.give('--cpus-per-task', request.cpusPerTask);
  const letters = { mega: 'M', giga: 'G' };
  if (request.memoryPerNode !== undefined) to.give('--mem', formatSize(request.memoryPerNode, letters));
  else if (request.memoryPerCpu !== undefined)
    to.give('--mem-per-cpu', formatSize(request.memoryPerCpu, letters));
  if (gpus) to.give('--gpus-per-node', gpus.type === undefined ? gpus.count : `${gpus.type}:${gpus.count}`);
  to.flag('--exclusive', request.exclusive === true);
  to.give('--chdir', request.directory);
  const file = (text: string) => toPatterns(text.replaceAll('{id}', array ? '%A' : '%j'), patterns) ?? text;
  for (const [option, name] of outputFiles(request, ['--output', '--error'])) to.give(option, file(name));
  if (array) to.give('--array', formatIndexes(array));
  if (dependencies) to.give('--dependency', writeDependencies(dependencies, whens));
  if (mailEvents) to.give('--mail-type', theirsAmong(mailEvents, mails).join(',') || 'NONE');
  to.give('--mail-user', request.mailAddress);
  if (environment !== undefined || variables.length > 0)
    to.give(
      '--export',
      [...(environment === 'none' ? (variables.length > 0 ? [] : ['NONE']) : ['ALL']), ...variables].join(
        ',',
      ),
    );
  to.flag('--hold', request.held === true);
  if (request.requeue !== undefined) to.flag(request.requeue ? '--requeue' : '--no-requeue');
  if (warning) to.give('--signal', `B:${warning.signal}@${warning.seconds}`);
  return to;
}
