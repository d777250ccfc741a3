/** Checks the values of options: first each one's own form, then all of them against the system's schema. */
import type { ErrorObject } from 'ajv';
import * as validators from '#generated/directive-validators.js';
import { listed, nearest } from '../sweep/spelling.ts';
import type { Value } from '../value.ts';
import { catalogueOf, type OptionSpec } from './catalogue.ts';
import type { GivenOption } from './options.ts';
import { isRead } from './placed-option.ts';
import { replacing, type BatchProblems } from './problem-list.ts';
import type { Span } from './script.ts';
import { dialects, type System } from './systems.ts';
import { readValue } from './values/kinds.ts';
import { pieces } from './values/lists.ts';
import type { Parsed } from './values/parsed.ts';

/** An option with its value in canonical units: seconds, bytes, counts. */
export interface ReadOption extends GivenOption {
  /** undefined without a value, or when it is malformed. */
  readonly parsed: Value | undefined;
}

/** Reads the values of all options and validates them together; what is wrong goes to `problems`. */
export function validateOptions(
  text: string,
  given: readonly GivenOption[],
  system: System,
  problems: BatchProblems,
): readonly ReadOption[] {
  const read = given.map((option) =>
    isRead(option) ? option : { ...option, parsed: readOne(text, option, problems) },
  );
  const parts = read.at(-1)?.part === 0 ? [read] : Map.groupBy(read, (option) => option.part).values();
  for (const part of parts) validatePart(text, part, system, problems);
  return read;
}

/** The options of one part of a job, against the schema of their system. */
function validatePart(
  text: string,
  options: readonly ReadOption[],
  system: System,
  problems: BatchProblems,
): void {
  const directives: Record<string, Value[]> = {};
  for (const { spec, parsed } of options) {
    const values = (directives[spec.key] ??= []);
    if (parsed !== undefined) values.push(parsed);
  }
  const validate = validators[system];
  if (validate(directives)) return;
  const sources = Map.groupBy(
    options.filter(({ parsed }) => parsed !== undefined),
    ({ spec }) => spec.key,
  );
  for (const error of validate.errors ?? []) report(text, error, sources, options, system, problems);
}

/** The value of an option in canonical units; undefined without one, or when it is malformed. */
export function readOne(text: string, option: GivenOption, problems: BatchProblems): Value | undefined {
  const { spec, value, valueSpan, verbatim } = option;
  if (value === undefined) return spec.takes === 'nothing' ? true : undefined;
  const variable = variableIn(text, option);
  const result = readValue(spec, value);
  if (variable) {
    problems.add(
      'variable-in-directive',
      variable.at,
      `Variables are not expanded in directives: ${dialects[spec.system].submit} takes '${variable.name}' as it stands.`,
      { severity: result.ok ? 'warning' : 'error' },
    );
    return result.ok ? result.value : undefined;
  }
  if (result.ok) return result.value;
  if (!reportTaken('malformed-value', option, problems))
    malformed(text, spec, value, valueSpan, verbatim, result, problems);
  return undefined;
}

/** Warns of a value that sbatch takes for another one; false where it refuses the script. */
function reportTaken(
  code: 'malformed-value' | 'unknown-word',
  { spec, value = '', valueSpan }: GivenOption,
  problems: BatchProblems,
): boolean {
  const taken = spec.system === 'slurm' ? takenAs[spec.key]?.(value) : undefined;
  if (taken === undefined) return false;
  problems.add(code, valueSpan, `sbatch takes '${value}' for ${taken}. Write ${taken}, or what you mean.`, {
    severity: 'warning',
    fix: replacing(`Change to '${taken}'`, valueSpan, taken),
  });
  return true;
}

/** As Slurm 22.05 reads them: a number by the digits that it begins with, a mode by its first letter. */
const takenAs: Readonly<Record<string, (value: string) => string | undefined>> = {
  nice: (value) => String(Number.parseInt(value, 10) || 0),
  'open-mode': (value) => (/^a/i.test(value) ? 'append' : /^t/i.test(value) ? 'truncate' : undefined),
};

function malformed(
  text: string,
  spec: OptionSpec,
  value: string,
  valueSpan: Span,
  verbatim: boolean,
  { why, instead, at }: Parsed & { ok: false },
  problems: BatchProblems,
): void {
  const span = partSpan(text, value, valueSpan, verbatim, at);
  const wrong = at === undefined ? value : value.slice(...at);
  const message =
    why === undefined
      ? `'${wrong}' is no value of ${spec.name}, which takes ${spec.forms}.`
      : `${why.replace(/(?<![.?])$/, '.')}${/takes|known|such as|Did you mean|characters/.test(why) ? '' : ` ${spec.name} takes ${spec.forms}.`}`;
  const replacement = at === undefined || span !== valueSpan ? instead : undefined;
  problems.add('malformed-value', span, message, {
    fix: replacement === undefined ? undefined : replacing(`Change to '${replacement}'`, span, replacement),
  });
}

/** Where a part of a value stands; the whole value where quotes shift its characters. */
export function partSpan(
  text: string,
  value: string,
  valueSpan: Span,
  verbatim: boolean,
  at: readonly [number, number] | undefined,
): Span {
  if (at === undefined) return valueSpan;
  const start = verbatim
    ? valueSpan[0]
    : text.slice(valueSpan[0] + 1, valueSpan[1] - 1) === value
      ? valueSpan[0] + 1
      : undefined;
  if (start === undefined) return valueSpan;
  const span: Span = [start + at[0], start + at[1]];
  return span[0] < span[1] ? span : valueSpan;
}

const variable = /\$(?:\{\w[^}]*\}?|[A-Za-z_]\w*|\([^)]*\)?)|`[^`]*`?/g;
/** Grid Engine looks for its words letter by letter: in `$JOB_ID_$TASK_ID` it finds both. */
const filledIn: Readonly<Partial<Record<System, RegExp>>> = {
  sge: /^\$(?:HOME|USER|JOB_ID|JOB_NAME|HOSTNAME|TASK_ID|SGE_TASK_ID)/,
  torque: /^\$\{?(PBS_\w+|HOME|USER|LOGNAME)\}?$/,
  pbspro: /^\$\{?PBS_\w+\}?$/,
  moab: /^\$(\([A-Z]+\)|\{?(PBS|MOAB)_\w+\}?|HOME|USER)$/,
};
/** Kinds whose text is somebody else's business. */
const free = new Set(['command', 'sql', 'text', 'lsf-dependency']);

function variableIn(
  text: string,
  { spec, value, valueSpan }: GivenOption,
): { name: string; at: Span } | undefined {
  if (value === undefined || !/[$`]/.test(value)) return undefined;
  if (free.has(spec.kind) && spec.key !== 'job-name' && spec.key !== 'name') return undefined;
  const source = text.slice(...valueSpan);
  for (const match of source.matchAll(variable)) {
    const [name] = match;
    if (/path|pattern/.test(spec.kind) && filledIn[spec.system]?.test(name) === true) continue;
    const at = valueSpan[0] + match.index;
    return { name, at: [at, at + name.length] };
  }
  return undefined;
}

function report(
  text: string,
  error: ErrorObject,
  sources: ReadonlyMap<string, readonly ReadOption[]>,
  read: readonly ReadOption[],
  system: System,
  problems: BatchProblems,
): void {
  if (error.keyword === 'not') {
    reportExclusion(error, read, system, problems);
    return;
  }
  const [, key = '', index = '', ...inside] = error.instancePath.split('/');
  const option = sources.get(key)?.[Number(index)];
  if (option?.value === undefined) return;
  const { spec, value, valueSpan, verbatim } = option;
  if (error.keyword === 'enum') {
    if (reportTaken('unknown-word', option, problems)) return;
    const item =
      inside[0] === undefined
        ? undefined
        : pieces(value, ',').filter(({ text }) => text.trim() !== '')[Number(inside[0])];
    const at = item && ([item.from, item.to] as const);
    const span = partSpan(text, value, valueSpan, verbatim, at);
    const word = item?.text ?? value;
    const meant = nearest(word, spec.words);
    problems.add(
      'unknown-word',
      span,
      `${spec.name} does not know '${word}'. ${meant === undefined ? `It knows ${listed(spec.words, 'and')}.` : `Did you mean '${meant}'?`}`,
      {
        fix: meant === undefined ? undefined : replacing(`Change to '${meant}'`, span, meant),
        ...(isPassedOver(option) && { severity: 'warning' }),
      },
    );
    return;
  }
  if (error.keyword === 'minimum' || error.keyword === 'maximum') {
    const { limit } = error.params as { limit: number };
    const bound = error.keyword === 'minimum' ? 'at least' : 'at most';
    problems.add('value-out-of-range', valueSpan, `${spec.name} takes ${bound} ${limit}.`, {
      fix: inside.length > 0 ? undefined : replacing(`Change to '${limit}'`, valueSpan, String(limit)),
    });
    return;
  }
  problems.add(
    'malformed-value',
    valueSpan,
    `'${value}' is no value of ${spec.name}, which takes ${patternWords[spec.key] ?? spec.forms}.`,
  );
}

/** sbatch leaves out an event that it doesn't know when it knows another one beside it. */
const isPassedOver = ({ spec, value = '' }: GivenOption): boolean =>
  spec.key === 'mail-type' && value.split(',').some((word) => spec.words.includes(word.trim().toUpperCase()));

/** What the patterns of the catalogues ask for. */
const patternWords: Readonly<Record<string, string>> = {
  container: 'an absolute path',
  g: 'a path that begins with /',
  k: 'letters of e, o and d, or n',
  R: 'letters of e and o',
};

function reportExclusion(
  error: ErrorObject,
  read: readonly ReadOption[],
  system: System,
  problems: BatchProblems,
): void {
  const exclusion = catalogueOf(system).exclusions[Number(/\/allOf\/(\d+)\//.exec(error.schemaPath)?.[1])];
  if (!exclusion) return;
  const [first, second] = exclusion.keys
    .map((key) => read.findLast((option) => option.spec.key === key))
    .filter((option) => option !== undefined)
    .sort((a, b) => a.span[0] - b.span[0]);
  if (!first || !second) return;
  problems.add(
    'exclusive-options',
    second.nameSpan,
    `${second.spec.name} and ${first.spec.name} don't go together. ${exclusion.why}`,
    {
      severity: exclusion.severity,
      related: [{ message: `${first.spec.name} stands here.`, at: first.nameSpan }],
      fix: { title: `Remove ${second.spec.name}`, edits: [{ at: removal(second), newText: '' }] },
    },
  );
}

/** The option with what parts it from the one before; its whole line when nothing else stands on it. */
export function removal({ directive, span }: GivenOption): Span {
  return [span[0] - (span[0] > directive.body[0] ? 1 : 0), span[1]];
}
