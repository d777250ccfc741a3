/**
 * Runs the tests; behind `npm test`.
 *
 *     npm test                      everything
 *     npm test -- unit journal      of the unit suite, the files with "journal" in their path
 *     npm test -- editor            suites whose name starts with "editor"
 *
 * Builds first, then runs suite after suite (harness/suites.ts). Words that name no suite pick test
 * files by path. What can't run here is skipped with its reason; where CI=true a skip is a failure.
 * The last line is `N passed, N failed`, the exit code 0 when nothing failed.
 */
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { countsVariable, readCounts, type Counts } from './harness/counts.ts';
import { missingNeeds, type Need } from './harness/machine.ts';
import { cleanUpOnSignal, runGroup, type GroupEnd } from './harness/processes.ts';
import { suites, type Suite } from './harness/suites.ts';

const root = path.dirname(import.meta.dirname);
const inCi = process.env['CI'] === 'true';

interface Chosen {
  readonly suite: Suite;
  readonly argv: readonly [string, ...string[]];
}

const isNamed = (suite: Suite, word: string): boolean =>
  suite.name === word || suite.name.startsWith(`${word}/`);

/** The suites to run and their command lines. */
function choose(words: readonly string[]): readonly Chosen[] {
  const named = suites.filter((suite) => words.some((word) => isNamed(suite, word)));
  const parts = words.filter((word) => !suites.some((suite) => isNamed(suite, word)));
  return (named.length > 0 ? named : suites).flatMap((suite): readonly Chosen[] => {
    const { run } = suite;
    switch (run.kind) {
      case 'command':
        return parts.length === 0 ? [{ suite, argv: run.argv }] : [];
      case 'program':
        return parts.length === 0 || named.includes(suite)
          ? [{ suite, argv: [process.execPath, run.file, ...parts] }]
          : [];
      case 'node-test': {
        const files = globSync(run.files, { cwd: root })
          .filter((file) => parts.every((part) => file.includes(part)))
          .sort();
        if (files.length === 0 && parts.length > 0) return [];
        return [
          {
            suite,
            argv: [
              process.execPath,
              '--test',
              '--import=./test/harness/property-seed.ts',
              `--test-concurrency=${run.atOnce ?? Math.max(2, availableParallelism())}`,
              '--test-timeout=240000',
              '--test-reporter=./test/harness/node-test-reporter.ts',
              '--test-reporter-destination=stdout',
              ...(files.length === 0 ? [run.files] : files),
            ],
          },
        ];
      }
    }
  });
}

/** What a suite came to. A suite that ended badly, or ran nothing, has at least one failure. */
function judge(suite: Suite, end: GroupEnd, written: Counts | undefined): Counts {
  const broken = (sentence: string): Counts => {
    console.log(`  FAILED ${suite.name}: ${sentence}`);
    return {
      passed: written?.passed ?? 0,
      failed: (written?.failed ?? 0) + 1,
      skipped: written?.skipped ?? [],
    };
  };
  switch (end.kind) {
    case 'timed-out':
      return broken(`it was ended after its limit of ${end.seconds} s.`);
    case 'killed':
      return broken(`it was ended by ${end.signal}.`);
    case 'exited': {
      if (suite.run.kind === 'command')
        return end.code === 0
          ? { passed: 1, failed: 0, skipped: [] }
          : broken(`exit code ${end.code}, see above.`);
      if (written === undefined) return broken(`it wrote no result (exit code ${end.code}).`);
      if (written.passed + written.failed + written.skipped.length === 0) return broken('it ran no test.');
      if (end.code !== 0 && written.failed === 0)
        return broken(`exit code ${end.code} though no test failed.`);
      return written;
    }
  }
}

/** One test passed or failed, with a limit: builds what the suites run. */
async function buildFirst(): Promise<boolean> {
  const end = await runGroup([process.execPath, 'scripts/build.ts'], 180, { cwd: root });
  return end.kind === 'exited' && end.code === 0;
}

async function runSuite({ suite, argv }: Chosen, missing: ReadonlyMap<Need, string>): Promise<Counts> {
  console.log(`\n== ${suite.name}`);
  const reasons = suite.needs.flatMap((need) => missing.get(need) ?? []);
  if (reasons.length > 0) return { passed: 0, failed: 0, skipped: [`${suite.name}: ${reasons.join('; ')}`] };
  const folder = mkdtempSync(path.join(tmpdir(), 'sweepdeck-test-'));
  const countsFile = path.join(folder, 'counts.json');
  const started = performance.now();
  try {
    const env = { ...process.env, [countsVariable]: countsFile };
    const end = await runGroup(argv, suite.limit, { cwd: root, env });
    const counts = judge(suite, end, readCounts(countsFile));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`  ${suite.name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let passed = 0;
let failed = 0;
const skipped: string[] = [];

function sumUp(): void {
  if (skipped.length > 0) {
    console.log(`\nskipped${inCi ? ', which counts as failed in CI' : ''}:`);
    for (const line of skipped) console.log(`  ${line}`);
    if (inCi) failed += skipped.length;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

cleanUpOnSignal(() => {
  failed++;
  sumUp();
});

const chosen = choose(process.argv.slice(2));
if (chosen.length === 0)
  console.log(`No suite and no test file matches. The suites: ${suites.map(({ name }) => name).join(', ')}.`);
console.log('== build');
if (!(await buildFirst())) {
  console.log('  FAILED build: see above; nothing else was run.');
  failed++;
} else {
  const missing = missingNeeds([...new Set(chosen.flatMap(({ suite }) => suite.needs))]);
  for (const one of chosen) {
    const counts = await runSuite(one, missing);
    passed += counts.passed;
    failed += counts.failed;
    skipped.push(...counts.skipped);
  }
}
sumUp();
