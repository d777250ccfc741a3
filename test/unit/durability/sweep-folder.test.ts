import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  createSweepFolder,
  deleteSweepFolder,
  idStem,
  isSweepId,
  jobPath,
  listSweepFolders,
  sweepName,
  sweepPaths,
} from '#engine/sweep-folder.ts';
import { fill, temporaryFolder, tinyDisk } from './disk.ts';
import { start } from './programs/spawn.ts';

const empty = (): void => undefined;

describe('a sweep folder', () => {
  it('appears whole under a speakable id', async (t) => {
    const root = temporaryFolder(t);
    let during: readonly string[] | undefined;
    const id = await createSweepFolder(root, 'Quadratic', async (folder, prepared) => {
      assert.equal(prepared, 'quadratic-1');
      fs.writeFileSync(path.join(folder, 'sweep.yaml'), 'method: grid\n');
      fs.mkdirSync(path.join(folder, 'jobs'));
      during = await listSweepFolders(root);
    });
    assert.deepEqual([id, during], ['quadratic-1', []]);
    const paths = sweepPaths(root, id);
    assert.equal(fs.readFileSync(paths.sweepFile, 'utf8'), 'method: grid\n');
    assert.equal(jobPath(paths, 12), path.join(root, '.sweeps', 'quadratic-1', 'jobs', '12'));
    assert.equal(fs.readFileSync(path.join(root, '.sweeps', '.gitignore'), 'utf8'), '*\n');
    assert.deepEqual(fs.readdirSync(path.join(root, '.sweeps')).sort(), [
      '.gitignore',
      '.ids',
      'quadratic-1',
    ]);
  });

  it('never gets an id that another had, not even a deleted one', async (t) => {
    const root = temporaryFolder(t);
    const first = await createSweepFolder(root, 'a', empty);
    await deleteSweepFolder(root, first);
    assert.deepEqual(await listSweepFolders(root), []);
    assert.equal(await createSweepFolder(root, 'a', empty), 'a-2');
    assert.equal(await createSweepFolder(root, 'a-2', empty), 'a-2-1');
    for (let n = 3; n <= 11; n++) await createSweepFolder(root, 'a', empty);
    assert.deepEqual(
      await listSweepFolders(root),
      [...Array.from({ length: 10 }, (_, index) => `a-${index + 2}`), 'a-2-1'].sort((a, b) =>
        a.localeCompare(b, 'en', { numeric: true }),
      ),
    );
    fs.rmSync(path.join(root, '.sweeps', '.ids'), { recursive: true });
    assert.equal(await createSweepFolder(root, 'a', empty), 'a-12');
  });

  it('leaves nothing and takes no id when it could not be prepared', async (t) => {
    const root = temporaryFolder(t);
    const failure = new Error('no');
    const failing = createSweepFolder(root, 'a', (folder) => {
      fs.writeFileSync(path.join(folder, 'half'), '');
      throw failure;
    });
    await assert.rejects(failing, (error) => error === failure);
    assert.deepEqual(fs.readdirSync(path.join(root, '.sweeps')).sort(), ['.gitignore', '.ids']);
    assert.equal(await createSweepFolder(root, 'a', empty), 'a-1');
  });

  it('is created by many processes at once without a clash', async (t) => {
    const root = temporaryFolder(t);
    const programs = Array.from({ length: 5 }, () => start('launcher.ts', root, 'Deep Net', '8'));
    assert.deepEqual(await Promise.all(programs.map((program) => program.ended())), [0, 0, 0, 0, 0]);
    const ids = programs.flatMap((program) => program.lines);
    assert.equal(new Set(ids).size, 40);
    assert.deepEqual((await listSweepFolders(root)).toSorted(), ids.toSorted());
    assert.deepEqual(
      ids.toSorted(),
      Array.from({ length: 40 }, (_, index) => `deep-net-${index + 1}`).toSorted(),
    );
    for (const id of ids) assert.equal(fs.readFileSync(sweepPaths(root, id).sweepFile, 'utf8'), id);
  });

  it('that was half deleted or half created is no sweep, and is cleared away', async (t) => {
    const root = temporaryFolder(t);
    const sweeps = path.join(root, '.sweeps');
    for (const name of ['.deleted-a-1-xyz', '.new-b-1-xyz', '.new-c-1-xyz']) {
      fs.mkdirSync(path.join(sweeps, name, 'jobs'), { recursive: true });
    }
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    fs.utimesSync(path.join(sweeps, '.new-b-1-xyz'), longAgo, longAgo);
    assert.deepEqual(await listSweepFolders(root), []);
    const id = await createSweepFolder(root, 'd', empty);
    assert.deepEqual(fs.readdirSync(sweeps).sort(), ['.gitignore', '.ids', '.new-c-1-xyz', id]);
  });

  it('is told apart from other files and paths', async (t) => {
    const root = temporaryFolder(t);
    assert.deepEqual(await listSweepFolders(root), []);
    fs.mkdirSync(path.join(root, '.sweeps', 'Notes'), { recursive: true });
    fs.writeFileSync(path.join(root, '.sweeps', 'file-1'), '');
    assert.deepEqual(await listSweepFolders(root), []);
    for (const id of ['..', '../a-1', '.ids', '', 'a', 'A-1', 'a-1/jobs']) {
      assert.equal(isSweepId(id), false);
      assert.throws(() => sweepPaths(root, id), /is not the id of a sweep/);
      await assert.rejects(deleteSweepFolder(root, id), /is not the id of a sweep/);
    }
    await assert.rejects(deleteSweepFolder(root, 'a-1'), /There is no sweep a-1 in /);
  });

  it('says in a sentence that the disk is full or read-only, and leaves nothing', async (t) => {
    const disk = tinyDisk(t);
    if (disk === undefined) return;
    await createSweepFolder(disk.folder, 'a', empty);
    const makeRoom = fill(disk.folder);
    const launch = createSweepFolder(disk.folder, 'a', (folder) => {
      fs.writeFileSync(path.join(folder, 'sweep.yaml'), 'x'.repeat(9000));
    });
    await assert.rejects(
      launch,
      /^StorageError: Can't create a sweep in .*: the disk is full\. Free some space\.$/,
    );
    assert.deepEqual(await listSweepFolders(disk.folder), ['a-1']);
    makeRoom();
    disk.remount('ro');
    await assert.rejects(createSweepFolder(disk.folder, 'a', empty), /the file system is read-only/);
    await assert.rejects(
      deleteSweepFolder(disk.folder, 'a-1'),
      /Can't delete .*a-1: the file system is read-only/,
    );
    disk.remount('rw');
    assert.equal(await createSweepFolder(disk.folder, 'a', empty), 'a-2');
  });
});

describe('the name of a sweep', () => {
  it('is its own, else that of its file, else that of its folder', () => {
    assert.equal(sweepName('/w/x.yaml', ' My sweep '), 'My sweep');
    assert.equal(sweepName('/w/quadratic.yml'), 'quadratic');
    assert.equal(sweepName('/w/digits/sweep.yaml', ''), 'digits');
    assert.equal(sweepName('/w/digits/Sweep.YML'), 'digits');
    assert.equal(sweepName('/sweep.yaml'), 'sweep');
  });

  const stems: readonly (readonly [string, string])[] = [
    ['Quadratic', 'quadratic'],
    ['Größe & Wärme!', 'gro-e-warme'],
    ['  --a__b--  ', 'a-b'],
    ['../../etc', 'etc'],
    ['日本語', 'sweep'],
    ['', 'sweep'],
    ['ab-'.repeat(30), `${'ab-'.repeat(13)}a`],
  ];
  for (const [name, stem] of stems) {
    it(`makes ${JSON.stringify(name)} speakable: ${stem}`, () => assert.equal(idStem(name), stem));
  }

  it('always makes an id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const stem = idStem(name);
        assert.ok(isSweepId(`${stem}-1`) && stem.length <= 40 && !stem.includes('--') && !stem.endsWith('-'));
      }),
    );
  });
});
