import { formatIndexes } from '../values/indexes.ts';
import { formatSize, parseLsfSize } from '../values/size.ts';
import { formatLsfTime, parseLsfTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import {
  fitArray,
  fromPatterns,
  indexesOf,
  toPatterns,
  type Draft,
  type Line,
  type Patterns,
  type Written,
} from './fields.ts';
import { slotsPerNode, type Dependency, type MailEvent, type Request } from './request.ts';

const patterns: Patterns = [
  ['{id}', '%J'],
  ['{index}', '%I'],
];
const conditions: readonly (readonly [Dependency['when'], string])[] = [
  ['ok', 'done'],
  ['any', 'ended'],
  ['notok', 'exit'],
  ['start', 'started'],
];

/** Takes what the option says into the draft; false when there is no place for it, or for a part of it. */
export function fromLsf({ spec, value = '', parsed }: ReadOption, draft: Draft): boolean {
  if (parsed === undefined) return false;
  switch (spec.key) {
    case 'J': {
      const match = /^([^[\]]*)(?:\[([^\]]*)\](%\d+)?)?$/.exec(value);
      if (!match) return false;
      if (match[1]) draft.name = match[1];
      const array = match[2] === undefined ? undefined : indexesOf(`${match[2]}${match[3] ?? ''}`);
      if (array) draft.array = array;
      return true;
    }
    case 'q':
      draft.queue = value;
      return !value.includes(' ');
    case 'P':
      draft.account = value;
      return true;
    case 'sla':
      draft.qos = value;
      return true;
    case 'W':
      draft.walltime = parseLsfTime(value);
      return !value.includes('/');
    case 'n':
      draft.tasks = Number.parseInt(value, 10);
      return /^\d+$/.test(value);
    case 'R':
      return fromResources(value, draft);
    case 'M':
      draft.memoryPerNode = parseLsfSize(value);
      return true;
    case 'gpu': {
      const count = /(?:^|:)num=(\d+)(?:\/host)?(?=:|$)/.exec(value)?.[1];
      if (count === undefined) return false;
      const type = /(?:^|:)gmodel=([\w.-]+)/.exec(value)?.[1];
      draft.gpusPerNode = { count: Number(count), ...(type !== undefined && { type }) };
      return /^num=\d+(\/host)?(:gmodel=[\w.-]+)?$/.test(value);
    }
    case 'x':
      draft.exclusive = true;
      return true;
    case 'cwd':
      draft.directory = value;
      return !value.includes('%');
    case 'o':
    case 'oo':
      draft.output = fromPatterns(value, patterns);
      return true;
    case 'e':
    case 'eo':
      draft.error = fromPatterns(value, patterns);
      return true;
    case 'w': {
      const dependencies = readDependencies(value);
      if (dependencies) draft.dependencies = dependencies;
      return dependencies !== undefined;
    }
    case 'B':
    case 'N': {
      const event: MailEvent = spec.key === 'B' ? 'begin' : 'end';
      draft.mailEvents = [...(draft.mailEvents ?? []), event];
      return true;
    }
    case 'u':
      draft.mailAddress = value;
      return true;
    case 'env': {
      const names = value.split(',').map((one) => one.trim());
      const [first = '', ...rest] = names;
      draft.environment = first === 'all' ? 'all' : 'none';
      draft.variables = first === 'all' || first === 'none' ? rest : names;
      return !value.includes('~');
    }
    case 'H':
      draft.held = true;
      return true;
    case 'r':
    case 'rn':
      draft.requeue = spec.key === 'r';
      return true;
    case 'wa':
      draft.warning = { signal: value.replace(/^SIG/, ''), seconds: draft.warning?.seconds ?? 60 };
      return /^[A-Z0-9]+$/.test(value);
    case 'wt':
      draft.warning = { signal: draft.warning?.signal ?? '', seconds: parseLsfTime(value) ?? 60 };
      return true;
    case 'L':
      draft.shell = value;
      return true;
    default:
      return false;
  }
}

function fromResources(value: string, draft: Draft): boolean {
  const rest = value
    .replace(/span\[hosts=1\]/, () => {
      draft.nodes = 1;
      return '';
    })
    .replace(/span\[ptile=(\d+)\]/, (_, count: string) => {
      draft.tasksPerNode = Number(count);
      return '';
    })
    .replace(/rusage\[mem=([^\]:,]+)\]/, (whole, size: string) => {
      const bytes = parseLsfSize(size);
      // reserves what -M limits
      if (bytes === undefined) return whole;
      draft.memoryPerNode ??= bytes;
      return '';
    });
  return rest.trim() === '';
}

function readDependencies(value: string): readonly Dependency[] | undefined {
  if (/\|\||!/.test(value)) return undefined;
  const found = value.split('&&').map((part) => {
    const match = /^\s*(\w+)\(\s*"?([^()"]+?)"?\s*\)\s*$/.exec(part);
    const corresponding = match?.[2]?.endsWith('[*]') === true;
    const when = conditions.find(([, word]) => word === match?.[1])?.[0];
    return match?.[2] === undefined || when === undefined
      ? undefined
      : { when: corresponding ? ('task' as const) : when, jobs: [match[2].replace(/\[\*\]$/, '')] };
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

/** What only all options together tell: slots per host make hosts. */
export function finishLsf(draft: Draft): void {
  if (draft.tasksPerNode !== undefined && draft.tasks !== undefined) {
    draft.nodes = Math.ceil(draft.tasks / draft.tasksPerNode);
    delete draft.tasks;
  } else if (draft.nodes === 1 && draft.tasks !== undefined) {
    draft.cpusPerTask = draft.tasks;
    delete draft.tasks;
  }
}

export function toLsf(request: Request): Written {
  const lines: Line[] = [];
  const losses: string[] = [];
  const add = (option: string, value?: string) =>
    lines.push(value === undefined ? { option } : { option, value });
  const {
    array,
    nodes,
    tasks,
    gpusPerNode: gpus,
    dependencies,
    environment,
    variables = [],
    warning,
  } = request;
  if (array && array.ranges.length > 0) {
    const fitted = fitArray(array, { lists: true, steps: true, singles: true, lowest: 1 });
    losses.push(...fitted.losses);
    const [list = '', limit] = formatIndexes(fitted.indexes).split('%');
    add('-J', `"${request.name ?? 'job'}[${list}]${limit === undefined ? '' : `%${limit}`}"`);
  } else if (request.name !== undefined) add('-J', quoted(request.name));
  if (request.queue !== undefined) add('-q', request.queue);
  if (request.account !== undefined) add('-P', request.account);
  if (request.qos !== undefined) add('-sla', request.qos);
  if (request.walltime !== undefined) add('-W', formatLsfTime(request.walltime));
  const slots = slotsPerNode(request);
  const count = nodes ?? 1;
  const placed =
    nodes !== undefined || request.tasksPerNode !== undefined || request.cpusPerTask !== undefined;
  if (placed || tasks !== undefined) add('-n', String(slots * count));
  if (placed) add('-R', count > 1 ? `"span[ptile=${slots}]"` : '"span[hosts=1]"');
  const memory =
    request.memoryPerNode ?? (request.memoryPerCpu === undefined ? undefined : request.memoryPerCpu * slots);
  if (memory !== undefined) {
    const size = formatSize(memory, { mega: 'MB', giga: 'GB' });
    add('-M', size);
    add('-R', `"rusage[mem=${size}]"`);
  }
  if (gpus) add('-gpu', `"num=${gpus.count}${gpus.type === undefined ? '' : `:gmodel=${gpus.type}`}"`);
  if (request.exclusive) add('-x');
  if (request.directory !== undefined) add('-cwd', quoted(request.directory));
  const files = [
    ['-oo', request.output],
    ['-eo', request.merged ? undefined : request.error],
  ] as const;
  for (const [option, file] of files) {
    if (file === undefined) continue;
    const written = toPatterns(file.replaceAll('{name}', request.name ?? 'job'), patterns);
    add(option, quoted(written ?? file));
  }
  if (dependencies) {
    const text = dependencies
      .flatMap(({ when, jobs }) =>
        jobs.map((job) => {
          const condition = conditions.find(([ours]) => ours === when)?.[1] ?? 'done';
          return when === 'task' ? `done("${job}[*]")` : `${condition}(${job})`;
        }),
      )
      .join(' && ');
    add('-w', `'${text}'`);
  }
  if (request.mailEvents?.includes('begin')) add('-B');
  if (request.mailEvents?.includes('end') || request.mailEvents?.includes('fail')) add('-N');
  if (request.mailEvents?.includes('fail') && !request.mailEvents.includes('end'))
    losses.push('mail on failure only: it comes at every end');
  if (request.mailAddress !== undefined) add('-u', request.mailAddress);
  if (environment !== undefined || variables.length > 0) {
    const all = environment === 'none' ? (variables.length > 0 ? [] : ['none']) : ['all'];
    add('-env', `"${[...all, ...variables].join(', ')}"`);
  }
  if (request.held) add('-H');
  if (request.requeue !== undefined) add(request.requeue ? '-r' : '-rn');
  if (warning) {
    add('-wa', `'${warning.signal}'`);
    add('-wt', String(Math.max(1, Math.ceil(warning.seconds / 60))));
    if (warning.seconds % 60 !== 0)
      losses.push(`signal ${warning.seconds} s before the limit: whole minutes only`);
  }
  if (request.shell !== undefined) add('-L', request.shell);
  return { lines, losses };
}

const quoted = (text: string): string =>
  /[\s'"\\[\]#;&|<>*?]/.test(text) ? `"${text.replace(/(["\\$`])/g, '\\$1')}"` : text;
