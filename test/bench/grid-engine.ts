/** Launches a grid of 100,000 points and measures until 1,000 jobs are done. Prints {"launchMs", "rssMiB"}. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSweeps } from '#engine/create-sweeps.ts';
import { engineSettings } from './engine-settings.ts';

const DONE = 1_000;
const file = path.join(process.cwd(), 'sweep.yaml');
writeFileSync(
  file,
  `method: grid\nparameters:\n  x: {min: 1, max: 1000}\n  y: {min: 1, max: 100}\ncommand: ['true']\n`,
);
const sweeps = createSweeps({
  root: process.cwd(),
  program: 'cli',
  version: 'bench',
  settings: () => engineSettings(),
  run: true,
  log: () => undefined,
});
await sweeps.open();
const began = performance.now();
const sweep = await sweeps.launch(file);
const launchMs = performance.now() - began;
await new Promise<void>((resolve) => {
  sweeps.onDidChange(() => {
    if (sweep.state.counts.done >= DONE) resolve();
  });
});
await sweeps.request(sweep.id, { type: 'pause' });
const rssMiB = process.memoryUsage().rss / 2 ** 20;
await sweeps.settled(sweep.id);
await sweeps.close();
process.stdout.write(`${JSON.stringify({ launchMs, rssMiB })}\n`);
