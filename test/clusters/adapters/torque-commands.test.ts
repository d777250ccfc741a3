import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { torque } from '#engine/queues/cluster/systems/torque.ts';
import { startTorqueCommands, type RunningTorqueCommands } from '../systems/torque-commands.ts';
import { stateOf } from '../waiting.ts';

describe('The adapter of TORQUE and the TORQUE commands over Slurm', () => {
  let system: RunningTorqueCommands;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sweepdeck-torque-'));
    system = await startTorqueCommands();
  });
  after(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function submit(...lines: readonly string[]): Promise<ReturnType<typeof torque.readSubmit>> {
    const file = (name: string): string => path.join(folder, name);
    const header = torque.headerFor({
      name: 'sd-smoke',
      directory: folder,
      stdout: file('out'),
      stderr: file('err'),
    });
    const text = ['#!/bin/sh', ...header, ...lines, ''].join('\n');
    writeFileSync(file('job.sh'), text);
    const { program, args } = torque.submit({
      name: 'sd-smoke',
      script: file('job.sh'),
      text,
      directory: folder,
    });
    return torque.readSubmit(await system.client([program, ...args], { cwd: folder }));
  }

  it('agree on ids and on the text of qstat -f', async () => {
    const answer = await submit('sleep 600');
    assert.ok(answer.kind === 'accepted', JSON.stringify(answer));
    await stateOf(system, answer.id, 'RUNNING');
    const listing = torque.readQueue(await system.client(['qstat', '-f']));
    assert.ok(listing.kind === 'listed', JSON.stringify(listing));
    const job = listing.jobs.find(({ id }) => id === answer.id);
    assert.deepEqual([job?.name, job?.stage, job?.word], ['sd-smoke', 'running', 'R']);
    const [cancel] = torque.cancel([{ base: answer.id }]);
    assert.ok(cancel);
    assert.deepEqual(torque.readCancel(await system.client([cancel.program, ...cancel.args])), {
      kind: 'done',
    });
    await stateOf(system, answer.id, 'CANCELLED');
  });

  it("show a refusal in the system's own words", async () => {
    const answer = await submit('#PBS -q nosuch', 'true');
    assert.ok(answer.kind === 'refused', JSON.stringify(answer));
    assert.match(answer.sentence, /invalid partition specified: nosuch/);
  });

  it('are told apart: they are no TORQUE', async () => {
    const { program, args } = torque.probe;
    assert.equal(torque.readProbe(await system.client([program, ...args])), undefined);
  });
});
