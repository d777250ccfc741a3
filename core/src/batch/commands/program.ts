/** Which program a command runs in Python, behind variables of its own and the launchers that start it. */
import type { Span } from '../script.ts';
import { fieldsOf, noVariables } from './words.ts';

/** A program by its file, or by the module that `-m` names; undefined where only the job's shell knows it. */
export interface Program {
  readonly kind: 'file' | 'module';
  readonly name: string | undefined;
}

export interface FoundProgram {
  readonly program: Program;
  /** Which word is the interpreter, or the launcher that starts Python itself. */
  readonly interpreter: number;
  /** Which word names the program. */
  readonly word: number;
}

interface Launcher {
  /** How many words belong to an option that has them behind it. */
  readonly values: Readonly<Record<string, number>>;
  /** Options without a value of their own. */
  readonly flags?: readonly string[];
  /** Words between the options and the program: an image, a duration. */
  readonly words?: number;
  /** Words that say what to do: `run`, `exec`. */
  readonly verbs?: readonly string[];
  /** Whether `NAME=value` words may stand before the program. */
  readonly assigns?: true;
}

const one = (options: string): Readonly<Record<string, number>> =>
  Object.fromEntries(options.split(' ').map((option) => [option, 1]));

const mpi: Launcher = {
  values: {
    ...one(
      '-n -np -c -N -H -host --host -hosts -x -f -ppn -perhost -rf -wdir --wdir -wd --hostfile -hostfile',
    ),
    ...one(
      '-machinefile --machinefile --map-by -map-by --bind-to -bind-to --rank-by --report-bindings-to -path',
    ),
    ...one(
      '-genvlist -envlist -iface -bootstrap -npernode --npernode -rankfile --rankfile --prefix --tag-output-to',
    ),
    ...{ '--mca': 2, '-mca': 2, '--gmca': 2, '-gmca': 2, '-genv': 2, '-env': 2 },
  },
  flags:
    'v q -v -q --oversubscribe --tag-output --report-bindings --allow-run-as-root --quiet --verbose -l'.split(
      ' ',
    ),
};
const container: Launcher = {
  values: {
    ...one(
      '-B --bind --home -H -W --workdir --pwd --env --env-file -o --overlay --network --mount -s --scratch',
    ),
    ...one('-v --volume -e --gpus --name -w -u --user --entrypoint --shm-size --ipc'),
  },
  flags:
    '--nv --rocm -c --contain -C --containall -e --cleanenv -i --ipc -p --pid --rm -it -t -d --writable-tmpfs --fakeroot'.split(
      ' ',
    ),
  verbs: ['exec', 'run'],
  words: 1,
};
const environment: Launcher = {
  values: one(
    '-n --name -p --prefix --cwd --with --python --extra --group --project --directory --env-file -e -m',
  ),
  flags:
    '--no-capture-output --live-stream --frozen --isolated --locked --no-sync -v --verbose -q --quiet'.split(
      ' ',
    ),
  verbs: ['run', 'exec'],
};
const none: Launcher = { values: {} };

/** Programs that start the program behind them. */
const launchers: Readonly<Record<string, Launcher>> = {
  srun: {
    values: {
      ...one('-A -b -B -c -C -d -D -e -E -F -G -i -I -J -K -L -m -M -n -N -o -p -P -q -r -S -t -T -w -W -x'),
      ...one(
        '--account --ntasks --nodes --cpus-per-task --partition --time --mem --gres --gpus --job-name --output',
      ),
      ...one('--error --mpi --qos --constraint --nodelist --exclude --chdir --export --distribution --input'),
      ...one(
        '--ntasks-per-node --gpus-per-task --gpus-per-node --mem-per-cpu --mem-per-gpu --container-image',
      ),
      ...one(
        '--container-mounts --container-name --container-workdir --relative --jobid --comment --reservation',
      ),
    },
    flags: (
      '-l --label -u --unbuffered -v --verbose -Q --quiet -s --oversubscribe -O --overcommit --exclusive --overlap --exact --pty ' +
      '-X -Z -H -k -R -K -I -E --kill-on-bad-exit --cpu-bind --gpu-bind --immediate --multi-prog --propagate --no-kill'
    ).split(' '),
  },
  mpirun: mpi,
  mpiexec: mpi,
  'mpiexec.hydra': mpi,
  orterun: mpi,
  prun: mpi,
  prterun: mpi,
  horovodrun: mpi,
  aprun: mpi,
  ibrun: mpi,
  jsrun: {
    values: one(
      '-n -r -a -c -g -d -b -l -p -E -F -o -k -h -e --nrs --rs_per_host --tasks_per_rs --cpu_per_rs --gpu_per_rs',
    ),
  },
  lrun: mpi,
  env: { values: one('-u --unset -C --chdir'), flags: ['-i', '-', '-0', '-v'], assigns: true },
  time: {
    values: one('-o --output -f --format'),
    flags: '-p -v -a --verbose --portability --append'.split(' '),
  },
  nohup: none,
  exec: { values: one('-a'), flags: ['-c', '-l'] },
  command: { values: {}, flags: ['-p'] },
  setsid: none,
  nice: { values: one('-n --adjustment') },
  ionice: { values: one('-c -n --class --classdata'), flags: ['-t'] },
  chrt: { values: {}, words: 1 },
  timeout: {
    values: one('-k --kill-after -s --signal'),
    flags: ['-v', '--foreground', '--preserve-status'],
    words: 1,
  },
  stdbuf: { values: one('-i -o -e --input --output --error') },
  unbuffer: { values: {}, flags: ['-p'] },
  taskset: { values: {}, flags: ['-a', '-c', '--cpu-list', '--all-tasks'], words: 1 },
  numactl: {
    values: one('-N -m -C -i -p --cpunodebind --membind --physcpubind --interleave --preferred'),
    flags: ['-l', '--localalloc', '--all'],
  },
  'xvfb-run': {
    values: one('-e -f -n -p -s -w --error-file --server-num --server-args --wait'),
    flags: ['-a', '-l', '--auto-servernum'],
  },
  singularity: container,
  apptainer: container,
  docker: container,
  podman: container,
  'podman-hpc': container,
  shifter: { values: one('-i --image -V --volume -e --env -m --module -w --workdir') },
  conda: environment,
  mamba: environment,
  micromamba: environment,
  poetry: environment,
  pipenv: environment,
  pdm: environment,
  hatch: environment,
  rye: environment,
  uv: environment,
  pixi: environment,
  nsys: { values: one('-o --output -t --trace -c -s -w -f --stats'), verbs: ['profile', 'launch'] },
  ncu: { values: one('-o --export --set --section -k -c -s') },
};

/** Start a Python program themselves; it is the first of their words that ends in `.py`, or a module. */
const runners: Readonly<Record<string, readonly string[]>> = {
  torchrun: [],
  deepspeed: [],
  accelerate: ['launch'],
};
const runnerModules: ReadonlySet<string> = new Set([
  ...['torch.distributed.run', 'torch.distributed.launch', 'accelerate.commands.launch'],
  ...['deepspeed.launcher.runner', 'pdb', 'ipdb', 'cProfile', 'profile', 'debugpy', 'coverage', 'kernprof'],
  ...['line_profiler', 'memory_profiler', 'viztracer', 'scalene', 'pyinstrument', 'trace'],
]);
/** Modules and files that prepare an environment: run in the job like any other line. */
const tools: ReadonlySet<string> = new Set([
  ...[
    'pip',
    'venv',
    'virtualenv',
    'ensurepip',
    'site',
    'sysconfig',
    'compileall',
    'zipfile',
    'tarfile',
    'json.tool',
  ],
  ...[
    'http.server',
    'platform',
    'timeit',
    'ipykernel',
    'nltk.downloader',
    'spacy',
    'torch.utils.collect_env',
    'pytest',
  ],
  ...['setup.py'],
]);

const interpreterName = /^python(?:[23](?:\.\d+)?)?t?$/;
/** Options of the interpreter with a value: in the same word, or the next one. */
const withValue = /[WXQ]/;

/** Words can only be a Python command when one of them holds one of these. */
const telltale = /python|torchrun|deepspeed|accelerate/;

/** Where a text may hold Python commands: the offsets of words that no such command is without. */
export const mentionsOfPython = (text: string): readonly number[] =>
  Array.from(text.matchAll(new RegExp(telltale, 'g')), ({ index }) => index);

/** Whether a text may hold Python commands at all: for a quick no. */
export const mayRunPython = (text: string): boolean => telltale.test(text);

/** The Python program that a command with these words runs; undefined when it runs none, or one that only prepares. */
export function findProgram(text: string, words: readonly Span[]): FoundProgram | undefined {
  const texts = new ProgramWords(text, words);
  let at = 0;
  while (isAssignment(texts.written(at))) at++;
  for (;;) {
    const name = baseName(texts.at(at));
    if (interpreterName.test(name)) return behindInterpreter(texts, at);
    const runner = Object.hasOwn(runners, name) ? runners[name] : undefined;
    if (runner) return startedBy(texts, at, runner.includes(texts.at(at + 1)) ? at + 2 : at + 1);
    const launcher = Object.hasOwn(launchers, name) ? launchers[name] : undefined;
    if (!launcher) return undefined;
    const next = behindLauncher(texts, at + 1, launcher);
    if (next === undefined) return undefined;
    at = next;
  }
}

/** The words without their quotes, each read when it is asked for. */
class ProgramWords {
  readonly #text: string;
  readonly #words: readonly Span[];
  readonly #read: (string | undefined)[] = [];

  constructor(text: string, words: readonly Span[]) {
    this.#text = text;
    this.#words = words;
  }

  get length(): number {
    return this.#words.length;
  }

  /** Expansions stand in it as they are written; empty beyond the last word. */
  at(index: number): string {
    const word = this.#words[index];
    if (word === undefined) return '';
    return (this.#read[index] ??= fieldsOf(this.#text, word, noVariables)[0]?.text ?? '');
  }

  written(index: number): string {
    const word = this.#words[index];
    return word === undefined ? '' : this.#text.slice(...word);
  }

  /** The text where no shell would put in another one. */
  literal(index: number): string | undefined {
    const word = this.#words[index];
    const [field] = word ? fieldsOf(this.#text, word, noVariables) : [];
    return field?.expansions.length === 0 ? field.text : undefined;
  }
}

const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*\+?=/.test(word);
const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

const startsProgram = (word: string): boolean => {
  const name = baseName(word);
  return interpreterName.test(name) || Object.hasOwn(runners, name) || Object.hasOwn(launchers, name);
};

/** Where the launcher's own program begins. */
function behindLauncher(words: ProgramWords, from: number, launcher: Launcher): number | undefined {
  let at = from;
  let verbs = launcher.verbs?.length ? 1 : 0;
  let free = launcher.words ?? 0;
  while (at < words.length) {
    const word = words.at(at);
    if (word === '--') {
      at++;
      if (free === 0) return at;
    } else if (word.startsWith('-') && word !== '-') {
      at += 1 + valuesOf(launcher, word, words.at(at + 1));
    } else if (launcher.assigns && isAssignment(word)) at++;
    else if (verbs > 0 && launcher.verbs?.includes(word)) {
      verbs--;
      at++;
    } else if (free > 0) {
      free--;
      at++;
    } else return at;
  }
  return undefined;
}

/** How many words behind an option are its values. */
function valuesOf({ values, flags = [] }: Launcher, option: string, next: string): number {
  const known = Object.hasOwn(values, option) ? values[option] : undefined;
  if (known !== undefined && !(known === 1 && startsProgram(next) && flags.includes(option))) return known;
  // `-n4`, `--time=10`, `-lv`: everything in one word
  if (flags.includes(option) || option.includes('=') || (!option.startsWith('--') && option.length > 2))
    return 0;
  return next === '' || next.startsWith('-') || startsProgram(next) ? 0 : 1;
}

function behindInterpreter(words: ProgramWords, interpreter: number): FoundProgram | undefined {
  let at = interpreter + 1;
  while (at < words.length) {
    const word = words.at(at);
    if (word === '-' || word === '') return undefined;
    if (!word.startsWith('-')) return foundAt(words, interpreter, at, 'file');
    if (word.startsWith('--')) {
      at += word === '--check-hash-based-pycs' ? 2 : 1;
      continue;
    }
    const letters = word.slice(1);
    const value = letters.search(/[cmWXQ]/);
    if (value < 0) {
      // `-V`, `-h`: nothing runs
      if (/[Vh?]/.test(letters)) return undefined;
      at++;
      continue;
    }
    const letter = letters.charAt(value);
    if (letter === 'c') return undefined;
    if (letter === 'm') {
      const glued = letters.slice(value + 1);
      if (glued !== '') return undefined;
      return foundAt(words, interpreter, at + 1, 'module');
    }
    at += withValue.test(letter) && value === letters.length - 1 ? 2 : 1;
  }
  return undefined;
}

function foundAt(
  words: ProgramWords,
  interpreter: number,
  word: number,
  kind: Program['kind'],
): FoundProgram | undefined {
  const name = words.literal(word);
  if (words.at(word) === '') return undefined;
  if (name !== undefined && tools.has(baseName(name))) return undefined;
  if (kind === 'module' && name !== undefined && runnerModules.has(name))
    return startedBy(words, interpreter, word + 1);
  return { program: { kind, name }, interpreter, word };
}

function startedBy(words: ProgramWords, interpreter: number, from: number): FoundProgram | undefined {
  for (let at = from; at < words.length; at++) {
    const word = words.at(at);
    if (word.endsWith('.py')) return foundAt(words, interpreter, at, 'file');
    // overrides and what is behind them are no longer options of the launcher
    if (/^(?:\+\+?|~)?[A-Za-z_$][\w$./@]*=/.test(word)) return undefined;
    if ((word === '-m' || word === '--module') && !words.at(at + 1).startsWith('-'))
      return foundAt(words, interpreter, at + 1, 'module');
  }
  return undefined;
}
