/** Lists of nodes by name. */
import { bad, good, type Parsed } from './parsed.ts';

/**
 * Slurm's hostlist (sbatch(1), --nodelist): names with bracketed numbers, `n[1-5,07]`, separated by commas; with a
 * `/` in it the name of a file. Gives the text.
 */
export function checkSlurmHosts(text: string): Parsed {
  if (text.includes('/')) return good(text);
  let open: number | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '[') {
      if (open !== undefined) return bad('A bracket stands inside another one.', undefined, [at, at + 1]);
      open = at;
    } else if (char === ']') {
      if (open === undefined) return bad('A closing bracket has no opening one.', undefined, [at, at + 1]);
      const wrong = wrongRange(text.slice(open + 1, at), open + 1);
      if (wrong) return wrong;
      open = undefined;
    }
  }
  return open === undefined ? good(text) : bad('A bracket is not closed.', undefined, [open, text.length]);
}

function wrongRange(list: string, start: number): Parsed | undefined {
  let from = start;
  for (const range of list.split(',')) {
    const at = [from, from + range.length] as const;
    from += range.length + 1;
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    if (first === '') return bad(`'${range}' is neither a number nor a range of numbers.`, undefined, at);
    if (Number(last) < Number(first)) return bad('The larger number stands second.', `${last}-${first}`, at);
  }
  return undefined;
}
