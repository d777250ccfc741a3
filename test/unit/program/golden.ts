/**
 * Programs with what is found in them written at their end, as comments:
 *
 *     #: argparse closed abbreviations
 *     #: lr -l: float = 1e-3, learning rate
 *     #: optimizer: text [sgd, adam] = "adam"
 *     #: data: text required
 *
 * First the style and what is said of all options, then each option: its name and aliases, its type, its
 * choices, its default, its help.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProgramFiles, ProgramOption, ProgramOptions } from '#core/program/options.ts';
import { stringifyValue } from '#core/value.ts';

export const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'program');

export interface Program {
  readonly name: string;
  readonly text: string;
  readonly expected: string;
}

export const filesBeside: ProgramFiles = {
  read: (file) => {
    const whole = path.join(folder, file);
    return existsSync(whole) ? readFileSync(whole, 'utf8') : undefined;
  },
};

export const programs: readonly Program[] = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => {
    const whole = readFileSync(path.join(folder, name), 'utf8');
    const text = whole.replace(/^#:.*\n/gm, '');
    return { name, text, expected: [...whole.matchAll(/^#:.*\n/gm)].join('') };
  });

/** What was found, as the comments say it. */
export function described({ style, closed, abbreviations, options }: ProgramOptions): string {
  const head = [style ?? 'nothing', closed ? 'closed' : 'open', ...(abbreviations ? ['abbreviations'] : [])];
  return [head.join(' '), ...options.map(describeOption)].map((line) => `#: ${line}\n`).join('');
}

function describeOption(option: ProgramOption): string {
  const { name, aliases, type, choices, required, help, group, file, ignoresCase } = option;
  return [
    `${[name, ...aliases].join(' ')}: ${group ? 'group' : type}`,
    choices
      ? ` [${choices.map((one) => (typeof one === 'string' ? one : stringifyValue(one))).join(', ')}]`
      : '',
    ignoresCase ? ' any case' : '',
    required ? ' required' : '',
    option.default === undefined ? '' : ` = ${option.default}`,
    help === undefined ? '' : `, ${help}`,
    file === undefined ? '' : ` (${file})`,
  ].join('');
}
