/** Starts a program of this folder and talks with it by lines. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import readline from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Program {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Lines printed so far. */
  readonly lines: readonly string[];
  /** The next line; undefined at the end of the output. */
  next(): Promise<string | undefined>;
  say(line: string): void;
  /** kill -9; resolves when it is gone and everything it printed is in `lines`. */
  kill(): Promise<void>;
  /** Resolves with the exit code when it ended by itself. */
  ended(): Promise<number | null>;
}

export function start(name: string, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, name), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const lines: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let taken = 0;
  let isOver = false;
  const serve = (): void => {
    while (waiting.length > 0 && (taken < lines.length || isOver)) waiting.shift()?.(lines[taken++]);
  };
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    serve();
  });
  void closed.then(() => {
    isOver = true;
    serve();
  });
  return {
    child,
    lines,
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        serve();
      }),
    say: (line) => child.stdin.write(`${line}\n`),
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
    ended: async () => (await closed)[0],
  };
}
