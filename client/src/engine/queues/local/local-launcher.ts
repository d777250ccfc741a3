import { type Launcher, nodeLauncher, shellLauncher } from './launcher.ts';
import { slotShellLauncher } from './slot-shells.ts';

/** The launcher for this system. `wrapperFile` is the absolute path of the bundled Node wrapper, for Windows. */
export function localLauncher(wrapperFile: string, environment: NodeJS.ProcessEnv = process.env): Launcher {
  switch (process.platform) {
    case 'win32':
      return nodeLauncher(wrapperFile, environment);
    case 'linux':
      return slotShellLauncher(environment);
    default:
      return shellLauncher(environment);
  }
}
