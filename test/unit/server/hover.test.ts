import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Position } from '#core/text.ts';
import { analyse } from '../../../server/src/sweep-file/analysis.ts';
import { drawing } from '../../../server/src/sweep-file/drawing.ts';
import { hover } from '../../../server/src/sweep-file/hover.ts';

/** The hover at the `|` of a text: its Markdown, and the text that it is about. */
function hoverAt(marked: string): { markdown: string; about: string } | undefined {
  const offset = marked.indexOf('|');
  assert.ok(offset >= 0, 'the text has a | where the pointer is');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const before = text.slice(0, offset).split('\n');
  const position: Position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const found = hover(analyse(text, {}), position);
  if (found === undefined) return undefined;
  const { start, end } = found.range;
  assert.equal(start.line, end.line);
  const about = (text.split('\n')[start.line] ?? '').slice(start.character, end.character);
  return { markdown: found.markdown, about };
}

const head = 'program: train.py\nmethod: random\n';

describe('hover over a sweep file', () => {
  it('explains a key: what it means, what it takes, its default and an example', () => {
    const found = hoverAt(`${head}metric:\n  name: loss\n  go|al: minimize\nparameters:\n  x: {value: 1}\n`);
    assert.equal(found?.about, 'goal');
    assert.match(found.markdown, /^\*\*goal\*\* · `minimize` \| `maximize`/);
    assert.match(found.markdown, /Default: `"minimize"`/);
  });

  it('gives an example as YAML under its key', () => {
    const found = hoverAt(
      `${head}early_term|inate:\n  type: hyperband\n  min_iter: 3\nparameters:\n  x: {value: 1}\n`,
    );
    assert.match(
      found?.markdown ?? '',
      /```yaml\nearly_terminate:\n {2}type: hyperband\n {2}min_iter: 3\n```/,
    );
  });

  it('says of a value what its key means', () => {
    const found = hoverAt('method: ran|dom\n');
    assert.equal(found?.about, 'random');
    assert.match(found.markdown, /^\*\*method\*\*/);
  });

  it('sums up a parameter', () => {
    const found = hoverAt(`${head}parameters:\n  l|r:\n    min: 0.001\n    max: 0.1\n`);
    assert.equal(found?.about, 'lr');
    assert.match(found.markdown, /^\*\*lr\*\* · Uniform\n\nbetween 0\\\.001 and 0\\\.1\n\n/);
  });

  it('sums up choices, cut short when there are many', () => {
    const many = Array.from({ length: 30 }, (_, index) => index).join(', ');
    assert.match(
      hoverAt(`${head}parameters:\n  si|ze: {values: [16, 32]}\n`)?.markdown ?? '',
      /one of 16, 32/,
    );
    assert.match(
      hoverAt(`${head}parameters:\n  si|ze: {values: [${many}]}\n`)?.markdown ?? '',
      /7, … \\\(30 values\\\)/,
    );
  });

  it('names a nested parameter with its groups', () => {
    const found = hoverAt(`${head}parameters:\n  opt:\n    parameters:\n      l|r: {values: [1, 2]}\n`);
    assert.match(found?.markdown ?? '', /^\*\*opt › lr\*\* · Choices/);
  });

  it('explains the key of a distribution in the words of that distribution', () => {
    const exponents = hoverAt(`${head}parameters:\n  lr: {distribution: log_uniform, mi|n: -9, max: 0}\n`);
    assert.match(exponents?.markdown ?? '', /exponent/);
    const values = hoverAt(
      `${head}parameters:\n  lr: {distribution: log_uniform_values, mi|n: 1e-5, max: 1}\n`,
    );
    assert.doesNotMatch(values?.markdown ?? 'exponent', /exponent/);
  });

  it('explains the distribution that is named', () => {
    const found = hoverAt(`${head}parameters:\n  lr: {distribution: q_uni|form, min: 0, max: 1}\n`);
    assert.match(found?.markdown ?? '', /^\*\*Uniform, in steps\*\*\n\n/);
  });

  it('chooses the form of a scheduler by its keys', () => {
    const text = (keys: string) => `${head}scheduler: {${keys}}\nparameters:\n  x: {value: 1}\n`;
    assert.match(hoverAt(text('engi|ne: wandb'))?.markdown ?? '', /^\*\*engine\*\*/);
    assert.match(hoverAt(text('job: a, num_wor|kers: 2'))?.markdown ?? '', /^\*\*num_workers\*\*/);
  });

  it('still explains keys while other parts of the file are wrong', () => {
    assert.match(hoverAt('meth|od: randon\nparameters:\n  x: [\n')?.markdown ?? '', /^\*\*method\*\*/);
  });

  it('shows names and values of the file as they are, not as Markdown', () => {
    const found = hoverAt(`${head}parameters:\n  a|_b: {values: ["[x](command:y)", "<img>"]}\n`);
    assert.match(found?.markdown ?? '', /a\\_b/);
    // what stands between fences is shown as it is anyhow
    const prose = (found?.markdown ?? '').replace(/```text\n[^]*?\n```/g, '');
    assert.doesNotMatch(prose, /[^\\]\]\(|[^\\]</);
  });

  it('is silent where there is nothing to say', () => {
    assert.equal(hoverAt('|'), undefined);
    assert.equal(hoverAt(`# a com|ment\n${head}`), undefined);
    assert.equal(hoverAt(`unknown_k|ey: 1\n${head}`), undefined);
    assert.equal(hoverAt(`${head}parameters:\n  x: {values: [{deep: [1, t|wo]}]}\n`), undefined);
  });

  it('never throws, wherever the pointer is and whatever the text', () => {
    const fragment = fc.constantFrom(
      'method: ',
      'parameters:\n',
      '  lr:\n',
      '    values: [1, *a]\n',
      '&a x',
      '<<: *a\n',
      'min: 1\n',
      '{',
      '}',
      '- ',
      '? ',
      '"',
      '\n',
      '    ',
      'é🙂',
      '__proto__: 1\n',
      'constructor:\n',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), fc.nat(12), fc.nat(20), (parts, line, character) => {
        hover(analyse(parts.join(''), {}), { line, character });
      }),
    );
  });
});

describe('hover with numbers', () => {
  it('draws a distribution with its quantiles', () => {
    const found = hoverAt(`${head}parameters:\n  l|r: {distribution: normal, mu: 2, sigma: 4}\n`);
    const picture = /```text\n([^]*?)\n```/.exec(found?.markdown ?? '')?.[1]?.split('\n') ?? [];
    assert.equal(picture.length, 5);
    assert.match(picture[0] ?? '', /^ +[▁▂▃▄▅▆▇█]+$/, 'the top is in the middle');
    assert.match(picture.at(-1) ?? '', /^-8\.3 +12\.3$/);
    assert.match(found?.markdown ?? '', /\| 5 % \| 25 % \| median \| 75 % \| 95 % \|/);
    assert.match(found?.markdown ?? '', /\| -4\.58 \| -0\.698 \| 2 \| 4\.7 \| 8\.58 \|/);
  });

  it('draws on a logarithmic axis what is spread over magnitudes', () => {
    const found = hoverAt(
      `${head}parameters:\n  l|r: {distribution: log_uniform_values, min: 0.0001, max: 0.1}\n`,
    );
    assert.match(found?.markdown ?? '', /\(log scale\)/);
    assert.match(found?.markdown ?? '', /\| 0\.00316 \|/);
  });

  it('shows the weights of choices', () => {
    const found = hoverAt(`${head}parameters:\n  o|pt: {values: [adam, sgd], probabilities: [0.75, 0.25]}\n`);
    assert.match(found?.markdown ?? '', /"adam" █{20} 75 %\n"sgd" {2}█{7} 25 %/);
  });

  it('draws every distribution the same way twice, or not at all', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1e6, noNaN: true }), (mu, sigma) => {
        const distribution = { distribution: 'normal', mu, sigma } as const;
        assert.equal(drawing(distribution), drawing(distribution));
        for (const line of drawing(distribution)?.split('\n') ?? []) assert.ok(line.length < 80);
      }),
      { numRuns: 30 },
    );
  });

  it('tells the bands of early termination and how many jobs get past them', () => {
    const text = (early: string) =>
      `${head}metric: {name: loss}\nearly_ter|minate: {type: hyperband, ${early}}\nparameters: {x: {value: 1}}\n`;
    const found = hoverAt(text('max_iter: 27, s: 2'));
    assert.match(found?.markdown ?? '', /\| reported \| 3 \| 9 \|\n/);
    assert.match(found?.markdown ?? '', /\| jobs left \| 28 \| 10 \|/);
    assert.match(hoverAt(text('min_iter: 3'))?.markdown ?? '', /\| 3 \| 9 \| 27 \| 81 \| 243 \| 729 \| … \|/);
  });

  it('expands a macro for a sample job', () => {
    const text = (item: string) =>
      `${head}command: [python, "\${program}", "${item}"]\nparameters: {a: {value: true}, b: {value: 0.5}}\n`;
    const found = hoverAt(text('$|{args}'));
    assert.equal(found?.about, '${args}');
    assert.match(found.markdown, /Every parameter as/);
    assert.match(found.markdown, /```text\n--a=True\n--b=0\.5\n```/);
    assert.match(hoverAt(text('--x=${b|}'))?.markdown ?? '', /The parameter: always 0\\\.5[^]*--x=0\.5/);
    assert.equal(hoverAt(text('$|${args}')), undefined);
  });
});

describe('hover over a large file', () => {
  const parameters = Array.from(
    { length: 120 },
    (_, index) => `  # number ${index}\n  p${index}:\n    min: ${index}.5\n    max: ${index + 1}.5\n`,
  ).join('');
  const large = (before: string, after = '') =>
    `${before}method: random\nprogram: train.py\nparameters:\n${parameters}\n${after}`;

  it('says the same as over a small one, at the same place', () => {
    for (const index of [0, 1, 60, 119]) {
      const found = hoverAt(large('').replace(`  p${index}:`, `  p|${index}:`));
      assert.equal(found?.about, `p${index}`);
      assert.match(found.markdown, new RegExp(`between ${index}\\\\.5 and ${index + 1}\\\\.5`));
      const bound = hoverAt(large('').replace(`max: ${index + 1}.5`, `ma|x: ${index + 1}.5`));
      assert.equal(bound?.about, 'max');
    }
    const early = 'metric: {name: loss}\nearly_ter|minate: {type: hyperband, min_iter: 3}\n';
    for (const text of [large(early), large('', early)]) {
      const found = hoverAt(text);
      assert.equal(found?.about, 'early_terminate');
      assert.match(found.markdown, /\| 3 \| 9 \| 27 \|/);
    }
  });

  it('follows aliases and macros wherever they lead', () => {
    const aliased = hoverAt(
      large('base: &b {value: 7}\n').replace('  p60:\n    min: 60.5\n    max: 61.5', '  p6|0: *b'),
    );
    assert.match(aliased?.markdown ?? '', /Constant/);
    const command = 'command: [python, "${program}", "--x=$|{p77}"]\n';
    assert.match(hoverAt(large(command))?.markdown ?? '', /between 77\\\.5 and 78\\\.5/);
  });

  it('says the same before the whole file is read and after', () => {
    const text = large(
      [
        'command: [python, "${program}", "${args}", "${args_no_boolean_flags}", "--x=${p77}", "${args_json}"]',
        'metric: {name: loss, goal: minimize}',
        'early_terminate: {type: hyperband, min_iter: 3}',
        '',
      ].join('\n'),
      'description: *text\n',
    )
      .replace('p40:\n    min: 40.5', 'p40: &base\n    min: 40.5')
      .replace('p50:\n    min: 50.5\n    max: 51.5', 'p50: &next\n    <<: *base\n    max: &bound 90')
      .replace('p70:\n    min: 70.5\n    max: 71.5', 'p70: *next')
      .replace('p80:\n    min: 80.5', 'p80:\n    <<: [*next, *base]')
      .replace('p90:\n    min: 90.5\n    max: 91.5', 'p90: {min: 3, max: *bound}')
      .replace('p95:\n    min: 95.5\n    max: 96.5', 'p95: {value: &text about}')
      .replace('p77:\n    min: 77.5\n    max: 78.5', 'p77: {value: 7}');
    const read = analyse(text, {});
    assert.deepEqual(
      read.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    let excerpts = 0;
    for (const [line, words] of text.split('\n').entries()) {
      for (let character = 0; character < words.length; character += 6) {
        const fresh = analyse(text, {});
        const found = hover(fresh, { line, character });
        if (!fresh.isRead) excerpts++;
        assert.deepEqual(found, hover(read, { line, character }), `line ${line}, character ${character}`);
      }
    }
    assert.ok(excerpts > 500, `${excerpts}`);
  });
});
