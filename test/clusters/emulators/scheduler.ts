/**
 * The part that all emulated batch systems share: a small scheduler that really runs jobs as processes. It knows slots,
 * arrays, holds, dependencies, walltimes and requeueing, but no command and no output format.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Dependency {
  readonly kind: 'afterok' | 'afterany' | 'afternotok';
  readonly on: readonly number[];
}

export type State = 'queued' | 'held' | 'waiting' | 'running' | 'suspended' | 'exiting' | 'ended';

/** Who or what put an end to a job that did not end by itself. */
export type Ender = 'request' | 'walltime' | 'dependency';

export interface JobRequest {
  readonly name: string;
  readonly script: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly queue: string;
  /** Seconds. */
  readonly walltime?: number;
  readonly held: boolean;
  readonly dependency?: Dependency;
  /** Milliseconds since 1970. */
  readonly beginAt?: number;
  readonly rerunnable: boolean;
  /** Where output goes at the end, as the system's own text; the system delivers it. */
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
  readonly join: boolean;
  readonly submittedFrom: string;
  readonly submitArguments: readonly string[];
}

export interface Job extends JobRequest {
  readonly number: number;
  readonly task: number | undefined;
  readonly throttle: number | undefined;
  readonly submittedAt: number;
  state: State;
  startedAt: number | undefined;
  endedAt: number | undefined;
  exitCode: number | undefined;
  signal: number | undefined;
  endedBy: Ender | undefined;
  starts: number;
  pid: number | undefined;
  limit: number | undefined;
}

export interface SchedulerOptions {
  readonly directory: string;
  readonly slots: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly killDelay: number;
  /** Variables of a job, and what is done with its spooled output when it has ended. */
  readonly variables: (job: Job) => Readonly<Record<string, string>>;
  readonly deliver: (job: Job, spooled: Spooled) => void;
}

/** Files with what a job printed. */
export interface Spooled {
  readonly stdout: string;
  readonly stderr: string;
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGTERM: 15,
};

export class Scheduler {
  slots: number;
  /** Whether the server is down: nothing is started, ends are noticed later. */
  down = false;
  readonly #options: SchedulerOptions;
  readonly #jobs: Job[] = [];
  readonly #children = new Map<Job, ChildProcess>();
  readonly #timers = new Map<Job, NodeJS.Timeout>();
  readonly #requeueing = new Set<Job>();
  /** Ends that came while the server was down. */
  #unnoticed: (() => void)[] = [];
  #next = 1;
  #planned = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.slots = options.slots;
    mkdirSync(path.join(options.directory, 'spool'), { recursive: true });
  }

  /** In the order of submission. */
  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  /** Takes a job, or an array of tasks with these indices; returns its number, which is never used again. */
  submit(
    request: JobRequest,
    tasks?: { readonly indices: readonly number[]; readonly throttle?: number },
  ): number {
    const number = this.#next++;
    const script = path.join(this.#options.directory, 'spool', `${number}.sh`);
    writeFileSync(script, request.script, { mode: 0o755 });
    for (const task of tasks?.indices ?? [undefined]) {
      const job: Job = {
        ...request,
        number,
        task,
        throttle: tasks?.throttle,
        submittedAt: Date.now(),
        state: 'queued',
        startedAt: undefined,
        endedAt: undefined,
        exitCode: undefined,
        signal: undefined,
        endedBy: undefined,
        starts: 0,
        pid: undefined,
        limit: request.walltime,
      };
      if (request.held) job.state = 'held';
      else if (request.beginAt !== undefined && request.beginAt > Date.now()) {
        job.state = 'waiting';
        this.#at(job, request.beginAt - Date.now(), () => this.release(job));
      }
      this.#jobs.push(job);
    }
    this.#plan();
    return number;
  }

  /** Ends a job: at once when it does not run, else by SIGTERM and after a while SIGKILL. */
  cancel(job: Job, by: Ender = 'request'): void {
    if (job.state === 'ended' || job.endedBy !== undefined) return;
    job.endedBy = by;
    const child = this.#children.get(job);
    if (child === undefined) {
      this.#ended(job);
      return;
    }
    if (job.state === 'suspended') signalGroup(job, 'SIGCONT');
    job.state = 'exiting';
    signalGroup(job, 'SIGTERM');
    this.#at(job, this.#options.killDelay * 1000, () => {
      signalGroup(job, 'SIGKILL');
    });
  }

  hold(job: Job): void {
    if (job.state === 'queued' || job.state === 'waiting') job.state = 'held';
  }

  release(job: Job): void {
    if (job.state !== 'held' && job.state !== 'waiting') return;
    job.state = 'queued';
    this.#plan();
  }

  suspend(job: Job): void {
    if (job.state !== 'running') return;
    job.state = 'suspended';
    signalGroup(job, 'SIGSTOP');
  }

  resume(job: Job): void {
    if (job.state !== 'suspended') return;
    job.state = 'running';
    signalGroup(job, 'SIGCONT');
  }

  /** Kills a running job and puts it back into the queue. */
  requeue(job: Job): void {
    if (!this.#children.has(job)) return;
    this.#requeueing.add(job);
    signalGroup(job, 'SIGKILL');
  }

  /** Lets the walltime of a running job end so many seconds from now. */
  setEndTime(job: Job, seconds: number): void {
    if (job.startedAt === undefined) return;
    job.limit = (Date.now() - job.startedAt) / 1000 + seconds;
    this.#watchWalltime(job);
  }

  setSlots(slots: number): void {
    this.slots = slots;
    this.#plan();
  }

  setDown(down: boolean): void {
    this.down = down;
    if (down) return;
    const late = this.#unnoticed;
    this.#unnoticed = [];
    for (const notice of late) notice();
    this.#plan();
  }

  /** Forgets jobs that ended more than so many seconds ago. */
  forget(seconds: number): void {
    const before = Date.now() - seconds * 1000;
    for (let at = this.#jobs.length - 1; at >= 0; at--) {
      const job = this.#jobs[at];
      if (job?.state === 'ended' && (job.endedAt ?? 0) <= before) this.#jobs.splice(at, 1);
    }
  }

  /** Kills everything that runs. */
  close(): void {
    for (const job of this.#children.keys()) signalGroup(job, 'SIGKILL');
  }

  /** Starts what may start, once all that happens now has happened. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      if (!this.down) this.#start();
    });
  }

  #start(): void {
    let free = this.slots - this.#children.size;
    const running = new Map<number, number>();
    for (const { number } of this.#children.keys()) running.set(number, (running.get(number) ?? 0) + 1);
    for (const job of [...this.#jobs]) {
      if (job.state !== 'queued') continue;
      const wanted = this.#dependencyOf(job);
      if (wanted === 'never') this.cancel(job, 'dependency');
      if (wanted !== 'met' || free <= 0) continue;
      const beside = running.get(job.number) ?? 0;
      if (job.throttle !== undefined && beside >= job.throttle) continue;
      running.set(job.number, beside + 1);
      free--;
      this.#run(job);
    }
  }

  #dependencyOf({ dependency }: Job): 'met' | 'open' | 'never' {
    if (dependency === undefined) return 'met';
    const others = this.#jobs.filter(({ number }) => dependency.on.includes(number));
    if (others.some(({ state }) => state !== 'ended')) return 'open';
    const well = others.every(({ exitCode }) => exitCode === 0);
    if (dependency.kind === 'afterok') return well ? 'met' : 'never';
    if (dependency.kind === 'afternotok') return well ? 'never' : 'met';
    return 'met';
  }

  #run(job: Job): void {
    job.state = 'running';
    job.starts++;
    job.startedAt = Date.now();
    const spool = path.join(
      this.#options.directory,
      'spool',
      `${job.number}${job.task === undefined ? '' : `-${job.task}`}`,
    );
    const spooled: Spooled = { stdout: `${spool}.OU`, stderr: job.join ? `${spool}.OU` : `${spool}.ER` };
    const out = openSync(spooled.stdout, 'w');
    const err = job.join ? out : openSync(spooled.stderr, 'w');
    const script = path.join(this.#options.directory, 'spool', `${job.number}.sh`);
    const [program, args] = job.script.startsWith('#!') ? [script, []] : ['/bin/sh', [script]];
    const child = spawn(program, args, {
      cwd: job.directory,
      env: { ...job.environment, ...this.#options.variables(job) },
      stdio: ['ignore', out, err],
      detached: true,
    });
    closeSync(out);
    if (err !== out) closeSync(err);
    job.pid = child.pid;
    this.#children.set(job, child);
    this.#watchWalltime(job);
    let settled = false;
    const settle = (code: number | undefined, signal: number | undefined): void => {
      if (settled) return;
      settled = true;
      const notice = (): void => {
        this.#exited(job, spooled, code, signal);
      };
      if (this.down) this.#unnoticed.push(notice);
      else notice();
    };
    child.once('error', () => {
      settle(127, undefined);
    });
    child.once('exit', (code, signal) => {
      settle(code ?? undefined, signal === null ? undefined : (SIGNALS[signal] ?? 9));
    });
  }

  #exited(job: Job, spooled: Spooled, code: number | undefined, signal: number | undefined): void {
    this.#children.delete(job);
    this.#stopTimer(job);
    // what the job left behind goes with it
    signalGroup(job, 'SIGKILL');
    job.pid = undefined;
    if (this.#requeueing.delete(job) && job.endedBy === undefined) {
      job.state = 'queued';
      job.startedAt = undefined;
      this.#plan();
      return;
    }
    job.exitCode = code;
    job.signal = signal;
    this.#options.deliver(job, spooled);
    this.#ended(job);
  }

  #ended(job: Job): void {
    this.#stopTimer(job);
    job.state = 'ended';
    job.endedAt = Date.now();
    this.#plan();
  }

  #watchWalltime(job: Job): void {
    if (job.limit === undefined || job.startedAt === undefined) return;
    this.#at(job, job.limit * 1000 - (Date.now() - job.startedAt), () => {
      this.cancel(job, 'walltime');
    });
  }

  #at(job: Job, milliseconds: number, act: () => void): void {
    this.#stopTimer(job);
    this.#timers.set(job, setTimeout(act, Math.min(Math.max(0, milliseconds), 2 ** 31 - 1)));
  }

  #stopTimer(job: Job): void {
    clearTimeout(this.#timers.get(job));
    this.#timers.delete(job);
  }
}

function signalGroup({ pid }: Job, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // the group is empty
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
