/** Crashes at any command, answers that get lost, commands that fail: each job runs once and is done in the end. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bench } from './bench.ts';
import { FakeSystem } from './fake-system.ts';

const ARRAYS = { firstTask: 1, most: 3, variable: 'FAKE_TASK' } as const;
const JOBS = 7;
const TIMED_OUT = { code: undefined, stdout: '', stderr: '', trouble: 'timed-out' } as const;
const FAILED = { code: 1, stdout: '', stderr: 'away' } as const;
/** Slow to show what it has, or not whole. */
const NOTHING = { code: 0, stdout: '[]', stderr: '' } as const;
const BUSY = { code: 75, stdout: '', stderr: 'too busy' } as const;

/** What a command does instead of what it was asked for. */
const weather = fc.array(
  fc.record({
    program: fc.constantFrom('submit', 'submit', 'find', 'find', 'list', 'history'),
    answer: fc.constantFrom(TIMED_OUT, TIMED_OUT, FAILED, BUSY, NOTHING),
    taken: fc.boolean(),
  }),
  { maxLength: 8 },
);
/** After how many more commands the engine is gone, once and again. */
const crashes = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 });

describe('a sweep in bad weather', () => {
  for (const arrays of [ARRAYS, undefined]) {
    it(`runs every job once and loses none, ${arrays === undefined ? 'without' : 'with'} arrays`, async () => {
      await fc.assert(
        fc.asyncProperty(weather, crashes, async (answers, ends) => {
          const fake = new FakeSystem(arrays === undefined ? {} : { arrays });
          for (const { program, answer, taken } of answers) {
            // those would be a refusal, and an id
            if (program === 'submit' && (answer === FAILED || answer === NOTHING)) continue;
            fake.force(program, answer, taken && answer === TIMED_OUT);
          }
          const options = {
            jobs: JOBS,
            command: 'echo $SWEEPDECK_JOB >>ran',
            settings: { lostAfter: 1000 },
          };
          let bench = await Bench.open(fake, options);
          for (const commands of ends) {
            const last = fake.calls.length + commands;
            const { onCall } = fake;
            const gone = new Promise<void>((resolve) => {
              fake.onCall = (program) => {
                onCall?.(program);
                if (fake.calls.length >= last) void bench.close().then(resolve);
              };
            });
            bench.start();
            await Promise.race([gone, bench.until(() => bench.state.phase === 'finished')]);
            await bench.close();
            bench = await Bench.open(fake, { ...options, directory: bench.directory });
            if (bench.state.phase === 'finished') break;
          }
          if (bench.state.phase !== 'finished') {
            bench.start();
            await bench.until(() => bench.state.phase === 'finished');
          }
          assert.equal(bench.state.counts.done, JOBS);
          await fake.settle();
          const ran = readFileSync(path.join(bench.directory, 'ran'), 'utf8').trim().split('\n');
          assert.deepEqual(ran.map(Number).sort(), [...Array(JOBS).keys()]);
          await bench.close();
        }),
        { numRuns: 15, endOnFailure: true },
      );
    });
  }
});
