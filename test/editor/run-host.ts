/** Runs the suites inside the extension host of the browser edition of VS Code; part of `npm test`. */
import path from 'node:path';
import { writeCounts, type Counts } from '../harness/counts.ts';
import { runInExtensionHost } from '../harness/extension-host.ts';
import { bundleHostSuite, hostSuites, withSurroundings } from './bundle-host.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

const suite = await bundleHostSuite();
const runs: Counts[] = [];
/** Names of suites may be given, for those alone. */
const wanted = process.argv.slice(2);
for (const one of hostSuites.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
  runs.push(
    await withSurroundings(one, (env) =>
      runInExtensionHost({
        name: `host-${one.name}`,
        extension: root,
        suite,
        workspace: { copyOf: path.join(root, 'examples') },
        trusted: one.trusted,
        env: { ...env, SWEEPDECK_HOST_SUITE: one.name },
        limit: 120,
      }),
    ),
  );
const counts: Counts = {
  passed: runs.reduce((sum, { passed }) => sum + passed, 0),
  failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  skipped: runs.flatMap(({ skipped }) => skipped),
};
writeCounts(counts);
console.log(`  in the extension host: ${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
