/** A real OAR: PostgreSQL, an sshd by which OAR reaches its nodes, and the server Almighty. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { remember } from './clear.ts';
import { accountOf, freePorts, plainEnvironment, SystemHome, type Daemon } from './home.ts';
import { compileLoopback } from './loopback.ts';
import {
  authorizedKey,
  databasePassword,
  oarConf,
  sshConfig,
  sshdConfig,
  type OarLayout,
} from './oar-configuration.ts';
import { ordinaryAccount } from './packages.ts';
import { Postgres } from './postgres.ts';
import { end, family } from './processes.ts';
import type { Account, NativeJob, RunningSystem, StartOptions } from './system.ts';

export interface OarOptions extends StartOptions {
  /** Cores of each of the two nodes; 8 otherwise. */
  readonly coresPerNode?: number;
}

export interface OarControls {
  /** Ends Almighty and what it has started; jobs go on, submissions are taken (the database is there) but nothing starts. */
  stopController(): Promise<void>;
  /** Starts Almighty; resolves when it listens. */
  startController(): Promise<void>;
  /** Ends PostgreSQL: oarsub and oardel hang, oarstat fails with exit code 25. Almighty has to be stopped before. */
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
  /** Declares the node (`n1`, `n2`) dead: nothing starts there, and what runs there is ended. */
  downNode(node: string): Promise<void>;
  resumeNode(node: string): Promise<void>;
  hold(id: string): Promise<void>;
  release(id: string): Promise<void>;
}

export type RunningOar = RunningSystem<OarControls>;

const configurationFile = '/etc/oar/oar.conf';
const lockFile = '/run/sweepdeck-oar';
const clients = ['oarsub', 'oardel', 'oarhold', 'oarresume', 'oarstat', 'oarnodes', 'oarwalltime'] as const;

/**
 * Starts an OAR with the nodes n1 and n2. One at a time on a machine, since the path of its configuration is compiled
 * into its programs: a second start waits for the end of the first.
 *
 * OAR takes no jobs from root. The commands on the PATH of `environment` become the account `user` when root calls them, so that a
 * process of root can use OAR; the jobs then have to be able to write to its files: `process.umask(0)`, in folders
 * that everybody may enter. Or start the process as `user`, with its `uid` and `gid`.
 *
 * A finished job's state in `jobs` is followed by its exit status as wait(2) gives it: `Terminated 1792` exited with 7.
 */
export function startOar(options: OarOptions = {}): Promise<RunningOar> {
  return new SystemHome('oar', options.directory).startup(async (home) => {
    await takeLock(home);
    return await startIn(home, options.coresPerNode ?? 8);
  });
}

async function takeLock(home: SystemHome): Promise<void> {
  let told = false;
  await home.until('the OAR of another test has ended', 600, () => {
    try {
      writeFileSync(lockFile, home.directory, { flag: 'wx' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      // it may have ended just now, or not have written its name yet
      const holder = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : '';
      if (holder === '') return false;
      // left behind when the machine went down
      if (!existsSync(holder)) rmSync(lockFile, { force: true });
      else if (!told) console.log(`Waiting for the end of the OAR in ${holder}.`);
      told = true;
      return false;
    }
    remember(home.directory, { kind: 'file', file: lockFile, text: null, mode: 0, uid: 0, gid: 0 });
    return true;
  });
}

async function startIn(home: SystemHome, coresPerNode: number): Promise<RunningOar> {
  const { directory } = home;
  const [server = 0, database = 0, ssh = 0] = await freePorts(3);
  const layout: OarLayout = { directory, ports: { server, database, ssh } };
  const [oar, user] = [accountOf('oar'), accountOf(ordinaryAccount.name)];
  const loopback = await compileLoopback(home);
  configure(home, layout, oar, user);

  const startAlmighty = async (): Promise<Daemon> => {
    // not through the setuid program that Debian brings: that would drop the preload library
    const daemon = home.start('almighty', ['/usr/lib/oar/Almighty'], {
      account: oar,
      environment: {
        ...plainEnvironment,
        PATH: `${plainEnvironment.PATH}:/usr/lib/oar/oardodo`,
        LD_PRELOAD: loopback,
        SHELL: '/bin/bash',
        HOME: oar.home,
        USER: 'oar',
        LOGNAME: 'oar',
        OARUSER: 'oar',
        OARDO_USER: 'oar',
        OARDIR: '/usr/lib/oar',
        OARCONFFILE: configurationFile,
        OARXAUTHLOCATION: '/usr/bin/xauth',
      },
    });
    await home.until('Almighty listens', 60, () => {
      if (!daemon.lives()) throw new Error('Almighty ended.');
      return listens(server);
    });
    return daemon;
  };
  const postgres = new Postgres(home, database, databasePassword);
  await Promise.all([postgres.prepare().then(() => postgres.start()), startSshd(home, layout, oar)]);
  await createTables(home, database);
  let almighty = await startAlmighty();
  await addResources(home, coresPerNode);
  await home.until('all cores are alive', 60, async () => {
    const states = await home.must(['oarnodes', '-s'], {});
    return states.match(/: Alive/g)?.length === 2 * coresPerNode;
  });

  const environment = { PATH: `${home.path('clients')}:${process.env['PATH'] ?? plainEnvironment.PATH}` };
  const must = (...argv: readonly [string, ...string[]]): Promise<string> =>
    home.must(argv, environment, { account: user });
  const setNode = async (node: string, state: 'Alive' | 'Dead'): Promise<void> => {
    await home.must(['oarnodesetting', '-h', node, '-s', state], {});
  };
  return {
    name: 'oar',
    directory,
    environment,
    user,
    client: (argv, options) => home.run(argv, environment, { account: user, ...options }),
    jobs: () => oarJobs(must),
    stop: () => home.clear(),
    controls: {
      stopController: () => end(family({ roots: [almighty.process] }), 'SIGTERM', 10),
      startController: async () => {
        almighty = await startAlmighty();
      },
      stopDatabase: () => postgres.stop(),
      startDatabase: () => postgres.start(),
      downNode: (node) => setNode(node, 'Dead'),
      resumeNode: (node) => setNode(node, 'Alive'),
      hold: async (id) => {
        await must('oarhold', id);
      },
      release: async (id) => {
        await must('oarresume', id);
      },
    },
  };
}

/** Writes the files; OAR's own configuration is put back at the end. */
function configure(home: SystemHome, layout: OarLayout, oar: Account, user: Account): void {
  const shipped = readFileSync(configurationFile, 'utf8');
  home.keep(configurationFile);
  writeFileSync(configurationFile, oarConf(shipped, layout));
  chownSync(configurationFile, oar.uid, oar.gid);
  chmodSync(configurationFile, 0o600);
  writeFileSync(home.path('log/oar.log'), '');
  mkdirSync(home.path('runtime'));
  for (const own of ['log/oar.log', 'runtime']) chownSync(home.path(own), oar.uid, oar.gid);

  mkdirSync(home.path('clients'));
  for (const client of clients) {
    const file = home.path('clients', client);
    const identity = `HOME=${user.home} USER=${user.name} LOGNAME=${user.name}`;
    const become = `setpriv --reuid ${user.uid} --regid ${user.gid} --init-groups`;
    const lines = [
      '#!/bin/sh',
      `if [ "$(id -u)" = 0 ]; then ${identity} exec ${become} /usr/bin/${client} "$@"; fi`,
      `exec /usr/bin/${client} "$@"`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    chmodSync(file, 0o755);
  }
}

async function startSshd(home: SystemHome, layout: OarLayout, oar: Account): Promise<void> {
  const folder = home.path('ssh');
  mkdirSync(folder);
  for (const name of ['key', 'host-key'])
    await home.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, name)], {});
  chownSync(home.path('ssh/key'), oar.uid, oar.gid);
  writeFileSync(
    home.path('ssh/authorized-keys'),
    authorizedKey(layout, readFileSync(home.path('ssh/key.pub'), 'utf8')),
  );
  writeFileSync(home.path('ssh/config'), sshConfig(layout));
  writeFileSync(home.path('ssh/sshd_config'), sshdConfig(layout));
  // Debian locks the account ("!"), and then no key opens it. With "*" there is still no password.
  if (/^oar:!/m.test(readFileSync('/etc/shadow', 'utf8'))) await home.must(['usermod', '-p', '*', 'oar'], {});
  mkdirSync('/run/sshd', { recursive: true });
  // sshd wants to be called by its path
  home.start('sshd', ['/usr/sbin/sshd', '-D', '-e', '-f', home.path('ssh/sshd_config')], {
    environment: plainEnvironment,
  });
  await home.until('the account oar reaches the node n1', 30, async () => {
    const login = ['ssh', '-F', home.path('ssh/config'), 'n1', 'true'] as const;
    return (await home.run(login, {}, { account: oar })).code === 0;
  });
}

async function createTables(home: SystemHome, port: number): Promise<void> {
  const address = ['--db-type=Pg', '--db-host=127.0.0.1', `--db-port=${port}`];
  const administrator = ['--db-admin-user=postgres', `--db-admin-pass=${databasePassword}`];
  await home.must(['oar-database', '--create', '-y', ...address, ...administrator], {
    PGPASSWORD: databasePassword,
  });
}

async function addResources(home: SystemHome, coresPerNode: number): Promise<void> {
  for (const property of ['cpu', 'core', 'mem']) await home.must(['oarproperty', '-a', property], {});
  for (const node of [1, 2])
    for (let core = 0; core < coresPerNode; core++) {
      const properties = [
        `cpu=${node}`,
        `core=${(node - 1) * coresPerNode + core + 1}`,
        'mem=4000',
        `cpuset=${core}`,
      ];
      const words = properties.flatMap((property) => ['-p', property]);
      await home.must(['oarnodesetting', '-a', '-h', `n${node}`, ...words], {});
    }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

async function oarJobs(
  must: (...argv: readonly [string, ...string[]]) => Promise<string>,
): Promise<readonly NativeJob[]> {
  const text = await must('oarstat', '-f', '-J', '--sql', 'true');
  // OAR prints nothing at all when it has no jobs
  const jobs = (text.trim() === '' ? {} : JSON.parse(text)) as Readonly<
    Record<
      string,
      { readonly name: string | null; readonly state: string; readonly exit_code: number | null }
    >
  >;
  return Object.entries(jobs).map(([id, { name, state, exit_code: code }]) => ({
    id,
    name: name ?? '',
    state: code === null ? state : `${state} ${code}`,
  }));
}
