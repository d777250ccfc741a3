/** Bundles the suite that runs inside the extension host. */
import path from 'node:path';
import { build } from 'esbuild';
import { type EmulatedName, type RunningEmulator, startEmulator } from '../clusters/emulators/start.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

export interface HostSuite {
  readonly name: string;
  readonly trusted: boolean;
  /** An emulated batch system whose commands are on the PATH, one job at a time. */
  readonly emulator?: EmulatedName;
}

/** The suites, each in a VS Code of its own; test/editor/host/index.ts knows their files. */
export const hostSuites: readonly HostSuite[] = [
  { name: 'trusted', trusted: true },
  { name: 'clusters', trusted: true, emulator: 'lsf' },
  { name: 'untrusted', trusted: false },
];

/** Runs `work` with what the suite needs around it: variables for the environment of VS Code. */
export async function withSurroundings<T>(
  { emulator }: HostSuite,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (emulator === undefined) return work({});
  const system = await startEmulator(emulator, { slots: 1 });
  try {
    return await work(emulatorEnvironment(system));
  } finally {
    await system.stop();
  }
}

/** Resolves to the absolute path of the bundle. */
export async function bundleHostSuite(): Promise<string> {
  const outfile = path.join(root, 'test', 'out', 'host', 'index.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/editor/host/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}

/** Variables with which VS Code finds the commands of an emulated batch system. */
export function emulatorEnvironment({ directory }: RunningEmulator): Readonly<Record<string, string>> {
  return {
    SWEEPDECK_EMULATOR: directory,
    // started as from a terminal: VS Code asks no login shell, which would have a PATH of its own
    VSCODE_CLI: '1',
    PATH: `${path.join(directory, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
  };
}
