import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Float } from '#core/value.ts';
import { formatArgv } from '../../../client/src/cli/format/argv.ts';
import { painter } from '../../../client/src/cli/format/colour.ts';
import { formatDuration } from '../../../client/src/cli/format/duration.ts';
import { countProblems, formatProblem } from '../../../client/src/cli/format/problems.ts';
import { printable, shorten, widthOf } from '../../../client/src/cli/format/printable.ts';
import { formatTable } from '../../../client/src/cli/format/table.ts';
import { formatMetric, formatParameters, formatValue } from '../../../client/src/cli/format/values.ts';
import { execFileSync } from 'node:child_process';

const plain = painter(false);

describe('a duration', () => {
  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const HOUR = 60 * MINUTE;
  const cases: readonly (readonly [number, string])[] = [
    [-5, '0.0 s'],
    [0, '0.0 s'],
    [449, '0.4 s'],
    [9_999, '9.9 s'],
    [10_000, '10 s'],
    [59_999, '59 s'],
    [MINUTE, '1 min 00 s'],
    [3 * MINUTE + 20 * SECOND, '3 min 20 s'],
    [HOUR - 1, '59 min 59 s'],
    [2 * HOUR + 5 * MINUTE, '2 h 05 min'],
    [24 * HOUR, '1 d 0 h'],
    [76 * HOUR, '3 d 4 h'],
  ];
  for (const [milliseconds, text] of cases) {
    it(`of ${milliseconds} ms reads ${text}`, () => assert.equal(formatDuration(milliseconds), text));
  }
});

describe('text from outside', () => {
  it('never carries a control character to the terminal', () => {
    assert.equal(printable('a\u001B[31mb\nc\td\u202Ee'), 'a\\u001b[31mb\\nc\\td\\u202ee');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(printable(text), /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });

  it('is shortened by characters, not by halves of them', () => {
    assert.equal(shorten('abcdef', 6), 'abcdef');
    assert.equal(shorten('abcdefg', 6), 'abcde…');
    assert.equal(shorten('😀😀😀', 3), '😀😀😀');
    assert.equal(shorten('😀😀😀😀', 3), '😀😀…');
    assert.equal(widthOf(shorten('x'.repeat(1_000_000), 40)), 40);
  });
});

describe('a table', () => {
  it('aligns columns by what is seen, not by styles', () => {
    const red = painter(true);
    assert.deepEqual(
      formatTable(
        [{ title: 'N', align: 'right' }, { title: 'WHAT' }, { title: 'MORE' }],
        [
          ['1', red('red', 'one'), 'x'],
          ['10', 'eleven', ''],
        ],
      ),
      [' N  WHAT    MORE', ` 1  ${red('red', 'one')}     x`, '10  eleven'],
    );
  });
});

describe('values', () => {
  it('show nested parameters by dotted names and keep the kind of a number', () => {
    const parameters = {
      lr: new Float(1),
      n: 3,
      opt: { beta: 0.5, name: 'adam w' },
      empty: {},
      big: 2n ** 60n,
      on: true,
    };
    assert.equal(
      formatParameters(parameters),
      'lr=1.0 n=3 opt.beta=0.5 opt.name="adam w" empty={} big=1152921504606846976 on=true',
    );
  });

  it('stay on one line and short', () => {
    assert.equal(formatValue('two\nlines'), '"two\\nlines"');
    assert.equal(widthOf(formatValue('long '.repeat(1000))), 40);
  });

  it('show metrics with six digits', () => {
    assert.equal(formatMetric(0.1 + 0.2), '0.3');
    assert.equal(formatMetric(123456789), '123457000');
    assert.equal(formatMetric(1e-9), '1e-9');
    assert.equal(formatMetric('NaN'), 'NaN');
  });
});

describe('a command line for reading', () => {
  it('quotes what a shell would read otherwise', () => {
    assert.equal(
      formatArgv(['python', 'a b.py', '--x=1', "it's", '', '~'], 'linux'),
      "python 'a b.py' --x=1 'it'\\''s' '' '~'",
    );
    assert.equal(
      formatArgv(['python', 'a b.py', 'say "hi"\\', ''], 'win32'),
      'python "a b.py" "say \\"hi\\"\\\\" ""',
    );
  });

  it('reads back as the same words in a shell', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('\u2028', "\u0001'", '\n\\'),
    );
    const words = fc.array(word, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(words, (argv) => {
        // $'…', for what can't be shown, is read by bash and zsh
        const printed = execFileSync('bash', ['-c', `printf '%s\\0' ${formatArgv(argv, 'linux')}`], {
          encoding: 'utf8',
          env: { ...process.env, LC_ALL: 'C.UTF-8' },
        });
        assert.deepEqual(printed.split('\0').slice(0, -1), argv);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a problem', () => {
  const problem = (line: number, start: number, end: number) =>
    ({
      code: 'unknown-method',
      severity: 'error',
      message: "Unknown method 'grids'.",
      range: { start: { line, character: start }, end: { line, character: end } },
    }) as const;

  it('is shown with its place, counted from 1, and the text underlined', () => {
    assert.deepEqual(formatProblem('a.yaml', 'program: x\nmethod: grids\n', problem(1, 8, 13), plain), [
      "a.yaml:2:9: error: Unknown method 'grids'. [unknown-method]",
      '    method: grids',
      '            ^^^^^',
    ]);
  });

  it('of an empty place, of a place outside the text and of a very long line is shown all the same', () => {
    assert.deepEqual(formatProblem('a.yaml', '', problem(0, 0, 0), plain).length, 1);
    assert.deepEqual(formatProblem('a.yaml', 'x', problem(7, 0, 0), plain).length, 1);
    const [, text = '', marks = ''] = formatProblem(
      'a.yaml',
      `${'y'.repeat(500)}HERE${'z'.repeat(500)}`,
      problem(0, 500, 504),
      plain,
    );
    assert.equal(text.indexOf('HERE'), marks.indexOf('^^^^'));
    assert.ok(text.length <= 104);
  });

  it('is counted by severity', () => {
    assert.equal(countProblems([]), 'no problems');
    assert.equal(
      countProblems([problem(0, 0, 1), problem(0, 0, 1), { ...problem(0, 0, 1), severity: 'warning' }]),
      '2 errors, 1 warning',
    );
  });
});
