/** Problems of the job as a whole: options that repeat or contradict each other, arrays, outputs, what is not given. */
import { editDistance } from '../sweep/spelling.ts';
import type { OptionSpec } from './catalogue.ts';
import { isMap } from '../value.ts';
import type { BatchProblems } from './problem-list.ts';
import { replacing } from './problem-list.ts';
import type { Script, Span } from './script.ts';
import { checkSiteNames, type SiteNames } from './site-names.ts';
import type { Dialect, System } from './systems.ts';
import { checkUnits } from './unit-checks.ts';
import { partSpan, removal, type ReadOption } from './validate.ts';
import { assignments } from './values/lists.ts';

/** What may be asked about the world around a script; every question may go unanswered. */
export interface BatchSurroundings {
  /** Whether the folder, absolute or relative to the script's, is there. */
  hasFolder?(path: string): boolean | undefined;
  /** Whether the system can start the script's file itself. */
  isExecutable?(): boolean | undefined;
  /** The names of a kind (`x-live` of the catalogues) that the batch system itself knows here. */
  siteNames?(system: System, kind: string): SiteNames;
}

export interface Job {
  readonly script: Script;
  readonly dialect: Dialect;
  readonly options: readonly ReadOption[];
  readonly problems: BatchProblems;
  readonly surroundings: BatchSurroundings;
}

export function checkJob(job: Job): void {
  checkFile(job);
  checkPlacement(job);
  checkRepetitions(job);
  checkResources(job);
  checkArray(job);
  checkOutputs(job);
  checkOmissions(job);
  checkUnits(job);
  checkSiteNames(job);
}

function checkFile({ script, dialect, problems, surroundings, options }: Job): void {
  const [first] = options;
  const start = script.shebang ?? first?.directive.markSpan;
  if (dialect.system === 'oar' && start && surroundings.isExecutable?.() === false)
    problems.add(
      'not-executable',
      start,
      'oarsub runs the file itself, and it is not executable: the job would end with exit code 126. Run chmod +x on it.',
    );
  if (first && script.firstCommand === undefined)
    problems.add(
      'command-missing',
      first.directive.markSpan,
      'The script has directives and no command: the job would end as soon as it starts.',
    );
}

const given = ({ options }: Job, ...keys: readonly string[]): ReadOption | undefined =>
  options.findLast((option) => keys.includes(option.spec.key));

function checkPlacement({ options, dialect, problems }: Job): void {
  for (const option of options) {
    const { spec } = option;
    if (spec.commandLine) {
      const refused = dialect.system === 'oar';
      problems.add(
        'command-line-option',
        option.nameSpan,
        refused
          ? `${spec.name} belongs on oarsub's command line; in a #OAR line it refuses the script.`
          : `${spec.name} belongs on the command line of ${dialect.submit}; in a script it has no effect.`,
        refused ? { severity: 'error' } : {},
      );
    } else if (spec.unattended !== undefined && option.parsed !== false) {
      problems.add(
        'unattended-option',
        option.nameSpan,
        `${spec.name} ${spec.unattended}, which gets in the way of programs that submit the script.`,
      );
    }
  }
}

/** More than can be shown: those further down need no fix of their own. */
const enough = 300;

function checkRepetitions({ options, problems }: Job): void {
  // the parts of a heterogeneous job have options of their own
  const keyOf = ({ part, spec }: ReadOption) => (part === 0 ? spec.key : `${spec.key} ${part}`);
  const last = new Map<string, ReadOption>();
  for (const option of options) last.set(keyOf(option), option);
  const messages = new Map<OptionSpec, string>();
  let found = 0;
  for (const option of options) {
    const { spec } = option;
    if (spec.repeatable) continue;
    const winner = last.get(keyOf(option));
    if (winner === undefined || winner === option) continue;
    const message = messages.get(spec) ?? `${spec.name} is given again further down, and the last one wins.`;
    messages.set(spec, message);
    problems.add(
      'repeated-option',
      option.nameSpan,
      message,
      found++ > enough
        ? undefined
        : {
            related: [{ message: 'This one wins.', at: winner.span }],
            fix: { title: `Remove this ${spec.name}`, edits: [{ at: removal(option), newText: '' }] },
          },
    );
  }
}

/** Names in `-l`: given twice, near a known one, or of two ways of asking. */
function checkResources({ script, options, dialect, problems }: Job): void {
  const seen = new Map<string, Span>();
  for (const option of options) {
    const { spec, value } = option;
    if (spec.resources === undefined || spec.kind === 'pbs-attributes' || value === undefined) continue;
    const { valueSpan, verbatim } = option;
    const names = [...spec.resources.values()].flatMap(({ name, short }) => [
      name,
      ...(short === undefined ? [] : [short]),
    ]);
    for (const { name, at, value: assigned } of assignments(value)) {
      const span = partSpan(script.text, value, valueSpan, verbatim, at);
      const before = seen.get(name);
      if (before && spec.system !== 'sge') {
        const firstWins = spec.system === 'pbspro';
        problems.add(
          'repeated-option',
          firstWins ? span : before,
          `${name} is given twice, and the ${firstWins ? 'first' : 'last'} one wins.`,
          { related: [{ message: 'This one wins.', at: firstWins ? before : span }] },
        );
      }
      if (name !== '') seen.set(name, span);
      if (assigned === undefined || names.includes(name) || name.length < 5) continue;
      const meant = names.find((known) => known.length >= 5 && editDistance(name, known, 1) === 1);
      if (meant !== undefined)
        problems.add(
          'unknown-resource',
          span,
          `${dialect.title} has no resource '${name}' of its own. Did you mean '${meant}'?`,
          {
            fix: span === valueSpan ? undefined : replacing(`Change to '${meant}'`, span, meant),
          },
        );
    }
  }
  const select = seen.get('select');
  if (dialect.system !== 'pbspro' || !select) return;
  for (const name of ['nodes', 'ncpus', 'mem', 'mpiprocs', 'ngpus']) {
    const at = seen.get(name);
    if (at)
      problems.add(
        'mixed-resources',
        at,
        `${name} can't be combined with select: put it into the chunks, or leave select out.`,
        {
          related: [{ message: 'select stands here.', at: select }],
        },
      );
  }
}

const arrayKinds = /-array$|^lsf-name$/;

function arrayOf(job: Job): { option: ReadOption; count: number; last: number } | undefined {
  for (const option of job.options) {
    if (!arrayKinds.test(option.spec.kind) || option.parsed === undefined || !isMap(option.parsed)) continue;
    const { count, last } = option.parsed;
    if (typeof count === 'number' && typeof last === 'number') return { option, count, last };
  }
  const oar = job.dialect.system === 'oar' ? given(job, 'array', 'array-param-file') : undefined;
  return oar && { option: oar, count: typeof oar.parsed === 'number' ? oar.parsed : 1, last: 1 };
}

function checkArray(job: Job): void {
  const { dialect, problems, script } = job;
  const array = arrayOf(job);
  if (array) {
    const { option, count, last } = array;
    const size = dialect.system === 'slurm' ? last : count;
    if (size > dialect.arrayLimit)
      problems.add(
        'array-too-large',
        option.valueSpan,
        dialect.system === 'slurm'
          ? `The largest index is ${last}; ${dialect.arrayLimit} is the limit unless the site raised it (MaxArraySize).`
          : `The array has ${count} tasks; ${dialect.arrayLimit} is the limit unless the site raised it.`,
      );
    return;
  }
  if (job.options.some(({ spec, parsed }) => parsed === undefined && arrayKinds.test(spec.kind))) return;
  const at = bareUse(script, dialect.indexVariable);
  if (at)
    problems.add(
      'array-index-without-array',
      at,
      `${dialect.indexVariable} is set in job arrays only, and this script asks for none.`,
    );
}

/** Where the script uses the variable and has no answer for its absence. */
function bareUse({ text, starts }: Script, name: string): Span | undefined {
  let found: Span | undefined;
  let line = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    while ((starts[line + 1] ?? Infinity) <= at) line++;
    const before = text.slice(starts[line], at);
    const behind = text.slice(at + name.length, at + name.length + 2);
    if (/^\s*#/.test(before) || /\w$/.test(before) || /^\w/.test(behind)) continue;
    // a default, a test or an assignment: the author knows
    if (/^(:?[-=+?]|=)/.test(behind) || /(-[nzv]\s+["']?\$?\{?|\bexport\s+)$/.test(before)) return undefined;
    if (/\$\{?$/.test(before)) found ??= [at, at + name.length];
  }
  return found;
}

/** Patterns that give every task of an array a file of its own. */
const distinct: Readonly<Partial<Record<Dialect['system'], RegExp>>> = {
  slurm: /%\d*[ajJ]/,
  sge: /\$(TASK_ID|\{TASK_ID\})|\/$/,
  lsf: /%I/,
};

const outputs = /^(?:output|error|stdout|stderr|o|e|oo|eo)$/;
const pathKinds = /path|pattern/;

function checkOutputs(job: Job): void {
  const { dialect, problems, surroundings } = job;
  const array = arrayOf(job);
  const written = job.options.filter(
    ({ spec, value }) => outputs.test(spec.key) && pathKinds.test(spec.kind) && value !== undefined,
  );
  const ownFile = distinct[dialect.system];
  for (const { value = '', valueSpan } of written) {
    if (
      array &&
      array.count > 1 &&
      ownFile &&
      !ownFile.test(value) &&
      value !== '/dev/null' &&
      isFileName(value, dialect)
    )
      problems.add(
        'array-shares-output',
        valueSpan,
        `All tasks of the array write to this file. ${examples[dialect.system] ?? ''}`.trim(),
      );
    const folder = folderOf(job, value);
    if (folder !== undefined && surroundings.hasFolder?.(folder) === false)
      problems.add(
        'output-folder-missing',
        valueSpan,
        `The folder '${folder}' is not there, and ${dialect.title} does not make it: the job would fail without any output.`,
      );
  }
}

const examples: Readonly<Partial<Record<Dialect['system'], string>>> = {
  slurm: '%a stands for the index, %A for the array.',
  sge: '$TASK_ID stands for the index.',
  lsf: '%I stands for the index.',
};

/** Grid Engine writes a file of its own into a directory, which a name alone does not tell. */
const isFileName = (value: string, { system }: Dialect): boolean =>
  system !== 'sge' || /\.[^/]+$/.test(value);

/** The folder of an output, where it is certain which one that is. */
function folderOf(job: Job, value: string): string | undefined {
  const slash = value.lastIndexOf('/');
  if (slash <= 0 || value.includes(':')) return undefined;
  const folder = value.slice(0, slash);
  if (/[%$~^\\]/.test(folder)) return undefined;
  if (folder.startsWith('/')) return folder;
  // relative to where the job runs, which may be anywhere
  if (given(job, 'chdir', 'wd', 'cwd', 'directory') && job.dialect.system !== 'sge') return undefined;
  switch (job.dialect.system) {
    case 'slurm':
    case 'lsf':
    case 'oar':
      return folder;
    case 'sge':
      return given(job, 'cwd') && !given(job, 'wd') ? folder : undefined;
    case 'torque':
    case 'pbspro':
    case 'moab':
      return undefined;
  }
}

function checkOmissions(job: Job): void {
  const { dialect, problems, options } = job;
  const [first] = options;
  // what is missing may only be misspelt or misplaced
  if (
    !first ||
    problems.has('unknown-option', 'unknown-resource', 'missing-value', 'not-a-directive', 'late-directive')
  )
    return;
  const at = first.directive.markSpan;
  if (!hasTimeLimit(job))
    problems.add(
      'time-limit-missing',
      at,
      `No time limit is given; the queue's default counts, which is often short or unlimited.`,
    );
  if (dialect.system !== 'sge') return;
  if (!given(job, 'cwd', 'wd'))
    problems.add('directory-not-given', at, 'Without -cwd or -wd the job starts in the home directory.', {
      fix: { title: 'Add -cwd', edits: [{ at: [at[0], at[0]], newText: '#$ -cwd\n' }] },
    });
  if (!given(job, 'S'))
    problems.add(
      'shell-not-given',
      at,
      "Without -S the queue's shell may run the script, whatever its first line says.",
      {
        fix: { title: 'Add -S /bin/bash', edits: [{ at: [at[0], at[0]], newText: '#$ -S /bin/bash\n' }] },
      },
    );
}

const timeOptions: Readonly<Record<Dialect['system'], RegExp>> = {
  slurm: /^(time|time-min|deadline|test-only)$/,
  oar: /^$/,
  torque: /^$/,
  pbspro: /^$/,
  sge: /^(@|jc)$/,
  moab: /^$/,
  lsf: /^(W|We|c|t|app)$/,
};

function hasTimeLimit({ dialect, options }: Job): boolean {
  return options.some(
    ({ spec, value }) =>
      timeOptions[dialect.system].test(spec.key) ||
      (value !== undefined &&
        /walltime|h_rt|s_rt|h_cpu|cput/.test(value) &&
        /^(l|resource|L)$/.test(spec.key)),
  );
}
