import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Float } from '#core/value.ts';
import { parse } from 'yaml';
import fc from 'fast-check';
import { formatBytes, formatDuration } from '../../../client/src/editor/presentation/duration.ts';
import { commandLink, escapeMarkdown } from '../../../client/src/editor/presentation/markdown.ts';
import {
  flatParameters,
  formatMetric,
  formatValue,
  parametersLabel,
} from '../../../client/src/editor/presentation/parameters.ts';
import { parametersYaml } from '../../../client/src/editor/presentation/parameters-yaml.ts';

describe('formatDuration', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, '0.0 s'],
    [400, '0.4 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_499, '59 min 59 s'],
    [3_599_500, '1 h 00 min'],
    [7_620_000, '2 h 07 min'],
    [86_369_999, '23 h 59 min'],
    [86_370_000, '1 d 00 h'],
    [273_600_000, '3 d 04 h'],
  ];
  for (const [ms, text] of cases) it(`${ms} ms is ${text}`, () => assert.equal(formatDuration(ms), text));
});

describe('formatBytes', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [512, '512 B'],
    [65_536, '64 KB'],
    [1_288_490_189, '1.2 GB'],
  ];
  for (const [bytes, text] of cases) it(`${bytes} is ${text}`, () => assert.equal(formatBytes(bytes), text));
});

describe('values in labels', () => {
  it('keeps the point of a whole float', () => assert.equal(formatValue(new Float(1)), '1.0'));
  it('shortens long fractions', () => assert.equal(formatValue(0.000123456789), '0.0001235'));
  it('keeps integers whole', () => assert.equal(formatValue(123456789), '123456789'));
  it('shows big integers', () => assert.equal(formatValue(2n ** 70n), '1180591620717411303424'));
  it('shows an empty string', () => assert.equal(formatValue(''), "''"));
  it('puts line breaks on one line', () => assert.equal(formatValue('a\n\nb'), 'a b'));
  it('cuts a megabyte', () => assert.equal(formatValue('x'.repeat(1_000_000)).length, 24));
  it('does not cut an emoji in two', () => assert.ok(formatValue('😀'.repeat(30)).isWellFormed()));
  it('shows lists and maps', () => assert.equal(formatValue([1, { a: true }]), '[1, {a: true}]'));
  it('shows metrics JSON has no number for', () => assert.equal(formatMetric('NaN'), 'NaN'));

  it('names nested parameters by their path', () => {
    assert.deepEqual(flatParameters({ opt: { lr: 0.1, name: 'sgd' }, batch: 32 }), [
      ['opt.lr', 0.1],
      ['opt.name', 'sgd'],
      ['batch', 32],
    ]);
  });

  it('labels a job with as many parameters as fit', () => {
    assert.equal(parametersLabel({ lr: 0.1, batch: 32 }), 'lr=0.1 batch=32');
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`parameter${i}`, i]));
    const label = parametersLabel(many);
    assert.ok(label.length <= 82, label);
    assert.match(label, / …$/);
  });
});

describe('parametersYaml', () => {
  it('keeps number kinds and quotes what YAML 1.1 reads as something else', async () => {
    const text = await parametersYaml({
      lr: new Float(1),
      big: new Float(1e22),
      on: 'yes',
      opt: { eps: 1e-8, decay: 0.5 },
      list: [new Float(2), 2n, null, true],
      none: {},
    });
    assert.equal(
      text,
      [
        'lr: 1.0',
        'big: 1.0e+22',
        '"on": "yes"',
        'opt:',
        '  eps: 1.0e-8',
        '  decay: 0.5',
        'list:',
        '  - 2.0',
        '  - 2',
        '  - null',
        '  - true',
        'none: {}',
        '',
      ].join('\n'),
    );
  });

  it('is read back as the same strings', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.string()), async (strings) => {
        assert.deepEqual(parse(await parametersYaml(strings)), { ...strings });
      }),
      { numRuns: 60 },
    );
  });
});

describe('Markdown', () => {
  it('shows any text as it is, on one line', () => {
    const hostile = '|a| `b`\n[c](command:d) $(error) <img> **e**';
    const escaped = escapeMarkdown(hostile);
    assert.ok(!escaped.includes('\n'));
    assert.doesNotMatch(escaped, /(?<!\\)[|`[\]<>*$(]/);
  });

  it('carries any key in a command link', () => {
    const key = '/a b/"c"/d)e/.sweeps/x-1';
    const link = commandLink('Pause', 'sweepdeck.pause', key);
    const query = /^\[Pause\]\(command:sweepdeck\.pause\?(.*)\)$/.exec(link)?.[1] ?? '';
    assert.deepEqual(JSON.parse(decodeURIComponent(query)), [key]);
    assert.doesNotMatch(query, /[ "]/);
  });
});
