import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FilesOnDisk, surroundingsOf } from '../../../server/src/surroundings.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-surroundings-'));
const inner = path.join(root, 'configs', 'deep');
mkdirSync(inner, { recursive: true });
writeFileSync(path.join(root, 'train.py'), '');
after(() => {
  rmSync(root, { recursive: true });
});
const uriOf = (file: string) => pathToFileURL(file).href;
const sweepFile = uriOf(path.join(inner, 'sweep.yaml'));

describe('surroundings of a document', () => {
  it('has the program of a folder above, up to the workspace folder', () => {
    const found = surroundingsOf(sweepFile, [uriOf(root)], new FilesOnDisk()).findProgram?.('train.py');
    assert.deepEqual(
      found,
      process.platform === 'win32' ? { folder: root } : { folder: root, executable: false },
    );
  });

  it('does not look above the innermost workspace folder', () => {
    const roots = [uriOf(root), uriOf(path.join(root, 'configs'))];
    assert.equal(surroundingsOf(sweepFile, roots, new FilesOnDisk()).findProgram?.('train.py'), 'missing');
  });

  it('does not take a folder for a program', () => {
    const found = surroundingsOf(uriOf(path.join(root, 'sweep.yaml')), [], new FilesOnDisk()).findProgram?.(
      'configs',
    );
    assert.equal(found, 'missing');
  });

  it('knows nothing of a document that is not on the disk', () => {
    assert.deepEqual(surroundingsOf('untitled:Untitled-1', [uriOf(root)], new FilesOnDisk()), {});
    assert.deepEqual(surroundingsOf('vscode-vfs://github/a/b/sweep.yaml', [], new FilesOnDisk()), {});
  });

  it('knows which environment variables are set', () => {
    const surroundings = surroundingsOf(sweepFile, [], new FilesOnDisk());
    assert.equal(surroundings.hasEnvironmentVariable?.('PATH'), true);
    assert.equal(surroundings.hasEnvironmentVariable('SWEEPDECK_NO_SUCH_VARIABLE'), false);
  });
});

describe('files on disk', () => {
  it('are asked for again when the answer is old, or was to be forgotten', () => {
    let now = 0;
    const files = new FilesOnDisk(() => now);
    const file = path.join(root, 'later.py');
    assert.equal(files.has(file), false);
    writeFileSync(file, '');
    assert.equal(files.has(file), false);
    now = 2000;
    assert.equal(files.has(file), true);
    rmSync(file);
    assert.equal(files.has(file), true);
    files.forget();
    assert.equal(files.has(file), false);
  });
});
