import type { Problem } from '#core/text.ts';
import { CommandFailure } from './failure.ts';
import { formatProblem } from './format/problems.ts';
import type { Output } from './output.ts';

/**
 * Shows what is wrong in a file that is about to be used. Throws a CommandFailure of kind `file-errors` when any of it is
 * an error; with `--json` the problems are then part of the failure's document and not printed.
 */
export function refuseErrors(file: string, text: string, problems: readonly Problem[], output: Output): void {
  const refused = problems.some(({ severity }) => severity === 'error');
  if (!refused || !output.json) {
    const print = refused ? output.warn : output.note;
    for (const problem of problems) {
      for (const line of formatProblem(file, text, problem, output.paintNotes)) print(line);
    }
  }
  if (refused) throw new CommandFailure('file-errors', `${file} has errors; nothing was started.`, problems);
}
