import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findProgram, programFolders } from '#core/sweep/program-folder.ts';

describe('the folder of a program', () => {
  it('is looked for upwards, to the workspace folder and no further', () => {
    assert.deepEqual(programFolders('/w/p/sweeps', '/w', 'posix'), ['/w/p/sweeps', '/w/p', '/w']);
    assert.deepEqual(programFolders('/w/', '/w', 'posix'), ['/w']);
    assert.deepEqual(programFolders('/a/b', '/', 'posix'), ['/a/b', '/a', '/']);
  });

  it('is the own folder alone outside of a workspace', () => {
    assert.deepEqual(programFolders('/w2/p', '/w', 'posix'), ['/w2/p']);
    assert.deepEqual(programFolders('/w2/p', undefined, 'posix'), ['/w2/p']);
  });

  it('works with Windows paths of both spellings', () => {
    assert.deepEqual(programFolders('C:\\W\\p\\s', 'c:/w', 'windows'), ['C:\\W\\p\\s', 'C:\\W\\p', 'C:\\W']);
    assert.deepEqual(programFolders('C:\\a', 'C:\\', 'windows'), ['C:\\a', 'C:\\']);
    assert.deepEqual(programFolders('\\\\srv\\share\\a\\b', '\\\\srv\\share', 'windows'), [
      '\\\\srv\\share\\a\\b',
      '\\\\srv\\share\\a',
      '\\\\srv\\share',
    ]);
  });

  it('is the nearest one that has the program', () => {
    const files = new Set(['/w/train.py', '/w/p/sweeps/other.py', '/abs/x.py']);
    const find = (program: string) =>
      findProgram(program, ['/w/p/sweeps', '/w/p', '/w'], (file) => files.has(file), 'posix');
    assert.deepEqual(find('train.py'), { folder: '/w' });
    assert.deepEqual(find('other.py'), { folder: '/w/p/sweeps' });
    assert.deepEqual(find('/abs/x.py'), { folder: '/w/p/sweeps' });
    assert.equal(find('nope.py'), 'missing');
    assert.equal(find('/abs/nope.py'), 'missing');
  });

  it('joins the way the platform does', () => {
    const asked: string[] = [];
    const exists = (file: string) => asked.push(file) < 0;
    findProgram('src/train.py', ['C:\\w', 'C:\\'], exists, 'windows');
    assert.deepEqual(asked, ['C:\\w\\src/train.py', 'C:\\src/train.py']);
  });
});
