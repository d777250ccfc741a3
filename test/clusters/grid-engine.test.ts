import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startGridEngine, type RunningGridEngine } from './systems/grid-engine.ts';
import { stateOf } from './waiting.ts';

describe('Grid Engine that is started for tests', () => {
  let sge: RunningGridEngine;
  before(async () => {
    sge = await startGridEngine();
  });
  after(() => sge.stop());

  /** Submits a line of shell; resolves to the id (of an array: without its tasks). */
  async function submit(line: string, ...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await sge.client(
      ['qsub', '-terse', '-S', '/bin/sh', '-j', 'y', '-o', '/dev/null', ...words],
      { input: `${line}\n` },
    );
    assert.equal(code, 0, stderr);
    return stdout.trim().split('.', 1)[0] ?? '';
  }

  it('runs a job to its end', async () => {
    await stateOf(sge, await submit('true'), 'z failed 0 exit_status 0');
  });

  it('says of a job that fails that it failed', async () => {
    await stateOf(sge, await submit('exit 3'), 'z failed 0 exit_status 3');
  });

  it('runs all tasks of an array', async () => {
    const id = await submit('true', '-t', '1-10', '-tc', '4');
    for (let task = 1; task <= 10; task++) await stateOf(sge, `${id}.${task}`, 'z failed 0 exit_status 0');
  });

  it('cancels a running job, and one that waits', async () => {
    const running = await submit('sleep 600');
    await stateOf(sge, running, 'r');
    const waiting = await submit('true', '-h');
    await sge.client(['qdel', running, waiting]);
    await stateOf(sge, running, 'z failed 100');
    await stateOf(sge, waiting, 'z');
  });

  it('ends a job whose time is over', async () => {
    await stateOf(sge, await submit('sleep 600', '-l', 'h_rt=00:00:02'), 'z failed 37');
  });

  it('refuses a job for a queue that does not exist', async () => {
    const { code, stderr } = await sge.client(['qsub', '-q', 'nowhere', '-b', 'y', 'true']);
    assert.equal(code, 1);
    assert.match(stderr, /unknown queue "nowhere"/);
  });

  it('starts a requeued job again', async () => {
    const id = await submit('test "$RESTARTED" = 1 || sleep 600', '-r', 'y');
    await stateOf(sge, id, 'r');
    await sge.controls.requeue(id);
    await stateOf(sge, id, 'z failed 0 exit_status 0');
  });

  it('finds its jobs again after its controller was away', async () => {
    const [running, waiting] = [await submit('sleep 600'), await submit('true', '-h')];
    await stateOf(sge, running, 'r');
    await sge.controls.stopController();
    assert.equal((await sge.client(['qstat'])).code, 1);
    await sge.controls.startController();
    await stateOf(sge, running, 'r');
    await stateOf(sge, waiting, 'hqw');
    await sge.controls.release(waiting);
    await stateOf(sge, waiting, 'z failed 0 exit_status 0');
    await sge.client(['qdel', running]);
  });

  it('runs jobs again after its node was away', async () => {
    const lost = await submit('sleep 600');
    await stateOf(sge, lost, 'r');
    await sge.controls.killNode();
    await sge.controls.startNode();
    await stateOf(sge, await submit('true'), 'z failed 0 exit_status 0');
    // Grid Engine gives the lost job up only a minute later
    await stateOf(sge, lost, 'r');
  });

  it('lists each task of an array once, deleted ones too', async () => {
    const id = await submit('true', '-h', '-t', '1-5:2');
    await sge.client(['qdel', `${id}.3`]);
    await sge.client(['qdel', id]);
    await stateOf(sge, `${id}.5`, 'z');
    const tasks = (await sge.jobs()).filter((job) => job.id === id || job.id.startsWith(`${id}.`));
    assert.deepEqual(tasks.map((job) => job.id).sort(), [`${id}.1`, `${id}.3`, `${id}.5`]);
  });
});
