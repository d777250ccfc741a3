import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startOar, type RunningOar } from './systems/oar.ts';
import { stateOf } from './waiting.ts';

describe('OAR that is started for tests', () => {
  let oar: RunningOar;
  before(async () => {
    oar = await startOar();
  });
  after(() => oar.stop());

  /** Submits a command; resolves to the ids of its jobs. */
  async function submit(command: string, ...words: readonly string[]): Promise<readonly string[]> {
    const outputs = ['-O', '/dev/null', '-E', '/dev/null'];
    const { code, stdout, stderr } = await oar.client(['oarsub', '-d', '/', ...outputs, ...words, command]);
    assert.equal(code, 0, stderr + stdout);
    return Array.from(stdout.matchAll(/^OAR_JOB_ID=(\d+)$/gm), ([, id = '']) => id);
  }

  async function submitOne(command: string, ...words: readonly string[]): Promise<string> {
    const [id = ''] = await submit(command, ...words);
    return id;
  }

  it('runs a job to its end', async () => {
    await stateOf(oar, await submitOne('true'), 'Terminated 0');
  });

  it('says of a job that fails that it failed', async () => {
    await stateOf(oar, await submitOne('exit 7'), `Terminated ${7 << 8}`);
  });

  it('runs a script that root has written, as an ordinary user', async () => {
    const folder = path.join(oar.directory, 'folder');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const script = path.join(folder, 'job.sh');
    writeFileSync(script, '#!/bin/sh\n#OAR -n told\nid -un > told\n');
    chmodSync(script, 0o755);
    const { stdout } = await oar.client(['oarsub', '-d', folder, '-S', script]);
    const id = /^OAR_JOB_ID=(\d+)$/m.exec(stdout)?.[1] ?? '';
    await stateOf(oar, id, 'Terminated 0');
    assert.equal((await oar.jobs()).find((job) => job.id === id)?.name, 'told');
    assert.equal(readFileSync(path.join(folder, 'told'), 'utf8'), `${oar.user.name}\n`);
  });

  it('runs all jobs of an array', async () => {
    const ids = await submit('true', '--array', '10');
    assert.equal(ids.length, 10);
    for (const id of ids) await stateOf(oar, id, 'Terminated 0', 90);
  });

  it('cancels a running job', async () => {
    const id = await submitOne('sleep 600');
    await stateOf(oar, id, 'Running');
    await oar.client(['oardel', id]);
    await stateOf(oar, id, 'Error');
  });

  it('ends a job whose time is over', async () => {
    await stateOf(oar, await submitOne('sleep 600', '-l', '/core=1,walltime=0:0:3'), 'Error', 60);
  });

  it('finds its jobs again after its controller was away', async () => {
    const [running, waiting] = [await submitOne('sleep 600'), await submitOne('true', '--hold')];
    await stateOf(oar, running, 'Running');
    await oar.controls.stopController();
    await oar.controls.startController();
    await stateOf(oar, running, 'Running');
    await oar.controls.release(waiting);
    await stateOf(oar, waiting, 'Terminated 0');
    await oar.client(['oardel', running]);
  });

  it('runs nothing on a node that is dead', async () => {
    const id = await submitOne('true', '--hold', '-p', "network_address = 'n2'");
    await oar.controls.downNode('n2');
    await oar.controls.release(id);
    await stateOf(oar, await submitOne('true'), 'Terminated 0');
    await stateOf(oar, id, 'Waiting');
    await oar.controls.resumeNode('n2');
    await stateOf(oar, id, 'Terminated 0');
  });
});
