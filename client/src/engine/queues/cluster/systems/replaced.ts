/** Which of a person's directives give way to the driver's own, and what stays of a line that holds both. */
import { readOptions } from '#core/batch/options.ts';
import { BatchProblems } from '#core/batch/problem-list.ts';
import { readScript } from '#core/batch/script.ts';
import { dialects, type System } from '#core/batch/systems.ts';
import type { BatchSystem } from '../batch-system.ts';

/**
 * `isReplaced` and `keptOf` of a system, for the options with these keys of its directive catalogue (short forms,
 * beginnings of long ones and all ways to write the value are the reader's business).
 */
export function replacing(
  system: System,
  keys: readonly string[],
): Pick<BatchSystem, 'isReplaced' | 'keptOf'> {
  const replaced = new Set(keys);
  const keptOf = (directive: string): string | undefined => kept(directive, system, replaced);
  return { keptOf, isReplaced: (directive) => keptOf(directive) !== directive };
}

function kept(directive: string, system: System, replaced: ReadonlySet<string>): string | undefined {
  const script = readScript(directive);
  const [line] = script.directives;
  if (line?.line !== 0) return directive;
  const given = readOptions(directive, [line], dialects[system], new BatchProblems(script));
  let rest = '';
  let at: number = line.body[0];
  let cutDash = false;
  const keepUntil = (end: number): void => {
    const piece = directive.slice(at, end);
    // `-Hk` without H: the letters that stay need a dash of their own
    rest += cutDash && /^\S/.test(piece) ? `-${piece}` : piece;
  };
  for (const { spec, span } of given) {
    if (!replaced.has(spec.key)) continue;
    keepUntil(span[0]);
    cutDash = directive[span[0]] === '-' || (cutDash && span[0] === at);
    at = span[1];
  }
  if (at === line.body[0]) return directive;
  keepUntil(line.body[1]);
  rest = rest.trim();
  if (rest === '' || rest.startsWith('#')) return undefined;
  const left = `${line.mark} ${rest}`;
  // what stays of broken quotes may be read otherwise
  return left.length < directive.length ? kept(left, system, replaced) : left;
}
