/** The words of a job's command, for lists of jobs: what the program and its launchers get as arguments. */
import { tokenize } from './commands/lexer.ts';
import { fieldsOf, noVariables } from './commands/words.ts';

/** Words without their quotes; what only the job's shell knows stays as it is written. Redirections are left out. */
export function commandWords(commandLine: string): readonly string[] {
  return tokenize(commandLine).tokens.flatMap(({ kind, start, end }) => {
    if (kind === 'operator') return [commandLine.slice(start, end)];
    if (kind !== 'word') return [];
    return fieldsOf(commandLine, [start, end], noVariables).map(({ text }) => text);
  });
}
