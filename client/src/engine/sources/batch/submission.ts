/**
 * A batch script as it would be submitted from this machine: what jobs it makes, where they run and where their
 * files go, and everything that keeps it from being submitted. Nothing is written or run.
 */
import fs from 'node:fs';
import path from 'node:path';
import { checkConfigs } from '#core/batch/commands/config-checks.ts';
import {
  blockers,
  readMultirunScript,
  type MultirunCommand,
  type MultirunScript,
} from '#core/batch/commands/read.ts';
import { metricIn, type ScriptMetric } from '#core/batch/metric-comment.ts';
import { parentLogDirectoryIn } from '#core/batch/mlxp.ts';
import { rangeIn } from '#core/batch/problem-list.ts';
import { arrayProblems, directoryIn, keptDirectives } from '#core/batch/render.ts';
import type { SubmissionProblem, SubmissionProblemCode } from '#core/batch/submission-problems.ts';
import { submissionProblemSeverities } from '#core/batch/submission-problems.ts';
import { dialects } from '#core/batch/systems.ts';
import { storageCause } from '../../atomic-file.ts';
import { ProgramsOfScript } from './programs.ts';
import type { Target, Targets, Unusable } from './target.ts';

export interface SubmissionRequest {
  /** Absolute path of the script. */
  readonly file: string;
  readonly text: string;
  /** Absolute paths of directories to submit from; the first in which the script's program is found is used. */
  readonly from: readonly string[];
  /** Queue to use instead of the one that the directives are for. */
  readonly queue?: string | undefined;
  /** Of random orders. */
  readonly seed: number;
  readonly targets: Targets;
}

export interface Submission {
  readonly file: string;
  readonly text: string;
  readonly seed: number;
  readonly script: MultirunScript;
  readonly programs: ProgramsOfScript;
  /** Absolute path of the directory in which every job begins. */
  readonly workingDirectory: string;
  /** Absolute path of the directory that holds the jobs' own. */
  readonly logs: string;
  /** Undefined while the script can't be submitted. */
  readonly target: Target | undefined;
  readonly metric: ScriptMetric | undefined;
  readonly problems: readonly SubmissionProblem[];
}

/** More directories than this in one place are no help to anybody. */
const MOST_JOBS = 100_000n;

/** Reads the script's text as it would be submitted now. */
export function readSubmission(request: SubmissionRequest): Submission {
  const { file, text, seed } = request;
  const plain = readMultirunScript(text);
  const place = placeOf(plain, request.from);
  const programs = new ProgramsOfScript([place.directory, ...place.entered]);
  const script = readMultirunScript(text, {
    batch: plain.batch,
    seed,
    takesOverrides: (program) => programs.takesOverrides(program),
    groupOptions: (program, group) => programs.groupOptions(program, group),
  });
  const found = findTarget(script, request);
  const { metric, problems: metricProblems } = metricIn(text);
  const logs = logsOf(script, programs, place.directory);
  const problems: SubmissionProblem[] = [
    ...errorsOf(script, found.target),
    ...script.problems.filter(({ severity, code }) => severity !== 'error' && !MENDED.has(code)),
    ...found.problems,
    ...arrayProblems(script.batch),
    ...metricProblems,
    ...(found.target?.kind === 'batch-system'
      ? keptDirectives(script.batch, found.target.adapter.keptOf).problems
      : []),
    ...programProblems(script, programs, place.directory),
    ...checkConfigs(script, (program, request) => programs.hydraOf(program, request)),
    ...countProblems(script),
    ...folderProblems(script, [place.directory, logs]),
    ...pathProblems(script, [place.directory, logs], found.target),
  ];
  return {
    file,
    text,
    seed,
    script,
    programs,
    workingDirectory: place.directory,
    logs,
    target: found.target,
    metric,
    problems: sorted(problems),
  };
}

/** Whether anything keeps the script from being submitted. */
export function isSubmittable(read: Submission): read is Submission & { readonly target: Target } {
  return read.target !== undefined && !read.problems.some(({ severity }) => severity === 'error');
}

interface Place {
  readonly directory: string;
  /** Where literal `cd` lines lead. */
  readonly entered: readonly string[];
}

const enters = /^[ \t]*cd[ \t]+(?:--[ \t]+)?([\w./@+-]+)[ \t\r]*$/gm;

function placeOf({ batch, commands }: MultirunScript, from: readonly string[]): Place {
  const given = directoryIn(batch);
  const places = from.map((directory) => {
    const resolved = given === undefined ? directory : path.resolve(directory, given);
    const entered = [...batch.script.text.matchAll(enters)].map(([, to = '']) => path.resolve(resolved, to));
    return { directory: resolved, entered };
  });
  const holds = ({ directory, entered }: Place): boolean => {
    const programs = new ProgramsOfScript([directory, ...entered]);
    return commands.some(({ program }) => programs.fileOf(program) !== undefined);
  };
  return places.find(holds) ?? places[0] ?? { directory: process.cwd(), entered: [] };
}

function logsOf(script: MultirunScript, programs: ProgramsOfScript, directory: string): string {
  for (const command of script.commands) {
    if (!programs.usesMlxp(command.program)) continue;
    const given = parentLogDirectoryIn(command) ?? programs.parentLogDirectory(command.program);
    if (given !== undefined) return path.resolve(directory, given);
  }
  return path.join(directory, 'logs');
}

/** What is only wrong with the script itself: those of its jobs have a first line, and their lines end in LF. */
const MENDED: ReadonlySet<string> = new Set(['shebang-missing', 'carriage-returns']);

/** A queue that was chosen makes up for directives that are missing; on this machine nobody reads them. */
function errorsOf(script: MultirunScript, target: Target | undefined): readonly SubmissionProblem[] {
  const errors = blockers(script).filter(({ code }) => !MENDED.has(code));
  if (target === undefined) return errors;
  return errors.filter(({ code }) => code !== 'multirun-no-system');
}

interface FoundTarget {
  readonly target: Target | undefined;
  readonly problems: readonly SubmissionProblem[];
}

function findTarget(script: MultirunScript, { queue, targets }: SubmissionRequest): FoundTarget {
  const { system, batch } = script;
  if (queue === undefined) {
    // without directives the script's own problems say what is missing
    if (system === undefined) return { target: undefined, problems: [] };
    return usable(targets.ofSystem(system), script);
  }
  const { target, problems } = usable(targets.named(queue), script);
  if (problems.length > 0) return { target, problems };
  if (target === undefined) {
    const message = `There is no queue ${queue}. There are: ${targets.names().join(', ')}.`;
    return { target, problems: [problem('multirun-unknown-queue', script, message)] };
  }
  if (target.kind === 'batch-system' && system !== undefined && target.adapter.system !== system) {
    const [first] = batch.script.directives;
    const message = `The directives are for ${dialects[system].title}, and the queue ${queue} is one of ${target.adapter.title}. Translate them, or choose another queue.`;
    return { target, problems: [problem('multirun-other-system', script, message, first?.markSpan)] };
  }
  return { target, problems: [] };
}

function usable(found: Target | Unusable | undefined, script: MultirunScript): FoundTarget {
  if (found?.kind !== 'unusable') return { target: found, problems: [] };
  return { target: undefined, problems: [problem(found.code, script, found.why)] };
}

function programProblems(
  script: MultirunScript,
  programs: ProgramsOfScript,
  directory: string,
): readonly SubmissionProblem[] {
  return distinctPrograms(script.commands)
    .filter(({ program }) => program.name !== undefined && programs.fileOf(program) === undefined)
    .filter(({ program }) => program.kind === 'file')
    .map(({ program, source }) =>
      problem(
        'multirun-program-missing',
        script,
        `${program.name ?? 'The program'} is not found from ${directory}, where every job begins. The job fails unless its lines lead there.`,
        source.program,
      ),
    );
}

function distinctPrograms(commands: readonly MultirunCommand[]): readonly MultirunCommand[] {
  return [...new Map(commands.toReversed().map((one) => [one.source.program[0], one])).values()].reverse();
}

function countProblems(script: MultirunScript): readonly SubmissionProblem[] {
  if (script.count <= MOST_JOBS) return [];
  const at = script.commands[0]?.source.statement;
  const message = `The script makes ${script.count.toLocaleString('en')} jobs. One submission takes at most ${MOST_JOBS.toLocaleString('en')}: use fewer values, or a sweep file with method random.`;
  return [problem('multirun-too-many-jobs', script, message, at)];
}

/** The first missing folders are made; what they are to be made in has to be writable. */
function folderProblems(script: MultirunScript, folders: readonly string[]): readonly SubmissionProblem[] {
  const [working, logs] = folders;
  if (working !== undefined && fs.statSync(working, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return [problem('multirun-folder', script, `The working directory ${working} is not a folder.`)];
  }
  if (logs === undefined) return [];
  let folder = logs;
  while (!fs.existsSync(folder) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  try {
    if (!fs.statSync(folder).isDirectory()) {
      return [problem('multirun-folder', script, `${folder} is a file, and the jobs need a folder ${logs}.`)];
    }
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return [];
  } catch (error) {
    return [
      problem('multirun-folder', script, `Can't make the jobs' folders in ${logs}: ${storageCause(error)}.`),
    ];
  }
}

/** Folders that the batch system can't take, because its own syntax has no way to write them. */
function pathProblems(
  script: MultirunScript,
  folders: readonly string[],
  target: Target | undefined,
): readonly SubmissionProblem[] {
  if (target?.kind !== 'batch-system') return [];
  const sentences = new Set(folders.flatMap((folder) => target.adapter.pathTrouble?.(folder) ?? []));
  return [...sentences].map((sentence) => problem('multirun-folder', script, sentence));
}

function problem(
  code: SubmissionProblemCode,
  { batch: { script } }: MultirunScript,
  message: string,
  at: readonly [number, number] = [
    0,
    script.starts[1] === undefined ? script.text.length : script.starts[1] - 1,
  ],
): SubmissionProblem {
  return { code, severity: submissionProblemSeverities[code], message, range: rangeIn(script, at) };
}

function sorted(problems: readonly SubmissionProblem[]): readonly SubmissionProblem[] {
  return problems.toSorted(
    ({ range: { start: a } }, { range: { start: b } }) => a.line - b.line || a.character - b.character,
  );
}
