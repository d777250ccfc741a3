/** Where the jobs of a batch script can go: this machine, or a batch system. */
import { type System, systems } from '#core/batch/systems.ts';
import type { BatchSystem } from '../../queues/cluster/batch-system.ts';
import { batchSystems } from '../../queues/cluster/systems/index.ts';

export type Target =
  | { readonly kind: 'local'; readonly queue: 'local' }
  | {
      readonly kind: 'batch-system';
      /** Name of the queue. */
      readonly queue: string;
      readonly adapter: BatchSystem;
      /** Directives and lines that the queue's settings ask for, beside the script's own. */
      readonly directives: readonly string[];
      readonly prologue: readonly string[];
    };

export interface Targets {
  /** Names of all queues. */
  names(): readonly string[];
  named(queue: string): Target | undefined;
  /** The queue for scripts with directives of this system. */
  ofSystem(system: System): Target;
}

export const LOCAL: Target = { kind: 'local', queue: 'local' };

/** This machine, and one queue for each batch system, named after it. */
export const plainTargets: Targets = {
  names: () => [LOCAL.queue, ...systems],
  named: (queue) =>
    queue === LOCAL.queue ? LOCAL : systems.filter((one) => one === queue).map(targetFor)[0],
  ofSystem: targetFor,
};

function targetFor(system: System): Target {
  return { kind: 'batch-system', queue: system, adapter: batchSystems[system], directives: [], prologue: [] };
}
