/** Where a refused directive is marked: in the sweep file, or in the settings. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Range } from '#core/text.ts';
import { placeInSettings, placeInSweepFile } from '#engine/queues/directive-place.ts';

/** The text that a range covers. */
function covered(text: string, range: Range | undefined): string | undefined {
  if (range === undefined) return undefined;
  const lines = text.split('\n');
  assert.equal(range.start.line, range.end.line);
  return lines[range.start.line]?.slice(range.start.character, range.end.character);
}

describe('a refused directive of a sweep file', () => {
  const text = [
    'program: train.py',
    'launch:',
    '  queue: gpu',
    '  resource_args:',
    '    mem: 16G # enough',
    '    partition: gpux',
    '    directives:',
    '      - --exclusive',
    '      - "#SBATCH --constraint=a100"',
    '',
  ].join('\n');

  it('is the entry that makes it', () => {
    const place = placeInSweepFile(text, '#SBATCH --partition=gpux', 'slurm');
    assert.equal(covered(text, place), 'partition: gpux');
    const flow = 'launch: {queue: gpu, resource_args: {mem: 16G, partition: gpux}}\n';
    assert.equal(covered(flow, placeInSweepFile(flow, '#SBATCH --mem=16G', 'slurm')), 'mem: 16G');
  });

  it('is the line among its directives, with the mark or without', () => {
    assert.equal(covered(text, placeInSweepFile(text, '#SBATCH --exclusive', 'slurm')), '--exclusive');
    const marked = placeInSweepFile(text, '#SBATCH --constraint=a100', 'slurm');
    assert.equal(covered(text, marked), '"#SBATCH --constraint=a100"');
  });

  it('is found below the name of its system', () => {
    const both = 'launch:\n  resource_args:\n    lsf: {q: night}\n    slurm: {partition: gpux}\n';
    assert.equal(
      covered(both, placeInSweepFile(both, '#SBATCH --partition=gpux', 'slurm')),
      'partition: gpux',
    );
    assert.equal(covered(both, placeInSweepFile(both, '#BSUB -q night', 'lsf')), 'q: night');
  });

  it('is nowhere when the file has no such line', () => {
    assert.equal(placeInSweepFile(text, '#SBATCH --partition=other', 'slurm'), undefined);
    assert.equal(placeInSweepFile('launch: [', '#SBATCH --mem=1', 'slurm'), undefined);
    assert.equal(
      placeInSweepFile('launch: {resource_args: {mem: .inf}}', '#SBATCH --mem=1', 'slurm'),
      undefined,
    );
    assert.equal(placeInSweepFile('', '#SBATCH --mem=1', 'slurm'), undefined);
  });
});

describe('a refused directive of the settings', () => {
  const text = [
    '{',
    '\t// "sweepdeck.queues": {"gpu": {"directives": ["-p gpux"]}},',
    '\t"editor.rulers": [80], /* "{ */',
    '\t"sweepdeck.queues": {',
    '\t\t"cpu": { "system": "slurm", "directives": ["-p gpux"] },',
    '\t\t"gpu": {',
    '\t\t\t"system": "slurm",',
    '\t\t\t"directives": ["--time=4:00:00", "-p gpux", "#SBATCH --comment=\\"a // b\\""],',
    '\t\t},',
    '\t}',
    '}',
  ].join('\n');
  const gpu = { name: 'gpu', system: 'slurm' } as const;

  it("is the line of that queue, past comments and other queues' lines", () => {
    const place = placeInSettings(text, '#SBATCH -p gpux', gpu);
    assert.equal(place?.start.line, 7);
    assert.equal(covered(text, place), '"-p gpux"');
    const quoted = placeInSettings(text, '#SBATCH --comment="a // b"', gpu);
    assert.equal(covered(text, quoted), '"#SBATCH --comment=\\"a // b\\""');
  });

  it('is found in a workspace file too', () => {
    const workspace = `{"folders": [], "settings": ${text}}`;
    assert.equal(
      covered(workspace, placeInSettings(workspace, '#SBATCH --time=4:00:00', gpu)),
      '"--time=4:00:00"',
    );
  });

  it('is nowhere when the queue has no such line', () => {
    assert.equal(placeInSettings(text, '#SBATCH -p other', gpu), undefined);
    assert.equal(placeInSettings(text, '#SBATCH -p gpux', { ...gpu, name: 'far' }), undefined);
  });

  it('is looked for in any text without a fuss', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(text.length), (noise, at) => {
        placeInSettings(text.slice(0, at) + noise + text.slice(at), '#SBATCH -p gpux', gpu);
        placeInSweepFile(noise, '#SBATCH -p gpux', 'slurm');
      }),
      { numRuns: 100 },
    );
  });
});
