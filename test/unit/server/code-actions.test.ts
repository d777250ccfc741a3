import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Problem } from '#core/text.ts';
import type { CodeAction, TextEdit } from '../../../server/src/language.ts';
import { analyse, type SweepAnalysis } from '../../../server/src/sweep-file/analysis.ts';
import { codeActions } from '../../../server/src/sweep-file/code-actions.ts';
import { applyFix, casesOf } from '../sweep/golden.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'sweep', 'problems');
const cases = readdirSync(fixtures).flatMap((file) =>
  casesOf(readFileSync(path.join(fixtures, file), 'utf8')),
);

const head = 'program: train.py\n';
const applied = (text: string, edits: readonly TextEdit[]): string =>
  applyFix(text, { fix: { title: '', edits } } as unknown as Problem);

function actionsOf(analysis: SweepAnalysis, problem: Problem | undefined): readonly CodeAction[] {
  assert.ok(problem, 'there is a problem');
  return codeActions(analysis, problem.range, analysis.problems);
}

/** The actions at the first problem with the code. */
function actionsAt(text: string, code: string): readonly CodeAction[] {
  const analysis = analyse(text, {});
  return actionsOf(
    analysis,
    analysis.problems.find((problem) => problem.code === code),
  );
}

const titles = (actions: readonly CodeAction[]) => actions.map(({ title }) => title);

function afterwards(text: string, code: string, title: string): string {
  const action = actionsAt(text, code).find((one) => one.title === title);
  assert.ok(action, `${title} is offered, not only ${titles(actionsAt(text, code)).join('; ')}`);
  return applied(text, action.edits);
}

describe('code actions of a sweep file', () => {
  it('put the certain fix first and prefer it, with other words after it by likeness', () => {
    const actions = actionsAt(`${head}method: grids\nparameters: {a: {values: [1, 2]}}\n`, 'unknown-value');
    assert.deepEqual(titles(actions).slice(0, 4), [
      "Change to 'grid'",
      "Change to 'bayes'",
      "Change to 'random'",
      "Change to 'custom'",
    ]);
    assert.deepEqual(
      actions.map(({ preferred }) => preferred),
      [true, ...actions.slice(1).map(() => undefined)],
    );
  });

  it('offer every distribution that is like a misspelt one, not only those of one shape', () => {
    const text = `${head}method: random\nparameters: {a: {distribution: unifrm, min: 0, max: 1}}\n`;
    assert.deepEqual(titles(actionsAt(text, 'unknown-value')).slice(0, 3), [
      "Change to 'uniform'",
      "Change to 'q_uniform'",
      "Change to 'int_uniform'",
    ]);
  });

  it('are about the entry that begins where a nested map ends', () => {
    const text = `${head}method: random\nmetric:\n  name: loss\n  goal: minimize\nparametrs: {a: {values: [1]}}\n`;
    const offered = titles(actionsAt(text, 'unknown-key'));
    assert.ok(offered.includes("Remove 'parametrs'"), offered.join('; '));
    assert.ok(!offered.includes("Remove 'metric'"), offered.join('; '));
    const early = `${head}method: random\nmetric: {name: a, goal: minimize}\nparameters:\n  a: {values: [1]}\nearly_terminate: {type: hyperband}\n`;
    assert.match(
      afterwards(early, 'missing-key', "Insert 'min_iter: 3'"),
      /\{min_iter: 3, type: hyperband\}/,
    );
  });

  it('rename only to keys that are alike and can hold the value', () => {
    const renames = (text: string) =>
      titles(actionsAt(text, 'unknown-key')).filter((title) => title.startsWith('Rename'));
    const parameters = 'parameters: {a: {values: [1, 2]}}\n';
    assert.deepEqual(renames(`program: a.py\nmetod: grid\n${parameters}`), ["Rename to 'method'"]); // not 'metric'
    assert.deepEqual(renames(`${head}method: grid\nworkers_of_mine: 4\n${parameters}`), []);
  });

  it('keep an entry whose anchor is in use', () => {
    const text = `${head}method: random\nmetric: {name: loss, shared: &r {min: 0, max: 1}}\nparameters: {a: *r}\n`;
    assert.ok(!titles(actionsAt(text, 'unknown-key')).includes("Remove 'shared'"));
  });

  it('don’t quote a number where a number has to be', () => {
    const at = (text: string) => titles(actionsAt(`${head}method: random\n${text}`, 'yaml-1-1'));
    assert.ok(!at('parameters: {a: {min: 1e-5, max: 1.0}}\n').includes('Put it in quotes'));
    assert.ok(at('parameters: {a: {values: [1e-5, 1.0]}}\n').includes('Put it in quotes'));
  });

  it('offer for a distribution with the keys of another those that have them', () => {
    const text = `${head}method: random\nparameters: {a: {distribution: normal, min: 0, max: 1}}\n`;
    const actions = actionsAt(text, 'distribution-keys');
    assert.deepEqual(titles(actions).slice(0, 3), [
      "Change to 'uniform'",
      "Change to 'int_uniform'",
      "Change to 'q_uniform'",
    ]);
    assert.ok(actions.every(({ preferred }) => preferred !== true));
  });

  it('don’t prefer a fix that is one way of several', () => {
    const text = `${head}method: grid\nparameters:\n  lr: {min: 0.0, max: 1.0}\n`;
    const actions = actionsAt(text, 'grid-continuous');
    assert.equal(
      actions.some(({ preferred }) => preferred),
      false,
    );
    assert.deepEqual(titles(actions), [
      'Make it steps of 0.1 (q_uniform)',
      'List values: values: [0.0, 0.25, 0.5, 0.75, 1.0]',
      "Change the method to 'random'",
    ]);
    assert.deepEqual(analyse(afterwards(text, 'grid-continuous', titles(actions)[1] ?? ''), {}).problems, []);
  });

  it('remove either of two equal keys, in lines and in brackets', () => {
    const block = `${head}method: random\nparameters:\n  a:\n    value: 1\n  b: {value: 2}\n  a: {value: 3}\n`;
    assert.equal(
      afterwards(block, 'duplicate-key', 'Remove this one'),
      `${head}method: random\nparameters:\n  a:\n    value: 1\n  b: {value: 2}\n`,
    );
    assert.equal(
      afterwards(block, 'duplicate-key', "Remove the first 'a'"),
      `${head}method: random\nparameters:\n  b: {value: 2}\n  a: {value: 3}\n`,
    );
    const flow = `${head}method: random\nparameters: {a: {value: 1, value: 2}}\n`;
    assert.equal(
      afterwards(flow, 'duplicate-key', 'Remove this one'),
      `${head}method: random\nparameters: {a: {value: 1}}\n`,
    );
  });

  it('make probabilities sum to one', () => {
    const text = `${head}method: random\nparameters: {a: {values: [1, 2, 3], probabilities: [1, 1, 2]}}\n`;
    assert.match(
      afterwards(text, 'probabilities-sum', 'Scale the probabilities to sum to 1'),
      /\[0\.25, 0\.25, 0\.5\]/,
    );
    assert.match(
      afterwards(text, 'probabilities-sum', 'Make all values equally likely'),
      /\[0\.333333, 0\.333333, 0\.333334\]/,
    );
  });

  it('insert the bound that is missing, of the kind of the other one', () => {
    const text = (bound: string) => `${head}method: random\nparameters: {lr: {${bound}}}\n`;
    assert.match(afterwards(text('max: 10'), 'missing-key', "Insert 'min: 0'"), /\{min: 0, max: 10\}/);
    assert.match(afterwards(text('min: 0.1'), 'missing-key', "Insert 'max: 1.0'"), /max: 1\.0/);
  });

  it('replace the tabs of every line at once', () => {
    const text = `${head}method: random\nparameters:\n\tlr:\n\t\tvalue: 1\n`;
    assert.deepEqual(
      analyse(afterwards(text, 'yaml-tab', 'Indent with spaces instead of tabs'), {}).problems,
      [],
    );
  });

  it('ignore a warning on its line by a comment, which is extended when it is there', () => {
    const text = `${head}method: random\nparameters:\n  a: {values: [on, 1e-3]}\n`;
    const ignored = afterwards(text, 'yaml-1-1', "Ignore 'yaml-1-1' on this line");
    assert.match(ignored, /1e-3\]\} {2}# sweepdeck: ignore\[yaml-1-1\]\n/);
    assert.deepEqual(analyse(ignored, {}).problems, []);
    const extended = afterwards(
      text.replace('\n  a: {values: [on, 1e-3]}', '\n  a: {values: [on]} # sweepdeck: ignore[other]'),
      'yaml-1-1',
      "Ignore 'yaml-1-1' on this line",
    );
    assert.match(extended, /ignore\[other, yaml-1-1\]/);
    assert.deepEqual(analyse(extended, {}).problems, []);
  });

  it('switch a rule off in the settings, but never an error', () => {
    const text = `${head}method: grids\nparameters:\n  a: {values: [on]}\n`;
    assert.deepEqual(
      actionsAt(text, 'yaml-1-1').flatMap(({ disables }) => disables ?? []),
      ['yaml-1-1'],
    );
    assert.deepEqual(
      actionsAt(text, 'unknown-value').flatMap(({ disables, title }) =>
        disables !== undefined || title.startsWith('Ignore') ? [title] : [],
      ),
      [],
    );
  });

  it('leave a text over several lines without a comment in it', () => {
    const text = `${head}method: random\nparameters:\n  on: {value: "two\n    lines"}\n`;
    const actions = actionsAt(text, 'yaml-1-1');
    assert.ok(!titles(actions).some((title) => title.startsWith('Ignore')));
  });

  it('fix all of one kind, and all that are certain', () => {
    const text =
      'progam: train.py\nmethod: grids\nparameters:\n  a: {values: [on, off]}\n  b: {valeus: [1]}\n';
    const actions = actionsAt(text, 'yaml-1-1');
    assert.ok(titles(actions).includes("Fix all 2 of 'yaml-1-1'"));
    const all = actions.find(({ kind }) => kind === 'fix-all');
    assert.ok(all);
    assert.deepEqual(analyse(applied(text, all.edits), {}).problems, []);
  });

  it('offer nothing away from problems but to fix the file', () => {
    const analysis = analyse(`${head}method: grids\nparameters: {a: {values: [1]}}\n`, {});
    const start = { line: 0, character: 0 };
    assert.deepEqual(titles(codeActions(analysis, { start, end: start }, analysis.problems)), [
      'Fix all in this sweep file',
    ]);
  });
});

describe('every code action of every golden case', () => {
  for (const one of cases) {
    const analysis = analyse(one.text, one.surroundings);
    for (const problem of analysis.problems) {
      it(`keeps the file readable and solves ${problem.code}: ${one.name}`, () => {
        for (const action of actionsOf(analysis, problem)) {
          if (action.disables !== undefined || !action.solves.includes(problem)) continue;
          const text = applied(one.text, action.edits);
          const left = analyse(text, one.surroundings).problems;
          const same = (other: Problem) => other.code === problem.code && other.message === problem.message;
          assert.ok(
            left.filter(same).length < analysis.problems.filter(same).length,
            `"${action.title}" leaves it in:\n${text}`,
          );
          const syntax = (list: readonly Problem[]) =>
            list.filter(({ code }) => ['yaml-syntax', 'yaml-tab', 'duplicate-key'].includes(code)).length;
          assert.ok(syntax(left) <= syntax(analysis.problems), `"${action.title}" breaks the file:\n${text}`);
        }
      });
    }
  }
});
