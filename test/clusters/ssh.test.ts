import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startSlurm, type RunningSlurm } from './systems/slurm.ts';
import { startSshd, type RunningSshd } from './systems/sshd.ts';
import { SweepRun, type SweepOptions } from './torture/sweep-run.ts';

describe('sweeps on a cluster that is reached by ssh', () => {
  let slurm: RunningSlurm;
  let sshd: RunningSshd;
  before(async () => {
    slurm = await startSlurm();
    sshd = await startSshd(slurm.environment);
  });
  after(async () => {
    await sshd.stop();
    await slurm.stop();
  });

  /** The workspace has another path over there, and only ssh leads to Slurm: its configuration is unknown here. */
  async function withSweep(
    options: Omit<SweepOptions, 'queue'>,
    test: (sweep: SweepRun, there: string) => Promise<void>,
  ): Promise<void> {
    const there = path.join(slurm.directory, 'shared');
    const sweep = new SweepRun(
      { user: slurm.user, directory: slurm.directory, environment: {} },
      { ...options, queue: { system: 'slurm', ssh: { host: sshd.host, folder: there } } },
    );
    sweep.shims.push(sshd.programs);
    symlinkSync(sweep.root, there);
    try {
      await test(sweep, there);
    } finally {
      unlinkSync(there);
      await sweep.close();
    }
  }

  it('finish, by the paths of that host', () =>
    withSweep(
      { jobs: 6, command: 'echo "$PWD"; echo "{\\"loss\\": $x}" >>"$SWEEPDECK_METRICS"' },
      async (sweep, there) => {
        await sweep.launch();
        await sweep.finished();
        sweep.assertEachRanOnce();
        assert.deepEqual(sweep.view.state.counts.done, 6);
        assert.deepEqual(sweep.view.state.best, { job: 0, value: 0 });
        for (let job = 0; job < 6; job++)
          assert.equal(
            readFileSync(path.join(sweep.view.jobDirectory(job), 'stdout.log'), 'utf8'),
            `${there}\n`,
          );
        const batches = path.join(sweep.view.directory, 'batches');
        const [batch = ''] = readdirSync(batches);
        const script = readFileSync(path.join(batches, batch, 'script.sh'), 'utf8');
        assert.ok(script.includes(`${there}/`) && !script.includes(`${sweep.root}/`), script);
      },
    ));

  it('tell what the batch system refused, in its own words', () =>
    withSweep({ jobs: 1, command: 'true' }, async (sweep) => {
      writeFileSync(
        path.join(sweep.root, 'sweep.yaml'),
        readFileSync(path.join(sweep.root, 'sweep.yaml'), 'utf8').replace(
          '{queue: tortured}',
          '{queue: tortured, resource_args: {partition: nosuch}}',
        ),
      );
      await sweep.launch();
      await sweep.until(() => sweep.view.state.phase === 'paused');
      assert.match(
        sweep.view.state.phaseDetail ?? '',
        /invalid partition.*The line is: #SBATCH --partition=nosuch/is,
      );
    }));

  it('lose no job that ended while the host could not be reached', () =>
    withSweep(
      { jobs: 3, command: 'while [ ! -e "$PWD/go" ]; do sleep 0.1; done; exit "$x"' },
      async (sweep) => {
        await sweep.launch();
        for (let job = 0; job < 3; job++) await sweep.reached(job, 'running');
        await sshd.stopListening();
        writeFileSync(path.join(sweep.root, 'go'), '');
        await sweep.until(() =>
          [0, 1, 2].every((job) => existsSync(path.join(sweep.view.jobDirectory(job), 'exit.json'))),
        );
        await sshd.startListening();
        await sweep.finished();
        sweep.assertEachRanOnce();
        assert.deepEqual(
          [0, 1, 2].map((job) => [sweep.job(job).state, sweep.job(job).exitCode]),
          [
            ['done', 0],
            ['failed', 1],
            ['failed', 2],
          ],
        );
      },
    ));
});
