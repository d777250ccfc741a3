/** `sweepdeck` as a person types it on a machine with a batch system: every verb that is about its queue. */
import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Documents, shaped } from '../cli/shapes.ts';
import { MAIN, Running } from '../cli/terminal.ts';
import { startLsfEmulator, startTorqueEmulator } from './emulators/start.ts';
import { plainEnvironment } from './systems/home.ts';
import { startSlurm } from './systems/slurm.ts';
import type { RunningSystem } from './systems/system.ts';

interface Controls {
  stopController(): Promise<void>;
  startController(): Promise<void>;
}

interface Place {
  readonly system: string;
  readonly title: string;
  readonly start: () => Promise<RunningSystem<Controls>>;
  /** Of the queue, which runs one job at a time. */
  readonly directives: readonly string[];
  /** Of a script, and one of it that the system refuses though it is well formed. */
  readonly script: string;
  readonly unknown: { readonly directive: string; readonly words: RegExp };
  /** The system's words for a job that waits, that is held, and for a command that reaches nobody. */
  readonly waits: RegExp;
  readonly held: RegExp;
  readonly silent: RegExp;
}

const places: readonly Place[] = [
  {
    system: 'lsf',
    title: 'LSF',
    start: () => startLsfEmulator({ slots: 1 }),
    directives: ['-W 10'],
    script: '#BSUB -W 5',
    unknown: { directive: '-q nosuch', words: /nosuch/ },
    waits: /^PEND$/,
    held: /^PSUSP$/,
    silent: /LSF/,
  },
  {
    system: 'torque',
    title: 'TORQUE',
    start: () => startTorqueEmulator({ slots: 1 }),
    directives: ['-l walltime=00:10:00'],
    script: '#PBS -l walltime=00:05:00',
    unknown: { directive: '-q nosuch', words: /unknown queue/i },
    waits: /^Q$/,
    held: /^H$/,
    silent: /connect/i,
  },
  {
    system: 'slurm',
    title: 'Slurm',
    start: () => startSlurm(),
    directives: ['--nodelist=n1', '--exclusive', '--time=10'],
    script: '#SBATCH --time=5',
    unknown: { directive: '--partition=nosuch', words: /invalid partition/i },
    waits: /^PENDING$/,
    held: /^PENDING$/,
    silent: /connect|controller|unexpected message/i,
  },
];

/** Stays until a file is there. */
const program =
  'while [ ! -e "$PWD/go" ]; do sleep 0.2; done\necho "{\\"loss\\": ${1#--x=}}" >>"$SWEEPDECK_METRICS"\n';
const sweep = [
  `command: [/bin/sh, train.sh, '\${args}']`,
  'method: grid',
  'metric: {name: loss, goal: minimize}',
  'parameters: {x: {values: [1, 2, 3, 4]}}',
  '',
].join('\n');

for (const place of places) {
  describe(`the command line on ${place.title}`, () => {
    let running: RunningSystem<Controls>;
    let folder: string;
    let env: NodeJS.ProcessEnv;
    const followers: Running[] = [];
    before(async () => {
      running = await place.start();
      folder = mkdtempSync(path.join(running.directory, 'work-'));
      chownSync(folder, running.user.uid, running.user.gid);
      env = { ...plainEnvironment, HOME: running.user.home, ...running.environment };
      mkdirSync(path.join(folder, '.vscode'));
      const queues = {
        one: { system: place.system, directives: place.directives, pollInterval: 1 },
        wrong: { system: place.system, directives: [place.unknown.directive], pollInterval: 1 },
        broken: { system: 'nosuch' },
      };
      write('.vscode/settings.json', `// mine\n{"sweepdeck.queues": ${JSON.stringify(queues)},}\n`);
      write('train.sh', program);
      write('sweep.yaml', sweep);
    });
    after(async () => {
      for (const follower of followers) follower.process.kill('SIGKILL');
      await running.stop();
    });

    const write = (name: string, content: string): void => {
      writeFileSync(path.join(folder, name), content);
    };
    /** One that stays; the jobs' account is this process's own. */
    const start = (...words: readonly string[]): Running => {
      const follower = new Running(process.execPath, [MAIN, ...words], folder, env);
      followers.push(follower);
      return follower;
    };
    const sweepdeck = (...words: readonly string[]) =>
      running.client([process.execPath, MAIN, ...words], { cwd: folder, seconds: 120 });
    const text = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await sweepdeck(...words);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const json = async <Name extends keyof Documents>(
      shape: Name,
      ...words: readonly string[]
    ): Promise<Documents[Name]> => {
      const stdout = await text(...words, '--json');
      assert.match(stdout, /^[^\n]+\n$/);
      return shaped(shape, JSON.parse(stdout));
    };
    type Job = Documents['show']['jobs'][number];
    /** The jobs as `show` tells of them once `holds` is true. */
    const jobs = async (holds: (jobs: readonly Job[]) => boolean): Promise<readonly Job[]> => {
      const deadline = performance.now() + 60_000;
      for (;;) {
        const shown = await json('show', 'show', 'last');
        if (holds(shown.jobs)) return shown.jobs;
        assert.ok(performance.now() < deadline, JSON.stringify(shown));
        await sleep(200);
      }
    };
    const reasonIs = (index: number, reason: string | null) => (all: readonly Job[]) =>
      all[index]?.reason === reason && all[index].state === 'submitted';

    it('lists the queues of the settings and the systems that answer', async () => {
      const listed = await json('queues', 'queues');
      const found = listed.filter(({ system, version }) => system === place.system && version !== null);
      assert.deepEqual(
        found.map(({ name, configured }) => [name, configured]),
        [
          ['one', true],
          ['wrong', true],
          [place.system, false],
        ],
      );
      assert.match(listed.find(({ name }) => name === 'broken')?.problem ?? '', /'system' must be one of/);
      const { code, stdout, stderr } = await sweepdeck('queues');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^QUEUE +SYSTEM +VERSION +FROM$/m);
      assert.match(stdout, new RegExp(`^one +${place.title} +\\S.* settings$`, 'm'));
      assert.match(stdout, new RegExp(`^${place.system} +${place.title} +\\S.* found here$`, 'm'));
      assert.match(stderr, /The queue 'broken' .* can't be used/);
    });

    it('says that nothing waits where nothing does', async () => {
      assert.deepEqual((await json('queue', 'queue', 'one')).jobs, []);
      const { stdout, stderr } = await sweepdeck('queue', 'one');
      assert.equal(stdout, '');
      assert.match(stderr, new RegExp(`Nothing waits or runs in ${place.title} now\\.`));
    });

    it('refuses queues that nobody knows, and those with a mistake, in the words of the settings', async () => {
      for (const [queue, words] of [
        ['nosuch', /There is no queue 'nosuch'|No queue 'nosuch' can run here/],
        ['broken', /'system' must be one of/],
      ] as const) {
        const asked = await sweepdeck('queue', queue, '--json');
        assert.match(shaped('error', JSON.parse(asked.stdout)).error.message, words);
        assert.equal(asked.code, 4);
        const launched = await sweepdeck('launch', 'sweep.yaml', '--queue', queue, '--json');
        assert.match(shaped('error', JSON.parse(launched.stdout)).error.message, words);
        assert.notEqual(launched.code, 0);
      }
      assert.ok(!existsSync(path.join(folder, '.sweeps')));
    });

    let launched: Running;
    it('launches a sweep on a queue, and shows what runs and what waits under which ids', async () => {
      launched = start('launch', 'sweep.yaml', '--queue', 'one', '--json');
      await launched.says(/Launched \S+ in /);
      const shown = await jobs((all) => all[0]?.state === 'running' && all.every(({ native }) => native?.id));
      assert.deepEqual(
        shown.map(({ state }) => state),
        ['running', 'submitted', 'submitted', 'submitted'],
      );
      assert.ok(shown.every(({ native }) => native?.system === place.system));
      const [summary] = await json('list', 'list');
      assert.ok(summary !== undefined);
      assert.deepEqual([summary.queue, summary.counts['submitted']], ['one', 3]);
      assert.match(await text('list'), /QUEUE.*\n.*\bone\b/);
      const table = await text('show', 'last');
      assert.match(table, /^Queue: one$/m);
      assert.match(table, /^Jobs in the batch system\n *JOB +NATIVE ID +STATE +WHY/m);
      assert.match(table, new RegExp(`^ *3 +${escaped(String(shown[3]?.native?.id))} `, 'm'));
    });

    it('shows the queue, jobs of sweeps first', async () => {
      const { id } = await json('show', 'show', 'last');
      const listed = await json('queue', 'queue', 'one');
      assert.deepEqual([listed.system, listed.user], [place.title, running.user.name]);
      const [first, second] = listed.jobs;
      // where an array is listed as one, its line is the sweep's
      const isWhole = first?.sweepJob === id;
      assert.equal(first?.sweepJob, isWhole ? id : `${id}/0`);
      if (!isWhole) {
        assert.match(second?.sweepJob ?? '', new RegExp(`^${id}(/1)?$`));
        assert.match(second?.state ?? '', place.waits);
      }
      const table = await text('queue', 'one');
      assert.match(table, /^ID +SWEEP JOB +NAME +USER +STATE +PARTITION +TIME +NODES OR REASON$/m);
      assert.match(table, new RegExp(`^${escaped(first.id)} +${first.sweepJob} `, 'm'));
      if (listed.jobs.length > 1)
        assert.match(await text('queue', 'one', '--limit', '1'), /^… and \d+ more$/m);
    });

    it('asks whoever runs the sweep to hold a job and to release it', async () => {
      assert.equal((await json('summary', 'hold', 'last', '2')).state, 'running');
      const held = await jobs(reasonIs(2, 'held'));
      assert.match(held[2]?.native?.state ?? '', place.held);
      assert.equal(held[1]?.reason === 'held', false);
      assert.match(await text('show', 'last'), /^ *2 .*\bheld\b/m);
      assert.match(await text('release', 'last', '2'), /is running: 0 of 4 jobs ended/);
      await jobs(([, , job]) => job?.reason !== 'held' && job?.state === 'submitted');
      assert.match(await text('hold', 'last', '2'), /is running: 0 of 4 jobs ended/);
      await jobs(reasonIs(2, 'held'));
      assert.equal((await json('summary', 'release', 'last', '2')).state, 'running');
      await jobs(([, , job]) => job?.reason !== 'held');
    });

    it('cancels one job of it', async () => {
      await json('summary', 'cancel', 'last', '3');
      const cancelled = await jobs((all) => all[3]?.state === 'cancelled');
      assert.equal(cancelled[2]?.state, 'submitted');
    });

    it('leaves the jobs alone when it is ended, and holds them itself when nobody runs the sweep', async () => {
      launched.process.kill('SIGTERM');
      const { code, json: document } = await launched.ended;
      assert.equal(code, 143);
      assert.equal(shaped('summary', document).counts['cancelled'], 1);
      assert.equal((await json('summary', 'hold', 'last', '2')).state, 'running');
      assert.equal((await json('show', 'show', 'last')).jobs[2]?.reason, 'held');
      assert.match(await text('show', 'last'), /Nobody runs it now\. Go on with: sweepdeck resume /);
      assert.match(await text('release', 'last', '2'), / is running: /);
      assert.notEqual((await json('show', 'show', 'last')).jobs[2]?.reason, 'held');
    });

    it("says in the system's words that a job could not be held", async () => {
      await running.controls.stopController();
      try {
        const { code, stdout } = await sweepdeck('hold', 'last', '2', '--json');
        const { error } = shaped('error', JSON.parse(stdout));
        assert.deepEqual([code, error.code], [5, 'refused']);
        assert.match(error.message, /^Jobs could not be held\. /);
        assert.match(error.message, place.silent);
        const asked = await sweepdeck('queue', 'one');
        assert.equal(asked.code, 5);
        assert.match(asked.stderr, place.silent);
      } finally {
        await running.controls.startController();
      }
    });

    it('goes on with the sweep to its end', async () => {
      const resumed = start('resume', 'last', '--json');
      write('go', '');
      const { code, json: document, stderr } = await resumed.ended;
      assert.equal(code, 0, stderr);
      const { state, counts, best } = shaped('summary', document);
      assert.equal(state, 'finished');
      assert.deepEqual([counts['done'], counts['cancelled']], [3, 1]);
      assert.deepEqual(best && { index: best.index, value: best.value }, { index: 0, value: 1 });
    });

    /** A sweep whose first job runs, and that nobody looks after. */
    const leftAlone = async (): Promise<void> => {
      rmSync(path.join(folder, 'go'), { force: true });
      const left = start('launch', 'sweep.yaml', '--queue', 'one');
      await left.says(/Launched/);
      await jobs((all) => all[0]?.state === 'running');
      left.process.kill('SIGTERM');
      assert.equal((await left.ended).code, 143);
    };
    const unfinished = async (): Promise<number> =>
      (await json('queue', 'queue', 'one')).jobs.filter(({ sweepJob }) => sweepJob !== null).length;

    it('cancels a sweep that nobody runs, jobs and all', async () => {
      await leftAlone();
      const { state, counts } = await json('summary', 'cancel', 'last');
      assert.deepEqual([state, counts['cancelled']], ['cancelled', 4]);
      assert.equal(await unfinished(), 0);
    });

    // it takes most of a minute, and is the same wherever it is
    if (place.system === 'lsf') {
      it('goes on cancelling when the system does not answer, and says so in its words', async () => {
        await leftAlone();
        await running.controls.stopController();
        const cancelling = start('cancel', 'last');
        try {
          await cancelling.says(/Jobs could not be cancelled; it is tried again\. /);
          assert.match(cancelling.printed, place.silent);
        } finally {
          await running.controls.startController();
        }
        const { code, stdout } = await cancelling.ended;
        assert.equal(code, 0);
        assert.match(stdout, /is cancelled.* 4 of 4 jobs ended \(4 cancelled\)/);
        assert.equal(await unfinished(), 0);
      });
    }

    it('pauses a sweep that the system refuses, and tells its words and the line', async () => {
      const { code, stdout } = await sweepdeck('launch', 'sweep.yaml', '--queue', 'wrong', '--json');
      const { state, reason, detail, counts } = shaped('summary', JSON.parse(stdout));
      assert.deepEqual([code, state, reason, counts['queued']], [6, 'paused', 'submit-rejected', 4]);
      assert.match(detail ?? '', place.unknown.words);
      assert.ok(detail?.endsWith(place.unknown.directive), detail ?? '');
      assert.match(await text('show', 'last'), place.unknown.words);
    });

    it('submits a batch script, or shows what it would submit', async () => {
      write('job.sh', `#!/bin/bash\n${place.script}\npython3 train.py a=1,2\n`);
      write('train.py', 'import sys\nprint(*sys.argv[1:])\n');
      const planned = await json('submission', 'submit', 'job.sh', '--dry-run');
      assert.equal(planned.system, place.system);
      assert.deepEqual(
        planned.jobs.map(({ overrides }) => overrides.join(' ')),
        ['a=1', 'a=2'],
      );
      assert.ok(!existsSync(path.join(folder, 'logs')));
      const submitted = await json('submit', 'submit', 'job.sh');
      assert.deepEqual([submitted.system, submitted.state], [place.system, 'finished']);
      assert.equal(submitted.counts['done'], 2);
      assert.deepEqual(
        submitted.jobs.map(({ logId }) => logId),
        [1, 2],
      );
      assert.match(await text('submit', 'job.sh'), /is finished: 2 of 2 jobs ended \(2 done\)/);
      assert.equal((await json('submit', 'submit', 'job.sh', '--detach')).counts['queued'], 0);
    });
  });
}

const escaped = (words: string): string => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
