/** Waiting for what a test system says of its jobs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningSystem } from './systems/system.ts';

/**
 * Resolves when the system's own listing shows the job in a state that begins with `state` (`CANCELLED by 0` is
 * cancelled). Throws, naming the last state seen, when that takes longer than `seconds`.
 */
export async function stateOf(
  system: Pick<RunningSystem<unknown>, 'jobs'>,
  id: string,
  state: string,
  seconds = 30,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const asked = performance.now();
    const seen = (await system.jobs()).find((job) => job.id === id)?.state;
    if (seen?.startsWith(state) === true) return;
    if (performance.now() > deadline)
      throw new Error(`Job ${id} is ${seen ?? 'unknown'} after ${seconds} s, not ${state}.`);
    // a listing that is slow, as OAR's is, takes the processor that the job needs
    await sleep(Math.max(200, 3 * (performance.now() - asked)));
  }
}
