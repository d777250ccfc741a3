/** Dependencies on other jobs. */
import { nearest } from '../../sweep/spelling.ts';
import type { System } from '../systems.ts';
import { pieces } from './lists.ts';
import { bad, good, type Parsed } from './parsed.ts';

/** `afterokay` is rather `afterok` than `after`. */
const nearestType = (type: string, types: readonly string[]): string | undefined =>
  nearest(
    type,
    types.toSorted((a, b) => b.length - a.length),
  );

export const slurmDependencyTypes = [
  'after',
  'afterany',
  'afterburstbuffer',
  'aftercorr',
  'afternotok',
  'afterok',
  'singleton',
  'expand',
] as const;

const pbsTypes = [
  'after',
  'afterok',
  'afternotok',
  'afterany',
  'before',
  'beforeok',
  'beforenotok',
  'beforeany',
  'on',
];
const torqueTypes = [
  ...pbsTypes,
  'synccount',
  'syncwith',
  ...['after', 'before'].flatMap((when) =>
    ['start', 'ok', 'notok', 'any'].map((how) => `${when}${how}array`),
  ),
];

/** `type:id[+minutes][:id...]`, joined by `,` or by `?` but not both (sbatch(1), --dependency). */
export function checkSlurmDependency(text: string): Parsed {
  if (text.includes(',') && text.includes('?'))
    return bad('Commas (all of them) and ? (any of them) can not be mixed.');
  const parts = pieces(text, text.includes('?') ? '?' : ',');
  for (const { text: part, from, to } of parts) {
    const [type = '', ...ids] = part.split(':');
    if (part === '') return bad('A dependency is missing.', undefined, [from, to]);
    if (/^singleton$/i.test(part)) continue;
    // sbatch still takes the bare job id of its first versions
    if (/^\d+(_(\d+|\*))?$/.test(part)) continue;
    if (!slurmDependencyTypes.some((known) => known === type.toLowerCase())) {
      const meant = nearestType(type, slurmDependencyTypes);
      return bad(
        `'${type}' is no kind of dependency.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
        meant,
        [from, from + type.length],
      );
    }
    if (ids.length === 0) return bad(`${type} needs a job id behind a colon.`, undefined, [from, to]);
    const wrong = ids.find((id) => !/^\d+(_(\d+|\*))?(\+\d+)?$/.test(id));
    if (wrong !== undefined) return bad(`'${wrong}' is no job id.`, undefined, [from, to]);
  }
  return good(parts.map((part) => part.text));
}

/** `type:id[:id...]`, joined by commas, of TORQUE and PBS Pro (`-W depend=`). Ids may be names. */
export function checkDependency(text: string, system: System): Parsed {
  const types = system === 'pbspro' ? pbsTypes : torqueTypes;
  const parts = pieces(text, ',');
  for (const { text: part, from } of parts) {
    const [type = '', ...ids] = part.split(':');
    if (!types.includes(type)) {
      const meant = nearestType(type, types);
      return bad(
        `'${type}' is no kind of dependency.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
        meant,
        [from, from + type.length],
      );
    }
    if (ids.length === 0 || ids.includes(''))
      return bad(`${type} needs a job id behind a colon.`, undefined, [from, from + part.length]);
  }
  return good(parts.map((part) => part.text));
}

const conditions = [
  'done',
  'ended',
  'exit',
  'started',
  'post_done',
  'post_err',
  'external',
  'numdone',
  'numended',
  'numexit',
  'numhold',
  'numpend',
  'numrun',
  'numstart',
];

/** `done(x) && ended("y")`, with `||`, `!` and parentheses; a bare id or name means done (bsub(1), -w). */
export function checkLsfDependency(text: string): Parsed {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth < 0)
      return bad('A closing parenthesis has no opening one.', undefined, [at, at + 1]);
  }
  if (depth > 0) return bad('A parenthesis is not closed.');
  for (const { 1: name = '', index } of text.matchAll(/([A-Za-z_]+)\s*\(/g)) {
    if (conditions.includes(name)) continue;
    const meant = nearest(name, conditions);
    return bad(`'${name}' is no condition.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`, meant, [
      index,
      index + name.length,
    ]);
  }
  return good([text]);
}
