import path from 'node:path';
import { readMultirunScript } from '#core/batch/commands/read.ts';
import { isBatchFile } from '#core/batch/file-names.ts';
import type { Problem } from '#core/text.ts';
import { readSweepFile } from '#engine/sweep-file.ts';
import { checkDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { countProblems, formatProblem } from '../format/problems.ts';
import { queueNamesFor } from '../queues.ts';
import { readNamedFile } from '../session.ts';
import type { Call, Verb } from '../verb.ts';
import { workspaceFolder } from '../workspace.ts';

interface CheckedFile {
  /** As it was typed. */
  readonly file: string;
  readonly text: string;
  readonly problems: readonly Problem[];
}

export const check: Verb = {
  name: 'check',
  synopsis: 'FILE…',
  summary: 'say what is wrong in sweep files and batch scripts, without running anything',
  arity: { least: 1, most: Infinity },
  flags: ['root', 'queues'],
  run: async (call) => {
    const { output, positionals } = call;
    const files: CheckedFile[] = [];
    for (const file of positionals) files.push(await checkFile(file, call));
    output.document(checkDocument(files));
    for (const { file, text, problems } of files) {
      for (const problem of problems) {
        for (const line of formatProblem(file, text, problem, output.paint)) output.line(line);
      }
    }
    const all = files.flatMap(({ problems }) => problems);
    const many = files.length === 1 ? '1 file' : `${files.length} files`;
    output.note(`${many} checked: ${countProblems(all)}`);
    return all.some(({ severity }) => severity === 'error') ? EXIT.fileErrors : EXIT.ok;
  },
};

async function checkFile(file: string, { terminal, flags }: Call): Promise<CheckedFile> {
  const absolute = path.resolve(terminal.cwd, file);
  let text: string;
  try {
    text = await readNamedFile(absolute, terminal.cwd);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { file, text: '', problems: [unreadable(error.message)] };
  }
  if (isScript(absolute, text)) return { file, text, problems: readMultirunScript(text).problems };
  const root = workspaceFolder(path.dirname(absolute), flags.root, terminal.cwd);
  const queues = queueNamesFor(root, flags.queues, terminal.cwd);
  return { file, text, problems: readSweepFile(absolute, text, root, { queues }).problems };
}

/** No sweep file begins as a script does. */
const isScript = (file: string, text: string): boolean =>
  isBatchFile(file) || path.extname(file) === '.sh' || text.startsWith('#!');

function unreadable(message: string): Problem {
  const start = { line: 0, character: 0 };
  return { code: 'file-unreadable', severity: 'error', message, range: { start, end: start } };
}
