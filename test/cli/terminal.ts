/** Runs the real `sweepdeck` in folders of its own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The bundle that users run, or the sources (slower) where it is missing or older than they are. */
export const MAIN = upToDateBundle() ?? path.join(ROOT, 'client/src/cli/main.ts');

function upToDateBundle(): string | undefined {
  const bundle = path.join(ROOT, 'dist/cli.cjs');
  if (!existsSync(bundle)) return undefined;
  const builtAt = statSync(bundle).mtimeMs;
  const sources = globSync('{client/src/cli,client/src/engine,core}/**/*.{ts,js}', { cwd: ROOT });
  return sources.every((file) => statSync(path.join(ROOT, file)).mtimeMs <= builtAt) ? bundle : undefined;
}

export interface Result {
  /** Exit code; undefined when a signal ended the process. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document of standard output. */
  readonly json: unknown;
}

/** A `sweepdeck` that runs. */
export class Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Result>;
  #stdout = '';
  #stderr = '';
  readonly #waiting = new Set<() => void>();

  constructor(program: string, argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    const child = spawn(program, argv, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.process = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#look();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#look();
    });
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        const [stdout, stderr] = [this.#stdout, this.#stderr];
        resolve({
          code: code ?? undefined,
          stdout,
          stderr,
          get json() {
            assert.match(stdout, /^[^\n]+\n$/, `one line of JSON expected; stderr: ${stderr}`);
            return JSON.parse(stdout) as unknown;
          },
        });
        this.#look();
      });
    });
  }

  /** Everything printed so far, both streams. */
  get printed(): string {
    return this.#stdout + this.#stderr;
  }

  type(text: string): void {
    this.process.stdin?.write(text);
  }

  /** Resolves when `pattern` was printed; rejects when the process ends without. */
  async says(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        const over = this.process.exitCode !== null || this.process.signalCode !== null;
        const found = pattern.test(this.printed);
        if (!found && !over) return;
        this.#waiting.delete(look);
        if (found) resolve();
        else reject(new Error(`It ended without saying ${String(pattern)}:\n${this.printed}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** A workspace folder with sweeps of its own. */
export class Workspace {
  readonly folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-cli-')));
  readonly #started: Running[] = [];

  constructor() {
    // so that the search for the workspace folder ends here
    mkdirSync(path.join(this.folder, '.git'));
  }

  write(name: string, text: string): string {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(path.join(this.folder, name));
  }

  start(...argv: readonly string[]): Running {
    return this.#spawn(process.execPath, [MAIN, ...argv]);
  }

  /** On a pseudo terminal, 100 columns wide. What it prints comes out of `stdout`. */
  startOnTerminal(...argv: readonly string[]): Running {
    const spawner = path.join(import.meta.dirname, 'on_terminal.py');
    return this.#spawn('python3', [spawner, process.execPath, MAIN, ...argv]);
  }

  run(...argv: readonly string[]): Promise<Result> {
    return this.start(...argv).ended;
  }

  /** With more environment variables. */
  runWith(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Result> {
    return this.#spawn(process.execPath, [MAIN, ...argv], env).ended;
  }

  /** Ends what still runs, jobs of `waiting` programs included, and removes the folder. */
  async remove(): Promise<void> {
    rmSync(path.join(this.folder, 'wait'), { force: true });
    for (const running of this.#started) running.process.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #spawn(program: string, argv: readonly string[], more: Readonly<Record<string, string>> = {}): Running {
    const env = { ...process.env, NODE_NO_WARNINGS: '1', LANG: 'C.UTF-8', ...more };
    const running = new Running(program, argv, this.folder, env);
    this.#started.push(running);
    return running;
  }
}

/**
 * Text of a sweep file whose `jobs` jobs run `script`, a shell script, with `n` from 1 to `jobs` as $1. The script is written
 * beside it. `wait` in a script goes on as soon as the file `wait` is gone.
 */
export function shellSweep(workspace: Workspace, jobs: number, script: string): string {
  workspace.write(
    'job.sh',
    `n=$1\nreport() { printf '{"loss": %s}\\n' "$1" >> "$SWEEPDECK_METRICS"; }\n` +
      `wait() { while [ -e wait ] && [ -d .git ]; do sleep 0.05; done; }\n${script}\n`,
  );
  return workspace.write(
    'sweep.yaml',
    [
      'name: trial',
      'program: job.sh',
      'method: grid',
      'metric: {name: loss, goal: minimize}',
      `parameters: {n: {values: [${Array.from({ length: jobs }, (_, n) => n + 1).join(', ')}]}}`,
      'command: [/bin/sh, "${program}", "${n}"]',
      '',
    ].join('\n'),
  );
}
