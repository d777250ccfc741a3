import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { detectGpus, parseGpuList, parseVisibleDevices } from '#engine/gpus.ts';
import { temporaryFolder } from './harness.ts';

const folder = temporaryFolder();

/** The environment of a machine whose nvidia-smi is this shell script. */
function machineWith(script: string): NodeJS.ProcessEnv {
  const place = fs.mkdtempSync(path.join(folder, 'bin-'));
  fs.writeFileSync(path.join(place, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${place}:/usr/bin:/bin` };
}

describe('detectGpus', () => {
  it('asks nvidia-smi for the indices', async () => {
    const machine = machineWith(
      '[ "$*" = "--query-gpu=index --format=csv,noheader" ] && printf "0\\n1\\n 2\\n"',
    );
    assert.deepEqual(await detectGpus(machine), ['0', '1', '2']);
  });

  it('finds none without nvidia-smi, and where it fails', async () => {
    assert.deepEqual(await detectGpus({ PATH: folder }), []);
    const failing = machineWith(
      'echo "NVIDIA-SMI has failed because it couldn\'t communicate with the driver."; exit 9',
    );
    assert.deepEqual(await detectGpus(failing), []);
    assert.deepEqual(await detectGpus(machineWith('echo No devices were found')), []);
  });

  it('keeps to the GPUs that this process was given itself', async () => {
    const machine = machineWith('echo 0; echo 1');
    assert.deepEqual(await detectGpus({ ...machine, CUDA_VISIBLE_DEVICES: '3,5' }), ['3', '5']);
    assert.deepEqual(await detectGpus({ ...machine, CUDA_VISIBLE_DEVICES: '' }), []);
  });
});

describe('the texts about GPUs', () => {
  it('may have Windows line ends and other lines', () => {
    assert.deepEqual(parseGpuList('0\r\n1\r\nwarning\r\n'), ['0', '1']);
  });

  it('may name devices by UUID, up to the first that is none', () => {
    assert.deepEqual(parseVisibleDevices('GPU-8932f937, MIG-GPU-1/2/3,1'), [
      'GPU-8932f937',
      'MIG-GPU-1/2/3',
      '1',
    ]);
    assert.deepEqual(parseVisibleDevices('0,-1,1'), ['0']);
    assert.deepEqual(parseVisibleDevices('NoDevFiles'), []);
  });
});
