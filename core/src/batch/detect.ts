/** Which batch system a script is written for. */
import type { DirectiveLine, Script, Span } from './script.ts';
import { dialects, marks, systems, systemsOf, type Mark, type System } from './systems.ts';

export interface Detection {
  /** The mark that most lines begin with. */
  readonly mark: Mark;
  /** The systems it may be, the likelier first. */
  readonly systems: readonly [System, System?];
  /** Lines of that mark, and what the system reads besides; late ones included. */
  readonly lines: readonly DirectiveLine[];
  /** Lines of other systems. */
  readonly foreign: readonly DirectiveLine[];
  /** Whether a comment of the script says which system it is for. */
  readonly declared: boolean;
}

const declaration = /^#.*\bsweepdeck: *system +([\w-]+)/m;

export interface DeclaredSystem {
  /** undefined: no such system. */
  readonly system: System | undefined;
  readonly name: string;
  readonly at: Span;
}

/** What the comment `# sweepdeck: system slurm` says. */
export function declaredSystem({ text, addressesUs }: Script): DeclaredSystem | undefined {
  const found = addressesUs ? declaration.exec(text) : null;
  if (found === null) return undefined;
  const [whole, name = ''] = found;
  const end = found.index + whole.length;
  return { system: systems.find((one) => one === name), name, at: [end - name.length, end] };
}

/** undefined: no batch script. Lines that a script writes into other scripts don't count. */
export function detect(script: Script): Detection | undefined {
  const own = script.directives.filter((line) => !line.inHereDocument);
  const declared = declaredSystem(script)?.system;
  if (own.length === 0) {
    const [first] = script.nearMisses;
    if (first === undefined) return undefined;
    return {
      mark: first.mark,
      systems: declared === undefined ? systemsOf[first.mark] : [declared],
      lines: [],
      foreign: [],
      declared: declared !== undefined,
    };
  }
  const weight = new Map<Mark, number>();
  // a line that is read says more than one that comes too late
  for (const { mark, late } of own)
    weight.set(mark, (weight.get(mark) ?? 0) + (late && stops(mark) ? 0.01 : 1));
  // msub obeys both of them, qsub only its own
  if (weight.has('#MSUB')) weight.delete('#PBS');
  const mark =
    declared === undefined
      ? marks.filter((one) => weight.has(one)).sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0))[0]
      : dialects[declared].mark;
  if (mark === undefined) return undefined;
  // Grid Engine and OAR read the whole file, whatever the shell makes of it
  const all = stops(mark) ? own : script.directives;
  const reads = (one: Mark) => one === mark || (mark === '#MSUB' && one === '#PBS');
  return {
    mark,
    systems: declared === undefined ? systemsOf[mark] : [declared],
    lines: all.filter((line) => reads(line.mark)),
    foreign: own.filter((line) => !reads(line.mark)),
    declared: declared !== undefined,
  };
}

const stops = (mark: Mark): boolean => dialects[systemsOf[mark][0]].stopsAtCommand;

/** What only one of the two PBS systems has. Positive: PBS Pro. */
const hints: readonly (readonly [RegExp, number])[] = [
  [/^#PBS.*-l\s*(select|place)=/m, 10],
  [/^#PBS.*-J\s*\d/m, 10],
  [/^#PBS.*-k\s*(oed|od|ed|doe|d)\b/m, 5],
  [/^#PBS.*-R\s*[eo]+/m, 5],
  [/^#PBS.*-W\s*(sandbox|block)=/m, 5],
  [/\bPBS_ARRAY_INDEX\b/, 5],
  [/^#PBS.*-l.*\bncpus=/m, 2],
  [/^#PBS.*-P\s*\w/m, 2],
  [/^#PBS.*-t\s*\d/m, -10],
  [/^#PBS.*\bnodes=[^\s,]*(:ppn|:gpus)=/m, -3],
  [/^#PBS.*-[dwn](\s|$)/m, -5],
  [/^#PBS.*-l\s*(procs|naccesspolicy|qos|feature|advres)=/m, -5],
  [/\bPBS_(ARRAYID|NUM_PPN|NP|GPUFILE)\b/, -5],
];

/** More than 0: rather PBS Pro; less: rather TORQUE. */
export function pbsFlavour(text: string): number {
  return hints.reduce((sum, [pattern, weight]) => sum + (pattern.test(text) ? weight : 0), 0);
}
