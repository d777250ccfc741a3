import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { countsVariable, readCounts, type Counts } from '../../harness/counts.ts';

const reporter = path.resolve(import.meta.dirname, '..', '..', 'harness', 'node-test-reporter.ts');
const folder = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-reporter-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a test file with this text under the reporter. */
function report(text: string): { counts: Counts | undefined; output: string } {
  const file = path.join(folder, 'one.test.mjs');
  const countsFile = path.join(folder, 'counts.json');
  rmSync(countsFile, { force: true });
  writeFileSync(file, `import { describe, it } from 'node:test';\n${text}`);
  const { stdout } = spawnSync(
    process.execPath,
    ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', file],
    {
      encoding: 'utf8', // Undefined: not told that it runs inside a test.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, [countsVariable]: countsFile },
    },
  );
  return { counts: readCounts(countsFile), output: stdout };
}

describe('the reporter of test runs', () => {
  it('counts tests, not the suites around them', () => {
    const { counts } = report(`
      describe('outer', () => { describe('inner', () => { it('a', () => {}); it('b', () => {}); }); });
      it('c', () => {});`);
    assert.deepEqual(counts, { passed: 3, failed: 0, skipped: [] });
  });

  it('names what failed with its suites, once', () => {
    const { counts, output } = report(`
      describe('outer', () => { it('good', () => {}); it('bad', () => { throw new Error('because'); }); });`);
    assert.deepEqual(counts, { passed: 1, failed: 1, skipped: [] });
    assert.match(output, /FAILED outer > bad \[.*one\.test\.mjs:\d+\]\n +Error: because/);
  });

  it('lists what was skipped, with the reason', () => {
    const { counts } = report(`it('later', { skip: 'no disk' }, () => {}); it.todo('some day');`);
    assert.deepEqual(counts, { passed: 0, failed: 0, skipped: ['later (no disk)', 'some day'] });
  });

  it('counts a file that can not be loaded, or has no tests, as a failure', () => {
    assert.deepEqual(report(`throw new Error('no');`).counts, { passed: 0, failed: 1, skipped: [] });
    assert.deepEqual(report('').counts, { passed: 0, failed: 1, skipped: [] });
  });

  it('counts a suite whose preparation fails', () => {
    const { counts } = report(`
      import { before } from 'node:test';
      describe('outer', () => { before(() => { throw new Error('no'); }); it('a', () => {}); });`);
    assert.ok(counts && counts.failed >= 1);
  });
});
