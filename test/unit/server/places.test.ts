import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Surroundings } from '#core/sweep/surroundings.ts';
import type { DocumentSymbol } from '../../../server/src/language.ts';
import { analyse } from '../../../server/src/sweep-file/analysis.ts';
import { inlayHints } from '../../../server/src/sweep-file/inlay-hints.ts';
import { definition, links } from '../../../server/src/sweep-file/links.ts';
import { symbols } from '../../../server/src/sweep-file/symbols.ts';

const published = path.join(import.meta.dirname, '..', '..', 'fixtures', 'sweep', 'published');
const texts = readdirSync(published).map((file) => readFileSync(path.join(published, file), 'utf8'));
const here: Surroundings = { findProgram: (file) => (file === 'gone.py' ? 'missing' : { folder: '/work' }) };

type Tree = readonly (string | readonly [string, Tree])[];
const tree = (list: readonly DocumentSymbol[]): Tree =>
  list.map(({ name, children }) => (children.length === 0 ? name : [name, tree(children)]));

const hints = (text: string): string[] => {
  const lines = text.split('\n');
  return inlayHints(analyse(text, {}), {
    start: { line: 0, character: 0 },
    end: { line: lines.length, character: 0 },
  }).map(({ position, text: words }) => {
    assert.equal(position.character, lines[position.line]?.length);
    return `${(lines[position.line] ?? '').trim()} » ${words}`;
  });
};

describe('the outline of a sweep file', () => {
  const text =
    'program: train.py\nmethod: grid\nparameters:\n  lr: {values: [1]}\n  opt:\n    parameters:\n      wd:\n        value: 1\n';

  it('has the keys and the tree of parameters', () => {
    assert.deepEqual(tree(symbols(analyse(text, {}))), [
      'program',
      'method',
      ['parameters', ['lr', ['opt', ['wd']]]],
    ]);
  });

  it('stays while the text is no YAML', () => {
    assert.deepEqual(tree(symbols(analyse(`${text}metric: {name: [\n`, {}))).slice(0, 2), [
      'program',
      'method',
    ]);
  });

  it('keeps every name within its entry, and entries within each other', () => {
    const offsetOf = (analysis: ReturnType<typeof analyse>, position: DocumentSymbol['range']['start']) =>
      analysis.lines.offset(position);
    for (const one of texts) {
      const analysis = analyse(one, {});
      const check = (list: readonly DocumentSymbol[], start: number, end: number): void => {
        for (const { range, selection, children } of list) {
          const [from, to] = [offsetOf(analysis, range.start), offsetOf(analysis, range.end)];
          assert.ok(start <= from && to <= end, one);
          assert.ok(from <= offsetOf(analysis, selection.start) && offsetOf(analysis, selection.end) <= to);
          check(children, from, to);
        }
      };
      check(symbols(analysis), 0, one.length);
    }
  });

  it('is cut where nobody would scroll', () => {
    const many = Array.from({ length: 6000 }, (_, index) => `  p${index}: {value: 1}\n`).join('');
    const [, parameters] = symbols(analyse(`method: grid\nparameters:\n${many}`, {}));
    assert.equal(parameters?.children.length, 4998);
  });
});

describe('links and definitions', () => {
  it('lead to the program, and to jobs that are paths', () => {
    const text =
      'program: train.py\njob: me/mine/job-x:latest\nscheduler: {job: tools/ask.py}\nparameters: {a: {value: 1}}\n';
    assert.deepEqual(
      links(analyse(text, here)).map(({ file, folder }) => [folder, file]),
      [
        ['/work', 'train.py'],
        ['/work', 'tools/ask.py'],
      ],
    );
    assert.deepEqual(links(analyse('program: gone.py\n', here)), []);
    assert.deepEqual(links(analyse('program: train.py\n', {})), []);
  });

  it('go from a macro to its parameter, from an alias to its anchor, from the program to the file', () => {
    const text =
      'program: train.py\nmethod: random\ncommand: ["${program}", "--x=${opt.lr}"]\nparameters:\n  opt: {parameters: {lr: &a {value: 1}}}\n  wd: *a\n';
    const analysis = analyse(text, here);
    const at = (needle: string) => definition(analysis, analysis.lines.position(text.indexOf(needle) + 1));
    const line = (needle: string) => {
      const found = at(needle);
      return found?.kind === 'place' ? found.range.start : found?.kind;
    };
    assert.deepEqual(line('${opt.lr}'), { line: 4, character: 21 });
    assert.deepEqual(line('${program}'), { line: 0, character: 0 });
    assert.deepEqual(line('*a'), { line: 4, character: text.split('\n')[4]?.indexOf('{value') });
    assert.equal(line('train.py'), 'file');
    assert.equal(line('random'), undefined);
  });

  it('are nowhere and never throw, at any place of any file', () => {
    for (const text of texts) {
      const analysis = analyse(text, here);
      for (let offset = 0; offset <= text.length; offset += 2)
        definition(analysis, analysis.lines.position(offset));
    }
  });
});

describe('inlay hints', () => {
  it('count the values of each parameter and the jobs of a grid', () => {
    assert.deepEqual(
      hints(
        'program: a.py\nmethod: grid\nparameters:\n  a: {values: [1, 2, 3]} # three\n  b:\n    # a range\n    min: 1\n    max: 1000000\n  c: {value: 1}\n',
      ),
      [
        'parameters: » = 3,000,000 jobs',
        'a: {values: [1, 2, 3]} # three » 3 values',
        'b: » 1,000,000 values',
      ],
    );
  });

  it('are exact for grids that nobody could list', () => {
    const rows = Array.from({ length: 6 }, (_, index) => `  p${index}: {min: 1, max: 1000}\n`).join('');
    assert.match(
      hints(`program: a.py\nmethod: grid\nrun_cap: 50\nparameters:\n${rows}`)[0] ?? '',
      /= 1,000,000,000,000,000,000 jobs, 50 of them run$/,
    );
  });

  it('list the bands', () => {
    assert.deepEqual(
      hints(
        'program: a.py\nmethod: random\nmetric: {name: loss}\nearly_terminate:\n  type: hyperband\n  min_iter: 3\nparameters: {a: {min: 0.0, max: 1.0}}\n',
      ),
      ['early_terminate: » bands 3, 9, 27, 81, 243, 729, …'],
    );
  });

  it('are absent while the file has errors', () => {
    assert.deepEqual(hints('program: a.py\nmethod: grids\nparameters: {a: {values: [1, 2]}}\n'), []);
  });
});
