/** Appends numbered events to the journal in argv[2] as owner argv[3], saying each number once append returned. */
import fs from 'node:fs';
import { Journal } from '#engine/journal.ts';

const [, , file = '', owner = '1', count = '1000000'] = process.argv;
const { journal } = await Journal.open(file, { owner: Number(owner), now: Date.now });
for (let n = 0; n < Number(count); n++) {
  journal.append({ type: 'noticed', detail: `${owner}/${n} ${'ß'.repeat(n % 97)}` });
  fs.writeSync(1, `${n}\n`);
  if (n % 50 === 0) await new Promise(setImmediate);
}
await journal.close();
