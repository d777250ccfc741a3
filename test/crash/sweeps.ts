/** Sweeps of a temporary folder for tests, closed and removed when the test is over. */
import type { TestContext } from 'node:test';
import { createSweeps } from '#engine/create-sweeps.ts';
import type { EngineSettings } from '#engine/settings.ts';
import type { Sweeps } from '#engine/sweeps.ts';
import { engineSettings } from '../bench/engine-settings.ts';

/** Opened; `run` as a window would, or only following. */
export async function openSweeps(
  t: TestContext,
  root: string,
  { run = true, ...settings }: Partial<EngineSettings> & { readonly run?: boolean } = {},
): Promise<Sweeps> {
  const sweeps = createSweeps({
    root,
    program: 'cli',
    version: 'test',
    settings: () =>
      engineSettings({ gracePeriod: 1, brakes: { enabled: false, consecutive: 0 }, ...settings }),
    run,
    log: (line) => t.diagnostic(line),
  });
  await sweeps.open();
  t.after(() => sweeps.close());
  return sweeps;
}

/** Resolves when `holds` does; asked again after every change. */
export function when(sweeps: Sweeps, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!holds()) return;
      subscription.dispose();
      resolve();
    };
    const subscription = sweeps.onDidChange(check);
    check();
  });
}
