import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readProgram } from '#core/program/read-program.ts';
import type { ProgramOptions } from '#core/program/options.ts';
import { passingOf } from '#core/sweep/passing.ts';
import { checkProgram } from '#core/sweep/program-checks.ts';
import { readSweep } from '#core/sweep/read.ts';
import type { Problem } from '#core/text.ts';
import { annotateWith, applyFix, casesOf } from '../sweep/golden.ts';
import { filesBeside, folder, programs } from './golden.ts';

const cases = casesOf(readFileSync(path.join(folder, 'checks.yaml'), 'utf8'));

const optionsOf = (program: string): ProgramOptions | undefined => {
  const found = programs.find(({ name }) => name === program);
  return found && readProgram(found.text, filesBeside);
};

function problemsOf(text: string): readonly Problem[] {
  const reading = readSweep(text);
  const options = optionsOf(passingOf(reading.document)?.program ?? '');
  return options ? checkProgram(reading, options) : [];
}

describe('parameters and the options of the program', () => {
  for (const one of cases) {
    it(`reports as expected: ${one.name}`, () => {
      assert.equal(annotateWith(one.text, problemsOf(one.text)), one.annotated);
    });

    for (const problem of problemsOf(one.text)) {
      if (!problem.fix) continue;
      it(`${problem.fix.title} solves the problem and adds none: ${one.name}`, () => {
        const before = problemsOf(one.text).map(({ message }) => message);
        const fixed = applyFix(one.text, problem);
        const left = problemsOf(fixed).map(({ message }) => message);
        assert.ok(!left.includes(problem.message), fixed);
        assert.ok(left.length < before.length, fixed);
        assert.deepEqual(
          readSweep(fixed).problems.map(({ code }) => code),
          readSweep(one.text).problems.map(({ code }) => code),
        );
      });
    }
  }

  it('are never errors, so that no sweep is kept from being launched', () => {
    for (const one of cases)
      for (const { severity } of problemsOf(one.text)) assert.notEqual(severity, 'error', one.name);
  });

  it('are of every kind', () => {
    const seen = new Set(cases.flatMap((one) => problemsOf(one.text).map(({ code }) => code)));
    assert.deepEqual([...seen].toSorted(), [
      'option-choice',
      'option-type',
      'required-option',
      'unknown-option',
    ]);
  });
});
