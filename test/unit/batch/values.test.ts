import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { SiteNames } from '#core/batch/site-names.ts';
import type { Position } from '#core/text.ts';
import { analyse } from '../../../server/src/batch-script/analysis.ts';
import { completion } from '../../../server/src/batch-script/completion.ts';
import { hover } from '../../../server/src/batch-script/hover.ts';

const known: Readonly<Record<string, SiteNames>> = {
  'slurm partition': [{ name: 'main', detail: 'default, 2 nodes, at most 1-00:00:00' }, { name: 'short' }],
  'slurm account': 'pending',
  'slurm feature': [{ name: 'a100' }, { name: 'ib' }],
  'slurm gres': [{ name: 'gpu:a100' }],
  'sge parallel-environment': [{ name: 'smp' }, { name: 'mpi' }],
  'sge resource': [
    { name: 'h_vmem', detail: 'MEMORY' },
    { name: 'cuda', detail: 'INT' },
  ],
  'oar property': [{ name: 'nodes' }, { name: 'gpu_model' }],
  'lsf queue': [{ name: 'night' }, { name: 'normal' }],
  'torque queue': [{ name: 'batch', detail: 'at most 24:00:00' }],
};
const surroundings = { siteNames: (system: string, kind: string) => known[`${system} ${kind}`] };

function at(marked: string): { text: string; position: Position } {
  const caret = marked.indexOf('|');
  const before = marked.slice(0, caret).split('\n');
  return {
    text: marked.slice(0, caret) + marked.slice(caret + 1),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
}

function complete(marked: string) {
  const { text, position } = at(marked);
  return completion(analyse(text, surroundings), position);
}
const offered = (marked: string) => complete(marked).items.map(({ label }) => label);
const detailed = (marked: string) =>
  complete(marked).items.map(({ label, detail }) => `${label}: ${detail ?? ''}`);

/** The line of the caret after choosing `label`. */
function chosen(marked: string, label: string): string {
  const { text, position } = at(marked);
  const one = complete(marked).items.find((other) => other.label === label);
  assert.ok(one, `${label} is not offered`);
  const line = text.split('\n')[position.line] ?? '';
  const { range, newText } = one.edit;
  return line.slice(0, range.start.character) + newText + line.slice(range.end.character);
}

describe('names of the site in completion', () => {
  it('come with what the system says of them, in place of examples', () => {
    assert.deepEqual(detailed('#SBATCH --partition=|'), [
      'main: partition, default, 2 nodes, at most 1-00:00:00',
      'short: partition',
    ]);
    assert.deepEqual(detailed('#PBS -t 0-3 -q |'), ['batch: queue, at most 24:00:00']);
  });
  it('are offered for each part of a list, those that are there left out', () => {
    assert.deepEqual(offered('#SBATCH -p main,|'), ['short']);
    assert.equal(chosen('#SBATCH -p ma|,short', 'main'), '#SBATCH -p main,short');
    assert.equal(chosen('#BSUB -q "night nor|"', 'normal'), '#BSUB -q "night normal"');
    assert.equal(chosen('#SBATCH --constraint="ib&a|"', 'a100'), '#SBATCH --constraint="ib&a100"');
    assert.equal(chosen('#SBATCH --gres=|', 'gpu:a100'), '#SBATCH --gres=gpu:a100');
  });
  it('leave room for the slots of a parallel environment', () => {
    assert.equal(chosen('#$ -pe |', 'smp'), '#$ -pe smp ');
    assert.equal(chosen('#$ -pe s| 4', 'smp'), '#$ -pe smp 4');
  });
  it('add the resources of the site to those that every Grid Engine has', () => {
    assert.equal(chosen('#$ -l h_rt=1:0:0,cu|', 'cuda'), '#$ -l h_rt=1:0:0,cuda=');
    assert.equal(offered('#$ -l |').filter((label) => label === 'h_vmem').length, 1);
  });
  it('are the levels of a resource request of OAR', () => {
    assert.ok(offered('#OAR -l /nodes=1/|').includes('gpu_model'));
    assert.ok(!offered('#OAR -l /nodes=1/|').includes('nodes'));
    assert.equal(chosen('#OAR -l /nodes=1/c|', 'core'), '#OAR -l /nodes=1/core=');
    assert.equal(chosen('#OAR -l |', 'nodes'), '#OAR -l /nodes=');
    assert.deepEqual(offered('#OAR -l /nodes=1,|'), ['walltime']);
  });
  it('are waited for without keeping the answer back', () => {
    const { items, isIncomplete } = complete('#SBATCH --account=|');
    assert.equal(isIncomplete, true);
    assert.ok(items.every(({ detail }) => detail === 'example'));
    assert.equal(complete('#SBATCH --partition=|').isIncomplete, false);
  });
});

describe('amounts in completion', () => {
  it('have each unit that may stand behind the number, and say what they come to', () => {
    assert.deepEqual(detailed('#SBATCH --mem=16|'), [
      '16G: 16 GiB',
      '16M: 16 MiB',
      '16T: 16 TiB',
      '16K: 16 KiB',
    ]);
    assert.deepEqual(detailed('#SBATCH --time=2|'), ['00:02:00: 2 min', '02:00:00: 2 h', '2-00:00:00: 2 d']);
    assert.deepEqual(detailed('#BSUB -W 90|'), ['1:30: 1 h 30 min', '90:00: 3 d 18 h', '2160:00: 90 d']);
    assert.deepEqual(offered('#BSUB -M 4|'), ['4GB', '4MB', '4TB', '4KB']);
  });
  it('are written as the resource takes them', () => {
    assert.deepEqual(detailed('#PBS -l walltime=12|'), [
      '00:12:00: 12 min',
      '12:00:00: 12 h',
      '288:00:00: 12 d',
    ]);
    assert.equal(chosen('#PBS -l nodes=1:ppn=2,mem=8|', '8gb'), '#PBS -l nodes=1:ppn=2,mem=8gb');
    assert.deepEqual(detailed('#$ -l h_vmem=4|').slice(0, 4), [
      '4G: 4 GiB',
      '4M: 4 MiB',
      '4K: 4 KiB',
      '4g: 3.725 GiB',
    ]);
    assert.equal(chosen('#OAR -l /nodes=1,walltime=2|', '02:00:00'), '#OAR -l /nodes=1,walltime=02:00:00');
    assert.equal(chosen('#BSUB -R "rusage[mem=4|]"', '4GB'), '#BSUB -R "rusage[mem=4GB]"');
  });
  it('are offered again for the next digit, whatever they begin with', () => {
    const { items, isIncomplete } = complete('#SBATCH --time=2|');
    assert.equal(isIncomplete, true);
    assert.ok(items.every(({ filter }) => filter === '2'));
    assert.equal(complete('#SBATCH --time=|').isIncomplete, true);
  });
  it('are shown by examples before there is a number', () => {
    assert.deepEqual(detailed('#SBATCH --time=|'), ['30: 30 min', '12:00:00: 12 h', '2-00:00:00: 2 d']);
    assert.ok(detailed('#PBS -l walltime=|').includes('12:00:00: 12 h'));
    assert.ok(offered('#PBS -l select=1:ncpus=1,place=|').includes('pack'));
  });
});

describe('completion where the site knows names of every kind', () => {
  const everything = {
    siteNames: (): SiteNames => [{ name: 'all.q', detail: 'of the site' }, { name: 'short' }],
  };
  const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch', 'found');
  it('answers at every caret of every script, on the line of the caret', () => {
    for (const file of readdirSync(fixtures)) {
      const text = readFileSync(path.join(fixtures, file), 'utf8');
      const analysis = analyse(text, everything);
      for (const [line, content] of text.split('\n').entries()) {
        if (!content.trimStart().startsWith('#')) continue;
        for (let character = 0; character <= content.length; character++)
          for (const { edit } of completion(analysis, { line, character }).items) {
            const { start, end } = edit.range;
            assert.ok(start.line === line && end.line === line);
            assert.ok(
              start.character <= character && character <= end.character,
              `${content} at ${character}`,
            );
            assert.ok(end.character <= content.length);
          }
      }
    }
  });
});

describe('values in hover', () => {
  const hovered = (marked: string): string => {
    const { text, position } = at(marked);
    return hover(analyse(text, surroundings), position)?.markdown ?? '';
  };
  it('name what the site knows, and what it says of the one that is given', () => {
    const text = hovered('#SBATCH -t 10 --part|ition=main');
    assert.match(text, /`main`: default, 2 nodes, at most 1-00:00:00\./);
    assert.match(text, /The partition can be `main`, `short`\./);
  });
  it('say nothing of names that are not known yet', () => {
    assert.doesNotMatch(hovered('#SBATCH -t 10 --acc|ount=lab'), /can be/);
  });
  it('say what an amount inside a list of resources comes to', () => {
    assert.match(hovered('#PBS -l nodes=1:ppn=2,walltime=1|0'), /Here: 10 s\./);
    assert.match(hovered('#$ -l h_vmem=4|g'), /Here: 3\.725 GiB\./);
  });
});
