import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ledgerSweep } from './ledger.ts';
import { openSweeps } from './sweeps.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const JOBS = 30;

describe('an engine whose clock is set back and forth', () => {
  it('loses nothing, runs nothing twice, and measures durations as they were', async (t) => {
    const sweep = ledgerSweep(JOBS, 0.1);
    t.after(() => rmSync(sweep.root, { recursive: true, force: true }));
    const preload = ['--import', path.join(here, 'stepping-clock.ts'), path.join(here, 'engine-process.ts')];
    // killed once, so that it also has to judge an owner and jobs from another time
    const first = spawn(process.execPath, [...preload, sweep.root, sweep.file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const over = once(first, 'exit');
    while (sweep.entries().length < 6) await new Promise((resolve) => setTimeout(resolve, 10));
    first.kill('SIGKILL');
    await over;
    const second = spawn(process.execPath, [...preload, sweep.root], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    assert.deepEqual(await once(second, 'exit'), [0, null]);

    assert.equal(new Set(sweep.entries()).size, 2 * JOBS);
    assert.equal(sweep.entries().length, 2 * JOBS);
    const [view] = (await openSweeps(t, sweep.root, { run: false })).list();
    assert.ok(view);
    assert.equal(view.state.phase, 'finished');
    assert.equal(view.state.counts.done, JOBS);
    for (const { startedAt = NaN, endedAt = NaN, index } of view.state.jobs) {
      const seconds = (endedAt - startedAt) / 1000;
      assert.ok(seconds >= 0 && seconds < 60, `job ${index} took ${seconds} s`);
    }
  });
});
