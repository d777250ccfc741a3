/**
 * An engine in a process of its own, to be killed: `engine-process.ts ROOT [FILE]` launches FILE, or takes
 * over what it finds in ROOT, and runs until everything is settled. Says `ready <id> <ms>` when it owns the sweep.
 */
import { createSweeps } from '#engine/create-sweeps.ts';
import { engineSettings } from '../bench/engine-settings.ts';

const [root, file] = process.argv.slice(2);
if (root === undefined) throw new Error('usage: engine-process.ts ROOT [FILE]');
const sweeps = createSweeps({
  root,
  program: 'cli',
  version: 'test',
  settings: () => engineSettings({ workers: 4, gracePeriod: 1, brakes: { enabled: false, consecutive: 0 } }),
  run: true,
  log: (line) => process.stderr.write(`${line}\n`),
});
const began = performance.now();
await sweeps.open();
if (file !== undefined) await sweeps.launch(file);
for (const { id } of sweeps.list()) {
  process.stdout.write(`ready ${id} ${performance.now() - began}\n`);
  await sweeps.settled(id);
}
await sweeps.close();
