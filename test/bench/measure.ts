/** Small tools of the benchmarks: medians, tables, child processes that print one JSON line. */
import { spawn } from 'node:child_process';

export type Row = Readonly<Record<string, string | number>>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** `12.3`, `123`, `0.123`: three significant digits, as people compare them. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A Markdown table; columns in the order of the first row. */
export function table(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => String(row[column] ?? '')))),
  ].join('\n');
}

export interface Finished {
  readonly stdout: string;
  readonly code: number | null;
  /** Milliseconds from spawn to exit. */
  readonly elapsed: number;
}

/** Runs a program to its end. Rejects when it can't be started or ends with another code than 0. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  stdin = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, [...args], {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('error', reject);
    child.on('close', (code) => {
      const elapsed = performance.now() - began;
      if (code === 0) resolve({ stdout, code, elapsed });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${String(code)}`));
    });
    child.stdin.end(stdin);
  });
}

/** The last line of a child's output, which is one JSON object of figures. */
export function lastFigures(stdout: string): Readonly<Record<string, number>> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Readonly<Record<string, number>>;
}
