/** What a script asks for, in words that belong to no batch system. */
import type { Indexes } from '../values/indexes.ts';

export interface Dependency {
  readonly when: 'ok' | 'notok' | 'any' | 'start' | 'task';
  readonly jobs: readonly string[];
}

export type MailEvent = 'begin' | 'end' | 'fail';

/** Times in seconds, sizes in bytes. */
export interface Request {
  readonly name?: string;
  readonly queue?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly walltime?: number;
  readonly nodes?: number;
  /** Tasks of the whole job, where nodes and tasks per node don't say it. */
  readonly tasks?: number;
  readonly tasksPerNode?: number;
  readonly cpusPerTask?: number;
  readonly memoryPerNode?: number;
  readonly memoryPerCpu?: number;
  readonly gpusPerNode?: { readonly count: number; readonly type?: string };
  readonly exclusive?: true;
  readonly directory?: string;
  /** With `{id}`, `{index}` and `{name}` where the job's are filled in. */
  readonly output?: string;
  readonly error?: string;
  /** Errors go into the output file. */
  readonly merged?: true;
  readonly array?: Indexes;
  readonly dependencies?: readonly Dependency[];
  readonly mailEvents?: readonly MailEvent[];
  readonly mailAddress?: string;
  readonly environment?: 'all' | 'none';
  /** `NAME` or `NAME=value`. */
  readonly variables?: readonly string[];
  readonly held?: true;
  readonly requeue?: boolean;
  /** A signal that comes before the time limit. */
  readonly warning?: { readonly signal: string; readonly seconds: number };
  readonly shell?: string;
}

/** The parts of the request whose size a scheduler reserves; there and back they stay the same. */
export interface Totals {
  readonly walltime: number | undefined;
  readonly cpus: number;
  readonly nodes: number | undefined;
  readonly memory: number | undefined;
  readonly gpus: number | undefined;
}

/** How many CPUs one node gives the job; for a job without nodes, all its CPUs. */
export function slotsPerNode({ nodes, tasks, tasksPerNode, cpusPerTask = 1 }: Request): number {
  if (tasksPerNode !== undefined) return tasksPerNode * cpusPerTask;
  if (tasks !== undefined) return Math.ceil(tasks / (nodes ?? 1)) * cpusPerTask;
  return cpusPerTask;
}

/** Bytes of memory on one node. */
export const memoryOfNode = (request: Request): number | undefined =>
  request.memoryPerNode ??
  (request.memoryPerCpu === undefined ? undefined : request.memoryPerCpu * slotsPerNode(request));

/** CPUs, memory and GPUs of the whole job. */
export function totals(request: Request): Totals {
  const { nodes, walltime, gpusPerNode } = request;
  const count = nodes ?? 1;
  const memory = memoryOfNode(request);
  return {
    walltime,
    nodes,
    cpus: slotsPerNode(request) * count,
    memory: memory && memory * count,
    gpus: gpusPerNode && gpusPerNode.count * count,
  };
}
