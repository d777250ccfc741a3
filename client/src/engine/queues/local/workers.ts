/**
 * The worker slots of this machine, shared by all sweeps that this process runs: how many jobs run at
 * once, which GPUs each one gets, and whose turn it is when a slot becomes free.
 */
import os from 'node:os';
import { plainHostName } from '../../exit-record.ts';
import { detectGpus } from '../../gpus.ts';
import { type MachineIdentity, machineIdentity } from '../../process-identity.ts';
import type { EngineSettings } from '../../settings.ts';
import type { Launched, Launcher } from './launcher.ts';

export type SlotSettings = Pick<EngineSettings, 'workers' | 'gpus' | 'gpusPerJob' | 'gracePeriod'>;

/** A place for one job. */
export interface Slot {
  /** From 0; lowest free number first. */
  readonly number: number;
  /** GPU ids of the job; empty when none are assigned. */
  readonly gpus: readonly string[];
}

/** One queue among those that share the workers. */
export interface SlotTaker {
  onFree(): void;
}

export interface LocalWorkersOptions {
  /** Read at every use. */
  readonly settings: () => SlotSettings;
  readonly launcher: Launcher;
  /** Where we are; jobs start once that is known. */
  readonly machine?: Promise<MachineIdentity>;
  /** Asked once, the first time that `gpus` is `auto`. */
  readonly detectGpus?: () => Promise<readonly string[]>;
}

interface Waiting {
  readonly taker: SlotTaker;
  readonly take: (slot: Slot) => void;
}

export class LocalWorkers {
  readonly settings: () => SlotSettings;
  readonly #launcher: Launcher;
  /** Name of this host, as it goes into claims and exit records. */
  readonly host = plainHostName(os.hostname());
  readonly whereWeAre: Promise<MachineIdentity>;
  readonly #detect: () => Promise<readonly string[]>;
  readonly #takers = new Set<SlotTaker>();
  readonly #busy = new Map<Slot, SlotTaker>();
  readonly #waiting: Waiting[] = [];
  /** Who asked and got nothing. One free slot is kept for each of them that has fewer jobs than the asker. */
  readonly #hungry = new Set<SlotTaker>();
  #detected: readonly string[] | 'asked' | undefined;
  #offering = false;
  #machine: MachineIdentity | undefined;

  constructor(options: LocalWorkersOptions) {
    this.settings = options.settings;
    this.#launcher = options.launcher;
    this.#detect = options.detectGpus ?? detectGpus;
    this.whereWeAre = options.machine ?? machineIdentity();
    void this.whereWeAre.then((machine) => {
      this.#machine = machine;
      this.offer();
    });
  }

  /** Starts the wrapper of the job in this directory, in a slot that was acquired. Throws what spawning throws. */
  start(directory: string, slot: Slot): Launched {
    const { host } = this;
    const machine = JSON.stringify(this.#machine);
    return this.#launcher({ directory, host, slot: slot.number, gpus: slot.gpus, machine });
  }

  join(taker: SlotTaker): void {
    this.#takers.add(taker);
  }

  /** Slots that are busy stay so until they are released. */
  leave(taker: SlotTaker): void {
    this.#takers.delete(taker);
    this.#hungry.delete(taker);
    for (const waiting of this.#waiting.filter((one) => one.taker === taker)) this.#forget(waiting);
    this.offer();
  }

  /** How many slots this taker may take now. */
  free(taker: SlotTaker): number {
    const held = this.#jobsOf(taker);
    let kept = 0;
    for (const rival of this.#hungry) if (rival !== taker && this.#jobsOf(rival) < held) kept++;
    const free = Math.max(0, this.#available() - this.#waiting.length - kept);
    if (free === 0) this.#hungry.add(taker);
    return free;
  }

  /** Calls `take` with a slot: now if there is one, else as soon as there is, ahead of new jobs. Returns how to give up waiting. */
  acquire(taker: SlotTaker, take: (slot: Slot) => void): () => void {
    const slot = this.#waiting.length === 0 ? this.#pick() : undefined;
    const waiting = { taker, take };
    if (slot === undefined) {
      this.#waiting.push(waiting);
    } else {
      this.#busy.set(slot, taker);
      take(slot);
    }
    return () => this.#forget(waiting);
  }

  /** Counts a slot as busy that an earlier engine gave to a job which still runs. */
  occupy(taker: SlotTaker, slot: Slot): Slot {
    // a copy: the same number may be taken twice when the setting was lowered, and both are to be released
    const occupied = { ...slot };
    this.#busy.set(occupied, taker);
    return occupied;
  }

  release(slot: Slot): void {
    if (this.#busy.delete(slot)) this.offer();
  }

  /** Gives free slots away, soon; to be called as well when a setting changed. */
  offer(): void {
    if (this.#offering) return;
    this.#offering = true;
    queueMicrotask(() => {
      this.#offering = false;
      this.#giveAway();
    });
  }

  #giveAway(): void {
    while (this.#waiting.length > 0) {
      const slot = this.#pick();
      if (slot === undefined) return;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#busy.set(slot, next.taker);
      next.take(slot);
    }
    const fewestFirst = [...this.#takers].sort((a, b) => this.#jobsOf(a) - this.#jobsOf(b));
    for (const taker of fewestFirst) {
      if (this.#available() <= 0) return;
      // a taker that leaves the offer has no work; one that still wants more says so by asking again
      this.#hungry.delete(taker);
      taker.onFree();
    }
  }

  #pick(): Slot | undefined {
    if (this.#available() <= 0) return undefined;
    const numbers = new Set([...this.#busy.keys()].map((slot) => slot.number));
    let number = 0;
    while (numbers.has(number)) number++;
    return { number, gpus: this.#freeGpus().slice(0, this.#gpusPerSlot()) };
  }

  /** Free slots; negative when more jobs run than the settings allow by now. */
  #available(): number {
    if (this.#machine === undefined) return 0;
    const slots = Math.floor(this.settings().workers) - this.#busy.size;
    if (this.settings().gpusPerJob <= 0) return slots;
    if (this.#gpus() === undefined) return 0;
    const each = this.#gpusPerSlot();
    return each === 0 ? slots : Math.min(slots, Math.floor(this.#freeGpus().length / each));
  }

  /** With fewer GPUs than a job asks for, one job at a time gets them all. */
  #gpusPerSlot(): number {
    return Math.min(Math.max(0, this.settings().gpusPerJob), this.#gpus()?.length ?? 0);
  }

  #freeGpus(): readonly string[] {
    const used = new Set([...this.#busy.keys()].flatMap((slot) => slot.gpus));
    return (this.#gpus() ?? []).filter((id) => !used.has(id));
  }

  /** undefined until they are known. */
  #gpus(): readonly string[] | undefined {
    const { gpus } = this.settings();
    if (gpus !== 'auto') return gpus;
    if (this.#detected === undefined) {
      this.#detected = 'asked';
      void this.#detect().then((found) => {
        this.#detected = found;
        this.offer();
      });
    }
    return this.#detected === 'asked' ? undefined : this.#detected;
  }

  #jobsOf(taker: SlotTaker): number {
    let jobs = 0;
    for (const holder of this.#busy.values()) if (holder === taker) jobs++;
    return jobs;
  }

  #forget(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }
}
