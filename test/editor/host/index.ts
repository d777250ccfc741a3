/** What runs inside the extension host: VS Code calls `run`. */
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import Mocha from 'mocha';
import type { HostFailure, HostResult } from '../../harness/extension-host.ts';

/** Environment variables: the file for the results, and which of the suites to run. */
const { SWEEPDECK_HOST_RESULT: resultFile, SWEEPDECK_HOST_SUITE: suiteName = 'trusted' } = process.env;

const suites: Readonly<Record<string, readonly (() => Promise<unknown>)[]>> = {
  trusted: [
    () => import('./server-on-demand.ts'),
    () => import('./activation.ts'),
    () => import('./language.ts'),
    () => import('./batch-scripts.ts'),
    () => import('./sweeps.ts'),
    () => import('./submission.ts'),
    () => import('./terminal.ts'),
  ],
  clusters: [() => import('./clusters.ts')],
  untrusted: [() => import('./untrusted.ts')],
};

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: false, reporter: 'min' });
  // Gives the files describe, it, before... as mocha does with files that it loads itself.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const files = suites[suiteName];
  if (files === undefined) throw new Error(`There is no suite ${suiteName}.`);
  for (const load of files) await load();

  let passed = 0;
  const failures: HostFailure[] = [];
  const skipped: string[] = [];
  await new Promise<void>((resolve) => {
    mocha
      .run(() => {
        resolve();
      })
      .on('pass', () => passed++)
      .on('pending', (test: Mocha.Test) => skipped.push(test.fullTitle()))
      .on('fail', (test: Mocha.Runnable, error: unknown) =>
        failures.push({
          title: test.fullTitle(),
          error: error instanceof Error ? (error.stack ?? error.message) : inspect(error),
        }),
      );
  });
  const result: HostResult = { passed, failures, skipped };
  if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify(result));
  if (failures.length > 0) throw new Error(`${failures.length} of ${passed + failures.length} tests failed.`);
}
