/** N x `true` with bare child_process.spawn, W at once. Prints {"ms"}. */
import { spawn } from 'node:child_process';

const [jobs, workers] = process.argv.slice(2).map(Number);
if (jobs === undefined || workers === undefined) throw new Error('usage: dispatch-bare.ts JOBS WORKERS');
let started = 0;
let ended = 0;
const began = performance.now();
function next(): void {
  if (started === jobs) return;
  started += 1;
  spawn('true', { stdio: 'ignore' }).on('exit', () => {
    ended += 1;
    if (ended === jobs) process.stdout.write(`${JSON.stringify({ ms: performance.now() - began })}\n`);
    else next();
  });
}
for (let worker = 0; worker < workers; worker += 1) next();
