/**
 * Outlives a test process: `guard.ts DIRECTORY` waits until its standard input ends, which it does in whatever way
 * the process at the other end does, and then clears the directory. After an orderly `stop` nothing is left to do.
 */
import { clear } from './clear.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined || directory === '') throw new Error('usage: guard.ts DIRECTORY');
process.stdin.resume().once('close', () => {
  void clear(directory);
});
