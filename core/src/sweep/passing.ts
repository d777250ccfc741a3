/** How a command hands the parameters of a sweep to its program. */
import { isScalar, isSeq, isMap } from 'yaml';
import { placedCommand, type PlacedItem } from './command-checks.ts';
import type { SweepDocument } from './document.ts';

/**
 * Arguments for all parameters: `--lr=1`, `--lr 1`, `--lr=1` with `--amp` for true and nothing for false, and
 * `lr=1`, `+lr=1`, `++lr=1`. `none`: not all of them, or in a way that can't be judged.
 */
export type PassingStyle =
  'equals' | 'spaces' | 'no-boolean-flags' | 'no-hyphens' | 'append' | 'override' | 'none';

export interface Passing {
  /** As `program` or the command names it. */
  readonly program: string;
  readonly style: PassingStyle;
  /** Options that the command itself gives: `--data` of `--data=x`. */
  readonly given: ReadonlySet<string>;
  /** Whether the command gives more than options: words that could be a subcommand, or overrides. */
  readonly words: readonly string[];
}

const styles: Readonly<Record<string, PassingStyle>> = {
  args: 'equals',
  args_no_equals: 'spaces',
  args_no_boolean_flags: 'no-boolean-flags',
  args_no_hyphens: 'no-hyphens',
  args_append_hydra: 'append',
  args_override_hydra: 'override',
};

/** Macros that stand before a program without being given its arguments. */
const leading: ReadonlySet<string> = new Set(['env', 'interpreter']);

/**
 * How the file's command runs a program written in Python; undefined when it runs none, or when it isn't
 * clear that the arguments arrive at it.
 */
export function passingOf(document: SweepDocument): Passing | undefined {
  const top = document.root;
  if (!top || !isMap(top) || document.entry(top, 'job') || document.entry(top, 'image_uri')) return undefined;
  const named = document.entry(top, 'program')?.value;
  const program = named && isScalar(named) && typeof named.value === 'string' ? named.value : undefined;
  const command = document.entry(top, 'command');
  if (command && (!command.value || !isSeq(command.value))) return undefined;
  const items = placedCommand(document, command?.value);
  const at = items.findIndex((item) => programOf(item, program) !== undefined);
  const item = items[at];
  const path = item && programOf(item, program);
  if (path?.endsWith('.py') !== true) return undefined;
  if (!items.slice(0, at).every(isLeading)) return undefined;
  return { program: path, ...argumentsAfter(items.slice(at + 1)) };
}

/** The program that an item names: `${program}`, or `train.py` as it is. */
function programOf({ parts }: PlacedItem, program: string | undefined): string | undefined {
  const [part, ...more] = parts;
  if (!part || more.length > 0) return undefined;
  if (part.kind === 'macro') return part.name === 'program' ? program : undefined;
  return /^[^\s'"]+\.py$/.test(part.text) ? part.text : undefined;
}

/** `python -u`, `torchrun --nproc_per_node 2`, but not `bash -c`, nor another program in between. */
function isLeading({ parts }: PlacedItem): boolean {
  return parts.every((part) =>
    part.kind === 'macro' ? leading.has(part.name) : !/^-c$|^-lc$|\.(?:sh|bash|py)$|\s/.test(part.text),
  );
}

function argumentsAfter(items: readonly PlacedItem[]): Omit<Passing, 'program'> {
  let style: PassingStyle = 'none';
  let ways = 0;
  const given = new Set<string>();
  const words: string[] = [];
  for (const { parts } of items) {
    const [first] = parts;
    if (!first) continue;
    if (first.kind === 'macro') {
      const found = parts.length === 1 ? styles[first.name] : undefined;
      if (found) {
        style = found;
        ways++;
      } else words.push(`\${${first.name}}`);
    } else if (first.text.startsWith('-')) given.add(first.text.split('=')[0] ?? first.text);
    else words.push(first.text);
  }
  return { style: ways === 1 ? style : 'none', given, words };
}
