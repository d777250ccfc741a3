/**
 * Installs what `npm run test:clusters` starts: Slurm with its accounting, Slurm's TORQUE commands, Grid Engine and OAR, from
 * Debian 12's packages, as root. No service is started. Does nothing where all is there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  absentFiles,
  accountExists,
  installed,
  ordinaryAccount,
  torqueNeighbours,
  torqueRoot,
} from '../test/clusters/systems/packages.ts';

const policy = '/usr/sbin/policy-rc.d';

function runAsRoot(argv: readonly [string, ...string[]], cwd = '/'): void {
  const [program, ...args] = argv;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env, cwd });
}

const aptInstall = (packages: readonly string[]): void =>
  runAsRoot(['apt-get', '-qq', 'install', '--yes', '--no-install-recommends', ...packages]);

/** Debian's packages start their services, several of them on all addresses, unless this program forbids it. */
function withoutServices(install: () => void): void {
  const forbidden = existsSync(policy);
  if (!forbidden) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (!forbidden) rmSync(policy);
  }
}

/**
 * By default Grid Engine's package would make a cell of its own, which nobody here needs and which fails where the machine's name
 * doesn't resolve.
 */
function declineCell(): void {
  execFileSync('debconf-set-selections', {
    input: 'gridengine-master shared/gridengineconfig boolean false\n',
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

/** The package conflicts with Grid Engine's commands of the same names, so it is unpacked beside the system. */
function unpackTorque(folder: string): void {
  if (existsSync(`${torqueRoot}/usr/bin/qsub`)) return;
  runAsRoot(['apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download', 'slurm-wlm-torque'], folder);
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get did not download the package slurm-wlm-torque.');
  mkdirSync(torqueRoot, { recursive: true });
  runAsRoot(['dpkg-deb', '-x', path.join(folder, archive), torqueRoot]);
  for (const name of torqueNeighbours) symlinkSync(`/usr/bin/${name}`, `${torqueRoot}/usr/bin/${name}`);
}

function addOrdinaryAccount(): void {
  if (accountExists()) return;
  const { name, home } = ordinaryAccount;
  runAsRoot(['useradd', '--system', '--create-home', '--home-dir', home, '--shell', '/bin/bash', name]);
}

function installAll(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweepdeck-install-'));
  try {
    runAsRoot(['apt-get', '-qq', 'update']);
    withoutServices(() => {
      declineCell();
      aptInstall(Object.values(installed).flatMap(({ packages }) => packages));
    });
    unpackTorque(folder);
    addOrdinaryAccount();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
  console.error('The batch systems are installed with apt-get: this needs root on Debian 12.');
  process.exitCode = 1;
} else {
  if (absentFiles().length > 0 || !accountExists()) installAll();
  const absent = absentFiles();
  if (absent.length > 0) {
    console.error(`After the installation these files are still missing: ${absent.join(', ')}.`);
    process.exitCode = 1;
  }
}
