import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTorqueCommands, type RunningTorqueCommands } from './systems/torque-commands.ts';
import { stateOf } from './waiting.ts';

describe('The TORQUE commands over Slurm', () => {
  let torque: RunningTorqueCommands;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sweepdeck-torque-'));
    torque = await startTorqueCommands();
  });
  after(async () => {
    await torque.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Submits a script with these lines after its first; resolves to the id. */
  async function submit(...lines: readonly string[]): Promise<string> {
    const script = path.join(folder, 'job.sh');
    writeFileSync(script, ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(script, 0o755);
    const { code, stdout, stderr } = await torque.client(['qsub', script], { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d+\n$/);
    return stdout.trim();
  }

  it('run a job whose directives they read', async () => {
    const id = await submit('#PBS -N tried', 'echo "$PBS_JOBID in $PBS_O_WORKDIR" > told');
    await stateOf(torque, id, 'COMPLETED');
    assert.equal((await torque.jobs()).find((job) => job.id === id)?.name, 'tried');
    assert.equal(readFileSync(path.join(folder, 'told'), 'utf8'), `${id} in ${folder}\n`);
  });

  it('show a failed job as one that is complete, and not that it failed', async () => {
    const id = await submit('exit 3');
    await stateOf(torque, id, 'FAILED');
    const { stdout } = await torque.client(['qstat', '-f', id]);
    assert.match(stdout, /job_state = C/);
  });

  it('run an array', async () => {
    const id = await submit('#PBS -t 0-9', 'true');
    for (let task = 0; task < 10; task++) await stateOf(torque, `${id}_${task}`, 'COMPLETED');
  });

  it('cancel a running job', async () => {
    const id = await submit('sleep 600');
    await stateOf(torque, id, 'RUNNING');
    await torque.client(['qdel', id]);
    await stateOf(torque, id, 'CANCELLED');
  });

  it('say of an unknown job nothing but an exit code', async () => {
    const { code, stdout } = await torque.client(['qstat', '99999']);
    assert.deepEqual([code, stdout], [153, '']);
  });
});
