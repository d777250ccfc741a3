/** What the scripts around a job's command have in common: its variables and its words, as a shell reads them. */
import { UNUSABLE_WORKING_DIRECTORY, WRAPPER_EXIT } from './exit-record.ts';
import { jobEnvironment, type JobDescription } from './job-environment.ts';
import { shellQuote, ShellQuoteError } from './shell-quote.ts';

export interface ShellLines {
  /** The script, its own first line included, ended by a line break. */
  readonly text: string;
  /** The program that runs it, and that program's arguments. */
  readonly interpreter: readonly string[];
}

/** The file inside the job directory that the lines are run from. */
export const LINES_FILE = 'command.sh';

export interface ProgramOptions {
  /** Absolute path of the job directory. */
  readonly directory: string;
  /** Lines for a shell of their own that run instead of the job's `argv`. */
  readonly lines?: ShellLines;
}

/**
 * Lines for a subshell, indented by four blanks, that become the job's program: its variables (and `more`
 * lines behind them), its working directory, its command.
 * @throws ShellQuoteError when a word or a variable can't be passed to a program.
 */
export function programLines(
  job: JobDescription,
  { directory, lines }: ProgramOptions,
  more: readonly string[] = [],
): string {
  return [
    exportLines(job, directory),
    ...more.map((line) => `    ${line}`),
    ...(lines === undefined ? [] : [writeLines(lines)]),
    `    cd ${shellQuote(job.workingDirectory)} || {
      echo "${UNUSABLE_WORKING_DIRECTORY}" >&2
      exit 126
    }
    exec ${lines === undefined ? commandWords(job.argv) : runLines(lines, directory)}`,
  ].join('\n');
}

const VARIABLE_NAME = /^[A-Za-z_]\w*$/;

function exportLines(job: JobDescription, directory: string): string {
  const lines = Object.entries(jobEnvironment(job, directory)).map(([name, value]) => {
    if (!VARIABLE_NAME.test(name)) {
      throw new ShellQuoteError(name, 'the name of an environment variable has letters, digits and _ only');
    }
    return value === undefined ? `    unset ${name}` : `    export ${name}=${shellQuote(value)}`;
  });
  lines.push(`    export PYTHONPATH=${shellQuote(job.pythonPath)}"\${PYTHONPATH:+:$PYTHONPATH}"`);
  return lines.join('\n');
}

/** The command for `exec`, which never takes the first word for a builtin; `env` keeps it from taking it for an option. */
function commandWords(argv: readonly string[]): string {
  const words = argv.map(shellQuote).join(' ');
  return words.startsWith('-') ? `/usr/bin/env -- ${words}` : words;
}

/** The lines stand in the script itself, so that it is all there is to submit and to read. */
function writeLines({ text }: ShellLines): string {
  let end = 'END_OF_JOB';
  while (`\n${text}`.includes(`\n${end}\n`)) end += '_';
  return `    cat >${LINES_FILE} <<'${end}' || exit ${WRAPPER_EXIT.directoryUnusable}\n${text}${end}`;
}

function runLines({ interpreter }: ShellLines, directory: string): string {
  return [...interpreter, `${directory}/${LINES_FILE}`].map(shellQuote).join(' ');
}
