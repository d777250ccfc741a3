import { readQueues } from '#engine/queues/queue-settings.ts';
import type { EngineSettings } from '#engine/settings.ts';

/** The defaults of `sweepdeck.*` as package.json declares them. */
export const defaults = {
  workers: 2,
  gpus: 'auto',
  gpusPerJob: 1,
  gracePeriod: 30,
  'brakes.enabled': true,
  'brakes.consecutiveFailures': 0,
} as const;

/**
 * The engine's settings from the editor's. `get` answers with whatever stands in settings.json; a value of the wrong
 * kind counts as not set, because the settings editor already marks it.
 */
export function engineSettings(
  get: (key: string) => unknown,
  found: { readonly interpreter: string; readonly pythonPath: string },
): EngineSettings {
  const number = (key: keyof typeof defaults, fallback: number, least: number): number => {
    const value = get(key);
    return typeof value === 'number' && Number.isFinite(value) ? Math.max(least, value) : fallback;
  };
  const gpus = get('gpus');
  const enabled = get('brakes.enabled');
  const { queues, broken: brokenQueues } = readQueues(get('queues'));
  return {
    workers: Math.floor(number('workers', defaults.workers, 1)),
    gpus:
      Array.isArray(gpus) && gpus.every((gpu) => typeof gpu === 'string' || typeof gpu === 'number')
        ? gpus.map(String)
        : defaults.gpus,
    gpusPerJob: Math.floor(number('gpusPerJob', defaults.gpusPerJob, 0)),
    gracePeriod: number('gracePeriod', defaults.gracePeriod, 0),
    interpreter: found.interpreter,
    brakes: {
      enabled: typeof enabled === 'boolean' ? enabled : defaults['brakes.enabled'],
      consecutive: Math.floor(
        number('brakes.consecutiveFailures', defaults['brakes.consecutiveFailures'], 0),
      ),
    },
    pythonPath: found.pythonPath,
    queues,
    brokenQueues,
  };
}
