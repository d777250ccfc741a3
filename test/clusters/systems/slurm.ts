/** A real Slurm with accounting: munged, mariadbd, slurmdbd, slurmctld and one slurmd for each of two nodes. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { accountOf, freePorts, plainEnvironment, root, SystemHome, type Daemon } from './home.ts';
import { compileLoopback } from './loopback.ts';
import { end, family } from './processes.ts';
import {
  cgroupConf,
  clusterName,
  nodeName,
  slurmConf,
  slurmdbdConf,
  type SlurmLayout,
} from './slurm-configuration.ts';
import type { NativeJob, RunningSystem, StartOptions } from './system.ts';

export interface SlurmOptions extends StartOptions {
  /** CPUs that each of the two nodes claims, whatever the machine has; 32 otherwise. Each brings 500 MB. */
  readonly cpusPerNode?: number;
  /** Lines to add to slurm.conf, such as `EnforcePartLimits=ALL`. A key that is there already is an error of Slurm's. */
  readonly extraLines?: readonly string[];
  /** Jobs see `PBS_JOBID`, `PBS_O_WORKDIR` and the like, as TORQUE would set them. */
  readonly pbsVariables?: boolean;
}

export interface SlurmControls {
  /** Ends slurmctld; its state stays on disk. Clients then take 9 s (scontrol 18 s) to fail. */
  stopController(): Promise<void>;
  /** Starts slurmctld; resolves when it answers. Jobs that ended meanwhile are told to it by the nodes. */
  startController(): Promise<void>;
  /** Ends slurmdbd: sacct and sacctmgr fail, jobs go on, slurmctld keeps its records for later. */
  stopAccounting(): Promise<void>;
  startAccounting(): Promise<void>;
  /** The power goes off: slurmd and all jobs of the node are gone at once. NODE_FAIL follows after about 26 s. */
  killNode(node: string): Promise<void>;
  /** Starts slurmd again; resolves when the node takes jobs. */
  startNode(node: string): Promise<void>;
  /** Declares the node down: its jobs fail or are requeued at once. */
  downNode(node: string): Promise<void>;
  /** Takes a node that was declared down back into service; resolves when it takes jobs. */
  resumeNode(node: string): Promise<void>;
  /** Takes a node out of service after its present jobs. */
  drainNode(node: string): Promise<void>;
  /** Moves the job's time limit to `seconds` from now. Slurm looks every 30 s: TIMEOUT follows within about that. */
  setEndTime(id: string, seconds: number): Promise<void>;
  /** Requeues a running job; Slurm then waits two minutes (BeginTime) unless `runNow` is called. */
  requeue(id: string): Promise<void>;
  /**
   * Moves the begin time of a requeued job to two seconds from now. Not at once: a node refuses a job that starts again in
   * the second in which it was killed ("Job credential revoked"), and Slurm then calls it FAILED with exit code 1.
   */
  runNow(id: string): Promise<void>;
  hold(id: string): Promise<void>;
  release(id: string): Promise<void>;
}

export type RunningSlurm = RunningSystem<SlurmControls>;

/**
 * Starts a cluster with the nodes n1 and n2 and the partitions `main` (default, both nodes), `short` (n1, 5 minutes),
 * `scavenge` and `urgent` (both n2; jobs in `urgent` preempt jobs in `scavenge`, which are requeued). Several can run side by side. Jobs run
 * as root. Needs root and the packages of the table in packages.ts; throws with the daemons' logs when it doesn't come up.
 */
export function startSlurm(options: SlurmOptions = {}): Promise<RunningSlurm> {
  return new SystemHome('slurm', options.directory).startup((home) => startIn(home, options));
}

async function startIn(home: SystemHome, options: SlurmOptions): Promise<RunningSlurm> {
  const { directory } = home;
  const [slurmctld = 0, slurmd = 0, slurmdbd = 0, ...nodes] = await freePorts(5);
  const layout: SlurmLayout = {
    directory,
    ports: { slurmctld, slurmd, slurmdbd, nodes },
    cpusPerNode: options.cpusPerNode ?? 32,
    extraLines: [
      ...(options.extraLines ?? []),
      ...(options.pbsVariables === true ? ['JobSubmitPlugins=pbs'] : []),
    ],
  };
  const configuration = { SLURM_CONF: home.path('slurm.conf') };
  const environment = { ...plainEnvironment, ...configuration, LD_PRELOAD: await compileLoopback(home) };
  const must = (...argv: readonly [string, ...string[]]): Promise<string> => home.must(argv, configuration);

  mkdirSync(home.path('state'));
  writeFileSync(home.path('slurm.conf'), slurmConf(layout));
  writeFileSync(home.path('cgroup.conf'), cgroupConf);
  if (options.pbsVariables === true) writeFileSync(home.path('plugstack.conf'), 'optional spank_pbs.so\n');
  writeFileSync(home.path('slurmdbd.conf'), slurmdbdConf(layout), { mode: 0o600 });
  const socket = home.path('mysql/socket');
  const startSlurmdbd = async (): Promise<Daemon> => {
    const daemon = home.start('slurmdbd', ['slurmdbd', '-D'], {
      environment: { ...environment, MYSQL_UNIX_PORT: socket },
    });
    await home.until('slurmdbd answers', 60, async () => {
      if (!daemon.lives()) throw new Error('slurmdbd ended.');
      return (await home.run(['sacctmgr', '-n', '-i', 'show', 'cluster'], configuration)).code === 0;
    });
    return daemon;
  };
  const startSlurmctld = async (): Promise<Daemon> => {
    const daemon = home.start('slurmctld', ['slurmctld', '-D', '-i'], { environment });
    await home.until('slurmctld answers', 60, async () => {
      if (!daemon.lives()) throw new Error('slurmctld ended.');
      return (await home.run(['scontrol', 'ping'], configuration)).stdout.includes(' is UP');
    });
    return daemon;
  };
  const startSlurmd = (node: string): Daemon => {
    mkdirSync(home.path(`spool.${node}`), { recursive: true });
    return home.start(`slurmd.${node}`, ['slurmd', '-D', '-N', node], {
      // the node's jobs are found by this variable, which slurmd's children inherit
      environment: { ...environment, [nodeVariable]: nodeMark(home, node) },
    });
  };
  const idle = (node: string): Promise<void> =>
    home.until(`the node ${node} takes jobs`, 60, async () => {
      const state = await must('sinfo', '-h', '-N', '-p', 'main', '-n', node, '-o', '%T');
      return /^(idle|mixed|allocated)$/.test(state.trim());
    });

  await Promise.all([startMunge(home, environment), startDatabase(home, socket)]);
  let accounting = await startSlurmdbd();
  await must('sacctmgr', '-n', '-i', 'add', 'cluster', clusterName);
  let controller = await startSlurmctld();
  const names = nodes.map((_, index) => nodeName(index));
  const slurmds = new Map(names.map((node) => [node, startSlurmd(node)]));
  await Promise.all(names.map(idle));

  const updateNode = (node: string, ...changes: readonly string[]): Promise<string> =>
    must('scontrol', 'update', `NodeName=${node}`, ...changes);
  return {
    name: 'slurm',
    directory,
    environment: configuration,
    user: root,
    client: (argv, clientOptions) => home.run(argv, configuration, clientOptions),
    jobs: async () => allJobs(must),
    stop: () => home.clear(),
    controls: {
      stopController: () => controller.stop('SIGTERM', 10),
      startController: async () => {
        controller = await startSlurmctld();
      },
      stopAccounting: () => accounting.stop('SIGTERM', 10),
      startAccounting: async () => {
        accounting = await startSlurmdbd();
      },
      killNode: async (node) => {
        const daemon = slurmds.get(node);
        if (daemon === undefined) throw new Error(`There is no node "${node}".`);
        await end(family({ environment: nodeMark(home, node), roots: [daemon.process] }), 'SIGKILL', 5);
      },
      startNode: async (node) => {
        slurmds.set(node, startSlurmd(node));
        await idle(node);
      },
      downNode: async (node) => {
        await updateNode(node, 'State=DOWN', 'Reason=test');
      },
      resumeNode: async (node) => {
        await updateNode(node, 'State=RESUME');
        await idle(node);
      },
      drainNode: async (node) => {
        await updateNode(node, 'State=DRAIN', 'Reason=test');
      },
      setEndTime: async (id, seconds) => {
        await must('scontrol', 'update', `JobId=${id}`, `EndTime=${localTime(seconds)}`);
      },
      requeue: async (id) => {
        await must('scontrol', 'requeue', id);
      },
      runNow: async (id) => {
        await must('scontrol', 'update', `JobId=${id}`, 'StartTime=now+2');
      },
      hold: async (id) => {
        await must('scontrol', 'hold', id);
      },
      release: async (id) => {
        await must('scontrol', 'release', id);
      },
    },
  };
}

const nodeVariable = 'SWEEPDECK_TEST_NODE';
const nodeMark = (home: SystemHome, node: string): string => `${home.directory}:${node}`;

/** Slurm's clock text for a moment `seconds` from now, in local time. */
function localTime(seconds: number): string {
  const then = new Date(Date.now() + seconds * 1000);
  const local = new Date(then.getTime() - then.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

async function startMunge(home: SystemHome, environment: Readonly<Record<string, string>>): Promise<void> {
  // munged wants directories that nobody else can write to
  mkdirSync(home.path('munge'), { mode: 0o755 });
  writeFileSync(home.path('munge/key'), randomBytes(128), { mode: 0o600 });
  const socket = home.path('munge/socket');
  home.start(
    'munged',
    [
      'munged',
      '--foreground',
      `--key-file=${home.path('munge/key')}`,
      `--socket=${socket}`,
      `--pid-file=${home.path('munge/pid')}`,
      `--log-file=${home.path('log/munged.log')}`,
      `--seed-file=${home.path('munge/seed')}`,
    ],
    { environment },
  );
  await home.until('munged answers', 20, async () => {
    return (await home.run(['munge', '-S', socket, '-n'], {})).code === 0;
  });
}

async function startDatabase(home: SystemHome, socket: string): Promise<void> {
  const account = accountOf('mysql');
  const folder = home.path('mysql');
  mkdirSync(folder);
  chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o755);
  await home.must(
    [
      'mariadb-install-db',
      '--no-defaults',
      `--datadir=${folder}`,
      '--user=mysql',
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    {},
    { seconds: 120 },
  );
  home.start(
    'mariadbd',
    [
      'mariadbd',
      '--no-defaults',
      '--user=mysql',
      `--datadir=${folder}`,
      `--socket=${socket}`,
      `--pid-file=${folder}/pid`,
      '--skip-networking',
      '--innodb-buffer-pool-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-lock-wait-timeout=900',
    ],
    { environment: plainEnvironment },
  );
  const prepare =
    "create database slurm_acct_db; create user slurm@localhost identified by 'slurm'; " +
    'grant all on slurm_acct_db.* to slurm@localhost';
  await home.until('mariadbd answers', 60, async () => {
    return (await home.run(['mariadb-admin', '--no-defaults', '-S', socket, 'ping'], {})).code === 0;
  });
  await home.must(['mariadb', '--no-defaults', '-S', socket, '-e', prepare], {});
}

/** squeue knows what is not over, sacct also what is; where both know a job, squeue is the newer one. */
async function allJobs(
  must: (...argv: readonly [string, ...string[]]) => Promise<string>,
): Promise<readonly NativeJob[]> {
  const found = new Map<string, NativeJob>();
  const take = (text: string): void => {
    for (const line of text.split('\n')) {
      const [id, state, ...name] = line.split('|');
      // sacct folds the waiting tasks of an array into one line, squeue has each
      if (id !== undefined && state !== undefined && !id.includes('['))
        found.set(id, { id, state, name: name.join('|') });
    }
  };
  take(await must('sacct', '-a', '-X', '-n', '-P', '-S', 'now-1day', '-o', 'JobID,State,JobName'));
  take(await must('squeue', '-a', '-h', '-r', '-t', 'all', '-o', '%i|%T|%j'));
  return [...found.values()];
}
