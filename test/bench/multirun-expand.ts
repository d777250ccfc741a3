/** Child: expands a multirun of 50,000 jobs once and prints what it took, with how many characters came out. */
import { expandMultirun } from '#core/multirun/multirun.ts';

const words = process.argv.slice(2);
const began = performance.now();
const { jobs } = expandMultirun(words);
let count = 0;
let characters = 0;
for (const overrides of jobs ?? []) {
  count++;
  characters += overrides.join(' ').length + 1;
}
const ms = performance.now() - began;
console.log(JSON.stringify({ ms, count, characters }));
