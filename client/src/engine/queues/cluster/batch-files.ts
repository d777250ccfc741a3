/** What a submission leaves on disk: the folder `batches/<name>` with its script, its list of jobs, and the system's own output. */
import { randomInt } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolderSync, storageError } from '../../atomic-file.ts';
import { SCRIPT_FILE } from '../../job-directory.ts';
import { shellQuote } from '../../shell-quote.ts';
import { lastLine } from '../local/outcome.ts';
import type { BatchSystem } from './batch-system.ts';

const LONGEST_NAME = 15;
const RANDOM = 7;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A native name that nobody used before: at most 15 characters, a letter first. It begins with the sweep's
 * name, so that people know it in the system's own listing, and ends in seven random characters.
 */
export function batchName(sweep: string, longest = LONGEST_NAME): string {
  const most = Math.max(RANDOM + 1, Math.min(longest, LONGEST_NAME));
  const random = Array.from({ length: RANDOM }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const plain = sweep.replaceAll(/[^A-Za-z0-9]/g, '').replace(/^[^A-Za-z]+/, '');
  const prefix = (plain === '' ? 's' : plain).slice(0, Math.max(1, most - RANDOM - 1));
  return prefix.length + 1 + RANDOM <= most ? `${prefix}-${random}` : `${prefix}${random}`.slice(0, most);
}

/** What all submissions of a queue say: the person's own lines. */
export interface ScriptHead {
  /** Directives with their mark, those that the driver replaces left out. */
  readonly directives: readonly string[];
  /** Shell lines that run before the job's own script, e.g. `module load cuda`. */
  readonly prologue: readonly string[];
}

export interface BatchPlace {
  /** Absolute path of `batches/<name>`. */
  readonly folder: string;
  readonly name: string;
  /** 1 for the first; grows when the same batch is submitted again because its answer was lost. */
  readonly submission: number;
  /** Index of the array's first task; undefined: one plain job. */
  readonly firstTask: number | undefined;
  /** Tasks at once; undefined: as many as the system likes. */
  readonly atOnce: number | undefined;
  /** Absolute paths of the jobs' directories, in the order of the tasks; at least one. */
  readonly directories: readonly string[];
}

const LIST_FILE = 'jobs';

/** Absolute path of the script of one submission. It must stay as it is while jobs wait: OAR reads it when they start. */
export function batchScript({ folder, submission }: Pick<BatchPlace, 'folder' | 'submission'>): string {
  return path.join(folder, submission === 1 ? SCRIPT_FILE : `script-${submission}.sh`);
}

/** A word that no other submission has: by it a job's script knows whether it was started again or handed in twice. */
export function submissionTag({ name, submission }: Pick<BatchPlace, 'name' | 'submission'>): string {
  return `${name}/${submission}`;
}

/**
 * Writes the folder of a batch and returns the text of its script.
 * @param pathThere the path by which the batch system's machines know a local file
 * @throws StorageError with a sentence when the disk is at fault.
 */
export function writeBatch(
  place: BatchPlace,
  system: BatchSystem,
  head: ScriptHead,
  pathThere: (local: string) => string,
): string {
  const parent = path.dirname(place.directories[0] ?? place.folder);
  const text = renderBatch(place, system, head, pathThere);
  const script = batchScript(place);
  try {
    makeFolderSync(place.folder, { parents: 1 });
    const list = place.directories.map((directory) => `${path.relative(parent, directory)}\n`).join('');
    writeFileSync(path.join(place.folder, LIST_FILE), list);
    writeFileSync(script, text, { mode: 0o755 });
  } catch (error) {
    throw storageError('write', script, error);
  }
  return text;
}

function renderBatch(
  place: BatchPlace,
  system: BatchSystem,
  { directives, prologue }: ScriptHead,
  pathThere: (local: string) => string,
): string {
  const { folder, name, firstTask, atOnce, directories } = place;
  const there = pathThere(folder);
  const tag = submissionTag(place);
  const isArray = firstTask !== undefined && system.arrays !== undefined;
  const out = `${there}/${isArray ? '%t' : '0'}.out`;
  // `module` is a function of login shells
  const [shell, firstLine] =
    prologue.length === 0 ? ['/bin/sh', '#!/bin/sh'] : ['/bin/bash', '#!/bin/bash -l'];
  const header = system.headerFor({
    name,
    directory: there,
    stdout: out,
    stderr: out,
    shell,
    ...(isArray ? { tasks: { count: directories.length, ...(atOnce === undefined ? {} : { atOnce }) } } : {}),
  });
  const [first = folder] = directories;
  const run = isArray
    ? [
        `# line n of the list is the job of the n-th task`,
        `task=\${${system.arrays.variable}}`,
        `job=$(sed -n "$((task - ${firstTask} + 1))p" ${shellQuote(`${there}/${LIST_FILE}`)})`,
        `[ -n "$job" ] || { echo "There is no job for task $task in ${LIST_FILE}." >&2; exit 1; }`,
        `exec /bin/sh ${shellQuote(pathThere(path.dirname(first)))}/"$job"/${SCRIPT_FILE} ${tag}`,
      ]
    : [`exec /bin/sh ${shellQuote(`${pathThere(first)}/${SCRIPT_FILE}`)} ${tag}`];
  return [
    firstLine,
    ...header,
    ...directives,
    `# ${name}: written by Sweepdeck. Runs ${directories.length === 1 ? 'one job' : `${directories.length} jobs`}.`,
    ...prologue,
    ...run,
    '',
  ].join('\n');
}

/** The last line that the batch system's own output of a job holds; undefined: none. */
export function lastWordsOf(folder: string, task: number | undefined): string | undefined {
  const number = String(task ?? 0);
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    // it only adds to what is known anyway
    return undefined;
  }
  const endsSo = new RegExp(`(^|[^0-9])${number}(\\.out)?$`);
  const own = names.filter(
    (name) => name !== LIST_FILE && !/^script(-\d+)?\.sh$/.test(name) && endsSo.test(name),
  );
  for (const name of own) {
    const line = lastLine(path.join(folder, name));
    if (line !== undefined) return line;
  }
  return undefined;
}
