/** What suites need from the operating system, and its installation where that is allowed: root on Debian. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export type Need = 'python3' | 'chromium' | 'linux';

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

/** For each need: how it is found, and the Debian package that brings it. */
const needs: Readonly<Record<Need, { found: () => boolean; debianPackage?: string; missing: string }>> = {
  python3: {
    found: () => onPath('python3', 'python3.exe') !== undefined,
    debianPackage: 'python3',
    missing: 'there is no python3 on PATH',
  },
  chromium: {
    found: () => findChromium() !== undefined,
    debianPackage: 'chromium-headless-shell',
    missing: 'there is no Chromium on PATH (and none in the variable CHROMIUM)',
  },
  linux: {
    found: () => process.platform === 'linux',
    missing: `the browser edition of VS Code is installed on Linux only, this is ${process.platform}`,
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
  return new Map(absent.filter((need) => !needs[need].found()).map((need) => [need, needs[need].missing]));
}
