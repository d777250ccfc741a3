import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { EngineSettings } from '#engine/settings.ts';
import type { FlagValues } from './flags.ts';
import { queuesFor } from './queues.ts';
import type { Terminal } from './terminal.ts';
import { workspaceFolder } from './workspace.ts';

/** Used where no flag says otherwise; the editor's settings have the same defaults. */
const DEFAULTS = { workers: 2, gpusPerJob: 1, gracePeriod: 30 } as const;

/** The engine's settings as flags ask for them. `root`: the workspace folder. */
export function engineSettings(
  flags: FlagValues,
  terminal: Terminal,
  pythonPath: string,
  root = workspaceFolder(terminal.cwd, flags.root, terminal.cwd),
): EngineSettings {
  const { queues, broken: brokenQueues } = queuesFor(root, flags.queues, terminal.cwd);
  return {
    workers: flags.workers ?? DEFAULTS.workers,
    gpus: flags.gpus ?? 'auto',
    gpusPerJob: flags['gpus-per-job'] ?? DEFAULTS.gpusPerJob,
    gracePeriod: flags.grace ?? DEFAULTS.gracePeriod,
    interpreter: flags.interpreter ?? defaultInterpreter(terminal),
    brakes: {
      enabled: flags['no-brakes'] !== true,
      consecutive: flags['max-consecutive-failures'] ?? 0,
    },
    pythonPath,
    queues,
    brokenQueues,
  };
}

/** `python` when it is on the PATH, else `python3` when that is, else `python`, for a message that names the usual word. */
export function defaultInterpreter({ env, platform }: Pick<Terminal, 'env' | 'platform'>): string {
  return ['python', 'python3'].find((name) => isOnPath(name, env, platform)) ?? 'python';
}

function isOnPath(name: string, env: Terminal['env'], platform: NodeJS.Platform): boolean {
  const windows = platform === 'win32';
  const endings = windows ? (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';') : [''];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(windows ? ';' : ':');
  return folders.some((folder) =>
    endings.some((ending) => folder !== '' && isProgram(path.join(folder, name + ending))),
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // not there, or not ours to run: either way it is no candidate
    return false;
  }
}
