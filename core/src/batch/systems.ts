/** The batch systems, and how each one reads the directives of a script. */

export const systems = ['slurm', 'oar', 'torque', 'pbspro', 'sge', 'moab', 'lsf'] as const;
export type System = (typeof systems)[number];

/** What a directive line begins with. `#PBS` belongs to two systems, and Moab reads it too. */
export const marks = ['#SBATCH', '#OAR', '#PBS', '#$', '#MSUB', '#BSUB'] as const;
export type Mark = (typeof marks)[number];

/** How the words of a directive become options. */
export type Syntax =
  /** `--long=value`, `--long value`, `-s value`, `-svalue`, flags together. */
  | 'getopt-long'
  /** `-s value`, `-svalue`, flags together. */
  | 'getopt'
  /** `-word value`. */
  | 'single-dash'
  /** One option, then a blank, then the rest of the line as it is. */
  | 'one-per-line';

/** What happens to an option that stands twice. */
export type Repetition = 'last-wins' | 'first-wins';

export interface Dialect {
  readonly system: System;
  /** For people. */
  readonly title: string;
  readonly mark: Mark;
  readonly syntax: Syntax;
  /** Whether reading ends at the first line that is neither blank nor a comment. */
  readonly stopsAtCommand: boolean;
  /** Whether blanks may stand before the mark. */
  readonly indentable: boolean;
  /** Whether a blank must stand behind the mark. */
  readonly needsBlank: boolean;
  /** The program that reads the script. */
  readonly submit: string;
  /** The environment variable with the index of an array's task. */
  readonly indexVariable: string;
  /** Largest number of tasks, or for Slurm largest index, that a site takes unless it changed that. */
  readonly arrayLimit: number;
}

export const dialects: Readonly<Record<System, Dialect>> = {
  slurm: {
    system: 'slurm',
    title: 'Slurm',
    mark: '#SBATCH',
    syntax: 'getopt-long',
    stopsAtCommand: true,
    indentable: false,
    needsBlank: false,
    submit: 'sbatch',
    indexVariable: 'SLURM_ARRAY_TASK_ID',
    arrayLimit: 1000,
  },
  oar: {
    system: 'oar',
    title: 'OAR',
    mark: '#OAR',
    syntax: 'one-per-line',
    stopsAtCommand: false,
    indentable: false,
    needsBlank: true,
    submit: 'oarsub',
    indexVariable: 'OAR_ARRAY_INDEX',
    arrayLimit: Infinity,
  },
  torque: {
    system: 'torque',
    title: 'TORQUE',
    mark: '#PBS',
    syntax: 'getopt',
    stopsAtCommand: true,
    indentable: true,
    needsBlank: false,
    submit: 'qsub',
    indexVariable: 'PBS_ARRAYID',
    arrayLimit: 99_999,
  },
  pbspro: {
    system: 'pbspro',
    title: 'PBS Pro',
    mark: '#PBS',
    syntax: 'getopt',
    stopsAtCommand: true,
    indentable: true,
    needsBlank: false,
    submit: 'qsub',
    indexVariable: 'PBS_ARRAY_INDEX',
    arrayLimit: 10_000,
  },
  sge: {
    system: 'sge',
    title: 'Grid Engine',
    mark: '#$',
    syntax: 'single-dash',
    stopsAtCommand: false,
    indentable: false,
    needsBlank: false,
    submit: 'qsub',
    indexVariable: 'SGE_TASK_ID',
    arrayLimit: 75_000,
  },
  moab: {
    system: 'moab',
    title: 'Moab',
    mark: '#MSUB',
    syntax: 'getopt',
    stopsAtCommand: true,
    indentable: true,
    needsBlank: false,
    submit: 'msub',
    indexVariable: 'MOAB_JOBARRAYINDEX',
    arrayLimit: Infinity,
  },
  lsf: {
    system: 'lsf',
    title: 'LSF',
    mark: '#BSUB',
    syntax: 'single-dash',
    stopsAtCommand: true,
    indentable: false,
    needsBlank: false,
    submit: 'bsub',
    indexVariable: 'LSB_JOBINDEX',
    arrayLimit: 1000,
  },
};

/** The systems that read lines with this mark, the likelier first. */
export const systemsOf: Readonly<Record<Mark, readonly [System, System?]>> = {
  '#SBATCH': ['slurm'],
  '#OAR': ['oar'],
  '#PBS': ['torque', 'pbspro'],
  '#$': ['sge'],
  '#MSUB': ['moab'],
  '#BSUB': ['lsf'],
};
