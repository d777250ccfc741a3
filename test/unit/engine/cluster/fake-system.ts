/**
 * A batch system in one process whose jobs are real shell processes, obedient to the test: it lists, starts,
 * ends, loses and refuses what it is told to. Its commands never leave the process (`run`), its scripts are
 * the driver's own.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Answer, BatchSystem, Invocation, NativeJob } from '#engine/queues/cluster/batch-system.ts';

interface Task {
  readonly base: string;
  readonly task: number | undefined;
  readonly name: string;
  readonly script: string;
  job: NativeJob;
}

const ok = (stdout: string): Answer => ({ code: 0, stdout, stderr: '' });

export interface FakeOptions {
  readonly arrays?: BatchSystem['arrays'];
  readonly magicExitCodes?: readonly number[];
  readonly holdsOnlyWholeArrays?: true;
}

export class FakeSystem {
  /** Every command that was run: `submit`, `list`, `find`... */
  readonly calls: Invocation[] = [];
  readonly tasks = new Map<string, Task>();
  readonly history = new Map<string, NativeJob>();
  readonly system: BatchSystem;
  /** Answers given instead of the real one, by program, first in first out; `taken` also does what was asked. */
  readonly answers = new Map<string, { readonly answer: Answer; readonly taken?: boolean }[]>();
  /** Called after each command, with its program. */
  onCall: ((program: string) => void) | undefined;
  /** Whether jobs start as soon as they are submitted. */
  startsAtOnce = true;
  #next = 100;
  readonly #running = new Set<Promise<void>>();

  constructor({ arrays, magicExitCodes = [], holdsOnlyWholeArrays }: FakeOptions = {}) {
    const adapter = fakeAdapter(arrays, magicExitCodes);
    this.system = holdsOnlyWholeArrays === undefined ? adapter : { ...adapter, holdsOnlyWholeArrays };
  }

  readonly run = async (invocation: Invocation): Promise<Answer> => {
    this.calls.push(invocation);
    await new Promise((resolve) => setImmediate(resolve));
    const forced = this.answers.get(invocation.program)?.shift();
    const real = forced === undefined || forced.taken === true ? this.#do(invocation) : undefined;
    this.onCall?.(invocation.program);
    return forced?.answer ?? real ?? ok('');
  };

  count(program: string): number {
    return this.calls.filter((call) => call.program === program).length;
  }

  force(program: string, answer: Answer, taken = false): void {
    const queue = this.answers.get(program) ?? [];
    queue.push({ answer, taken });
    this.answers.set(program, queue);
  }

  /** The native jobs, in the order of their submission. */
  ids(): readonly string[] {
    return [...this.tasks.keys()];
  }

  set(id: string, change: Partial<NativeJob>): void {
    const task = this.#task(id);
    task.job = { ...task.job, ...change };
  }

  /** Leaves the listing; the history tells of it when `known`. */
  forget(id: string, known?: Partial<NativeJob>): void {
    const { job } = this.#task(id);
    if (known !== undefined) this.history.set(id, { ...job, ...known });
    this.tasks.delete(id);
  }

  /** Runs the job's script to its end. Resolves with the exit code. */
  async start(id: string, also: Readonly<Record<string, string>> = {}): Promise<number> {
    const task = this.#task(id);
    task.job = { ...task.job, stage: 'running', word: 'R', nodes: 'n1', startedAt: Date.now() };
    const child = spawn('sh', [task.script], {
      env: { ...process.env, FAKE_ID: id, FAKE_TASK: String(task.task ?? ''), ...also },
      stdio: 'ignore',
    });
    const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 128)));
    const settled = ended.then((code) => {
      task.job = {
        ...task.job,
        stage: 'ended',
        word: code === 0 ? 'CD' : 'F',
        end: { outcome: code === 0 ? 'done' : 'failed', exitCode: code },
      };
    });
    this.#running.add(settled);
    return ended;
  }

  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #task(id: string): Task {
    const task = this.tasks.get(id);
    if (task === undefined) throw new Error(`no native job ${id}`);
    return task;
  }

  #do({ program, args }: Invocation): Answer {
    switch (program) {
      case 'submit':
        return this.#submit(args[0] ?? '', args[1] ?? '');
      case 'list':
        return ok(JSON.stringify([...this.tasks.values()].map(({ job }) => job)));
      case 'history':
        return ok(JSON.stringify(args.flatMap((id) => this.history.get(id) ?? [])));
      case 'find':
        return ok(
          JSON.stringify(
            [...this.tasks.values()].filter(({ name }) => name === args[0]).map(({ job }) => job),
          ),
        );
      case 'cancel':
        for (const [id, task] of this.tasks) {
          if (!args.includes(id) && !args.includes(task.base)) continue;
          if (task.job.stage === 'waiting') {
            task.job = { ...task.job, stage: 'ended', word: 'CA', end: { outcome: 'cancelled' } };
          }
        }
        return ok('');
      default:
        return ok('');
    }
  }

  #submit(name: string, script: string): Answer {
    const base = String(this.#next++);
    const size = Number(/^#FAKE array (\d+)/m.exec(readFileSync(script, 'utf8'))?.[1] ?? 0);
    const first = this.system.arrays?.firstTask ?? 0;
    const tasks = size === 0 ? [undefined] : Array.from({ length: size }, (_, at) => first + at);
    for (const task of tasks) {
      const id = task === undefined ? base : `${base}_${task}`;
      const job: NativeJob = {
        id,
        base,
        ...(task === undefined ? {} : { task }),
        name,
        stage: 'waiting',
        word: 'PD',
        reason: 'pending',
      };
      this.tasks.set(id, { base, task, name, script, job });
      if (this.startsAtOnce) void this.start(id);
    }
    return ok(base);
  }
}

function fakeAdapter(arrays: BatchSystem['arrays'], magicExitCodes: readonly number[]): BatchSystem {
  const read = (answer: Answer) =>
    answer.code === 0
      ? { kind: 'listed' as const, jobs: JSON.parse(answer.stdout) as NativeJob[] }
      : { kind: 'failed' as const, sentence: answer.stderr };
  const verdict = (answer: Answer) =>
    answer.code === 0 ? { kind: 'done' as const } : { kind: 'failed' as const, sentence: answer.stderr };
  const words = (ids: readonly { readonly base: string; readonly task?: number; readonly id?: string }[]) =>
    ids.map(({ base, task, id }) => id ?? (task === undefined ? base : `${base}_${task}`));
  return {
    system: 'slurm',
    title: 'Fake',
    longestName: 15,
    arrays,
    output: 'directly',
    magicExitCodes,
    idVariable: '${FAKE_ID-}',
    headerFor: ({ name, tasks }) => [
      `#FAKE name ${name}`,
      ...(tasks === undefined ? [] : [`#FAKE array ${tasks.count} at once ${tasks.atOnce ?? 'all'}`]),
    ],
    isReplaced: () => false,
    keptOf: (line) => line,
    submit: ({ name, script }) => ({ program: 'submit', args: [name, script] }),
    readSubmit: ({ code, stdout, stderr, trouble }) => {
      if (trouble !== undefined || code === undefined)
        return { kind: 'unclear', sentence: 'It took too long.' };
      if (code === 0) return { kind: 'accepted', id: stdout };
      if (code === 76) return { kind: 'busy', sentence: stderr, tooMany: true };
      return code === 75 ? { kind: 'busy', sentence: stderr } : { kind: 'refused', sentence: stderr };
    },
    list: () => [{ program: 'list', args: [] }],
    readList: read,
    history: (ids) => [{ program: 'history', args: words(ids) }],
    readHistory: read,
    find: ({ name }) => [{ program: 'find', args: [name] }],
    readFind: read,
    cancel: (ids) => [{ program: 'cancel', args: words(ids) }],
    readCancel: verdict,
    hold: (ids) => [{ program: 'hold', args: words(ids) }],
    release: (ids) => [{ program: 'release', args: words(ids) }],
    readHold: verdict,
    details: () => ({ program: 'details', args: [] }),
    queue: () => ({ program: 'queue', args: [] }),
    readQueue: read,
    probe: { program: 'probe', args: [] },
    readProbe: () => ({ version: '1' }),
  };
}
