/** What the test systems need from Debian, and how to see that it is there. */
import { existsSync, readFileSync } from 'node:fs';

interface Programs {
  readonly packages: readonly string[];
  /** Absolute paths of one file of each package that matters. */
  readonly files: readonly string[];
}

/** Where the TORQUE commands of slurm-wlm-torque are unpacked: installed they would conflict with Grid Engine's. */
export const torqueRoot = '/opt/sweepdeck-slurm-torque';

/** The commands of Slurm that the TORQUE commands look for beside themselves. */
export const torqueNeighbours = ['sbatch', 'srun', 'salloc', 'squeue', 'scontrol', 'scancel'] as const;

/** Debian 12's packages, per part of the harness. */
export const installed: Readonly<Record<'compiler' | 'slurm' | 'torque' | 'gridEngine' | 'oar', Programs>> = {
  compiler: { packages: ['gcc', 'libc6-dev'], files: ['/usr/bin/gcc', '/usr/include/dlfcn.h'] },
  slurm: {
    packages: ['slurmctld', 'slurmd', 'slurm-client', 'munge', 'slurmdbd', 'mariadb-server'],
    files: ['slurmctld', 'slurmd', 'slurmdbd', 'munged', 'mariadbd']
      .map((name) => `/usr/sbin/${name}`)
      .concat('/usr/bin/sbatch', '/usr/bin/mariadb-install-db'),
  },
  torque: {
    packages: ['libslurm-perl', 'libslurmdb-perl', 'libswitch-perl'],
    files: ['/usr/share/perl5/Switch.pm'],
  },
  gridEngine: {
    packages: ['gridengine-master', 'gridengine-exec', 'gridengine-client'],
    files: ['sge_qmaster', 'sge_execd', 'qsub'].map((name) => `/usr/lib/gridengine/${name}`),
  },
  oar: {
    packages: [
      'postgresql',
      'oar-server',
      'oar-server-pgsql',
      'oar-user',
      'oar-user-pgsql',
      'oar-node',
      'openssh-server',
      'procps',
      'libxml-dumper-perl',
      'libyaml-perl',
    ],
    files: ['/usr/lib/oar/Almighty', '/usr/bin/oarsub', '/usr/sbin/sshd', '/usr/lib/postgresql'],
  },
};

/** Files that are not there and should be; empty when all test systems can be started. */
export const absentFiles = (): readonly string[] =>
  [...Object.values(installed).flatMap(({ files }) => files), `${torqueRoot}/usr/bin/qsub`].filter(
    (file) => !existsSync(file),
  );

/** An account of no importance: OAR takes no jobs from root. */
export const ordinaryAccount = { name: 'sweepdeck-test', home: '/var/lib/sweepdeck-test' } as const;

export const accountExists = (): boolean =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${ordinaryAccount.name}:`));

/** Why the test systems can't be started here, as a clause for people; undefined when they can. */
export function whyNotHere(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'real batch systems are started by root on Debian 12 (elsewhere: in a container)';
  const absent = absentFiles();
  if (absent.length > 0)
    return `batch systems are not installed (scripts/install-batch-systems.ts does it; missing: ${absent.join(', ')})`;
  return accountExists() ? undefined : `there is no account ${ordinaryAccount.name}`;
}
