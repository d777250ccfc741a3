/** How the value of each kind of option is read: one row per kind of the catalogues. */
import type { Value } from '../../value.ts';
import type { OptionSpec } from '../catalogue.ts';
import { checkDependency, checkLsfDependency, checkSlurmDependency } from './dependencies.ts';
import { checkSlurmHosts } from './hosts.ts';
import { countIndexes, lastIndex, parseIndexes, type IndexRules } from './indexes.ts';
import { assignments, pieces } from './lists.ts';
import { bad, good, type Parsed } from './parsed.ts';
import {
  checkLsfResources,
  checkPlace,
  checkSelect,
  checkTorqueNodes,
  parseOarResources,
} from './resources.ts';
import { readExport, readGpus, readGres, readSignal } from './slurm.ts';
import { formatSize, guessSize, parseLsfSize, parsePbsSize, parseSgeSize, parseSlurmSize } from './size.ts';
import {
  clock,
  formatLsfTime,
  formatSlurmTime,
  guessTime,
  parseLsfTime,
  parsePbsTime,
  parseSgeTime,
  parseSlurmTime,
} from './time.ts';
import { isSlurmWhen } from './when.ts';

type Reader = (text: string, option: OptionSpec) => Parsed;

const whole =
  (lowest: number): Reader =>
  (text) => {
    if (!/^[+-]?\d{1,15}$/.test(text)) {
      const number = Number(text);
      return bad(
        undefined,
        Number.isFinite(number) && text.trim() !== '' && number >= lowest
          ? String(Math.ceil(number))
          : undefined,
      );
    }
    return good(Number(text));
  };

const anything: Reader = (text) => (text === '' ? bad() : good(text));

const matching =
  (pattern: RegExp, why?: string): Reader =>
  (text) =>
    pattern.test(text) ? good(text) : bad(why);

const commaList: Reader = (text) => {
  const parts = pieces(text, ',');
  const gap = parts.find((part) => part.text.trim() === '');
  if (gap) return bad('An entry of the list is missing.', undefined, [gap.from, gap.to]);
  return good(parts.map((part) => part.text.trim()));
};

/** sbatch passes over what is missing between commas. */
const lenientList: Reader = (text, option) => {
  if (option.system !== 'slurm') return commaList(text, option);
  const words = pieces(text, ',')
    .map((part) => part.text.trim())
    .filter((word) => word !== '');
  return words.length === 0 ? bad('There is nothing but commas.') : good(words);
};

const flagWord: Reader = (text) =>
  /^(y|yes)$/i.test(text) ? good(true) : /^(n|no)$/i.test(text) ? good(false) : bad();

/** The listed word that differs at most in letter case. */
const spelledAs = (word: string, words: readonly string[]): string =>
  words.find((one) => one === word) ?? words.find((one) => one.toLowerCase() === word.toLowerCase()) ?? word;

const time =
  (
    parse: (text: string) => number | undefined,
    format: (seconds: number) => string,
    guess: (text: string) => number | undefined = guessTime,
  ): Reader =>
  (text) => {
    const seconds = parse(text);
    if (seconds !== undefined) return good(seconds);
    const meant = guess(text);
    return bad(undefined, meant === undefined ? undefined : format(meant));
  };

const size =
  (parse: (text: string) => number | undefined, mega: string, giga: string): Reader =>
  (text) => {
    const bytes = parse(text);
    if (bytes !== undefined) return good(bytes);
    const meant = guessSize(text);
    return bad(undefined, meant === undefined ? undefined : formatSize(meant, { mega, giga }));
  };

const array =
  (rules: IndexRules): Reader =>
  (text) => {
    const indexes = parseIndexes(text, rules);
    return typeof indexes === 'string'
      ? bad(indexes)
      : good({ count: countIndexes(indexes), last: lastIndex(indexes) });
  };

const range =
  (separator: string, pattern: RegExp): Reader =>
  (text) => {
    if (!pattern.test(text)) return bad();
    const [min = 0, max = min] = text.split(separator).map(countOf);
    return max < min
      ? bad('The larger count stands second.', text.split(separator).toReversed().join(separator))
      : good({ min, max });
  };

function countOf(text: string): number {
  const letter = text.slice(-1).toLowerCase();
  const factor = letter === 'k' ? 1024 : letter === 'm' ? 1024 ** 2 : 1;
  return Number.parseInt(text, 10) * factor;
}

/** `name=value` lists whose names the catalogue knows; other names are the site's. */
const resources: Reader = (text, option) => {
  const read: Record<string, Value> = {};
  // one `select=` may hold anything but a comma, so the rule is the same
  for (const { name, at, value } of assignments(text)) {
    if (name === '') return bad('A name is missing before the =.', undefined, [at[0], value?.to ?? at[1]]);
    const known =
      option.resources?.get(name) ??
      [...(option.resources?.values() ?? [])].find((one) => one.short === name);
    if (value === undefined || known === undefined) {
      read[name] = value?.text ?? true;
      continue;
    }
    const quoted = /^(["']).*\1$/.test(value.text);
    const inner = quoted ? value.text.slice(1, -1) : value.text;
    const start = value.from + (quoted ? 1 : 0);
    const parsed = resourceReaders[known.kind]?.(inner, option) ?? good(inner);
    if (!parsed.ok) {
      const [from, to] = parsed.at ?? [0, inner.length];
      return {
        ...parsed,
        at: [start + from, start + to],
        why: parsed.why ?? `${name} takes ${resourceForms[known.kind] ?? known.description}.`,
      };
    }
    read[name] = parsed.value;
  }
  return good(read);
};

const indexRules = { lists: true, steps: true, singles: true, limit: true, lowest: 0 } as const;

const sgeEnvironment: Reader = (text) => {
  const match = /^(\S+)\s+(\S+)$/.exec(text);
  if (!match)
    return bad('The name of the parallel environment and the number of slots are needed, such as: smp 4.');
  const [, , slots = ''] = match;
  const parts = slots.split(',');
  if (!parts.every((part) => /^(\d+(-\d*)?|-\d+)$/.test(part)))
    return bad(`'${slots}' is no number of slots.`, undefined, [text.length - slots.length, text.length]);
  const first = Number.parseInt(parts[0] ?? '', 10);
  return Number.isNaN(first) || first < 0 ? good({}) : good({ slots: first });
};

const lsfName: Reader = (text) => {
  const match = /^([^[\]]*)(?:\[([^\]]*)\](%\d+)?)?$/.exec(text);
  if (!match) return bad('The indexes stand in one pair of brackets at the end, such as: "train[1-10]%4".');
  const [, name = '', list, limit = ''] = match;
  if (list === undefined) return name.includes('%') || name !== '' ? good({ name }) : bad();
  const indexes = parseIndexes(list + limit, { ...indexRules, lowest: 1 });
  return typeof indexes === 'string'
    ? bad(indexes, undefined, [name.length + 1, name.length + 1 + list.length])
    : good({ name, count: countIndexes(indexes), last: lastIndex(indexes) });
};

const moabArray: Reader = (text) => {
  const match = /^([^[\]]*)\[([^\]]*)\](%\d+)?$/.exec(text);
  // the manual's form has brackets; TORQUE's is passed on at most sites
  const list = match ? `${match[2] ?? ''}${match[3] ?? ''}` : text;
  const indexes = parseIndexes(list, indexRules);
  return typeof indexes === 'string'
    ? bad(indexes)
    : good({ count: countIndexes(indexes), last: lastIndex(indexes) });
};

const attributes: Reader = (text, option) => {
  // `depend=afterok:1,afterany:2` carries its own commas
  const depend = /(?:^|,)depend=/.exec(text);
  if (depend && !text.includes('x=')) {
    const start = depend.index + depend[0].length;
    const rest = text.slice(start);
    const end = /,(?=[a-z_]+=)/.exec(rest)?.index ?? rest.length;
    const checked = checkDependency(rest.slice(0, end), option.system);
    if (!checked.ok) {
      const [from, to] = checked.at ?? [0, end];
      return { ...checked, at: [start + from, start + to] };
    }
  }
  return good({ text });
};

const oarNotify: Reader = (text) => (/^(\[[A-Z, ]*\])?\s*(mail|exec):.+/i.test(text) ? good(text) : bad());

/** Words that have to be in capitals, unlike those of all other options. */
const caseCounts: ReadonlySet<string> = new Set(['propagate']);

/** Readers by kind. Kinds that are not here take any text. */
const readers: Readonly<Record<string, Reader>> = {
  int: whole(-Infinity),
  count: whole(1),
  amount: whole(0),
  seconds: whole(0),
  'yes-no': flagWord,
  'y-n': (text) =>
    /^[yn]$/i.test(text)
      ? good(text.toLowerCase() === 'y')
      : bad(undefined, /^(yes|no)$/i.test(text) ? text.slice(0, 1).toLowerCase() : undefined),
  word: (text, { words }) => (text === '' ? bad() : good(spelledAs(text, words))),
  words: (text, option) => {
    const list = lenientList(text, option);
    if (!list.ok || caseCounts.has(option.key)) return list;
    return good((list.value as readonly string[]).map((word) => spelledAs(word, option.words)));
  },
  names: lenientList,
  'slurm-licenses': commaList,
  jobs: commaList,
  addresses: commaList,
  assignments: (text) => {
    const wrong = assignments(text).find(({ name }) => name === '' || /\s/.test(name));
    return wrong
      ? bad('The name of a variable is missing.', undefined, [wrong.at[0], wrong.value?.to ?? wrong.at[1]])
      : good([text]);
  },
  'slurm-time': time(parseSlurmTime, formatSlurmTime),
  'sge-time': time(parseSgeTime, clock),
  'pbs-time': time(parsePbsTime, clock),
  'lsf-time': time(parseLsfTime, formatLsfTime, (text) => guessTime(text) ?? parsePbsTime(text)),
  'slurm-size': size(parseSlurmSize, 'M', 'G'),
  'sge-size': size(parseSgeSize, 'M', 'G'),
  'pbs-size': size(parsePbsSize, 'mb', 'gb'),
  'lsf-size': size(parseLsfSize, 'MB', 'GB'),
  'slurm-nodes': range('-', /^\d+[km]?(-\d+[km]?)?$/i),
  'lsf-slots': range(',', /^\d+(,\d+)?$/),
  'slurm-array': array(indexRules),
  'torque-array': array({ ...indexRules, steps: false }),
  'pbspro-array': array({ ...indexRules, lists: false, singles: false }),
  'sge-array': array({ ...indexRules, lists: false, limit: false, lowest: 1 }),
  'moab-array': moabArray,
  'lsf-name': lsfName,
  'slurm-gpus': readGpus,
  'slurm-gres': readGres,
  'slurm-signal': readSignal,
  'slurm-export': readExport,
  'slurm-dependency': checkSlurmDependency,
  'slurm-when': (text) => (isSlurmWhen(text) ? good(text) : bad()),
  'slurm-distribution': matching(
    /^(?:(?:block|cyclic|arbitrary|plane=\d+|\*)(?::(?:block|cyclic|fcyclic|\*)){0,2}(?:,(?:no)?pack)?|(?:no)?pack)$/i,
  ),
  'slurm-gpu-binding': matching(
    /^(?:(?:v|verbose|q|quiet),)?(?:closest|none|single(?::\d+)?|per_task:\d+|(?:map|mask)(?:_gpu)?:\S+)$/i,
  ),
  'slurm-memory-binding': matching(
    /^(?:(?:v|verbose|q|quiet)(?:,|$))?(?:(?:help|no|none|rank|local|p|prefer|sort|nosort|ma(?:p|sk)_?mem:\S+)(?:,.*)?)?$/i,
  ),
  'slurm-hosts': checkSlurmHosts,
  'slurm-geometry': matching(/^(\d+|\*)(-\d+)?(:(\d+|\*)(-\d+)?){0,2}$/),
  'slurm-switches': (text) => {
    const [count = '', wait, ...more] = text.split('@');
    return /^\d+$/.test(count) &&
      more.length === 0 &&
      (wait === undefined || parseSlurmTime(wait) !== undefined)
      ? good(text)
      : bad();
  },
  'slurm-acctg': matching(
    /^(\d+|(task|energy|network|filesystem)=\d+(,(task|energy|network|filesystem)=\d+)*)$/i,
  ),
  'sge-when': matching(/^(\d{2}|\d{4})?\d{8}(\.\d{2})?$/),
  'sge-resources': resources,
  'sge-environment': sgeEnvironment,
  'sge-mail': matching(/^[beasn]+(,[beasn]+)*$/, 'Only the letters b, e, a, s and n are known.'),
  'sge-binding': matching(
    /^((env|pe|set)\s+)?(linear(:\d+|_per_\w+)?|linear:\d+:\d+,\d+|striding:\d+:\d+|striding:\d+:\d+:\d+,\d+|explicit:\d+,\d+(:\d+,\d+)*|\w+.*)$/,
  ),
  'sge-checkpoint': (text) =>
    /^[nsmxr]+$/.test(text) || parseSgeTime(text) !== undefined ? good(text) : bad(),
  'sge-job-name': matching(/^[^\d\s/:@\\*?][^\s/:@\\*?]*$/, undefined),
  'torque-job-name': (text) => {
    if (/\s/.test(text)) return bad('A job name has no blanks.');
    if (text.length > 15)
      return bad(`This has ${text.length} characters, and 15 are the limit.`, text.slice(0, 15));
    return /^[A-Za-z]/.test(text)
      ? good(text)
      : bad('A job name begins with a letter.', `j${text}`.slice(0, 15));
  },
  'pbspro-job-name': (text) => {
    if (/\s/.test(text)) return bad('A job name has no blanks.');
    if (text.length > 230) return bad(`This has ${text.length} characters, and 230 are the limit.`);
    return /^[A-Za-z0-9_+.-]/.test(text) ? good(text) : bad('A job name begins with a letter.');
  },
  'oar-resources': parseOarResources,
  'oar-notify': oarNotify,
  'pbs-when': matching(/^(((\d{2})?\d{2})?\d{2}|\d{2})?(\d{2})?\d{4}(\.\d{2})?$/),
  'torque-resources': resources,
  'pbspro-resources': resources,
  'moab-resources': resources,
  'torque-mail': matching(/^(n|p|[abef]+)$/, 'n, p, or letters of a, b, e and f are known.'),
  'pbspro-mail': matching(/^(n|j?[abe]+|j)$/, 'n, or letters of a, b and e with j before them are known.'),
  'moab-mail': matching(/^[aben]+$/, 'Only the letters a, b, e and n are known.'),
  'pbs-attributes': attributes,
  destination: matching(/^([^\s@]+(@\S+)?|@\S+)$/),
  'lsf-when': matching(/^(\d{1,4}:){1,4}\d{1,2}(\+)?$/),
  'lsf-resources': checkLsfResources,
  'lsf-dependency': checkLsfDependency,
  'lsf-gpu': (text) => {
    if (text === '-') return good(text);
    const wrong = pieces(text, ':').find((part) => !/^\s*[a-z_]+\s*=\s*\S/.test(part.text));
    return wrong ? bad(undefined, undefined, [wrong.from, wrong.to]) : good(text);
  },
};

/** Readers of the resources inside `-l`. */
const resourceReaders: Readonly<Record<string, Reader>> = {
  ...readers,
  'pbs-nodes': checkTorqueNodes,
  'pbs-select': checkSelect,
  'pbs-place': checkPlace,
  'torque-dependency': (text) => checkDependency(text, 'torque'),
  'pbspro-dependency': (text) => checkDependency(text, 'pbspro'),
};

const resourceForms: Readonly<Record<string, string>> = {
  'sge-time': 'seconds or hours:minutes:seconds',
  'pbs-time': 'seconds, minutes:seconds or hours:minutes:seconds',
  'sge-size': 'a number with K, M, G, T or k, m, g, t behind it',
  'pbs-size': 'a whole number with kb, mb, gb, tb behind it',
  count: 'a whole number of at least 1',
  amount: 'a whole number',
  int: 'a whole number',
};

/** Reads an option's value, quotes already taken off. Never throws. */
export function readValue(option: OptionSpec, text: string): Parsed {
  if (text === '' && option.takes !== 'nothing') return bad();
  const reader = readers[option.kind] ?? anything;
  return reader(text, option);
}

/** Reads a resource inside the value of `option`, such as `walltime` in `-l`. */
export const readResource = (kind: string, option: OptionSpec, text: string): Parsed =>
  (resourceReaders[kind] ?? anything)(text, option);
