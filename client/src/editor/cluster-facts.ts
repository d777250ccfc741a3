/** What the editor knows of batch systems beside the journals: it asks the engine for the sweeps of this window. */
import type { NativeState } from '#engine/native-state.ts';
import type { NativeId } from '#engine/queues/cluster/batch-system.ts';
import type {
  Clusters,
  DetectedSystem,
  JobDetails,
  KnownQueue,
  Partition,
  QueueListing,
  QueuePlace,
  SystemFreshness,
} from '#engine/queues/clusters.ts';
import { type OwnJobs, ownJobsOf } from '#engine/queues/own-jobs.ts';
import type { EngineSettings } from '#engine/settings.ts';
import type { JobState } from '#engine/sweep-state.ts';
import type { Disposable } from '#engine/sweeps.ts';
import type { Live } from './presentation/native.ts';
import type { Folder, OpenSweep, Workspaces } from './workspaces.ts';

/** A batch system as the queue view shows it: once, however many queues are in front of it. */
export interface SystemPlace {
  readonly key: string;
  /** `Slurm`, or `Slurm on login1`. */
  readonly title: string;
  /** Names of the queues in front of it. */
  readonly names: readonly string[];
  readonly folder: Folder;
}

export interface ClusterFactsOptions {
  /** Loads the engine on the first use. */
  readonly load: () => Promise<Clusters>;
  readonly settings: (folder: Folder) => EngineSettings;
  readonly workspaces: Workspaces;
}

const nothing: Live = {};

export class ClusterFacts {
  readonly #options: ClusterFactsOptions;
  readonly #listeners = new Set<() => void>();
  readonly #settings = new Map<string, EngineSettings>();
  #clusters: Clusters | undefined;
  #subscription: Disposable | undefined;
  #detected: readonly DetectedSystem[] = [];

  constructor(options: ClusterFactsOptions) {
    this.#options = options;
  }

  /** A system answered or failed to, or which systems there are has changed. */
  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** From now on there is somebody to ask without waiting. */
  attach(clusters: Clusters): void {
    this.#subscription?.dispose();
    this.#clusters = clusters;
    this.#subscription = clusters.onDidAnswer(() => this.#tell());
  }

  settingsChanged(): void {
    this.#settings.clear();
    this.#tell();
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#clusters?.close();
    this.#listeners.clear();
  }

  /** What is known of a job right now, without asking anybody. */
  live(sweep: OpenSweep, job: JobState): Live {
    if (this.#clusters === undefined || job.native === undefined) return nothing;
    const place = this.#placeOf(sweep.folder, sweep.view.state.queue);
    return { row: this.#clusters.live(place, job.native), freshness: this.#clusters.freshness(place) };
  }

  /** When the system of a sweep answered last; undefined for sweeps of this machine. */
  freshness({ folder, view }: OpenSweep): SystemFreshness | undefined {
    // whoever runs it elsewhere asks, and the journal tells
    if (this.#clusters === undefined || view.owner.kind !== 'here') return undefined;
    return this.#clusters.freshness(this.#placeOf(folder, view.state.queue));
  }

  /** What the system itself says of a job. Throws with a sentence. */
  async details({ folder, view }: OpenSweep, job: JobState): Promise<JobDetails> {
    if (job.native === undefined) {
      throw new Error(`Job ${view.id}/${job.index} has not been in a batch system yet.`);
    }
    return (await this.#loaded()).details(this.#placeOf(folder, view.state.queue), job.native);
  }

  /** The same for any job of a system. */
  async detailsOf(system: SystemPlace, id: NativeId): Promise<JobDetails> {
    return (await this.#loaded()).detailsOf(this.#placeOfSystem(system), id);
  }

  /** Files with what the system itself wrote of a job; absolute paths. */
  async systemOutput({ view }: OpenSweep, native: NativeState): Promise<readonly string[]> {
    return (await this.#loaded()).systemOutput(view.directory, native);
  }

  /** Asks what a system runs now. */
  async queue(system: SystemPlace): Promise<QueueListing> {
    return (await this.#loaded()).queue(this.#placeOfSystem(system));
  }

  /** Whether there is anything that the queue view could show. */
  get hasSystems(): boolean {
    return this.systems().length > 0;
  }

  /** The systems behind the queues that are configured, that sweeps use, or that were found. */
  systems(): readonly SystemPlace[] {
    if (this.#clusters === undefined) return [];
    const { workspaces } = this.#options;
    const found = new Map<string, SystemPlace>();
    for (const { folder } of workspaces.folders) {
      const used = workspaces
        .list()
        .filter((sweep) => sweep.folder.path === folder.path)
        .map(({ view }) => view.state.queue);
      const named = new Set([...Object.keys(this.#settingsOf(folder).queues ?? {}), ...used]);
      const names = new Set<string>([...named, ...this.#detected.map(({ system }) => system)]);
      for (const name of names) {
        const title = this.#clusters.freshness(this.#placeOf(folder, name))?.title;
        const known = title === undefined ? undefined : found.get(title);
        // what was found needs no name of its own beside the queues in front of it
        if (title === undefined || (known !== undefined && !named.has(name))) continue;
        found.set(title, {
          key: title,
          title,
          folder: known?.folder ?? folder,
          names: [...new Set([...(known?.names ?? []), name])],
        });
      }
    }
    return [...found.values()];
  }

  /** Which native jobs are ours. */
  ownJobs(): OwnJobs {
    return ownJobsOf(this.#options.workspaces.list().map(({ key, view }) => ({ key, state: view.state })));
  }

  /** Configured queues and systems that answer here; asks every system there could be. */
  async known(folder: Folder): Promise<readonly KnownQueue[]> {
    const clusters = await this.#loaded();
    const known = await clusters.known(this.#settingsOf(folder), folder.path);
    this.#remember(
      known.flatMap(({ configured, system, title, version }) =>
        configured || version === undefined ? [] : [{ system, title, version }],
      ),
    );
    return known;
  }

  /** The systems whose commands answer on this machine. */
  async detect(): Promise<readonly DetectedSystem[]> {
    const found = await (await this.#loaded()).detect();
    this.#remember(found);
    return found;
  }

  async partitions(system: DetectedSystem['system']): Promise<readonly Partition[]> {
    return (await this.#loaded()).partitions(system);
  }

  #remember(found: readonly DetectedSystem[]): void {
    this.#detected = found;
    this.#tell();
  }

  async #loaded(): Promise<Clusters> {
    const clusters = await this.#options.load();
    if (clusters !== this.#clusters) this.attach(clusters);
    return clusters;
  }

  /** Read once per change: a tree of thousands of jobs asks for each of them. */
  #settingsOf(folder: Folder): EngineSettings {
    let settings = this.#settings.get(folder.path);
    if (settings === undefined) {
      settings = this.#options.settings(folder);
      this.#settings.set(folder.path, settings);
    }
    return settings;
  }

  #placeOf(folder: Folder, queue: string): QueuePlace {
    return { queue, root: folder.path, settings: () => this.#settingsOf(folder) };
  }

  #placeOfSystem({ folder, names }: SystemPlace): QueuePlace {
    return this.#placeOf(folder, names[0] ?? '');
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
