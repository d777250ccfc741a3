/** (b) A grid of 100,000 points: launch, memory after 1,000 finished jobs, and replay of 100,000 events. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, lastFigures, median, type Row, run } from './measure.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

export async function measureGrid(rounds: number): Promise<readonly Row[]> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-grid-'));
  const figures: Readonly<Record<string, number>>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const engine = await run(
      process.execPath,
      [path.join(here, 'grid-engine.ts')],
      mkdtempSync(path.join(root, 'engine-')),
    );
    const replay = await run(
      process.execPath,
      [path.join(here, 'grid-replay.ts')],
      mkdtempSync(path.join(root, 'replay-')),
    );
    figures.push({
      ...lastFigures(engine.stdout),
      ...lastFigures(replay.stdout),
    });
  }
  rmSync(root, { recursive: true, force: true });
  const row = (what: string, name: string, unit: string, bound: string): Row => ({
    'grid of 100,000 points': what,
    median: `${figure(median(figures.map((each) => each[name] ?? NaN)))} ${unit}`,
    'at most': bound,
  });
  return [
    row('launch to first jobs submitted', 'launchMs', 'ms', ''),
    row('resident memory, 1,000 jobs finished', 'rssMiB', 'MiB', '250 MB'),
    row('replay of 100,000 events', 'replayMs', 'ms', '1,000 ms'),
    row('resident memory after that replay', 'replayRssMiB', 'MiB', ''),
  ];
}
