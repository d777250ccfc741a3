/** Several processes on one sweep at the same time, and processes that are interrupted. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { shaped } from './shapes.ts';
import { shellSweep, Workspace } from './terminal.ts';

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
  workspace.write('wait', '');
});
afterEach(() => workspace.remove());

const show = async () => shaped('show', (await workspace.run('show', 'last', '--json')).json);
const statesOf = async () => (await show()).jobs.map(({ state }) => state);

/** Two jobs at a time, each waits; the names of those that started are in `started`. */
const launchWaiting = async (jobs: number, script = 'wait; report $n') => {
  shellSweep(workspace, jobs, `echo $n >> started; ${script}`);
  const launched = workspace.start('launch', 'sweep.yaml', '--workers', '2', '--grace', '1');
  await launched.says(/Launched trial-1/);
  await until(() => workspace.has('started') && workspace.read('started').trim().split('\n').length === 2);
  return launched;
};

/** Asks again until it holds; the test's own limit is the only time-out. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

const letJobsEnd = (): void => rmSync(path.join(workspace.folder, 'wait'));

describe('a sweep that another process runs', () => {
  it('is seen, paused, resumed, and has single jobs cancelled', async () => {
    const launched = await launchWaiting(4);
    const [listed] = shaped('list', (await workspace.run('list', '--json')).json);
    assert.match(listed?.owner ?? '', /process/);
    assert.deepEqual([listed?.state, listed?.counts['running'], listed?.counts['queued']], ['running', 2, 2]);

    const paused = await workspace.run('pause', 'trial-1', '--json');
    assert.equal(paused.code, 0, paused.stdout);
    assert.equal((await show()).state, 'paused');
    assert.equal((await workspace.run('pause', 'trial-1')).code, 5);
    assert.equal((await workspace.run('cancel', 'trial-1', '3')).code, 0);
    const resumed = await workspace.run('resume', 'trial-1');
    assert.equal(resumed.code, 0);
    assert.equal((await show()).state, 'running');
    assert.equal((await workspace.run('rm', 'trial-1', '--yes')).code, 5);

    const watching = workspace.start('watch', 'trial-1', '--json');
    letJobsEnd();
    const { code, stdout } = await launched.ended;
    assert.equal(code, 0);
    assert.match(stdout, /4 of 4 jobs ended \(3 done, 1 cancelled\)/);
    const watched = await watching.ended;
    assert.equal(watched.code, 0);
    const lines = watched.stdout.trim().split('\n');
    for (const line of lines) shaped('summary', JSON.parse(line));
    assert.equal(shaped('summary', JSON.parse(lines.at(-1) ?? '')).state, 'finished');
    assert.deepEqual(workspace.read('started').trim().split('\n').sort(), ['1', '2', '3']);
  });

  it('is stopped: running jobs end by themselves, no others start', async () => {
    const launched = await launchWaiting(4);
    assert.equal((await workspace.run('stop', 'last')).code, 0);
    letJobsEnd();
    assert.equal((await launched.ended).code, 6);
    assert.deepEqual(await statesOf(), ['done', 'done']);
    assert.equal((await show()).state, 'stopped');
  });

  it('is cancelled: running jobs are ended', async () => {
    const launched = await launchWaiting(4);
    assert.equal((await workspace.run('cancel', 'last')).code, 0);
    assert.equal((await launched.ended).code, 6);
    assert.deepEqual(await statesOf(), ['cancelled', 'cancelled']);
  });

  it('is run by whoever came first: a second resume is refused', async () => {
    const launched = await launchWaiting(2);
    const second = await workspace.run('resume', 'last');
    assert.equal(second.code, 5);
    assert.match(second.stderr, /already running/);
    letJobsEnd();
    assert.equal((await launched.ended).code, 0);
  });
});

describe('Ctrl-C', () => {
  it('once stops: running jobs end by themselves', async () => {
    const launched = await launchWaiting(4);
    launched.process.kill('SIGINT');
    await launched.says(
      /Stopping trial-1: no new jobs; waiting for 2 running jobs\. Ctrl-C again ends them now\./,
    );
    await until(async () => (await show()).state === 'stopping');
    letJobsEnd();
    assert.equal((await launched.ended).code, 130);
    assert.deepEqual(await statesOf(), ['done', 'done']);
  });

  it('twice cancels: running jobs are ended, those that ignore SIGTERM as well', async () => {
    const launched = await launchWaiting(4, 'trap "" TERM; echo $n >> deaf; wait');
    await until(() => workspace.has('deaf') && workspace.read('deaf').trim().split('\n').length === 2);
    launched.process.kill('SIGINT');
    await launched.says(/Stopping trial-1/);
    launched.process.kill('SIGINT');
    await launched.says(/Cancelling trial-1: ending 2 running jobs/);
    assert.equal((await launched.ended).code, 130);
    assert.deepEqual(await statesOf(), ['cancelled', 'cancelled']);
    assert.equal((await show()).state, 'cancelled');
  });

  it('three times leaves at once', async () => {
    const launched = await launchWaiting(2, 'trap "" TERM; echo $n >> deaf; wait');
    await until(() => workspace.has('deaf') && workspace.read('deaf').trim().split('\n').length === 2);
    for (const answer of [
      /Stopping trial-1/,
      /Cancelling trial-1/,
      /Leaving trial-1; 2 running jobs go on/,
    ]) {
      launched.process.kill('SIGINT');
      await launched.says(answer);
    }
    assert.equal((await launched.ended).code, 130);
  });
});

describe('a process that leaves', () => {
  it('on SIGTERM lets jobs go on, and resume picks them up without running one twice', async () => {
    const launched = await launchWaiting(4);
    launched.process.kill('SIGTERM');
    const left = await launched.ended;
    assert.equal(left.code, 143);
    assert.match(left.stderr, /2 running jobs go on\. Continue with: sweepdeck resume trial-1/);

    const [listed] = shaped('list', (await workspace.run('list', '--json')).json);
    assert.deepEqual([listed?.state, listed?.owner], ['running', null]);
    const watching = await workspace.run('watch', 'last');
    assert.equal(watching.code, 6);
    assert.match(watching.stderr, /Nobody runs trial-1 now\. Take it over with: sweepdeck resume trial-1/);

    const resumed = workspace.start('resume', 'last', '--workers', '2');
    await until(async () => shaped('list', (await workspace.run('list', '--json')).json)[0]?.owner !== null);
    letJobsEnd();
    assert.equal((await resumed.ended).code, 0);
    assert.deepEqual(await statesOf(), ['done', 'done', 'done', 'done']);
    assert.deepEqual(workspace.read('started').trim().split('\n').sort(), ['1', '2', '3', '4']);
  });

  it('by kill -9 loses nothing either: jobs that ended meanwhile are recorded', async () => {
    const launched = await launchWaiting(3);
    launched.process.kill('SIGKILL');
    await launched.ended;
    letJobsEnd();
    await until(() => [0, 1].every((job) => workspace.has(`.sweeps/trial-1/jobs/${job}/exit.json`)));
    assert.equal((await workspace.run('resume', 'last')).code, 0);
    assert.deepEqual(await statesOf(), ['done', 'done', 'done']);
    assert.deepEqual(workspace.read('started').trim().split('\n').sort(), ['1', '2', '3']);
  });

  it('while stopping leaves that to whoever types stop again', async () => {
    const launched = await launchWaiting(4);
    launched.process.kill('SIGINT');
    await launched.says(/Stopping trial-1/);
    await until(async () => (await show()).state === 'stopping');
    launched.process.kill('SIGTERM');
    assert.equal((await launched.ended).code, 143);
    assert.match(
      (await workspace.run('show', 'last')).stdout,
      /Nobody runs it now\. Go on with: sweepdeck stop trial-1/,
    );

    const stopping = workspace.start('stop', 'last');
    await until(async () => shaped('list', (await workspace.run('list', '--json')).json)[0]?.owner !== null);
    letJobsEnd();
    const { code, stdout } = await stopping.ended;
    assert.equal(code, 6);
    assert.match(stdout, /trial-1 is stopped \(on request\): 2 of 4 jobs ended \(2 done\)/);
  });

  it('leaves a sweep that can be cancelled by the next one', async () => {
    const launched = await launchWaiting(4);
    launched.process.kill('SIGTERM');
    await launched.ended;
    const cancelled = await workspace.run('cancel', 'last', '--grace', '1');
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.deepEqual(await statesOf(), ['cancelled', 'cancelled']);
  });
});
