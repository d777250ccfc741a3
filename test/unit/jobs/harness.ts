/** Real job directories and real processes for the tests of this folder. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { writeJobDirectory, type JobDirectoryOptions } from '#engine/job-directory.ts';
import type { JobDescription } from '#engine/job-environment.ts';
import type { EndedEvent, QueueEvent, QueueJob, QueueListener, StartedEvent } from '#engine/queues/queue.ts';
import { LocalQueue } from '#engine/queues/local.ts';
import { shellLauncher } from '#engine/queues/local/launcher.ts';
import { LocalWorkers, type LocalWorkersOptions, type SlotSettings } from '#engine/queues/local/workers.ts';

export const PYTHON_PATH = path.resolve(import.meta.dirname, '../../../python');

/** A folder of its own for a test file, removed when the file's tests are done. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-jobs-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let count = 0;

/** Writes a job directory under `folder`; the job runs `argv` there. */
export function makeJob(
  folder: string,
  argv: readonly string[],
  changes: Partial<JobDescription> = {},
  options: JobDirectoryOptions = {},
): QueueJob & { readonly description: JobDescription } {
  const index = changes.index ?? count++;
  const directory = path.join(folder, String(index));
  const description: JobDescription = {
    id: `test-1/${index}`,
    sweep: 'test-1',
    index,
    attempt: 1,
    parameters: {},
    argv,
    environment: {},
    workingDirectory: folder,
    pythonPath: PYTHON_PATH,
    ...changes,
  };
  writeJobDirectory(directory, description, options);
  return { id: description.id, attempt: description.attempt, directory, description };
}

/** Runs a program to its end. */
export function run(
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: Buffer; stderr: string }> {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

export const SETTINGS: SlotSettings = { workers: 2, gpus: [], gpusPerJob: 0, gracePeriod: 20 };

export function makeWorkers(
  settings: Partial<SlotSettings> = {},
  options: Partial<LocalWorkersOptions> = {},
): LocalWorkers {
  return new LocalWorkers({
    settings: () => ({ ...SETTINGS, ...settings }),
    launcher: shellLauncher(process.env),
    ...options,
  });
}

/** A queue whose events can be awaited. */
export class Observed implements QueueListener {
  readonly queue: LocalQueue;
  readonly events: QueueEvent[] = [];
  freed = 0;
  readonly #wakes = new Set<() => void>();

  constructor(workers: LocalWorkers = makeWorkers()) {
    this.queue = new LocalQueue(workers, this);
    after(() => this.queue.close());
  }

  onEvent(event: QueueEvent): void {
    this.events.push(event);
    this.#wake();
  }

  onFree(): void {
    this.freed++;
    this.#wake();
  }

  started(id: string): Promise<StartedEvent> {
    return this.until(() =>
      this.events.findLast((event) => event.type === 'started' && event.id === id),
    ) as Promise<StartedEvent>;
  }

  ended(id: string): Promise<EndedEvent> {
    return this.until(() =>
      this.events.findLast((event) => event.type === 'ended' && event.id === id),
    ) as Promise<EndedEvent>;
  }

  /** Resolves when the question, asked again after every event, has an answer. */
  until<T>(question: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const ask = (): void => {
        const answer = question();
        if (answer === undefined) return;
        this.#wakes.delete(ask);
        resolve(answer);
      };
      this.#wakes.add(ask);
      ask();
    });
  }

  #wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}

/** Resolves when the file exists and holds a whole line; its text. */
export async function fileWritten(file: string): Promise<string> {
  for (;;) {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    if (text.endsWith('\n')) return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
