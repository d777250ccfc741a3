import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { interruptionExit, stepFor, stepSentence } from '../../../client/src/cli/interruption.ts';
import { findInstallation } from '../../../client/src/cli/installation.ts';
import { defaultInterpreter } from '../../../client/src/cli/settings.ts';
import { shownPath, workspaceFolder } from '../../../client/src/cli/workspace.ts';

const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sweepdeck-cli-')));
after(() => rmSync(scratch, { recursive: true }));

const folder = (...names: string[]): string => {
  const made = path.join(scratch, ...names);
  mkdirSync(made, { recursive: true });
  return made;
};

describe('the workspace folder', () => {
  it('is the nearest one that has .sweeps or .git', () => {
    folder('a', '.git');
    const sub = folder('a', 'b', 'c');
    assert.equal(workspaceFolder(sub, undefined, '/'), path.join(scratch, 'a'));
    folder('a', 'b', '.sweeps');
    assert.equal(workspaceFolder(sub, undefined, '/'), path.join(scratch, 'a', 'b'));
  });

  it('is the one given, relative to the current folder', () => {
    assert.equal(workspaceFolder('/anywhere', 'x', scratch), path.join(scratch, 'x'));
  });

  it('is the folder itself when there is nothing to go by', () => {
    const lonely = folder('lonely');
    // holds as long as no parent of the system's temporary folder is a repository
    assert.equal(workspaceFolder(lonely, undefined, '/'), lonely);
  });
});

describe('a path', () => {
  it('is relative inside the current folder and absolute outside', () => {
    assert.equal(shownPath('/a/b/c', '/a'), path.join('b', 'c'));
    assert.equal(shownPath('/a', '/a'), '.');
    assert.equal(shownPath('/b', '/a'), '/b');
    assert.equal(shownPath('/a/..b', '/a'), '..b');
  });
});

describe('the interpreter', { skip: process.platform === 'win32' }, () => {
  const program = (name: string, mode: number): string => {
    const bin = folder(`bin-${name}-${mode}`);
    writeFileSync(path.join(bin, name), '#!/bin/sh\n');
    chmodSync(path.join(bin, name), mode);
    return bin;
  };
  const choose = (...folders: string[]) =>
    defaultInterpreter({ env: { PATH: folders.join(':') }, platform: 'linux' });

  it('is python when there is one, else python3, else python for the message', () => {
    const python = program('python', 0o755);
    const python3 = program('python3', 0o755);
    assert.equal(choose(python3, python), 'python');
    assert.equal(choose(python3), 'python3');
    assert.equal(choose(), 'python');
  });

  it('is never a folder', () => {
    const decoy = folder('decoy');
    folder('decoy', 'python');
    assert.equal(choose(decoy, program('python3', 0o755)), 'python3');
  });
});

describe('the installation', () => {
  it('is found from the sources, and through a link', () => {
    const main = path.resolve(import.meta.dirname, '../../../client/src/cli/main.ts');
    const link = path.join(folder('links'), 'sweepdeck');
    symlinkSync(main, link);
    for (const script of [main, link]) {
      const { version, pythonPath } = findInstallation(script);
      assert.match(version, /^\d+\.\d+\.\d+/);
      assert.equal(pythonPath, path.resolve(import.meta.dirname, '../../../python'));
    }
  });

  it('is missed with a sentence', () => {
    const stray = path.join(folder('stray'), 'cli.cjs');
    writeFileSync(stray, '');
    assert.throws(() => findInstallation(stray), /not inside a complete installation/);
  });
});

describe('an interruption', () => {
  it('gets harder with each Ctrl-C, and SIGTERM only leaves', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((presses) => stepFor('SIGINT', presses)),
      ['stop', 'cancel', 'leave', 'leave'],
    );
    assert.equal(stepFor('SIGTERM', 0), 'leave');
    assert.equal(stepFor('SIGHUP', 0), 'leave');
    assert.deepEqual(
      [interruptionExit('SIGINT'), interruptionExit('SIGTERM'), interruptionExit('SIGHUP')],
      [130, 143, 129],
    );
  });

  it('says what happens next', () => {
    assert.match(stepSentence('stop', 'q-1', 2), /waiting for 2 running jobs\. Ctrl-C again ends them/);
    assert.match(
      stepSentence('leave', 'q-1', 1),
      /1 running job goes on\. Continue with: sweepdeck resume q-1/,
    );
    assert.match(stepSentence('leave', 'q-1', 0), /nothing runs/);
  });
});
