import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readSweep } from '#core/sweep/read.ts';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { Completion } from '../../../server/src/language.ts';
import { analyse } from '../../../server/src/sweep-file/analysis.ts';
import { completion } from '../../../server/src/sweep-file/completion.ts';
import { casesOf } from '../sweep/golden.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'sweep');
const read = (folder: string) =>
  readdirSync(path.join(fixtures, folder)).map((file) =>
    readFileSync(path.join(fixtures, folder, file), 'utf8'),
  );
const published = read('published');
const texts = [...published, ...read('problems').flatMap((file) => casesOf(file).map(({ text }) => text))];

const head = 'program: train.py\nmethod: random\n';
const body = 'parameters:\n  lr: {min: 0.0, max: 1.0}\n';

interface Marked {
  readonly text: string;
  readonly offset: number;
}

/** The text without the `|` that marks the caret. */
function marked(text: string): Marked {
  const offset = text.indexOf('|');
  assert.ok(offset >= 0, 'the text has a | where the caret is');
  return { text: text.slice(0, offset) + text.slice(offset + 1), offset };
}

const completionsAt = ({ text, offset }: Marked, surroundings: Surroundings = {}): readonly Completion[] => {
  const analysis = analyse(text, surroundings);
  return completion(analysis, analysis.lines.position(offset));
};
const labels = (text: string, surroundings?: Surroundings) =>
  completionsAt(marked(text), surroundings).map(({ label }) => label);

/** The text with the completion in it; every tab stop is left at what it offers. */
function accept(text: string, { edit, snippet }: Completion): string {
  const { lines } = analyse(text, {});
  const newText = snippet
    ? edit.newText
        .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
        .replace(/(?<!\\)\$\{\d+:((?:[^{}\\]|\\.)*)\}/g, '$1')
        .replace(/(?<!\\)\$\d/g, '')
        .replace(/\\([\\$}])/g, '$1')
    : edit.newText;
  return text.slice(0, lines.offset(edit.range.start)) + newText + text.slice(lines.offset(edit.range.end));
}

function accepted(text: string, label: string, surroundings: Surroundings = {}): string {
  const at = marked(text);
  const found = completionsAt(at, surroundings).find((one) => one.label === label);
  assert.ok(found, `${label} is offered, not only ${labels(text, surroundings).join(', ')}`);
  return accept(at.text, found);
}

describe('completion of keys', () => {
  it('offers what a sweep may have and doesn’t have yet, what it needs first', () => {
    const found = labels('method: grid\n|');
    assert.deepEqual(found.slice(0, 2), ['program', 'parameters']);
    assert.ok(!found.includes('method'));
    assert.ok(found.includes('early_terminate'));
  });

  it('leaves the blank before a value, and opens what goes on below', () => {
    assert.equal(accepted('pro|', 'program'), 'program: ');
    assert.equal(accepted('|', 'metric'), 'metric:\n  name: loss\n  goal: minimize');
    assert.equal(accepted(`${head}|`, 'command').split('\n').at(-1), '  - ${args}');
  });

  it('knows the keys of the map that the caret is in', () => {
    assert.deepEqual(labels(`${head}metric:\n  name: loss\n  |\n${body}`), [
      'goal',
      'target',
      'impute',
      'impute_while_running',
    ]);
    assert.deepEqual(labels(`${head}metric: {name: loss, go|}\n${body}`), [
      'goal',
      'target',
      'impute',
      'impute_while_running',
    ]);
  });

  it('sees keys after the caret as well', () => {
    assert.ok(!labels(`me|\n${head}${body}`).includes('program'));
    assert.ok(!labels(`${head}metric:\n  |\n  goal: minimize\n`).includes('goal'));
  });

  it('replaces a key that is there by its name alone', () => {
    assert.equal(accepted('met|hod: grid\n', 'method'), 'method: grid\n');
    assert.equal(accepted('par|: 3\n', 'parameters'), 'parameters: 3\n');
  });

  it('puts the indentation right', () => {
    assert.equal(accepted(`metric:\n  name: loss\n   |\n`, 'goal'), `metric:\n  name: loss\n  goal: \n`);
    assert.equal(accepted(`method: grid\n    |`, 'metric').split('\n')[1], 'metric:');
    assert.equal(accepted(`metric:\n      name: loss\n      |`, 'goal').split('\n')[2], '      goal: ');
  });

  it('goes by the column of the caret on a blank line', () => {
    const text = (blank: string) => `metric:\n  name: loss\n${blank}|\nmethod: grid\n`;
    assert.ok(labels(text('')).includes('parameters'));
    assert.ok(labels(text('  ')).includes('goal'));
    assert.ok(!labels(text('  ')).includes('parameters'));
  });

  it('offers whole distributions in a definition, only while none of their keys is there', () => {
    const empty = labels(`${head}parameters:\n  lr:\n    |\n`);
    for (const name of ['values', 'min', 'distribution', 'log_uniform_values', 'q_uniform'])
      assert.ok(empty.includes(name), name);
    assert.ok(!empty.includes('log_uniform'), 'a deprecated one is not offered');
    assert.deepEqual(labels(`${head}parameters:\n  lr:\n    min: 0\n    |\n`), ['max', 'distribution']);
    assert.deepEqual(labels(`${head}parameters:\n  lr: {values: [1], |}\n`), [
      'probabilities',
      'distribution',
    ]);
  });

  it('gives a distribution that can be launched as it is', () => {
    for (const text of [
      `${head}parameters:\n  lr:\n    |\n`,
      `${head}parameters:\n  lr: {|}\n`,
      `${head}parameters:\n  lr: |\n`,
      `${head}parameters:\n  |\n`,
      `${head}parameters: {|}\n`,
      `${head}parameters:\n  opt:\n    parameters:\n      lr: {|}\n`,
    ]) {
      const at = marked(text);
      const snippets = completionsAt(at).filter(({ kind }) => kind === 'snippet');
      assert.ok(snippets.length >= 15, text);
      for (const snippet of snippets) {
        const result = accept(at.text, snippet);
        assert.deepEqual(readSweep(result).problems, [], result);
      }
    }
  });

  it('is silent in comments, texts and quotes', () => {
    for (const text of [
      '# me|',
      `${head}description: |-\n  me|`,
      'description: a me|',
      'name: "me|"',
      'a: *b|',
    ])
      assert.deepEqual(labels(text.replace('|-', '>-')), [], text);
  });

  it('works in a text that is no YAML yet', () => {
    assert.ok(labels(`${head}parameters:\n  a: {min: 0,\n  b:\n    |\n`).includes('values'));
    assert.deepEqual(labels(`${head}metric: {name: loss, |\n${body}`).slice(0, 2), ['goal', 'target']);
    assert.ok(labels(`${head}name: "open\nmetric:\n  |`).includes('goal'));
    assert.ok(labels(`\t${head}metric:\n\t|`).length > 0);
    assert.ok(labels('metrics:\n  - name: a\n    |').includes('goal'));
    assert.ok(labels('metrics:\n  - |').includes('name'));
  });
});

describe('completion of values', () => {
  it('offers the words that a key takes', () => {
    assert.deepEqual(labels('method: |'), ['grid', 'random', 'bayes', 'custom']);
    assert.equal(accepted('method:|', 'grid'), 'method: grid');
    assert.equal(accepted('method: gr|ids\n', 'grid'), 'method: grid\n');
    assert.deepEqual(labels('metric:\n  goal: m|'), ['minimize', 'maximize']);
    assert.deepEqual(labels('early_terminate: {type: |}'), ['hyperband']);
    assert.deepEqual(labels('early_terminate:\n  strict: |'), ['true', 'false']);
  });

  it('writes the word false as a text where it is one', () => {
    assert.equal(
      accepted('metric: {impute_while_running: |}', 'false'),
      'metric: {impute_while_running: "false"}',
    );
  });

  it('offers the distributions where nothing else is said of the parameter yet', () => {
    for (const text of [
      '  a:\n    distribution: |\n',
      '  a:\n    distribution: uni|\n',
      '  a: {distribution: |}\n',
    ])
      assert.ok(labels(`parameters:\n${text}`).includes('log_uniform_values'), text);
  });

  it('begins a map on the next line, of whichever form it will be', () => {
    assert.equal(accepted('sched|\n', 'scheduler'), 'scheduler:\n  \n');
  });

  it('offers the distributions that fit the other keys first', () => {
    const found = labels(`parameters:\n  a:\n    distribution: |\n    mu: 0\n    sigma: 1\n    q: 1\n`);
    assert.deepEqual(found.slice(0, 2).sort(), ['q_log_normal', 'q_normal']);
    assert.equal(found.length, 18);
  });

  it('offers queues, and metrics that earlier runs of the program reported', () => {
    assert.deepEqual(labels('launch:\n  queue: |', { queues: ['local', 'slurm'] }), ['local', 'slurm']);
    const surroundings: Surroundings = {
      metricNames: (program) => (program === 'train.py' ? ['loss', 'val/acc'] : undefined),
    };
    assert.deepEqual(labels('program: train.py\nmetric: {name: |}', surroundings), ['loss', 'val/acc']);
    assert.deepEqual(labels('program: other.py\nmetric: {name: |}', surroundings), []);
  });

  it('offers programs near the file for the program and for jobs', () => {
    const surroundings: Surroundings = { nearbyPrograms: () => ['train.py', 'jobs/decide.py', 'a b.py'] };
    const programs = ['train.py', 'jobs/decide.py', 'a b.py'];
    assert.deepEqual(labels('program: |', surroundings), programs);
    assert.deepEqual(labels('job: |', surroundings), programs);
    assert.deepEqual(labels('scheduler:\n  job: |', surroundings), programs);
    assert.deepEqual(labels('scheduler: {source: |}', surroundings), programs);
    assert.deepEqual(labels('parameters:\n  program: {value: |}', surroundings), []);
    assert.deepEqual(labels('program: |'), []);
  });

  it('keeps the quotes that are there', () => {
    assert.equal(accepted('method: "g|"\n', 'grid'), 'method: "grid"\n');
  });
});

describe('completion in commands', () => {
  const parameters = 'parameters:\n  lr: {value: 1}\n  opt: {parameters: {wd: {value: 1}}}\n';

  it('offers macros and parameters', () => {
    const found = labels(`command:\n  - |\n${parameters}`);
    assert.deepEqual(found.slice(0, 4), ['${env}', '${interpreter}', '${program}', '${args}']);
    for (const name of ['${lr}', '${opt}', '${opt.wd}', '${envvar:HOME}'])
      assert.ok(found.includes(name), name);
  });

  it('replaces what is typed of the macro, its closing bracket included', () => {
    assert.equal(accepted('command:\n  - ${ar|}\n', '${args}'), 'command:\n  - ${args}\n');
    assert.equal(accepted('command:\n  - $|\n', '${args}'), 'command:\n  - ${args}\n');
    assert.equal(
      accepted(`command: ["--lr=\${|"]\n${parameters}`, '${lr}'),
      `command: ["--lr=\${lr}"]\n${parameters}`,
    );
  });

  it('offers no macro of several arguments inside of a longer item', () => {
    const found = labels(`command:\n  - --x=$|\n${parameters}`);
    assert.ok(!found.includes('${args}') && found.includes('${lr}') && found.includes('${run_id}'));
  });

  it('puts an item in brackets into quotes', () => {
    assert.equal(accepted('command: [python, |]\n', '${program}'), 'command: [python, "${program}"]\n');
  });

  it('puts the dash before an item on a line of its own', () => {
    assert.equal(accepted('command:\n  - a\n  |\n', '${args}'), 'command:\n  - a\n  - ${args}\n');
    assert.equal(accepted('command:\n  |\n  - a\n', '${env}'), 'command:\n  - ${env}\n  - a\n');
  });

  it('leaves words and literal dollars alone', () => {
    assert.deepEqual(labels('command:\n  - pyt|'), []);
    assert.deepEqual(labels('command:\n  - $${HO|'), []);
  });
});

describe('completion anywhere', () => {
  it('never throws, at any caret of any fixture', () => {
    for (const text of texts) {
      const analysis = analyse(text, {});
      for (let offset = 0; offset <= text.length; offset++)
        completion(analysis, analysis.lines.position(offset));
    }
  });

  it('covers the caret with its edit, on one line', () => {
    for (const text of texts) {
      const analysis = analyse(text, {});
      for (let offset = 0; offset <= text.length; offset += 3) {
        const position = analysis.lines.position(offset);
        for (const { edit } of completion(analysis, position)) {
          assert.equal(edit.range.start.line, position.line);
          assert.equal(edit.range.end.line, position.line);
          assert.ok(edit.range.start.character <= position.character);
          assert.ok(edit.range.end.character >= position.character);
        }
      }
    }
  });

  it('never makes a key stand twice, and keeps YAML readable, on a new line in any column of a published file', () => {
    for (const text of published) {
      // nothing can stand before a directive or after the end of the document
      if (/\r|^(?:%|---|\.\.\.)/m.test(text) || readSweep(text).document.broken) continue;
      const lines = text.split('\n');
      for (const [index] of lines.entries()) {
        for (const column of [0, 2, 4, 6]) {
          const changed = [...lines.slice(0, index), ' '.repeat(column), ...lines.slice(index)].join('\n');
          const offset = lines.slice(0, index).join('\n').length + (index > 0 ? 1 : 0) + column;
          const keys = completionsAt({ text: changed, offset }).filter(({ kind }) => kind === 'key');
          for (const key of keys.slice(0, 1).concat(keys.slice(-1))) {
            const result = accept(changed, key);
            const codes = readSweep(result).problems.map(({ code }) => code);
            assert.ok(!codes.includes('duplicate-key'), `${key.label} in:\n${result}`);
            assert.ok(!codes.includes('yaml-syntax'), `${key.label} in:\n${result}`);
          }
        }
      }
    }
  });

  it('never throws and never offers a key twice after any edits', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      ':',
      ': ',
      ',',
      '- ',
      '\n',
      '\n  ',
      '#',
      '|\n',
      '$',
      '${',
      'a',
      'é🙂',
      '\t',
      '\r\n',
      '&x ',
      '*x',
      '<<: ',
      '__proto__: ',
      'constructor',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.nat(8), fragment), { maxLength: 6 }),
        fc.nat(),
        (original, edits, at) => {
          let text = original;
          for (const [where, removed, inserted] of edits) {
            const start = where % (text.length + 1);
            text = text.slice(0, start) + inserted + text.slice(start + removed);
          }
          const analysis = analyse(text, {});
          const found = completion(analysis, analysis.lines.position(at % (text.length + 1)));
          const keys = found.flatMap(({ label, kind }) => (kind === 'key' ? [label] : []));
          assert.equal(new Set(keys).size, keys.length);
        },
      ),
      { numRuns: 400 },
    );
  });
});
