import { formatSize, parseLsfSize } from '../values/size.ts';
import { formatLsfTime, parseLsfTime } from '../values/time.ts';
import type { ReadOption } from '../validate.ts';
import {
  fitArray,
  formatNamedArray,
  fromPatterns,
  indexesOf,
  namedArray,
  toPatterns,
  type Draft,
  type Patterns,
  type Written,
} from './fields.ts';
import { memoryOfNode, slotsPerNode, type Dependency, type MailEvent, type Request } from './request.ts';
import { oursFor, takePlain, theirsFor, type PlainOptions, type Vocabulary } from './take.ts';
import { outputFiles, Writing } from './writing.ts';

const patterns: Patterns = [
  ['{id}', '%J'],
  ['{index}', '%I'],
];
const plain: PlainOptions = {
  texts: { P: 'account', sla: 'qos', u: 'mailAddress', L: 'shell' },
  facts: { x: { exclusive: true }, H: { held: true }, r: { requeue: true }, rn: { requeue: false } },
};
const conditions: Vocabulary<Dependency['when']> = [
  ['ok', 'done'],
  ['any', 'ended'],
  ['notok', 'exit'],
  ['start', 'started'],
];

/** Takes what the option says into the draft; false when there is no place for it, or for a part of it. */
export function fromLsf(option: ReadOption, draft: Draft): boolean {
  const { spec, value = '', parsed } = option;
  if (parsed === undefined) return false;
  if (takePlain(option, draft, plain)) return true;
  switch (spec.key) {
    case 'J': {
      const named = namedArray(value);
      if (named === undefined && /[[\]]/.test(value)) return false;
      const name = named?.name ?? value;
      if (name !== '') draft.name = name;
      const array = named && indexesOf(named.indexes);
      if (array) draft.array = array;
      return true;
    }
    case 'q':
      draft.queue = value;
      return !value.includes(' ');
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
    case 'env': {
      const names = value.split(',').map((one) => one.trim());
      const [first = '', ...rest] = names;
      draft.environment = first === 'all' ? 'all' : 'none';
      draft.variables = first === 'all' || first === 'none' ? rest : names;
      return !value.includes('~');
    }
    case 'wa':
      draft.warning = { signal: value.replace(/^SIG/, ''), seconds: draft.warning?.seconds ?? 60 };
      return /^[A-Z0-9]+$/.test(value);
    case 'wt':
      draft.warning = { signal: draft.warning?.signal ?? '', seconds: parseLsfTime(value) ?? 60 };
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
    const when = oursFor(match?.[1] ?? '', conditions);
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
  const to = new Writing();
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
    to.lose(...fitted.losses);
    to.give('-J', `"${formatNamedArray(request.name ?? 'job', fitted.indexes)}"`);
  } else if (request.name !== undefined) to.give('-J', quoted(request.name));
  to.give('-q', request.queue);
  to.give('-P', request.account);
  to.give('-sla', request.qos);
  if (request.walltime !== undefined) to.give('-W', formatLsfTime(request.walltime));
  const slots = slotsPerNode(request);
  const count = nodes ?? 1;
  const placed =
    nodes !== undefined || request.tasksPerNode !== undefined || request.cpusPerTask !== undefined;
  if (placed || tasks !== undefined) to.give('-n', String(slots * count));
  if (placed) to.give('-R', count > 1 ? `"span[ptile=${slots}]"` : '"span[hosts=1]"');
  const memory = memoryOfNode(request);
  if (memory !== undefined) {
    const size = formatSize(memory, { mega: 'MB', giga: 'GB' });
    to.give('-M', size);
    to.give('-R', `"rusage[mem=${size}]"`);
  }
  if (gpus) to.give('-gpu', `"num=${gpus.count}${gpus.type === undefined ? '' : `:gmodel=${gpus.type}`}"`);
  to.flag('-x', request.exclusive === true);
  if (request.directory !== undefined) to.give('-cwd', quoted(request.directory));
  for (const [option, file] of outputFiles(request, ['-oo', '-eo'])) {
    const written = toPatterns(file.replaceAll('{name}', request.name ?? 'job'), patterns);
    to.give(option, quoted(written ?? file));
  }
  if (dependencies) {
    const text = dependencies
      .flatMap(({ when, jobs }) =>
        jobs.map((job) => {
          const condition = theirsFor(when, conditions) ?? 'done';
          return when === 'task' ? `done("${job}[*]")` : `${condition}(${job})`;
        }),
      )
      .join(' && ');
    to.give('-w', `'${text}'`);
  }
  if (request.mailEvents?.includes('begin')) to.flag('-B');
  if (request.mailEvents?.includes('end') || request.mailEvents?.includes('fail')) to.flag('-N');
  if (request.mailEvents?.includes('fail') && !request.mailEvents.includes('end'))
    to.lose('mail on failure only: it comes at every end');
  to.give('-u', request.mailAddress);
  if (environment !== undefined || variables.length > 0) {
    const all = environment === 'none' ? (variables.length > 0 ? [] : ['none']) : ['all'];
    to.give('-env', `"${[...all, ...variables].join(', ')}"`);
  }
  to.flag('-H', request.held === true);
  if (request.requeue !== undefined) to.flag(request.requeue ? '-r' : '-rn');
  if (warning) {
    to.give('-wa', `'${warning.signal}'`);
    to.give('-wt', String(Math.max(1, Math.ceil(warning.seconds / 60))));
    if (warning.seconds % 60 !== 0)
      to.lose(`signal ${warning.seconds} s before the limit: whole minutes only`);
  }
  to.give('-L', request.shell);
  return to;
}

const quoted = (text: string): string =>
  /[\s'"\\[\]#;&|<>*?]/.test(text) ? `"${text.replace(/(["\\$`])/g, '\\$1')}"` : text;
