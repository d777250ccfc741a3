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

/** The first column of the table whose heading begins with `title`; messages may stand above it. */
function firstColumn(text: string, title: string): string {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith(title));
  if (head < 0) return '';
  return lines
    .slice(head + 1)
    .map((line) => line.split(/\s/, 1)[0] ?? '')
    .join('\n');
}

/** `sinfo` %R: the name without the mark of the default; `qconf -sql`: one name a line; `bqueues -w`: a table (their man pages). */
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
    command: { program: 'bqueues', args: ['-w'] },
    read: (stdout) => words(firstColumn(stdout, 'QUEUE_NAME')),
    directive: (name) => `-q ${name}`,
  },
};
