import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readProgram } from '#core/program/read-program.ts';
import { described, filesBeside, programs } from './golden.ts';

describe('reading programs', () => {
  for (const { name, text, expected } of programs) {
    it(`finds in ${name} what is written at its end`, () => {
      assert.equal(described(readProgram(text, filesBeside)), expected);
    });
  }

  it('says where each option is declared', () => {
    for (const { name, text } of programs) {
      const lines = text.split('\n');
      for (const option of readProgram(text, filesBeside).options) {
        if (option.file !== undefined) continue;
        const { start, end } = option.range;
        assert.equal(start.line, end.line, name);
        const there = (lines[start.line] ?? '').slice(start.character, end.character);
        assert.ok(
          there.includes(option.name) || there === option.name.replaceAll('-', '_'),
          `${name}: ${there}`,
        );
      }
    }
  });

  it('reads the same with Windows line ends and a byte order mark', () => {
    for (const { name, text, expected } of programs) {
      const other = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
      assert.equal(described(readProgram(other, filesBeside)), expected, name);
    }
  });

  it('leaves the options open when there is nobody to read the modules beside the program', () => {
    const text = 'import wandb\nfrom network import build\nprint(wandb.config.lr)\n';
    assert.equal(readProgram(text).closed, false);
    assert.equal(readProgram(text, { read: () => 'def build(): pass\n' }).closed, true);
    assert.equal(readProgram(text, { read: () => 'import wandb\n' }).closed, false);
  });

  it('looks through the modules that are imported by modules', () => {
    const text = 'import sweepdeck\nimport network\nprint(sweepdeck.params()["lr"])\n';
    const files = (layers: string) => ({
      read: (path: string) =>
        path === 'network.py' ? 'from layers import x\n' : path === 'layers.py' ? layers : undefined,
    });
    assert.equal(readProgram(text, files('x = 1\n')).closed, true);
    assert.equal(readProgram(text, files('import sweepdeck\n')).closed, false);
  });
});

describe('reading whatever text', () => {
  const all = programs.map(({ text }) => text);
  const fragment = fc.constantFrom(
    ...all.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== ''),
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '"""',
    'f"{',
    'f"{x!r:>{',
    '\\',
    '\n',
    '\t',
    ':',
    '=',
    ',',
    '.',
    '*',
    '**',
    '@',
    '#',
    'é',
    '🙂',
    '\0',
    '\r',
    '0x',
    '1e',
    'def f(',
    'class ',
    'lambda: ',
    '-> ',
    '...',
    '"\\N{',
    "b'",
    '__proto__',
    'parser = parser',
    'return parser',
    'constructor',
    'argparse.ArgumentParser(parents=[',
    ':=',
  );

  it('never throws', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 25 }), fc.constantFrom('', ' ', '\n'), (parts, joint) => {
        readProgram(parts.join(joint), filesBeside);
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readProgram(text, filesBeside);
      }),
    );
  });

  it('never throws on a program that is being edited', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), fc.nat(40), fragment, (text, at, length, insert) => {
        const start = at % (text.length + 1);
        readProgram(text.slice(0, start) + insert + text.slice(start + length), filesBeside);
      }),
      { numRuns: 600 },
    );
  });

  it('never calls a text closed whose last bracket or quote is missing', () => {
    for (const { name, text } of programs) {
      for (const mark of [')', '"', "'"]) {
        const last = text.lastIndexOf(mark);
        if (last < 0 || text.lastIndexOf('#') > text.lastIndexOf('\n', last)) continue;
        const { closed } = readProgram(text.slice(0, last) + text.slice(last + 1), filesBeside);
        assert.equal(closed, false, `${name} without its last ${mark}`);
      }
    }
  });

  it('gets along with thousands of brackets and strings inside strings', () => {
    for (const one of ['(', '[', '{', 'f"{', "f'{x:{", 'a.', 'a=', 'lambda a:', '@', '-', 'not '])
      assert.equal(readProgram(`import argparse\nx = ${one.repeat(20_000)}`).closed, false);
  });
});
