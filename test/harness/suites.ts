/** The suites of `npm test`, in the order in which they run: what is quick to fail comes first. */
import type { Need } from './machine.ts';

export interface Suite {
  readonly name: string;
  /**
   * `command`: one test, passed when the exit code is 0. `node-test`: files for `node --test`.
   * `program`: a program of ours that writes its own counts (counts.ts).
   */
  readonly run:
    | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }
    | { readonly kind: 'node-test'; readonly files: string; readonly atOnce?: number }
    | { readonly kind: 'program'; readonly file: string };
  readonly needs: readonly Need[];
  /** Hard limit in seconds, for a slow machine that is busy with other things as well. */
  readonly limit: number;
}

const tool = (file: string, ...args: readonly string[]): Suite['run'] => ({
  kind: 'command',
  argv: [process.execPath, `node_modules/${file}`, ...args],
});

export const suites: readonly Suite[] = [
  { name: 'typecheck', run: tool('typescript/bin/tsc', '-p', '.'), needs: [], limit: 180 },
  { name: 'lint', run: tool('eslint/bin/eslint.js', '.', '--max-warnings', '0'), needs: [], limit: 300 },
  {
    name: 'format',
    run: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    needs: [],
    limit: 120,
  },
  {
    name: 'unit',
    run: { kind: 'node-test', files: 'test/unit/**/*.test.ts' },
    needs: ['python3'],
    limit: 600,
  },
  {
    name: 'crash',
    run: { kind: 'node-test', files: 'test/crash/**/*.test.ts', atOnce: 1 },
    needs: ['python3'],
    limit: 900,
  },
  {
    name: 'cli',
    run: { kind: 'node-test', files: 'test/cli/**/*.test.ts' },
    needs: ['python3'],
    limit: 600,
  },
  {
    name: 'package',
    run: { kind: 'node-test', files: 'test/package/**/*.test.ts', atOnce: 1 },
    needs: [],
    limit: 300,
  },
  {
    name: 'editor/host',
    run: { kind: 'program', file: 'test/editor/run-host.ts' },
    needs: ['python3', 'linux', 'chromium'],
    limit: 300,
  },
  {
    name: 'editor/browser',
    run: { kind: 'node-test', files: 'test/editor/browser/**/*.test.ts', atOnce: 1 },
    needs: ['python3', 'linux', 'chromium'],
    limit: 600,
  },
  {
    name: 'clusters',
    run: { kind: 'node-test', files: 'test/clusters/**/*.test.ts', atOnce: 2 },
    needs: ['python3', 'batch systems'],
    limit: 1800,
  },
];
