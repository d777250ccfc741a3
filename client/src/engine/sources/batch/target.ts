/** Where the jobs of a batch script can go: this machine, or a batch system. */
import type { SubmissionProblemCode } from '#core/batch/submission-problems.ts';
import type { System } from '#core/batch/systems.ts';
import type { BatchSystem } from '../../queues/cluster/batch-system.ts';
import { directivesOf } from '../../queues/cluster/directives.ts';
import { batchSystems } from '../../queues/cluster/systems/index.ts';
import type { QueueSettings } from '../../queues/queue-settings.ts';
import { LOCAL as LOCAL_QUEUE, queueNames, queueSettings } from '../../queues/queues.ts';
import type { EngineSettings } from '../../settings.ts';

export type Target =
  | { readonly kind: 'local'; readonly queue: typeof LOCAL_QUEUE }
  | {
      readonly kind: 'batch-system';
      /** Name of the queue. */
      readonly queue: string;
      readonly adapter: BatchSystem;
      /** Directives and lines that the queue's settings ask for, beside the script's own. */
      readonly directives: readonly string[];
      readonly prologue: readonly string[];
    };

/** A queue that is there and can't take batch scripts. */
export interface Unusable {
  readonly kind: 'unusable';
  readonly code: SubmissionProblemCode;
  /** A sentence. */
  readonly why: string;
}

export interface Targets {
  /** Names of all queues. */
  names(): readonly string[];
  named(queue: string): Target | Unusable | undefined;
  /** The queue for scripts with directives of this system. */
  ofSystem(system: System): Target | Unusable | undefined;
}

export const LOCAL: Target = { kind: 'local', queue: LOCAL_QUEUE };

/** This machine, and the queues in front of batch systems. */
export function targetsOf(settings: Pick<EngineSettings, 'queues'>): Targets {
  const named = (queue: string): Target | Unusable | undefined => {
    if (queue === LOCAL_QUEUE) return process.platform === 'win32' ? NO_SHELL : LOCAL;
    const found = queueSettings(queue, settings);
    return found === undefined ? undefined : targetFor(queue, found);
  };
  return {
    names: () => queueNames(settings),
    named,
    ofSystem: (system) => named(system),
  };
}

const NO_SHELL: Unusable = {
  kind: 'unusable',
  code: 'multirun-unknown-queue',
  why: 'Batch scripts are run by a POSIX shell, which Windows has not. Run Sweepdeck in WSL, or choose a queue on a cluster.',
};

function targetFor(queue: string, settings: QueueSettings): Target | Unusable {
  const { system, ssh } = settings;
  const adapter = batchSystems[system];
  if (ssh?.folder !== undefined) {
    return {
      kind: 'unusable',
      code: 'multirun-remote-queue',
      why: `The queue ${queue} is on ${ssh.host}, which knows the workspace as ${ssh.folder}: the script's own paths would lead nowhere there. Choose a queue of this machine.`,
    };
  }
  const { lines, problems } = directivesOf(adapter, settings.directives);
  const [problem] = problems;
  if (problem !== undefined) {
    return {
      kind: 'unusable',
      code: 'multirun-unknown-queue',
      why: `The queue ${queue} can't be used: ${problem}`,
    };
  }
  return { kind: 'batch-system', queue, adapter, directives: lines, prologue: settings.prologue };
}
