import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { slotShellLauncher } from '#engine/queues/local/slot-shells.ts';
import { fileWritten, makeJob, makeWorkers, Observed, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const skip = process.platform === 'linux' ? false : 'shells live on between jobs on Linux only';

const observe = (workers = 1): Observed =>
  new Observed(makeWorkers({ workers, gracePeriod: 0.2 }, { launcher: slotShellLauncher(process.env) }));
const shell = (script: string) => makeJob(folder, ['sh', '-c', script]);
const isRunning = (pid: number): boolean => fs.existsSync(`/proc/${pid}`);

describe("a slot's shell", { skip }, () => {
  it('runs one job after the other, each untouched by the one before', async () => {
    const observed = observe();
    const first = makeJob(folder, ['sh', '-c', 'cd /; umask 077; export LEAK=1; ulimit -n 99; exit 4']);
    const second = shell('pwd; umask; ulimit -n; echo "${LEAK-clean} $SWEEPDECK_JOB"');
    const pids = [];
    for (const job of [first, second]) {
      observed.queue.submit(job);
      pids.push((await observed.started(job.id)).pid);
      await observed.ended(job.id);
    }
    assert.equal(new Set(pids).size, 1);
    const [where, umask, files, said] = fs
      .readFileSync(path.join(second.directory, 'stdout.log'), 'utf8')
      .split('\n');
    assert.equal(where, folder);
    assert.notEqual(umask, '0077');
    assert.notEqual(files, '99');
    assert.equal(said, `clean ${second.description.index}`);
  });

  it('runs as many jobs at once as there are slots', async () => {
    const observed = observe(2);
    const jobs = [shell('sleep 300'), shell('sleep 300')];
    for (const job of jobs) observed.queue.submit(job);
    const pids = await Promise.all(jobs.map(async (job) => (await observed.started(job.id)).pid));
    assert.equal(new Set(pids).size, 2);
    for (const job of jobs) observed.queue.cancel(job.id);
    for (const job of jobs) assert.equal((await observed.ended(job.id)).state, 'cancelled');
  });

  it('keeps what a finished job left running from being cancelled with the next one', async () => {
    const observed = observe();
    const note = path.join(folder, 'daemon');
    const first = shell(`sleep 300 & echo $! > ${note}`);
    observed.queue.submit(first);
    await observed.ended(first.id);
    const daemon = Number(await fileWritten(note));
    const second = shell('sleep 300');
    observed.queue.submit(second);
    await observed.started(second.id);
    // a tick of the clock in which processes tell their start
    await fileWritten(path.join(second.directory, 'claim-1'));
    observed.queue.cancel(second.id);
    assert.equal((await observed.ended(second.id)).state, 'cancelled');
    assert.ok(isRunning(daemon));
    process.kill(daemon);
  });

  it('is replaced when somebody kills it between two jobs', async () => {
    const observed = observe();
    const first = shell('exit 0');
    observed.queue.submit(first);
    const { pid } = await observed.started(first.id);
    await observed.ended(first.id);
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = shell('exit 0');
    observed.queue.submit(second);
    assert.notEqual((await observed.started(second.id)).pid, pid);
    assert.equal((await observed.ended(second.id)).state, 'done');
  });

  it('leaves a directory whose name does not fit in a line to a shell of its own', async () => {
    const observed = observe();
    const strange = fs.mkdtempSync(path.join(folder, 'two\nlines '));
    const job = makeJob(strange, ['true']);
    observed.queue.submit(job);
    assert.equal((await observed.ended(job.id)).state, 'done');
  });
});
