/** Files near a document that a sweep could run: what completion offers for `program` and for jobs given as paths. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Milliseconds for which an answer counts. */
const remembered = 5000;
/** Folders below the first that are looked into; programs deeper down are reached by typing. */
const deepest = 3;
const mostFolders = 200;
const mostPrograms = 200;

const endings: ReadonlySet<string> = new Set([
  '.py',
  '.sh',
  '.R',
  '.jl',
  '.js',
  '.mjs',
  '.ts',
  '.pl',
  '.rb',
  '.lua',
  '.m',
]);
/** Folders full of programs that nobody sweeps. */
const strange: ReadonlySet<string> = new Set([
  'node_modules',
  '__pycache__',
  'site-packages',
  'venv',
  'env',
  'dist',
  'build',
  'logs',
  'wandb',
  'outputs',
  'multirun',
]);

/** Asks the disk at most once in `remembered` milliseconds for each folder. */
export class NearbyPrograms {
  readonly #now: () => number;
  readonly #answers = new Map<string, { readonly found: readonly string[]; readonly until: number }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Paths of programs below the folder, relative to it, with `/`; those nearest to it first. */
  of(folder: string): readonly string[] {
    const time = this.#now();
    const answer = this.#answers.get(folder);
    if (answer !== undefined && answer.until > time) return answer.found;
    const found = programsBelow(folder);
    this.#answers.set(folder, { found, until: time + remembered });
    return found;
  }

  forget(): void {
    this.#answers.clear();
  }
}

function programsBelow(top: string): readonly string[] {
  const found: string[] = [];
  let level: readonly string[] = [''];
  let looked = 0;
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      if (++looked > mostFolders) return found;
      for (const entry of entriesOf(path.join(top, folder))) {
        const name = `${folder}${entry.name}`;
        if (entry.isDirectory()) {
          if (!entry.name.startsWith('.') && !strange.has(entry.name)) below.push(`${name}/`);
        } else if (endings.has(path.extname(entry.name)) && !/^(?:__|test_|setup\.py$)/.test(entry.name)) {
          found.push(name);
          if (found.length >= mostPrograms) return found;
        }
      }
    }
    level = below;
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // Gone, or not ours to read: it has nothing to offer.
    return [];
  }
}
