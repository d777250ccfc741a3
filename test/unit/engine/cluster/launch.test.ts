import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createSweeps } from '#engine/create-sweeps.ts';

describe('launching a sweep on a batch system', () => {
  it('is refused where the system can not work in the folder, before anything is written', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'launch-'));
    const root = path.join(folder, "it's here");
    mkdirSync(root);
    const file = path.join(root, 'sweep.yaml');
    writeFileSync(file, 'method: grid\nparameters: {x: {values: [1]}}\ncommand: ["true"]\n');
    const sweeps = createSweeps({
      root,
      program: 'cli',
      version: '0',
      settings: () => ({
        workers: 1,
        gpus: [],
        gpusPerJob: 0,
        gracePeriod: 1,
        interpreter: 'python3',
        brakes: { enabled: false, consecutive: 0 },
        pythonPath: root,
      }),
      run: false,
      log: () => undefined,
    });
    try {
      await sweeps.open();
      await assert.rejects(
        sweeps.launch(file, { queue: 'oar' }),
        /OAR can't use the path .*it's here: it gives "'" a meaning of its own\.$/,
      );
      assert.ok(!existsSync(path.join(root, '.sweeps')));
    } finally {
      await sweeps.close();
      rmSync(folder, { recursive: true });
    }
  });
});
