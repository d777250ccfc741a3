/** What is kept of a submission beside its script: everything about this machine that decided on its jobs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Program, readMultirunScript } from '#core/batch/commands/read.ts';
import type { System } from '#core/batch/systems.ts';
import type { SweepPlace } from '../source.ts';
import { pathsIn } from '../../sweep-folder.ts';
import type { ScriptPrograms, SubmittedScript } from './job.ts';
import type { LogIds } from '../log-ids.ts';
import { keyOf, type KnownProgram } from './programs.ts';
import { batchSystems } from '../../queues/cluster/systems/index.ts';
import { LOCAL, type Target } from './target.ts';

/** `submission.json`. */
export interface FrozenSubmission {
  /** Null: the jobs run on this machine. */
  readonly system: System | null;
  /** What the queue's settings added. */
  readonly directives: readonly string[];
  readonly prologue: readonly string[];
  /** Absolute path of the directory that holds the jobs' own. */
  readonly logs: string;
  /** Numbers of the jobs' directories, in the order of the jobs. */
  readonly ids: readonly LogIds[];
  readonly programs: readonly KnownProgram[];
}

export function submissionText(submission: FrozenSubmission): string {
  return `${JSON.stringify(submission)}\n`;
}

/** @throws Error with a sentence when the file isn't there or isn't whole. */
export function readFrozen(directory: string): FrozenSubmission {
  const file = pathsIn(directory).submission;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FrozenSubmission;
  } catch (error) {
    throw new Error(`What is kept of the submission in ${file} can't be read: ${sentenceOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * The script that was submitted, read as it was then.
 * @throws Error with a sentence when it can't be read.
 */
export function openFrozen({ directory, state }: SweepPlace): SubmittedScript {
  const frozen = readFrozen(directory);
  const file = pathsIn(directory).script;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`The frozen script ${file} can't be read: ${sentenceOf(error)}`, { cause: error });
  }
  const known = new Map(frozen.programs.map((program) => [keyOf(program), program]));
  const script = readMultirunScript(text, {
    seed: state.seed,
    takesOverrides: (program) => known.get(keyOf(program))?.takesOverrides ?? undefined,
    groupOptions: (program, group) => known.get(keyOf(program))?.groups[group],
  });
  const count = frozen.ids.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (script.count !== BigInt(count)) {
    throw new Error(`${state.id} was submitted as ${count} jobs, and ${file} makes ${script.count} now.`);
  }
  return {
    id: state.id,
    sweepDirectory: directory,
    stem: stemOf(state.file),
    script,
    programs: programsIn(known),
    workingDirectory: state.workingDirectory,
    logs: frozen.logs,
    target: targetOf(frozen, state.queue),
  };
}

/** The file's name without its ending. */
export const stemOf = (file: string): string => path.basename(file, path.extname(file));

function programsIn(known: ReadonlyMap<string, KnownProgram>): ScriptPrograms {
  return {
    fileOf: (program: Program) => known.get(keyOf(program))?.file ?? undefined,
    usesMlxp: (program: Program) => known.get(keyOf(program))?.mlxp === true,
  };
}

function targetOf({ system, directives, prologue }: FrozenSubmission, queue: string): Target {
  if (system === null) return LOCAL;
  return { kind: 'batch-system', queue, adapter: batchSystems[system], directives, prologue };
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
