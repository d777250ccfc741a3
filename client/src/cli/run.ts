import { LaunchRefused } from '#engine/sweeps.ts';
import { checkArity, parseCommandLine, type CommandLine } from './command-line.ts';
import { failureDocument } from './documents.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { helpDocument, overview, verbHelp } from './help.ts';
import { createOutput, type Output } from './output.ts';
import { installation } from './session.ts';
import type { Terminal } from './terminal.ts';
import type { Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

const help: Verb = {
  name: 'help',
  synopsis: '[COMMAND]',
  summary: 'explain a command',
  arity: { least: 0, most: 1 },
  flags: [],
  run: ({ positionals: [name], output }) => {
    const verb = VERBS.find((each) => each.name === name);
    if (name !== undefined && verb === undefined && name !== 'help') {
      throw new CommandFailure('usage', `There is no command "${name}". Try: sweepdeck help`);
    }
    const lines = verb === undefined ? overview(VERBS, output.paint) : verbHelp(verb, output.paint);
    output.document(helpDocument(verb === undefined ? VERBS : [verb]));
    for (const line of lines) output.line(line);
    return Promise.resolve(EXIT.ok);
  },
};

/** Runs one command line and resolves with the process's exit code. Never rejects: failures are printed. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  // before the flags are understood, failures are printed as the raw words ask
  let output = createOutput(terminal, argv.includes('--json') ? { json: true } : {});
  try {
    const line = parseCommandLine(argv, [...VERBS, help]);
    output = createOutput(terminal, line.flags);
    return await dispatch(line, terminal, output);
  } catch (error) {
    const failure = toFailure(error);
    output.progress('');
    if (output.json) output.document(failureDocument(failure));
    else output.warn(`${output.paintNotes('red', 'error:')} ${failure.message}`);
    if (failure.kind === 'internal') output.warn(stackOf(failure.cause));
    return failure.exitCode;
  }
}

async function dispatch(line: CommandLine, terminal: Terminal, output: Output): Promise<ExitCode> {
  const { verb, positionals, flags } = line;
  if (flags.version === true && verb === undefined) {
    const { version } = installation();
    output.document({ version });
    output.line(version);
    return EXIT.ok;
  }
  if (verb === undefined || flags.help === true) {
    return help.run({ positionals: verb === undefined ? [] : [verb.name], flags, terminal, output });
  }
  checkArity(verb, positionals);
  return verb.run({ positionals, flags, terminal, output });
}

/** Errors that carry a sentence are shown; those that JavaScript itself throws are defects. */
function toFailure(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof LaunchRefused) {
    return new CommandFailure('file-errors', error.message, error.problems, error);
  }
  const defect =
    !(error instanceof Error) ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError;
  return defect
    ? new CommandFailure('internal', `Sweepdeck has a defect: ${String(error)}. Please report it.`, [], error)
    : new CommandFailure('refused', error.message, [], error);
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
