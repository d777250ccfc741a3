/**
 * The queues by name: `local`, the entries of `sweepdeck.queues`, and the batch systems by their own names.
 * Connections to batch systems are shared by everything in this process.
 */
import { cpSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { localQueue, queueNames as namesOf } from '#core/batch/queue-names.ts';
import { systems } from '#core/batch/systems.ts';
import type { Json } from '#core/sweep/sweep.ts';
import type { EngineSettings } from '../settings.ts';
import type { ClusterScript } from '../wrapper-cluster.ts';
import { ClusterQueue } from './cluster/cluster.ts';
import {
  type CommandOptions,
  localCommands,
  remotePath,
  type SharedFolder,
  sshCommands,
} from './cluster/command.ts';
import { Connection } from './cluster/connection.ts';
import { directivesOf } from './cluster/directives.ts';
import { type Freshness, Monitor } from './cluster/monitor.ts';
import { batchSystems } from './cluster/systems/index.ts';
import { TIMING, type Timing } from './cluster/timing.ts';
import { LocalQueue } from './local.ts';
import type { LocalWorkers } from './local/workers.ts';
import type { BatchListener, Queue } from './queue.ts';
import { QUEUE_DEFAULTS, type QueueSettings } from './queue-settings.ts';

export const LOCAL = localQueue;

/** The names that a sweep file may use, `local` first; those with a mistake in their settings included. */
export function queueNames({
  queues = {},
  brokenQueues = {},
}: Pick<EngineSettings, 'queues' | 'brokenQueues'>): readonly string[] {
  return namesOf([...Object.keys(queues), ...Object.keys(brokenQueues)]);
}

/** The settings of a queue in front of a batch system; undefined for `local` and for a name that nothing has. */
export function queueSettings(
  name: string,
  { queues = {} }: Pick<EngineSettings, 'queues'>,
): QueueSettings | undefined {
  if (Object.hasOwn(queues, name)) return queues[name];
  const system = systems.find((one) => one === name);
  return system && { ...QUEUE_DEFAULTS, system };
}

/**
 * Why nothing should be launched on the queue, as sentences: there is none of that name, or the batch system
 * would refuse its directives, or can't work in the folder.
 * @param root absolute path of the workspace folder
 */
export function queueProblems(
  name: string,
  settings: Pick<EngineSettings, 'queues' | 'brokenQueues'>,
  resourceArgs?: Readonly<Record<string, Json>>,
  root?: string,
): readonly string[] {
  if (name === LOCAL) return [];
  const broken = settings.brokenQueues?.[name] ?? settings.brokenQueues?.['*'];
  if (broken !== undefined && queueSettings(name, settings) === undefined) return [broken];
  const queue = queueSettings(name, settings);
  if (queue === undefined) {
    return [`No queue '${name}' can run here. Queues that can: ${queueNames(settings).join(', ')}.`];
  }
  const system = batchSystems[queue.system];
  const trouble =
    root === undefined ? undefined : system.pathTrouble?.(remotePath(root, sharedFolder(queue, root)));
  return [
    ...directivesOf(system, queue.directives, resourceArgs).problems,
    ...(trouble === undefined ? [] : [trouble]),
  ].map((problem) => `The queue '${name}' can't be used like this: ${problem}`);
}

/** What the scripts of jobs on a queue need to know of it; undefined for jobs of this machine. */
export interface JobScript {
  readonly cluster: ClusterScript;
  /** The path by which the machines that run the jobs know a local file. */
  readonly pathThere: (local: string) => string;
}

export function jobScriptFor(
  name: string,
  settings: Pick<EngineSettings, 'queues'>,
  root: string,
): JobScript | undefined {
  const queue = name === LOCAL ? undefined : queueSettings(name, settings);
  if (queue === undefined) return undefined;
  const system = batchSystems[queue.system];
  const folder = sharedFolder(queue, root);
  return {
    cluster: {
      nativeId: system.idVariable,
      restartsUnderNewId: system.restartsUnderNewId === true,
      magicExitCodes: system.magicExitCodes,
    },
    pathThere: (local) => remotePath(local, folder),
  };
}

function sharedFolder({ ssh }: QueueSettings, root: string): SharedFolder | undefined {
  return ssh?.folder === undefined ? undefined : { local: root, remote: ssh.folder };
}

export interface ConnectionsOptions extends CommandOptions {
  readonly timing?: Partial<Timing>;
  /** Seconds between two status calls, whatever the queues say; for tests. */
  readonly pollInterval?: number;
}

interface Shared {
  readonly monitor: Monitor;
  /** Intervals of the queues that use it, in ms. */
  readonly intervals: Set<() => number>;
}

/** All connections of this process to batch systems. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #shared = new Map<string, Shared>();
  #focused = true;

  constructor(options: ConnectionsOptions = {}) {
    this.#options = options;
  }

  /** Whether somebody looks: while nobody does, batch systems are asked less, every three minutes at last. */
  setFocused(focused: boolean): void {
    this.#focused = focused;
    for (const { monitor } of this.#shared.values()) monitor.setFocused(focused);
  }

  /** The connection of a queue of the workspace at `root`. Its system is asked as often as the most eager of its queues wants. */
  monitorFor(queue: () => QueueSettings, root: string): Monitor {
    const { system, ssh } = queue();
    const key = JSON.stringify([system, ssh?.host, ssh?.folder, ssh?.folder === undefined ? '' : root]);
    const interval = (): number => (this.#options.pollInterval ?? queue().pollInterval) * 1000;
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      const intervals = new Set<() => number>();
      const monitor = new Monitor(this.#connect(queue(), root), {
        interval: () => Math.min(...[...intervals].map((one) => one())),
      });
      monitor.setFocused(this.#focused);
      shared = { monitor, intervals };
      this.#shared.set(key, shared);
    }
    shared.intervals.add(interval);
    return shared.monitor;
  }

  /** How fresh each picture is, by the title of its system and its host. */
  freshness(): readonly (Freshness & { readonly title: string })[] {
    return [...this.#shared.values()].map(({ monitor }) => ({
      title: monitor.connection.system.title,
      ...monitor.freshness,
    }));
  }

  /** The batch systems whose commands answer on this machine. */
  async detect(): Promise<
    readonly { readonly system: string; readonly title: string; readonly version: string }[]
  > {
    const run = localCommands({ ...this.#options, timeout: 10 });
    const found = await Promise.all(
      systems.map(async (system) => {
        const { probe, readProbe, title } = batchSystems[system];
        const version = readProbe(await run(probe))?.version;
        return version === undefined ? [] : [{ system, title, version }];
      }),
    );
    return found.flat();
  }

  #connect(settings: QueueSettings, root: string): Connection {
    const here = localCommands(this.#options);
    const { ssh } = settings;
    const run = ssh === undefined ? here : sshCommands(ssh.host, here);
    const folder = sharedFolder(settings, root);
    return new Connection({
      system: batchSystems[settings.system],
      run,
      timing: { ...TIMING, ...this.#options.timing },
      user: async () => {
        if (ssh === undefined) return os.userInfo().username;
        const { code, stdout, stderr } = await run({ program: 'id', args: ['-un'] });
        if (code === 0) return stdout.trim();
        throw new Error(`The user name on ${ssh.host} could not be found out. ${stderr.trim()}`);
      },
      ...(folder === undefined ? {} : { folder }),
    });
  }
}

export interface CreateQueueOptions {
  readonly listener: BatchListener;
  readonly settings: () => EngineSettings;
  readonly workers: LocalWorkers;
  readonly connections: Connections;
  /** The sweep's id. */
  readonly sweep: string;
  /** Absolute path of `.sweeps/<id>`. */
  readonly directory: string;
  /** Jobs at once that the sweep itself allows. */
  readonly concurrency: number | undefined;
  /** `launch.resource_args` of the sweep file. */
  readonly resourceArgs?: Readonly<Record<string, Json>>;
}

/**
 * The queue of a sweep.
 * @throws Error with a sentence when there is none of that name.
 */
export function createQueue(name: string, options: CreateQueueOptions): Queue {
  const { listener, settings, workers, connections, sweep, directory, concurrency, resourceArgs } = options;
  if (name === LOCAL) return new LocalQueue(workers, listener);
  let latest = queueSettings(name, settings());
  if (latest === undefined) throw new Error(queueProblems(name, settings()).join(' '));
  const known = latest;
  // an entry that was removed while its jobs run counts on for them
  const current = (): QueueSettings => (latest = queueSettings(name, settings()) ?? latest ?? known);
  const root = path.dirname(path.dirname(directory));
  return new ClusterQueue({
    monitor: connections.monitorFor(current, root),
    listener,
    sweep,
    folder: path.join(directory, 'batches'),
    concurrency,
    settings: current,
    head: () => {
      const { system, directives, prologue } = current();
      const { lines, problems } = directivesOf(batchSystems[system], directives, resourceArgs);
      if (problems.length > 0)
        throw new Error(`The queue '${name}' can't be used like this: ${problems.join(' ')}`);
      return { directives: lines, prologue };
    },
  });
}

/** Where the Python package lies for jobs of a queue: jobs on another host find a copy in the sweep's folder. */
export function pythonPathFor(
  name: string,
  settings: Pick<EngineSettings, 'queues' | 'pythonPath'>,
  directory: string,
): string {
  if (name === LOCAL || queueSettings(name, settings)?.ssh === undefined) return settings.pythonPath;
  const copy = path.join(directory, 'python');
  cpSync(path.join(settings.pythonPath, 'sweepdeck'), path.join(copy, 'sweepdeck'), {
    recursive: true,
    filter: (file) => !file.endsWith('__pycache__'),
  });
  return copy;
}
