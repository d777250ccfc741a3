/** Where the lines of a script give a variable of the shell a value. */
import { parseOverride } from '../../multirun/multirun.ts';
import { isSweep } from '../../multirun/values.ts';
import { literalField, noVariables } from './words.ts';

/** Where a command begins, behind assignments of its own. */
const begins = String.raw`(?:^|[;&|({]|\b(?:then|do|else))[ \t]*(?:[A-Za-z_]\w*=[^\s;&|]*[ \t]+)*`;
const declares = String.raw`(?:(?:export|local|declare|typeset|readonly)[ \t](?:[^\n;&|]*[ \t])?)?`;
const reads = String.raw`(?:read|mapfile|readarray|unset|let|getopts|printf[ \t]+-v|for)[ \t](?:[^\n;&|]*[ \t"'])?`;

const patterns = new Map<string, RegExp>();
const mostPatterns = 200;

function patternOf(name: string): RegExp {
  const kept = patterns.get(name);
  if (kept !== undefined) return kept;
  const written = String.raw`${begins}${declares}${name}\+?=`;
  const changed = String.raw`(?:(?:\+\+|--)${name}(?!\w)|(?<!\w)${name}[ \t]*(?:\+\+|--|[-+*/%]?=(?!=)))`;
  const arithmetic = String.raw`\(\([^\n]*${changed}`;
  const made = new RegExp(String.raw`${written}|${begins}${reads}${name}(?!\w)|${arithmetic}`, 'gm');
  if (patterns.size >= mostPatterns) patterns.clear();
  patterns.set(name, made);
  return made;
}

/** Whether a stretch of a script may give the variable a value: by `=`, by a builtin, as a loop's, by arithmetic. */
export const assignsIn = (text: string, name: string): boolean =>
  text.includes(name) && text.search(patternOf(name)) >= 0;

/** The last value that a stretch of a script gives the variable, when it stands behind a `=`; else only a shell knows it. */
export function writtenValue(text: string, name: string): string | undefined {
  const last = [...text.matchAll(patternOf(name))].at(-1);
  if (last === undefined || !last[0].endsWith(`${name}=`) || last[0].includes('((')) return undefined;
  const start = last.index + last[0].length;
  // the words of an array
  const [, members] = /^\(([^()'"$`\\]*)\)/.exec(text.slice(start)) ?? [];
  if (members !== undefined) return members.trim();
  const word = writtenWord.exec(text.slice(start))?.[0] ?? '';
  const behind = text.charAt(start + word.length);
  if (behind !== '' && !/[\s;&|]/.test(behind)) return undefined;
  return literalField(text, [start, start + word.length], noVariables)?.text;
}

/** Without anything that a shell would put another text for; a call as in `range(3)` is a part of it. */
const writtenWord = /^(?:'[^']*'|"[^"$`\\]*"|[^\s;&|'"$`()<>\\]|(?<=\w)\([^()\n]*\))*/;

/** Whether an override with this value has several. */
export const isSweptValue = (value: string): boolean => isSweptOverride(`key=${value}`);

/** Whether a word is an override with several values. */
export function isSweptOverride(word: string): boolean {
  if (!/^(?:\+\+?|~)?[A-Za-z_$][\w$./@:-]*=[^]*[,(]/.test(word)) return false;
  const reading = parseOverride(word);
  return 'override' in reading && isSweep(reading.override.value);
}
