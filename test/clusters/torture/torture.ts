/**
 * What every batch system is put through: sweeps that go well, jobs that fail in all ways, an engine that is
 * killed at the worst moments, a controller that is away. Nothing may be lost, doubled or wrongly failed.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialects, type System as SystemName } from '#core/batch/systems.ts';
import type { JournalEvent } from '#engine/events.ts';
import { nativeIdOf } from '#engine/native-state.ts';
import { batchSystems } from '#engine/queues/cluster/systems/index.ts';
import { type SweepOptions, SweepRun, type System } from './sweep-run.ts';

/** What the suite needs of a batch system; what is absent is left out, with the reason. */
export interface Victim extends System {
  readonly system: SystemName;
  /** Of every queue. */
  readonly directives: readonly string[];
  /** Directives that the system refuses and our catalogue does not, and what it says then. */
  readonly refused: { readonly directives: readonly string[]; readonly words: RegExp };
  /** The shortest time limit, and how to make it come sooner. */
  readonly limit: {
    readonly directives: readonly string[];
    readonly hurry?: (nativeId: string) => Promise<void>;
    readonly seconds: number;
  };
  /** Runs a running job again, as an administrator does. */
  readonly requeue: (nativeId: string) => Promise<void>;
  readonly requeueDirectives?: readonly string[];
  readonly stopController: () => Promise<void>;
  readonly startController: () => Promise<void>;
  /** Directives with which one job leaves no room for another, where the system can't be told how many may run at once. */
  readonly oneAtATime?: readonly string[];
  /** How many jobs run at once, where no directive leaves one waiting. */
  readonly slots?: { readonly usual: number; readonly set: (count: number) => Promise<void> };
  /** Only whole arrays can be held. */
  readonly holdsOnlyArrays?: true;
  /** The next so many submissions are taken, but their answers are lost on the way; a program before the system's own loses them otherwise. */
  readonly loseAnswers?: (count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Less while somebody waits for one test. */
const CONTROLLER_AWAY_SECONDS = Number(process.env['SWEEPDECK_CONTROLLER_AWAY'] ?? 30);
const METRICS = `echo "{\\"loss\\": $(( (x - 3) * (x - 3) ))}" >>"$SWEEPDECK_METRICS"`;

export function torture(title: string, start: () => Promise<Victim>): void {
  describe(`sweeps on ${title}`, () => {
    let victim: Victim;
    before(async () => {
      victim = await start();
    });
    after(() => victim.stop());

    async function withSweep(
      options: Omit<SweepOptions, 'queue'> & {
        readonly queue?: object;
        readonly directives?: readonly string[];
      },
      test: (sweep: SweepRun) => Promise<void>,
    ): Promise<void> {
      const { directives = [], queue = {}, ...rest } = options;
      const sweep = new SweepRun(victim, {
        ...rest,
        queue: { system: victim.system, directives: [...victim.directives, ...directives], ...queue },
      });
      try {
        await test(sweep);
      } finally {
        await sweep.close();
      }
    }

    const nativeId = (sweep: SweepRun, job: number): string => {
      const { native } = sweep.job(job);
      const id = native && nativeIdOf(native);
      assert.ok(id !== undefined);
      return id;
    };

    // what is the wait of one is no wait of the others
    describe('side by side', { concurrency: 3 }, () => {
      it('tells of a job that its time was over', () =>
        withSweep({ jobs: 1, command: 'sleep 600', directives: victim.limit.directives }, async (sweep) => {
          await sweep.launch();
          await sweep.reached(0, 'running');
          await sleep(1_000);
          await victim.limit.hurry?.(nativeId(sweep, 0));
          await sweep.until(() => sweep.job(0).state !== 'running', victim.limit.seconds);
          const { state, reason } = sweep.job(0);
          assert.deepEqual([state, reason], ['failed', 'timeout']);
        }));

      it('runs 30 jobs with the right parameters, logs and metrics', () =>
        withSweep({ jobs: 30, command: `echo "x is $x"; echo oops >&2; ${METRICS}` }, async (sweep) => {
          await sweep.launch();
          await sweep.finished(240);
          sweep.assertEachRanOnce();
          assert.deepEqual(sweep.view.state.best, { job: 3, value: 0 });
          for (let job = 0; job < 30; job++) {
            const directory = sweep.view.jobDirectory(job);
            assert.equal(readFileSync(path.join(directory, 'stdout.log'), 'utf8'), `x is ${job}\n`);
            assert.equal(readFileSync(path.join(directory, 'stderr.log'), 'utf8'), 'oops\n');
            assert.deepEqual(sweep.job(job).metrics, { loss: (job - 3) ** 2 });
          }
        }));

      it('keeps the exit code of a job that fails', () =>
        withSweep({ jobs: 2, command: 'exit $((x * 7))' }, async (sweep) => {
          await sweep.launch();
          const failed = await sweep.reached(1, 'failed', 'lost', 'cancelled');
          assert.deepEqual([failed.state, failed.reason, failed.exitCode], ['failed', 'exit-code', 7]);
          assert.equal((await sweep.reached(0, 'done', 'failed', 'lost')).state, 'done');
        }));

      it('cancels a job that runs', () =>
        withSweep({ jobs: 2, command: '[ $x = 0 ] || sleep 600' }, async (sweep) => {
          await sweep.launch();
          await sweep.reached(1, 'running');
          await sweep.request({ type: 'cancel', jobs: [1] });
          assert.equal((await sweep.reached(1, 'cancelled', 'failed', 'lost', 'done')).state, 'cancelled');
          await sweep.finished();
          sweep.assertEachRanOnce();
        }));

      it('pauses when the system refuses a submission, and says what it said', () =>
        withSweep({ jobs: 3, command: 'true', directives: victim.refused.directives }, async (sweep) => {
          await sweep.launch();
          await sweep.until(() => sweep.view.state.phase === 'paused');
          const { phaseReason, phaseDetail } = sweep.view.state;
          assert.equal(phaseReason, 'submit-rejected');
          assert.match(phaseDetail ?? '', victim.refused.words);
          await sweep.until(() => sweep.view.state.counts.queued === 3);
        }));

      it('lets no more of many jobs run at once than asked', () =>
        withSweep(
          {
            // one after the other they take their time
            jobs: batchSystems[victim.system].arrays === undefined ? 20 : 100,
            atOnce: 8,
            command: 'echo "+ $x" >>"$runs/log"; sleep 0.1; echo "- $x" >>"$runs/log"',
          },
          async (sweep) => {
            await sweep.launch();
            await sweep.finished(400);
            sweep.assertEachRanOnce();
            let now = 0;
            let most = 0;
            for (const line of readFileSync(path.join(sweep.root, 'runs/log'), 'utf8').trim().split('\n')) {
              now += line.startsWith('+') ? 1 : -1;
              most = Math.max(most, now);
            }
            assert.ok(most <= 8, `${most} ran at once`);
            if (victim.oneAtATime === undefined) return;
            const handedIn = mostHandedIn(await sweep.events());
            assert.ok(handedIn <= 8, `${handedIn} were handed in at once`);
          },
        ));

      it('hears of jobs that ended while no engine was there', () =>
        withSweep({ jobs: 3, command: '[ $x = 0 ] && exit 0; sleep 2; exit $((x - 1))' }, async (sweep) => {
          const engine = await sweep.launch();
          await sweep.until(() => sweep.view.state.counts.running > 0 || sweep.view.state.counts.done > 0);
          await sweep.until(() => [0, 1, 2].every((job) => sweep.view.job(job)?.native?.batch.accepted));
          await sweep.kill(engine);
          await sweep.until(() =>
            [0, 1, 2].every((job) => existsSync(path.join(sweep.view.jobDirectory(job), 'exit.json'))),
          );
          sweep.resume();
          await sweep.finished(120);
          assert.deepEqual(
            [0, 1, 2].map((job) => sweep.job(job).state),
            ['done', 'done', 'failed'],
          );
          sweep.assertEachRanOnce();
        }));
    });

    it('holds jobs that wait and lets them go', () => {
      const { oneAtATime, holdsOnlyArrays, slots } = victim;
      const throttle = oneAtATime === undefined ? { atOnce: 1 } : { directives: oneAtATime };
      return withSweep({ jobs: 4, ...throttle, command: 'sleep 2' }, async (sweep) => {
        await slots?.set(1);
        await sweep.launch();
        await sweep.until(() =>
          sweep.view.state.jobs.some(({ native }) => native?.batch.accepted !== undefined),
        );
        const waiting = await sweep.until(() => {
          const all = sweep.view.state.jobs.filter(({ state }) => state === 'submitted');
          const isAccepted = all.at(-1)?.native?.batch.accepted !== undefined;
          if (!isAccepted || sweep.view.state.counts.running === 0) return undefined;
          return (holdsOnlyArrays === true ? all : all.slice(-1)).map(({ index }) => index);
        });
        await sweep.request({ type: 'hold', jobs: waiting });
        const held = await sweep.until(() => {
          const { jobs, counts } = sweep.view.state;
          const left = jobs.filter(({ state }) => state === 'submitted');
          const isStill = counts.running === 0 && counts.done + left.length === 4;
          return isStill && left.every(({ reason }) => reason === 'held') && left;
        });
        assert.equal(held.at(-1)?.index, waiting.at(-1));
        assert.ok(held.length <= waiting.length);
        await sweep.request({ type: 'release', jobs: held.map(({ index }) => index) });
        await sweep.finished();
        sweep.assertEachRanOnce();
      }).finally(() => slots?.set(slots.usual));
    });

    it('follows a job that the system runs again', () =>
      withSweep(
        {
          jobs: 1,
          command: 'echo "attempt $SWEEPDECK_ATTEMPT"; [ "$SWEEPDECK_ATTEMPT" = 2 ] || sleep 600',
          directives: victim.requeueDirectives ?? [],
        },
        async (sweep) => {
          await sweep.launch();
          await sweep.reached(0, 'running');
          const directory = sweep.view.jobDirectory(0);
          await sweep.until(() => existsSync(path.join(directory, 'stdout.log')));
          await victim.requeue(nativeId(sweep, 0));
          await sweep.finished(120);
          const { state, attempt, requeues } = sweep.job(0);
          assert.deepEqual([state, attempt, requeues], ['done', 2, 1]);
          assert.equal(readFileSync(path.join(directory, 'stdout.log'), 'utf8'), 'attempt 2\n');
          assert.equal(readFileSync(path.join(directory, 'attempts/1/stdout.log'), 'utf8'), 'attempt 1\n');
        },
      ));

    it('submits once when the engine is killed between submitting and recording it', () =>
      withSweep({ jobs: 5, command: 'true' }, async (sweep) => {
        killsItsCaller(sweep, dialects[victim.system].submit, victim);
        const engine = await sweep.launch();
        if (engine.signalCode === null && engine.exitCode === null) {
          await new Promise((resolve) => engine.once('exit', resolve));
        }
        assert.equal(engine.signalCode, 'SIGKILL');
        assert.ok(!(await sweep.events()).some(({ type }) => type === 'accepted'));
        sweep.shims.length = 0;
        sweep.resume();
        await sweep.finished(180);
        sweep.assertEachRanOnce();
        assert.equal(sweep.view.state.counts.done, 5);
      }));

    it('submits once when the answer to a submission is lost', () =>
      withSweep({ jobs: 5, command: METRICS }, async (sweep) => {
        if (victim.loseAnswers === undefined)
          losesItsFirstAnswer(sweep, dialects[victim.system].submit, victim);
        else await victim.loseAnswers(1);
        await sweep.launch();
        await sweep.finished(180);
        sweep.assertEachRanOnce();
        assert.equal(sweep.view.state.counts.done, 5);
      }));

    it('fails nothing while the controller is away', () =>
      withSweep({ jobs: 6, command: 'sleep 3' }, async (sweep) => {
        await sweep.launch();
        await sweep.until(() => sweep.view.state.counts.running > 0);
        await victim.stopController();
        try {
          await sleep(CONTROLLER_AWAY_SECONDS * 1000);
          const { failed, lost, cancelled } = sweep.view.state.counts;
          assert.deepEqual([failed, lost, cancelled], [0, 0, 0]);
        } finally {
          await victim.startController();
        }
        await sweep.finished(240);
        assert.equal(sweep.view.state.counts.done, 6);
        sweep.assertEachRanOnce();
      }));
  });
}

/** How many jobs the system had at once, waiting ones included. */
function mostHandedIn(events: readonly JournalEvent[]): number {
  const there = new Set<number>();
  let most = 0;
  for (const event of events) {
    if (event.type === 'batch') for (const [job] of event.jobs) there.add(job);
    if (event.type === 'ended') there.delete(event.job);
    most = Math.max(most, there.size);
  }
  return most;
}

/** A program before the system's own that does the same, and kills the engine before it can hear the answer. */
function killsItsCaller(sweep: SweepRun, program: string, system: System): void {
  putBefore(sweep, program, system, (real) => [`${real} "$@" >/dev/null 2>&1`, 'kill -9 $PPID']);
}

/** A program before the system's own that does the same, and dies the first time before it can say so. */
function losesItsFirstAnswer(sweep: SweepRun, program: string, system: System): void {
  putBefore(sweep, program, system, (real) => [
    `if mkdir '${sweep.root}/shims/lost' 2>/dev/null; then`,
    `  ${real} "$@" >/dev/null 2>&1`,
    '  kill -9 $$',
    'fi',
    `exec ${real} "$@"`,
  ]);
}

function putBefore(
  sweep: SweepRun,
  program: string,
  { environment, user }: System,
  lines: (real: string) => readonly string[],
): void {
  const folder = path.join(sweep.root, 'shims');
  mkdirSync(folder);
  chownSync(folder, user.uid, user.gid);
  const real = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  }).trim();
  const shim = path.join(folder, program);
  writeFileSync(shim, ['#!/bin/sh', ...lines(`'${real}'`), ''].join('\n'));
  chmodSync(shim, 0o755);
  sweep.shims.push(folder);
}
