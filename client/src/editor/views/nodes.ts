import type { GroupName } from '../presentation/groups.ts';

export interface SweepNode {
  readonly kind: 'sweep';
  readonly id: string;
  /** Key of the sweep. */
  readonly sweep: string;
}
export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly sweep: string;
  readonly group: GroupName;
}
export interface JobNode {
  readonly kind: 'job';
  readonly id: string;
  readonly sweep: string;
  readonly group: GroupName;
  readonly job: number;
}
/** Stands for the jobs that are not listed yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly sweep: string;
  readonly group: GroupName;
}
export type Node = SweepNode | GroupNode | JobNode | MoreNode;

/**
 * Makes each node once: the editor knows a node by the object, and refreshing one needs the very same. Nodes say what
 * they stand for and nothing about it; that is read when they are shown.
 */
export class NodeStore {
  readonly #sweeps = new Map<string, Map<string, Node>>();

  sweep(sweep: string): SweepNode {
    return this.#once({ kind: 'sweep', id: sweep, sweep });
  }

  group(sweep: string, group: GroupName): GroupNode {
    return this.#once({ kind: 'group', id: `${sweep}/${group}`, sweep, group });
  }

  job(sweep: string, group: GroupName, job: number): JobNode {
    return this.#once({ kind: 'job', id: `${sweep}/${group}/${job}`, sweep, group, job });
  }

  more(sweep: string, group: GroupName): MoreNode {
    return this.#once({ kind: 'more', id: `${sweep}/${group}/more`, sweep, group });
  }

  /** The job's node in that group if it was ever made. */
  knownJob(sweep: string, group: GroupName, job: number): Node | undefined {
    return this.#sweeps.get(sweep)?.get(`${sweep}/${group}/${job}`);
  }

  /** Forgets a sweep that was deleted. */
  drop(sweep: string): void {
    this.#sweeps.delete(sweep);
  }

  #once<N extends Node>(node: N): N {
    let nodes = this.#sweeps.get(node.sweep);
    if (nodes === undefined) {
      nodes = new Map<string, Node>();
      this.#sweeps.set(node.sweep, nodes);
    }
    const known = nodes.get(node.id);
    // an id is made of the kind and its fields, so a node of the same id is of the same type
    if (known !== undefined) return known as N;
    nodes.set(node.id, node);
    return node;
  }
}
