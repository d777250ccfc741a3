/** N x `true` as a sweep, from launch to finished, with journal, job directories and exit records. Prints {"ms"}. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSweeps } from '#engine/create-sweeps.ts';
import { engineSettings } from './engine-settings.ts';

const [jobs, workers] = process.argv.slice(2).map(Number);
if (jobs === undefined || workers === undefined) throw new Error('usage: dispatch-engine.ts JOBS WORKERS');
const root = process.cwd();
const file = path.join(root, 'sweep.yaml');
writeFileSync(file, `method: grid\nparameters:\n  x: {min: 0, max: ${jobs - 1}}\ncommand: ['true']\n`);
const sweeps = createSweeps({
  root,
  program: 'cli',
  version: 'bench',
  settings: () => engineSettings({ workers }),
  run: true,
  log: () => undefined,
});
await sweeps.open();
const began = performance.now();
const sweep = await sweeps.launch(file);
await sweeps.settled(sweep.id);
const ms = performance.now() - began;
if (sweep.state.counts.done !== jobs)
  throw new Error(`only ${sweep.state.counts.done} of ${jobs} jobs are done`);
await sweeps.close();
process.stdout.write(`${JSON.stringify({ ms })}\n`);
