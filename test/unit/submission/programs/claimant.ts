/** Claims directories again and again, as a submitter does: `claimant.ts <logs> <rounds> <count>`. Prints all numbers. */
import { claimLogIds } from '#engine/sources/log-ids.ts';

const [logs = '', rounds = '1', count = '1'] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round++) {
  for (const [first, last] of await claimLogIds(logs, Number(count))) {
    for (let id = first; id <= last; id++) process.stdout.write(`${id}\n`);
  }
}
