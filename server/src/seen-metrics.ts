/** Names of metrics that earlier sweeps of a workspace reported, from their journals. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { outlineOf } from './sweep-file/outline.ts';

/** Milliseconds for which an answer counts: runs don't change the names that they report. */
const remembered = 10_000;
/** The newest sweeps are the ones that say how the program is now. */
const mostSweeps = 20;
/** Bytes of the end of a journal, and of a sweep file, that are read. */
const mostRead = 65_536;

interface Answer {
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly until: number;
}

/** Asks the disk at most once in `remembered` milliseconds for each workspace folder. */
export class SeenMetrics {
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The metrics that sweeps in the folder with this program reported, the latest sweep's first; undefined when there are none. */
  of(folder: string, program: string): readonly string[] | undefined {
    const time = this.#now();
    let answer = this.#answers.get(folder);
    if (answer === undefined || answer.until <= time) {
      answer = { names: namesByProgram(path.join(folder, '.sweeps')), until: time + remembered };
      this.#answers.set(folder, answer);
    }
    return answer.names.get(program);
  }

  forget(): void {
    this.#answers.clear();
  }
}

function namesByProgram(sweeps: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, Set<string>>();
  for (const folder of newest(sweeps)) {
    const program = programOf(path.join(folder, 'sweep.yaml'));
    if (program === undefined) continue;
    const known = names.get(program) ?? new Set();
    for (const name of metricsIn(endOf(path.join(folder, 'journal.jsonl')))) known.add(name);
    if (known.size > 0) names.set(program, known);
  }
  return new Map([...names].map(([program, known]) => [program, [...known]]));
}

function newest(sweeps: string): readonly string[] {
  return (attempt(() => readdirSync(sweeps)) ?? [])
    .flatMap((name) => {
      const folder = path.join(sweeps, name);
      const changed = attempt(() => statSync(path.join(folder, 'journal.jsonl')).mtimeMs);
      return changed === undefined ? [] : [{ folder, changed }];
    })
    .sort((a, b) => b.changed - a.changed)
    .slice(0, mostSweeps)
    .map(({ folder }) => folder);
}

function programOf(file: string): string | undefined {
  const text = attempt(() => (statSync(file).size > mostRead ? undefined : readFileSync(file, 'utf8')));
  return text === undefined
    ? undefined
    : outlineOf(text).children.find(({ name }) => name === 'program')?.word;
}

/** The last lines of a file, the first of which may be cut. */
function endOf(file: string): string {
  return (
    attempt(() => {
      const descriptor = openSync(file, 'r');
      try {
        const size = fstatSync(descriptor).size;
        const bytes = Buffer.alloc(Math.min(size, mostRead));
        const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
        return bytes.toString('utf8', 0, read);
      } finally {
        closeSync(descriptor);
      }
    }) ?? ''
  );
}

/** The names in the `metrics` of jobs that ended. */
function metricsIn(journal: string): readonly string[] {
  return journal.split('\n').flatMap((line) => {
    if (!line.includes('"ended"') || !line.includes('"metrics"')) return [];
    const event: unknown = attempt(() => JSON.parse(line) as unknown);
    if (typeof event !== 'object' || event === null || !('metrics' in event)) return [];
    const { metrics } = event;
    return typeof metrics === 'object' && metrics !== null ? Object.keys(metrics) : [];
  });
}

/** The result, or nothing where the disk refuses: what can't be read has no names to offer. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    // Gone, not ours, or cut in the middle of a line that is being written.
    return undefined;
  }
}
