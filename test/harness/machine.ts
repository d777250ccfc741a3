/** What suites need from the operating system, and its installation where that is allowed: root on Debian. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { whyNotHere } from '../clusters/systems/packages.ts';

export type Need = 'python3' | 'chromium' | 'linux' | 'batch systems';

const root = path.dirname(path.dirname(import.meta.dirname));

const onPath = (...names: readonly string[]): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find(existsSync);

/** Absolute path of a headless Chromium; undefined when there is none. */
export const findChromium = (): string | undefined =>
  process.env['CHROMIUM'] ??
  onPath('chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome');

interface Provision {
  readonly found: () => boolean;
  /** The Debian package that brings it. */
  readonly debianPackage?: string;
  /** The program of ours that installs it, relative to the project's folder. */
  readonly installer?: string;
  /** What is said when it can't be had. */
  readonly missing: () => string;
}

const needs: Readonly<Record<Need, Provision>> = {
  python3: {
    found: () => onPath('python3', 'python3.exe') !== undefined,
    debianPackage: 'python3',
    missing: () => 'there is no python3 on PATH',
  },
  chromium: {
    found: () => findChromium() !== undefined,
    debianPackage: 'chromium-headless-shell',
    missing: () => 'there is no Chromium on PATH (and none in the variable CHROMIUM)',
  },
  linux: {
    found: () => process.platform === 'linux',
    missing: () => `the browser edition of VS Code is installed on Linux only, this is ${process.platform}`,
  },
  'batch systems': {
    found: () => whyNotHere() === undefined,
    installer: 'scripts/install-batch-systems.ts',
    missing: () => whyNotHere() ?? 'batch systems are missing',
  },
};

const mayInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get') !== undefined;

/** Installs what is missing, if it may, and says what is missing still: one clause per need, for people. */
export function missingNeeds(wanted: readonly Need[]): ReadonlyMap<Need, string> {
  const absent = wanted.filter((need) => !needs[need].found());
  const packages = absent.flatMap((need) => needs[need].debianPackage ?? []);
  if (packages.length > 0 && mayInstall()) {
    console.log(`installing ${packages.join(', ')} with apt-get`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    try {
      execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'], env });
      execFileSync('apt-get', ['-qq', 'install', '--yes', '--no-install-recommends', ...packages], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env,
      });
    } catch (error) {
      console.warn(`apt-get failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const installer of absent.flatMap((need) => needs[need].installer ?? [])) {
    if (!mayInstall()) continue;
    console.log(`running ${installer}`);
    try {
      execFileSync(process.execPath, [installer], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    } catch (error) {
      console.warn(`${installer} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return new Map(absent.filter((need) => !needs[need].found()).map((need) => [need, needs[need].missing()]));
}
