import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { commandProblemSeverities } from '#core/batch/commands/problem-codes.ts';
import { blockers } from '#core/batch/commands/read.ts';
import type { Problem } from '#core/text.ts';
import { analyse } from '../../../server/src/batch-script/analysis.ts';
import { ProgramsOnDisk } from '../../../server/src/programs.ts';
import { FilesOnDisk, surroundingsOf } from '../../../server/src/surroundings.ts';
import { annotate, applyFix, casesOf } from './golden.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch');
const programs = path.join(fixtures, 'commands', 'program');
/** A folder without programs. */
const elsewhere = surroundingsOf(
  pathToFileURL(path.join(fixtures, 'found', 'script.sh')).href,
  [pathToFileURL(path.join(fixtures, 'found')).href],
  new FilesOnDisk(),
  { programs: new ProgramsOnDisk() },
);
/** The scripts stand in a folder with a program made with Hydra, `main.py`, and others; `train.py` isn't there. */
const surroundings = surroundingsOf(
  pathToFileURL(path.join(programs, 'script.sh')).href,
  [pathToFileURL(programs).href],
  new FilesOnDisk(),
  { programs: new ProgramsOnDisk() },
);
const problemsOf = (text: string): readonly Problem[] => analyse(text, surroundings).commands.problems();
const filesIn = (...folder: readonly string[]) =>
  readdirSync(path.join(fixtures, ...folder)).map((file) =>
    readFileSync(path.join(fixtures, ...folder, file), 'utf8'),
  );
const cases = filesIn('commands', 'cases').flatMap((file) => casesOf(file));

describe('problems in the Python commands of batch scripts', () => {
  for (const one of cases) {
    it(`reports as expected: ${one.name}`, () => {
      assert.equal(annotate(one.text, surroundings, problemsOf(one.text)), one.annotated);
    });
  }

  it('covers at least 100 cases and every code', () => {
    assert.ok(cases.length >= 100, String(cases.length));
    const seen = new Set(
      cases.flatMap(({ text }) => {
        const { script } = analyse(text, surroundings).commands;
        return [...problemsOf(text), ...(script ? blockers(script) : [])].map(({ code }) => code);
      }),
    );
    const unseen = Object.keys(commandProblemSeverities).filter((code) => !seen.has(code));
    // a script without directives, and one with 10,000 commands, are no page to read
    assert.deepEqual(unseen, ['multirun-no-system', 'multirun-too-many-commands']);
  });

  for (const one of cases) {
    for (const problem of problemsOf(one.text)) {
      if (!problem.fix) continue;
      it(`${problem.fix.title} solves the problem and adds no error: ${one.name}`, () => {
        const left = problemsOf(applyFix(one.text, problem)).map(
          ({ code, message }) => `${code}: ${message}`,
        );
        const before = problemsOf(one.text).map(({ code, message }) => `${code}: ${message}`);
        assert.deepEqual(
          left.filter((line) => !before.includes(line)),
          [],
        );
        assert.ok(left.length < before.length);
      });
    }
  }

  it('says nothing about scripts as people write them', () => {
    for (const text of [...filesIn('found'), ...filesIn('commands', 'found')]) {
      const codes = analyse(text, elsewhere)
        .commands.problems()
        .map(({ code }) => code);
      assert.deepEqual(
        codes.filter((code) => code.startsWith('multirun-') || code === 'unclosed-quote'),
        [],
        text,
      );
    }
  });
});

describe('docs/multirun.md', () => {
  const page = readFileSync(path.join(import.meta.dirname, '..', '..', '..', 'docs', 'multirun.md'), 'utf8');
  it('explains every code with its severity', () => {
    for (const [code, severity] of Object.entries(commandProblemSeverities)) {
      const stated = new RegExp(`^### ${code}\\n\\n\\*(\\w+)[.,]`, 'm').exec(page)?.[1];
      assert.equal(stated?.toLowerCase(), severity, code);
    }
  });
});
