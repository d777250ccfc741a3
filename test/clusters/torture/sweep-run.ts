/** One sweep on a real batch system: its workspace folder, the engines that run it one after the other, and what is seen of it. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSweeps } from '#engine/create-sweeps.ts';
import type { JobStateName, JournalEvent, SweepRequest } from '#engine/events.ts';
import { readJournal } from '#engine/journal.ts';
import type { JobState } from '#engine/sweep-state.ts';
import type { Sweeps, SweepView } from '#engine/sweeps.ts';
import type { EngineOrder } from './engine-process.ts';
import type { Account } from '../systems/system.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

/** What a sweep's jobs do; `$x` is the parameter, `$runs` a folder of its own. */
export interface SweepOptions {
  readonly jobs: number;
  /** Shell text. */
  readonly command: string;
  readonly atOnce?: number;
  readonly queue: object;
}

export interface System {
  readonly user: Account;
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that the jobs' user may write below. */
  readonly directory: string;
}

export class SweepRun {
  readonly root: string;
  readonly #system: System;
  readonly #options: SweepOptions;
  readonly #sweeps: Sweeps;
  readonly #engines: ChildProcess[] = [];
  #id = '';

  constructor(system: System, options: SweepOptions) {
    this.#system = system;
    this.#options = options;
    this.root = mkdtempSync(path.join(system.directory, 'run-'));
    chmodSync(this.root, 0o755);
    this.#write(
      'train.sh',
      `#!/bin/sh\nx=\${1#--x=}\nruns=${this.root}/runs\necho "$x" >>"$runs/$x"\n${options.command}\n`,
    );
    chmodSync(path.join(this.root, 'train.sh'), 0o755);
    const values = Array.from({ length: options.jobs }, (_, index) => index);
    this.#write(
      'sweep.yaml',
      [
        `command: [./train.sh, '\${args}']`,
        'method: grid',
        'metric: {name: loss, goal: minimize}',
        `parameters: {x: {values: [${values.join(', ')}]}}`,
        'launch: {queue: tortured}',
        ...(options.atOnce === undefined ? [] : [`scheduler: {num_workers: ${options.atOnce}}`]),
        '',
      ].join('\n'),
    );
    mkdirSync(path.join(this.root, 'runs'));
    chownSync(path.join(this.root, 'runs'), system.user.uid, system.user.gid);
    chownSync(this.root, system.user.uid, system.user.gid);
    this.#sweeps = createSweeps({
      root: this.root,
      program: 'cli',
      version: '0',
      settings: () => ({
        workers: 1,
        gpus: [],
        gpusPerJob: 0,
        gracePeriod: 1,
        interpreter: 'python3',
        brakes: { enabled: false, consecutive: 0 },
        pythonPath: path.join(REPOSITORY, 'python'),
      }),
      run: false,
      log: () => undefined,
    });
  }

  #write(name: string, text: string): void {
    const file = path.join(this.root, name);
    writeFileSync(file, text);
    chownSync(file, this.#system.user.uid, this.#system.user.gid);
  }

  /** A folder in front of the PATH of engines started from now on, for programs in place of the system's. */
  readonly shims: string[] = [];

  /** Launches the sweep. `answered`: whether to wait until the engine says so. */
  async launch({ answered = true } = {}): Promise<ChildProcess> {
    const engine = this.#start({ launch: path.join(this.root, 'sweep.yaml') });
    const lines = createInterface({ input: engine.stdout ?? process.stdin });
    if (answered) {
      const [id] = (await once(lines, 'line')) as [string];
      this.#id = id;
    } else {
      this.#id = 'sweep-1';
    }
    await this.#sweeps.open();
    return engine;
  }

  /** Another engine goes on. */
  resume(): ChildProcess {
    return this.#start({ resume: this.#id });
  }

  #start(what: Pick<EngineOrder, 'launch' | 'resume'>): ChildProcess {
    const order: EngineOrder = {
      root: this.root,
      queues: { tortured: { pollInterval: 1, ...this.#options.queue } },
      pythonPath: path.join(REPOSITORY, 'python'),
      ...what,
    };
    const { environment, user } = this.#system;
    const engine = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'engine-process.ts'), JSON.stringify(order)],
      {
        env: {
          ...process.env,
          ...environment,
          HOME: user.home,
          USER: user.name,
          LOGNAME: user.name,
          PATH: [...this.shims, environment['PATH'] ?? process.env['PATH']].join(':'),
        },
        uid: user.uid,
        gid: user.gid,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    this.#engines.push(engine);
    return engine;
  }

  get view(): SweepView {
    const view = this.#sweeps.get(this.#id);
    assert.ok(view !== undefined, `sweep ${this.#id} is not there yet`);
    return view;
  }

  job(index: number): JobState {
    const job = this.view.job(index);
    assert.ok(job !== undefined);
    return job;
  }

  request(request: SweepRequest): Promise<void> {
    return this.#sweeps.request(this.#id, request);
  }

  async events(): Promise<readonly JournalEvent[]> {
    return (await readJournal(path.join(this.view.directory, 'journal.jsonl'))).events;
  }

  /** Resolves when the question has an answer; fails with the sweep's state after `seconds`. */
  async until<T>(question: () => T | undefined | false, seconds = 150): Promise<T> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const answer = this.#sweeps.get(this.#id) === undefined ? undefined : question();
      if (answer !== undefined && answer !== false) return answer;
      if (performance.now() > deadline) {
        const seen = this.#sweeps.get(this.#id);
        throw new Error(
          `Waited ${seconds} s in vain: ${JSON.stringify(seen && { phase: seen.state.phase, detail: seen.state.phaseDetail, trouble: seen.trouble, counts: seen.state.counts, notices: seen.state.notices })}`,
        );
      }
      await sleep(50);
    }
  }

  async reached(index: number, ...states: readonly JobStateName[]): Promise<JobState> {
    return this.until(() => {
      const job = this.view.job(index);
      return job !== undefined && states.includes(job.state) && job;
    });
  }

  async finished(seconds?: number): Promise<void> {
    await this.until(() => this.view.state.phase === 'finished', seconds);
  }

  /** How often each job's command was begun, by parameter. */
  runs(): ReadonlyMap<number, number> {
    const folder = path.join(this.root, 'runs');
    return new Map(
      readdirSync(folder)
        .filter((name) => /^\d+$/.test(name))
        .map((name) => [Number(name), readFileSync(path.join(folder, name), 'utf8').split('\n').length - 1]),
    );
  }

  /** No job lost, none doubled. */
  assertEachRanOnce(): void {
    const { jobs } = this.#options;
    assert.deepEqual(
      [...this.runs()].sort(([a], [b]) => a - b),
      Array.from({ length: jobs }, (_, index) => [index, 1]),
    );
  }

  async kill(engine: ChildProcess): Promise<void> {
    if (engine.exitCode !== null || engine.signalCode !== null) return;
    engine.kill('SIGKILL');
    await once(engine, 'exit');
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) await this.kill(engine);
    await this.#sweeps.close();
    if (existsSync(this.root)) rmSync(this.root, { recursive: true });
  }
}
