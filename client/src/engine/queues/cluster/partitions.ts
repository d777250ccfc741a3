/** How each batch system lists the names of its partitions or queues, where one cheap command does. */
import type { System } from '#core/batch/systems.ts';
import type { Invocation } from './batch-system.ts';

export interface PartitionList {
  readonly command: Invocation;
  /** Names, each once. */
  readonly read: (stdout: string) => readonly string[];
  /** The directive that asks for one. */
  readonly directive: (name: string) => string;
}

const words = (text: string): readonly string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^[\w.@-]+$/.test(line)),
  ),
];

/** `sinfo` %R: the name without the mark of the default; `qconf -sql` and `bqueues`: one name a line (their man pages). */
export const partitionLists: Readonly<Partial<Record<System, PartitionList>>> = {
  slurm: {
    command: { program: 'sinfo', args: ['-h', '-o', '%R'] },
    read: words,
    directive: (name) => `--partition=${name}`,
  },
  sge: {
    command: { program: 'qconf', args: ['-sql'] },
    read: words,
    directive: (name) => `-q ${name}`,
  },
  lsf: {
    command: { program: 'bqueues', args: ['-o', 'queue_name', '-noheader'] },
    read: words,
    directive: (name) => `-q ${name}`,
  },
};
