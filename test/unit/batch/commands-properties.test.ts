import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { jobAt } from '#core/batch/commands/jobs.ts';
import { tokenize } from '#core/batch/commands/lexer.ts';
import { quoteArgument } from '#core/batch/commands/quote.ts';
import { blockers, readMultirunScript } from '#core/batch/commands/read.ts';
import { fieldsOf, noVariables } from '#core/batch/commands/words.ts';
import { codeLenses } from '../../../server/src/batch-script/code-lenses.ts';
import { analyse } from '../../../server/src/batch-script/analysis.ts';
import { codeActions } from '../../../server/src/batch-script/code-actions.ts';
import { completion } from '../../../server/src/batch-script/completion.ts';
import { hover } from '../../../server/src/batch-script/hover.ts';
import { ProgramsOnDisk } from '../../../server/src/programs.ts';
import { FilesOnDisk, surroundingsOf } from '../../../server/src/surroundings.ts';
import { casesOf } from './golden.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch');
const programs = path.join(fixtures, 'commands', 'program');
const surroundings = surroundingsOf(
  pathToFileURL(path.join(programs, 'script.sh')).href,
  [pathToFileURL(programs).href],
  new FilesOnDisk(),
  { programs: new ProgramsOnDisk() },
);
const texts = readdirSync(path.join(fixtures, 'commands', 'cases'))
  .flatMap((file) => casesOf(readFileSync(path.join(fixtures, 'commands', 'cases', file), 'utf8')))
  .map(({ text }) => text);

/** Pieces that scripts are made of, and that trip readers up. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'python main.py ',
      'lr=1,2 ',
      'seed=range(3) ',
      'x=$A,$B ',
      '${s}',
      '$s',
      '"',
      "'",
      '\\',
      '\n',
      '\r\n',
      ';',
      '&',
      '|',
      ' && ',
    ],
    ...[
      'for s in 1 2; do\n',
      'done\n',
      'if x; then\n',
      'fi\n',
      '(',
      ')',
      '{ ',
      '}',
      '<<EOF\n',
      'EOF\n',
      '`',
      '$(',
      '#',
      '~a',
      '-m ',
      '=',
      ',',
    ],
    ...[
      'case x in\n',
      'esac\n',
      'a) ',
      ';;',
      '#SBATCH -t 10\n',
      'srun -n 2 ',
      'f() ',
      '[',
      ']',
      '((',
      '))',
      '> x ',
      '{1..3}',
      'ä😀',
      '\0',
    ],
  ),
  fc.string({ maxLength: 4 }),
);
const scripts = fc
  .array(piece, { maxLength: 30 })
  .map((pieces) => `#!/bin/sh\n#SBATCH -t 10\n${pieces.join('')}`);
const edited = fc
  .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(6), piece)
  .map(
    ([text, at, cut, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut),
  );

function checkRanges(text: string): void {
  const lines = text.split('\n');
  const analysis = analyse(text, surroundings);
  const { script } = analysis.commands;
  for (const { range, fix, related = [] } of [...analysis.commands.problems(), ...(script?.refusals ?? [])]) {
    for (const one of [
      range,
      ...related.map((more) => more.range),
      ...(fix?.edits ?? []).map((edit) => edit.range),
    ]) {
      for (const { line, character } of [one.start, one.end]) {
        assert.ok(line < lines.length && character <= (lines[line] ?? '').length, JSON.stringify(one));
      }
      assert.ok(one.start.line < one.end.line || one.start.character <= one.end.character);
    }
  }
}

describe('any text', () => {
  it('is read without throwing, with ranges inside of it', () => {
    fc.assert(fc.property(fc.oneof(scripts, edited), checkRanges), { numRuns: 600 });
  });

  it('has as many jobs as it says, and each is another one', () => {
    fc.assert(
      fc.property(fc.oneof(scripts, edited), (text) => {
        const script = readMultirunScript(text);
        const count = Number(script.count < 60n ? script.count : 60n);
        const lines = Array.from({ length: count }, (_, index) => jobAt(script, BigInt(index)));
        for (const { commandLine, overrides, command } of lines) {
          assert.ok(!commandLine.endsWith('\n'));
          assert.equal(overrides.length, script.commands[command]?.arguments.axes.length);
        }
        assert.throws(() => jobAt(script, script.count), RangeError);
        assert.throws(() => jobAt(script, -1n), RangeError);
      }),
      { numRuns: 400 },
    );
  });

  it('is split into tokens that follow each other', () => {
    fc.assert(
      fc.property(scripts, (text) => {
        let at = 0;
        for (const { start, end } of tokenize(text).tokens) {
          assert.ok(start >= at && end > start && end <= text.length);
          at = end;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('every caret', () => {
  it('gets an answer in every case', () => {
    for (const text of texts) {
      const analysis = analyse(text, surroundings);
      const problems = analysis.commands.problems();
      codeLenses(analysis);
      for (const [line, content] of text.split('\n').entries()) {
        for (let character = 0; character <= content.length; character++) {
          const position = { line, character };
          hover(analysis, position);
          codeActions(analysis, { start: position, end: position }, problems);
          for (const { edit } of completion(analysis, position).items) {
            assert.ok(edit.range.start.line === line && edit.range.end.line === line, text);
            assert.ok(edit.range.start.character <= character && character <= edit.range.end.character, text);
          }
        }
      }
    }
  });
});

describe('words of a shell', () => {
  const word = fc.array(fc.constantFrom(...'ab=,()[]{} \'"\\$`*?~!#;&|<>%+-/:@^'.split('')), {
    minLength: 1,
    maxLength: 12,
  });

  it('come back from quotes as they were', () => {
    const words = fc.sample(word, { numRuns: 300 }).map((letters) => letters.join(''));
    const printed = execFileSync('/bin/sh', ['-s'], {
      input: `for w in ${words.map(quoteArgument).join(' ')}; do printf '%s\\0' "$w"; done\n`,
      encoding: 'utf8',
    });
    assert.deepEqual(printed.split('\0').slice(0, -1), words);
  });

  it('are read as a shell reads them, where nothing is expanded', () => {
    const quoted = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'a',
            'b=',
            ',',
            "'$x `y` \"'",
            '"it\'s, (a)"',
            '"a\\"b\\\\c"',
            '\\ ',
            '\\$x',
            "\\'",
            '%',
            '"\\$x"',
            '[1]',
          ),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => `x${parts.join('')}`);
    const words = fc.sample(quoted, { numRuns: 200 });
    const printed = execFileSync('/bin/sh', ['-s'], {
      input: `printf '%s\\0' ${words.join(' ')}\n`,
      encoding: 'utf8',
    });
    assert.deepEqual(
      words.map((one) => fieldsOf(one, [0, one.length], noVariables).map(({ text }) => text)),
      printed
        .split('\0')
        .slice(0, -1)
        .map((one) => [one]),
    );
  });
});

describe('a job of a script', () => {
  it('runs what a shell would have run with its values', () => {
    const text = [
      '#!/bin/bash',
      '#SBATCH -t 10',
      'show() { printf "<%s>" "$@"; echo; }',
      'A="a b"',
      "for s in 1 'x y'; do",
      '  python=show',
      '  env python main.py name="$s" who="$A" "q=\'it, is\'" n=1,2 2>&1 | cat',
      'done',
      'echo end',
    ].join('\n');
    const script = readMultirunScript(text);
    assert.deepEqual(blockers(script), []);
    assert.equal(script.count, 4n);
    const { preamble, commandLine, epilogue } = jobAt(script, 3n);
    const body = [...preamble, commandLine.replace('env python', 'show'), ...epilogue].join('\n');
    const printed = execFileSync('/bin/bash', ['-s'], { input: `${body}\n`, encoding: 'utf8' });
    assert.equal(printed, "<main.py><name=x\\ y><who=a b><q='it, is'><n=2>\nend\n");
  });
});
