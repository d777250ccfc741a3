/**
 * Batch systems whose real programs can't be had freely or no longer be built: their commands, written from their
 * documentation, in front of a small scheduler that really runs jobs. They are driven like the real ones.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { plainEnvironment, SystemHome } from '../systems/home.ts';
import type { Account, NativeJob, RunningSystem, StartOptions } from '../systems/system.ts';
import type { Control } from './daemon.ts';
import { defaultOptions, type EmulatorOptions } from './options.ts';

export type EmulatedName = 'torque' | 'pbspro' | 'moab' | 'lsf';

export interface EmulatorControls {
  /** The server answers no command; jobs run on, but none is started and ends are noticed when it is back. */
  stopController(): Promise<void>;
  startController(): Promise<void>;
  /** Kills a running job and queues it again under its id. */
  requeue(id: string): Promise<void>;
  hold(id: string): Promise<void>;
  release(id: string): Promise<void>;
  /** Lets the walltime of a running job end so many seconds from now. */
  setEndTime(id: string, seconds: number): Promise<void>;
  /** Forgets every job that has ended. */
  expireHistory(): Promise<void>;
  setSlots(count: number): Promise<void>;
  /** Milliseconds by which every answer comes later. */
  setLatency(milliseconds: number): Promise<void>;
  /** The next so many submissions are taken, but the command fails as when the connection breaks. */
  loseAnswers(count: number): Promise<void>;
}

export type RunningEmulator = RunningSystem<EmulatorControls>;

const COMMANDS: Readonly<Record<EmulatedName, readonly string[]>> = {
  torque: ['qsub', 'qstat', 'qselect', 'qdel', 'qhold', 'qrls', 'qrerun'],
  pbspro: ['qsub', 'qstat', 'qselect', 'qdel', 'qhold', 'qrls', 'qrerun'],
  moab: ['msub', 'showq', 'checkjob', 'mjobctl', 'canceljob'],
  lsf: ['bsub', 'bjobs', 'bkill', 'bstop', 'bresume', 'brequeue', 'bhist', 'bqueues'],
};

export const startTorqueEmulator = (
  options?: StartOptions & Partial<EmulatorOptions>,
): Promise<RunningEmulator> => startEmulator('torque', options);
export const startPbsProEmulator = (
  options?: StartOptions & Partial<EmulatorOptions>,
): Promise<RunningEmulator> => startEmulator('pbspro', options);
export const startMoabEmulator = (
  options?: StartOptions & Partial<EmulatorOptions>,
): Promise<RunningEmulator> => startEmulator('moab', options);
export const startLsfEmulator = (
  options?: StartOptions & Partial<EmulatorOptions>,
): Promise<RunningEmulator> => startEmulator('lsf', options);

/** Starts the emulation of a system in a directory of its own. */
export function startEmulator(
  name: EmulatedName,
  { directory, ...options }: StartOptions & Partial<EmulatorOptions> = {},
): Promise<RunningEmulator> {
  return new SystemHome(name, directory).startup(async (home) => {
    const daemon = home.start(
      'emulator',
      [
        process.execPath,
        path.join(import.meta.dirname, 'daemon.ts'),
        name,
        home.directory,
        JSON.stringify({ ...defaultOptions, ...options }),
      ],
      { environment: { ...plainEnvironment, SWEEPDECK_EMULATOR: home.directory } },
    );
    const socket = home.path('socket');
    writeCommands(home.path('bin'), socket, COMMANDS[name]);
    await home.until(`the emulator of ${name} answers`, 20, async () => {
      if (!daemon.lives()) throw new Error('The emulator ended.');
      return (await ask(socket, { control: 'jobs' }).catch(() => undefined)) !== undefined;
    });
    const environment = {
      PATH: `${home.path('bin')}:${plainEnvironment.PATH}`,
      SWEEPDECK_EMULATOR: home.directory,
    };
    const { username, uid, gid, homedir } = userInfo();
    const user: Account = { name: username, uid, gid, home: homedir };
    const order = async (control: Control): Promise<void> => {
      if ((await ask(socket, control)) !== true)
        throw new Error(`${name} refused ${JSON.stringify(control)}.`);
    };
    return {
      name,
      directory: home.directory,
      environment,
      user,
      client: (argv, clientOptions) => home.run(argv, environment, { ...clientOptions, account: user }),
      jobs: async () => (await ask(socket, { control: 'jobs' })) as readonly NativeJob[],
      stop: () => home.clear(),
      controls: {
        stopController: () => order({ control: 'down' }),
        startController: () => order({ control: 'up' }),
        requeue: (id) => order({ control: 'requeue', id }),
        hold: (id) => order({ control: 'hold', id }),
        release: (id) => order({ control: 'release', id }),
        setEndTime: (id, value) => order({ control: 'end-time', id, value }),
        expireHistory: () => order({ control: 'expire' }),
        setSlots: (value) => order({ control: 'slots', value }),
        setLatency: (value) => order({ control: 'latency', value }),
        loseAnswers: (value) => order({ control: 'lose-answers', value }),
      },
    };
  });
}

/** Launchers that run the client with this very Node. */
function writeCommands(directory: string, socket: string, programs: readonly string[]): void {
  mkdirSync(directory);
  const client = path.join(import.meta.dirname, 'client.ts');
  const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
  for (const program of programs)
    writeFileSync(
      path.join(directory, program),
      `#!/bin/sh\nexec ${[process.execPath, client, socket, program].map(quote).join(' ')} "$@"\n`,
      { mode: 0o755 },
    );
}

async function ask(socket: string, control: Control): Promise<unknown> {
  const connection = connect(socket);
  await once(connection, 'connect');
  connection.write(`${JSON.stringify(control)}\n`);
  return JSON.parse(await text(connection)) as unknown;
}
