/** Emulated systems as the torture suite wants them. */
import type { RunningEmulator } from '../emulators/start.ts';
import type { Victim } from './torture.ts';

/** A victim of a running emulator; `rest` is what differs between systems. */
export function emulatedVictim(
  running: RunningEmulator,
  rest: Pick<Victim, 'system' | 'refused'> &
    Partial<Omit<Victim, 'limit'>> & { readonly limit: readonly string[] },
): Victim {
  const { user, environment, directory, controls } = running;
  const { limit, ...others } = rest;
  return {
    user,
    environment,
    directory,
    directives: [],
    requeue: (id) => controls.requeue(id),
    stopController: () => controls.stopController(),
    startController: () => controls.startController(),
    loseAnswers: (count) => controls.loseAnswers(count),
    stop: () => running.stop(),
    ...others,
    limit: { directives: limit, hurry: (id) => controls.setEndTime(id, 0), seconds: 30 },
  };
}
