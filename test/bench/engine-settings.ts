import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineSettings } from '#engine/settings.ts';

/** Plain settings for benchmarks and tests; `over` wins. */
export function engineSettings(over: Partial<EngineSettings> = {}): EngineSettings {
  return {
    workers: 2,
    gpus: [],
    gpusPerJob: 1,
    gracePeriod: 30,
    interpreter: 'python3',
    brakes: { enabled: true, consecutive: 0 },
    pythonPath: path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../python'),
    ...over,
  };
}
