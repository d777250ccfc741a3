import { systems } from './systems.ts';

/** The queue of this machine. */
export const localQueue = 'local';

/**
 * Names that `launch.queue` may have: `local`, the person's own queues, and each batch system under its own name,
 * which stands for the system with nothing set. `*` among the person's own is for all, and no queue.
 */
export function queueNames(own: readonly string[]): readonly string[] {
  const named = own.filter((name) => name !== '*');
  return [localQueue, ...named, ...systems.filter((system) => !named.includes(system))];
}
