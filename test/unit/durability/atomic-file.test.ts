import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { StorageError, writeFileAtomically, writeFileAtomicallySync } from '#engine/atomic-file.ts';
import { fill, temporaryFolder, tinyDisk } from './disk.ts';

const writers = {
  writeFileAtomically: writeFileAtomically,
  writeFileAtomicallySync: (...args: Parameters<typeof writeFileAtomicallySync>): Promise<void> =>
    // a rejection rather than a throw, so that one test serves both
    new Promise((resolve) => {
      writeFileAtomicallySync(...args);
      resolve();
    }),
};

for (const [name, write] of Object.entries(writers)) {
  describe(name, () => {
    it('creates and replaces files, leaving nothing beside them', async (t) => {
      const folder = temporaryFolder(t);
      const file = path.join(folder, 'exit.json');
      await write(file, 'one');
      await write(file, Buffer.from('two'), { durable: true });
      assert.equal(fs.readFileSync(file, 'utf8'), 'two');
      assert.deepEqual(fs.readdirSync(folder), ['exit.json']);
    });

    it('never shows a reader half a file', async (t) => {
      const file = path.join(temporaryFolder(t), 'f');
      const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)];
      await write(file, texts[0] ?? '');
      const progress = { isWriting: true };
      const writing = (async () => {
        for (let n = 1; n < 40; n++) await write(file, texts[n % 2] ?? '');
      })().finally(() => (progress.isWriting = false));
      while (progress.isWriting) assert.ok(texts.includes(await fs.promises.readFile(file, 'utf8')));
      await writing;
    });

    it('keeps the old file when the disk is full or read-only, and says why', async (t) => {
      const disk = tinyDisk(t);
      if (disk === undefined) return;
      const file = path.join(disk.folder, 'f');
      await write(file, 'old');
      const makeRoom = fill(disk.folder);
      await assert.rejects(write(file, 'x'.repeat(50_000)), (error) => {
        assert.ok(error instanceof StorageError);
        assert.equal(error.message, `Can't write ${file}: the disk is full. Free some space.`);
        assert.deepEqual([error.code, error.path], ['ENOSPC', file]);
        return true;
      });
      makeRoom();
      disk.remount('ro');
      await assert.rejects(write(file, 'new'), /the file system is read-only/);
      assert.equal(fs.readFileSync(file, 'utf8'), 'old');
      assert.deepEqual(fs.readdirSync(disk.folder), ['f']);
    });

    it('says that the folder is missing', async (t) => {
      const file = path.join(temporaryFolder(t), 'gone', 'f');
      await assert.rejects(write(file, ''), /^StorageError: Can't write .*: the folder does not exist/);
    });
  });
}
