/** Every flag of every verb: one name, one meaning. The parser, the help and docs/cli.md follow this table. */
import { CommandFailure } from './failure.ts';

interface Flag<T> {
  /** What stands for the value in the help; absent: the flag takes no value. */
  readonly placeholder?: string;
  readonly summary: string;
  /** One letter that stands for it. */
  readonly short?: string;
  /** Throws a CommandFailure whose message completes "--flag VALUE: ". */
  readonly parse: (text: string) => T;
}

const switchedOn = (summary: string, short?: string): Flag<true> => ({
  summary,
  ...(short === undefined ? {} : { short }),
  parse: () => true,
});
const valued = <T>(placeholder: string, summary: string, parse: (text: string) => T): Flag<T> => ({
  placeholder,
  summary,
  parse,
});

const refuse = (expected: string): never => {
  throw new CommandFailure('usage', `expected ${expected}`);
};

const text = (value: string): string => (value === '' ? refuse('a text that is not empty') : value);

/** Whole numbers from `least` to 2^53 - 1. */
const wholeNumber =
  (least: number) =>
  (value: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    return Number.isSafeInteger(number) && number >= least
      ? number
      : refuse(`a whole number of at least ${least}`);
  };

const seconds = (value: string): number => {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  return Number.isFinite(number) ? number : refuse('a number of seconds, 0 or more');
};

/** `auto`, `none`, or ids as CUDA_VISIBLE_DEVICES takes them. */
const gpuIds = (value: string): 'auto' | readonly string[] => {
  if (value === 'auto') return 'auto';
  if (value === 'none') return [];
  const ids = value.split(',').map((id) => id.trim());
  return ids.every((id) => /^[A-Za-z0-9./:_-]+$/.test(id))
    ? ids
    : refuse('auto, none, or GPU ids separated by commas, e.g. 0,1');
};

const seed = (value: string): number => {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  return Number.isSafeInteger(number) ? number : refuse('a whole number from 0 to 9007199254740991');
};

export const FLAGS = {
  root: valued('DIR', 'workspace folder, the one that holds .sweeps', text),
  workers: valued('N', 'jobs that run at once on this machine', wholeNumber(1)),
  gpus: valued('IDS', 'GPUs to hand out: auto, none, or ids such as 0,1', gpuIds),
  'gpus-per-job': valued('N', 'GPUs that each job gets', wholeNumber(0)),
  grace: valued('SECONDS', 'time between SIGTERM and SIGKILL when a job is ended', seconds),
  interpreter: valued('PROGRAM', 'what ${interpreter} becomes in the command', text),
  'no-brakes': switchedOn('do not pause a sweep whose first jobs fail'),
  'max-consecutive-failures': valued('N', 'pause after N failures in a row (0: never)', wholeNumber(0)),
  seed: valued('N', 'seed of random choices, for the same jobs again', seed),
  limit: valued('N', 'number of jobs to show', wholeNumber(0)),
  'dry-run': switchedOn('show every job and its script; nothing is created'),
  queues: valued(
    'FILE',
    "JSON file with queues as in the editor's setting sweepdeck.queues, instead of the workspace's own settings",
    text,
  ),
  queue: valued('NAME', 'queue to use instead of the one that the file asks for', text),
  detach: switchedOn('end once the batch system has all jobs, instead of waiting for them'),
  failed: switchedOn('all jobs that failed or were lost'),
  yes: switchedOn('do not ask for confirmation', 'y'),
  json: switchedOn('print JSON on standard output, in the shape documented in docs/cli.md'),
  quiet: switchedOn('no progress and no notices on standard error', 'q'),
  'no-color': switchedOn('no colours; the environment variable NO_COLOR does the same'),
  help: switchedOn('print help', 'h'),
  version: switchedOn('print the version', 'V'),
} satisfies Readonly<Record<string, Flag<unknown>>>;

export type FlagName = keyof typeof FLAGS;
export type FlagValues = { readonly [Name in FlagName]?: ReturnType<(typeof FLAGS)[Name]['parse']> };

export const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];

/** Flags that every verb takes. */
export const COMMON_FLAGS: readonly FlagName[] = ['json', 'quiet', 'no-color', 'help'];

/** The row of a flag, whatever its value's type. */
export function flagOf(name: FlagName): Flag<unknown> {
  return FLAGS[name];
}

/** `--workers N`, as the help and the documentation write it. */
export function flagUsage(name: FlagName): string {
  const { placeholder } = flagOf(name);
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
}
