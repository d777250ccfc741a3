/** Creates argv[4] sweeps named argv[3] in the root argv[2] and prints their ids. */
import fs from 'node:fs';
import path from 'node:path';
import { createSweepFolder } from '#engine/sweep-folder.ts';

const [, , root = '', name = '', count = '1'] = process.argv;
for (let n = 0; n < Number(count); n++) {
  const id = await createSweepFolder(root, name, (folder, prepared) => {
    fs.writeFileSync(path.join(folder, 'sweep.yaml'), prepared);
  });
  process.stdout.write(`${id}\n`);
}
