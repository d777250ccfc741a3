/** What the test systems need from Debian, and how to see that it is there. */
import { existsSync } from 'node:fs';

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
