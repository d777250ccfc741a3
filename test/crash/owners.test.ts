import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ledgerSweep } from './ledger.ts';
import { openSweeps, when } from './sweeps.ts';

const STARTS = 20;
const JOBS = 40;
const engine = path.join(path.dirname(fileURLToPath(import.meta.url)), 'engine-process.ts');

describe('one sweep and many who want to run it', () => {
  it(`has exactly one owner when ${STARTS} processes start at once, and no job runs twice`, async (t) => {
    const sweep = ledgerSweep(JOBS, 0.5);
    t.after(() => rmSync(sweep.root, { recursive: true, force: true }));
    // launched and left at once: all jobs but the first ones are still to come
    const launcher = await openSweeps(t, sweep.root, { workers: 1 });
    const { id } = await launcher.launch(sweep.file);
    await launcher.close();

    const children = Array.from({ length: STARTS }, () =>
      spawn(process.execPath, [engine, sweep.root], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    assert.deepEqual(codes, Array(STARTS).fill(0));

    const entries = sweep.entries();
    assert.equal(entries.length, 2 * JOBS);
    assert.equal(new Set(entries).size, 2 * JOBS);
    const owners = readFileSync(path.join(sweep.root, '.sweeps', id, 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"owned"'));
    assert.equal(owners.length, 2, 'the launcher and one of the twenty');
    const follower = await openSweeps(t, sweep.root, { run: false });
    assert.equal(follower.get(id)?.state.counts.done, JOBS);
  });

  it('takes requests from those who only follow', async (t) => {
    const sweep = ledgerSweep(30, 0.3);
    t.after(() => rmSync(sweep.root, { recursive: true, force: true }));
    const owner = await openSweeps(t, sweep.root);
    const follower = await openSweeps(t, sweep.root);
    const { id } = await owner.launch(sweep.file);
    await when(follower, () => follower.get(id) !== undefined);
    await follower.request(id, { type: 'pause' });
    assert.equal(owner.get(id)?.state.phase, 'paused');
    await assert.rejects(follower.request(id, { type: 'pause' }), /can't be paused: it is paused/);
    await owner.settled(id);
    await follower.request(id, { type: 'resume' });
    const { state } = await follower.settled(id);
    assert.equal(state.counts.done, 30);
    assert.deepEqual(follower.get(id)?.owner, { kind: 'nobody' });
  });

  it('goes on in another window when the first one closes', async (t) => {
    const sweep = ledgerSweep(12, 0.2);
    t.after(() => rmSync(sweep.root, { recursive: true, force: true }));
    const first = await openSweeps(t, sweep.root);
    const second = await openSweeps(t, sweep.root);
    const { id } = await first.launch(sweep.file);
    await when(second, () => (second.get(id)?.state.counts.done ?? 0) > 0);
    await first.close();
    const { state } = await second.settled(id);
    assert.equal(state.counts.done, 12);
    assert.equal(sweep.entries().length, 24);
  });
});
