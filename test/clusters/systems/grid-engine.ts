/** A real Grid Engine: sge_qmaster and sge_execd, with a cell of its own. */
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  bootstrap,
  changed,
  clusterConfiguration,
  hostGroup,
  parallelEnvironment,
  queueChanges,
  schedulerChanges,
  shareOfMemory,
} from './grid-engine-configuration.ts';
import { gridEngineJobs } from './grid-engine-jobs.ts';
import { accountOf, freePorts, plainEnvironment, root, SystemHome, type Daemon } from './home.ts';
import { compileLoopback } from './loopback.ts';
import { end, family } from './processes.ts';
import type { RunningSystem, StartOptions } from './system.ts';

export interface GridEngineOptions extends StartOptions {
  /** Slots of each of the two queues; 32 otherwise. About as many jobs are started in a second. */
  readonly slots?: number;
}

export interface GridEngineControls {
  /** Ends sge_qmaster; its state stays on disk. Clients then fail at once ("unable to send message to qmaster"). */
  stopController(): Promise<void>;
  /** Starts sge_qmaster; resolves when it answers and the node has reported. */
  startController(): Promise<void>;
  /**
   * The power goes off: sge_execd and all jobs are gone. Their state stays `r` (the queue's becomes `au` after 10 s) until a
   * minute after the node's return; accounting then says `failed 19` with exit_status 0.
   */
  killNode(): Promise<void>;
  /** Starts sge_execd again; resolves when the node takes jobs. */
  startNode(): Promise<void>;
  /** Lets no more jobs start in a queue (`all.q`, `short.q`); what runs goes on. */
  disableQueue(queue: string): Promise<void>;
  enableQueue(queue: string): Promise<void>;
  /** Ends a running job that was submitted with `-r y` and puts it back into the queue (`Rq`, then `Rr`). */
  requeue(id: string): Promise<void>;
  suspend(id: string): Promise<void>;
  unsuspend(id: string): Promise<void>;
  hold(id: string): Promise<void>;
  release(id: string): Promise<void>;
  /** Takes a job out of its error state (`Eqw`), so that it is tried again. */
  clearError(id: string): Promise<void>;
}

export type RunningGridEngine = RunningSystem<GridEngineControls>;

const programs = '/usr/lib/gridengine';

/** Debian's `qsub` and its kin are shell scripts that take 50 ms to find the program that answers in 5. */
const clients = [
  'qacct',
  'qalter',
  'qconf',
  'qdel',
  'qhold',
  'qhost',
  'qmod',
  'qping',
  'qresub',
  'qrls',
  'qselect',
  'qstat',
  'qsub',
] as const;

const queues = ['all.q', 'short.q'] as const;

/**
 * Starts a cell with one node, the queues `all.q` and `short.q` (5 minutes at most), the parallel environment `smp` and `h_vmem` as
 * a consumable (2 GB a job where it doesn't say). It schedules every second. Several can run side by side. Jobs run as root, the node's
 * name is localhost. A finished job's state in `jobs` is `z`, followed by what accounting says: `z failed 0 exit_status 3`.
 */
export function startGridEngine(options: GridEngineOptions = {}): Promise<RunningGridEngine> {
  return new SystemHome('sge', options.directory).startup((home) => startIn(home, options.slots ?? 32));
}

async function startIn(home: SystemHome, slots: number): Promise<RunningGridEngine> {
  const { directory } = home;
  const [qmasterPort = 0, execdPort = 0] = await freePorts(2);
  const loopback = await compileLoopback(home);
  const cell = {
    SGE_ROOT: directory,
    SGE_CELL: 'default',
    SGE_QMASTER_PORT: String(qmasterPort),
    SGE_EXECD_PORT: String(execdPort),
    SGE_ARCH: 'lx-amd64',
  };
  const daemonEnvironment = {
    ...plainEnvironment,
    ...cell,
    LD_LIBRARY_PATH: programs,
    LD_PRELOAD: loopback,
    // stay in the foreground
    SGE_ND: '1',
  };
  const must = (name: string, ...args: readonly string[]): Promise<string> =>
    home.must([`${programs}/${name}`, ...args], { ...cell, LD_PRELOAD: loopback, LD_LIBRARY_PATH: programs });
  const qconf = (...args: readonly string[]): Promise<string> => must('qconf', ...args);
  /** qconf takes its input as files. */
  const qconfFrom = (option: string, text: string): Promise<string> => {
    const file = home.path('input');
    writeFileSync(file, text);
    return qconf(option, file);
  };
  const answers = async (name: string, ...args: readonly string[]): Promise<string | undefined> => {
    const environment = { ...cell, LD_PRELOAD: loopback, LD_LIBRARY_PATH: programs };
    const { code, stdout } = await home.run([`${programs}/${name}`, ...args], environment);
    return code === 0 ? stdout : undefined;
  };

  layOut(home, loopback);
  await spool(home, must);
  const startQmaster = async (): Promise<Daemon> => {
    const daemon = home.start('sge_qmaster', [`${programs}/sge_qmaster`], { environment: daemonEnvironment });
    await home.until('sge_qmaster answers', 60, async () => {
      if (!daemon.lives()) throw new Error('sge_qmaster ended.');
      return (await answers('qconf', '-sconf')) !== undefined;
    });
    return daemon;
  };
  const startExecd = (): Daemon => {
    // a daemon that was killed leaves it, and the next one would not start
    rmSync(home.path('spool/execd/localhost/execd.pid'), { force: true });
    return home.start('sge_execd', [`${programs}/sge_execd`], {
      environment: { ...daemonEnvironment, [nodeVariable]: nodeMark(home) },
    });
  };
  /** A queue's line ends in its state; it has none when all is well, nor for 10 s after the node was lost. */
  const ready = (): Promise<void> =>
    home.until('the node takes jobs', 60, async () => {
      if ((await answers('qping', '-info', 'localhost', String(execdPort), 'execd', '1')) === undefined)
        return false;
      const text = (await answers('qstat', '-f')) ?? '';
      return queues.every((queue) => new RegExp(`^${queue}@.*lx-amd64 *$`, 'm').test(text));
    });

  let qmaster = await startQmaster();
  await qconf('-as', 'localhost');
  await qconf('-ah', 'localhost');
  await qconfFrom('-Msconf', changed(await qconf('-ssconf'), schedulerChanges));
  let execd = startExecd();
  await home.until('the node has reported', 60, async () => {
    return ((await answers('qconf', '-sel')) ?? '').includes('localhost');
  });
  await qconfFrom('-Ahgrp', hostGroup);
  await qconfFrom('-Ap', parallelEnvironment);
  for (const queue of queues) await qconfFrom('-Aq', changed(await qconf('-sq'), queueChanges(queue, slots)));
  await qconfFrom('-Mc', shareOfMemory(await qconf('-sc')));
  await qconf('-mattr', 'exechost', 'complex_values', `slots=${slots},h_vmem=${slots * 2}G`, 'localhost');
  await ready();

  const environment = {
    ...cell,
    PATH: `${home.path('clients')}:${process.env['PATH'] ?? plainEnvironment.PATH}`,
  };
  return {
    name: 'grid-engine',
    directory,
    environment,
    user: root,
    client: (argv, clientOptions) => home.run(argv, environment, clientOptions),
    jobs: () => gridEngineJobs(must, answers),
    stop: () => home.clear(),
    controls: {
      // it takes 8 s to end by itself
      stopController: () => qmaster.stop('SIGTERM', 20),
      startController: async () => {
        qmaster = await startQmaster();
        await ready();
      },
      killNode: () => end(family({ environment: nodeMark(home), roots: [execd.process] }), 'SIGKILL', 5),
      startNode: async () => {
        execd = startExecd();
        await ready();
      },
      disableQueue: async (queue) => {
        await must('qmod', '-d', queue);
      },
      enableQueue: async (queue) => {
        await must('qmod', '-e', queue);
      },
      requeue: async (id) => {
        await must('qmod', '-rj', id);
      },
      suspend: async (id) => {
        await must('qmod', '-sj', id);
      },
      unsuspend: async (id) => {
        await must('qmod', '-usj', id);
      },
      hold: async (id) => {
        await must('qhold', id);
      },
      release: async (id) => {
        await must('qrls', id);
      },
      clearError: async (id) => {
        await must('qmod', '-cj', id);
      },
    },
  };
}

const nodeVariable = 'SWEEPDECK_TEST_NODE';
const nodeMark = (home: SystemHome): string => `${home.directory}:execd`;

/** The cell's folders, links to the programs, and clients that know the preload library. */
function layOut(home: SystemHome, loopback: string): void {
  for (const folder of [
    'bin',
    'lib',
    'utilbin',
    'clients',
    'default/common',
    'spool/qmaster',
    'spool/execd',
    'spool/db',
  ])
    mkdirSync(home.path(folder), { recursive: true });
  for (const folder of ['bin', 'lib', 'utilbin']) symlinkSync(programs, home.path(folder, 'lx-amd64'));
  symlinkSync('/usr/share/gridengine/util', home.path('util'));
  for (const client of clients) {
    const file = home.path('clients', client);
    const lines = [
      '#!/bin/sh',
      `LD_PRELOAD=${loopback} LD_LIBRARY_PATH=${programs} exec ${programs}/${client} "$@"`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    chmodSync(file, 0o755);
  }
  writeFileSync(home.path('default/common/bootstrap'), bootstrap(home.directory));
  writeFileSync(home.path('default/common/act_qmaster'), 'localhost\n');
}

async function spool(
  home: SystemHome,
  must: (name: string, ...args: readonly string[]) => Promise<string>,
): Promise<void> {
  const shared = '/usr/share/gridengine';
  const shipped = readFileSync(`${shared}/default-configuration`, 'utf8');
  writeFileSync(home.path('configuration'), changed(shipped, clusterConfiguration(home.directory)));
  const { uid, gid } = accountOf('sgeadmin');
  await must('spoolinit', 'berkeleydb', 'libspoolb', home.path('spool/db'), 'init');
  await must('spooldefaults', 'configuration', home.path('configuration'));
  await must('spooldefaults', 'complexes', `${shared}/util/resources/centry`);
  await must('spooldefaults', 'usersets', `${shared}/util/resources/usersets`);
  await must('spooldefaults', 'managers', 'root', 'sgeadmin');
  await home.must(['chown', '-R', `${uid}:${gid}`, home.path('spool'), home.path('default')], {});
}
