/**
 * `npm run bench [dispatch] [grid] [server] [scripts] [load] [multirun] [clusters] [activate]`: measures, prints tables, and writes them to test/out/bench.md.
 * Machines are noisy: medians of rounds in which the peers take turns; compare ratios.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureActivation } from './activation.ts';
import { measureClusters } from './clusters.ts';
import { measureDispatch } from './dispatch.ts';
import { measureGrid } from './grid.ts';
import { measureLanguageServerLoad, measureLanguageServers } from './language-server.ts';
import { type Row, table } from './measure.ts';
import { measureMultirun } from './multirun.ts';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  dispatch: () => measureDispatch(7),
  grid: () => measureGrid(5),
  server: () => measureLanguageServers('sweep', 3),
  scripts: () => measureLanguageServers('shellscript', 7),
  load: () => measureLanguageServerLoad(3),
  multirun: () => measureMultirun(9),
  clusters: () => measureClusters(3),
  activate: () => measureActivation(5),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  throw new Error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}.`,
  );
}
const built = spawnSync(process.execPath, [path.join(project, 'scripts/build.ts')], { stdio: 'inherit' });
if (built.status !== 0) throw new Error('The build failed.');

const pages = [
  `Node ${process.version}, ${os.cpus().length} x ${os.cpus()[0]?.model ?? 'processor'}, ${os.type()} ${os.release()}, ${new Date().toISOString()}`,
];
for (const [name, measure] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\nmeasuring ${name} ...\n`);
  const page = table(await measure());
  process.stdout.write(`${page}\n`);
  pages.push(page);
}
mkdirSync(path.join(project, 'test/out'), { recursive: true });
writeFileSync(path.join(project, 'test/out/bench.md'), `${pages.join('\n\n')}\n`);
