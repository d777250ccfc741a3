import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shellQuote, ShellQuoteError } from '#engine/shell-quote.ts';
import { run, temporaryFolder } from './harness.ts';

const SHELLS = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([program = '']) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => fs.existsSync(path.join(folder, program))),
);
const NASTY = [
  '',
  '-',
  '--',
  '-n',
  '-e',
  "'",
  "''",
  '"',
  '\\',
  '\\\\',
  "it's",
  '$HOME',
  '$(touch pwned)',
  '`touch pwned`',
  '${x}',
  '!',
  '!!',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '~',
  '~root',
  '#',
  'a#b',
  ';',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
  '\n',
  'a\nb\n',
  '\t',
  '\r\n',
  ' ',
  '  a  ',
  'if',
  'done',
  'a=b',
  'PATH=x',
  '=x',
  '😀',
  'é',
  '\u2028',
  '\x01',
  '\x7f',
  "--x; rm -rf '",
  '%s%n',
  '\\n',
  '\\0',
  '\\c',
];

/** Words that shells might trip over, and anything else. */
const word = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...NASTY), { maxLength: 6 }).map((parts) => parts.join('')),
  )
  .filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));

/** What a real shell makes of a script's words: one NUL after each. */
async function readBack(shell: readonly string[], script: string): Promise<string[]> {
  const { stdout, stderr, code } = await run([...shell, script], { cwd: folder });
  assert.equal(code, 0, stderr);
  return stdout.toString('utf8').split('\0').slice(0, -1);
}

const folder = temporaryFolder();
const scriptFile = path.join(folder, 'words.sh');

describe('shellQuote', () => {
  for (const shell of SHELLS) {
    it(`gives ${shell.join(' ')} every word back byte for byte, and runs nothing`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 40 }), async (words) => {
          fs.writeFileSync(scriptFile, `printf '%s\\0' ${words.map(shellQuote).join(' ')}\n`);
          assert.deepEqual(await readBack(shell, scriptFile), words);
        }),
        { numRuns: 40, examples: [[NASTY]] },
      );
      assert.deepEqual(fs.readdirSync(folder), ['words.sh']);
    });

    it(`gives ${shell.join(' ')} a word of 1 MB back`, async () => {
      const long = "a'b$(c)\n😀".repeat(80_000);
      fs.writeFileSync(scriptFile, `printf '%s\\0' ${shellQuote(long)}\n`);
      assert.deepEqual(await readBack(shell, scriptFile), [long]);
    });
  }

  it('leaves plain words bare', () => {
    for (const plain of ['train.py', '--lr=0.1', '/usr/bin/env', 'a_b-c', '1e-05', 'user@host:x,y']) {
      assert.equal(shellQuote(plain), plain);
    }
  });

  it('never leaves bare what a shell could take for more than a word', () => {
    fc.assert(
      fc.property(word, (text) => {
        const quoted = shellQuote(text);
        assert.ok(quoted.startsWith("'") || /^[\w@%+:,./=-]+$/.test(quoted), quoted);
      }),
    );
  });

  it('rejects what no argument can hold', () => {
    assert.throws(() => shellQuote('a\0b'), ShellQuoteError);
    assert.throws(() => shellQuote('\ud800'), { name: 'ShellQuoteError', message: /surrogate/ });
  });
});
