/** Where the engine is put together for one workspace folder. */
import path from 'node:path';
import { localLauncher, LocalWorkers } from './queues/local.ts';
import type { EngineSettings } from './settings.ts';
import type { Sweeps, SweepsOptions } from './sweeps.ts';
import { WorkspaceSweeps } from './workspace-sweeps.ts';

/**
 * The sweeps of a workspace folder. Folders of one window share the machine's worker slots: pass the same
 * `workers` to each.
 */
export function createSweeps(options: SweepsOptions, workers = createWorkers(options.settings)): Sweeps {
  return new WorkspaceSweeps(options, workers);
}

/** The worker slots of this machine, as `settings` has them at each use. */
export function createWorkers(settings: () => EngineSettings): LocalWorkers {
  // the bundled wrapper for systems without a POSIX shell stands beside the Python package
  const wrapper = path.resolve(settings().pythonPath, '..', 'dist', 'wrapper.cjs');
  return new LocalWorkers({ settings, launcher: localLauncher(wrapper) });
}
