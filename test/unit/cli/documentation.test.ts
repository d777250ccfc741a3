import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { EXIT_MEANINGS } from '../../../client/src/cli/exit-codes.ts';
import { COMMON_FLAGS, FLAG_NAMES, flagUsage } from '../../../client/src/cli/flags.ts';
import { overview, verbHelp } from '../../../client/src/cli/help.ts';
import { painter } from '../../../client/src/cli/format/colour.ts';
import { VERBS } from '../../../client/src/cli/verbs.ts';

const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');

/** Text below each heading `### sweepdeck VERB SYNOPSIS`, by the heading's words. */
const sections = new Map(
  text
    .split(/^#{2,3} /m)
    .filter((section) => section.startsWith('sweepdeck '))
    .map((section) => {
      const [heading = '', ...body] = section.split('\n');
      return [heading.slice('sweepdeck '.length), body.join('\n')] as const;
    }),
);

/** Flags in the first column of the tables. */
const flagsIn = (section: string): readonly string[] =>
  [...section.matchAll(/^\| (`--.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(--[^`]+)`/g)].map(([, flag = '']) => flag),
  );

describe('docs/cli.md', () => {
  it('has a section for each verb and for no other, in the same order', () => {
    const usages = [...VERBS, { name: 'help', synopsis: '[COMMAND]' }].map(({ name, synopsis }) =>
      `${name} ${synopsis}`.trimEnd(),
    );
    assert.deepEqual([...sections.keys()], usages);
  });

  for (const verb of VERBS) {
    it(`lists the flags of ${verb.name}`, () => {
      const section = sections.get(`${verb.name} ${verb.synopsis}`.trimEnd());
      assert.ok(section !== undefined);
      assert.deepEqual([...flagsIn(section)].sort(), verb.flags.map(flagUsage).sort());
    });
  }

  it('lists the flags of every command', () => {
    const section = text.split('## Flags of every command')[1]?.split('\n## ')[0] ?? '';
    assert.deepEqual(
      [...flagsIn(section)].sort(),
      [...COMMON_FLAGS, 'version' as const].map(flagUsage).sort(),
    );
  });

  it('gives the exit codes their meanings', () => {
    const rows = [...text.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => ({
      code: Number(code),
      meaning,
    }));
    assert.deepEqual(rows, EXIT_MEANINGS);
  });
});

describe('the help', () => {
  const plain = painter(false);

  it('names every verb and every exit code', () => {
    const help = overview(VERBS, plain).join('\n');
    for (const { name, summary } of VERBS) assert.ok(help.includes(name) && help.includes(summary));
    for (const { code, meaning } of EXIT_MEANINGS)
      assert.match(help, new RegExp(`^ +${code}  ${meaning.replaceAll('.', '\\.')}$`, 'm'));
  });

  it('of the verbs together explains every flag', () => {
    const help = VERBS.flatMap((verb) => verbHelp(verb, plain)).join('\n');
    for (const name of FLAG_NAMES)
      if (name !== 'version') assert.ok(help.includes(`  ${flagUsage(name)}`), name);
  });
});
