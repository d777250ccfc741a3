import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bandsFromMaxIter, bandsFromMinIter } from '#core/sweep/hyperband.ts';
import { notYetRunnable } from '#core/sweep/not-yet-runnable.ts';
import { readSweep } from '#core/sweep/read.ts';
import type { Sweep } from '#core/sweep/sweep.ts';
import { nearest } from '#core/sweep/spelling.ts';
import { Float } from '#core/value.ts';
import { casesOf } from './golden.ts';

function sweepOf(text: string): Sweep {
  const { sweep, problems } = readSweep(text);
  assert.ok(sweep, JSON.stringify(problems));
  return sweep;
}

describe('a sweep read from its file', () => {
  it('has its parameters flattened, names in order at each level', () => {
    const { parameters } = sweepOf(
      'program: a.py\nmethod: random\nparameters:\n  z: {value: 1}\n  b: {parameters: {y: {value: 2}, x: {value: 3}}}\n  B: {value: 4}\n',
    );
    assert.deepEqual(
      parameters.map((one) => one.path),
      [['B'], ['b', 'x'], ['b', 'y'], ['z']],
    );
  });

  it('keeps ints and floats apart', () => {
    const { parameters } = sweepOf(
      'program: a.py\nmethod: random\nparameters:\n  a: {values: [1, 1.0, 1.5, 12345678901234567890, !!float 2, .inf, 0x10, "1"]}\n',
    );
    assert.deepEqual(parameters[0]?.distribution, {
      distribution: 'categorical',
      values: [1, new Float(1), 1.5, 12345678901234567890n, new Float(2), new Float(Infinity), 16, '1'],
    });
  });

  it('infers the distribution from the keys', () => {
    const { parameters } = sweepOf(
      [
        'program: a.py',
        'method: random',
        'parameters:',
        '  a: {min: 1, max: 2}',
        '  b: {min: 1, max: 2.0}',
        '  c: {value: null}',
        '  d: {values: [1]}',
        '  e: {values: [1, 2], probabilities: [1, 0]}',
        '  f: {distribution: uniform, min: 1, max: 2}',
        '  g: {distribution: q_uniform, min: 1, max: 2}',
        '  h: {distribution: q_uniform, min: 1, max: 9, q: 2}',
        '  i: {distribution: normal}',
        '  j: {distribution: q_beta}',
      ].join('\n'),
    );
    assert.deepEqual(
      parameters.map((one) => one.distribution),
      [
        { distribution: 'int_uniform', min: 1, max: 2 },
        { distribution: 'uniform', min: 1, max: 2 },
        { distribution: 'constant', value: null },
        { distribution: 'categorical', values: [1] },
        { distribution: 'categorical_w_probabilities', values: [1, 2], probabilities: [1, 0] },
        { distribution: 'uniform', min: 1, max: 2 },
        { distribution: 'q_uniform', min: 1, max: 2, q: 1, integral: false, allIntegral: false },
        { distribution: 'q_uniform', min: 1, max: 9, q: 2, integral: true, allIntegral: true },
        { distribution: 'normal', mu: 0, sigma: 1 },
        { distribution: 'q_beta', a: 1, b: 1, q: 1, integral: false },
      ],
    );
  });

  it('has metric, early termination, launch and scheduler with their defaults', () => {
    const sweep = sweepOf(
      [
        'name: n',
        'program: a.py',
        'method: random',
        'run_cap: 7',
        'metric: {name: loss, goal: maximise, target: 1}',
        'early_terminate: {type: hyperband, max_iter: 27, s: 2}',
        'launch: {queue: q, resource_args: {gpus: 1.0}}',
        'scheduler: {num_workers: 3}',
        'parameters: {a: {value: 1}}',
      ].join('\n'),
    );
    assert.deepEqual(sweep.metric, {
      name: 'loss',
      goal: 'maximize',
      target: 1,
      impute: 'worst',
      imputeWhileRunning: 'false',
    });
    assert.deepEqual(sweep.earlyTerminate, {
      type: 'hyperband',
      maxIter: 27,
      s: 2,
      eta: 3,
      strict: true,
      bands: [3, 9],
    });
    assert.deepEqual(sweep.launch, { queue: 'q', resourceArgs: { gpus: 1 } });
    assert.deepEqual(sweep.scheduler, { form: 'launch', numWorkers: 3 });
    assert.equal(sweep.runCap, 7);
    assert.equal(sweep.name, 'n');
  });

  it('takes the method that a scheduler job is given', () => {
    const head = 'job: a/b/job-c:latest\nparameters: {a: {min: 1, max: 2}}\n';
    assert.equal(sweepOf(`${head}scheduler: {job: x}\n`).method, 'custom');
    assert.equal(
      sweepOf(`${head}method: custom\nscheduler: {job: x, settings: {method: grid}}\n`).method,
      'grid',
    );
  });

  it('has the default command when there is none', () => {
    const { command } = sweepOf('program: a.py\nmethod: random\nparameters: {a: {value: 1}}\n');
    assert.deepEqual(
      command.map(({ parts }) => parts.map((part) => (part.kind === 'macro' ? part.name : part.text))),
      [['env'], ['interpreter'], ['program'], ['args']],
    );
  });

  it('marks a macro exactly, behind escapes and a byte order mark too', () => {
    for (const start of ['', '\uFEFF']) {
      const text = `${start}program: a.py\nmethod: random\ncommand: [python, '--x=\${a}']\nparameters: {a: {value: 1}}\n`;
      const part = sweepOf(text).command[1]?.parts[1];
      assert.ok(part?.kind === 'macro');
      assert.deepEqual(part.range, { start: { line: 2, character: 23 }, end: { line: 2, character: 27 } });
    }
  });

  it('follows merge keys: own entries win, then the earlier map', () => {
    const { parameters } = sweepOf(
      'program: a.py\nmethod: random\nparameters:\n  a: &a {distribution: uniform, min: 1, max: 2}\n  b: &b {min: 0, max: 5}\n  c: {<<: [*a, *b], max: 9}\n',
    );
    assert.deepEqual(parameters[2]?.distribution, { distribution: 'uniform', min: 1, max: 9 });
  });

  it('keeps a key named __proto__ as a key', () => {
    const { parameters } = sweepOf(
      'program: a.py\nmethod: random\nparameters:\n  a: {value: {__proto__: 1}}\n',
    );
    const distribution = parameters[0]?.distribution;
    assert.ok(distribution?.distribution === 'constant');
    assert.deepEqual(Object.keys(distribution.value as object), ['__proto__']);
  });
});

describe('what launching adds', () => {
  const codes = (text: string) => {
    const { sweep, document } = readSweep(text);
    assert.ok(sweep);
    return notYetRunnable(sweep, document).map(({ code, severity }) => `${severity} ${code}`);
  };
  const head = 'program: a.py\nmetric: {name: loss}\nparameters: {a: {min: 0, max: 1}}\n';

  it('is nothing for grid and random', () => {
    assert.deepEqual(codes(`${head}method: grid\n`), []);
    assert.deepEqual(codes(`${head}method: random\n`), []);
  });

  it('names what this version can not do', () => {
    assert.deepEqual(codes(`${head}method: bayes\n`), ['error method-not-available']);
    assert.deepEqual(codes(`${head}scheduler: {job: x}\n`), ['error scheduler-job-not-available']);
    assert.deepEqual(codes(`${head}method: random\nearly_terminate: {type: hyperband, min_iter: 1}\n`), [
      'warning early-terminate-not-applied',
    ]);
  });
});

describe('the tree', () => {
  const { document } = readSweep(
    'program: a.py\nmethod: random\nparameters:\n  a: &a {values: [1, 22]}\n  b: *a\n',
  );

  it('finds what stands at a position', () => {
    const steps = (offset: number) =>
      document
        .stepsTo(offset)
        .map((step) => (step.kind === 'item' ? step.index : `${step.entry.name}:${step.on}`));
    assert.deepEqual(steps(document.text.indexOf('22') + 1), [
      'parameters:value',
      'a:value',
      'values:value',
      1,
    ]);
    assert.deepEqual(steps(document.text.indexOf('method') + 2), ['method:key']);
    assert.deepEqual(steps(document.text.indexOf('*a')), ['parameters:value', 'b:value']);
  });

  it('finds what stands at a path, through aliases', () => {
    const node = document.at(['parameters', 'b', 'values', 1]);
    assert.ok(node);
    assert.equal(document.value(node), 22);
    assert.equal(document.at(['parameters', 'c']), undefined);
  });
});

describe('hyperband bands', () => {
  it('are what W&B computes', () => {
    assert.deepEqual(bandsFromMaxIter(27, 2, 3), [3, 9]);
    assert.deepEqual(bandsFromMaxIter(81, 3, 3), [3, 9, 27]);
    assert.deepEqual(bandsFromMaxIter(81, 4, 3), [1, 3, 9, 27]);
    assert.deepEqual(bandsFromMaxIter(10, 3, 2), [1, 2, 5]);
    assert.deepEqual(bandsFromMaxIter(18, 2, 3), [2, 6]);
    assert.deepEqual(bandsFromMaxIter(5, 2, 2), [1, 2]);
    assert.deepEqual(bandsFromMaxIter(2, 1, 3), []);
    assert.deepEqual(bandsFromMinIter(3, 3).slice(0, 4), [3, 9, 27, 81]);
    assert.deepEqual(bandsFromMinIter(30, 1.5).slice(0, 6), [30, 45, 67, 101, 151, 227]);
  });
});

describe('suggestions', () => {
  const words: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ['grids', ['grid', 'random', 'bayes', 'custom'], 'grid'],
    ['Random', ['grid', 'random'], 'random'],
    ['mn', ['min', 'max'], 'min'],
    ['args_josn', ['args', 'args_json', 'args_json_file'], 'args_json'],
    ['param', ['program', 'parameters'], 'parameters'],
    ['early-terminate', ['early_terminate'], 'early_terminate'],
    ['x', ['a', 'b'], undefined],
    ['colour', ['name', 'method'], undefined],
  ];
  for (const [word, allowed, expected] of words) {
    it(`${word} -> ${expected ?? 'nothing'}`, () => assert.equal(nearest(word, allowed), expected));
  }
});

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'sweep');
const texts = [
  ...readdirSync(path.join(fixtures, 'published')).map((file) =>
    readFileSync(path.join(fixtures, 'published', file), 'utf8'),
  ),
  ...readdirSync(path.join(fixtures, 'problems')).flatMap((file) =>
    casesOf(readFileSync(path.join(fixtures, 'problems', file), 'utf8')).map((one) => one.text),
  ),
];

/** Never throws; ranges lie inside the text; a sweep exactly when there is no error. */
function checkReading(text: string): void {
  const { sweep, problems, document } = readSweep(text);
  assert.equal(
    sweep === undefined,
    problems.some(({ severity }) => severity === 'error'),
  );
  const lines = text.split(/\r\n|\r|\n/);
  for (const { range, fix, related } of problems) {
    for (const { start, end } of [
      range,
      ...(fix?.edits ?? []).map((edit) => edit.range),
      ...(related ?? []).map((one) => one.range),
    ]) {
      assert.ok(start.line < end.line || (start.line === end.line && start.character <= end.character));
      for (const { line, character } of [start, end]) {
        assert.ok(line >= 0 && line < lines.length, `line ${line}`);
        assert.ok(
          character >= 0 && character <= (lines[line]?.length ?? -1),
          `character ${character} of line ${line}`,
        );
      }
    }
  }
  document.stepsTo(Math.floor(text.length / 2));
}

describe('any text', () => {
  it('never loses an error behind a warning on its line', () => {
    checkReading('[!!str!!str');
  });

  it('is read without throwing, with ranges inside it', () => {
    const bits = fc.constantFrom(
      ...[
        'program',
        'method',
        'parameters',
        'grid',
        'values',
        'min',
        'max',
        'a',
        '1',
        '1e-5',
        '"',
        "'",
        '&a',
        '*a',
        '<<',
        '!!str',
      ],
      ...[
        ': ',
        ':',
        ' ',
        '  ',
        '\n',
        '\r\n',
        '\r',
        '\t',
        '- ',
        '[',
        ']',
        '{',
        '}',
        ', ',
        '#',
        '|',
        '>',
        '?',
        '---',
        '\uFEFF',
        '${',
        '\0',
        '😀',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(bits, { maxLength: 60 }).map((parts) => parts.join('')),
        ),
        checkReading,
      ),
      { numRuns: 1500 },
    );
  });

  it('so is every fixture after random edits', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.integer({ min: 0, max: 12 }),
      insert: fc.constantFrom(
        '',
        ' ',
        '\n',
        ':',
        '- ',
        '[',
        '}',
        '"',
        '*a',
        '&a ',
        '\t',
        '${',
        '#',
        '1e5',
        'null',
        '<<: *a',
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (text, edits) => {
          let edited = text;
          for (const { at, remove, insert } of edits) {
            const offset = Math.floor(at * edited.length);
            edited = edited.slice(0, offset) + insert + edited.slice(offset + remove);
          }
          checkReading(edited);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
