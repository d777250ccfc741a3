import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Position } from '#core/text.ts';
import { analyse } from '../../../server/src/batch-script/analysis.ts';
import { codeActions } from '../../../server/src/batch-script/code-actions.ts';
import { completion } from '../../../server/src/batch-script/completion.ts';
import { hover } from '../../../server/src/batch-script/hover.ts';
import { inlayHints } from '../../../server/src/batch-script/inlay-hints.ts';
import { symbols } from '../../../server/src/batch-script/symbols.ts';
import type { TextEdit } from '../../../server/src/language.ts';

/** The text without its caret `|`, and where that stood. */
function caret(marked: string): { text: string; position: Position } {
  const at = marked.indexOf('|');
  const before = marked.slice(0, at).split('\n');
  return {
    text: marked.slice(0, at) + marked.slice(at + 1),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
}

function complete(marked: string) {
  const { text, position } = caret(marked);
  return completion(analyse(text, {}), position).items;
}
const labels = (marked: string) => complete(marked).map(({ label }) => label);

/** The line of the caret after choosing `label`. */
function chosen(marked: string, label: string): string {
  const { text, position } = caret(marked);
  const one = completion(analyse(text, {}), position).items.find((other) => other.label === label);
  assert.ok(one, `${label} is not offered`);
  return applied(text, [one.edit]).split('\n')[position.line] ?? '';
}

function applied(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (result, { range, newText }) =>
        result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end)),
      text,
    );
}

const hovered = (marked: string) => {
  const { text, position } = caret(marked);
  return hover(analyse(text, {}), position);
};

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch', 'found');
const found = readdirSync(fixtures).map((file) => readFileSync(path.join(fixtures, file), 'utf8'));

describe('completion in batch scripts', () => {
  it('offers options, the usual ones first, and none that is there', () => {
    const offered = labels('#!/bin/bash\n#SBATCH --time=10\n#SBATCH |\n');
    assert.ok(offered.indexOf('--mem') < offered.indexOf('--bbf'));
    assert.ok(!offered.includes('--time'));
    assert.ok(!offered.includes('--wrap'), 'belongs on the command line');
  });
  it('writes an option the way the system reads it', () => {
    assert.equal(chosen('#SBATCH --ti|', '--time'), '#SBATCH --time=');
    assert.equal(chosen('#SBATCH |', '--hold'), '#SBATCH --hold');
    assert.equal(chosen('#OAR --na|', '--name'), '#OAR --name ');
    assert.equal(chosen('#$ -|', '-pe'), '#$ -pe ');
    assert.equal(chosen('#SBATCH --ti|=10', '--time'), '#SBATCH --time=10');
  });
  it('offers words and examples of a value', () => {
    assert.deepEqual(labels('#SBATCH --open-mode=|'), ['append', 'truncate']);
    assert.deepEqual(labels('#SBATCH --time |'), ['30', '12:00:00', '2-00:00:00']);
    assert.deepEqual(labels('#PBS -j |'), ['oe', 'eo', 'n']);
    assert.deepEqual(labels('#$ -j |'), ['y', 'n']);
  });
  it('leaves out the words of a list that are there', () => {
    const offered = labels('#SBATCH --mail-type=END,|,FAIL');
    assert.ok(offered.includes('BEGIN') && !offered.includes('END') && !offered.includes('FAIL'));
    assert.equal(chosen('#SBATCH --mail-type=END,BE|', 'BEGIN'), '#SBATCH --mail-type=END,BEGIN');
  });
  it('offers the resources of -l that are not there yet', () => {
    const offered = labels('#PBS -l nodes=1:ppn=4\n#PBS -l walltime=1:00:00,|\n');
    assert.ok(offered.includes('mem') && !offered.includes('walltime') && !offered.includes('nodes'));
    assert.equal(chosen('#$ -l h_rt=1:0:0,h_v|', 'h_vmem'), '#$ -l h_rt=1:0:0,h_vmem=');
  });
  it('offers the mark at the beginning of a line, before the first command', () => {
    assert.deepEqual(labels('#!/bin/sh\n#SBATCH -n 1\n#S|\n'), ['#SBATCH']);
    assert.equal(labels('#!/bin/sh\n#|\n').length, 6);
    assert.deepEqual(labels('#!/bin/sh\nls\n#|\n'), []);
  });
  it('stays quiet in commands and comments', () => {
    assert.deepEqual(labels('#!/bin/sh\n#SBATCH -n 1\nls -|\n'), []);
    assert.deepEqual(labels('#!/bin/sh\n#SBATCH -n 1\n# a |\n'), []);
  });
  it('answers at every caret of every script, on the line of the caret, never with an option that is there', () => {
    for (const text of found) {
      const analysis = analyse(text, {});
      const lines = text.split('\n');
      for (const [line, content] of lines.entries()) {
        if (!content.trimStart().startsWith('#')) continue;
        for (let character = 0; character <= content.length; character++) {
          const { items } = completion(analysis, { line, character });
          const elsewhere = new Set(
            analysis.options
              .filter(({ spec, directive }) => !spec.repeatable && directive.line !== line)
              .map(({ spec }) => spec.name),
          );
          for (const { edit, label, kind } of items) {
            assert.equal(edit.range.start.line, line);
            assert.ok(edit.range.start.character <= character && character <= edit.range.end.character);
            assert.ok(edit.range.end.character <= content.length);
            assert.ok(kind !== 'key' || !elsewhere.has(label), `${label} in ${content}`);
          }
        }
      }
    }
  });
});

describe('hover in batch scripts', () => {
  it('says what an option is for and what its value comes to', () => {
    const { markdown = '', range } = hovered('#!/bin/sh\n#SBATCH -n 1 --ti|me=90\n') ?? {};
    assert.match(markdown, /\*\*`--time`, `-t`\*\* · Time limit/);
    assert.match(markdown, /Here: 1 h 30 min\./);
    assert.deepEqual(range, { start: { line: 1, character: 13 }, end: { line: 1, character: 22 } });
  });
  it('tells how the same figures differ between systems', () => {
    assert.match(hovered('#SBATCH -t 1:3|0')?.markdown ?? '', /1 min 30 s, rounded up to 2 min/);
    assert.match(hovered('#BSUB -W 1:3|0')?.markdown ?? '', /1 h 30 min/);
  });
  it('explains resources and marks', () => {
    assert.match(hovered('#PBS -l nodes=1:ppn=2,wall|time=10')?.markdown ?? '', /Wall-clock limit/);
    assert.match(hovered('#SB|ATCH -t 10')?.markdown ?? '', /`sbatch` reads this line/);
    assert.equal(hovered('#!/bin/sh\n#SBATCH -t 10\nec|ho'), undefined);
  });
  it('answers at every caret of every script', () => {
    for (const text of found) {
      const analysis = analyse(text, {});
      for (const [line, content] of text.split('\n').entries())
        for (let character = 0; character <= content.length; character++) {
          const answer = hover(analysis, { line, character });
          if (answer) assert.equal(answer.range.start.line, line);
        }
    }
  });
});

describe('code actions in batch scripts', () => {
  const actionsAt = (marked: string) => {
    const { text, position } = caret(marked);
    const analysis = analyse(text, {});
    return { text, actions: codeActions(analysis, { start: position, end: position }, analysis.problems) };
  };
  it('offers the fix first, and all at once', () => {
    const { text, actions } = actionsAt('#!/bin/sh\n#SBATCH --tm|e=10\n#SBATCH --mem=16GiB\n');
    assert.equal(actions[0]?.title, "Change to '--time'");
    assert.equal(actions[0].preferred, true);
    const all = actions.find(({ kind }) => kind === 'fix-all');
    assert.equal(applied(text, all?.edits ?? []), '#!/bin/sh\n#SBATCH --time=10\n#SBATCH --mem=16G\n');
  });
  it('offers to have a remark no more, and the comment works', () => {
    const { text, actions } = actionsAt('#!/bin/sh\n#SBATCH -t 10 --wa|it\n./run\n');
    const ignore = actions.find(({ title }) => title.startsWith('Ignore'));
    assert.deepEqual(analyse(applied(text, ignore?.edits ?? []), {}).problems, []);
    assert.ok(actions.some(({ disables }) => disables === 'unattended-option'));
  });
  it('offers to say which of two systems is meant, where that one ignores the other', () => {
    const title = 'Say that this script is for TORQUE';
    const { text, actions } = actionsAt('#!/bin/sh\n#PBS -N x\n#PBS -V\n#$| -cwd\n./run\n');
    const action = actions.find((one) => one.title === title);
    const said = applied(text, action?.edits ?? []);
    assert.equal(said.split('\n')[1], '# sweepdeck: system torque');
    assert.ok(!analyse(said, {}).problems.some(({ code }) => code === 'mixed-systems'));
    const obeyed = actionsAt('#!/bin/sh\n#SBATCH -t 10\n#PBS| -N x\n').actions;
    assert.ok(!obeyed.some((one) => one.title.startsWith('Say')));
  });
  it('translates for each of the six other systems, on a directive only', () => {
    const { text, actions } = actionsAt('#!/bin/sh\n#SBATCH -t 1|0\n./run\n');
    const rewrites = actions.filter(({ kind }) => kind === 'rewrite');
    assert.equal(rewrites.length, 6);
    const lsf = rewrites.find(({ title }) => title.includes('LSF'));
    assert.equal(applied(text, lsf?.edits ?? []), '#!/bin/sh\n#BSUB -W 0:10\n./run\n');
    assert.deepEqual(actionsAt('#!/bin/sh\n#SBATCH -t 10\n./r|un\n').actions, []);
  });
});

describe('hints and outline of batch scripts', () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  it('says what figures come to where they are easily misread', () => {
    const hints = inlayHints(
      analyse('#!/bin/sh\n#SBATCH -t 90 --array=0-9:3\n#SBATCH --time-min=01:00:00\n', {}),
      whole,
    );
    assert.deepEqual(
      hints.map(({ text }) => text),
      ['= 1 h 30 min', '= 4 jobs'],
    );
  });
  it('lists the options', () => {
    const [group] = symbols(analyse('#!/bin/sh\n#PBS -N x\n#PBS -V\n./run\n', {}));
    assert.equal(group?.name, 'TORQUE directives');
    assert.deepEqual(
      group.children.map(({ name, detail }) => [name, detail]),
      [
        ['-N', 'x'],
        ['-V', undefined],
      ],
    );
    assert.deepEqual(symbols(analyse('echo\n', {})), []);
  });
});
