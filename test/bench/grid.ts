/** (b) A grid of 100,000 points: launch, memory after 1,000 finished jobs, and replay of 100,000 events. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, lastJson, median, type Row, run } from './measure.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

interface GridFigures {
  readonly launchMs: number;
  readonly rssMiB: number;
  readonly replayMs: number;
  readonly replayRssMiB: number;
}

export async function measureGrid(rounds: number): Promise<readonly Row[]> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-grid-'));
  const figures: GridFigures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const engine = await run(process.execPath, [path.join(here, 'grid-engine.ts')], mkdtempSync(path.join(root, 'engine-')));
    const replay = await run(process.execPath, [path.join(here, 'grid-replay.ts')], mkdtempSync(path.join(root, 'replay-')));
    figures.push({
      ...lastJson<{ launchMs: number; rssMiB: number }>(engine.stdout),
      ...lastJson<{ replayMs: number; replayRssMiB: number }>(replay.stdout),
    });
  }
  rmSync(root, { recursive: true, force: true });
  const row = (what: string, unit: string, pick: (each: GridFigures) => number, bound: string): Row => ({
    'grid of 100,000 points': what,
    median: `${figure(median(figures.map(pick)))} ${unit}`,
    'at most': bound,
  });
  return [
    row('launch to first jobs submitted', 'ms', (each) => each.launchMs, ''),
    row('resident memory, 1,000 jobs finished', 'MiB', (each) => each.rssMiB, '250 MB'),
    row('replay of 100,000 events', 'ms', (each) => each.replayMs, '1,000 ms'),
    row('resident memory after that replay', 'MiB', (each) => each.replayRssMiB, ''),
  ];
}
