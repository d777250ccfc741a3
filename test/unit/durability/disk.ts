/** Real folders for tests: temporary ones, and ones on a disk that is tiny or read-only. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that is removed when the test is over. */
export function temporaryFolder(t: TestContext, on = os.tmpdir()): string {
  const folder = fs.mkdtempSync(path.join(on, 'sweepdeck-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A temporary folder in memory where there is one, for tests that sync very often. */
export function memoryFolder(t: TestContext): string {
  return temporaryFolder(t, fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir());
}

/** A disk of a few KiB; undefined, with the test skipped, where mounting one isn't possible. */
export function tinyDisk(
  t: TestContext,
  kib = 64,
): { readonly folder: string; remount(mode: 'ro' | 'rw'): void } | undefined {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-'));
  let mounted = false;
  t.after(() => {
    if (mounted) execFileSync('umount', [folder]);
    fs.rmdirSync(folder);
  });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder], { stdio: 'ignore' });
    mounted = true;
  } catch {
    t.skip('a tiny disk can be mounted by root on Linux only');
    return undefined;
  }
  return {
    folder,
    remount: (mode) => execFileSync('mount', ['-o', `remount,${mode}`, folder]),
  };
}

/** Fills a disk to the last byte. Returns how to make room again. */
export function fill(folder: string): () => void {
  const ballast = path.join(folder, 'ballast');
  const file = fs.openSync(ballast, 'w');
  const block = Buffer.alloc(512, 1);
  try {
    for (;;) fs.writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    fs.closeSync(file);
  }
  return () => fs.rmSync(ballast);
}
