/** The process around a command: streams, signals and surroundings, so that a command names what it uses. */
import { createInterface } from 'node:readline/promises';

export interface Stream {
  readonly write: (text: string) => void;
  /** A person watches: lines may be redrawn. */
  readonly isTerminal: boolean;
  /** Width in characters; 80 when nobody knows. */
  readonly columns: number;
}

export type Interruption = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Terminal {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Asks on stderr and resolves with the typed line. */
  readonly ask: (question: string) => Promise<string>;
  /** Listens to interruptions instead of dying of them, until the returned function is called. */
  readonly onInterruption: (listener: (signal: Interruption) => void) => () => void;
}

/** The terminal of this process. A reader that goes away (`| head`) ends the process quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  return {
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    cwd: process.cwd(),
    env: process.env,
    platform: process.platform,
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    onInterruption,
  };
}

function onInterruption(listener: (signal: Interruption) => void): () => void {
  const signals: readonly Interruption[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const heard = signals.map((signal) => ({ signal, hear: () => listener(signal) }));
  for (const { signal, hear } of heard) process.on(signal, hear);
  return () => {
    for (const { signal, hear } of heard) process.off(signal, hear);
  };
}

function streamOf(stream: NodeJS.WriteStream): Stream {
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY;
    },
    get columns() {
      // 0 on some pseudo terminals, undefined on pipes
      return stream.columns > 0 ? stream.columns : 80;
    },
  };
}

/** Resolves when everything written so far has left the process. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.writable) continue;
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
}
