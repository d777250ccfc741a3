import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createSweeps } from '#engine/create-sweeps.ts';
import { engineSettings } from '../bench/engine-settings.ts';
import { ledgerSweep } from './ledger.ts';
import { openSweeps } from './sweeps.ts';

const JOBS = 3;

describe('a sweep whose journal was cut', () => {
  it('goes on from every byte of its last two records, and runs no job twice', async (t) => {
    const sweep = ledgerSweep(JOBS, 0);
    t.after(() => rmSync(sweep.root, { recursive: true, force: true }));
    const first = await openSweeps(t, sweep.root, { workers: 1 });
    const { id } = await first.launch(sweep.file);
    await first.settled(id);
    await first.close();
    const ran = sweep.entries().length;
    assert.equal(ran, 2 * JOBS);

    const journal = readFileSync(path.join(sweep.root, '.sweeps', id, 'journal.jsonl'));
    const ends = [...journal].flatMap((byte, index) => (byte === 10 ? [index + 1] : []));
    // the journal as it was when the sweep was over, and as it was after each event of the last job
    for (const last of ends.slice(-4)) {
      const from = ends[ends.indexOf(last) - 2] ?? 0;
      for (let cut = from; cut <= last; cut += 1) {
        const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-cut-'));
        try {
          cpSync(path.join(sweep.root, '.sweeps'), path.join(root, '.sweeps'), { recursive: true });
          writeFileSync(path.join(root, '.sweeps', id, 'journal.jsonl'), journal.subarray(0, cut));
          const lines: string[] = [];
          const sweeps = createSweeps({
            root,
            program: 'cli',
            version: 'test',
            settings: () => engineSettings({ workers: 1 }),
            run: true,
            log: (line) => lines.push(line),
          });
          await sweeps.open();
          const { state } = await sweeps.settled(id);
          const where = `cut at byte ${cut} of ${journal.length}`;
          assert.equal(state.phase, 'finished', where);
          assert.equal(state.counts.done, JOBS, where);
          assert.equal(state.jobs[JOBS - 1]?.metrics['seen'], JOBS - 1, where);
          // whole records, with or without their newline, are no damage
          const isTorn = !ends.includes(cut) && !ends.includes(cut + 1);
          const noticed = state.notices.some(({ detail }) => detail.includes('cut off'));
          assert.equal(noticed, isTorn, where);
          await sweeps.close();
        } finally {
          rmSync(root, { recursive: true, force: true });
        }
      }
    }
    assert.equal(sweep.entries().length, ran, 'a job ran again');
  });
});
