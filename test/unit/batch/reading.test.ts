import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { catalogueOf } from '#core/batch/catalogue.ts';
import { readBatchScript } from '#core/batch/read.ts';
import { readScript } from '#core/batch/script.ts';
import { dialects, marks, systems } from '#core/batch/systems.ts';

const options = (text: string) =>
  readBatchScript(text).options.map(({ spec, value }) =>
    value === undefined ? spec.name : `${spec.name}=${value}`,
  );

describe('the options of a script', () => {
  it('takes long and short options of Slurm apart as getopt does', () => {
    assert.deepEqual(options('#SBATCH -n4 -Hvp gpu --mem=4G --time 10 --nice --exclusive=user\n'), [
      '--ntasks=4',
      '--hold',
      '--verbose',
      '--partition=gpu',
      '--mem=4G',
      '--time=10',
      '--nice',
      '--exclusive=user',
    ]);
  });

  it('takes quotes off, and keeps what is in them together', () => {
    assert.deepEqual(options(`#SBATCH -J "a b" --comment='c # d' -o e\\ f # g\n`), [
      '--job-name=a b',
      '--comment=c # d',
      '--output=e f',
    ]);
  });

  it('gives Grid Engine options as many words as they take', () => {
    assert.deepEqual(options('#$ -cwd -pe smp 4 -j y -binding env linear:2 -N x\n'), [
      '-cwd',
      '-pe=smp 4',
      '-j=y',
      '-binding=env linear:2',
      '-N=x',
    ]);
  });

  it('takes the rest of an OAR line as it is', () => {
    assert.deepEqual(options("#OAR -p gpu = 'YES' and mem > 1000\n#OAR -l/nodes=1\n#OAR --hold\n"), [
      "--property=gpu = 'YES' and mem > 1000",
      '--resource=/nodes=1',
      '--hold',
    ]);
  });

  it('marks the value, quotes included, and the option', () => {
    const text = '#!/bin/sh\n#BSUB -J "a b" -W10\n';
    const [name, limit] = readBatchScript(text).options;
    assert.equal(name && text.slice(...name.valueSpan), '"a b"');
    assert.equal(name && text.slice(...name.nameSpan), '-J');
    assert.equal(limit && text.slice(...limit.valueSpan), '10');
    assert.equal(limit && text.slice(...limit.span), '-W10');
  });
});

describe('the lines of a script', () => {
  it('ends directives at the first command, where the system does', () => {
    const { firstCommand, directives } = readScript(
      '#!/bin/sh\n\n# x\n#SBATCH -n 1\n\n  run\n#SBATCH -n 2\n',
    );
    assert.equal(firstCommand?.line, 5);
    assert.deepEqual(
      directives.map(({ line, late }) => [line, late]),
      [
        [3, false],
        [6, true],
      ],
    );
  });

  it('knows the ends of here-documents', () => {
    const text = 'cat <<A <<-"B C"\n#SBATCH -n 1\nA\n#SBATCH -n 2\n\tB C\n#SBATCH -n 3\n';
    assert.deepEqual(
      readScript(text).directives.map(({ inHereDocument }) => inHereDocument),
      [true, true, false],
    );
  });

  it('does not take a here-string or a shift for a here-document', () => {
    for (const command of ['cat <<< "$x"', 'echo $((1 << n))', '# cat <<n']) {
      const { directives } = readScript(`${command}\n#SBATCH -n 1\n`);
      assert.equal(directives[0]?.inHereDocument, false, command);
    }
  });

  it('reads CR LF like LF', () => {
    const text = '#!/bin/sh\n#SBATCH -n 4 --mem=4G\n# x\n';
    assert.deepEqual(options(text.replaceAll('\n', '\r\n')), options(text));
  });
});

describe('which system a script is for', () => {
  const system = (text: string) => readBatchScript(text).system;
  for (const [text, expected] of [
    ['#PBS -l select=1:ncpus=4\n', 'pbspro'],
    ['#PBS -l nodes=1:ppn=4\n', 'torque'],
    ['#PBS -J 0-9\n', 'pbspro'],
    ['#PBS -t 0-9\n', 'torque'],
    ['#PBS -N x\necho $PBS_ARRAY_INDEX\n', 'pbspro'],
    ['#PBS -N x\n', 'torque'],
    ['#PBS -N a_name_of_more_than_fifteen\n', 'pbspro'],
    ['#SBATCH -n 1\n#SBATCH -t 1\n#PBS -N x\n', 'slurm'],
    ['#PBS -N x\n#PBS -q y\n#SBATCH -n 1\n', 'torque'],
    ['#MSUB -N x\n#PBS -q y\n#PBS -j oe\n', 'moab'],
    ['#$ -cwd\n', 'sge'],
    ['#$HOME/bin/x -y\n', undefined],
    ['# nothing\n', undefined],
    ['', undefined],
  ] as const)
    it(`is ${expected ?? 'none'} for ${JSON.stringify(text)}`, () => {
      assert.equal(system(`#!/bin/sh\n${text}`), expected);
    });
});

describe('the catalogues', () => {
  for (const name of systems) {
    const { options: all } = catalogueOf(name);
    it(`takes its own examples and words as values: ${name}`, () => {
      for (const spec of all.values()) {
        const values = spec.takes === 'nothing' ? [''] : [...spec.examples, ...spec.words];
        for (const value of values) {
          const joint = dialects[name].syntax === 'getopt-long' ? (value === '' ? '' : '=') : ' ';
          const text = `#!/bin/sh\n${dialects[name].mark} ${spec.name}${joint}${value}\n`;
          const read = readBatchScript(
            name === 'pbspro' ? text.replace('\n#PBS', '\n#PBS -k oed -l select=1:ncpus=1\n#PBS') : text,
          );
          assert.equal(read.system, name, text);
          const errors = read.problems.filter(
            ({ severity, code }) => severity === 'error' && code !== 'command-line-option',
          );
          assert.deepEqual(errors, [], text);
        }
      }
    });
    it(`says what every option is for: ${name}`, () => {
      for (const { description, title, name: option } of all.values())
        assert.ok(description.length > 3 && title.length > 2, option);
    });
  }

  it('has every option of the manual pages', () => {
    assert.ok(catalogueOf('slurm').options.size >= 112);
    assert.ok(catalogueOf('sge').options.size >= 60);
    assert.ok(catalogueOf('lsf').options.size >= 90);
    for (const [letter, key] of [
      ['J', 'job-name'],
      ['t', 'time'],
      ['N', 'nodes'],
      ['x', 'exclude'],
    ] as const)
      assert.equal(catalogueOf('slurm').byLetter.get(letter)?.key, key);
  });
});

describe('any text', () => {
  const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch', 'found');
  const found = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const isInside = (text: string) => {
    const lines = text.split('\n');
    for (const { range, fix } of readBatchScript(text).problems)
      for (const one of [range, ...(fix?.edits ?? []).map((edit) => edit.range)])
        for (const { line, character } of [one.start, one.end]) {
          assert.ok(line >= 0 && line < lines.length, `line ${line} of ${lines.length}`);
          assert.ok(character >= 0 && character <= (lines[line]?.length ?? 0), JSON.stringify(one));
        }
  };

  it('is read without a throw, and every range is inside of it', () => {
    fc.assert(fc.property(fc.string(), isInside), { numRuns: 300 });
  });

  it('with marks, options and punctuation too', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...marks,
        '\n',
        '\r\n',
        ' ',
        '\t',
        '=',
        '"',
        "'",
        '\\',
        '#',
        ',',
        ':',
        '[',
        ']',
        '%',
        '-',
        '<<E',
      ),
      fc.constantFrom(
        '--time',
        '-l',
        'walltime=',
        '--array',
        '-J',
        '-t',
        '-W depend=',
        'nodes=1:ppn',
        '-pe',
        '$X',
        '9',
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        isInside(pieces.join(''));
      }),
      { numRuns: 1500 },
    );
  });

  it('also after any edit of a script', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...found),
        fc.nat(),
        fc.nat(12),
        fc.oneof(fc.constantFrom('\n', '#', '"', ',', '=', '#SBATCH -', '\r\n'), fc.string({ maxLength: 3 })),
        (text, place, length, inserted) => {
          const at = place % (text.length + 1);
          isInside(text.slice(0, at) + inserted + text.slice(at + length));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('gives the same problems every time, by place', () => {
    for (const text of found) {
      const { problems } = readBatchScript(text);
      assert.deepEqual(readBatchScript(text).problems, problems);
      const starts = problems.map(({ range }) => range.start.line * 1e6 + range.start.character);
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
      );
    }
  });
});
