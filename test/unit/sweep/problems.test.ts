import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { problemSeverities } from '#core/sweep/problem-codes.ts';
import { readSweep } from '#core/sweep/read.ts';
import { annotate, applyFix, casesOf } from './golden.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'sweep');
const goldenFiles = readdirSync(path.join(fixtures, 'problems'));
const cases = goldenFiles.flatMap((file) =>
  casesOf(readFileSync(path.join(fixtures, 'problems', file), 'utf8')),
);

describe('problems in sweep files', () => {
  for (const one of cases) {
    it(`reports as expected: ${one.name}`, () => {
      assert.equal(annotate(one.text, one.surroundings), one.annotated);
    });
  }

  it('gives no sweep exactly when there is an error', () => {
    for (const one of cases) {
      const { sweep, problems } = readSweep(one.text, one.surroundings);
      assert.equal(
        sweep === undefined,
        problems.some(({ severity }) => severity === 'error'),
        one.name,
      );
    }
  });

  it('is the same list every time', () => {
    for (const one of cases)
      assert.equal(annotate(one.text, one.surroundings), annotate(one.text, one.surroundings));
  });

  it('has a golden case for nearly every code', () => {
    const seen = new Set(
      cases.flatMap((one) => readSweep(one.text, one.surroundings).problems.map(({ code }) => code)),
    );
    const elsewhere = new Set(['argument-too-long', 'too-many-problems', 'yaml-too-large']);
    // of the program: test/unit/program
    for (const code of ['unknown-option', 'option-choice', 'option-type', 'required-option'])
      elsewhere.add(code);
    const unseen = Object.keys(problemSeverities).filter(
      (code) => !elsewhere.has(code) && !seen.has(code as never),
    );
    assert.deepEqual(unseen, []);
  });
});

describe('fixes', () => {
  for (const one of cases) {
    const { problems } = readSweep(one.text, one.surroundings);
    for (const problem of problems) {
      if (!problem.fix) continue;
      it(`${problem.fix.title} solves one problem and adds none: ${one.name}`, () => {
        const fixed = applyFix(one.text, problem);
        const left = readSweep(fixed, one.surroundings).problems.map(
          ({ code, message }) => `${code}: ${message}`,
        );
        const before = problems.map(({ code, message }) => `${code}: ${message}`);
        const solved = `${problem.code}: ${problem.message}`;
        assert.ok(
          left.filter((line) => line === solved).length < before.filter((line) => line === solved).length,
          `still there in:\n${fixed}`,
        );
        assert.deepEqual(
          left.filter((line) => !before.includes(line)),
          [],
          `new in:\n${fixed}`,
        );
      });
    }
  }
});

describe('sweep files as people publish them', () => {
  const folder = path.join(fixtures, 'published');
  for (const file of readdirSync(folder)) {
    it(`reads ${file} without a single remark`, () => {
      const { sweep, problems } = readSweep(readFileSync(path.join(folder, file), 'utf8'));
      assert.deepEqual(problems, []);
      assert.ok(sweep);
      assert.ok(sweep.parameters.length > 0);
    });
  }
});

describe('very long lists of problems and values', () => {
  it('ends with one that says how many more there are', () => {
    const lines = Array.from({ length: 400 }, (_, i) => `  p${i}: {mn: 0, max: 1}\n`).join('');
    const { problems, sweep } = readSweep(`program: a.py\nmethod: random\nparameters:\n${lines}`);
    assert.equal(problems.length, 301);
    assert.equal(problems.at(-1)?.code, 'too-many-problems');
    assert.match(problems.at(-1)?.message ?? '', /^100 more problems \(100 errors\)/);
    assert.equal(sweep, undefined);
  });

  it('says where an argument is too long, unless the command passes it in a file', () => {
    const head = 'program: a.py\nmethod: random\n';
    const parameters = `parameters:\n  text: {values: [short, ${'x'.repeat(131_070)}]}\n`;
    const { problems } = readSweep(head + parameters);
    assert.deepEqual(
      problems.map(({ code, range }) => [code, range.start]),
      [['argument-too-long', { line: 3, character: 25 }]],
    );
    assert.match(problems[0]?.message ?? '', /args_json_file/);
    const inFile = `${head}command: [python, "\${program}", "\${args_json_file}"]\n${parameters}`;
    assert.deepEqual(readSweep(inFile).problems, []);
  });

  it('counts the bytes of an argument, not its characters', () => {
    const of = (count: number) =>
      readSweep(`program: a.py\nmethod: random\nparameters: {t: {value: ${'é'.repeat(count)}}}\n`).problems;
    assert.deepEqual(
      of(65_533).map(({ code }) => code),
      [],
    );
    assert.deepEqual(
      of(65_534).map(({ code }) => code),
      ['argument-too-long'],
    );
  });

  it('survives aliases that would expand without end', () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `  a${i}: &a${i} {value: [${i === 0 ? '1' : `*a${i - 1}, `.repeat(9)}]}\n`,
    );
    const { problems } = readSweep(`program: a.py\nmethod: random\nparameters:\n${rows.join('')}`);
    assert.ok(problems.some(({ code }) => code === 'yaml-too-large'));
  });

  it('refuses what is nested too deeply', () => {
    for (const depth of [150, 20_000]) {
      const { problems } = readSweep(
        `program: a.py\nmethod: random\nparameters: {a: {value: ${'['.repeat(depth)}${']'.repeat(depth)}}}\n`,
      );
      assert.ok(
        problems.some(({ code }) => code === 'yaml-too-large'),
        String(depth),
      );
    }
  });
});

describe('docs/problems.md', () => {
  it('explains every code, and no others', () => {
    const page = readFileSync(
      path.join(import.meta.dirname, '..', '..', '..', 'docs', 'problems.md'),
      'utf8',
    );
    const explained = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
    const atLaunch = ['method-not-available', 'scheduler-job-not-available', 'early-terminate-not-applied'];
    assert.deepEqual(explained.toSorted(), [...Object.keys(problemSeverities), ...atLaunch].toSorted());
  });

  it('states the severity of every code', () => {
    const page = readFileSync(
      path.join(import.meta.dirname, '..', '..', '..', 'docs', 'problems.md'),
      'utf8',
    );
    for (const [code, severity] of Object.entries(problemSeverities)) {
      const stated = new RegExp(`^### ${code}\\n\\n\\*(\\w+)\\.\\*`, 'm').exec(page)?.[1];
      assert.equal(stated?.toLowerCase(), severity, code);
    }
  });
});
