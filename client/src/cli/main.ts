import './node-version.ts';
import { run } from './run.ts';
import { flushed, processTerminal } from './terminal.ts';

// async function instead of top-level await: the bundle is CommonJS
const main = async (): Promise<void> => {
  const exitCode = await run(process.argv.slice(2), processTerminal());
  await flushed();
  process.exit(exitCode);
};

void main();
