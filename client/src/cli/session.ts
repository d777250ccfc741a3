import { readFile } from 'node:fs/promises';
import { createSweeps } from '#engine/create-sweeps.ts';
import type { Sweeps } from '#engine/sweeps.ts';
import { CommandFailure } from './failure.ts';
import { findInstallation, type Installation } from './installation.ts';
import { engineSettings } from './settings.ts';
import type { Call } from './verb.ts';
import { shownPath, workspaceFolder } from './workspace.ts';

/** The sweeps of one workspace folder, open. */
export interface Session {
  readonly sweeps: Sweeps;
  /** Absolute path of the folder that holds `.sweeps`. */
  readonly root: string;
}

/**
 * Opens the sweeps that a call means, runs `work`, and lets go of them whatever happens; running jobs go on.
 * `start`: where the search for the workspace folder begins, the current folder by default.
 */
export async function withSweeps<T>(
  call: Call,
  work: (session: Session) => Promise<T>,
  start = call.terminal.cwd,
): Promise<T> {
  const { flags, terminal, output } = call;
  const root = workspaceFolder(start, flags.root, terminal.cwd);
  const { version, pythonPath } = installation();
  const settings = engineSettings(flags, terminal, pythonPath, root);
  const sweeps = createSweeps({
    root,
    program: 'cli',
    version,
    settings: () => settings,
    // other unfinished sweeps of the folder are left alone: a command touches the sweep it names
    run: false,
    log: (line) => output.warn(line),
  });
  try {
    await sweeps.open();
    return await work({ sweeps, root });
  } finally {
    await sweeps.close();
  }
}

/** The package that this process runs from. */
export function installation(): Installation {
  return findInstallation(process.argv[1] ?? '');
}

/** Text of a file that the person named. Throws a CommandFailure that says why it can't be read. */
export async function readNamedFile(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const shown = shownPath(file, cwd);
    if (code === 'ENOENT') throw new CommandFailure('not-found', `There is no file ${shown}.`, [], error);
    const why = code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'permission denied' : message;
    throw new CommandFailure('refused', `${shown} can't be read: ${why}.`, [], error);
  }
}
