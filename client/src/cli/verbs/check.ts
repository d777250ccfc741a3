import path from 'node:path';
import type { Problem } from '#core/text.ts';
import { previewSweep } from '#engine/preview.ts';
import { checkDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { countProblems, formatProblem } from '../format/problems.ts';
import { installation, readNamedFile } from '../session.ts';
import { engineSettings } from '../settings.ts';
import type { Call, Verb } from '../verb.ts';

interface CheckedFile {
  /** As it was typed. */
  readonly file: string;
  readonly text: string;
  readonly problems: readonly Problem[];
}

export const check: Verb = {
  name: 'check',
  synopsis: 'FILE…',
  summary: 'say what is wrong in sweep files, without running anything',
  arity: { least: 1, most: Infinity },
  flags: [],
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
  const settings = engineSettings(flags, terminal, installation().pythonPath);
  const { problems } = await previewSweep(absolute, text, { settings, limit: 0 });
  return { file, text, problems };
}

function unreadable(message: string): Problem {
  const start = { line: 0, character: 0 };
  return { code: 'file-unreadable', severity: 'error', message, range: { start, end: start } };
}
