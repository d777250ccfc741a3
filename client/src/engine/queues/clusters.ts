/**
 * What people want to know of batch systems beside what journals tell: how fresh the picture is, what a system
 * says of one job, what else waits there, and which systems are here at all. Nothing here is put on record.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { shellQuote } from '../shell-quote.ts';
import { type NativeState, nativeIdOf } from '../native-state.ts';
import type { EngineSettings } from '../settings.ts';
import { nativeIdIn } from './cluster/batch.ts';
import type { Listing, NativeId, NativeJob } from './cluster/batch-system.ts';
import { localCommands } from './cluster/command.ts';
import type { Freshness, Monitor, Watcher } from './cluster/monitor.ts';
import { partitionLists } from './cluster/partitions.ts';
import type { Snapshot } from './cluster/snapshot.ts';
import type { QueueSettings } from './queue-settings.ts';
import { type Connections, LOCAL, queueSettings } from './queues.ts';
import type { System } from '#core/batch/systems.ts';

/** A queue of a workspace folder. */
export interface QueuePlace {
  /** Name of the queue, as sweeps have it. */
  readonly queue: string;
  /** Absolute path of the workspace folder. */
  readonly root: string;
  readonly settings: () => Pick<EngineSettings, 'queues' | 'brokenQueues'>;
}

/** How fresh what a batch system said is. */
export interface SystemFreshness extends Freshness {
  /** `Slurm`, or `Slurm on login1`. */
  readonly title: string;
}

/** A system's own long description of one job. */
export interface JobDetails {
  /** As a person types it. */
  readonly command: string;
  readonly text: string;
}

/** Everybody's jobs on a batch system. */
export interface QueueListing {
  readonly title: string;
  /** Whose jobs are ours; undefined while that can't be found out. */
  readonly user: string | undefined;
  /** When it was asked, in ms since 1970. */
  readonly askedAt: number;
  /** How long the answer took, in ms. */
  readonly duration: number;
  readonly listing: Listing;
}

export interface DetectedSystem {
  readonly system: System;
  /** `Slurm`. */
  readonly title: string;
  readonly version: string;
}

/** A partition or queue of a batch system. */
export interface Partition {
  readonly name: string;
  /** The directive that asks for it, without the mark. */
  readonly directive: string;
}

/** A configured queue, or one of a batch system that was found. */
export interface KnownQueue {
  readonly name: string;
  readonly system: System;
  readonly title: string;
  readonly configured: boolean;
  /** undefined: it does not answer here, or nobody asked. */
  readonly version: string | undefined;
  /** The host that it is reached through. */
  readonly ssh: string | undefined;
}

/** Follows what one monitor hears without asking for anything. */
class Onlooker implements Watcher {
  readonly monitor: Monitor;
  readonly title: string;
  readonly #onAnswer: () => void;
  #latest: Snapshot | undefined;

  constructor(monitor: Monitor, title: string, onAnswer: () => void) {
    this.monitor = monitor;
    this.title = title;
    this.#onAnswer = onAnswer;
    monitor.join(this);
  }

  unfinished(): readonly NativeId[] {
    return [];
  }

  needsNews(): boolean {
    return false;
  }

  onSnapshot(snapshot: Snapshot): boolean {
    this.#latest = snapshot;
    return false;
  }

  onFreshness(): void {
    this.#onAnswer();
  }

  find(id: NativeId): NativeJob | undefined {
    return this.#latest?.find(id);
  }

  close(): void {
    this.monitor.leave(this);
  }
}

export class Clusters {
  readonly #connections: Connections;
  readonly #onlookers = new Map<string, Onlooker>();
  readonly #listeners = new Set<() => void>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Tells whenever a batch system answered, or failed to. */
  onDidAnswer(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** The job as the system listed it last, as far as this process asks that system; never asks itself. */
  live(place: QueuePlace, native: NativeState): NativeJob | undefined {
    const id = idOf(native);
    return id === undefined ? undefined : this.#onlooker(place)?.find(id);
  }

  /** When the queue's system answered last, and since when it doesn't. undefined: it is not a batch system. */
  freshness(place: QueuePlace): SystemFreshness | undefined {
    const onlooker = this.#onlooker(place);
    return onlooker && { title: onlooker.title, ...onlooker.monitor.freshness };
  }

  /**
   * What the system itself says of a job.
   * @throws Error with a sentence when the queue is gone, or the system does not know the job by an id yet.
   */
  details(place: QueuePlace, native: NativeState): Promise<JobDetails> {
    const id = idOf(native);
    if (id !== undefined) return this.detailsOf(place, id);
    return Promise.reject(
      new Error('The batch system has not taken the job yet, so there is nothing it could tell of it.'),
    );
  }

  /**
   * The same for any job of the queue's system.
   * @throws Error with a sentence when the queue is gone.
   */
  async detailsOf(place: QueuePlace, id: NativeId): Promise<JobDetails> {
    const { connection } = this.#known(place).monitor;
    const { program, args } = connection.system.details(id);
    const words = [program, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word)));
    const ssh = settingsOf(place)?.ssh;
    const command = ssh === undefined ? words.join(' ') : `ssh ${ssh.host} ${words.join(' ')}`;
    return { command, text: await connection.details(id) };
  }

  /** Asks what waits and runs in the queue's system now. Never rejects: what went wrong is in the listing. */
  async queue(place: QueuePlace): Promise<QueueListing> {
    const { monitor, title } = this.#known(place);
    const askedAt = Date.now();
    const began = performance.now();
    const [user, listing] = await Promise.all([monitor.connection.user(), monitor.connection.queue()]);
    return { title, user, askedAt, duration: performance.now() - began, listing };
  }

  /** The batch systems whose commands answer on this machine. Asks all of them at once, for 10 seconds at most. */
  async detect(): Promise<readonly DetectedSystem[]> {
    return (await this.#connections.detect()) as readonly DetectedSystem[];
  }

  /** Every configured queue, then the systems found here under their own names. */
  async known({ queues = {} }: Pick<EngineSettings, 'queues'>, root: string): Promise<readonly KnownQueue[]> {
    const configured = Object.entries(queues);
    const [found, versions] = await Promise.all([
      this.detect(),
      Promise.all(configured.map(([name, { ssh }]) => this.#remoteVersion(name, ssh, queues, root))),
    ]);
    const named = configured.map(([name, { system, ssh }], place): KnownQueue => {
      const here = found.find((one) => one.system === system);
      return {
        name,
        system,
        title: this.#known({ queue: name, root, settings: () => ({ queues }) }).monitor.connection.system
          .title,
        configured: true,
        version: ssh === undefined ? here?.version : versions[place],
        ssh: ssh?.host,
      };
    });
    const others = found
      .filter(({ system }) => !Object.hasOwn(queues, system))
      .map(({ system, title, version }) => ({
        name: system,
        system,
        title,
        configured: false,
        version,
        ssh: undefined,
      }));
    return [...named, ...others];
  }

  /** Names of the partitions or queues of a system on this machine; empty where asking is not cheap or fails. */
  async partitions(system: System): Promise<readonly Partition[]> {
    const list = partitionLists[system];
    if (list === undefined) return [];
    const { code, stdout } = await localCommands({ timeout: 10 })(list.command);
    if (code !== 0) return [];
    return list.read(stdout).map((name) => ({ name, directive: list.directive(name) }));
  }

  /**
   * Files with what the batch system itself wrote of a job, beside what the job printed: messages of the site's
   * prologue, of a killed job. Absolute paths; empty while there are none.
   * @param directory absolute path of `.sweeps/<id>`
   */
  systemOutput(directory: string, native: NativeState): readonly string[] {
    return systemOutput(directory, native);
  }

  close(): void {
    for (const onlooker of this.#onlookers.values()) onlooker.close();
    this.#onlookers.clear();
    this.#listeners.clear();
  }

  async #remoteVersion(
    queue: string,
    ssh: QueueSettings['ssh'],
    queues: NonNullable<EngineSettings['queues']>,
    root: string,
  ): Promise<string | undefined> {
    if (ssh === undefined) return undefined;
    return this.#known({ queue, root, settings: () => ({ queues }) }).monitor.connection.probe();
  }

  #known(place: QueuePlace): Onlooker {
    const onlooker = this.#onlooker(place);
    if (onlooker !== undefined) return onlooker;
    throw new Error(
      place.queue === LOCAL
        ? 'These jobs run on this machine, not in a batch system.'
        : (place.settings().brokenQueues?.[place.queue] ??
            `There is no queue '${place.queue}' here. Add it to sweepdeck.queues.`),
    );
  }

  #onlooker(place: QueuePlace): Onlooker | undefined {
    const first = settingsOf(place);
    if (first === undefined) return undefined;
    const key = JSON.stringify([place.queue, first.system, first.ssh, place.root]);
    const known = this.#onlookers.get(key);
    if (known !== undefined) return known;
    let latest = first;
    const current = (): QueueSettings => (latest = settingsOf(place) ?? latest);
    const monitor = this.#connections.monitorFor(current, place.root);
    const { title } = monitor.connection.system;
    const onlooker = new Onlooker(
      monitor,
      first.ssh === undefined ? title : `${title} on ${first.ssh.host}`,
      () => {
        for (const listener of [...this.#listeners]) listener();
      },
    );
    this.#onlookers.set(key, onlooker);
    return onlooker;
  }
}

const settingsOf = ({ queue, settings }: QueuePlace): QueueSettings | undefined =>
  queue === LOCAL ? undefined : queueSettings(queue, settings());

/** How commands name the job; undefined while it is not known to be taken. */
function idOf(native: NativeState): NativeId | undefined {
  const { batch, place, id } = native;
  if (batch.accepted === undefined) return id === undefined ? undefined : { base: id, id };
  if (id !== undefined) return { base: batch.accepted.nativeId, id };
  return nativeIdIn(batch, place, batch.accepted);
}

function systemOutput(directory: string, { batch, place, id }: NativeState): readonly string[] {
  const folder = path.join(directory, 'batches', batch.name);
  if (!existsSync(folder)) return [];
  const number = batch.firstTask === undefined ? '0' : String(batch.firstTask + place);
  const own = nativeIdOf({ batch, place, ...(id === undefined ? {} : { id }) });
  const endsSo = [number, ...(own === undefined ? [] : [own.replace(/\..*$/, '')])];
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.sh'))
    .filter((name) => {
      const stem = name.replace(/\.(out|err)$/, '');
      return endsSo.some((end) => stem.endsWith(end) && !/\d$/.test(stem.slice(0, -end.length)));
    })
    .sort()
    .map((name) => path.join(folder, name));
}
