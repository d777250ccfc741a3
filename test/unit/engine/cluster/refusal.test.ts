import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { System } from '#core/batch/systems.ts';
import type { SubmitAnswer } from '#engine/queues/cluster/batch-system.ts';
import { refusalSentence } from '#engine/queues/cluster/refusal.ts';
import { batchSystems } from '#engine/queues/cluster/systems/index.ts';

const refused = (system: System, stderr: string, code = 1): Extract<SubmitAnswer, { kind: 'refused' }> => {
  const answer = batchSystems[system].readSubmit({ code, stdout: '', stderr });
  assert.ok(answer.kind === 'refused', JSON.stringify(answer));
  return answer;
};

const sentenceOf = (system: System, lines: readonly string[], stderr: string, code?: number): string =>
  refusalSentence(
    { text: ['#!/bin/sh', ...lines, 'exec /bin/sh /w/script.sh', ''].join('\n') },
    refused(system, stderr, code),
  );

describe('the sentence for a refused submission', () => {
  it('has the line that names the partition, whichever way it is written', () => {
    for (const line of ['#SBATCH --partition=nosuch', '#SBATCH -p nosuch', '#SBATCH -N 1 -p nosuch']) {
      assert.equal(
        sentenceOf(
          'slurm',
          ['#SBATCH --time=10', line, '#SBATCH --mem=1G'],
          'sbatch: error: invalid partition specified: nosuch\nsbatch: error: Batch job submission failed: Invalid partition name specified\n',
        ),
        `invalid partition specified: nosuch Batch job submission failed: Invalid partition name specified. The line is: ${line}`,
      );
    }
  });

  it('has the last of several lines that give the option, which is the one that counts', () => {
    const lines = ['#SBATCH --account=one', '#SBATCH --account=two'];
    assert.match(
      sentenceOf(
        'slurm',
        lines,
        'sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified\n',
      ),
      /The line is: #SBATCH --account=two$/,
    );
  });

  it('has the line that holds the word which the system did not understand', () => {
    assert.match(
      sentenceOf(
        'slurm',
        ['#SBATCH --time=10', '#SBATCH --tiem=10'],
        'sbatch: unrecognized option \'--tiem=10\'\nTry "sbatch --help" for more information\n',
      ),
      /unrecognized option '--tiem=10'\. The line is: #SBATCH --tiem=10$/,
    );
  });

  it('has the line by its number', () => {
    assert.equal(
      refusalSentence(
        { text: '#!/bin/sh\n#OAR -l nodes=\ntrue\n' },
        { kind: 'refused', sentence: 'No', line: 2 },
      ),
      'No. The line is: #OAR -l nodes=',
    );
  });

  it("is the system's own words alone when nobody knows what they are about", () => {
    assert.equal(
      refusalSentence({ text: '#!/bin/sh\ntrue\n' }, { kind: 'refused', sentence: 'Not today!' }),
      'Not today!',
    );
    assert.equal(
      refusalSentence(
        { text: '#!/bin/sh\ntrue\n' },
        { kind: 'refused', sentence: 'No', about: { options: ['partition'], text: 'x' } },
      ),
      'No.',
    );
  });
});
