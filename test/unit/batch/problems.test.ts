import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { batchProblemSeverities } from '#core/batch/problem-codes.ts';
import { readBatchScript } from '#core/batch/read.ts';
import type { Problem } from '#core/text.ts';
import { annotate, applyFix, casesOf } from './golden.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'batch');
const textOf = (...parts: readonly string[]) => readFileSync(path.join(fixtures, ...parts), 'utf8');
const cases = readdirSync(path.join(fixtures, 'problems')).flatMap((file) =>
  casesOf(textOf('problems', file)),
);

describe('problems in batch scripts', () => {
  for (const one of cases) {
    it(`reports as expected: ${one.name}`, () => {
      assert.equal(annotate(one.text, one.surroundings), one.annotated);
    });
  }

  it('covers at least 150 cases and every code', () => {
    assert.ok(cases.length >= 150, String(cases.length));
    const seen = new Set(
      cases.flatMap(({ text, surroundings }) =>
        readBatchScript(text, surroundings).problems.map(({ code }) => code),
      ),
    );
    const unseen = Object.keys(batchProblemSeverities).filter(
      (code) => code !== 'too-many-problems' && !seen.has(code as never),
    );
    assert.deepEqual(unseen, []);
  });
});

describe('fixes in batch scripts', () => {
  for (const one of cases) {
    const { problems } = readBatchScript(one.text, one.surroundings);
    for (const problem of problems) {
      if (!problem.fix) continue;
      it(`${problem.fix.title} solves one problem and adds no error: ${one.name}`, () => {
        const fixed = applyFix(one.text, problem);
        // a line that is removed changes the numbers of those below
        const described = ({ severity, code, message }: Problem) =>
          `${severity} ${code}: ${message.replace(/\blines? [\d, ]*\d/g, 'lines')}`;
        const lines = (text: string) => readBatchScript(text, one.surroundings).problems.map(described);
        const solved = described(problem);
        const before = lines(one.text);
        const left = lines(fixed);
        const count = (all: readonly string[]) => all.filter((line) => line === solved).length;
        assert.ok(count(left) < count(before), `still there in:\n${fixed}`);
        assert.deepEqual(
          left.filter((line) => line.startsWith('error') && !before.includes(line)),
          [],
          `new in:\n${fixed}`,
        );
      });
    }
  }
});

describe('batch scripts as people write them', () => {
  const twoSystems = 'two-systems.sh';
  const files = readdirSync(path.join(fixtures, 'found'));
  it('are at least 60', () => {
    assert.ok(files.length >= 60, String(files.length));
  });
  it('names the lines of both systems in the script that carries two', () => {
    const text = textOf('found', twoSystems);
    const errors = (one: string) =>
      readBatchScript(one).problems.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors(text).map(({ code, message }) => [code, message.split('. ')[0]]),
      [
        [
          'mixed-systems',
          'Directives of two systems stand in this script: #PBS on lines 2, 3 and #$ on line 4',
        ],
      ],
    );
    assert.deepEqual(errors(text.replace('\n', '\n# sweepdeck: system torque\n')), []);
  });
  for (const file of files.filter((one) => one !== twoSystems)) {
    it(`finds no error in ${file}`, () => {
      const { problems } = readBatchScript(textOf('found', file));
      assert.deepEqual(
        problems
          .filter(({ severity }) => severity === 'error')
          .map(({ code, message }) => `${code}: ${message}`),
        [],
      );
    });
    const [name = ''] = file.split('-');
    if (!['plain', 'two', 'pbs'].includes(name) && file !== 'slurm-generator.sh')
      it(`knows the system of ${file}`, () => {
        assert.equal(readBatchScript(textOf('found', file)).system, name);
      });
  }
  for (const file of ['plain-shell.sh', 'slurm-generator.sh'])
    it(`has nothing to say about ${file}`, () => {
      assert.deepEqual(readBatchScript(textOf('found', file)).problems, []);
    });
});

describe('very many problems', () => {
  it('ends with one that says how many more there are', () => {
    const { problems } = readBatchScript(`#!/bin/sh\n${'#SBATCH --tme=1\n'.repeat(400)}`);
    assert.equal(problems.length, 301);
    assert.match(problems.at(-1)?.message ?? '', /^100 more problems \(100 errors\)/);
  });
});

describe('docs/batch-scripts.md', () => {
  const page = readFileSync(
    path.join(import.meta.dirname, '..', '..', '..', 'docs', 'batch-scripts.md'),
    'utf8',
  );
  it('explains every code, and no others', () => {
    const explained = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
    assert.deepEqual(explained.toSorted(), Object.keys(batchProblemSeverities).toSorted());
  });
  it('states the severity of every code', () => {
    for (const [code, severity] of Object.entries(batchProblemSeverities)) {
      const stated = new RegExp(`^### ${code}\\n\\n\\*(\\w+)[.,]`, 'm').exec(page)?.[1];
      assert.equal(stated?.toLowerCase(), severity, code);
    }
  });
});
