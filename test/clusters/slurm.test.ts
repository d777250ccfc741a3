import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startSlurm, type RunningSlurm } from './systems/slurm.ts';
import { stateOf } from './waiting.ts';

describe('Slurm that is started for tests', () => {
  let slurm: RunningSlurm;
  before(async () => {
    slurm = await startSlurm();
  });
  after(() => slurm.stop());

  async function submit(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await slurm.client([
      'sbatch',
      '--parsable',
      '-o',
      '/dev/null',
      ...words,
    ]);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  it('runs a job to its end', async () => {
    await stateOf(slurm, await submit('--wrap=true'), 'COMPLETED');
  });

  it('says of a job that fails that it failed', async () => {
    const id = await submit('--wrap=exit 3');
    await stateOf(slurm, id, 'FAILED');
    const { stdout } = await slurm.client(['scontrol', 'show', 'job', id]);
    assert.match(stdout, / ExitCode=3:0\n/);
  });

  it('runs all tasks of an array', async () => {
    const id = await submit('--array=0-9%4', '--wrap=true');
    for (let task = 0; task < 10; task++) await stateOf(slurm, `${id}_${task}`, 'COMPLETED');
  });

  it('cancels a running job', async () => {
    const id = await submit('--wrap=sleep 600');
    await stateOf(slurm, id, 'RUNNING');
    await slurm.client(['scancel', id]);
    await stateOf(slurm, id, 'CANCELLED');
  });

  it('finds its jobs again after its controller was away', async () => {
    const [running, waiting] = [await submit('--wrap=sleep 600'), await submit('--hold', '--wrap=true')];
    await stateOf(slurm, running, 'RUNNING');
    await slurm.controls.stopController();
    await slurm.controls.startController();
    await stateOf(slurm, running, 'RUNNING');
    await stateOf(slurm, waiting, 'PENDING');
    await slurm.controls.release(waiting);
    await stateOf(slurm, waiting, 'COMPLETED');
    await slurm.client(['scancel', running]);
  });

  it('keeps its accounts while slurmdbd is away', async () => {
    await slurm.controls.stopAccounting();
    const id = await submit('--wrap=true');
    assert.notEqual((await slurm.client(['sacct', '-j', id])).code, 0);
    await slurm.controls.startAccounting();
    await stateOf(slurm, id, 'COMPLETED');
  });

  it('runs a requeued job at once when told so', async () => {
    const id = await submit('--requeue', '--wrap=test "$SLURM_RESTART_COUNT" = 1 || sleep 600');
    await stateOf(slurm, id, 'RUNNING');
    await slurm.controls.requeue(id);
    await stateOf(slurm, id, 'PENDING');
    await slurm.controls.runNow(id);
    await stateOf(slurm, id, 'COMPLETED');
  });

  it('requeues a job of low priority for one that preempts it', async () => {
    const low = await submit('-p', 'scavenge', '--exclusive', '--requeue', '--wrap=sleep 600');
    await stateOf(slurm, low, 'RUNNING');
    const high = await submit('-p', 'urgent', '--exclusive', '--wrap=true');
    await stateOf(slurm, high, 'COMPLETED', 60);
    await stateOf(slurm, low, 'PENDING');
    await slurm.client(['scancel', low]);
  });

  it('notices that a node went down', async () => {
    const id = await submit('-w', 'n2', '--no-requeue', '--wrap=sleep 600');
    await stateOf(slurm, id, 'RUNNING');
    await slurm.controls.downNode('n2');
    await stateOf(slurm, id, 'NODE_FAIL');
    await slurm.controls.resumeNode('n2');
    await stateOf(slurm, await submit('-w', 'n2', '--wrap=true'), 'COMPLETED');
  });

  describe('when things take their time', { concurrency: true }, () => {
    it('ends a job whose time is over', async () => {
      const id = await submit('--wrap=sleep 600');
      await stateOf(slurm, id, 'RUNNING');
      await slurm.controls.setEndTime(id, 1);
      await stateOf(slurm, id, 'TIMEOUT', 70);
    });

    it('notices that a node lost its power', async () => {
      const id = await submit('-w', 'n2', '--no-requeue', '--wrap=sleep 600');
      await stateOf(slurm, id, 'RUNNING');
      await slurm.controls.killNode('n2');
      await stateOf(slurm, id, 'NODE_FAIL', 90);
      await slurm.controls.startNode('n2');
      await stateOf(slurm, await submit('-w', 'n2', '--wrap=true'), 'COMPLETED');
    });
  });

  it('lists each of its jobs once', async () => {
    const ids = (await slurm.jobs()).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
