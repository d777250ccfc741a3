import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isBatchFile } from '#core/batch/file-names.ts';
import { beginsDirective, carriesDirectives } from '../../../client/src/editor/presentation/batch-text.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

describe('shell scripts that the language server is started for', () => {
  it('are those whose extension the manifest gives to batch scripts', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      contributes: { languages: readonly { id: string; extensions?: readonly string[] }[] };
    };
    const extensions =
      manifest.contributes.languages.find(({ id }) => id === 'shellscript')?.extensions ?? [];
    assert.ok(extensions.length > 0);
    for (const extension of extensions) assert.ok(isBatchFile(`/work/job${extension}`), extension);
    assert.ok(!isBatchFile('/work/job.sh'));
    assert.ok(!isBatchFile('/work/pbs'));
  });

  it('are those with directives, or with lines that nearly are some', () => {
    assert.ok(carriesDirectives('#!/bin/bash\n#SBATCH -t 10\n'));
    assert.ok(carriesDirectives('#!/bin/bash\n# SBATCH --time=10\n'));
    assert.ok(carriesDirectives('#!/bin/sh\necho\n#$ -cwd\n'));
  });

  it('are no others', () => {
    assert.ok(!carriesDirectives(''));
    assert.ok(!carriesDirectives('#!/bin/sh\n# SBATCH is a program of Slurm\necho "$1"\n'));
    const generator = readFileSync(path.join(root, 'test/fixtures/batch/found/slurm-generator.sh'), 'utf8');
    assert.ok(!carriesDirectives(generator));
  });

  it('are those in which somebody begins to write a directive', () => {
    for (const line of ['#S', '#SBATCH', '#SBATCH ', '#P', '#$', '#B'])
      assert.ok(beginsDirective(line), line);
    for (const line of ['', '#', '#!', '# S', '#Set the path', 'S', '#SBATCH -t 10'])
      assert.ok(!beginsDirective(line), line);
  });
});
