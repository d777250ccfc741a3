import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSweeps } from '#engine/create-sweeps.ts';
import { engineSettings } from '../bench/engine-settings.ts';
import { ledgerSweep } from './ledger.ts';

const JOBS = 200;
const KILLS = 50;
const engine = path.join(path.dirname(fileURLToPath(import.meta.url)), 'engine-process.ts');

function startEngine(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [engine, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Milliseconds until the engine owns the sweep, as it says itself; undefined when it ended before. */
async function ready(child: ChildProcess): Promise<number | undefined> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const said = /^ready \S+ (\S+)$/m.exec(text);
    if (said?.[1] !== undefined) return Number(said[1]);
  }
  return undefined;
}

describe('an engine that is killed', () => {
  it(`loses no job and runs none twice, at ${KILLS} random moments of a sweep of ${JOBS} jobs`, async (t) => {
    const sweep = ledgerSweep(JOBS, 0.15);
    t.after(() => rmSync(sweep.root, { recursive: true, force: true }));
    let args: readonly string[] = [sweep.root, sweep.file];
    const resumed: number[] = [];
    for (let kills = 0; kills < KILLS;) {
      const child = startEngine(...args);
      const exited = once(child, 'exit');
      const took = await ready(child);
      if (took === undefined) {
        // the kills left nothing to do: the rest of them hit another sweep
        assert.deepEqual(await exited, [0, null]);
        args = [sweep.root, sweep.file];
        continue;
      }
      if (args.length === 1) resumed.push(took);
      // jobs end every 40 ms: all phases of a job are hit
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      child.kill('SIGKILL');
      await exited;
      kills += 1;
      args = [sweep.root];
    }
    const last = startEngine(sweep.root);
    const exited = once(last, 'exit');
    last.stdout?.resume();
    assert.deepEqual(await exited, [0, null]);

    const counts = new Map<string, number>();
    for (const entry of sweep.entries()) counts.set(entry, (counts.get(entry) ?? 0) + 1);
    const sweeps = createSweeps({
      root: sweep.root,
      program: 'cli',
      version: 'test',
      settings: () => engineSettings(),
      run: false,
      log: (line) => t.diagnostic(line),
    });
    await sweeps.open();
    assert.notEqual(sweeps.list().length, 0);
    for (const { id, state } of sweeps.list()) {
      assert.equal(state.phase, 'finished');
      assert.equal(state.counts.done, JOBS);
      for (let job = 0; job < JOBS; job += 1) {
        const entry = `${id}/${job}`;
        assert.equal(counts.get(`+${entry}`), 1, `${entry} began ${counts.get(`+${entry}`) ?? 0} times`);
        assert.equal(counts.get(`-${entry}`), 1, `${entry} ended ${counts.get(`-${entry}`) ?? 0} times`);
        assert.equal(state.jobs[job]?.parameters['x'], job);
        assert.equal(state.jobs[job]?.metrics['seen'], job);
      }
    }
    await sweeps.close();
    resumed.sort((a, b) => a - b);
    t.diagnostic(
      `taken over after a kill in ${(resumed[resumed.length >> 1] ?? NaN).toFixed(0)} ms (median), ${(resumed.at(-1) ?? NaN).toFixed(0)} ms at most`,
    );
  });
});
