/** A process to be killed: starts Grid Engine, a job in it, and says where: `DIRECTORY PID-OF-THE-JOB`. */
import { readFileSync } from 'node:fs';
import { startGridEngine } from './systems/grid-engine.ts';
import { stateOf } from './waiting.ts';

const sge = await startGridEngine();
const told = `${sge.directory}/told`;
const { stdout } = await sge.client(['qsub', '-terse', '-S', '/bin/sh', '-j', 'y', '-o', '/dev/null'], {
  input: `echo $$ > ${told}.new && mv ${told}.new ${told} && sleep 600\n`,
});
await stateOf(sge, stdout.trim(), 'r');
let pid = '';
while (pid === '') {
  try {
    pid = readFileSync(told, 'utf8').trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
process.stdout.write(`${sge.directory} ${pid}\n`);
// until it is killed
setInterval(() => undefined, 60_000);
