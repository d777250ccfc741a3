import path from 'node:path';
import { previewSweep } from '#engine/preview.ts';
import { previewDocument } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { formatArgv } from '../format/argv.ts';
import { refuseErrors } from '../problems.ts';
import { installation, readNamedFile } from '../session.ts';
import { engineSettings } from '../settings.ts';
import type { Verb } from '../verb.ts';
import { workspaceFolder } from '../workspace.ts';

const JOBS_SHOWN = 10;

export const preview: Verb = {
  name: 'preview',
  synopsis: 'FILE',
  summary: 'show the jobs of a sweep and their exact command lines, without running anything',
  arity: { least: 1, most: 1 },
  flags: ['limit', 'seed', 'interpreter', 'root'],
  run: async ({ positionals, flags, terminal, output }) => {
    const [named = ''] = positionals;
    const file = path.resolve(terminal.cwd, named);
    const text = await readNamedFile(file, terminal.cwd);
    const shown = previewSweep(file, text, {
      root: workspaceFolder(path.dirname(file), flags.root, terminal.cwd),
      settings: engineSettings(flags, terminal, installation().pythonPath),
      limit: flags.limit ?? JOBS_SHOWN,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    });
    refuseErrors(named, text, shown.problems, output);
    output.document(previewDocument(shown));
    const { count, jobs } = shown;
    for (const job of jobs) {
      output.line(`${output.paint('faint', `${job.index}:`)} ${formatArgv(job.argv, terminal.platform)}`);
    }
    output.note(countSentence(count, jobs.length));
    return EXIT.ok;
  },
};

function countSentence(count: bigint | null, shown: number): string {
  if (count === null) return `The first ${shown} jobs of a sweep that never ends by itself.`;
  const jobs = count === 1n ? '1 job' : `${count.toString()} jobs`;
  return BigInt(shown) === count ? `${jobs}.` : `${jobs}, of which the first ${shown} are shown.`;
}
