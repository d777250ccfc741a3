/** Where the engine is put together for one workspace folder. */
import path from 'node:path';
import { localLauncher, LocalWorkers } from './queues/local.ts';
import { Connections } from './queues/queues.ts';
import type { EngineSettings } from './settings.ts';
import type { Sweeps, SweepsOptions } from './sweeps.ts';
import { WorkspaceSweeps } from './workspace-sweeps.ts';

/**
 * The sweeps of a workspace folder. Folders of one window share the machine's worker slots: pass the same
 * `workers` to each, and the same `connections`, so that each batch system is asked once for all of them.
 */
export function createSweeps(
  options: SweepsOptions,
  workers = createWorkers(options.settings),
  connections = new Connections(),
): Sweeps {
  return new WorkspaceSweeps(options, workers, connections);
}

/** The worker slots of this machine, as `settings` has them at each use. */
export function createWorkers(settings: () => EngineSettings): LocalWorkers {
  // the bundled wrapper for systems without a POSIX shell stands beside the Python package
  const wrapper = path.resolve(settings().pythonPath, '..', 'dist', 'wrapper.cjs');
  return new LocalWorkers({ settings, launcher: localLauncher(wrapper) });
}
