import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readArguments } from '#core/multirun/arguments.ts';
import { expandMultirun, parseOverride, printElement, type Jobs } from '#core/multirun/multirun.ts';
import { multirunProblemSeverities, placesAt, placesFrom, problemInText } from '#core/multirun/problems.ts';
import { functionNames } from '#core/multirun/functions.ts';
import { elementKey, isSweep } from '#core/multirun/values.ts';
import { Float } from '#core/value.ts';

function expanded(words: readonly string[], seed = 0): Jobs {
  const { jobs, problems } = expandMultirun(words, { seed });
  assert.ok(jobs, problems.map(({ message }) => message).join());
  return jobs;
}

describe('The product of the overrides', () => {
  it('follows the command, the last override fastest', () => {
    assert.deepEqual(
      [...expanded(['a=1', 'b=1,2', '+c=range(2)', '~d'])],
      [
        ['a=1', 'b=1', '+c=0', '~d=null'],
        ['a=1', 'b=1', '+c=1', '~d=null'],
        ['a=1', 'b=2', '+c=0', '~d=null'],
        ['a=1', 'b=2', '+c=1', '~d=null'],
      ],
    );
  });

  it('keeps the first place and the last value of a key that comes again, and says so', () => {
    const { jobs, problems } = expandMultirun(['a=1,2', 'b=x', '+a=5', 'a=3']);
    assert.deepEqual([...(jobs ?? [])], [['a=3', 'b=x', '+a=5']]);
    assert.deepEqual(
      problems.map(({ code, word }) => [code, word]),
      [['multirun-duplicate-key', 0]],
    );
  });

  it('is one job without overrides', () => assert.deepEqual([...expanded([])], [[]]));

  it('is no job when an override has no values, with a warning', () => {
    const { jobs, problems } = expandMultirun(['a=1,2', 'b=range(3,1)']);
    assert.equal(jobs?.count, 0);
    assert.deepEqual(
      problems.map(({ code, word }) => [code, word]),
      [['multirun-empty-sweep', 1]],
    );
  });

  it('has no jobs to offer when a word is wrong, and tells each wrong word', () => {
    const { jobs, problems } = expandMultirun(['a=1', 'b=[', 'c', 'd=1,2']);
    assert.equal(jobs, undefined);
    assert.deepEqual(
      problems.map(({ word }) => word),
      [1, 2],
    );
  });

  it('counts 10^9 jobs and finds any of them without making the others', () => {
    const jobs = expanded(['a=range(1000)', 'b=range(1000)', 'c=range(1000)']);
    assert.equal(jobs.count, 1e9);
    assert.deepEqual(jobs.overridesAt(999_999_998), ['a=999', 'b=999', 'c=998']);
    assert.throws(() => jobs.overridesAt(1e9), RangeError);
    assert.throws(() => jobs.overridesAt(0.5), RangeError);
  });

  it('gives a job its parameters as values', () => {
    const jobs = expanded(['a=1,2.0', '+b@p=[x,"y z",null]', 'c={d:true,1:x}', '~e']);
    assert.deepEqual(jobs.parametersAt(1), {
      a: new Float(2),
      'b@p': ['x', 'y z', null],
      c: { 1: 'x', d: true },
    });
  });

  it('equals the one made by loops', () => {
    const axis = fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 4 }), (axes) => {
        const naive = axes.reduce<readonly (readonly string[])[]>(
          (jobs, values, index) =>
            jobs.flatMap((job) => values.map((value) => [...job, `k${index}=${value}`])),
          [[]],
        );
        const jobs = expanded(axes.map((values, index) => `k${index}=${values.join()}`));
        assert.deepEqual([...jobs], naive);
        assert.equal(jobs.count, naive.length);
      }),
    );
  });
});

describe('Random order', () => {
  const word = 'a=shuffle(range(40))';
  const sorted = [...expanded(['a=range(40)'])];

  it('has every value once, and is the same for the same seed only', () => {
    const first = [...expanded([word], 7)];
    assert.deepEqual([...expanded([word], 7)], first);
    assert.notDeepEqual([...expanded([word], 8)], first);
    assert.notDeepEqual(first, sorted);
    assert.deepEqual(new Set(first.flat()), new Set(sorted.flat()));
  });

  it('does not depend on the words before it', () => {
    assert.deepEqual(
      [...expanded(['x=1', word])].map(([, a]) => a),
      [...expanded([word])].flat(),
    );
  });

  it('is told apart for each key', () => {
    const other = [...expanded([word.replace('a', 'b')])].map(([b]) => b?.replace('b', 'a'));
    assert.notDeepEqual(other, [...expanded([word])].flat());
  });

  it('applies to lists, choices and arguments', () => {
    const digits = '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19';
    const list = [...expanded([`a=shuffle([${digits}])`])].flat();
    assert.equal(list.length, 1);
    assert.notEqual(list[0], `a=[${digits}]`);
    for (const inside of [digits, `choice(${digits})`, `sweep=range(20)`]) {
      const values = [...expanded([`a=shuffle(${inside})`])].flat();
      assert.equal(new Set(values).size, 20);
      assert.notDeepEqual(
        values,
        digits.split(',').map((digit) => `a=${digit}`),
      );
    }
  });

  it('gets lost in a cast, as tags do', () => {
    assert.deepEqual([...expanded(['a=int(shuffle(range(40)))'])], sorted);
  });
});

/** Pieces that overrides are made of, right and wrong, so that random texts get somewhere. */
const pieces = fc.constantFrom(
  ...'a,b.c,1,-2.5,1e-7,inf,true,null,007,x y,${x},\\,\\\\,\\ ,\',",[,],{,},(,),=,:,@,+,~, ,é,;,choice(,range(,sort(,shuffle(,int(,str(,json_str(,glob(*),tag(,extend_list(,\n'.split(
    ',',
  ),
  ',',
  ',',
);
const anyWord = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(pieces, { maxLength: 14 }).map((parts) => `a=${parts.join('')}`),
);

describe('Any text', () => {
  it('is read without throwing, and its problems lie inside of it', () => {
    fc.assert(
      fc.property(anyWord, (word) => {
        const reading = parseOverride(word);
        const problems = 'problems' in reading ? reading.problems : reading.warnings;
        for (const { span, message } of problems) {
          assert.ok(span[0] >= 0 && span[0] <= span[1] && span[1] <= word.length, String(span));
          assert.match(message, /[.)]$/);
        }
        if ('problems' in reading) assert.equal(problems.length, 1);
      }),
      { numRuns: 5000 },
    );
  });

  const long = 100_000;
  for (const part of ['\\', "'", '\\"', '[', '{a:', '${', 'int(', '-', ' ', '1,', 'x,', '9', '.']) {
    it(`is read without throwing when it repeats ${part}`, () => {
      for (const start of ['a=', "a='", '', 'a']) {
        const reading = parseOverride(start + part.repeat(long));
        assert.ok('override' in reading || reading.problems.length === 1);
      }
    });
  }

  it('prints to a word that is read as the same value and printed the same again', () => {
    let seen = 0;
    const check = (word: string) => {
      const reading = parseOverride(word);
      if (!('override' in reading) || reading.warnings.length > 0) return;
      const { value } = reading.override;
      const elements = value.kind === 'choice' ? value.items : isSweep(value) ? [] : [value];
      for (const element of elements) {
        const again = parseOverride(`a=${printElement(element)}`);
        assert.ok('override' in again && !isSweep(again.override.value), printElement(element));
        assert.equal(elementKey(again.override.value), elementKey(element));
        assert.equal(printElement(again.override.value), printElement(element));
        seen++;
      }
    };
    const quoted = fc
      .tuple(fc.string({ unit: fc.constantFrom('\\', "'", '"', 'x', ' ', 'é') }), fc.constantFrom("'", '"'))
      .map(([inner, quote]) => `a=${quote}${inner}${quote}`);
    fc.assert(fc.property(fc.oneof(anyWord, quoted), check), { numRuns: 5000 });
    assert.ok(seen > 500, `only ${seen} words were overrides`);
  });
});

describe('Numbers', () => {
  it('of a decimal range are those that one would write by hand', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (start, count, scale) => {
          const written = (n: number) => Number(`${n}e-${scale}`).toFixed(scale);
          const jobs = expanded([`a=range(${written(start)},${written(start + count)},${written(1)})`]);
          const values = [...jobs].map(([word]) => Number(word?.slice(2)));
          assert.deepEqual(
            values.map((value) => value + 0),
            Array.from({ length: count }, (_, i) => Number(`${start + i}e-${scale}`)),
          );
        },
      ),
    );
  });
});

describe('Places of problems', () => {
  const [problem] = expandMultirun(['x=1', 'a=[range(3)]']).problems;

  it('follow from where a plain word starts', () => {
    assert.ok(problem);
    const { range } = problemInText(problem, (word) => placesFrom({ line: 4, character: 10 * word }));
    assert.deepEqual(range, { start: { line: 4, character: 13 }, end: { line: 4, character: 21 } });
  });

  it('follow from a table for a word with quotes or line breaks', () => {
    assert.ok(problem);
    const positions = Array.from({ length: 13 }, (_, offset) => ({
      line: offset < 5 ? 0 : 1,
      character: offset,
    }));
    const { range } = problemInText(problem, () => placesAt(positions));
    assert.deepEqual(range, { start: { line: 0, character: 3 }, end: { line: 1, character: 11 } });
  });
});

describe('The arguments of a Hydra program', () => {
  it('are flags with their values and overrides', () => {
    const { flags, overrides, problems } = readArguments(['-m', 'a=1', '-cn', 'x', '--config-dir=c', '~b']);
    assert.deepEqual(flags, [
      { name: '--multirun', word: 0 },
      { name: '--config-name', value: 'x', word: 2 },
      { name: '--config-dir', value: 'c', word: 4 },
    ]);
    assert.deepEqual(overrides, [
      { text: 'a=1', word: 1 },
      { text: '~b', word: 5 },
    ]);
    assert.deepEqual(problems, []);
  });

  it('are refused when they are other flags or lack their value', () => {
    const { problems } = readArguments(['--cfg', '--multirun=x', '-p']);
    assert.deepEqual(
      problems.map(({ word, span }) => [word, span]),
      [
        [0, [0, 5]],
        [1, [10, 12]],
        [2, [0, 2]],
      ],
    );
  });
});

describe('docs/multirun.md', () => {
  const page = readFileSync(new URL('../../../docs/multirun.md', import.meta.url), 'utf8');
  for (const code of Object.keys(multirunProblemSeverities)) {
    it(`explains ${code}`, () => assert.ok(page.includes(`\n### ${code}\n`)));
  }
  for (const name of functionNames) {
    it(`shows ${name}()`, () => assert.ok(page.includes(`\`${name}(`)));
  }
});
